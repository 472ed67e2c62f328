INSERT INTO jobs (id, key, kind, lane, task, created_at, due_at, attempt, epoch, lease_until, worker)
VALUES ('0193aaaa-0000-7000-8000-000000000003', 'card:0193aaaa-0000-7000-8000-000000000001', 'card', 'chat',
    '{"request":"0193aaaa-0000-7000-8000-000000000001","task":"card"}', 1795341600123, 1795341600123, 1, 1, 1795341660123, 'an older version');
