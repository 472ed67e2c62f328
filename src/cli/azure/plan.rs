//! `portcullis azure plan enable`: switches Defender for Servers on, which costs money.

use std::{env, io::Write as _, path::Path, sync::Arc};

use anyhow::Context as _;
use clap::{Args, Subcommand};

use crate::{
    azure::{Arm, AzureOptions},
    chat::message::{plan as words, trouble},
    cli::{Verdict, counted, load},
    clock::{SharedClock, SystemClock},
    domain::{plan::Plan as Level, vm::SubscriptionId},
    engine::plan::{PlanSwitch, Switched},
    store::{OpenMode, Store},
};

/// What to do with the plan.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Plan {
    /// Switch Defender for Servers Plan 2 on in one subscription. It costs money, so it asks first.
    Enable(Enable),
}

/// Where it is to be switched on.
#[derive(Debug, Args)]
pub(in crate::cli) struct Enable {
    /// The id of the subscription.
    #[arg(long, value_name = "ID", value_parser = subscription)]
    subscription: SubscriptionId,
}

fn subscription(text: &str) -> Result<SubscriptionId, String> {
    SubscriptionId::new(text.trim()).ok_or_else(|| "the id of a subscription is a UUID".to_owned())
}

impl Plan {
    pub(super) async fn run(self, file: Option<&Path>) -> anyhow::Result<Verdict> {
        match self {
            Self::Enable(enable) => enable.run(file).await,
        }
    }
}

impl Enable {
    #[expect(clippy::print_stdout, reason = "it is a conversation")]
    async fn run(self, file: Option<&Path>) -> anyhow::Result<Verdict> {
        let config = load::config(file)?;
        let clock: SharedClock = Arc::new(SystemClock);
        let arm =
            Arm::new(&AzureOptions::from(&config.azure), clock.clone()).context("Azure cannot be set up.")?;
        let subscription = self.subscription;
        // Opened first: what cannot be recorded is not done.
        let store = Store::open(&load::place(&config.store), OpenMode::Record)
            .await
            .context(
                "The database cannot be written, so nothing was changed. `portcullis db status` says more.",
            )?;
        let before = match arm.plan(&subscription).await {
            Ok(state) => state,
            Err(why) => {
                println!(
                    "Nothing was changed. {}",
                    trouble::plain(&why.trouble(clock.now()))
                );
                return Ok(Verdict::Finding);
            }
        };
        if before.plan == Level::P2 {
            println!(
                "Nothing was changed, because {} is on there already.",
                words::name(before.plan)
            );
            return Ok(Verdict::Good);
        }
        println!(
            "{}",
            words::price(
                &subscription,
                before.plan,
                machines(&arm, &subscription).await.as_deref()
            )
        );
        print!("Type the id of the subscription to go on: ");
        std::io::stdout().flush()?;
        if !typed(&subscription).await? {
            println!("Nothing was changed, because the id was not typed.");
            return Ok(Verdict::Finding);
        }
        let switch = PlanSwitch {
            store: &store,
            arm: &arm,
            clock: &clock,
            operator: &operator(),
        };
        let outcome = switch.enable(&subscription, before.plan).await?;
        store.close().await;
        Ok(match outcome {
            Switched::On(state) => {
                println!(
                    "{} is on now. It was recorded, and the trail shows it.",
                    words::name(state.plan)
                );
                Verdict::Good
            }
            Switched::Not(why) => {
                println!("It was not switched on. {}", trouble::plain(&why));
                Verdict::Finding
            }
            Switched::Unknown(why) => {
                println!(
                    "It is not known whether it was switched on. {} A running `portcullis serve` finds out and tells \
                     it in the trail; `/jit plan` shows it too.",
                    trouble::plain(&why)
                );
                Verdict::Finding
            }
        })
    }
}

/// How many machines will be paid for, where they can be counted.
async fn machines(arm: &Arm, subscription: &SubscriptionId) -> Option<String> {
    let snapshot = arm.snapshot(std::slice::from_ref(subscription)).await.ok()?;
    let part = snapshot.parts.into_iter().next()?;
    let vms = part.found.ok()?.vms.len();
    Some(counted(vms, "machine", "machines"))
}

/// Whether the next line of standard input is the id.
async fn typed(subscription: &SubscriptionId) -> anyhow::Result<bool> {
    let line = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).map(|_| line)
    })
    .await??;
    Ok(SubscriptionId::new(line.trim()).as_ref() == Some(subscription))
}

/// Who sits at the command line, as far as the environment says.
fn operator() -> String {
    ["SUDO_USER", "USER", "LOGNAME"]
        .into_iter()
        .find_map(|name| env::var(name).ok().filter(|name| !name.is_empty()))
        .unwrap_or_else(|| "unknown".to_owned())
}
