INSERT INTO records (number, at, fact, request, requester, body, hash)
VALUES (1, 1795341600123, 'unfrozen', NULL, NULL,
    '{"at":"2026-11-22T10:00:00.123Z","by":"time","number":1,"waiting":0,"what":"unfrozen"}',
    'fecd46c758db24de37195d4acdedc7e9cdbf09d84168edbfc12bb895df7c3190');

UPDATE record_head SET number = 1, hash = (SELECT hash FROM records WHERE number = 1) WHERE id = 1;
