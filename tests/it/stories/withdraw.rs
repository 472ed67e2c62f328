//! Who asked takes it back.

use super::ASK;
use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[BY_COMMAND, BY_BUTTON];

const BY_COMMAND: Story = Story::new("withdrawn by command", by_command, &["asked", "withdrawn"]);

const BY_BUTTON: Story = Story::new("withdrawn by the button", by_button, &["asked", "withdrawn"]);

fn by_command(world: &mut World) {
    world.asks("alice", ASK);
    world.until_told("withdrawn", 1, |world| _ = world.types("alice", "/jit withdraw"));
    world.minutes(60);
    assert!(world.card().text().contains("withdrawn"));
    assert_eq!(world.initiates(), 0);
}

fn by_button(world: &mut World) {
    world.asks("alice", ASK);
    world.until_told("withdrawn", 1, |world| {
        let own = world.own_message("alice");
        world.clicks("alice", &own, "Withdraw");
    });
    assert_eq!(world.initiates(), 0);
}

#[test]
fn withdrawn_by_command() {
    BY_COMMAND.tell();
}

#[test]
fn withdrawn_by_the_button_of_the_own_message() {
    BY_BUTTON.tell();
}

#[test]
fn only_who_asked_withdraws_and_only_while_it_waits() {
    let mut world = World::new();
    world.asks("alice", ASK);
    let told = world.is_told("mallory", "/jit withdraw request:1");
    assert!(told.contains("only who asked can withdraw it"), "{told}");
    world.approves("bob");
    let told = world.is_told("alice", "/jit withdraw request:1");
    assert!(told.contains("/jit close"), "{told}");
    let told = world.is_told("alice", "/jit withdraw request:77");
    assert!(told.contains("no request"), "{told}");
    world.minutes(65);
    assert_eq!(world.told(), super::TOLD);
}
