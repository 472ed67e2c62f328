CREATE TABLE address_links (
    -- SHA-256 of the link's secret, which stands only in the message that shows the link.
    hash       TEXT COLLATE "C" PRIMARY KEY,
    request    TEXT COLLATE "C" NOT NULL REFERENCES requests (id),
    expires_at BIGINT NOT NULL
);

CREATE INDEX address_links_by_expiry ON address_links (expires_at);
