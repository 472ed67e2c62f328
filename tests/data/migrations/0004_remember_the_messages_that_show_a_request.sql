INSERT INTO cards (request, channel, message, posted_at, shown)
VALUES ('0193aaaa-0000-7000-8000-000000000001', '11', '22', 1795341600123, 'abc');

INSERT INTO answers (request, application, token, token_expires_at, shown)
VALUES ('0193aaaa-0000-7000-8000-000000000001', '33', 'token', 1795342500123, '');
