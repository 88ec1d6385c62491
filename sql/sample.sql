-- Routes to look at and to change; all are off (enabled = 0) until you say
-- UPDATE routes SET enabled = 1 WHERE name = '...';
-- Running this again changes nothing that is there.

-- A feed that any page on https://www.example.org may read.
INSERT INTO routes (name, url, enabled, note, allow_origins)
SELECT 'feed', 'https://example.com/rss.xml', 0, 'one document',
    'https://www.example.org'
WHERE NOT EXISTS (SELECT 1 FROM routes WHERE name = 'feed');

-- An API that pages of everybody may read, but not write.
INSERT INTO routes (name, url, enabled, note, allow_origins, allow_methods)
SELECT 'data', 'https://api.example.com/v1/', 0, 'read only, for all', '*',
    'GET HEAD'
WHERE NOT EXISTS (SELECT 1 FROM routes WHERE name = 'data');

-- A server in one's own network, slow and with long answers.
INSERT INTO routes (name, url, enabled, note, allow_origins, allow_private,
    request_timeout, payload_quota)
SELECT 'intern', 'http://10.0.0.5:8080/app', 0, 'private address',
    'https://www.example.org https://admin.example.org', '10.0.0.5/32', 60,
    '1G'
WHERE NOT EXISTS (SELECT 1 FROM routes WHERE name = 'intern');
