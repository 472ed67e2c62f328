CREATE TABLE inventories (
    subscription TEXT COLLATE "C" PRIMARY KEY,
    body         TEXT COLLATE "C" NOT NULL,
    taken_at     BIGINT NOT NULL
);
