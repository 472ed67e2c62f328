-- What somebody opened alone, and who has looked at it since.
CREATE TABLE reviews (
    request    TEXT PRIMARY KEY REFERENCES requests (id),
    number     INTEGER NOT NULL,
    broke      TEXT NOT NULL,
    broke_name TEXT NOT NULL,
    broken_at  INTEGER NOT NULL,
    signed     TEXT
) STRICT;

CREATE INDEX reviews_that_wait ON reviews (broken_at) WHERE signed IS NULL;
