CREATE TABLE jobs (
    id          TEXT COLLATE "C" PRIMARY KEY,
    key         TEXT COLLATE "C" NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    lane        TEXT COLLATE "C" NOT NULL,
    task        TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT NOT NULL,
    due_at      BIGINT NOT NULL,
    -- Asked for again while it ran: then it runs once more.
    again_at    BIGINT,
    attempt     BIGINT NOT NULL,
    epoch       BIGINT NOT NULL,
    worker      TEXT COLLATE "C",
    lease_until BIGINT,
    -- Written before a call that may not be repeated blindly leaves the process.
    first_sent_at BIGINT,
    sent_at     BIGINT,
    memo        TEXT COLLATE "C",
    error       TEXT COLLATE "C",
    dead_at     BIGINT
);

CREATE UNIQUE INDEX one_living_job_per_key ON jobs (key) WHERE dead_at IS NULL;
CREATE INDEX living_jobs_by_time ON jobs (lane, due_at, id) WHERE dead_at IS NULL;
CREATE INDEX living_jobs_by_kind ON jobs (kind, due_at) WHERE dead_at IS NULL;
