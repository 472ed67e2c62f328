-- Numbers that people read. The row is updated in the transaction that uses the number.
CREATE TABLE counters (
    name  TEXT COLLATE "C" PRIMARY KEY,
    value BIGINT NOT NULL
);

INSERT INTO counters (name, value) VALUES ('request', 0);

CREATE TABLE requests (
    id             TEXT COLLATE "C" PRIMARY KEY,
    number         BIGINT NOT NULL UNIQUE,
    version        BIGINT NOT NULL,
    requester      TEXT COLLATE "C" NOT NULL,
    requester_name TEXT COLLATE "C" NOT NULL,
    targets        TEXT COLLATE "C" NOT NULL,
    length_seconds BIGINT NOT NULL,
    reason         TEXT COLLATE "C",
    terms          TEXT COLLATE "C" NOT NULL,
    asked_at       BIGINT NOT NULL,
    asked_in       TEXT COLLATE "C" NOT NULL,
    state          TEXT COLLATE "C" NOT NULL,
    -- Copied out of `state`, so that rows can be found by them.
    state_name     TEXT COLLATE "C" NOT NULL,
    phase          TEXT COLLATE "C" NOT NULL,
    source         TEXT COLLATE "C",
    answer_by      BIGINT,
    ends_at        BIGINT
);

CREATE INDEX requests_by_requester ON requests (requester, number);
CREATE INDEX requests_by_phase ON requests (phase, number);
CREATE INDEX requests_by_requester_and_phase ON requests (requester, phase, number);
CREATE INDEX requests_with_a_source ON requests (requester, number) WHERE source IS NOT NULL;
CREATE INDEX requests_that_wait ON requests (answer_by) WHERE answer_by IS NOT NULL;
CREATE INDEX requests_by_state ON requests (state_name);

CREATE TABLE windows (
    id         TEXT COLLATE "C" PRIMARY KEY,
    request    TEXT COLLATE "C" NOT NULL REFERENCES requests (id),
    place      BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    vm         TEXT COLLATE "C" NOT NULL,
    -- The lower-cased id: Azure's services change the case of ids.
    vm_key     TEXT COLLATE "C" NOT NULL,
    policy     TEXT COLLATE "C" NOT NULL,
    port       BIGINT NOT NULL,
    source     TEXT COLLATE "C" NOT NULL,
    ends_at    BIGINT NOT NULL,
    state      TEXT COLLATE "C" NOT NULL,
    state_name TEXT COLLATE "C" NOT NULL,
    is_over    BIGINT NOT NULL
);

CREATE INDEX windows_by_request ON windows (request, place);
CREATE INDEX windows_not_over ON windows (vm_key, port) WHERE is_over = 0;
