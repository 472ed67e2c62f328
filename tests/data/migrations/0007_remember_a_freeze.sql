INSERT INTO freezes (id, body)
VALUES (1, '{"by":{"id":"100000000000000001","name":"Alice"},"reason":null,"since":"2026-11-22T10:00:00.123Z"}');
