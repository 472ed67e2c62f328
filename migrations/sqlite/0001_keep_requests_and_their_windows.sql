-- Numbers that people read. The row is updated in the transaction that uses the number.
CREATE TABLE counters (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;

INSERT INTO counters (name, value) VALUES ('request', 0);

CREATE TABLE requests (
    id             TEXT PRIMARY KEY,
    number         INTEGER NOT NULL UNIQUE,
    version        INTEGER NOT NULL,
    requester      TEXT NOT NULL,
    requester_name TEXT NOT NULL,
    targets        TEXT NOT NULL,
    length_seconds INTEGER NOT NULL,
    reason         TEXT,
    terms          TEXT NOT NULL,
    asked_at       INTEGER NOT NULL,
    asked_in       TEXT NOT NULL,
    state          TEXT NOT NULL,
    -- Copied out of `state`, so that rows can be found by them.
    state_name     TEXT NOT NULL,
    phase          TEXT NOT NULL,
    source         TEXT,
    answer_by      INTEGER,
    ends_at        INTEGER
) STRICT;

CREATE INDEX requests_by_requester ON requests (requester, number);
CREATE INDEX requests_by_phase ON requests (phase, number);
CREATE INDEX requests_by_requester_and_phase ON requests (requester, phase, number);
CREATE INDEX requests_with_a_source ON requests (requester, number) WHERE source IS NOT NULL;
CREATE INDEX requests_that_wait ON requests (answer_by) WHERE answer_by IS NOT NULL;
CREATE INDEX requests_by_state ON requests (state_name);

CREATE TABLE windows (
    id         TEXT PRIMARY KEY,
    request    TEXT NOT NULL REFERENCES requests (id),
    place      INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    vm         TEXT NOT NULL,
    -- The lower-cased id: Azure's services change the case of ids.
    vm_key     TEXT NOT NULL,
    policy     TEXT NOT NULL,
    port       INTEGER NOT NULL,
    source     TEXT NOT NULL,
    ends_at    INTEGER NOT NULL,
    state      TEXT NOT NULL,
    state_name TEXT NOT NULL,
    is_over    INTEGER NOT NULL
) STRICT;

CREATE INDEX windows_by_request ON windows (request, place);
CREATE INDEX windows_not_over ON windows (vm_key, port) WHERE is_over = 0;
