CREATE TABLE proposals (
    id               TEXT COLLATE "C" PRIMARY KEY,
    version          BIGINT NOT NULL,
    by_user          TEXT COLLATE "C" NOT NULL,
    by_name          TEXT COLLATE "C" NOT NULL,
    lapses_at        BIGINT NOT NULL,
    state            TEXT COLLATE "C" NOT NULL,
    application      TEXT COLLATE "C",
    token            TEXT COLLATE "C",
    token_expires_at BIGINT,
    channel          TEXT COLLATE "C",
    message          TEXT COLLATE "C",
    shown            TEXT COLLATE "C" NOT NULL
);

CREATE TABLE proposal_steps (
    proposal     TEXT COLLATE "C" NOT NULL REFERENCES proposals (id),
    place        BIGINT NOT NULL,
    policy       TEXT COLLATE "C" NOT NULL,
    confirmed_at BIGINT,
    is_over      BIGINT NOT NULL CHECK (is_over IN (0, 1)),
    version      BIGINT NOT NULL,
    body         TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (proposal, place)
);

CREATE INDEX proposal_steps_to_write ON proposal_steps (policy, confirmed_at)
    WHERE confirmed_at IS NOT NULL AND is_over = 0;
