INSERT INTO seen (key, seen_at) VALUES ('44', 1795341600123);
