//! What must still hold when the start comes, and what keeps a start: a narrower approval, a second look, Ask again.

use super::{ASK, risky_rule};
use crate::harness::{Story, World};
use portcullis::sandbox::discord::{Fault, FaultKind, RouteKind, world::DEVELOPER_ROLE};

pub(super) static STORIES: &[Story] = &[BY_RULE, BY_RULE_NO_MORE, NARROWED, LOOKED_AT, AGAIN];

/// Approves alone for developers; Alice may ask also without that role.
const ALONE: &str = r#"
[[rule]]
name = "staging"
vms = ["tag:env=staging"]
requesters = ["role:100000000000005001", "user:100000000000004001"]
approvers = ["role:100000000000005002"]
max_for = "1h"
sources = { within = ["198.51.100.0/24"] }
auto_approve = { requesters = ["role:100000000000005001"], within = ["198.51.100.0/24"], at_most = 2, per = "8h" }
"#;

const ONE: &str = risky_rule!(approvals = 1, "");
const TWO: &str = risky_rule!(approvals = 2, "");
const RISKY: &str = risky_rule!(approvals = 1, "second_look = { always = true }");

const ASK_ALONE: &str = "/jit request vm:stage-01 port:22 for:30m from:198.51.100.7 at:in 2h";

const BY_RULE: Story = Story::new(
    "approved by a rule alone, for later",
    by_rule,
    &["asked", "approved", "start", "opening", "opened", "closed"],
)
.under(ALONE);

const BY_RULE_NO_MORE: Story = Story::new(
    "approved by a rule alone, which would not at the start",
    by_rule_no_more,
    &["asked", "approved", "not started"],
)
.under(ALONE);

const NARROWED: Story = Story::new(
    "approved for less, for later",
    narrowed,
    &[
        "asked", "narrowed", "approval", "approved", "start", "opening", "opened", "closed",
    ],
)
.under(ONE);

const LOOKED_AT: Story = Story::new(
    "looked at twice, for later",
    looked_at,
    &[
        "asked", "approval", "approved", "start", "opening", "opened", "closed",
    ],
)
.under(RISKY);

const AGAIN: Story = Story::new(
    "called off and asked again for the same start",
    again,
    &[
        "asked",
        "approval",
        "approved",
        "called off",
        "asked",
        "approval",
        "approved",
        "start",
        "opening",
        "opened",
        "closed",
    ],
);

fn later() -> String {
    format!("{ASK} at:in 2h")
}

/// The timestamps of eleven o'clock, two hours after every story begins, and of some minutes after that.
fn eleven(minutes: u64) -> String {
    let at = 1_795_431_600 + minutes * 60;
    format!("<t:{at}:F> (<t:{at}:R>)")
}

fn by_rule(world: &mut World) {
    world.asks("alice", ASK_ALONE);
    let card = world.card();
    assert!(card.text().contains("waits for its start"), "{}", card.text());
    assert!(card.offers("Call off") && !card.offers("Approve"));
    world.minutes(115);
    assert_eq!(world.initiates(), 0);
    world.minutes(10);
    assert!(world.is_open("stage-01", 22), "{:#?}", world.trail());
    world.minutes(30);
}

fn by_rule_no_more(world: &mut World) {
    world.asks("alice", ASK_ALONE);
    // The rule still lets Alice ask, but approves alone for developers only.
    world.discord.person("alice").unwrap().loses_role(DEVELOPER_ROLE);
    world.minutes(125);
    assert_eq!(world.initiates(), 0);
    let line = world.line("not started");
    assert!(
        line.contains("“staging” had approved it alone") && line.contains("for other people only"),
        "{line}"
    );
    let own = world.direct_message("alice");
    assert!(
        own.contains("had approved it alone, and at its start it would not have"),
        "{own}"
    );
}

fn narrowed(world: &mut World) {
    world.asks("alice", &later());
    world.until_told("approved", 1, |world| {
        let card = world.card();
        let opened = world.clicks("bob", &card, "Approve with less");
        world.fills("bob", &opened, &[("length", "20m"), ("source", "")]);
    });
    let card = world.card().text();
    assert!(
        card.contains(&format!("From {} until {}", eleven(0), eleven(20))),
        "{card}"
    );
    let own = world.own_message("alice").text();
    assert!(
        own.contains(&format!("starts {} and ends {}", eleven(0), eleven(20)))
            && own.contains("20m instead of 1h"),
        "{own}"
    );
    world.minutes(125);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.minutes(17);
    assert!(!world.is_open("web-01", 22), "the shorter time from its start");
}

fn looked_at(world: &mut World) {
    world.asks("alice", &later());
    world.until_told("approved", 1, |world| {
        let card = world.card();
        let first = world.clicks("bob", &card, "Approve");
        let facts = world.answered(&first);
        if !facts.is_empty() {
            assert!(
                facts.contains(&format!("From {} until {}", eleven(0), eleven(60))),
                "{facts}"
            );
        }
        world.presses("bob", &first, "Confirm");
    });
    world.minutes(125);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.minutes(60);
}

fn again(world: &mut World) {
    world.asks("alice", &later());
    world.approves("bob");
    let own = world.own_message("alice");
    world.until_told("called off", 1, |world| {
        _ = world.clicks("alice", &own, "Withdraw");
    });
    let own = world.own_message("alice");
    let offer = format!("starting {} (once that is past: with its approval)", eleven(0));
    assert!(own.text().contains(&offer), "{}", own.text());
    world.until_told("asked", 2, |world| _ = world.clicks("alice", &own, "Ask again"));
    world.approves("bob");
    world.minutes(110);
    assert_eq!(world.initiates(), 0, "it keeps its start");
    world.minutes(15);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.minutes(60);
}

#[test]
fn approved_by_a_rule_for_later() {
    BY_RULE.tell();
}

#[test]
fn not_started_where_the_rule_would_not_any_more() {
    BY_RULE_NO_MORE.tell();
}

#[test]
fn approved_for_less_it_keeps_its_start() {
    NARROWED.tell();
}

#[test]
fn a_second_look_repeats_the_start() {
    LOOKED_AT.tell();
}

#[test]
fn asked_again_it_keeps_its_start() {
    AGAIN.tell();
}

#[test]
fn asked_again_after_its_start_it_starts_with_its_approval() {
    let mut world = World::new();
    world.asks("alice", &format!("{ASK} at:in 20m"));
    world.denies("bob", "not today");
    world.minutes(25);
    let own = world.own_message("alice");
    world.clicks("alice", &own, "Ask again");
    let card = world.card().text();
    assert!(!card.contains("Approved after its start"), "{card}");
    world.approves("bob");
    world.minutes(2);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    world.minutes(50);
    assert!(world.is_open("web-01", 22), "the whole length");
    world.minutes(10);
}

/// The rules of the start count for the approvals too.
#[test]
fn not_started_without_the_approvals_that_the_rules_want_then() {
    for (rules, why) in [
        (TWO, "wanted more approvals than it had"),
        (RISKY, "wanted an approver to look at it twice"),
    ] {
        let mut world = World::under(ONE);
        world.asks("alice", &later());
        world.approves("bob");
        world.restart_under(rules);
        world.minutes(125);
        assert_eq!(world.initiates(), 0);
        assert_eq!(world.told(), ["asked", "approval", "approved", "not started"]);
        let line = world.line("not started");
        assert!(line.contains(why), "{line}");
    }
}

#[test]
fn not_started_where_nothing_is_approved_alone_any_more() {
    let mut world = World::under(ALONE);
    world.asks("alice", ASK_ALONE);
    let people_only: Vec<_> = ALONE
        .lines()
        .filter(|line| !line.starts_with("auto_approve"))
        .collect();
    world.restart_under(&people_only.join("\n"));
    world.minutes(125);
    assert_eq!(world.initiates(), 0);
    let line = world.line("not started");
    assert!(line.contains("it approves nothing alone any more"), "{line}");
}

/// Its own approval is not one too many at its start, and what was approved alone since is.
#[test]
fn how_often_a_rule_approves_alone_is_counted_at_the_start() {
    let mut world = World::under(ALONE);
    world.asks("alice", ASK_ALONE);
    world.asks("alice", &ASK_ALONE.replace(" at:in 2h", ""));
    world.minutes(125);
    assert!(
        world.is_open("stage-01", 22),
        "one other, and two are allowed: {:#?}",
        world.trail()
    );
    world.minutes(40);
    drop(world);

    let mut world = World::under(ALONE);
    world.asks("alice", ASK_ALONE);
    world.asks("alice", &ASK_ALONE.replace(" at:in 2h", ""));
    world.restart_under(&ALONE.replace("at_most = 2", "at_most = 1"));
    world.minutes(125);
    assert_eq!(world.times_told("not started"), 1, "{:#?}", world.trail());
    assert!(world.line("not started").contains("at most once in 8h"));
}

/// Who cannot wait for their start breaks the glass: that is for now, and has no start.
#[test]
fn glass_is_broken_for_now() {
    const RULES: &str = r#"
[[rule]]
name = "production"
vms = ["tag:env=prod"]
requesters = ["role:100000000000005001"]
approvers = ["role:100000000000005002"]
max_for = "1h"
sources = { within = ["198.51.100.0/24"] }
break_glass = { requesters = ["role:100000000000005001"] }
"#;
    let mut world = World::under(RULES);
    world.asks("alice", &later());
    world.approves("bob");
    let opened = world.types("alice", "/jit break-glass vm:web-01 port:22 from:198.51.100.7");
    world.fills(
        "alice",
        &opened,
        &[("reason", "the site is down already"), ("word", "BREAK GLASS")],
    );
    world.seconds(30);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
    let own = world.own_messages("alice");
    assert!(
        own.iter()
            .all(|message| !message.text().contains("starts <t:") || message.offers("Withdraw"))
    );
    world.minutes(70);
    world.types("alice", "/jit withdraw request:1");
    assert_eq!(world.initiates(), 1, "what waits was withdrawn before its start");
}

/// Before its start there are no windows, so nobody calls off more than they have named.
#[test]
fn what_waits_for_its_start_is_called_off_as_a_whole() {
    let mut world = World::new();
    world.asks("alice", &later().replace("vm:web-01", "vm:web-01,web-02"));
    world.approves("bob");
    let told = world.is_told("alice", "/jit close request:1 vm:web-01");
    assert!(
        told.contains("Nothing was called off") && told.contains("as a whole or not at all"),
        "{told}"
    );
    assert_eq!(world.times_told("called off"), 0);
    let told = world.is_told("alice", "/jit close request:1");
    assert!(told.contains("is called off"), "{told}");
    world.minutes(130);
    assert_eq!(world.initiates(), 0);
}

/// Discord never tells who the requester is now: nothing is opened, and at the end that is told.
#[test]
fn not_started_where_nobody_could_be_looked_at_until_the_end() {
    let mut world = World::new();
    world.asks("alice", &later());
    world.approves("bob");
    world.discord.fault(Fault::always(
        RouteKind::GetMember.into(),
        FaultKind::Error {
            status: 403,
            code: 50_001,
        },
    ));
    world.minutes(190);
    world.discord.faults_off();
    world.minutes(6);
    assert_eq!(world.initiates(), 0);
    let line = world.line("not started");
    assert!(
        line.contains("could not look at it between its start and its end"),
        "{line}"
    );
}
