-- The request whose access this one makes longer, and what was known of it when it was asked.
ALTER TABLE requests ADD COLUMN extends TEXT REFERENCES requests (id);
ALTER TABLE requests ADD COLUMN extension TEXT;

CREATE INDEX requests_that_extend ON requests (extends, number) WHERE extends IS NOT NULL;
