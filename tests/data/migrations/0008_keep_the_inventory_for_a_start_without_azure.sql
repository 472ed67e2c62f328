INSERT INTO inventories (subscription, body, taken_at)
VALUES ('11111111-1111-1111-1111-111111111111', '[]', 1795341600123);
