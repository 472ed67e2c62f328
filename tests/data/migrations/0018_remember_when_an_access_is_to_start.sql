UPDATE counters SET value = 3 WHERE name = 'request';

INSERT INTO requests (id, number, version, requester, requester_name, targets, length_seconds, reason, terms, asked_at,
    asked_in, state, state_name, phase, source, answer_by, ends_at, starts_at)
SELECT '0193aaaa-0000-7000-8000-000000000018', 3, 1, requester, requester_name, targets, 1800, reason, terms,
    1795343400123, asked_in,
    '{"answer_by":"2026-11-22T11:01:00.123Z","source":"198.51.100.7/32","state":"pending","votes":[]}',
    'pending', 'pending', source, 1795345260123, NULL, 1795347000000
FROM requests WHERE number = 1;
