UPDATE trail SET thread = '55', last_posted = 1 WHERE id = 1;

INSERT INTO trail_messages (first, last, channel, message, posted_at) VALUES (1, 1, '55', '66', 1795341600123);
