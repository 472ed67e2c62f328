//! Lines about Defender's plan.

use super::actor;
use crate::{
    chat::message::{plan, quote::coded, trouble},
    domain::{plan::Plan, record::By, trouble::Trouble, vm::SubscriptionId},
};

pub(super) fn asked(by: &By, subscription: &SubscriptionId, before: Plan) -> Vec<String> {
    vec![
        "switching the plan on".to_owned(),
        place(subscription),
        format!("{} is to be on, {} was", plan::name(Plan::P2), plan::name(before)),
        "it costs money for every server and hour".to_owned(),
        actor(by),
    ]
}

pub(super) fn set(by: &By, subscription: &SubscriptionId, after: Plan) -> Vec<String> {
    vec![
        "plan switched on".to_owned(),
        place(subscription),
        format!("{} is on", plan::name(after)),
        actor(by),
    ]
}

pub(super) fn not_set(by: &By, subscription: &SubscriptionId, why: &Trouble) -> Vec<String> {
    vec![
        "plan not switched on".to_owned(),
        place(subscription),
        trouble::sentence(why).trim_end_matches('.').to_owned(),
        actor(by),
    ]
}

fn place(subscription: &SubscriptionId) -> String {
    format!("subscription {}", coded(subscription.as_str(), 40))
}
