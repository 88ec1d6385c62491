-- viaduct: the database of routes, schema version 1.
--
-- sqlite3 routes.db < schema.sql makes it; running it again on a database of
-- this version changes nothing that was written there.  SQLite 3.37 or later.
--
-- Columns are ANY, and the rules stand in triggers instead of CHECK: so a row
-- that is refused is refused with a sentence, the same for INSERT and UPDATE,
-- and one row that went bad on disk does not fail quick_check for all others.
-- Each table's triggers hand the new row to a view check_..., whose trigger
-- holds the rules once.  What only viaduct.ini can tell is judged by viaduct.

BEGIN;

PRAGMA application_id = 1447641412;	-- "VIAD"
PRAGMA user_version = 1;

CREATE TABLE IF NOT EXISTS routes (
	name ANY PRIMARY KEY NOT NULL,	-- a-z 0-9 _ -, or * for all other paths
	url ANY,		-- http:// or https://, may have a query
	enabled ANY DEFAULT 1,
	note ANY,		-- for you

	-- From here on as in viaduct.ini.  NULL: the value there; '': left
	-- empty; truth as 0 and 1 or yes and no; lists separated by blanks.
	allow_origins ANY,
	require_origin ANY,
	own_origin ANY,
	embed ANY,
	allow_methods ANY,
	allow_headers ANY,
	expose_headers ANY,
	allow_credentials ANY,
	max_age ANY,
	cors ANY,
	allow_private_network ANY,
	timing_allow_origin ANY,

	access ANY,
	rate_limit ANY,

	request_timeout ANY,
	connect_timeout ANY,
	idle_timeout ANY,
	total_timeout ANY,
	payload_quota ANY,
	upload_quota ANY,
	redirects ANY,
	max_redirects ANY,
	verify_tls ANY,
	ca_file ANY,
	allow_private ANY,
	forward_headers ANY,
	no_headers ANY,
	forwarded ANY,
	user_agent ANY,
	cookies ANY,
	render ANY,
	tls_pin ANY,
	preserve_host ANY,
	header_quota ANY,

	filtered_path ANY	-- adds to that of viaduct.ini
) STRICT;

-- Fields set (or, with a NULL value, removed) by the operator.
CREATE TABLE IF NOT EXISTS route_headers (
	route ANY NOT NULL,
	direction ANY NOT NULL,	-- request, response
	name ANY NOT NULL COLLATE NOCASE,
	value ANY,
	PRIMARY KEY (route, direction, name)
) STRICT;

-- Callers' keys; made by viaduct key add, which alone shows the secret.
CREATE TABLE IF NOT EXISTS api_keys (
	name ANY PRIMARY KEY NOT NULL,
	id ANY NOT NULL UNIQUE,
	hash ANY,		-- SHA-256 of the secret
	routes ANY DEFAULT '*',
	created ANY DEFAULT (strftime('%Y-%m-%d %H:%M:%S', 'now')),
	expires ANY,		-- UTC; a day lasts to its end
	revoked ANY
) STRICT;

DROP VIEW IF EXISTS check_route;	-- with their triggers
DROP VIEW IF EXISTS check_url;
DROP VIEW IF EXISTS check_word;
DROP VIEW IF EXISTS check_header;
DROP VIEW IF EXISTS check_key;
DROP VIEW IF EXISTS unguarded;
DROP TRIGGER IF EXISTS routes_insert;
DROP TRIGGER IF EXISTS routes_update;
DROP TRIGGER IF EXISTS routes_delete;
DROP TRIGGER IF EXISTS route_headers_insert;
DROP TRIGGER IF EXISTS route_headers_update;
DROP TRIGGER IF EXISTS api_keys_insert;
DROP TRIGGER IF EXISTS api_keys_update;

CREATE VIEW check_route AS SELECT * FROM routes;
CREATE VIEW check_url(host, port) AS SELECT '', '';
CREATE VIEW check_word(setting, word) AS SELECT '', '';
CREATE VIEW check_header AS SELECT * FROM route_headers;
CREATE VIEW check_key AS SELECT * FROM api_keys;

-- Routes that by themselves let strangers in: any page has the origin null in
-- a sandboxed frame, and with cors = target no origin is refused.
CREATE VIEW unguarded AS SELECT name FROM routes
WHERE coalesce(access, 'open') = 'open' AND
    (coalesce(trim(allow_origins), '*') = '*' OR
    ' ' || lower(allow_origins) || ' ' GLOB '* null *' OR
    cors = 'target');

CREATE TRIGGER check_url_insert INSTEAD OF INSERT ON check_url BEGIN
	SELECT RAISE(ABORT, 'url has no host')
	WHERE NEW.host = '';
	SELECT RAISE(ABORT, 'url has a port that is no number from 1 to 65535')
	WHERE NEW.port IS NOT NULL AND (NEW.port = '' OR
	    NEW.port GLOB '*[^0-9]*' OR NEW.port GLOB '0*' OR
	    length(NEW.port) > 5 OR CAST(NEW.port AS INTEGER) > 65535);
	SELECT RAISE(ABORT, 'url has an IPv6 address that is not like [2001:db8::1]')
	WHERE NEW.host GLOB '[[]*' AND (NEW.host NOT GLOB '[[]*:*]' OR
	    substr(NEW.host, 2, length(NEW.host) - 2) GLOB '*[^0-9a-f:.]*');
	SELECT RAISE(ABORT, 'url has a host that is not letters, digits, _ and - between single dots; write the xn-- form of other names')
	WHERE NEW.host NOT GLOB '[[]*' AND (NEW.host GLOB '*[^a-z0-9._-]*' OR
	    NEW.host GLOB '*..*' OR NEW.host GLOB '.*' OR length(NEW.host) > 253);
	SELECT RAISE(ABORT, 'url has an address that is not four decimal numbers from 0 to 255 without leading zeros')
	WHERE NEW.host NOT GLOB '[[]*' AND
	    ('.' || rtrim(NEW.host, '0123456789')) GLOB '*.' AND (
	    NEW.host GLOB '*[^0-9.]*' OR
	    length(NEW.host) - length(replace(NEW.host, '.', '')) <> 3 OR
	    ('.' || NEW.host) GLOB '*.0[0-9]*' OR
	    NEW.host GLOB '*[0-9][0-9][0-9][0-9]*' OR
	    ('.' || NEW.host) GLOB '*.[3-9][0-9][0-9]*' OR
	    ('.' || NEW.host) GLOB '*.2[6-9][0-9]*' OR
	    ('.' || NEW.host) GLOB '*.25[6-9]*' OR
	    NEW.host GLOB '*.');
END;

-- One word of one list.
CREATE TRIGGER check_word_insert INSTEAD OF INSERT ON check_word BEGIN
	SELECT RAISE(ABORT, 'a list is separated by blanks, not by commas or semicolons')
	WHERE NEW.word GLOB '*,*' OR NEW.word GLOB '*;';

	SELECT RAISE(ABORT, 'allow_origins takes origins like https://www.example.com, patterns like https://*.example.com, null, or * alone')
	WHERE NEW.setting = 'allow_origins' AND NEW.word <> '*' AND
	    NEW.word <> 'null' AND NEW.word NOT GLOB 'http://?*' AND
	    NEW.word NOT GLOB 'https://?*';
	SELECT RAISE(ABORT, 'own_origin takes whole origins like https://www.example.com')
	WHERE NEW.setting = 'own_origin' AND (NEW.word GLOB '*[*]*' OR
	    NEW.word NOT GLOB 'http://?*' AND NEW.word NOT GLOB 'https://?*');
	SELECT RAISE(ABORT, 'an origin ends with its host and port: take away what follows, a / too')
	WHERE NEW.setting IN ('allow_origins', 'own_origin') AND
	    substr(NEW.word, instr(NEW.word, '://') + 3) GLOB '*[/?#@\]*' AND
	    instr(NEW.word, '://') > 0;
	SELECT RAISE(ABORT, 'an origin is written in ASCII: use the xn-- form of the host')
	WHERE NEW.setting IN ('allow_origins', 'own_origin') AND
	    NEW.word GLOB '*[^!-~]*';
	SELECT RAISE(ABORT, 'a pattern in allow_origins is like https://*.example.com, with two labels at least behind the *; only http://localhost:* and http://127.0.0.1:* leave the port open')
	WHERE NEW.setting = 'allow_origins' AND NEW.word GLOB '?*[*]*' AND
	    NEW.word NOT IN ('http://localhost:*', 'http://127.0.0.1:*') AND (
	    NEW.word NOT GLOB '*://[*].?*.?*' OR
	    substr(NEW.word, instr(NEW.word, '*') + 1) GLOB '*[*]*');

	SELECT RAISE(ABORT, 'allow_methods takes GET HEAD POST PUT PATCH DELETE OPTIONS, in capitals')
	WHERE NEW.setting = 'allow_methods' AND NEW.word NOT IN
	    ('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS');
	SELECT RAISE(ABORT, 'a list of header fields holds a word that is no name of a field')
	WHERE NEW.setting IN ('allow_headers', 'expose_headers',
	    'forward_headers') AND (length(NEW.word) > 64 OR
	    NEW.word GLOB '*[^-!#$%&''*+.^_`|~0-9A-Za-z]*');
	SELECT RAISE(ABORT, 'forward_headers takes names of fields, not *: leave it empty for all')
	WHERE NEW.setting = 'forward_headers' AND NEW.word = '*';
	SELECT RAISE(ABORT, 'allow_private must be no, yes, or CIDRs like 10.0.0.0/8 or fd00::/8')
	WHERE NEW.setting = 'allow_private' AND
	    NEW.word NOT IN ('no', 'yes', '0', '1') AND
	    (NEW.word NOT GLOB '*[.:]*/[0-9]*' OR
	    NEW.word GLOB '*[^0-9a-fA-F.:/]*' OR NEW.word GLOB '*/*/*');
	SELECT RAISE(ABORT, 'api_keys.routes takes names of routes, or * alone')
	WHERE NEW.setting = 'api_keys.routes' AND NEW.word <> '*' AND
	    (NEW.word GLOB '*[^a-z0-9_-]*' OR length(NEW.word) > 63);
END;

CREATE TRIGGER check_route_insert INSTEAD OF INSERT ON check_route BEGIN
	SELECT RAISE(ABORT, 'name must be text of a-z, 0-9, _ and -, beginning with a letter or digit, at most 63 long, or * for all other paths')
	WHERE typeof(NEW.name) <> 'text' OR (NEW.name <> '*' AND
	    (NEW.name NOT GLOB '[a-z0-9]*' OR NEW.name GLOB '*[^a-z0-9_-]*' OR
	    length(NEW.name) > 63 OR
	    instr(CAST(NEW.name AS BLOB), x'00') > 0));
	SELECT RAISE(ABORT, 'name must not be http or https: whole URLs begin so')
	WHERE NEW.name IN ('http', 'https');
	SELECT RAISE(ABORT, 'a value holds a control character or a NUL byte, or is a blob')
	WHERE 'blob' IN (typeof(NEW.note), typeof(NEW.allow_origins),
	    typeof(NEW.require_origin), typeof(NEW.own_origin),
	    typeof(NEW.embed), typeof(NEW.allow_methods),
	    typeof(NEW.allow_headers), typeof(NEW.expose_headers),
	    typeof(NEW.allow_credentials), typeof(NEW.max_age),
	    typeof(NEW.cors), typeof(NEW.allow_private_network),
	    typeof(NEW.timing_allow_origin), typeof(NEW.access),
	    typeof(NEW.rate_limit), typeof(NEW.request_timeout),
	    typeof(NEW.connect_timeout), typeof(NEW.idle_timeout),
	    typeof(NEW.total_timeout), typeof(NEW.payload_quota),
	    typeof(NEW.upload_quota), typeof(NEW.redirects),
	    typeof(NEW.max_redirects), typeof(NEW.verify_tls),
	    typeof(NEW.ca_file), typeof(NEW.allow_private),
	    typeof(NEW.forward_headers), typeof(NEW.no_headers),
	    typeof(NEW.forwarded), typeof(NEW.user_agent),
	    typeof(NEW.cookies), typeof(NEW.render), typeof(NEW.tls_pin),
	    typeof(NEW.preserve_host), typeof(NEW.header_quota),
	    typeof(NEW.filtered_path))
	OR EXISTS (SELECT 1 FROM (SELECT coalesce(NEW.url, '') ||
	    coalesce(NEW.allow_origins, '') ||
	    coalesce(NEW.own_origin, '') || coalesce(NEW.allow_methods, '')
	    || coalesce(NEW.allow_headers, '') ||
	    coalesce(NEW.expose_headers, '') || coalesce(NEW.ca_file, '')
	    || coalesce(NEW.allow_private, '') ||
	    coalesce(NEW.forward_headers, '') || coalesce(NEW.user_agent,
	    '') || coalesce(NEW.tls_pin, '') || coalesce(NEW.filtered_path,
	    '') AS t)
	    WHERE t GLOB '*[' || char(1) || '-' || char(31) || char(127) || ']*'
	    OR instr(CAST(t AS BLOB), x'00') > 0);
	SELECT RAISE(ABORT, 'a value is too long: 2,000 bytes for url, 16,000 for a list')
	WHERE length(NEW.url) > 2000 OR max(coalesce(length(NEW.note), 0),
	    coalesce(length(NEW.allow_origins), 0),
	    coalesce(length(NEW.own_origin), 0),
	    coalesce(length(NEW.allow_methods), 0),
	    coalesce(length(NEW.allow_headers), 0),
	    coalesce(length(NEW.expose_headers), 0),
	    coalesce(length(NEW.ca_file), 0),
	    coalesce(length(NEW.allow_private), 0),
	    coalesce(length(NEW.forward_headers), 0),
	    coalesce(length(NEW.user_agent), 0),
	    coalesce(length(NEW.tls_pin), 0),
	    coalesce(length(NEW.filtered_path), 0)) > 16000;

	SELECT RAISE(ABORT, 'url must be text beginning with http:// or https://')
	WHERE typeof(NEW.url) <> 'text' OR
	    (lower(substr(NEW.url, 1, 7)) <> 'http://' AND
	    lower(substr(NEW.url, 1, 8)) <> 'https://');
	SELECT RAISE(ABORT, 'url holds a blank or a character that is not ASCII: percent-encode it')
	WHERE NEW.url GLOB '*[^!-~]*';
	SELECT RAISE(ABORT, 'url holds a backslash: write /')
	WHERE instr(NEW.url, '\') > 0;
	SELECT RAISE(ABORT, 'url has a fragment: take away the # and what follows')
	WHERE instr(NEW.url, '#') > 0;
	SELECT RAISE(ABORT, 'url has a name or password in it: set an Authorization field in route_headers instead')
	WHERE substr(NEW.url, 1, instr(replace(substr(NEW.url, 9), '?', '/') ||
	    '/', '/') + 8) GLOB '*@*';
	INSERT INTO check_url SELECT
	    CASE WHEN auth GLOB '[[]*]*' THEN substr(auth, 1, instr(auth, ']'))
	    WHEN auth GLOB '[[]*' THEN auth
	    ELSE substr(auth, 1, instr(auth || ':', ':') - 1) END,
	    CASE WHEN auth GLOB '[[]*]' THEN NULL
	    WHEN auth GLOB '[[]*]:*' THEN substr(auth, instr(auth, ']:') + 2)
	    WHEN auth GLOB '[[]*]*' THEN ''
	    WHEN auth GLOB '[[]*' THEN NULL
	    WHEN auth GLOB '*:*' THEN substr(auth, instr(auth, ':') + 1) END
	FROM (SELECT lower(substr(rest, 1,
	    instr(replace(rest, '?', '/') || '/', '/') - 1)) AS auth
	    FROM (SELECT substr(NEW.url, instr(NEW.url, '://') + 3) AS rest));

	SELECT RAISE(ABORT, 'enabled must be 0, 1, yes or no')
	WHERE NEW.enabled IS NULL OR typeof(NEW.enabled) = 'real' OR
	    NEW.enabled NOT IN (0, 1, '0', '1', 'yes', 'no');
	SELECT RAISE(ABORT, 'require_origin must be 0, 1, yes or no')
	WHERE typeof(NEW.require_origin) = 'real' OR
	    NEW.require_origin NOT IN (0, 1, '0', '1', 'yes', 'no');
	SELECT RAISE(ABORT, 'embed must be 0, 1, yes or no')
	WHERE typeof(NEW.embed) = 'real' OR
	    NEW.embed NOT IN (0, 1, '0', '1', 'yes', 'no');
	SELECT RAISE(ABORT, 'allow_credentials must be 0, 1, yes or no')
	WHERE typeof(NEW.allow_credentials) = 'real' OR
	    NEW.allow_credentials NOT IN (0, 1, '0', '1', 'yes', 'no');
	SELECT RAISE(ABORT, 'allow_private_network must be 0, 1, yes or no')
	WHERE typeof(NEW.allow_private_network) = 'real' OR
	    NEW.allow_private_network NOT IN (0, 1, '0', '1', 'yes', 'no');
	SELECT RAISE(ABORT, 'timing_allow_origin must be 0, 1, yes or no')
	WHERE typeof(NEW.timing_allow_origin) = 'real' OR
	    NEW.timing_allow_origin NOT IN (0, 1, '0', '1', 'yes', 'no');
	SELECT RAISE(ABORT, 'verify_tls must be 0, 1, yes or no')
	WHERE typeof(NEW.verify_tls) = 'real' OR
	    NEW.verify_tls NOT IN (0, 1, '0', '1', 'yes', 'no');
	SELECT RAISE(ABORT, 'no_headers must be 0, 1, yes or no')
	WHERE typeof(NEW.no_headers) = 'real' OR
	    NEW.no_headers NOT IN (0, 1, '0', '1', 'yes', 'no');
	SELECT RAISE(ABORT, 'render must be 0, 1, yes or no')
	WHERE typeof(NEW.render) = 'real' OR
	    NEW.render NOT IN (0, 1, '0', '1', 'yes', 'no');
	SELECT RAISE(ABORT, 'preserve_host must be 0, 1, yes or no')
	WHERE typeof(NEW.preserve_host) = 'real' OR
	    NEW.preserve_host NOT IN (0, 1, '0', '1', 'yes', 'no');

	SELECT RAISE(ABORT, 'cors must be own or target')
	WHERE NEW.cors NOT IN ('own', 'target');
	SELECT RAISE(ABORT, 'redirects must be same-site, follow or pass')
	WHERE NEW.redirects NOT IN ('same-site', 'follow', 'pass');
	SELECT RAISE(ABORT, 'forwarded must be none, rfc7239 or x')
	WHERE NEW.forwarded NOT IN ('none', 'rfc7239', 'x');
	SELECT RAISE(ABORT, 'cookies must be drop or isolate')
	WHERE NEW.cookies NOT IN ('drop', 'isolate');
	SELECT RAISE(ABORT, 'access must be open, key or jwt')
	WHERE NEW.access NOT IN ('open', 'key', 'jwt');

	SELECT RAISE(ABORT, 'max_age must be a whole number from 0 to 86400')
	WHERE NEW.max_age = '' OR NEW.max_age GLOB '*[^0-9]*' OR
	    length(NEW.max_age) > 9 OR
	    CAST(NEW.max_age AS INTEGER) NOT BETWEEN 0 AND 86400;
	SELECT RAISE(ABORT, 'max_redirects must be a whole number from 0 to 20')
	WHERE NEW.max_redirects = '' OR NEW.max_redirects GLOB '*[^0-9]*' OR
	    length(NEW.max_redirects) > 9 OR
	    CAST(NEW.max_redirects AS INTEGER) NOT BETWEEN 0 AND 20;
	SELECT RAISE(ABORT, 'request_timeout must be seconds from 0.1 to 3600, with three decimals at most')
	WHERE NEW.request_timeout NOT GLOB '[0-9]*' OR
	    NEW.request_timeout GLOB '*[^0-9.]*' OR
	    NEW.request_timeout GLOB '*.*.*' OR NEW.request_timeout GLOB '*.' OR
	    NEW.request_timeout GLOB '*.????*' OR
	    CAST(NEW.request_timeout AS REAL) NOT BETWEEN 0.1 AND 3600;
	SELECT RAISE(ABORT, 'connect_timeout must be seconds from 0.1 to 300, with three decimals at most')
	WHERE NEW.connect_timeout NOT GLOB '[0-9]*' OR
	    NEW.connect_timeout GLOB '*[^0-9.]*' OR
	    NEW.connect_timeout GLOB '*.*.*' OR NEW.connect_timeout GLOB '*.' OR
	    NEW.connect_timeout GLOB '*.????*' OR
	    CAST(NEW.connect_timeout AS REAL) NOT BETWEEN 0.1 AND 300;
	SELECT RAISE(ABORT, 'idle_timeout must be seconds from 0.1 to 3600, with three decimals at most')
	WHERE NEW.idle_timeout NOT GLOB '[0-9]*' OR
	    NEW.idle_timeout GLOB '*[^0-9.]*' OR
	    NEW.idle_timeout GLOB '*.*.*' OR NEW.idle_timeout GLOB '*.' OR
	    NEW.idle_timeout GLOB '*.????*' OR
	    CAST(NEW.idle_timeout AS REAL) NOT BETWEEN 0.1 AND 3600;
	SELECT RAISE(ABORT, 'total_timeout must be seconds from 0 to 86400, with three decimals at most')
	WHERE NEW.total_timeout NOT GLOB '[0-9]*' OR
	    NEW.total_timeout GLOB '*[^0-9.]*' OR
	    NEW.total_timeout GLOB '*.*.*' OR NEW.total_timeout GLOB '*.' OR
	    NEW.total_timeout GLOB '*.????*' OR
	    CAST(NEW.total_timeout AS REAL) NOT BETWEEN 0 AND 86400;
	SELECT RAISE(ABORT, 'payload_quota must be bytes, or with K, M or G behind, like 10M')
	WHERE NEW.payload_quota NOT GLOB '[0-9]*' OR length(NEW.payload_quota) > 12 OR
	    rtrim(substr(NEW.payload_quota, 1, length(NEW.payload_quota) - 1) ||
	    replace(replace(replace(substr(NEW.payload_quota, -1), 'K', '0'), 'M',
	    '0'), 'G', '0')) GLOB '*[^0-9]*';
	SELECT RAISE(ABORT, 'upload_quota must be bytes, or with K, M or G behind, like 10M')
	WHERE NEW.upload_quota NOT GLOB '[0-9]*' OR length(NEW.upload_quota) > 12 OR
	    rtrim(substr(NEW.upload_quota, 1, length(NEW.upload_quota) - 1) ||
	    replace(replace(replace(substr(NEW.upload_quota, -1), 'K', '0'), 'M',
	    '0'), 'G', '0')) GLOB '*[^0-9]*';
	SELECT RAISE(ABORT, 'header_quota must be bytes, or with K, M or G behind, like 10M (from 1K to 256K)')
	WHERE NEW.header_quota NOT GLOB '[0-9]*' OR length(NEW.header_quota) > 12 OR
	    rtrim(substr(NEW.header_quota, 1, length(NEW.header_quota) - 1) ||
	    replace(replace(replace(substr(NEW.header_quota, -1), 'K', '0'), 'M',
	    '0'), 'G', '0')) GLOB '*[^0-9]*' OR
	    CAST(NEW.header_quota AS INTEGER) * CASE substr(NEW.header_quota, -1)
	    WHEN 'K' THEN 1024 WHEN 'M' THEN 1048576 WHEN 'G' THEN 1073741824
	    ELSE 1 END NOT BETWEEN 1024 AND 262144;
	SELECT RAISE(ABORT, 'rate_limit must be 0 or like 20/s burst 100, by s, m, h or d, at most 10000 a second and a burst of 1000000')
	WHERE NEW.rate_limit <> 0 AND NEW.rate_limit <> '0' AND (
	    typeof(NEW.rate_limit) <> 'text' OR
	    NEW.rate_limit NOT GLOB '[1-9]*/[smhd]*' OR
	    substr(NEW.rate_limit, 1, instr(NEW.rate_limit, '/') - 1)
	    GLOB '*[^0-9]*' OR
	    (substr(NEW.rate_limit, instr(NEW.rate_limit, '/') + 2) <> '' AND
	    (substr(NEW.rate_limit, instr(NEW.rate_limit, '/') + 2)
	    NOT GLOB ' burst [1-9]*' OR
	    substr(NEW.rate_limit, instr(NEW.rate_limit, '/') + 9)
	    GLOB '*[^0-9]*')) OR
	    length(NEW.rate_limit) > 32 OR
	    CAST(NEW.rate_limit AS INTEGER) > 10000 *
	    CASE substr(NEW.rate_limit, instr(NEW.rate_limit, '/') + 1, 1)
	    WHEN 's' THEN 1 WHEN 'm' THEN 60 WHEN 'h' THEN 3600 ELSE 86400 END
	    OR CAST(substr(NEW.rate_limit, CASE instr(NEW.rate_limit, 'burst')
	    WHEN 0 THEN 1 ELSE instr(NEW.rate_limit, 'burst') + 6 END)
	    AS INTEGER) > 1000000);
	SELECT RAISE(ABORT, 'tls_pin must be sha256// and 44 characters of base64, several joined by ;')
	WHERE NEW.tls_pin <> '' AND (NEW.tls_pin NOT GLOB 'sha256//*=' OR
	    NEW.tls_pin GLOB '*[^A-Za-z0-9+/=;]*' OR
	    (length(NEW.tls_pin) + 1) % 53 <> 0);
	SELECT RAISE(ABORT, 'filtered_path must be paths like /admin|/private/*, joined by |')
	WHERE NEW.filtered_path <> '' AND (NEW.filtered_path NOT GLOB '/*' OR
	    NEW.filtered_path GLOB '*[^!-~]*' OR
	    NEW.filtered_path GLOB '*[?#;\]*' OR
	    instr(replace(NEW.filtered_path, '|/', ''), '|') > 0 OR
	    instr(replace(NEW.filtered_path || '|', '/*|', ''), '*') > 0);

	SELECT RAISE(ABORT, 'allow_methods must name a method at least')
	WHERE trim(NEW.allow_methods) = '';
	SELECT RAISE(ABORT, 'allow_private must be no, yes or CIDRs')
	WHERE trim(NEW.allow_private) = '';
	SELECT RAISE(ABORT, '* stands alone: it already means all')
	WHERE EXISTS (SELECT 1 FROM (SELECT NEW.allow_origins AS list UNION ALL
	    SELECT NEW.allow_headers UNION ALL SELECT NEW.expose_headers)
	    WHERE ' ' || list || ' ' GLOB '* [*] *' AND trim(list) <> '*');
	INSERT INTO check_word SELECT setting, word FROM (
	    WITH RECURSIVE lists(setting, list) AS (VALUES
		('allow_origins', lower(NEW.allow_origins)),
		('own_origin', lower(NEW.own_origin)),
		('allow_methods', NEW.allow_methods),
		('allow_headers', NEW.allow_headers),
		('expose_headers', NEW.expose_headers),
		('forward_headers', NEW.forward_headers),
		('allow_private', NEW.allow_private)),
	    words(setting, word, rest) AS (
		SELECT setting, '', list || ' ' FROM lists
		WHERE list IS NOT NULL
		UNION ALL
		SELECT setting, substr(rest, 1, instr(rest, ' ') - 1),
		    substr(rest, instr(rest, ' ') + 1)
		FROM words WHERE rest <> '')
	    SELECT setting, word FROM words WHERE word <> '');

	SELECT RAISE(ABORT, 'allow_credentials cannot go with allow_origins *: browsers refuse it; name the origins')
	WHERE NEW.allow_credentials IN (1, '1', 'yes') AND
	    trim(NEW.allow_origins) = '*';
	SELECT RAISE(ABORT, 'allow_credentials cannot go with the origin null: every sandboxed page of any site has it')
	WHERE NEW.allow_credentials IN (1, '1', 'yes') AND
	    ' ' || lower(NEW.allow_origins) || ' ' GLOB '* null *';
	SELECT RAISE(ABORT, 'allow_credentials cannot go with a pattern in allow_origins: name the origins')
	WHERE NEW.allow_credentials IN (1, '1', 'yes') AND
	    NEW.allow_origins GLOB '*[*]*';
	SELECT RAISE(ABORT, 'this route has request fields in route_headers: it must itself state allow_origins other than * and without null, or access other than open (with cors = target, only that), lest strangers use them')
	WHERE EXISTS (SELECT 1 FROM unguarded WHERE name = NEW.name) AND
	    EXISTS (SELECT 1 FROM route_headers
	    WHERE route = NEW.name AND direction = 'request');
END;

CREATE TRIGGER check_header_insert INSTEAD OF INSERT ON check_header BEGIN
	SELECT RAISE(ABORT, 'there is no route of that name: make the route first')
	WHERE NOT EXISTS (SELECT 1 FROM routes WHERE name = NEW.route);
	SELECT RAISE(ABORT, 'direction must be request or response')
	WHERE NEW.direction NOT IN ('request', 'response');
	SELECT RAISE(ABORT, 'name must be the name of a header field')
	WHERE typeof(NEW.name) <> 'text' OR NEW.name = '' OR
	    length(NEW.name) > 64 OR
	    NEW.name GLOB '*[^-!#$%&''*+.^_`|~0-9A-Za-z]*';
	SELECT RAISE(ABORT, 'value must be text without control characters and without a blank at its ends, at most 8,000 bytes, or NULL to remove the field')
	WHERE NEW.value IS NOT NULL AND (typeof(NEW.value) <> 'text' OR
	    length(CAST(NEW.value AS BLOB)) > 8000 OR
	    NEW.value <> trim(NEW.value) OR
	    NEW.value GLOB '*[' || char(1) || '-' || char(31) || char(127) ||
	    ']*' OR instr(CAST(NEW.value AS BLOB), x'00') > 0);
	SELECT RAISE(ABORT, 'this field belongs to the connection or to the length of the message: it cannot be set')
	WHERE replace(lower(NEW.name), '_', '-') IN ('connection',
	    'keep-alive', 'proxy-connection', 'te', 'trailer',
	    'transfer-encoding', 'upgrade', 'http2-settings',
	    'content-length', 'content-encoding', 'expect', 'host', 'via',
	    'date', 'proxy-authenticate', 'proxy-authorization',
	    'proxy-authentication-info', 'proxy-status', 'proxy');
	SELECT RAISE(ABORT, 'CORS fields follow from the columns of the route: they cannot be set')
	WHERE replace(lower(NEW.name), '_', '-') GLOB 'access-control-*' OR
	    replace(lower(NEW.name), '_', '-') IN ('origin',
	    'timing-allow-origin');
	SELECT RAISE(ABORT, 'this field would command the web server in front: it cannot be set')
	WHERE NEW.direction = 'response' AND EXISTS (SELECT 1 FROM
	    (SELECT replace(lower(NEW.name), '_', '-') AS n) WHERE
	    n IN ('status', 'location', 'x-pad', 'script-control') OR
	    n GLOB 'x-accel-*' OR n GLOB 'x-sendfile*' OR
	    n GLOB 'x-lighttpd-*' OR n GLOB 'x-litespeed-*' OR
	    n GLOB 'variable-*' OR n GLOB 'proxy-*' OR n GLOB 'nph-*' OR
	    n = 'x-reproxy-url');
	SELECT RAISE(ABORT, 'this field would change what browsers keep for the whole host: set it in the web server')
	WHERE NEW.direction = 'response' AND EXISTS (SELECT 1 FROM
	    (SELECT replace(lower(NEW.name), '_', '-') AS n) WHERE
	    n IN ('accept-ch', 'alt-svc', 'clear-site-data', 'critical-ch',
	    'expect-ct', 'nel', 'origin-agent-cluster', 'report-to',
	    'service-worker-allowed', 'set-login',
	    'strict-transport-security', 'use-as-dictionary') OR
	    n GLOB 'set-cookie*' OR n GLOB 'public-key-pins*' OR
	    n GLOB 'sec-session-*');
	SELECT RAISE(ABORT, 'a challenge would make browsers keep a password for this host: it cannot be set')
	WHERE NEW.direction = 'response' AND
	    replace(lower(NEW.name), '_', '-') = 'www-authenticate';
	SELECT RAISE(ABORT, 'this field is viaduct''s own: it cannot be set')
	WHERE NEW.direction = 'response' AND
	    replace(lower(NEW.name), '_', '-') = 'x-request-id';
	SELECT RAISE(ABORT, 'NTLM and Negotiate log in a connection, which routes to the same target share: they cannot be set')
	WHERE NEW.direction = 'request' AND
	    lower(NEW.name) = 'authorization' AND EXISTS (SELECT 1 FROM
	    (SELECT replace(replace(',' || lower(NEW.value) || ',', ' ', ','),
	    char(9), ',') AS v)
	    WHERE v GLOB '*,ntlm,*' OR v GLOB '*,negotiate,*');
	SELECT RAISE(ABORT, 'another row is of the same field: a name has no case, and _ is -')
	WHERE EXISTS (SELECT 1 FROM route_headers WHERE route = NEW.route AND
	    direction = NEW.direction AND lower(name) <> lower(NEW.name) AND
	    replace(lower(name), '_', '-') =
	    replace(lower(NEW.name), '_', '-'));
	SELECT RAISE(ABORT, 'a route has 64 rows here at most')
	WHERE (SELECT count(*) FROM route_headers
	    WHERE route = NEW.route) > 64;
	SELECT RAISE(ABORT, 'the route must first itself state allow_origins other than * and without null, or access other than open (with cors = target, only that), lest strangers use this field')
	WHERE NEW.direction = 'request' AND EXISTS (SELECT 1 FROM unguarded
	    WHERE name = NEW.route);
END;

CREATE TRIGGER check_key_insert INSTEAD OF INSERT ON check_key BEGIN
	SELECT RAISE(ABORT, 'name must be text of 1 to 64 printable characters')
	WHERE typeof(NEW.name) <> 'text' OR
	    length(NEW.name) NOT BETWEEN 1 AND 64 OR
	    instr(CAST(NEW.name AS BLOB), x'00') > 0 OR
	    NEW.name GLOB '*[' || char(1) || '-' || char(31) || char(127) ||
	    ']*';
	SELECT RAISE(ABORT, 'id must be 8 characters of base32: use viaduct key add')
	WHERE typeof(NEW.id) <> 'text' OR length(NEW.id) <> 8 OR
	    NEW.id GLOB '*[^A-Za-z2-7]*';
	SELECT RAISE(ABORT, 'hash must be a blob of 32 bytes, the SHA-256 of the secret: use viaduct key add')
	WHERE typeof(NEW.hash) <> 'blob' OR length(NEW.hash) <> 32;
	SELECT RAISE(ABORT, 'api_keys.routes takes names of routes, or * alone')
	WHERE typeof(NEW.routes) <> 'text' OR trim(NEW.routes) = '' OR
	    (NEW.routes GLOB '*[*]*' AND trim(NEW.routes) <> '*');
	INSERT INTO check_word SELECT 'api_keys.routes', word FROM (
	    WITH RECURSIVE words(word, rest) AS (
		VALUES ('', NEW.routes || ' ')
		UNION ALL
		SELECT substr(rest, 1, instr(rest, ' ') - 1),
		    substr(rest, instr(rest, ' ') + 1)
		FROM words WHERE rest <> '')
	    SELECT word FROM words WHERE word <> '');
	SELECT RAISE(ABORT, 'created, expires and revoked are UTC, like 2030-12-31 or 2030-12-31 23:59:59')
	WHERE NEW.created IS NULL OR EXISTS (SELECT 1 FROM
	    (SELECT NEW.created AS t UNION ALL SELECT NEW.expires UNION ALL
	    SELECT NEW.revoked) WHERE t IS NOT NULL AND (
	    typeof(t) <> 'text' OR date(t, '+0 days') IS NULL OR
	    date(t, '+0 days') <> substr(t, 1, 10) OR NOT (
	    t GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' OR
	    t GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][ T][0-9][0-9]:[0-9][0-9]' OR
	    t GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][ T][0-9][0-9]:[0-9][0-9]:[0-9][0-9]')));
END;

-- The handing over.  After the change, so that the row is read as it is kept.

CREATE TRIGGER routes_insert AFTER INSERT ON routes BEGIN
	INSERT INTO check_route SELECT * FROM routes WHERE rowid = NEW.rowid;
END;
CREATE TRIGGER routes_update AFTER UPDATE ON routes BEGIN
	UPDATE route_headers SET route = NEW.name
	WHERE route = OLD.name AND NEW.name <> OLD.name;
	INSERT INTO check_route SELECT * FROM routes WHERE rowid = NEW.rowid;
END;
CREATE TRIGGER routes_delete AFTER DELETE ON routes BEGIN
	DELETE FROM route_headers WHERE route = OLD.name;
END;

CREATE TRIGGER route_headers_insert AFTER INSERT ON route_headers BEGIN
	INSERT INTO check_header SELECT * FROM route_headers
	WHERE rowid = NEW.rowid;
END;
CREATE TRIGGER route_headers_update AFTER UPDATE ON route_headers BEGIN
	INSERT INTO check_header SELECT * FROM route_headers
	WHERE rowid = NEW.rowid;
END;

CREATE TRIGGER api_keys_insert AFTER INSERT ON api_keys BEGIN
	INSERT INTO check_key SELECT * FROM api_keys WHERE rowid = NEW.rowid;
END;
CREATE TRIGGER api_keys_update AFTER UPDATE ON api_keys BEGIN
	INSERT INTO check_key SELECT * FROM api_keys WHERE rowid = NEW.rowid;
END;

COMMIT;
