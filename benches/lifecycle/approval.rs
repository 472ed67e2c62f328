//! Whole lives of requests: asked, approved, opened, closed when their time is over.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use portcullis::sandbox::{
    azure::HoldPoint,
    discord::{
        What,
        world::{APPROVER_CHANNEL, TRAIL_CHANNEL},
    },
};

use crate::{
    disk,
    spread::Spread,
    table::Table,
    world::{PATIENCE, World},
};

pub(crate) async fn measure(table: &mut Table, count: usize) {
    let world = World::with_machines(1000).await;
    let (bot, _) = world.begin(World::bot).await;
    world.knows_machines().await;
    bot.rests().await;
    let (azure_before, discord_before) = (world.azure.ledger().len(), world.discord.ledger().len());
    let (mut cards, mut clicks) = (Spread::default(), Spread::default());
    for number in 0..count {
        let (card, click) = live(&world, number).await;
        cards.extend([card]);
        clicks.extend([click]);
    }
    let syncs = disk::syncs(world.folder.path());
    table.row(
        &format!("click on Approve → `initiate` arrives, {count} times"),
        "p50 ≤ 10 ms, p99 ≤ 50 ms",
        clicks.to_string(),
        format!("one fsync on the same disk: {syncs}"),
    );
    table.row(
        "command → card in the channel",
        "",
        cards.to_string(),
        String::new(),
    );
    let closed = world
        .discord
        .wait_until(PATIENCE, |discord| {
            let told: usize = discord
                .threads(TRAIL_CHANNEL)
                .iter()
                .flat_map(|thread| discord.messages(thread.id))
                .map(|message| message.content.matches(" · closed · ").count())
                .sum();
            (told == count).then_some(())
        })
        .await;
    closed.expect("all windows are told closed");
    bot.rests().await;
    let azure = world.azure.ledger();
    let calls = azure
        .iter()
        .skip(azure_before)
        .map(|call| call.operation.to_owned());
    table.row(
        "calls to Azure per request, asked to closed",
        "1 write per JIT policy touched",
        told(calls, count),
        String::new(),
    );
    let discord = world.discord.ledger();
    let calls = discord
        .iter()
        .skip(discord_before)
        .filter_map(|entry| match &entry.what {
            What::Rest { route, .. } => Some(format!("{route:?}")),
            _ => None,
        });
    table.row(
        "calls to Discord per request, asked to closed",
        "",
        told(calls, count),
        String::new(),
    );
}

/// Asks for one machine and approves it. Gives the times from the command to the card, and from the click until
/// `initiate` has reached Azure.
async fn live(world: &World, number: usize) -> (Duration, Duration) {
    let machine = format!("vm-{number:05}");
    let asked = Instant::now();
    let alice = world.discord.person("alice").unwrap();
    let command = format!("/jit request vm:{machine} port:22 for:20s from:198.51.100.7");
    alice.slash(&command).unwrap();
    let card = world
        .discord
        .wait_until(PATIENCE, |discord| {
            let cards = discord.messages(APPROVER_CHANNEL);
            cards
                .into_iter()
                .rev()
                .find(|card| card.text().contains(&machine))
        })
        .await
        .expect("a card");
    let posted = asked.elapsed();
    let bob = world.discord.person("bob").unwrap();
    let hold = world.azure.hold("initiate", HoldPoint::Before);
    let clicked = Instant::now();
    bob.clicks(card.id, "Approve").unwrap();
    tokio::time::timeout(PATIENCE, hold.arrived())
        .await
        .expect("`initiate` is sent");
    let sent = clicked.elapsed();
    hold.release();
    (posted, sent)
}

/// Each kind of call with its number per request.
fn told(calls: impl Iterator<Item = String>, requests: usize) -> String {
    let mut counts = BTreeMap::new();
    for call in calls {
        *counts.entry(call).or_insert(0_u32) += 1;
    }
    let requests = f64::from(u32::try_from(requests).unwrap());
    let all: u32 = counts.values().sum();
    let each: Vec<_> = counts
        .iter()
        .map(|(kind, count)| format!("{kind} {:.2}", f64::from(*count) / requests))
        .collect();
    format!("{:.2} ({})", f64::from(all) / requests, each.join(", "))
}
