//! What the identity may do in Azure: enough, too little, too much.

use portcullis::{
    azure::permissions::Rights,
    domain::right::{Feature, INITIATE},
    sandbox::azure::{
        BOT_CLIENT_ID, Grant, PRODUCTION_SUBSCRIPTION, SANDBOX_SUBSCRIPTION, STAGING_SUBSCRIPTION,
    },
};

use super::{ASK, TOLD, configure::confirms};
use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[TAKEN_WHILE_ASKED, NOT_FOR_ONE_OF_TWO];

const TAKEN_WHILE_ASKED: Story = Story::new(
    "the right to open is taken away while a request waits",
    taken_while_asked,
    &["asked", "approval", "approved", "opening", "failed"],
);

const NOT_FOR_ONE_OF_TWO: Story = Story::new(
    "of two JIT policies the identity may write one",
    not_for_one_of_two,
    &["configuring", "configuring", "not configured", "configured"],
)
// They are of two JIT policies, so neither waits for the other.
.or(&["configuring", "configuring", "configured", "not configured"]);

/// What the demo's identity may do, less `actions` below `scope`.
fn without(world: &World, scope: &str, actions: &[&str]) {
    let mut role = Grant::everything("/");
    role.not_actions = actions.iter().map(|action| (*action).to_owned()).collect();
    let mut elsewhere = Vec::new();
    for subscription in SUBSCRIPTIONS {
        let whole = format!("/subscriptions/{subscription}");
        if whole != scope {
            elsewhere.push(Grant::everything(&whole));
        }
    }
    elsewhere.push(role);
    assert!(world.azure.set_permissions(BOT_CLIENT_ID, elsewhere));
}

fn taken_while_asked(world: &mut World) {
    world.asks("alice", ASK);
    without(
        world,
        &format!("/subscriptions/{PRODUCTION_SUBSCRIPTION}"),
        &[INITIATE],
    );
    world.approves("bob");
    world.minutes(5);
    assert!(!world.is_open("web-01", 22));
    let line = world.line("failed");
    assert!(
        line.contains(INITIATE) && line.contains("`portcullis azure role --features request`"),
        "{line}"
    );
    let told = world.own_message("alice").text();
    assert!(told.contains(INITIATE), "{told}");
}

fn not_for_one_of_two(world: &mut World) {
    const WRITE: &str = "Microsoft.Security/locations/jitNetworkAccessPolicies/write";
    without(world, &format!("/subscriptions/{STAGING_SUBSCRIPTION}"), &[WRITE]);
    confirms(world, "/jit disable vms:stage-01,web-02", 2);
    world.minutes(5);
    let line = world.line("not configured");
    assert!(
        line.contains(WRITE) && line.contains("`portcullis azure role --features configure`"),
        "{line}"
    );
    assert!(
        world.azure.policy_ports("web-02", "default").is_empty(),
        "the rest is done"
    );
    assert_eq!(world.azure.policy_ports("stage-01", "default").len(), 1);
}

#[test]
fn a_right_that_is_taken_away_in_the_middle_is_told_with_its_role() {
    TAKEN_WHILE_ASKED.tell();
}

#[test]
fn where_one_policy_may_not_be_written_the_other_one_is() {
    NOT_FOR_ONE_OF_TWO.tell();
}

#[test]
fn the_log_at_start_names_each_right_that_is_missing() {
    let world = World::new();
    let mut grants = printed_role(&world, "request");
    grants[0].not_actions = vec![INITIATE.to_owned()];
    assert!(world.azure.set_permissions(BOT_CLIENT_ID, grants));
    let serving = world.serves();
    let line = serving.logs(&["WARN", INITIATE]);
    for part in [
        PRODUCTION_SUBSCRIPTION,
        "portcullis azure role --features request",
    ] {
        assert!(line.contains(part), "{part}: {line}");
    }
}

#[test]
fn a_start_without_the_right_to_see_its_rights_says_so_in_the_log() {
    let world = World::new();
    let mut grants = printed_role(&world, "request");
    for grant in &mut grants {
        grant.not_actions = vec!["Microsoft.Authorization/permissions/read".to_owned()];
    }
    assert!(world.azure.set_permissions(BOT_CLIENT_ID, grants));
    let serving = world.serves();
    serving.logs(&["WARN", "It cannot be checked what Portcullis may do there"]);
}

const SUBSCRIPTIONS: [&str; 3] = [
    PRODUCTION_SUBSCRIPTION,
    STAGING_SUBSCRIPTION,
    SANDBOX_SUBSCRIPTION,
];

fn rights(world: &World) -> Vec<Rights> {
    let found = world.life().runtime().block_on(world.life().engine.rights());
    found.into_iter().map(|(_, rights)| rights.unwrap()).collect()
}

/// What the role that the program prints allows, in each subscription.
fn printed_role(world: &World, features: &str) -> Vec<Grant> {
    let mut arguments = vec!["azure", "role", "--features", features];
    for subscription in SUBSCRIPTIONS {
        arguments.extend(["--scope", subscription]);
    }
    let (code, printed) = world.runs(&arguments, "");
    assert_eq!(code, 0, "{printed}");
    let role: serde_json::Value = serde_json::from_str(&printed).unwrap();
    let actions: Vec<String> = serde_json::from_value(role["Actions"].clone()).unwrap();
    let scopes: Vec<String> = serde_json::from_value(role["AssignableScopes"].clone()).unwrap();
    assert_eq!(scopes.len(), SUBSCRIPTIONS.len());
    let grant = |scope: &String| Grant {
        scope: scope.clone(),
        actions: actions.clone(),
        not_actions: Vec::new(),
    };
    scopes.iter().map(grant).collect()
}

fn missing(rights: &[Rights], feature: Feature) -> Vec<String> {
    let of_feature = rights.iter().flat_map(|rights| &rights.missing);
    of_feature
        .filter(|missing| missing.feature == feature)
        .map(|missing| format!("{} {}", missing.action, missing.scope))
        .collect()
}

#[test]
fn the_printed_role_is_enough_for_the_whole_life_of_a_request() {
    let mut world = World::new();
    assert!(
        world
            .azure
            .set_permissions(BOT_CLIENT_ID, printed_role(&world, "request"))
    );
    world.looks_around();
    let found = rights(&world);
    assert!(missing(&found, Feature::Request).is_empty(), "{found:#?}");
    assert_eq!(missing(&found, Feature::Configure).len(), 6, "{found:#?}");
    assert!(found.iter().all(|rights| rights.excess.is_empty()), "{found:#?}");
    let told = world.is_told("carol", "/jit vms");
    assert!(
        told.contains("Configured 10 · Not configured 3 · Unsupported 4")
            && !told.contains("Not read from Azure"),
        "{told}"
    );
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(70);
    assert_eq!(world.told(), TOLD);
}

#[test]
fn the_role_is_printed_for_what_was_asked_for_and_only_with_a_place() {
    let world = World::new();
    let grants = printed_role(&world, "request,configure,rules,plan");
    assert!(
        grants[0]
            .actions
            .iter()
            .any(|action| action == "Microsoft.Security/pricings/write")
    );
    let (code, printed) = world.runs(&["azure", "role"], "");
    assert_eq!(code, 2, "{printed}");
    assert!(printed.contains("--scope"), "{printed}");
    let (code, printed) = world.runs(&["azure", "role", "--scope", "/subscriptions/x"], "");
    assert_eq!(code, 2, "{printed}");
    assert!(printed.contains("is no scope"), "{printed}");
}

#[test]
fn a_right_that_is_missing_is_named_before_anybody_needs_it_and_when_azure_refuses() {
    let mut world = World::new();
    let mut grants = printed_role(&world, "request");
    grants[0].not_actions = vec![INITIATE.to_owned()];
    assert!(world.azure.set_permissions(BOT_CLIENT_ID, grants));
    let found = missing(&rights(&world), Feature::Request);
    assert_eq!(
        found,
        [format!("{INITIATE} /subscriptions/{PRODUCTION_SUBSCRIPTION}")]
    );
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(2);
    let line = world.line("failed");
    for part in [
        format!("Azure does not let Portcullis do `{INITIATE}`"),
        format!("`/subscriptions/{PRODUCTION_SUBSCRIPTION}/resourceGroups/prod-web`"),
        "`portcullis azure role --features request`".to_owned(),
    ] {
        assert!(line.contains(&part), "{part}: {line}");
    }
    let told = world.own_message("alice").text();
    assert!(told.contains(INITIATE), "{told}");
}

/// A part of a feature is offered and fails, so it is worse than none of it.
#[test]
fn doctor_names_what_a_feature_that_is_granted_in_part_lacks() {
    const MACHINES: &str = "Microsoft.Compute/virtualMachines/write";
    let world = World::new();
    let mut grants = printed_role(&world, "request,configure");
    grants[0].not_actions = vec![MACHINES.to_owned()];
    assert!(world.azure.set_permissions(BOT_CLIENT_ID, grants));
    let (code, printed) = world.runs(&["doctor"], "");
    assert_eq!(code, 1, "{printed}");
    assert!(
        printed.contains(&format!(
            "{MACHINES} is missing on /subscriptions/{PRODUCTION_SUBSCRIPTION}"
        )),
        "{printed}"
    );
    assert_eq!(
        printed.matches(MACHINES).count(),
        printed.matches(PRODUCTION_SUBSCRIPTION).count().min(2),
        "not of the others: {printed}"
    );
}

/// Who owns one resource group may do more there than the bot ever does, whatever the subscription grants.
#[test]
fn more_than_is_needed_on_one_group_is_seen_too() {
    let world = World::new();
    let mut grants = printed_role(&world, "request,configure,rules,trace");
    assert!(world.azure.set_permissions(BOT_CLIENT_ID, grants.clone()));
    let before = rights(&world);
    assert!(
        before.iter().all(|rights| rights.excess.is_empty()),
        "{before:#?}"
    );
    let group = format!("/subscriptions/{PRODUCTION_SUBSCRIPTION}/resourceGroups/prod-web");
    grants.push(Grant::everything(&group));
    assert!(world.azure.set_permissions(BOT_CLIENT_ID, grants));
    let found = rights(&world);
    let of_production = found.iter().filter(|rights| !rights.excess.is_empty());
    assert_eq!(of_production.count(), 1, "{found:#?}");
}

#[test]
fn opening_may_be_granted_group_by_group() {
    let world = World::new();
    let mut grants = printed_role(&world, "request");
    grants[0].not_actions = vec![INITIATE.to_owned()];
    for group in ["prod-web", "prod-data"] {
        let scope = format!("/subscriptions/{PRODUCTION_SUBSCRIPTION}/resourceGroups/{group}");
        grants.push(Grant::of(&scope, &[INITIATE]));
    }
    assert!(world.azure.set_permissions(BOT_CLIENT_ID, grants));
    let found = missing(&rights(&world), Feature::Request);
    let of =
        |group: &str| format!("{INITIATE} /subscriptions/{PRODUCTION_SUBSCRIPTION}/resourceGroups/{group}");
    assert_eq!(found, [of("prod-edge"), of("prod-win")]);
}

#[test]
fn doctor_names_what_is_missing_and_what_is_too_much() {
    let world = World::new();
    let (_, printed) = world.runs(&["doctor"], "");
    assert!(
        printed.contains(&format!(
            "good    rights in subscription {PRODUCTION_SUBSCRIPTION}: machines are found, and windows can be opened"
        )),
        "{printed}"
    );
    assert!(
        printed.contains("JIT does not work there"),
        "the playground has no plan: {printed}"
    );
    let mut grants = printed_role(&world, "request");
    grants[0].not_actions = vec![INITIATE.to_owned()];
    grants[1] = Grant::everything(&grants[1].scope);
    assert!(world.azure.set_permissions(BOT_CLIENT_ID, grants));
    let (code, printed) = world.runs(&["doctor"], "");
    assert_eq!(code, 1, "{printed}");
    for part in [
        format!("{INITIATE} is missing on /subscriptions/{PRODUCTION_SUBSCRIPTION}"),
        "portcullis azure role --features request".to_owned(),
        format!(
            "The identity may do more in subscription {STAGING_SUBSCRIPTION} than Portcullis ever does: everything."
        ),
    ] {
        assert!(printed.contains(&part), "{part}: {printed}");
    }
}

#[test]
fn without_the_right_to_see_its_rights_it_says_so_and_works() {
    let mut world = World::new();
    let mut grants = printed_role(&world, "request");
    for grant in &mut grants {
        grant.not_actions = vec!["Microsoft.Authorization/permissions/read".to_owned()];
    }
    assert!(world.azure.set_permissions(BOT_CLIENT_ID, grants));
    let found = world.life().runtime().block_on(world.life().engine.rights());
    assert!(found.iter().all(|(_, rights)| rights.is_err()), "{found:#?}");
    let (code, printed) = world.runs(&["doctor"], "");
    assert_eq!(code, 1, "{printed}");
    assert!(
        printed.contains("what the identity may do cannot be read"),
        "{printed}"
    );
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(70);
    assert_eq!(world.told(), TOLD);
}
