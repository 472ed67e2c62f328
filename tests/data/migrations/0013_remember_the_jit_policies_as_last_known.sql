INSERT INTO compared_subscriptions (subscription, since)
VALUES ('11111111-1111-1111-1111-111111111111', 1795341600123);

INSERT INTO jit_policies (policy, subscription, id, fingerprint, expected, body, known_since)
VALUES ('/subscriptions/11111111-1111-1111-1111-111111111111/resourcegroups/prod-web/providers/microsoft.security/locations/westeurope/jitnetworkaccesspolicies/default',
    '11111111-1111-1111-1111-111111111111',
    '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/Prod-Web/providers/Microsoft.Security/locations/westeurope/jitNetworkAccessPolicies/default',
    '4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945', NULL, '[]', 1795341600123);
