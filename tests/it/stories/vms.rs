//! People look for machines, and for why just-in-time access does not work on some.

use portcullis::sandbox::azure::{
    self, Fault, FaultKind, MachineSpec, Matcher, PRODUCTION_SUBSCRIPTION, STAGING_SUBSCRIPTION,
};

use super::ASK;
use crate::harness::{Story, World, world::RULES};

pub(super) static STORIES: &[Story] = &[LOOKED_FOR];

const LOOKED_FOR: Story = Story::new("somebody looks for a machine and its plan", looked_for, &[]);

fn looked_for(world: &mut World) {
    world.looks_at_azure();
    let said = world.finds_out("carol", "/jit vms");
    assert!(
        said.contains("Configured 10 · Not configured 3 · Unsupported 4"),
        "{said}"
    );
    let said = world.finds_out("alice", "/jit vms search:web-01");
    assert!(said.contains("web-01") && said.contains("SSH 22"), "{said}");
    let said = world.finds_out("carol", "/jit plan");
    assert!(
        said.contains("**Playground**: no plan, JIT does not work."),
        "{said}"
    );
}

#[test]
fn somebody_looks_for_a_machine_and_its_plan() {
    LOOKED_FOR.tell();
}

#[test]
fn the_machines_are_shown_in_the_groups_of_the_portal() {
    let mut world = World::new();
    let answer = world.types("carol", "/jit vms");
    let configured = answer.message().unwrap();
    let text = configured.text();
    assert!(
        text.contains("Configured 10 · Not configured 3 · Unsupported 4"),
        "{text}"
    );
    for known in [
        "**web-01**",
        "group prod-web",
        "Production",
        "Linux, running",
        "SSH 22",
        "Staging",
    ] {
        assert!(text.contains(known), "{known}: {text}");
    }
    assert!(
        text.contains("⚠ open all the time: SSH 22"),
        "web-03 is open anyway: {text}"
    );
    let answer = world.clicks("carol", &configured, "Not configured 3");
    let text = world.answered(&answer);
    assert!(
        text.contains("**api-01**") && !text.contains("**web-01**"),
        "{text}"
    );
    let answer = world.clicks("carol", &answer.message().unwrap(), "Unsupported 4");
    let text = world.answered(&answer);
    for why in [
        "no network security group",
        "it is a classic machine",
        "it lacks Defender for Servers Plan 2",
    ] {
        assert!(text.contains(why), "{why}: {text}");
    }
    assert!(
        text.contains("**legacy-01**") && text.contains("**toy-01**") && text.contains("**build-02**"),
        "{text}"
    );
}

#[test]
fn many_machines_are_shown_page_by_page() {
    let mut azure = azure::World::demo();
    for number in 1..=25 {
        let name = format!("node-{number:02}");
        let spec = MachineSpec::linux(PRODUCTION_SUBSCRIPTION, "prod-nodes", &name).tag("env", "prod");
        azure = azure.machine(spec.jit("default", &[22]));
    }
    let mut world = World::in_azure(azure, RULES, |_| {});
    let first = world.types("alice", "/jit vms state:configured search:node");
    let text = world.answered(&first);
    assert!(
        text.contains("Configured 25") && text.contains("**node-10**"),
        "{text}"
    );
    assert!(!text.contains("**node-11**"), "{text}");
    let page = first.message().unwrap();
    assert!(!page.buttons().iter().any(|button| button.label == "Previous"));
    world.clicks("alice", &page, "Next");
    let page = first.message().unwrap();
    assert!(
        page.text().contains("**node-11**") && !page.text().contains("**node-10**"),
        "{}",
        page.text()
    );
    world.clicks("alice", &page, "Next");
    let page = first.message().unwrap();
    assert!(page.text().contains("**node-25**"), "{}", page.text());
    assert!(!page.buttons().iter().any(|button| button.label == "Next"));
    world.clicks("alice", &page, "Previous");
    assert!(first.message().unwrap().text().contains("**node-20**"));
}

#[test]
fn one_machine_is_shown_with_all_that_is_known_of_it() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(1);
    let text = world.is_told("bob", "/jit vms search:web-01");
    for known in [
        "group prod-web, Linux, running, region westeurope, subscription Production",
        "SSH 22: any protocol, from any source, at most 3h",
        "SSH 22 from `198.51.100.7`: open until",
        "Rule `production`",
        "it needs 1 approval by <@&100000000000005002>. You may ask.",
        "/jit request vm:web-01 port:",
        "**443** is closed: JIT's deny rule keeps everybody out",
        "Network security group: `",
    ] {
        assert!(text.contains(known), "{known}: {text}");
    }
    let careless = world.is_told("carol", "/jit vms search:web-03");
    assert!(
        careless.contains(
            "**SSH 22** is **open anyway** **to anybody**: rule `AllowSshFromAnywhere` lets `*` in"
        ),
        "{careless}"
    );
    let bare = world.is_told("alice", "/jit vms search:prod-data/cache-01");
    assert!(bare.contains("Unsupported: no network security group"), "{bare}");
    world.minutes(90);
    let text = world.is_told("bob", "/jit vms search:web-01");
    assert!(!text.contains("Open now"), "{text}");
}

#[test]
fn a_machine_is_picked_from_the_page_and_left_again() {
    let mut world = World::new();
    let answer = world.types("alice", "/jit vms state:not-configured");
    let page = answer.message().unwrap();
    let picked = world
        .discord
        .person("alice")
        .unwrap()
        .selects(page.id, "Show one machine", &["api-01"])
        .unwrap();
    world.after(&picked);
    let shown = answer.message().unwrap();
    assert!(
        shown.text().contains("Not configured: possible, and not set up."),
        "{}",
        shown.text()
    );
    world.clicks("alice", &shown, "Back");
    let back = answer.message().unwrap();
    assert!(back.text().contains("Not configured 3"), "{}", back.text());
}

#[test]
fn nobody_is_told_of_machines_that_no_rule_shows_to_them() {
    let mut world = World::new();
    let told = world.is_told("mallory", "/jit vms");
    assert!(told.contains("none is shown to you; there are 17"), "{told}");
    for command in [
        "/jit vms search:web-01",
        "/jit vms state:unsupported",
        "/jit vms search:toy",
    ] {
        let told = world.is_told("mallory", command);
        assert!(
            !told.contains("web-01") && !told.contains("toy-01"),
            "{command}: {told}"
        );
    }
    let told = world.is_told("alice", "/jit vms state:unsupported");
    assert!(!told.contains("toy-01") && !told.contains("legacy-01"), "{told}");
    assert!(told.contains("2 machines are not shown"), "{told}");
    let told = world.is_told("alice", "/jit vms search:toy-01");
    assert!(!told.contains("play") && !told.contains("Plan 2"), "{told}");
    assert!(world.is_told("mallory", "/jit vms").contains("No rule lets you"));
}

#[test]
fn a_subscription_that_cannot_be_read_is_named_and_the_rest_is_shown() {
    let mut world = World::new();
    let lists = || Matcher::operation("jit-list").in_subscription(STAGING_SUBSCRIPTION);
    let fault = world.azure.fault(Fault::on(lists(), FaultKind::Forbidden));
    world.minutes(10);
    world.looks_around();
    let told = world.is_told("carol", "/jit vms");
    assert!(told.contains("Configured 10"), "what was known stays: {told}");
    for part in [
        "**Staging**: Azure does not let Portcullis do `Microsoft.Security/locations/jitNetworkAccessPolicies/read`",
        STAGING_SUBSCRIPTION,
        "`portcullis azure role --features request`",
        "What is shown of it was read",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(!told.contains("**Production**:"), "{told}");
    world.azure.remove_fault(fault);
    world.looks_around();
    let told = world.is_told("carol", "/jit vms");
    assert!(
        !told.contains("Staging**:") && !told.contains("was read"),
        "{told}"
    );
}

#[test]
fn a_subscription_that_was_never_read_is_named_too() {
    let lists = Matcher::operation("jit-list").in_subscription(STAGING_SUBSCRIPTION);
    let mut world = World::in_azure(azure::World::demo(), RULES, |azure| {
        azure.fault(Fault::on(lists, FaultKind::ServerError { status: 503 }));
    });
    let told = world.is_told("carol", "/jit vms");
    assert!(told.contains("Configured 8"), "{told}");
    assert!(
        told.contains("**Staging**: Azure has trouble of its own")
            && told.contains("Nothing of it is shown."),
        "{told}"
    );
}

#[test]
fn azure_asks_to_wait_and_everybody_sees_it() {
    let mut world = World::new();
    world
        .azure
        .fault(Fault::once("graph", FaultKind::Throttled { retry_after: 300 }));
    world.looks_around();
    let told = world.is_told("carol", "/jit vms");
    assert!(told.contains("Configured 10"), "{told}");
    assert!(told.contains("Azure has had too many calls"), "{told}");
    assert!(
        told.contains("Azure asks to wait with queries of Resource Graph as a whole until"),
        "{told}"
    );
    // The quota of queries keeps nobody from a window.
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(6);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.looks_around();
    let told = world.is_told("carol", "/jit vms");
    assert!(
        !told.contains("too many calls") && !told.contains("asks to wait"),
        "{told}"
    );
    world.minutes(60);
}

#[test]
fn one_subscription_that_is_throttled_leaves_the_others_alone() {
    let mut world = World::new();
    let lists = Matcher::operation("jit-list").in_subscription(STAGING_SUBSCRIPTION);
    world
        .azure
        .fault(Fault::once(lists, FaultKind::Throttled { retry_after: 300 }));
    world.looks_around();
    let told = world.is_told("carol", "/jit vms");
    assert!(
        told.contains("**Staging**: Azure has had too many calls"),
        "{told}"
    );
    assert!(
        told.contains(&format!(
            "Azure asks to wait with reads in subscription `{STAGING_SUBSCRIPTION}`"
        )),
        "{told}"
    );
    assert!(!told.contains("**Production**:"), "{told}");
    let calls_before = world.azure.calls("jit-list").len();
    world.looks_around();
    let asked: Vec<_> = world.azure.calls("jit-list").split_off(calls_before);
    assert!(
        asked.iter().all(|call| !call.path.contains(STAGING_SUBSCRIPTION)),
        "Retry-After is obeyed: {asked:#?}"
    );
    assert!(!asked.is_empty(), "the others are read all the same");
}

#[test]
fn a_dead_login_host_keeps_no_command_waiting() {
    let mut world = World::new();
    world
        .azure
        .fault(Fault::on("token", FaultKind::ServerError { status: 503 }));
    world.azure.revoke_tokens();
    world.looks_around();
    let told = world.is_told("carol", "/jit vms");
    assert!(told.contains("Configured 10"), "{told}");
    assert!(told.contains("Portcullis cannot sign in to Azure"), "{told}");
    let told = world.is_told("carol", "/jit plan");
    assert!(told.contains("JIT works"), "{told}");
    world.asks("alice", ASK);
    world.azure.clear_faults();
    world.approves("bob");
    world.minutes(5);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.minutes(60);
}

#[test]
fn a_search_that_is_too_long_is_refused() {
    let mut world = World::new();
    let told = world.is_told("alice", &format!("/jit vms search:{}", "x".repeat(65)));
    assert!(told.contains("at most 64 characters"), "{told}");
    let told = world.is_told("alice", "/jit vms search:nothing-like-it");
    assert!(told.contains("No machine of this group is like that."), "{told}");
}

#[test]
fn what_defender_leaves_out_is_unsupported_until_it_is_not() {
    let mut world = World::new();
    assert!(world.azure.defender_leaves_out("api-01", true));
    world.looks_around();
    let told = world.is_told("carol", "/jit vms state:unsupported");
    assert!(told.contains("Not configured 2 · Unsupported 5"), "{told}");
    assert!(
        told.contains("**api-01**") && told.contains("Defender for Cloud says that JIT does not apply to it"),
        "{told}"
    );
    let told = world.is_told("carol", "/jit enable vms:api-01");
    assert!(
        told.contains("**api-01** cannot come under JIT, because Azure does not support it there"),
        "{told}"
    );
    // What is in a JIT policy is under JIT, whatever an assessment says that may be hours old.
    assert!(world.azure.defender_leaves_out("web-01", true));
    assert!(world.azure.defender_leaves_out("api-01", false));
    world.looks_around();
    let told = world.is_told("carol", "/jit vms state:not-configured");
    assert!(
        told.contains("Configured 10 · Not configured 3 · Unsupported 4") && told.contains("**api-01**"),
        "{told}"
    );
}

#[test]
fn a_firewall_with_classic_rules_is_a_guard_and_one_under_firewall_policy_is_not() {
    let mut behind = MachineSpec::linux(PRODUCTION_SUBSCRIPTION, "prod-hidden", "hidden-01");
    behind.rules = None;
    behind.firewall = Some("203.0.113.251".parse().unwrap());
    let mut world = World::in_azure(azure::World::demo().machine(behind), RULES, |_| {});
    let told = world.is_told("carol", "/jit vms state:not-configured");
    assert!(told.contains("**hidden-01**"), "{told}");
    assert!(world.azure.portal_puts_firewall_under_policy("hidden-01"));
    world.looks_around();
    let told = world.is_told("carol", "/jit vms search:hidden-01");
    assert!(
        told.contains("Unsupported: no network security group and no classic Azure Firewall"),
        "{told}"
    );
}

/// Azure's network rule is named after both.
#[test]
fn a_name_that_azure_has_no_room_for_is_refused_before_anybody_is_asked() {
    let (fits, too_long) = ("m".repeat(49), "n".repeat(50));
    let mut azure = azure::World::demo();
    for name in [&fits, &too_long] {
        let spec = MachineSpec::linux(PRODUCTION_SUBSCRIPTION, "prod-web", name).tag("env", "prod");
        azure = azure.machine(spec.jit("default", &[22]));
    }
    let mut world = World::in_azure(azure, RULES, |_| {});
    let asks =
        |name: &str| format!("/jit request vm:{name} port:22 for:30m from:198.51.100.7 reason:INC-1 look");
    let told = world.is_told("alice", &asks(&too_long));
    assert!(
        told.contains("have 57 characters together, and Azure's network rules have room for 56"),
        "{told}"
    );
    assert!(world.cards().is_empty() && world.records().is_empty());
    world.asks("alice", &asks(&fits));
    world.approves("bob");
    world.minutes(5);
    assert!(world.is_open(&fits, 22), "{:#?}", world.trail());
    world.minutes(30);
}

/// However fresh it is, who reads of network rules is told how old that is.
#[test]
fn rules_of_the_inventory_stand_with_their_age() {
    let mut world = World::new();
    let told = world.is_told("carol", "/jit vms");
    assert!(
        told.contains("open all the time") && told.contains("As of <t:"),
        "{told}"
    );
    world.asks(
        "alice",
        "/jit request vm:web-03 port:22 for:30m from:198.51.100.7 reason:INC-1 look",
    );
    let card = world.card().text();
    assert!(
        card.contains("AllowSshFromAnywhere") && card.contains("The network rules are as of <t:"),
        "{card}"
    );
    world.asks("alice", ASK);
    let card = world.card().text();
    assert!(!card.contains("as of"), "nothing is said of rules: {card}");
}
