//! What the random stories reach.

use std::collections::BTreeMap;

use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
};

use super::{World, some_story};

/// The stories reach the states that the promises are about; else the property above would prove nothing.
#[test]
fn the_stories_go_everywhere() {
    let mut runner = TestRunner::deterministic();
    let mut reached: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..1000 {
        let story = some_story().new_tree(&mut runner).unwrap().current();
        let mut world = World::new(&story);
        for event in &story.events {
            world.happens(event, &story).unwrap();
        }
        *reached.entry(world.request.state.name().to_owned()).or_default() += 1;
        if !world.windows.is_empty() && !world.request.narrowed.is_empty() {
            *reached.entry("approved for less".to_owned()).or_default() += 1;
        }
        for (what, count) in &world.said {
            *reached.entry((*what).to_owned()).or_default() += count;
        }
        for window in &world.windows {
            *reached
                .entry(format!("window {}", window.state.name()))
                .or_default() += 1;
        }
    }
    for state in [
        "pending",
        "approved",
        "settled",
        "denied",
        "withdrawn",
        "lapsed",
        "scheduled",
        "not_started",
        "started",
        "window opening",
        "window open",
        "window closing",
        "window closed",
        "window failed",
        "approved for less",
        "taken_back",
        "claimed",
        "let_go",
        "narrowed",
    ] {
        assert!(
            reached.get(state).is_some_and(|count| *count >= 5),
            "{state}: {reached:?}"
        );
    }
}
