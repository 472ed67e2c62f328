CREATE TABLE jobs (
    id          TEXT PRIMARY KEY,
    key         TEXT NOT NULL,
    kind        TEXT NOT NULL,
    lane        TEXT NOT NULL,
    task        TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    -- Asked for again while it ran: then it runs once more.
    again_at    INTEGER,
    attempt     INTEGER NOT NULL,
    epoch       INTEGER NOT NULL,
    worker      TEXT,
    lease_until INTEGER,
    -- Written before a call that may not be repeated blindly leaves the process.
    first_sent_at INTEGER,
    sent_at     INTEGER,
    memo        TEXT,
    error       TEXT,
    dead_at     INTEGER
) STRICT;

CREATE UNIQUE INDEX one_living_job_per_key ON jobs (key) WHERE dead_at IS NULL;
CREATE INDEX living_jobs_by_time ON jobs (lane, due_at, id) WHERE dead_at IS NULL;
CREATE INDEX living_jobs_by_kind ON jobs (kind, due_at) WHERE dead_at IS NULL;
