//! Defender plans, of a subscription or of one machine. Booleans are the strings `True` and `False`.

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    clock::Instant,
    sandbox::azure::{
        answer::{Answer, Refusal, Result},
        call::Call,
        model::{
            Model,
            resources::{Plan, Subscription, key},
            stamp,
        },
    },
};

/// How long a plan costs nothing.
const TRIAL: TimeDelta = TimeDelta::days(30);

pub(super) fn list(model: &Model, call: &Call, scope: &str) -> Result<Answer> {
    let filter = call
        .query
        .get("$filter")
        .map(|filter| filter.to_ascii_lowercase());
    let wanted = filter.is_none_or(|filter| filter.contains("virtualmachines"));
    let value = if wanted {
        Vec::from_iter(get(model, call, scope)?.body)
    } else {
        Vec::new()
    };
    Ok(Answer::ok(json!({"value": value})))
}

pub(super) fn get(model: &Model, call: &Call, scope: &str) -> Result<Answer> {
    let parts: Vec<&str> = scope.split('/').filter(|part| !part.is_empty()).collect();
    if let [_, subscription] = parts.as_slice() {
        let plan = model.subscription_plan(subscription);
        let known = model.subscription(subscription);
        let covered = model.world.machines.values().filter(|machine| {
            machine.subscription.eq_ignore_ascii_case(subscription) && machine.plan.is_some()
        });
        let coverage = match (plan, covered.count()) {
            (Plan::Free, _) => "NotCovered",
            (_, 0) => "FullyCovered",
            _ => "PartiallyCovered",
        };
        let mut body = document(scope, plan, known, call.now);
        if let Some(properties) = body.get_mut("properties").and_then(Value::as_object_mut) {
            properties.insert("enforce".to_owned(), json!("False"));
            properties.insert("resourcesCoverageStatus".to_owned(), json!(coverage));
        }
        return Ok(Answer::ok(body));
    }
    let machine = model.machine(scope).ok_or_else(|| missing(&parts))?;
    let of = model.subscription(&machine.subscription);
    let mut body = document(&machine.id, model.plan_of(machine), of, call.now);
    if let Some(properties) = body.get_mut("properties").and_then(Value::as_object_mut) {
        let inherited = machine.plan.is_none();
        properties.insert(
            "inherited".to_owned(),
            json!(if inherited { "True" } else { "False" }),
        );
        if inherited {
            let from = format!("/subscriptions/{}", machine.subscription);
            properties.insert("inheritedFrom".to_owned(), json!(from));
        }
    }
    Ok(Answer::ok(body))
}

#[derive(Debug, Deserialize)]
struct Body {
    properties: Properties,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    pricing_tier: String,
    sub_plan: Option<String>,
}

/// Switches a plan on or off. It costs money at the real service.
pub(super) fn put(model: &mut Model, call: &Call, scope: &str) -> Result<Answer> {
    let Body { properties } = call.json()?;
    // The Azure CLI sends the tier as the person typed it.
    let tier = properties.pricing_tier.to_ascii_lowercase();
    let sub_plan = properties.sub_plan.map(|plan| plan.to_ascii_uppercase());
    let plan = match (tier.as_str(), sub_plan.as_deref()) {
        ("free", _) => Plan::Free,
        ("standard", Some("P1")) => Plan::P1,
        ("standard", Some("P2") | None) => Plan::P2,
        _ => {
            let text = "The pricing tier or the sub-plan of the request is not supported.";
            return Err(Refusal::bad_request("InvalidInput", text));
        }
    };
    let parts: Vec<&str> = scope.split('/').filter(|part| !part.is_empty()).collect();
    if let [_, subscription] = parts.as_slice() {
        let mut known = model.world.subscriptions.iter_mut();
        if let Some(known) = known.find(|known| known.id.eq_ignore_ascii_case(subscription)) {
            let first = known.plan == Plan::Free && known.enabled_at.is_none();
            known.plan = plan;
            // A trial is given once, when a subscription switches a plan on for the first time.
            if first && plan != Plan::Free {
                known.enabled_at = Some(call.now);
                known.trial_until = Some(call.now + TRIAL);
            }
        }
    } else {
        if plan == Plan::P2 {
            let text = "Only the sub-plan P1 can be set on a single resource.";
            return Err(Refusal::bad_request("InvalidInput", text));
        }
        let machine = model
            .world
            .machines
            .get_mut(&key(scope))
            .ok_or_else(|| missing(&parts))?;
        machine.plan = Some(plan);
    }
    get(model, call, scope).map(Answer::changed)
}

fn document(scope: &str, plan: Plan, of: Option<&Subscription>, now: Instant) -> Value {
    let trial = of.and_then(|known| known.trial_until);
    let left = trial
        .filter(|_| plan != Plan::Free)
        .map_or(TimeDelta::zero(), |until| until - now);
    let mut properties = json!({
        "pricingTier": if plan == Plan::Free { "Free" } else { "Standard" },
        "freeTrialRemainingTime": length(left),
    });
    if let Some(body) = properties.as_object_mut() {
        let sub_plan = match plan {
            Plan::Free => None,
            Plan::P1 => Some("P1"),
            Plan::P2 => Some("P2"),
        };
        if let Some(sub_plan) = sub_plan {
            body.insert("subPlan".to_owned(), json!(sub_plan));
            let enabled = of.and_then(|known| known.enabled_at).map(stamp);
            let enabled = enabled.unwrap_or_else(|| "2024-03-01T12:42:42.1921106Z".to_owned());
            body.insert("enablementTime".to_owned(), json!(enabled));
        }
    }
    json!({
        "id": format!("{scope}/providers/Microsoft.Security/pricings/VirtualMachines"),
        "name": "VirtualMachines",
        "type": "Microsoft.Security/pricings",
        "properties": properties,
    })
}

/// ISO 8601, as the service writes lengths: `P29DT23H59M1S`, and `PT0S` for none.
fn length(left: TimeDelta) -> String {
    let seconds = left.num_seconds().max(0);
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let date = if days > 0 {
        format!("{days}D")
    } else {
        String::new()
    };
    let time: String = [(rest / 3_600, 'H'), (rest % 3_600 / 60, 'M'), (rest % 60, 'S')]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect();
    match (date.is_empty(), time.is_empty()) {
        (true, true) => "PT0S".to_owned(),
        (_, true) => format!("P{date}"),
        _ => format!("P{date}T{time}"),
    }
}

pub(super) fn missing(parts: &[&str]) -> Refusal {
    let name = parts.last().copied().unwrap_or_default();
    let text = format!("The resource '{name}' was not found.");
    Refusal::new(StatusCode::NOT_FOUND, "ResourceNotFound", text)
}
