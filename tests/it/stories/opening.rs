//! "Opened" is said only when Azure says so and, where the bot may look, the network rule stands.

use portcullis::{
    domain::{record::Fact, window::Proof},
    sandbox::azure::{Fault, FaultKind},
};

use super::{ASK, TOLD};
use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[ON_AZURES_WORD];

const ON_AZURES_WORD: Story = Story::new(
    "opened where the network rules may not be read",
    on_azures_word,
    TOLD,
);

fn on_azures_word(world: &mut World) {
    world.azure.fault(Fault::on("nsg-get", FaultKind::Forbidden));
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(5);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    assert_eq!(proof(world), Some(Proof::AzureSays));
    assert!(
        world.line("opened").contains("on Azure's word"),
        "{}",
        world.line("opened")
    );
    world.minutes(60);
}

fn proof(world: &World) -> Option<Proof> {
    world.records().iter().find_map(|record| match record.entry.fact {
        Fact::Opened { proof, .. } => Some(proof),
        _ => None,
    })
}

#[test]
fn opened_on_azures_word_where_the_rules_may_not_be_read() {
    ON_AZURES_WORD.tell();
}

#[test]
fn opened_with_the_rule_that_stands() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(5);
    assert_eq!(proof(&world), Some(Proof::RuleStands));
    assert!(
        world.line("opened").contains("its network rule stands"),
        "{}",
        world.line("opened")
    );
}

/// Terraform takes the rule away before anybody has looked; it comes back with its next run.
#[test]
fn not_told_open_while_the_rule_is_missing() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.approves("bob");
    world.clock.advance(std::time::Duration::from_secs(5));
    let rules = world.azure.allow_rules("web-01");
    assert!(world.azure.portal_removes("web-01", 22));
    world.minutes(4);
    assert_eq!(world.times_told("opened"), 0, "{:#?}", world.trail());
    let line = world.line("still opening");
    assert!(line.contains("the network rules do not let it in"), "{line}");
    let own = world.own_message("alice").text();
    assert!(own.contains("the network rules do not let it in"), "{own}");
    assert!(
        world.card().text().contains("do not let it in"),
        "{}",
        world.card().text()
    );
    for rule in rules {
        assert!(world.azure.portal_adds_rule("web-01", rule));
    }
    world.minutes(2);
    assert_eq!(world.times_told("opened"), 1, "{:#?}", world.trail());
    assert!(world.own_message("alice").text().contains("is open"));
}

/// A group that cannot be read at this moment is asked again: it is no reason to take Azure's word.
#[test]
fn a_network_that_answers_later_is_waited_for() {
    let mut world = World::new();
    world
        .azure
        .fault(Fault::on("nsg-get", FaultKind::ServerError { status: 503 }).times(4));
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(10);
    assert_eq!(proof(&world), Some(Proof::RuleStands), "{:#?}", world.trail());
}

/// How long people wait is what the metric is for: from the approval until Azure says open.
#[test]
fn the_time_from_approval_to_open_is_measured() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.approves("bob");
    assert_eq!(measured(&world, "count"), None, "nothing is open yet");
    world.minutes(5);
    let at = |what: fn(&Fact) -> bool| {
        let records = world.records();
        records.iter().find(|record| what(&record.entry.fact)).unwrap().at
    };
    let waited =
        at(|fact| matches!(fact, Fact::Opened { .. })) - at(|fact| matches!(fact, Fact::Approved { .. }));
    assert!(waited.num_milliseconds() > 0);
    assert_eq!(measured(&world, "count").as_deref(), Some("1"));
    let sum: f64 = measured(&world, "sum").unwrap().parse().unwrap();
    assert!((sum - waited.as_seconds_f64()).abs() < 0.001, "{sum} {waited}");
}

/// What the bot counts of the time until a window is open.
fn measured(world: &World, what: &str) -> Option<String> {
    let name = format!("portcullis_approval_to_open_seconds_{what}{{rule=\"production\"}} ");
    let shown = world.life().metrics.render();
    let line = shown.lines().find_map(|line| line.strip_prefix(&name));
    line.map(str::to_owned)
}
