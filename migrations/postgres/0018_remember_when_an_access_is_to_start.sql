-- When the access is to start, in unix milliseconds; NULL is with its approval.
ALTER TABLE requests ADD COLUMN starts_at BIGINT;
