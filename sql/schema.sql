-- viaduct: the database of routes, schema version 1.
--
-- sqlite3 routes.db < schema.sql makes it; running it again on a database of
-- this version changes nothing that was written there.  SQLite 3.37 or later.
--
-- Columns are ANY, and the rules stand in triggers instead of CHECK: so a row
-- that is refused is refused with a sentence, the same for INSERT and UPDATE,
-- and one row that went bad on disk does not fail quick_check for all others.
-- The first WHEN that is true refuses.  What only viaduct.ini can tell is
-- judged by viaduct.
--
-- SQLite reads all of this whenever it opens the file, which each start under
-- CGI does: hence one CASE for many rules, and columns of the row as it is
-- kept, which are less to read than those of NEW.

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

DROP VIEW IF EXISTS check_route;	-- of former files, with their triggers
DROP VIEW IF EXISTS check_url;
DROP VIEW IF EXISTS check_word;
DROP VIEW IF EXISTS check_header;
DROP VIEW IF EXISTS check_key;
DROP VIEW IF EXISTS truth;
DROP VIEW IF EXISTS unguarded;
DROP TRIGGER IF EXISTS routes_insert;
DROP TRIGGER IF EXISTS routes_update;
DROP TRIGGER IF EXISTS routes_delete;
DROP TRIGGER IF EXISTS route_headers_insert;
DROP TRIGGER IF EXISTS route_headers_update;
DROP TRIGGER IF EXISTS api_keys_insert;
DROP TRIGGER IF EXISTS api_keys_update;

CREATE VIEW truth AS VALUES ('0'), ('1'), ('yes'), ('no');

-- Routes that by themselves let strangers in: any page has the origin null in
-- a sandboxed frame, and with cors = target no origin is refused.
CREATE VIEW unguarded AS SELECT name FROM routes
WHERE coalesce(access, 'open') = 'open' AND
    (coalesce(trim(allow_origins), '*') = '*' OR
    ' ' || lower(allow_origins) || ' ' GLOB '* null *' OR
    cors = 'target');

-- A new row is judged as one that was changed.
CREATE TRIGGER routes_insert AFTER INSERT ON routes BEGIN
	UPDATE routes SET name = name WHERE rowid = NEW.rowid;
END;
CREATE TRIGGER route_headers_insert AFTER INSERT ON route_headers BEGIN
	UPDATE route_headers SET name = name WHERE rowid = NEW.rowid;
END;
CREATE TRIGGER api_keys_insert AFTER INSERT ON api_keys BEGIN
	UPDATE api_keys SET name = name WHERE rowid = NEW.rowid;
END;

CREATE TRIGGER routes_delete AFTER DELETE ON routes BEGIN
	DELETE FROM route_headers WHERE route = OLD.name;
END;

CREATE TRIGGER routes_update AFTER UPDATE ON routes BEGIN
	UPDATE route_headers SET route = NEW.name
	WHERE route = OLD.name AND NEW.name <> OLD.name;

	SELECT CASE
	WHEN typeof(name) <> 'text' OR (name <> '*' AND
	    (name NOT GLOB '[a-z0-9]*' OR name GLOB '*[^a-z0-9_-]*' OR
	    length(name) > 63 OR instr(CAST(name AS BLOB), x'00') > 0))
	THEN RAISE(ABORT, 'name must be text of a-z, 0-9, _ and -, beginning with a letter or digit, at most 63 long, or * for all other paths')
	WHEN name IN ('http', 'https')
	THEN RAISE(ABORT, 'name must not be http or https: whole URLs begin so')
	WHEN 'blob' IN (typeof(note), typeof(allow_origins),
	    typeof(require_origin), typeof(own_origin), typeof(embed),
	    typeof(allow_methods), typeof(allow_headers),
	    typeof(expose_headers), typeof(allow_credentials),
	    typeof(max_age), typeof(cors), typeof(allow_private_network),
	    typeof(timing_allow_origin), typeof(access), typeof(rate_limit),
	    typeof(request_timeout), typeof(connect_timeout),
	    typeof(idle_timeout), typeof(total_timeout),
	    typeof(payload_quota), typeof(upload_quota), typeof(redirects),
	    typeof(max_redirects), typeof(verify_tls), typeof(ca_file),
	    typeof(allow_private), typeof(forward_headers),
	    typeof(no_headers), typeof(forwarded), typeof(user_agent),
	    typeof(cookies), typeof(render), typeof(tls_pin),
	    typeof(preserve_host), typeof(header_quota),
	    typeof(filtered_path))
	THEN RAISE(ABORT, 'a value holds a control character or a NUL byte, or is a blob')
	WHEN length(url) > 2000 OR length(note) > 16000
	THEN RAISE(ABORT, 'a value is too long: 2,000 bytes for url, 16,000 for a list')
	END FROM routes WHERE rowid = NEW.rowid;

	-- Texts: first each as a whole, with NULL for a word; then the words of
	-- lists, which have a name here.
	SELECT CASE
	WHEN word IS NULL AND (instr(CAST(rest AS BLOB), x'00') > 0 OR
	    rest GLOB '*[' || char(1) || '-' || char(31) || char(127) || ']*')
	THEN RAISE(ABORT, 'a value holds a control character or a NUL byte, or is a blob')
	WHEN length(rest) > 16001
	THEN RAISE(ABORT, 'a value is too long: 2,000 bytes for url, 16,000 for a list')
	WHEN setting IN ('allow_origins', 'allow_headers', 'expose_headers') AND
	    word IS NULL AND ' ' || rest GLOB '* [*] *' AND trim(rest) <> '*'
	THEN RAISE(ABORT, '* stands alone: it already means all')
	WHEN word GLOB '*,*' OR word GLOB '*;'
	THEN RAISE(ABORT, 'a list is separated by blanks, not by commas or semicolons')

	WHEN setting = 'allow_origins' AND word NOT IN ('*', 'null') AND
	    word NOT GLOB 'http://?*' AND word NOT GLOB 'https://?*'
	THEN RAISE(ABORT, 'allow_origins takes origins like https://www.example.com, patterns like https://*.example.com, null, or * alone')
	WHEN setting = 'own_origin' AND (word GLOB '*[*]*' OR
	    word NOT GLOB 'http://?*' AND word NOT GLOB 'https://?*')
	THEN RAISE(ABORT, 'own_origin takes whole origins like https://www.example.com')
	WHEN setting GLOB '*_origin*' AND word GLOB '*://*[/?#@\]*'
	THEN RAISE(ABORT, 'an origin ends with its host and port: take away what follows, a / too')
	WHEN setting GLOB '*_origin*' AND word GLOB '*[^!-~]*'
	THEN RAISE(ABORT, 'an origin is written in ASCII: use the xn-- form of the host')
	WHEN setting = 'allow_origins' AND word GLOB '?*[*]*' AND
	    word NOT IN ('http://localhost:*', 'http://127.0.0.1:*') AND
	    (word NOT GLOB '*://[*].?*.?*' OR word GLOB '*[*]*[*]*')
	THEN RAISE(ABORT, 'a pattern in allow_origins is like https://*.example.com, with two labels at least behind the *; only http://localhost:* and http://127.0.0.1:* leave the port open')

	WHEN setting = 'allow_methods' AND word NOT IN
	    ('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS')
	THEN RAISE(ABORT, 'allow_methods takes GET HEAD POST PUT PATCH DELETE OPTIONS, in capitals')
	WHEN setting GLOB '*_headers' AND (length(word) > 64 OR
	    word GLOB '*[^-!#$%&''*+.^_`|~0-9A-Za-z]*')
	THEN RAISE(ABORT, 'a list of header fields holds a word that is no name of a field')
	WHEN setting = 'forward_headers' AND word = '*'
	THEN RAISE(ABORT, 'forward_headers takes names of fields, not *: leave it empty for all')
	WHEN setting = 'allow_private' AND word NOT IN ('no', 'yes', '0', '1') AND
	    (word NOT GLOB '*[.:]*/[0-9]*' OR
	    word GLOB '*[^0-9a-fA-F.:/]*' OR word GLOB '*/*/*')
	THEN RAISE(ABORT, 'allow_private must be no, yes, or CIDRs like 10.0.0.0/8 or fd00::/8')
	END FROM (WITH RECURSIVE texts(setting, text) AS (VALUES
		('', NEW.url), ('', NEW.ca_file), ('', NEW.user_agent),
		('', NEW.tls_pin), ('', NEW.filtered_path),
		('allow_origins', lower(NEW.allow_origins)),
		('own_origin', lower(NEW.own_origin)),
		('allow_methods', NEW.allow_methods),
		('allow_headers', NEW.allow_headers),
		('expose_headers', NEW.expose_headers),
		('forward_headers', NEW.forward_headers),
		('allow_private', NEW.allow_private)),
	    words(setting, word, rest) AS (
		SELECT setting, NULL, text || ' ' FROM texts
		UNION ALL
		SELECT setting, substr(rest, 1, instr(rest, ' ') - 1),
		    substr(rest, instr(rest, ' ') + 1)
		FROM words WHERE rest <> '' AND setting <> '')
	    SELECT setting, word, rest FROM words WHERE word IS NOT '');

	SELECT CASE
	WHEN typeof(url) <> 'text' OR
	    lower(url) NOT GLOB 'http://*' AND lower(url) NOT GLOB 'https://*'
	THEN RAISE(ABORT, 'url must be text beginning with http:// or https://')
	WHEN url GLOB '*[^!-~]*'
	THEN RAISE(ABORT, 'url holds a blank or a character that is not ASCII: percent-encode it')
	WHEN url GLOB '*\*'
	THEN RAISE(ABORT, 'url holds a backslash: write /')
	WHEN url GLOB '*#*'
	THEN RAISE(ABORT, 'url has a fragment: take away the # and what follows')
	WHEN authority GLOB '*@*'
	THEN RAISE(ABORT, 'url has a name or password in it: set an Authorization field in route_headers instead')
	WHEN host = ''
	THEN RAISE(ABORT, 'url has no host')
	WHEN port <> '' AND (port NOT GLOB ':[1-9]*' OR
	    port GLOB '?*[^0-9]*' OR length(port) > 6 OR
	    CAST(substr(port, 2) AS INTEGER) > 65535)
	THEN RAISE(ABORT, 'url has a port that is no number from 1 to 65535')
	WHEN host GLOB '[[]*' AND (host NOT GLOB '[[]*:*]' OR
	    host GLOB '?*[^0-9a-f:.]?*')
	THEN RAISE(ABORT, 'url has an IPv6 address that is not like [2001:db8::1]')
	WHEN host GLOB '[[]*' THEN NULL
	WHEN host GLOB '*[^a-z0-9._-]*' OR dotted GLOB '*..*' OR
	    length(host) > 253
	THEN RAISE(ABORT, 'url has a host that is not letters, digits, _ and - between single dots; write the xn-- form of other names')
	WHEN rtrim(dotted, '0123456789') GLOB '*.' AND (
	    dotted GLOB '*[^0-9.]*' OR dotted NOT GLOB '*.?*.?*.?*.?*' OR
	    dotted GLOB '*.*.*.*.*.*' OR dotted GLOB '*.0[0-9]*' OR
	    dotted GLOB '*[0-9][0-9][0-9][0-9]*' OR
	    dotted GLOB '*.[3-9][0-9][0-9]*' OR
	    dotted GLOB '*.2[6-9][0-9]*' OR dotted GLOB '*.25[6-9]*')
	THEN RAISE(ABORT, 'url has an address that is not four decimal numbers from 0 to 255 without leading zeros')
	END FROM (SELECT url, authority, host,
	    substr(authority, length(host) + 1) AS port, '.' || host AS dotted
	    FROM (SELECT url, authority, substr(authority, 1,
		CASE WHEN authority GLOB '[[]*' THEN instr(authority || ']', ']')
		ELSE instr(authority || ':', ':') - 1 END) AS host
		FROM (SELECT url, substr(rest, 1,
		    instr(replace(rest, '?', '/') || '/', '/') - 1) AS authority
		    FROM (SELECT url,
			lower(substr(url, instr(url, '://') + 3)) AS rest
			FROM routes WHERE rowid = NEW.rowid))));

	SELECT CASE
	WHEN enabled IS NULL OR typeof(enabled) = 'blob' OR
	    enabled || '' NOT IN truth
	THEN RAISE(ABORT, 'enabled must be 0, 1, yes or no')
	WHEN require_origin || '' NOT IN truth
	THEN RAISE(ABORT, 'require_origin must be 0, 1, yes or no')
	WHEN embed || '' NOT IN truth
	THEN RAISE(ABORT, 'embed must be 0, 1, yes or no')
	WHEN allow_credentials || '' NOT IN truth
	THEN RAISE(ABORT, 'allow_credentials must be 0, 1, yes or no')
	WHEN allow_private_network || '' NOT IN truth
	THEN RAISE(ABORT, 'allow_private_network must be 0, 1, yes or no')
	WHEN timing_allow_origin || '' NOT IN truth
	THEN RAISE(ABORT, 'timing_allow_origin must be 0, 1, yes or no')
	WHEN verify_tls || '' NOT IN truth
	THEN RAISE(ABORT, 'verify_tls must be 0, 1, yes or no')
	WHEN no_headers || '' NOT IN truth
	THEN RAISE(ABORT, 'no_headers must be 0, 1, yes or no')
	WHEN render || '' NOT IN truth
	THEN RAISE(ABORT, 'render must be 0, 1, yes or no')
	WHEN preserve_host || '' NOT IN truth
	THEN RAISE(ABORT, 'preserve_host must be 0, 1, yes or no')

	WHEN cors NOT IN ('own', 'target')
	THEN RAISE(ABORT, 'cors must be own or target')
	WHEN redirects NOT IN ('same-site', 'follow', 'pass')
	THEN RAISE(ABORT, 'redirects must be same-site, follow or pass')
	WHEN forwarded NOT IN ('none', 'rfc7239', 'x')
	THEN RAISE(ABORT, 'forwarded must be none, rfc7239 or x')
	WHEN cookies NOT IN ('drop', 'isolate')
	THEN RAISE(ABORT, 'cookies must be drop or isolate')
	WHEN access NOT IN ('open', 'key', 'jwt')
	THEN RAISE(ABORT, 'access must be open, key or jwt')

	WHEN max_age = '' OR max_age GLOB '*[^0-9]*' OR length(max_age) > 9 OR
	    CAST(max_age AS INTEGER) > 86400
	THEN RAISE(ABORT, 'max_age must be a whole number from 0 to 86400')
	WHEN max_redirects = '' OR max_redirects GLOB '*[^0-9]*' OR
	    length(max_redirects) > 9 OR CAST(max_redirects AS INTEGER) > 20
	THEN RAISE(ABORT, 'max_redirects must be a whole number from 0 to 20')
	WHEN request_timeout NOT GLOB '[0-9]*' OR
	    request_timeout GLOB '*[^0-9.]*' OR
	    request_timeout GLOB '*.*.*' OR request_timeout GLOB '*.' OR
	    request_timeout GLOB '*.????*' OR
	    CAST(request_timeout AS REAL) NOT BETWEEN 0.1 AND 3600
	THEN RAISE(ABORT, 'request_timeout must be seconds from 0.1 to 3600, with three decimals at most')
	WHEN connect_timeout NOT GLOB '[0-9]*' OR
	    connect_timeout GLOB '*[^0-9.]*' OR
	    connect_timeout GLOB '*.*.*' OR connect_timeout GLOB '*.' OR
	    connect_timeout GLOB '*.????*' OR
	    CAST(connect_timeout AS REAL) NOT BETWEEN 0.1 AND 300
	THEN RAISE(ABORT, 'connect_timeout must be seconds from 0.1 to 300, with three decimals at most')
	WHEN idle_timeout NOT GLOB '[0-9]*' OR
	    idle_timeout GLOB '*[^0-9.]*' OR
	    idle_timeout GLOB '*.*.*' OR idle_timeout GLOB '*.' OR
	    idle_timeout GLOB '*.????*' OR
	    CAST(idle_timeout AS REAL) NOT BETWEEN 0.1 AND 3600
	THEN RAISE(ABORT, 'idle_timeout must be seconds from 0.1 to 3600, with three decimals at most')
	WHEN total_timeout NOT GLOB '[0-9]*' OR
	    total_timeout GLOB '*[^0-9.]*' OR
	    total_timeout GLOB '*.*.*' OR total_timeout GLOB '*.' OR
	    total_timeout GLOB '*.????*' OR
	    CAST(total_timeout AS REAL) > 86400
	THEN RAISE(ABORT, 'total_timeout must be seconds from 0 to 86400, with three decimals at most')
	WHEN payload_quota NOT GLOB '[0-9]*' OR
	    payload_quota GLOB '*[^0-9]?*' OR
	    payload_quota NOT GLOB '*[0-9KMG]' OR length(payload_quota) > 12
	THEN RAISE(ABORT, 'payload_quota must be bytes, or with K, M or G behind, like 10M')
	WHEN upload_quota NOT GLOB '[0-9]*' OR
	    upload_quota GLOB '*[^0-9]?*' OR
	    upload_quota NOT GLOB '*[0-9KMG]' OR length(upload_quota) > 12
	THEN RAISE(ABORT, 'upload_quota must be bytes, or with K, M or G behind, like 10M')
	WHEN header_quota NOT GLOB '[0-9]*' OR
	    header_quota GLOB '*[^0-9]?*' OR
	    header_quota NOT GLOB '*[0-9KMG]' OR length(header_quota) > 12 OR
	    CAST(header_quota AS INTEGER) * CASE substr(header_quota, -1)
	    WHEN 'K' THEN 1024 WHEN 'M' THEN 1048576 WHEN 'G' THEN 1073741824
	    ELSE 1 END NOT BETWEEN 1024 AND 262144
	THEN RAISE(ABORT, 'header_quota must be bytes, or with K, M or G behind, like 10M (from 1K to 256K)')
	WHEN rate_limit NOT IN (0, '0') AND (
	    typeof(rate_limit) <> 'text' OR length(rate_limit) > 32 OR
	    rate_limit NOT GLOB '[1-9]*/[smhd]*' OR
	    rate_limit GLOB '*[^0-9]*/*' OR
	    rate_limit NOT GLOB '*/?' AND
	    (rate_limit NOT GLOB '*/? burst [1-9]*' OR
	    rate_limit GLOB '*burst *[^0-9]*') OR
	    CAST(rate_limit AS INTEGER) > 10000 *
	    CASE substr(rate_limit, instr(rate_limit, '/') + 1, 1)
	    WHEN 's' THEN 1 WHEN 'm' THEN 60 WHEN 'h' THEN 3600 ELSE 86400 END
	    OR CAST(CASE WHEN rate_limit GLOB '*/?' THEN rate_limit
	    ELSE substr(rate_limit, instr(rate_limit, 'burst') + 6) END
	    AS INTEGER) > 1000000)
	THEN RAISE(ABORT, 'rate_limit must be 0 or like 20/s burst 100, by s, m, h or d, at most 10000 a second and a burst of 1000000')
	WHEN tls_pin <> '' AND (tls_pin NOT GLOB 'sha256//*=' OR
	    tls_pin GLOB '*[^A-Za-z0-9+/=;]*' OR (length(tls_pin) + 1) % 53 <> 0)
	THEN RAISE(ABORT, 'tls_pin must be sha256// and 44 characters of base64, several joined by ;')
	WHEN filtered_path <> '' AND (filtered_path NOT GLOB '/*' OR
	    filtered_path GLOB '*[^!-~]*' OR filtered_path GLOB '*[?#;\]*' OR
	    filtered_path || '|' GLOB '*|[^/]*' OR
	    filtered_path || '|' GLOB '*[*][^|]*' OR
	    filtered_path GLOB '*[^/][*]*')
	THEN RAISE(ABORT, 'filtered_path must be paths like /admin|/private/*, joined by |')

	WHEN trim(allow_methods) = ''
	THEN RAISE(ABORT, 'allow_methods must name a method at least')
	WHEN trim(allow_private) = ''
	THEN RAISE(ABORT, 'allow_private must be no, yes or CIDRs')
	WHEN EXISTS (SELECT 1 FROM unguarded WHERE name = NEW.name) AND
	    EXISTS (SELECT 1 FROM route_headers
	    WHERE route = NEW.name AND direction = 'request')
	THEN RAISE(ABORT, 'this route has request fields in route_headers: it must itself state allow_origins other than * and without null, or access other than open (with cors = target, only that), lest strangers use them')
	WHEN allow_credentials IN (1, '1', 'yes') THEN CASE
	    WHEN trim(allow_origins) = '*'
	    THEN RAISE(ABORT, 'allow_credentials cannot go with allow_origins *: browsers refuse it; name the origins')
	    WHEN ' ' || lower(allow_origins) || ' ' GLOB '* null *'
	    THEN RAISE(ABORT, 'allow_credentials cannot go with the origin null: every sandboxed page of any site has it')
	    WHEN allow_origins GLOB '*[*]*'
	    THEN RAISE(ABORT, 'allow_credentials cannot go with a pattern in allow_origins: name the origins')
	    END
	END FROM routes WHERE rowid = NEW.rowid;
END;

CREATE TRIGGER route_headers_update AFTER UPDATE ON route_headers BEGIN
	SELECT CASE
	WHEN NOT EXISTS (SELECT 1 FROM routes WHERE name = NEW.route)
	THEN RAISE(ABORT, 'there is no route of that name: make the route first')
	WHEN direction NOT IN ('request', 'response')
	THEN RAISE(ABORT, 'direction must be request or response')
	WHEN typeof(name) <> 'text' OR name = '' OR length(name) > 64 OR
	    name GLOB '*[^-!#$%&''*+.^_`|~0-9A-Za-z]*'
	THEN RAISE(ABORT, 'name must be the name of a header field')
	WHEN value IS NOT NULL AND (typeof(value) <> 'text' OR
	    length(CAST(value AS BLOB)) > 8000 OR value <> trim(value) OR
	    value GLOB '*[' || char(1) || '-' || char(31) || char(127) || ']*'
	    OR instr(CAST(value AS BLOB), x'00') > 0)
	THEN RAISE(ABORT, 'value must be text without control characters and without a blank at its ends, at most 8,000 bytes, or NULL to remove the field')
	WHEN n IN ('connection', 'keep-alive', 'proxy-connection', 'te',
	    'trailer', 'transfer-encoding', 'upgrade', 'http2-settings',
	    'content-length', 'content-encoding', 'expect', 'host', 'via',
	    'date', 'proxy-authenticate', 'proxy-authorization',
	    'proxy-authentication-info', 'proxy-status', 'proxy')
	THEN RAISE(ABORT, 'this field belongs to the connection or to the length of the message: it cannot be set')
	WHEN n GLOB 'access-control-*' OR n IN ('origin', 'timing-allow-origin')
	THEN RAISE(ABORT, 'CORS fields follow from the columns of the route: they cannot be set')
	WHEN EXISTS (SELECT 1 FROM route_headers AS other
	    WHERE route = NEW.route AND direction = NEW.direction AND
	    lower(name) <> lower(NEW.name) AND
	    replace(lower(name), '_', '-') = n)
	THEN RAISE(ABORT, 'another row is of the same field: a name has no case, and _ is -')
	WHEN (SELECT count(*) FROM route_headers WHERE route = NEW.route) > 64
	THEN RAISE(ABORT, 'a route has 64 rows here at most')

	WHEN direction = 'request' THEN CASE
	    WHEN n = 'authorization' AND (words GLOB '*,ntlm,*' OR
		words GLOB '*,negotiate,*')
	    THEN RAISE(ABORT, 'NTLM and Negotiate log in a connection, which routes to the same target share: they cannot be set')
	    WHEN EXISTS (SELECT 1 FROM unguarded WHERE name = NEW.route)
	    THEN RAISE(ABORT, 'the route must first itself state allow_origins other than * and without null, or access other than open (with cors = target, only that), lest strangers use this field')
	    END

	-- From here on of responses.
	WHEN n IN ('status', 'location', 'x-pad', 'script-control',
	    'x-reproxy-url') OR n GLOB 'x-accel-*' OR n GLOB 'x-sendfile*' OR
	    n GLOB 'x-lighttpd-*' OR n GLOB 'x-litespeed-*' OR
	    n GLOB 'variable-*' OR n GLOB 'proxy-*' OR n GLOB 'nph-*'
	THEN RAISE(ABORT, 'this field would command the web server in front: it cannot be set')
	WHEN n IN ('accept-ch', 'alt-svc', 'clear-site-data', 'critical-ch',
	    'expect-ct', 'nel', 'origin-agent-cluster', 'report-to',
	    'service-worker-allowed', 'set-login',
	    'strict-transport-security', 'use-as-dictionary') OR
	    n GLOB 'set-cookie*' OR n GLOB 'public-key-pins*' OR
	    n GLOB 'sec-session-*'
	THEN RAISE(ABORT, 'this field would change what browsers keep for the whole host: set it in the web server')
	WHEN n = 'www-authenticate'
	THEN RAISE(ABORT, 'a challenge would make browsers keep a password for this host: it cannot be set')
	WHEN n = 'x-request-id'
	THEN RAISE(ABORT, 'this field is viaduct''s own: it cannot be set')
	END FROM (SELECT *, replace(lower(name), '_', '-') AS n,
	    replace(replace(',' || lower(value) || ',', ' ', ','), char(9), ',')
	    AS words FROM route_headers WHERE rowid = NEW.rowid);
END;

CREATE TRIGGER api_keys_update AFTER UPDATE ON api_keys BEGIN
	SELECT CASE
	WHEN typeof(name) <> 'text' OR length(name) NOT BETWEEN 1 AND 64 OR
	    instr(CAST(name AS BLOB), x'00') > 0 OR
	    name GLOB '*[' || char(1) || '-' || char(31) || char(127) || ']*'
	THEN RAISE(ABORT, 'name must be text of 1 to 64 printable characters')
	WHEN typeof(id) <> 'text' OR length(id) <> 8 OR id GLOB '*[^A-Za-z2-7]*'
	THEN RAISE(ABORT, 'id must be 8 characters of base32: use viaduct key add')
	WHEN typeof(hash) <> 'blob' OR length(hash) <> 32
	THEN RAISE(ABORT, 'hash must be a blob of 32 bytes, the SHA-256 of the secret: use viaduct key add')
	WHEN typeof(routes) <> 'text' OR trim(routes) = '' OR
	    (routes GLOB '*[*]*' AND trim(routes) <> '*')
	THEN RAISE(ABORT, 'api_keys.routes takes names of routes, or * alone')
	END FROM api_keys WHERE rowid = NEW.rowid;

	SELECT CASE
	WHEN word GLOB '*,*' OR word GLOB '*;'
	THEN RAISE(ABORT, 'a list is separated by blanks, not by commas or semicolons')
	WHEN word <> '*' AND (word GLOB '*[^a-z0-9_-]*' OR length(word) > 63)
	THEN RAISE(ABORT, 'api_keys.routes takes names of routes, or * alone')
	END FROM (WITH RECURSIVE words(word, rest) AS (
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

COMMIT;
