-- What somebody opened alone, and who has looked at it since.
CREATE TABLE reviews (
    request    TEXT COLLATE "C" PRIMARY KEY REFERENCES requests (id),
    number     BIGINT NOT NULL,
    broke      TEXT COLLATE "C" NOT NULL,
    broke_name TEXT COLLATE "C" NOT NULL,
    broken_at  BIGINT NOT NULL,
    signed     TEXT COLLATE "C"
);

CREATE INDEX reviews_that_wait ON reviews (broken_at) WHERE signed IS NULL;
