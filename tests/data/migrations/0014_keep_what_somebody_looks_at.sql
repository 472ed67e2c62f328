INSERT INTO looks (id, body, application, token, token_expires_at, made_at)
VALUES ('0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2c', '{"reader":"100000000000000001","vm":"/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/prod-web/providers/Microsoft.Compute/virtualMachines/web-01","port":22,"picture":null}', '42', 'token', 1795341600000, 1795341600123);
