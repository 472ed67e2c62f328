//! The application may list the members of the server, so that who has a role is counted before anything is posted.

use portcullis::sandbox::discord::world::{DEVELOPER_ROLE, GUILD_MEMBERS_INTENT, ON_CALL_ROLE};

use crate::harness::{World, world::RULES};

const ASK: &str = "/jit request vm:web-01 port:22 for:30m from:198.51.100.7";

/// Developers approve one another's requests, and of two groups one is of leads.
const RULE: &str = r#"
[[rule]]
name = "web"
vms = ["web-*"]
requesters = ["role:100000000000005001"]
approvers = ["role:100000000000005001"]
max_for = "2h"
sources = { within = ["198.51.100.0/24"] }

[[rule]]
name = "stage"
vms = ["stage-*"]
requesters = ["role:100000000000005001"]
groups = [
    { name = "on-call", approvers = ["role:100000000000005002"] },
    { name = "developers", approvers = ["role:100000000000005001"] },
]
max_for = "2h"
sources = { within = ["198.51.100.0/24"] }
"#;

fn world(allowed: bool) -> World {
    let (sections, _) = RULES.split_once("[[rule]]").unwrap();
    let sections = sections.replace("[discord]", "[discord]\nmembers_intent = true");
    let world = World::with_rules(&format!("{sections}\n{RULE}"));
    if allowed {
        world.discord.set_privileged_intents(GUILD_MEMBERS_INTENT);
    }
    world
}

#[test]
fn whoever_is_alone_in_a_role_learns_it_before_anything_is_posted() {
    let mut world = world(true);
    let said = world.is_told("alice", ASK);
    assert!(
        said.contains(
            "Nobody could approve it under the rule “web”: it needs 1 approval, and 0 other people are there who could give \
             one."
        ),
        "{said}"
    );
    assert_eq!(world.times_told("nobody to approve"), 1);
    // A bot with the role changes nothing, because its vote would not count.
    world.discord.bot_joins("robot", &[DEVELOPER_ROLE]);
    assert!(world.is_told("alice", ASK).contains("Nobody could approve it"));
    // Somebody who has just got the role is there, although the list of a minute ago does not say so.
    world.discord.person("bob").unwrap().gets_role(DEVELOPER_ROLE);
    world.asks("alice", ASK);
    world.denies("bob", "not now");
}

#[test]
fn a_group_that_is_too_small_is_named() {
    let mut world = world(true);
    let ask = ASK.replace("web-01", "stage-01");
    let said = world.is_told("alice", &ask);
    assert!(
        said.contains(
            "it needs 2 approvals, and 1 other person is there who could give one; too few are in “developers”"
        ),
        "{said}"
    );
    let said = world.is_told("alice", &ask.replace("request", "explain"));
    assert!(
        said.contains("nothing would be sent. Nobody could approve it under the rule “stage”"),
        "{said}"
    );
    world.discord.person("carol").unwrap().gets_role(DEVELOPER_ROLE);
    let said = world.is_told("alice", &ask.replace("request", "explain"));
    assert!(
        said.contains("The card would ping 2 roles, 2 people in all."),
        "{said}"
    );
}

#[test]
fn somebody_who_stands_in_both_groups_is_one_person() {
    let mut world = world(true);
    world.discord.person("bob").unwrap().gets_role(DEVELOPER_ROLE);
    let said = world.is_told("alice", &ASK.replace("web-01", "stage-01"));
    assert!(
        said.contains("it needs 2 approvals, and 1 other person is there"),
        "{said}"
    );
    world.discord.person("carol").unwrap().gets_role(ON_CALL_ROLE);
    world.asks("alice", &ASK.replace("web-01", "stage-01"));
    world.denies("bob", "not now");
}

#[test]
fn where_discord_does_not_list_its_members_nobody_is_refused() {
    let mut world = world(false);
    let said = world.is_told("alice", &ASK.replace("request", "explain"));
    assert!(
        said.contains("How many people have a role is not counted"),
        "{said}"
    );
    world.asks("alice", ASK);
    world.is_told("alice", "/jit withdraw request:1");
    let (code, said) = world.runs(&["doctor"], "");
    assert_ne!(code, 0);
    assert!(
        said.contains("Discord does not list them") && said.contains("Server Members Intent"),
        "{said}"
    );
    world.discord.set_privileged_intents(GUILD_MEMBERS_INTENT);
    let (_, said) = world.runs(&["doctor"], "");
    assert!(said.contains("they are counted"), "{said}");
}
