CREATE TABLE address_links (
    -- SHA-256 of the link's secret, which stands only in the message that shows the link.
    hash       TEXT PRIMARY KEY,
    request    TEXT NOT NULL REFERENCES requests (id),
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX address_links_by_expiry ON address_links (expires_at);
