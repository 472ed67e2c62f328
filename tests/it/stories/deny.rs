//! An approver says no: by the form, or by a reaction, which cannot open one.

use super::ASK;
use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[BY_FORM, BY_REACTION];

const BY_FORM: Story = Story::new("denied with a reason", by_form, &["asked", "denied"]);

const BY_REACTION: Story = Story::new("denied by a reaction", by_reaction, &["asked", "denied"]);

fn by_form(world: &mut World) {
    world.asks("alice", ASK);
    world.until_told("denied", 1, |world| {
        world.denies("bob", "Not during the sale");
    });
    nothing_is_open(world);
    assert!(world.line("denied").contains("Not during the sale"));
    assert!(world.card().text().contains("Not during the sale"));
}

fn by_reaction(world: &mut World) {
    world.asks("alice", ASK);
    world.until_told("denied", 1, |world| {
        let card = world.card();
        world.reacts("bob", &card, "❌");
    });
    nothing_is_open(world);
    assert!(world.line("denied").contains("no reason given"));
}

fn nothing_is_open(world: &mut World) {
    world.minutes(120);
    assert_eq!(world.initiates(), 0, "Azure is never asked");
    assert!(world.card().buttons().is_empty());
}

#[test]
fn denied_with_a_reason() {
    BY_FORM.tell();
}

#[test]
fn denied_by_a_reaction() {
    BY_REACTION.tell();
}

#[test]
fn who_asked_reads_why() {
    let mut world = World::new();
    world.asks("alice", ASK);
    let sent = world.denies("bob", "Not during the sale").unwrap();
    assert!(world.answered(&sent).contains("You denied request"));
    assert!(world.own_message("alice").text().contains("Not during the sale"));
    assert!(!world.own_message("alice").offers("Withdraw"));
}

#[test]
fn a_hostile_reason_pings_nobody_and_breaks_no_text() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.denies(
        "bob",
        "@everyone <@&100000000000005002> ```\n#99 · opened\u{202e} **x** ||y||",
    );
    assert_eq!(world.told(), ["asked", "denied"]);
    let thread = &world.discord.threads("jit-trail")[0];
    for message in world.discord.messages(thread.id) {
        assert!(message.pings.people.is_empty());
        assert!(!message.content.contains('\u{202e}'));
    }
}
