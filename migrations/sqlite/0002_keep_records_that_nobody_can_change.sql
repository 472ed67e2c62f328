CREATE TABLE records (
    number    INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL,
    fact      TEXT NOT NULL,
    request   TEXT,
    requester TEXT,
    -- The exact canonical JSON (RFC 8785) that was hashed.
    body      TEXT NOT NULL,
    -- Lower-case hexadecimal SHA-256 of the previous hash's 32 bytes and the bytes of `body`.
    hash      TEXT NOT NULL
) STRICT;

CREATE INDEX records_by_request ON records (request, number) WHERE request IS NOT NULL;
CREATE INDEX records_by_requester ON records (requester, number) WHERE requester IS NOT NULL;

-- The last number and hash. Its row lock puts concurrent writers in order, so that numbers have no gaps.
CREATE TABLE record_head (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    number INTEGER NOT NULL,
    hash   TEXT NOT NULL
) STRICT;

INSERT INTO record_head (id, number, hash)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

CREATE TRIGGER records_refuse_update BEFORE UPDATE ON records
BEGIN
    SELECT RAISE(ABORT, 'A record cannot be changed or deleted.');
END;

CREATE TRIGGER records_refuse_delete BEFORE DELETE ON records
BEGIN
    SELECT RAISE(ABORT, 'A record cannot be changed or deleted.');
END;
