//! The world of the sandbox: a small company with production, staging and one subscription without a plan.

use std::net::Ipv4Addr;

use crate::sandbox::azure::model::{
    identity::Grant,
    jit::PolicyPort,
    nsg::{Access, SecurityRule},
    resources::{Plan, Power},
};

use super::{MachineSpec, World};

/// The demo tenant.
pub const DEMO_TENANT: &str = "7e3b0a6c-0c1d-4a7e-9b52-5f6d1c2e8a10";
/// Production: Defender for Servers Plan 2.
pub const PRODUCTION_SUBSCRIPTION: &str = "11111111-aaaa-4bbb-8ccc-000000000001";
/// Staging: Plan 2, with one machine opted out.
pub const STAGING_SUBSCRIPTION: &str = "22222222-aaaa-4bbb-8ccc-000000000002";
/// A playground without a plan: JIT cannot work there.
pub const SANDBOX_SUBSCRIPTION: &str = "33333333-aaaa-4bbb-8ccc-000000000003";
/// The bot's application; also the managed identity of the emulated host.
pub const BOT_CLIENT_ID: &str = "b07b07b0-7b07-4b07-8b07-b07b07b07b07";
/// The bot's client secret, good only here.
pub const BOT_SECRET: &str = "sandbox-secret";

/// What the bot is allowed: request and look, configure, effective rules, early close by rule.
const BOT_ACTIONS: &[&str] = &[
    "Microsoft.Resources/subscriptions/read",
    "Microsoft.Resources/subscriptions/resourceGroups/read",
    "Microsoft.Security/locations/jitNetworkAccessPolicies/read",
    "Microsoft.Security/locations/jitNetworkAccessPolicies/*/read",
    "Microsoft.Security/locations/jitNetworkAccessPolicies/initiate/action",
    "Microsoft.Security/locations/jitNetworkAccessPolicies/write",
    "Microsoft.Security/policies/read",
    "Microsoft.Security/pricings/read",
    "Microsoft.Security/assessments/read",
    "Microsoft.Compute/virtualMachines/read",
    "Microsoft.Compute/virtualMachines/instanceView/read",
    "Microsoft.Compute/virtualMachines/write",
    "Microsoft.ClassicCompute/virtualMachines/read",
    "Microsoft.Network/networkInterfaces/read",
    "Microsoft.Network/networkInterfaces/*/read",
    "Microsoft.Network/networkInterfaces/effectiveNetworkSecurityGroups/action",
    "Microsoft.Network/publicIPAddresses/read",
    "Microsoft.Network/networkSecurityGroups/read",
    "Microsoft.Network/networkSecurityGroups/securityRules/delete",
    "Microsoft.Network/virtualNetworks/read",
    "Microsoft.Network/virtualNetworks/subnets/read",
    "Microsoft.Network/azurefirewalls/read",
    "Microsoft.Insights/eventtypes/values/read",
    "Microsoft.Authorization/permissions/read",
];

/// The roles of the bot's application: what its features need, in each subscription of the demo.
pub fn demo_grants() -> Vec<Grant> {
    [
        PRODUCTION_SUBSCRIPTION,
        STAGING_SUBSCRIPTION,
        SANDBOX_SUBSCRIPTION,
    ]
    .map(|id| Grant::of(&format!("/subscriptions/{id}"), BOT_ACTIONS))
    .to_vec()
}

impl World {
    /// Seventeen machines in three subscriptions, at least one of every kind that JIT tells apart.
    pub fn demo() -> Self {
        let world = Self::empty(DEMO_TENANT)
            .subscription(PRODUCTION_SUBSCRIPTION, "Production", Plan::P2)
            .subscription(STAGING_SUBSCRIPTION, "Staging", Plan::P2)
            .subscription(SANDBOX_SUBSCRIPTION, "Playground", Plan::Free)
            .identity(BOT_CLIENT_ID, BOT_SECRET, demo_grants())
            .assertion("sandbox-assertion");
        playground(staging(production(world)))
    }
}

fn production(world: World) -> World {
    let linux =
        |group: &str, name: &str| MachineSpec::linux(PRODUCTION_SUBSCRIPTION, group, name).tag("env", "prod");
    let windows = |group: &str, name: &str| {
        MachineSpec::windows(PRODUCTION_SUBSCRIPTION, group, name).tag("env", "prod")
    };
    let office = PolicyPort {
        allowed_source_address_prefix: Some("198.51.100.0/24".to_owned()),
        ..PolicyPort::any_source(5432, "PT1H")
    };
    let ssh_an_hour = PolicyPort::any_source(22, "PT1H");
    let mut database = linux("prod-data", "db-01").jit_ports("default", vec![ssh_an_hour, office]);
    database.public = false;
    let stray = SecurityRule::inbound("AllowSshFromAnywhere", 300, Access::Allow, "*", "*", &["22"]);
    let mut careless = linux("prod-web", "web-03").jit("default", &[22]);
    careless.rules = Some(vec![stray]);
    let mut shielded = linux("prod-edge", "edge-01")
        .region("northeurope")
        .jit("default", &[22]);
    shielded.public = false;
    shielded.rules = None;
    shielded.firewall = Some(Ipv4Addr::new(203, 0, 113, 250));
    let mut bare = linux("prod-data", "cache-01");
    bare.rules = None;
    let mut classic = windows("prod-legacy", "legacy-01");
    classic.classic = true;
    world
        .machine(linux("prod-web", "web-01").jit("default", &[22, 443]))
        .machine(linux("prod-web", "web-02").jit("default", &[22, 443]))
        .machine(careless)
        .machine(database)
        .machine(windows("prod-win", "win-01").jit("default", &[3389, 5985, 5986]))
        .machine(
            windows("prod-win", "win-02")
                .power(Power::Deallocated)
                .jit("JIT_win-02", &[3389]),
        )
        .machine(
            linux("prod-web", "jump-01")
                .region("northeurope")
                .jit("default", &[22]),
        )
        .machine(shielded)
        .machine(bare)
        .machine(classic)
}

fn staging(world: World) -> World {
    let linux =
        |group: &str, name: &str| MachineSpec::linux(STAGING_SUBSCRIPTION, group, name).tag("env", "staging");
    let windows = MachineSpec::windows(STAGING_SUBSCRIPTION, "staging-win", "win-03");
    let mut opted_out = linux("staging-build", "build-02");
    opted_out.plan = Some(Plan::Free);
    world
        .machine(linux("staging-web", "stage-01").jit("default", &[22]))
        .machine(
            linux("staging-build", "build-01")
                .power(Power::Stopped)
                .jit("default", &[22]),
        )
        .machine(opted_out)
        .machine(linux("staging-web", "api-01").region("northeurope"))
        // The same name as one in production: a bare name is not always enough.
        .machine(linux("staging-data", "cache-01"))
        .machine(windows.tag("env", "staging").power(Power::Stopped))
}

fn playground(world: World) -> World {
    world.machine(MachineSpec::linux(SANDBOX_SUBSCRIPTION, "play", "toy-01").tag("env", "play"))
}
