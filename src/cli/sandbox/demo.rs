//! `portcullis sandbox --demo`: the whole story without a browser.
//!
//! Every step is judged from the emulators: what stands in Azure's model and in Discord's channels, and what
//! their ledgers say arrived when. The bot's own words are printed, but never believed.

use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use tokio_util::sync::CancellationToken;

use super::{Place, World, config};
use crate::{
    cli::{Verdict, serve::Bot},
    sandbox::{
        azure::PortState,
        discord::{
            SeenMessage,
            world::{APPROVER_CHANNEL, TRAIL_CHANNEL},
        },
    },
};

/// The longest that one step may take in real time.
const PATIENCE: Duration = Duration::from_secs(20);
const ASK: &str = "/jit request vm:web-01 port:22 for:1h from:198.51.100.7 reason:INC-42 disk full";

pub(super) async fn play(world: World, place: &Place) -> anyhow::Result<Verdict> {
    let stop = CancellationToken::new();
    let bot = Bot::start(
        config(&world, &place.path, None)?,
        world.clock.clone(),
        stop.clone(),
    )
    .await?;
    let told = story(&world, &bot).await;
    stop.cancel();
    let ended = bot.ended().await;
    match told.and(ended) {
        Ok(()) => {
            say("Every step happened, as the emulators' ledgers show.");
            Ok(Verdict::Good)
        }
        Err(why) => {
            say(&format!("The story broke off: {why:#}"));
            Ok(Verdict::Finding)
        }
    }
}

async fn story(world: &World, bot: &Bot) -> anyhow::Result<()> {
    let discord = &world.discord;
    tokio::time::timeout(PATIENCE, bot.ready().cancelled_owned())
        .await
        .context("The bot did not get ready.")?;
    until(world, "the machines to be known", |_| {
        (!bot.engine().inventory().vms().is_empty()).then_some(())
    })
    .await?;
    ensure!(shut(world), "The port is open before anybody asked.");

    step("Alice asks");
    say(&format!("  alice     {ASK}"));
    let alice = discord.person("alice")?;
    let answer = alice.slash(ASK)?;
    let card = until(world, "the card", |world| {
        world.discord.messages(APPROVER_CHANNEL).into_iter().next_back()
    })
    .await?;
    show("card", &card);
    ensure!(
        world.azure.calls("initiate").is_empty(),
        "Azure was asked to open before anybody approved."
    );
    ensure!(shut(world), "The port is open before anybody approved.");
    line(world, "asked").await?;

    step("Bob approves");
    let bob = discord.person("bob")?;
    bob.clicks(card.id, "Approve")?;
    line(world, "approved").await?;
    line(world, "opening").await?;
    until(world, "Azure to be asked", |world| {
        (!world.azure.calls("initiate").is_empty()).then_some(())
    })
    .await?;
    let open_at = until(world, "the port to open in Azure", |world| {
        match world.azure.port_state("web-01", 22) {
            PortState::Open { .. } => Some(world.azure.ledger().len()),
            _ => None,
        }
    })
    .await?;
    let opened = line(world, "opened").await?;
    let PortState::Open {
        source,
        until: ends_at,
        ..
    } = world.azure.port_state("web-01", 22)
    else {
        bail!("Azure's port is not open any more.");
    };
    ensure!(
        source == "198.51.100.7",
        "Azure lets in {source}, which nobody approved."
    );
    say(&format!(
        "  azure     web-01 port 22 is open for {source} until {ends_at} (after {open_at} calls)"
    ));
    ensure!(
        world.azure.calls("initiate").len() == 1,
        "One approval led to more than one call."
    );
    say(&format!("  trail     {opened}"));
    let private = until(world, "the line to connect with", |_| {
        answer
            .message()
            .filter(|message| message.content.contains("ssh "))
    })
    .await?;
    show("to alice", &private);

    step("An hour later");
    world.clock.advance(Duration::from_secs(3600));
    until(world, "the port to shut in Azure", |world| {
        shut(world).then_some(())
    })
    .await?;
    say("  azure     web-01 port 22 is shut");
    line(world, "closed").await?;
    in_order(world, &["asked", "approved", "opening", "opened", "closed"])
}

fn shut(world: &World) -> bool {
    matches!(world.azure.port_state("web-01", 22), PortState::Closed)
}

/// All lines of the trail, in order.
fn trail(world: &World) -> Vec<String> {
    let threads = world.discord.threads(TRAIL_CHANNEL);
    threads
        .iter()
        .flat_map(|thread| world.discord.messages(thread.id))
        .flat_map(|message| message.content.lines().map(str::to_owned).collect::<Vec<_>>())
        .filter(|line| line.starts_with('#'))
        .collect()
}

async fn line(world: &World, word: &str) -> anyhow::Result<String> {
    let found = until(world, &format!("the trail's line \"{word}\""), |world| {
        trail(world)
            .into_iter()
            .find(|line| line.contains(&format!(" · {word}")))
    })
    .await?;
    say(&format!("  trail     {found}"));
    Ok(found)
}

fn in_order(world: &World, words: &[&str]) -> anyhow::Result<()> {
    let lines = trail(world);
    let mut numbers = (1..)
        .zip(&lines)
        .map(|(number, line)| line.starts_with(&format!("#{number} ")));
    ensure!(
        numbers.all(|right| right),
        "The trail's numbers have a gap: {lines:#?}"
    );
    let mut rest = lines.iter();
    for word in words {
        ensure!(
            rest.any(|line| line.contains(&format!(" · {word}"))),
            "The trail has no \"{word}\" in its place: {lines:#?}"
        );
    }
    Ok(())
}

/// Looks again after every change of either emulator.
async fn until<T>(world: &World, what: &str, look: impl Fn(&World) -> Option<T>) -> anyhow::Result<T> {
    let (mut azure, mut discord) = (world.azure.revision(), world.discord.revision());
    let search = async {
        loop {
            azure.mark_unchanged();
            discord.mark_unchanged();
            if let Some(found) = look(world) {
                return found;
            }
            tokio::select! {
                _ = azure.changed() => {}
                _ = discord.changed() => {}
            }
        }
    };
    tokio::time::timeout(PATIENCE, search)
        .await
        .with_context(|| format!("Waited {} seconds for {what}.", PATIENCE.as_secs()))
}

fn step(title: &str) {
    say(&format!("\n{title}"));
}

fn show(whose: &str, message: &SeenMessage) {
    for line in message.text().lines().filter(|line| !line.trim().is_empty()) {
        say(&format!("  {whose:<10}{line}"));
    }
}

#[expect(clippy::print_stdout, reason = "the transcript is what this command is for")]
fn say(line: &str) {
    println!("{line}");
}
