//! Every story with a crash: a seeded sample of all crash points, or all of them.
//!
//! `PORTCULLIS_CRASH_SEED` chooses the sample, and is printed; `PORTCULLIS_CRASH_ALL=1` takes every point.
//! `PORTCULLIS_CRASH_STORY` keeps to the stories whose name contains it.

use std::env;

use super::all;
use crate::harness::{Story, crash::Point};

const SAMPLE: usize = 24;

#[test]
fn a_crash_anywhere_leads_to_the_same_end() {
    let take_all = env::var("PORTCULLIS_CRASH_ALL").is_ok_and(|value| value == "1");
    let seed = env::var("PORTCULLIS_CRASH_SEED")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1);
    let only = env::var("PORTCULLIS_CRASH_STORY").unwrap_or_default();
    let mut points: Vec<(&Story, Point)> = all()
        .into_iter()
        .filter(|story| story.name.contains(&only))
        .flat_map(|story| story.points().into_iter().map(move |point| (story, point)))
        .collect();
    let known = points.len();
    if !take_all {
        points = sample(points, seed);
    }
    eprintln!(
        "{} of {known} crash points, PORTCULLIS_CRASH_SEED={seed}",
        points.len()
    );
    let taken = points.len();
    let missed = Story::survive_all(points);
    eprintln!("{} were not reached again", missed.len());
    assert!(
        missed.len() * 20 <= taken,
        "too many crash points were not reached: {missed:#?}"
    );
}

/// The first steps of a shuffle; the generator is splitmix64, so that a seed means the same everywhere.
fn sample<T>(mut from: Vec<T>, seed: u64) -> Vec<T> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    let mut taken = Vec::new();
    while taken.len() < SAMPLE && !from.is_empty() {
        let at = usize::try_from(next() % from.len() as u64).unwrap();
        taken.push(from.swap_remove(at));
    }
    taken
}
