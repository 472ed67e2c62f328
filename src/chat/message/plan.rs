//! `/jit plan`, and what is said of Defender's plan elsewhere.

use std::time::Duration;

use serenity::all::CreateEmbed;

use super::{
    limit::{DESCRIPTION, counted, joined, listed},
    phrase,
    quote::coded,
    rendered::Rendered,
    trouble, when,
};
use crate::domain::{
    Instant,
    plan::{OptedOut, Plan, PlanState},
    text::FreeText,
    trouble::Trouble,
    vm::SubscriptionId,
};

/// One subscription and what is known of its plans.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    pub subscription: &'a SubscriptionId,
    pub name: Option<&'a FreeText>,
    /// `None`: it was not read yet.
    pub plans: Option<Result<Shown<'a>, &'a Trouble>>,
    /// Why the subscription could not be read the last time.
    pub unread: Option<&'a Trouble>,
    /// When it was read, if that is long ago.
    pub stale_since: Option<Instant>,
}

/// The plans of one subscription, for one reader.
#[derive(Debug, Clone)]
pub struct Shown<'a> {
    pub state: PlanState,
    /// Machines with a plan of their own.
    pub opted_out: Vec<&'a OptedOut>,
    /// Those of which this reader is not told.
    pub hidden: usize,
    /// Machines that were not asked for one by one.
    pub unasked: usize,
}

/// The plans of all subscriptions; `outage` is why not even their list could be read.
pub fn plan(rows: &[Row<'_>], outage: Option<&Trouble>) -> Rendered {
    if rows.is_empty() {
        let why = outage.map_or_else(
            || "Try again in a minute; if it stays so, tell an administrator.".to_owned(),
            trouble::sentence,
        );
        return Rendered::text(format!(
            "Portcullis has not read the subscriptions from Azure yet. {why}"
        ));
    }
    let lines: Vec<_> = rows.iter().map(line).collect();
    let lacking = rows
        .iter()
        .any(|row| matches!(&row.plans, Some(Ok(plans)) if !plans.state.plan.includes_jit()));
    let footer = if lacking {
        format!(
            "\n\nJIT works only where Plan 2 is on. It costs money for every server and hour, so it is switched on \
             at the command line of Portcullis only: {}.",
            coded("portcullis azure plan enable --subscription ID", 80)
        )
    } else {
        String::new()
    };
    let outage = outage
        .map(|why| {
            format!(
                "\n\nThe list of subscriptions cannot be read. {}",
                trouble::sentence(why)
            )
        })
        .unwrap_or_default();
    let text = format!("{}{outage}{footer}", joined(&lines, "\n", DESCRIPTION - 1600));
    Rendered {
        embeds: vec![CreateEmbed::new().title("Defender for Servers").description(text)],
        ..Rendered::default()
    }
}

fn line(row: &Row<'_>) -> String {
    let who = subscription(row.subscription, row.name);
    let what = match (&row.plans, row.unread) {
        (Some(Ok(plans)), Some(why)) => {
            format!(
                "{} It cannot be read now. {}",
                state(plans),
                trouble::sentence(why)
            )
        }
        (_, Some(why)) => trouble::sentence(why),
        (Some(Ok(plans)), None) => state(plans),
        (Some(Err(why)), None) => trouble::sentence(why),
        (None, None) => "not read yet.".to_owned(),
    };
    let age = row
        .stale_since
        .map(|at| format!(" Read {}.", when::relative(at)))
        .unwrap_or_default();
    format!("**{who}**: {what}{age}")
}

fn state(plans: &Shown<'_>) -> String {
    let state = plans.state;
    let jit = if state.plan.includes_jit() {
        "JIT works"
    } else {
        "JIT does not work"
    };
    let mut text = format!("{}, {jit}.", name(state.plan));
    if let Some(left) = state.trial_left {
        text.push_str(&format!(" The free trial has {} left.", length(left)));
    }
    if !plans.opted_out.is_empty() || plans.hidden > 0 {
        let out: Vec<_> = plans
            .opted_out
            .iter()
            .map(|out| format!("{} ({})", phrase::machine(&out.vm), name(out.plan)))
            .collect();
        let count = counted(
            out.len() + plans.hidden,
            "machine has a plan of its own",
            "machines have plans of their own",
        );
        let names = if out.is_empty() {
            String::new()
        } else {
            format!(": {}", listed(&out, 400))
        };
        let hidden = if plans.hidden > 0 && !out.is_empty() {
            format!(", and {} that no rule shows to you", plans.hidden)
        } else {
            String::new()
        };
        text.push_str(&format!(" {count}{names}{hidden}."));
    }
    if plans.unasked > 0 {
        text.push_str(&format!(
            " {} not looked at one by one.",
            counted(plans.unasked, "machine was", "machines were")
        ));
    }
    text
}

/// A subscription by its name, or by its id where no name is known.
pub(super) fn subscription(id: &SubscriptionId, name: Option<&FreeText>) -> String {
    match name {
        Some(name) => phrase::name(name.as_str()),
        None => coded(id.as_str(), 40),
    }
}

/// The plan as Microsoft calls it.
pub fn name(plan: Plan) -> &'static str {
    match plan {
        Plan::Free => "no plan",
        Plan::P1 => "Defender for Servers Plan 1",
        Plan::P2 => "Defender for Servers Plan 2",
        Plan::Other => "a plan of Defender that Portcullis does not know",
    }
}

/// What it means to switch it on, for whoever is about to do so at a terminal.
pub fn price(subscription: &SubscriptionId, before: Plan, machines: Option<&str>) -> String {
    let machines = machines.map_or_else(
        || "How many machines it has now could not be read.".to_owned(),
        |machines| format!("It has {machines} now."),
    );
    format!(
        "Defender for Servers Plan 2 is about to be switched on for the subscription {subscription}, which has {} now.\n\
         It costs money: Microsoft bills every server of the subscription by the hour, for as long as the plan is on, \
         whether or not JIT is used there. {machines}\n\
         Where a plan of Defender was never on before, the first 30 days are usually free. The prices are on \
         https://azure.microsoft.com/pricing/details/defender-for-cloud/.",
        name(before)
    )
}

fn length(left: Duration) -> String {
    let hours = usize::try_from(left.as_secs() / 3600).unwrap_or(usize::MAX);
    if hours >= 48 {
        counted(hours / 24, "day", "days")
    } else {
        counted(hours, "hour", "hours")
    }
}
