//! Nobody is there to approve: found out before anything is posted, and told to who asks and to the administrators.

use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[ROLE_IS_GONE];

const GONE: &str = r#"
[[rule]]
name = "web"
vms = ["web-*"]
requesters = ["role:100000000000005001"]
approvers = ["role:424242424242424242"]
max_for = "2h"
sources = { within = ["198.51.100.0/24"] }
"#;

const ASK: &str = "/jit request vm:web-01 port:22 for:30m from:198.51.100.7";

const ROLE_IS_GONE: Story = Story::new(
    "the approvers' role is gone",
    role_is_gone,
    &["nobody to approve"],
)
.under(GONE);

fn role_is_gone(world: &mut World) {
    let said = world.finds_out("alice", ASK);
    assert!(
        said.contains(
            "Nobody could approve it under the rule “web”: it needs 1 approval, and 0 other people are there who could give \
             one; not in the server any more: `role:424242424242424242`."
        ),
        "{said}"
    );
    // Asked again, it is refused again, and told once.
    assert!(world.finds_out("alice", ASK).contains("Nobody could approve it"));
}

#[test]
fn a_role_that_is_gone_is_found_out_before_posting() {
    let mut world = World::under(GONE);
    role_is_gone(&mut world);
    let line = world.line("nobody to approve");
    assert!(line.contains("asked under web"), "{line}");
    assert_eq!(world.times_told("nobody to approve"), 1);
    assert_eq!(world.times_told("asked"), 0);
}

#[test]
fn the_story_of_the_missing_role() {
    ROLE_IS_GONE.tell();
}

#[test]
fn named_people_who_left_are_found_out() {
    let rules = GONE.replace("role:424242424242424242", "user:100000000000004002");
    let mut world = World::under(&rules);
    world.asks("alice", ASK);
    world.denies("bob", "not now");
    world.discord.person("bob").unwrap().leaves();
    let said = world.is_told("alice", ASK);
    assert!(
        said.contains("has left the server: `user:100000000000004002`"),
        "{said}"
    );
    assert_eq!(world.times_told("asked"), 1);
    world.discord.person("bob").unwrap().joins();
    world.asks("alice", ASK);
    world.denies("bob", "not now");
}

#[test]
fn whoever_would_be_alone_learns_it_and_the_administrators_too() {
    let rules = GONE.replace("role:424242424242424242", "user:100000000000004001");
    let mut world = World::under(&rules);
    let said = world.is_told("alice", ASK);
    assert!(said.contains("names too few approvers besides you"), "{said}");
    assert_eq!(world.times_told("nobody to approve"), 1);
}

#[test]
fn an_outage_of_discord_refuses_nobody() {
    let rules = GONE.replace("role:424242424242424242", "role:100000000000005002");
    let mut world = World::under(&rules);
    world.asks("alice", ASK);
    world.denies("bob", "no");
}
