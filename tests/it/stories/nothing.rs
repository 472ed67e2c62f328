//! Somebody wants to do something with what is open, or with what waits, and there is nothing.

use super::ASK;
use crate::harness::World;

#[test]
fn with_nothing_open_every_verb_says_so() {
    let mut world = World::new();
    for (command, said) in [
        ("/jit extend", "so there is nothing to make longer"),
        ("/jit connect", "so there is nothing to connect to"),
        ("/jit close", "so there is nothing to close"),
    ] {
        let told = world.is_told("alice", command);
        assert!(
            told.contains("Nothing of yours is open") && told.contains(said),
            "{command}: {told}"
        );
        assert!(
            told.contains("`/jit request` asks for access"),
            "{command}: {told}"
        );
        assert!(!told.contains("Several requests"), "{command}: {told}");
    }
    let told = world.is_told("alice", "/jit withdraw");
    assert!(
        told.contains("None of your requests waits for an answer"),
        "{told}"
    );
    assert!(!told.contains("Several requests"), "{told}");
    let told = world.is_told("alice", "/jit status");
    assert!(told.contains("You have no request yet"), "{told}");
}

#[test]
fn a_request_that_waits_is_named() {
    let mut world = World::new();
    world.asks("alice", ASK);
    for command in ["/jit extend", "/jit connect", "/jit close"] {
        let told = world.is_told("alice", command);
        assert!(told.contains("Nothing of yours is open"), "{command}: {told}");
        assert!(
            told.contains("Your request 1 still waits for an answer"),
            "{command}: {told}"
        );
        // What others have is not theirs.
        let told = world.is_told("mallory", command);
        assert!(!told.contains("request 1"), "{command}: {told}");
    }
    let told = world.is_told("alice", "/jit withdraw");
    assert!(told.contains("You withdrew request 1"), "{told}");
}

#[test]
fn when_it_is_over_there_is_nothing_again() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(5);
    assert!(
        world
            .is_told("alice", "/jit withdraw")
            .contains("None of your requests waits")
    );
    world.minutes(60);
    for command in ["/jit extend", "/jit connect", "/jit close"] {
        let told = world.is_told("alice", command);
        assert!(told.contains("Nothing of yours is open"), "{command}: {told}");
    }
}
