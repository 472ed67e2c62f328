UPDATE counters SET value = 1 WHERE name = 'request';

INSERT INTO requests (id, number, version, requester, requester_name, targets, length_seconds, reason, terms, asked_at,
    asked_in, state, state_name, phase, source, answer_by, ends_at)
VALUES ('0193aaaa-0000-7000-8000-000000000001', 1, 2, '100000000000000001', 'Alice',
    '[{"ports":[{"policy":"/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/Prod-Web/providers/Microsoft.Security/locations/westeurope/jitNetworkAccessPolicies/default","port":22}],"vm":"/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/Prod-Web/providers/Microsoft.Compute/virtualMachines/web-01"}]',
    3600, 'INC-42',
    '[{"approvals":1,"approvers":[{"role":"333"}],"doors":[{"port":22,"vm":"/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/Prod-Web/providers/Microsoft.Compute/virtualMachines/web-01"}],"rule":"production ssh"}]',
    1795341600123, '777',
    '{"at":"2026-11-22T10:01:00.123Z","ends_at":"2026-11-22T11:01:00.123Z","source":"198.51.100.7/32","state":"approved","votes":[]}',
    'approved', 'active', '198.51.100.7', NULL, 1795345260123);

INSERT INTO windows (id, request, place, version, vm, vm_key, policy, port, source, ends_at, state, state_name, is_over)
VALUES ('0193aaaa-0000-7000-8000-000000000002', '0193aaaa-0000-7000-8000-000000000001', 0, 1, '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/Prod-Web/providers/Microsoft.Compute/virtualMachines/web-01', '/subscriptions/11111111-1111-1111-1111-111111111111/resourcegroups/prod-web/providers/microsoft.compute/virtualmachines/web-01', '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/Prod-Web/providers/Microsoft.Security/locations/westeurope/jitNetworkAccessPolicies/default', 22, '198.51.100.7', 1795345260123,
    '{"asked_at":null,"since":"2026-11-22T10:01:00.123Z","state":"opening","stuck_at":null}', 'opening', 0);
