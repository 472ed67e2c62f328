//! Two that cannot both be: an approval and a denial, an approval and a withdrawal, a click and the role behind it. One
//! of them is first, and what it says holds whenever the bot dies.

use portcullis::sandbox::discord::{Answer, world::ON_CALL_ROLE};

use super::{ASK, TOLD};
use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[YES_AND_NO, YES_AND_BACK, WITHOUT_THE_ROLE];

const YES_AND_NO: Story =
    Story::new("an approval and a denial at once", yes_and_no, TOLD).or(&["asked", "denied"]);

const YES_AND_BACK: Story =
    Story::new("an approval and a withdrawal at once", yes_and_back, TOLD).or(&["asked", "withdrawn"]);

const WITHOUT_THE_ROLE: Story = Story::new(
    "a role is taken away in the moment of the click",
    without_the_role,
    TOLD,
)
.or(&["asked", "vote not counted", "lapsed"]);

fn approve(world: &World) -> Answer {
    let card = world.card();
    world
        .discord
        .person("bob")
        .unwrap()
        .clicks(card.id, "Approve")
        .unwrap()
}

fn is_decided(world: &World) -> bool {
    ["approved", "denied", "withdrawn"]
        .iter()
        .any(|what| world.times_told(what) > 0)
}

/// What was decided is what Azure was asked for, and nothing else.
fn one_end(world: &mut World) {
    world.minutes(70);
    let approved = world.times_told("approved");
    assert_eq!(world.times_told("opened"), approved, "{:#?}", world.trail());
    assert!(!world.is_open("web-01", 22));
    if approved == 0 {
        assert_eq!(world.initiates(), 0);
    }
}

fn yes_and_no(world: &mut World) {
    world.discord.person("carol").unwrap().gets_role(ON_CALL_ROLE);
    world.asks("alice", ASK);
    for _ in 0..4 {
        if is_decided(world) {
            break;
        }
        let card = world.card();
        let opened = world.clicks("carol", &card, "Deny");
        let Ok(form) = world.outside.block_on(opened.modal()) else {
            continue;
        };
        let yes = approve(world);
        let no = world
            .discord
            .person("carol")
            .unwrap()
            .submits(&form, &[("reason", "no")])
            .unwrap();
        world.after(&yes);
        world.after(&no);
    }
    one_end(world);
}

fn yes_and_back(world: &mut World) {
    world.asks("alice", ASK);
    for _ in 0..4 {
        if is_decided(world) {
            break;
        }
        let yes = approve(world);
        let back = world
            .discord
            .person("alice")
            .unwrap()
            .slash("/jit withdraw request:1")
            .unwrap();
        world.after(&yes);
        world.after(&back);
    }
    one_end(world);
}

/// The roles are those of the click. Who repeats a lost click without the role is not heard.
fn without_the_role(world: &mut World) {
    world.asks("alice", ASK);
    let bob = world.discord.person("bob").unwrap();
    let yes = approve(world);
    bob.loses_role(ON_CALL_ROLE);
    world.after(&yes);
    for _ in 0..3 {
        if is_decided(world) || world.times_told("vote not counted") > 0 {
            break;
        }
        let yes = approve(world);
        world.after(&yes);
    }
    one_end(world);
}

#[test]
fn whoever_is_first_decides() {
    for story in STORIES {
        story.tell();
    }
}

#[test]
fn without_a_crash_the_roles_of_the_click_count() {
    let mut world = World::new();
    without_the_role(&mut world);
    assert_eq!(world.told(), TOLD);
}
