CREATE TABLE jit_policies (
    -- The lower-cased id; `id` keeps its case for people to read.
    policy       TEXT COLLATE "C" PRIMARY KEY,
    subscription TEXT COLLATE "C" NOT NULL,
    id           TEXT COLLATE "C" NOT NULL,
    -- Of the body; empty: not known to exist.
    fingerprint  TEXT COLLATE "C" NOT NULL,
    -- What a write of ours that is under way leads to.
    expected     TEXT COLLATE "C",
    body         TEXT COLLATE "C" NOT NULL,
    known_since  BIGINT NOT NULL
);

CREATE INDEX jit_policies_by_subscription ON jit_policies (subscription, policy);

CREATE TABLE compared_subscriptions (
    subscription TEXT COLLATE "C" PRIMARY KEY,
    since        BIGINT NOT NULL
);
