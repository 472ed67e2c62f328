INSERT INTO reviews (request, number, broke, broke_name, broken_at, signed)
SELECT id, number, requester, requester_name, asked_at, NULL FROM requests WHERE number = 2;
