//! A person types the name of a machine, and the bot offers some.

use std::time::Instant;

use crate::{process::told, spread::Spread, table::Table, world::World};

const KEYSTROKES: usize = 400;
/// As somebody types; the one letter fits every machine, the last one only a few.
const TYPED: [&str; 5] = ["", "v", "vm-0", "vm-001", "group-0000/vm"];

pub(crate) async fn measure(table: &mut Table, machines: usize) {
    let world = World::with_machines(machines).await;
    let (bot, _) = world.begin(World::bot).await;
    world.knows_machines().await;
    bot.rests().await;
    let alice = world.discord.person("alice").unwrap();
    let mut all = Spread::default();
    let mut slowest = (Spread::default(), "");
    for typed in TYPED {
        let text = format!("/jit request vm:{typed}");
        let mut times = Vec::with_capacity(KEYSTROKES / TYPED.len());
        for _ in 0..KEYSTROKES / TYPED.len() {
            let begun = Instant::now();
            let offered = alice.types(&text, "vm").await.unwrap();
            times.push(begun.elapsed());
            assert!(!offered.is_empty(), "nothing is offered for `{typed}`");
        }
        all.extend(times.iter().copied());
        let spread: Spread = times.into_iter().collect();
        if spread.percentile(50) > slowest.0.percentile(50) {
            slowest = (spread, typed);
        }
    }
    table.row(
        &format!("autocomplete over {machines} machines, there and back"),
        "p99 ≤ 5 ms",
        format!("{all} (slowest for `{}`: {})", slowest.1, slowest.0),
        "the acknowledgement above".to_owned(),
    );
    table.row(
        &format!("memory at rest, {machines} machines"),
        "",
        told(bot.memory()),
        String::new(),
    );
}
