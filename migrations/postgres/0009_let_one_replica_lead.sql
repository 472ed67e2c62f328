CREATE TABLE leader (
    id     BIGINT PRIMARY KEY CHECK (id = 1),
    holder TEXT COLLATE "C" NOT NULL,
    -- Raised by the holder; whoever sees no change for one lease length takes over.
    beat   BIGINT NOT NULL
);

INSERT INTO leader (id, holder, beat) VALUES (1, '', 0);
