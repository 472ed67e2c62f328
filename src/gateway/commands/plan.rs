//! `/jit plan`

use serenity::all::CreateCommandOption;

use super::{Sent, subcommand};
use crate::{
    chat::message::{
        command::plan::COMMAND,
        plan::{self, Row, Shown},
    },
    domain::{actor::Actor, plan::Plans},
    engine::{
        Engine,
        inventory::{STALE_AFTER, View},
    },
    gateway::reply::Reply,
};

pub(super) fn definition() -> CreateCommandOption {
    subcommand(COMMAND)
}

/// For everybody in the server: it names subscriptions; machines are named only to who may know of them.
pub(super) fn run(sent: &Sent<'_>) -> Reply {
    let engine = &sent.gateway.engine;
    let view = engine.inventory();
    let now = engine.now();
    let mut rows: Vec<_> = view
        .parts()
        .iter()
        .map(|part| {
            let mut failures = view.failures().iter();
            let failed = failures.find(|failure| failure.subscription.as_ref() == Some(&part.subscription));
            Row {
                subscription: &part.subscription,
                name: part.name.as_ref(),
                plans: part.plans.as_ref().map(|plans| {
                    plans
                        .as_ref()
                        .map(|plans| shown(engine, &view, plans, &sent.actor))
                }),
                unread: failed.map(|failure| &failure.why),
                stale_since: Some(part.taken_at).filter(|at| now - *at > STALE_AFTER),
            }
        })
        .collect();
    // Those of which nothing was ever read.
    rows.extend(view.failures().iter().filter_map(|failure| {
        let subscription = failure.subscription.as_ref()?;
        view.part(subscription).is_none().then_some(Row {
            subscription,
            name: failure.name.as_ref(),
            plans: None,
            unread: Some(&failure.why),
            stale_since: None,
        })
    }));
    let nothing_at_all = view
        .failures()
        .iter()
        .find(|failure| failure.subscription.is_none());
    plan::plan(&rows, nothing_at_all.map(|failure| &failure.why)).into()
}

fn shown<'a>(engine: &Engine, view: &View, plans: &'a Plans, reader: &Actor) -> Shown<'a> {
    let (opted_out, hidden) = engine.opted_out_for(view, plans, reader);
    Shown {
        state: plans.state,
        opted_out,
        hidden,
        unasked: plans.unasked,
    }
}
