CREATE TABLE records (
    number    BIGINT PRIMARY KEY,
    at        BIGINT NOT NULL,
    fact      TEXT COLLATE "C" NOT NULL,
    request   TEXT COLLATE "C",
    requester TEXT COLLATE "C",
    -- The exact canonical JSON (RFC 8785) that was hashed.
    body      TEXT COLLATE "C" NOT NULL,
    -- Lower-case hexadecimal SHA-256 of the previous hash's 32 bytes and the bytes of `body`.
    hash      TEXT COLLATE "C" NOT NULL
);

CREATE INDEX records_by_request ON records (request, number) WHERE request IS NOT NULL;
CREATE INDEX records_by_requester ON records (requester, number) WHERE requester IS NOT NULL;

-- The last number and hash. Its row lock puts concurrent writers in order, so that numbers have no gaps.
CREATE TABLE record_head (
    id     BIGINT PRIMARY KEY CHECK (id = 1),
    number BIGINT NOT NULL,
    hash   TEXT COLLATE "C" NOT NULL
);

INSERT INTO record_head (id, number, hash)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

CREATE FUNCTION records_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A record cannot be changed or deleted.';
END;
$$;

CREATE TRIGGER records_refuse_change BEFORE UPDATE OR DELETE ON records
FOR EACH ROW EXECUTE FUNCTION records_refuse_change();

CREATE TRIGGER records_refuse_truncate BEFORE TRUNCATE ON records
FOR EACH STATEMENT EXECUTE FUNCTION records_refuse_change();
