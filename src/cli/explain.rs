//! `portcullis explain`: what the rules would say to a question, from the inventory that the bot stored last.

use std::{path::Path, sync::Arc};

use anyhow::{Context as _, bail};
use chrono::{DateTime, Utc};
use clap::Args;

use super::{Verdict, load};
use crate::{
    azure::{Arm, AzureOptions},
    chat::{
        message::explain::in_text,
        rest::{Rest, RestConfig},
        snowflake,
    },
    clock::{SharedClock, SystemClock},
    config::Config,
    domain::{
        actor::{Actor, Person},
        ids::{RoleId, UserId},
    },
    engine::{
        Engine,
        explain::{NotExplained, Supposed},
        request::NotAsked,
    },
    store::{OpenMode, Store},
};

/// Who would ask, and for what.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The id of the person who would ask.
    #[arg(long, value_name = "ID")]
    user: u64,
    /// The id of a role of theirs; several times for several. Left out, Discord is asked.
    #[arg(long, value_name = "ID")]
    role: Vec<u64>,
    /// The machine: name, group/name, or subscription/group/name.
    #[arg(long)]
    vm: String,
    /// The port: a number, or ssh, rdp, winrm, winrm-https; several with commas.
    #[arg(long)]
    port: String,
    /// The address or network from which they would connect.
    #[arg(long)]
    from: Option<String>,
    /// How long, such as 1h30m.
    #[arg(long = "for")]
    length: Option<String>,
    /// The reason that they would give.
    #[arg(long)]
    reason: Option<String>,
    /// The moment, such as 2026-11-23T17:59:00Z; left out, now.
    #[arg(long, value_name = "INSTANT")]
    at: Option<DateTime<Utc>>,
}

impl Explain {
    #[expect(clippy::print_stdout, reason = "what is asked for is printed")]
    pub(super) async fn run(self, file: Option<&Path>) -> anyhow::Result<Verdict> {
        let config = load::config(file)?;
        let clock: SharedClock = Arc::new(SystemClock);
        let now = self.at.unwrap_or_else(|| clock.now());
        let rest = Rest::new(RestConfig::new(
            config.discord.api_url.clone(),
            config.discord.token.clone(),
        ))?;
        let subject = self.subject(&config, &rest).await?;
        let store = Store::open(&load::place(&config.store), OpenMode::ReadOnly)
            .await
            .context("The database cannot be read. `portcullis db status` says more.")?;
        let arm =
            Arm::new(&AzureOptions::from(&config.azure), clock.clone()).context("Azure cannot be set up.")?;
        let settings = load::settings(&config, 0, UserId(0));
        let engine = Engine::new(store, arm, rest, clock, settings, config.rules);
        engine.load_inventory().await?;
        let supposed = Supposed {
            vm: self.vm,
            port: self.port,
            length: self.length,
            from: self.from,
            reason: self.reason,
        };
        let found = match engine.explain(&subject, &supposed, None, now) {
            Ok(found) => engine.weigh(found).await?,
            Err(NotExplained::NotUnderstood(NotAsked::NoInventory)) => {
                bail!("The bot has stored no machine yet. Let `portcullis serve` read Azure once.")
            }
            Err(NotExplained::NotUnderstood(NotAsked::UnknownVm { typed, .. })) => {
                bail!("No machine is called {typed:?} in the inventory that the bot stored last.")
            }
            Err(NotExplained::NotUnderstood(NotAsked::AmbiguousVm { typed, meant })) => {
                let meant: Vec<_> = meant.iter().map(ToString::to_string).collect();
                bail!("Several machines are called {typed:?}:\n{}", meant.join("\n"))
            }
            Err(why) => bail!("The question cannot be understood: {why:?}"),
        };
        println!("{}", in_text(&found));
        Ok(match found.verdict {
            Ok(_) => Verdict::Good,
            Err(_) => Verdict::Finding,
        })
    }

    async fn subject(&self, config: &Config, rest: &Rest) -> anyhow::Result<Actor> {
        let id = UserId(self.user);
        if !self.role.is_empty() {
            return Ok(Actor {
                person: Person {
                    id,
                    name: self.user.to_string(),
                },
                roles: self.role.iter().copied().map(RoleId).collect(),
            });
        }
        let member = rest
            .member(snowflake::guild(config.discord.guild_id), snowflake::user(id))
            .await
            .context("Discord does not say which roles this person has; name them with --role.")?;
        Ok(Actor {
            person: Person {
                id,
                name: member.display_name().to_owned(),
            },
            roles: member.roles.iter().map(|role| RoleId(role.get())).collect(),
        })
    }
}
