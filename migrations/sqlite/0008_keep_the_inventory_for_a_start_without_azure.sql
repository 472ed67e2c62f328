CREATE TABLE inventories (
    subscription TEXT PRIMARY KEY,
    body         TEXT NOT NULL,
    taken_at     INTEGER NOT NULL
) STRICT;
