//! A request waits: reminders, calls to further people, and rules that call nobody. Each message's pings are those
//! that the emulator has heard.

use portcullis::sandbox::discord::{SeenMessage, world::TRAIL_CHANNEL};

use super::ASK;
use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[WAITS, MISSED];

const RULES: &str = r#"
[[rule]]
name = "production"
vms = ["tag:env=prod"]
requesters = ["role:100000000000005001"]
approvers = ["role:100000000000005002", "role:100000000000005003"] # on-call: Bob; lead: Carol
max_for = "2h"
sources = { within = ["198.51.100.0/24"] }
answer_within = "1h"
remind_every = "5m"
escalate = [{ after = "12m", to = ["role:100000000000005003"] }]
"#;

const WAITS: Story = Story::new(
    "nobody answers until somebody else is called",
    waits,
    &[
        "asked",
        "escalated",
        "approval",
        "approved",
        "opening",
        "opened",
        "closed",
    ],
)
.under(RULES);

const MISSED: Story = Story::new(
    "reminders that came due while the bot was down",
    missed,
    &["asked", "escalated", "lapsed"],
)
.under(RULES);

/// The bot's messages in the approver channel that are about no card of their own.
fn replies(world: &World) -> Vec<SeenMessage> {
    let replies: Vec<_> = world
        .cards()
        .into_iter()
        .filter(|message| message.embeds.is_empty())
        .collect();
    // Discord's type of a message that replies to another.
    assert!(replies.iter().all(|message| message.kind == 19), "{replies:#?}");
    replies
}

/// Who was notified by a message.
fn heard(world: &World, message: &SeenMessage) -> Vec<&'static str> {
    ["alice", "bob", "carol", "dan", "mallory"]
        .into_iter()
        .filter(|name| {
            message
                .pings
                .people
                .contains(&world.discord.person(name).unwrap().id())
        })
        .collect()
}

/// The trail has notified nobody.
fn trail_is_quiet(world: &World) {
    for thread in world.discord.threads(TRAIL_CHANNEL) {
        for message in world.discord.messages(thread.id) {
            assert!(message.pings.people.is_empty(), "{}", message.text());
        }
    }
}

fn waits(world: &mut World) {
    world.asks("alice", ASK);
    let card = world.card();
    assert_eq!(heard(world, &card), ["bob"], "carol is called later");
    world.minutes(6);
    world.minutes(10);
    let replies_now = replies(world);
    let [first, call, second] = replies_now.as_slice() else {
        panic!("{replies_now:#?}");
    };
    assert!(
        first.content.contains("Reminder 1 for request 1:"),
        "{}",
        first.content
    );
    assert_eq!(heard(world, first), ["bob"], "once more");
    assert!(
        call.content.contains("Request 1 was still not decided"),
        "{}",
        call.content
    );
    assert_eq!(heard(world, call), ["carol"]);
    assert!(
        second.content.starts_with("Reminder 2 for request 1:"),
        "{}",
        second.content
    );
    assert!(heard(world, second).is_empty(), "later reminders call nobody");
    let shown = world.cards()[0].text();
    assert!(
        shown.contains("Called since: <@&100000000000005003> at"),
        "{shown}"
    );
    world.until_told("approved", 1, |world| {
        let card = world.cards()[0].clone();
        world.clicks("carol", &card, "Approve");
    });
    world.minutes(70);
    assert_eq!(replies(world).len(), 3, "nothing comes after the decision");
    assert!(!world.is_open("web-01", 22));
    trail_is_quiet(world);
}

/// Of two reminders and a call that were missed, one message is left: the call.
fn missed(world: &mut World) {
    world.asks("alice", ASK);
    world.crash();
    world.clock.advance(std::time::Duration::from_secs(20 * 60));
    world.start();
    world.reconcile();
    world.minutes(1);
    let replies_now = replies(world);
    let [call] = replies_now.as_slice() else {
        panic!("{replies_now:#?}");
    };
    assert!(
        call.content.contains("Request 1 was still not decided"),
        "{}",
        call.content
    );
    world.minutes(15);
    let replies_now = replies(world);
    assert_eq!(replies_now.len(), 2, "the reminder after 35 minutes");
    world.minutes(30);
    assert_eq!(replies(world).len(), 2);
}

#[test]
fn a_request_waits_and_calls_ever_fewer_until_somebody_else_is_called() {
    WAITS.tell();
}

#[test]
fn after_a_downtime_one_message_comes_and_not_all_of_them() {
    MISSED.tell();
}

/// Being called is no right: who may vote is what the rule says, now as when it was asked.
#[test]
fn who_is_called_and_no_approver_any_more_cannot_approve() {
    let mut world = World::under(RULES);
    world.asks("alice", ASK);
    world.minutes(13);
    assert_eq!(world.times_told("escalated"), 1);
    let without_leads = RULES
        .replace(", \"role:100000000000005003\"]", "]")
        .replace("escalate", "# escalate");
    world.restart_under(&without_leads);
    let card = world.cards()[0].clone();
    let answer = world.clicks("carol", &card, "Approve");
    assert!(
        world.answered(&answer).contains("approver"),
        "{}",
        world.answered(&answer)
    );
    assert_eq!(world.times_told("approved"), 0);
    world.clicks("bob", &card, "Approve");
    assert_eq!(world.times_told("approved"), 1);
    world.minutes(70);
}

#[test]
fn nothing_is_said_of_a_request_that_was_withdrawn_or_denied() {
    let mut world = World::under(RULES);
    world.asks("alice", ASK);
    world.types("alice", "/jit withdraw");
    world.asks("alice", ASK);
    world.denies("bob", "not today");
    world.minutes(40);
    assert!(replies(&world).is_empty(), "{:#?}", replies(&world));
    assert_eq!(world.times_told("escalated"), 0);
}

#[test]
fn somebody_who_looks_at_it_holds_reminders_and_calls_back() {
    let mut world = World::under(RULES);
    world.asks("alice", ASK);
    let card = world.card();
    world.minutes(4);
    world.clicks("bob", &card, "Claim");
    world.minutes(9);
    assert!(replies(&world).is_empty(), "{:#?}", replies(&world));
    world.minutes(3);
    let called = replies(&world);
    let [call] = called.as_slice() else {
        panic!("{called:#?}");
    };
    assert!(call.content.contains("was still not decided"), "{}", call.content);
    // Whoever was just called needs no reminder on top; the next one comes at its own time.
    world.minutes(20);
    let reminded = replies(&world);
    let [_, reminder] = reminded.as_slice() else {
        panic!("{reminded:#?}");
    };
    assert!(reminder.content.contains("Reminder 1"), "{}", reminder.content);
    world.types("alice", "/jit withdraw");
}

#[test]
fn a_quiet_rule_calls_nobody() {
    let quiet = RULES.replace("escalate", "quiet = true\n# escalate");
    let mut world = World::under(&quiet);
    world.asks("alice", ASK);
    let card = world.card();
    assert!(heard(&world, &card).is_empty());
    assert!(card.offers("Approve"));
    world.minutes(6);
    let replies = replies(&world);
    assert_eq!(replies.len(), 1);
    assert!(heard(&world, &replies[0]).is_empty());
    world.clicks("bob", &card, "Approve");
    world.minutes(5);
    assert!(world.is_open("web-01", 22));
    world.minutes(60);
    trail_is_quiet(&world);
}

/// Somebody deletes the card: a reminder stands alone, and the card comes back with its next change.
#[test]
fn a_reminder_does_without_its_card() {
    let mut world = World::under(RULES);
    world.asks("alice", ASK);
    let card = world.card();
    assert!(world.discord.delete_message(card.id));
    world.minutes(6);
    let cards = world.cards();
    assert!(
        cards.iter().any(|message| message.content.contains("Reminder 1")),
        "{cards:#?}"
    );
    world.types("alice", "/jit withdraw");
}
