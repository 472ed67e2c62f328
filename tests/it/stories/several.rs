//! Several machines, several ports, several rules in one request.

use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[FOUR, TWO_RULES];

const FOUR: Story = Story::new(
    "two machines, two ports each",
    four,
    &[
        "asked", "approval", "approved", "opening", "opened", "opened", "opened", "opened", "closed",
        "closed", "closed", "closed",
    ],
);

const TWO_RULES: Story = Story::new(
    "machines of two rules",
    two_rules,
    &[
        "asked", "approval", "approved", "opening", "opening", "opened", "opened", "closed", "closed",
    ],
);

fn four(world: &mut World) {
    world.asks(
        "alice",
        "/jit request vm:web-01, web-02 port:ssh,443 for:30m from:198.51.100.7 reason:INC-7 deploy",
    );
    world.approves("bob");
    world.minutes(4);
    for machine in ["web-01", "web-02"] {
        for port in [22, 443] {
            assert!(world.is_open(machine, port), "{machine} {port}");
        }
    }
    world.minutes(30);
    assert_eq!(world.azure.open_ports(), 0);
}

fn two_rules(world: &mut World) {
    world.asks(
        "alice",
        "/jit request vm:web-01,stage-01 port:22 for:30m from:198.51.100.7 reason:INC-7 deploy",
    );
    world.approves("bob");
    world.minutes(4);
    assert!(world.is_open("web-01", 22) && world.is_open("stage-01", 22));
    world.minutes(30);
    assert_eq!(world.azure.open_ports(), 0);
}

#[test]
fn two_machines_with_two_ports_each_are_one_write() {
    FOUR.tell();
    let mut world = World::new();
    four(&mut world);
    assert_eq!(world.initiates(), 1, "one write per JIT policy");
}

#[test]
fn machines_of_two_rules_need_the_quorum_of_both() {
    TWO_RULES.tell();
    let mut world = World::new();
    world.asks(
        "alice",
        "/jit request vm:web-01,db-01 port:22 for:30m from:198.51.100.7 reason:INC-7 deploy",
    );
    // Bob is an approver of both rules, but the one for databases wants two people.
    let card = world.card();
    world.clicks("bob", &card, "Approve");
    world.seconds(20);
    assert_eq!(world.initiates(), 0);
    world.approves("carol");
    world.minutes(2);
    assert!(world.is_open("web-01", 22) && world.is_open("db-01", 22));
    world.minutes(30);
}

#[test]
fn one_refusal_refuses_all() {
    let mut world = World::new();
    for (vms, port) in [
        ("web-01,toy-01", "22"),
        ("web-01,nowhere", "22"),
        ("web-01,jump-01", "22,443"),
        ("web-01,legacy-01", "22"),
    ] {
        let told = world.is_told(
            "alice",
            &format!("/jit request vm:{vms} port:{port} from:198.51.100.7 reason:INC-7"),
        );
        assert!(told.contains("Nothing was asked"), "{vms} {port}: {told}");
    }
    assert!(world.records().is_empty());
}

#[test]
fn one_machine_that_azure_refuses_does_not_hide_the_other() {
    use portcullis::sandbox::azure::{Fault, FaultKind, Matcher, STAGING_SUBSCRIPTION};
    let mut world = World::new();
    world.azure.fault(Fault::on(
        Matcher::operation("initiate").in_subscription(STAGING_SUBSCRIPTION),
        FaultKind::Forbidden,
    ));
    world.asks(
        "alice",
        "/jit request vm:web-01,stage-01 port:22 for:30m from:198.51.100.7 reason:INC-7",
    );
    world.approves("bob");
    world.minutes(2);
    assert!(world.is_open("web-01", 22) && !world.is_open("stage-01", 22));
    assert!(
        world.card().text().contains("partly open"),
        "{}",
        world.card().text()
    );
    assert_eq!(world.times_told("failed"), 1);
    world.minutes(30);
    assert!(world.card().buttons().is_empty());
}

/// As many as one request can have, one of which Azure refuses: one card, one decision, and a window and a word
/// for each.
#[test]
fn ten_machines_are_one_decision_and_each_is_told() {
    use portcullis::sandbox::azure::{
        Fault, FaultKind, MachineSpec, Matcher, PRODUCTION_SUBSCRIPTION, STAGING_SUBSCRIPTION, World as Azure,
    };
    let names: Vec<_> = (1..=9).map(|number| format!("app-{number:02}")).collect();
    let azure = names.iter().fold(Azure::demo(), |azure, name| {
        azure.machine(
            MachineSpec::linux(PRODUCTION_SUBSCRIPTION, "prod-app", name)
                .tag("env", "prod")
                .jit("default", &[22]),
        )
    });
    let mut world = World::in_azure(azure, crate::harness::world::RULES, |_| {});
    world.azure.fault(Fault::on(
        Matcher::operation("initiate").in_subscription(STAGING_SUBSCRIPTION),
        FaultKind::Forbidden,
    ));
    let ask = |machines: &str| {
        format!("/jit request vm:{machines} port:22 for:30m from:198.51.100.7 reason:INC-7 deploy")
    };
    let ten = format!("{},stage-01", names.join(","));
    let told = world.is_told("alice", &ask(&format!("{ten},web-01")));
    assert!(told.contains("at most 10"), "{told}");
    world.asks("alice", &ask(&ten));
    assert_eq!(world.cards().len(), 1);
    world.approves("bob");
    world.minutes(4);
    let card = world.card().text();
    let own = world.own_message("alice").text();
    for name in &names {
        assert!(world.is_open(name, 22), "{name}: {:#?}", world.trail());
        assert!(card.contains(&format!("**{name}**: open until")), "{card}");
        assert!(own.contains(&format!("**{name}**")), "{own}");
    }
    assert!(!world.is_open("stage-01", 22));
    assert!(card.contains("**stage-01**: not opened"), "{card}");
    assert!(own.contains("**stage-01**: not opened"), "{own}");
    assert_eq!(world.initiates(), 2, "one write per JIT policy");
    assert_eq!((world.times_told("opened"), world.times_told("failed")), (9, 1));
    world.minutes(30);
    assert_eq!(world.times_told("closed"), 9);
    assert_eq!(world.azure.open_ports(), 0);
}
