CREATE TABLE seen (
    key     TEXT COLLATE "C" PRIMARY KEY,
    seen_at BIGINT NOT NULL
);

CREATE INDEX seen_by_time ON seen (seen_at);
