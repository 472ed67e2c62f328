CREATE TABLE jit_policies (
    -- The lower-cased id; `id` keeps its case for people to read.
    policy       TEXT PRIMARY KEY,
    subscription TEXT NOT NULL,
    id           TEXT NOT NULL,
    -- Of the body; empty: not known to exist.
    fingerprint  TEXT NOT NULL,
    -- What a write of ours that is under way leads to.
    expected     TEXT,
    body         TEXT NOT NULL,
    known_since  INTEGER NOT NULL
) STRICT;

CREATE INDEX jit_policies_by_subscription ON jit_policies (subscription, policy);

CREATE TABLE compared_subscriptions (
    subscription TEXT PRIMARY KEY,
    since        INTEGER NOT NULL
) STRICT;
