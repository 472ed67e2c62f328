CREATE TABLE freezes (
    id   BIGINT PRIMARY KEY CHECK (id = 1),
    body TEXT COLLATE "C" NOT NULL
);
