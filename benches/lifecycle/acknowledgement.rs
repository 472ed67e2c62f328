//! How soon a person sees that the bot works on it; what that costs; and what it leaves in memory.
//!
//! The bots take turns in short rounds, so that whatever else the machine does hits all of them alike.

use std::time::{Duration, Instant};

use portcullis::sandbox::discord::Acknowledged;

use crate::{
    process::{Process, told},
    spread::{Spread, ratio},
    table::Table,
    world::{PATIENCE, World},
};

const ROUNDS: usize = 10;
const AT_ONCE: usize = 16;

/// A command, and whether its answer is edited after the acknowledgement.
#[derive(Debug, Clone, Copy)]
struct Command {
    text: &'static str,
    edits: bool,
}

const DEFER: Command = Command {
    text: "/defer",
    edits: false,
};
const EDIT: Command = Command {
    text: "/edit",
    edits: true,
};
/// Acknowledged, then answered from memory.
const HELP: Command = Command {
    text: "/jit help",
    edits: true,
};

pub(crate) async fn measure(table: &mut Table, interactions: usize) {
    let real = World::with_machines(1000).await;
    let plain = World::with_machines(0).await;
    let (bot, _) = real.begin(World::bot).await;
    let (bare, _) = plain.begin(World::bare).await;
    real.knows_machines().await;
    bot.rests().await;
    bare.rests().await;
    table.row(
        "memory at rest, 1 guild, 1,000 machines",
        "≤ 30 MiB",
        told(bot.memory()),
        format!("bare serenity: {}", told(bare.memory())),
    );

    let each = (interactions / (4 * ROUNDS)).max(AT_ONCE);
    // One connection and one cache line apart, the first calls of a process are not like the others.
    for (world, command) in [(&plain, DEFER), (&plain, EDIT), (&real, HELP)] {
        load(world, command, 200, 1).await;
    }
    for at_once in [1, AT_ONCE] {
        let mut spreads = [Spread::default(), Spread::default(), Spread::default()];
        for _ in 0..ROUNDS {
            let turns = [(&plain, DEFER), (&plain, EDIT), (&real, HELP)];
            for ((world, command), spread) in turns.into_iter().zip(&mut spreads) {
                spread.extend(load(world, command, each, at_once).await);
            }
        }
        let [defer, edit, help] = spreads;
        let budget = if at_once == 1 {
            "p50 ≤ 1.2 ×, p99 ≤ 1.5 ×"
        } else {
            ""
        };
        table.row(
            &format!("acknowledgement, {at_once} at once"),
            budget,
            format!("{help} ({} of bare)", ratio(&help, &defer)),
            format!("bare serenity, defer only: {defer}; defer and edit: {edit}"),
        );
    }

    let rest = interactions.saturating_sub(2 * ROUNDS * each).max(AT_ONCE);
    let (defer_rate, defer_cpu) = burn(&plain, &bare, DEFER, rest / 2).await;
    let (edit_rate, edit_cpu) = burn(&plain, &bare, EDIT, rest / 2).await;
    let (rate, cpu) = burn(&real, &bot, HELP, rest).await;
    table.row(
        "answered interactions per second, 16 at once",
        "",
        format!("{rate:.0}"),
        format!("bare serenity, defer only: {defer_rate:.0}; defer and edit: {edit_rate:.0}"),
    );
    table.row(
        "CPU per interaction",
        "",
        format!("{} µs", cpu.as_micros()),
        format!(
            "bare serenity, defer only: {} µs; defer and edit: {} µs",
            defer_cpu.as_micros(),
            edit_cpu.as_micros()
        ),
    );
    let budget = if interactions >= 100_000 {
        "≤ 40 MiB"
    } else {
        "≤ 40 MiB after 100,000"
    };
    table.row(
        &format!("memory after {interactions} interactions"),
        budget,
        told(bot.memory()),
        format!(
            "bare serenity, after twice as many rounds: {}",
            told(bare.memory())
        ),
    );
}

/// Answered interactions per second, and the CPU time of the bot for each, with what it does afterwards.
async fn burn(world: &World, bot: &Process, command: Command, count: usize) -> (f64, Duration) {
    bot.rests().await;
    let (before, begun) = (bot.cpu(), Instant::now());
    let done = load(world, command, count, AT_ONCE).await.len();
    let took = begun.elapsed();
    bot.rests().await;
    let count = u32::try_from(done).unwrap();
    (
        f64::from(count) / took.as_secs_f64(),
        (bot.cpu() - before) / count,
    )
}

/// `count` interactions, so many people at once, each waiting for the answer before the next one. Gives the times
/// until the acknowledgement.
async fn load(world: &World, command: Command, count: usize, at_once: usize) -> Vec<Duration> {
    let mut people = tokio::task::JoinSet::new();
    for _ in 0..at_once {
        let alice = world.discord.person("alice").unwrap();
        people.spawn(async move {
            let mut times = Vec::with_capacity(count / at_once);
            for _ in 0..count / at_once {
                let begun = Instant::now();
                let answer = alice.slash(command.text).unwrap();
                let acknowledged = answer.acknowledged().await;
                times.push(begun.elapsed());
                assert_eq!(acknowledged, Acknowledged::Deferred);
                if command.edits {
                    answer
                        .until(PATIENCE, |message| !message.loading)
                        .await
                        .expect("an answer");
                }
            }
            times
        });
    }
    people.join_all().await.into_iter().flatten().collect()
}
