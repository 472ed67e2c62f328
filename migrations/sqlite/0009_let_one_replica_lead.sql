CREATE TABLE leader (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    holder TEXT NOT NULL,
    -- Raised by the holder; whoever sees no change for one lease length takes over.
    beat   INTEGER NOT NULL
) STRICT;

INSERT INTO leader (id, holder, beat) VALUES (1, '', 0);
