UPDATE requests
SET length_seconds = 1200,
    narrowed = '[{"at":"2026-11-22T10:40:00.123Z","by":{"id":"100000000000000002","name":"Bob"},"length_before":1800}]'
WHERE number = 2;
