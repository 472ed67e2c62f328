//! `kill -9` of the real binary, again and again, in real time: whatever moment it hits, no promise is broken.
//!
//! The emulators live in this process, so that their ledgers outlive the bot. Each kill has a phase that is
//! brought about on purpose and counted only if it was really met. `PORTCULLIS_KILLS` says how many kills there
//! are in all, and `PORTCULLIS_KILL_SEED` repeats the choices of an earlier run.

mod bot;
mod look;
mod people;
mod phase;
mod promises;
mod round;
mod world;

use std::{io::Write as _, thread};

use portcullis::clock::{Clock as _, SystemClock, fresh_uuid};
use tokio::runtime::Builder;

use self::{
    phase::{Phase, Tally},
    round::{Pace, Round},
};

/// Few, so that `cargo test` stays quick.
const KILLS: u64 = 12;
/// More worlds would only wait for each other on a small machine.
const WORLDS: u64 = 3;

#[test]
fn killed_at_any_moment_it_keeps_every_promise() {
    let kills = number("PORTCULLIS_KILLS").unwrap_or(KILLS).max(WORLDS);
    // The last bits of a fresh id are random.
    let seed =
        number("PORTCULLIS_KILL_SEED").unwrap_or_else(|| fresh_uuid(SystemClock.now()).as_u64_pair().1 >> 8);
    say(&format!("kill -9: {kills} times, PORTCULLIS_KILL_SEED={seed}"));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let worlds: Vec<_> = (0..WORLDS)
        .map(|place| {
            let mine = (0..kills).filter(|kill| kill % WORLDS == place);
            let phases = mine.map(Phase::of_kill).collect::<Vec<_>>();
            let pace = if kills < 100 { Pace::QUICK } else { Pace::THOROUGH };
            thread::spawn(move || in_one_world(seed.wrapping_add(place), pace, &phases))
        })
        .collect();
    let mut tally = Tally::default();
    // All come to their end first, so that each tells what it found.
    let ended: Vec<_> = worlds.into_iter().map(thread::JoinHandle::join).collect();
    for world in ended {
        match world {
            Ok(counted) => tally.add(&counted),
            Err(why) => std::panic::resume_unwind(why),
        }
    }
    say(&format!("kills: {tally}"));
    assert_eq!(tally.counted(), kills, "every kill met its phase");
    assert!(tally.recorded("opened") > 0, "nothing was ever opened");
    for phase in Phase::ALL {
        assert!(tally.of(phase) >= kills / 10, "too few kills {phase:?}");
    }
}

fn in_one_world(seed: u64, pace: Pace, phases: &[Phase]) -> Tally {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut round = Round::begin(seed, pace).await;
        for phase in phases {
            round.kill(*phase).await;
        }
        round.come_to_rest().await;
        round.end().await
    })
}

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is no number: {text}")),
    )
}

/// Straight to standard error: the harness hides what a passing test prints.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
