//! What the page and other processes do to the world: one JSON object per deed.

use std::sync::Arc;

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use chrono::TimeDelta;
use serde::Deserialize;

use crate::sandbox::azure::{
    emulator::{AzureEmulator, Shared},
    model::{
        identity::Grant,
        resources::{Plan, Power},
    },
};

pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new().route("/deeds", post(act))
}

/// A machine is named by its name or its id.
#[derive(Debug, Deserialize)]
#[serde(
    tag = "deed",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
enum Deed {
    SetPower {
        machine: String,
        power: Power,
    },
    SetPlan {
        subscription: String,
        plan: Plan,
    },
    /// Without a plan: the machine has its subscription's again.
    SetPlanOf {
        machine: String,
        plan: Option<Plan>,
    },
    SetRegistered {
        subscription: String,
        registered: bool,
    },
    SetPermissions {
        client_id: String,
        grants: Vec<Grant>,
    },
    /// Somebody else requests a port, for so many seconds of world time.
    PortalOpens {
        machine: String,
        port: u16,
        source: String,
        seconds: u32,
    },
    PortalRemoves {
        machine: String,
        port: u16,
    },
    PortalRevokes {
        machine: String,
        port: u16,
    },
    PortalDeletesPolicies {
        machine: String,
    },
    PortalDeletesMachine {
        machine: String,
    },
    RevokeTokens,
    Unstick,
}

/// 204 if something changed, 404 if what it names is not there.
async fn act(State(shared): State<Arc<Shared>>, Json(deed): Json<Deed>) -> StatusCode {
    let now = shared.clock.now();
    let azure = AzureEmulator::handle(shared);
    let done = match deed {
        Deed::SetPower { machine, power } => azure.set_power(&machine, power),
        Deed::SetPlan { subscription, plan } => azure.set_plan(&subscription, plan),
        Deed::SetPlanOf { machine, plan } => azure.set_plan_of(&machine, plan),
        Deed::SetRegistered {
            subscription,
            registered,
        } => azure.set_registered(&subscription, registered),
        Deed::SetPermissions { client_id, grants } => azure.set_permissions(&client_id, grants),
        Deed::PortalOpens {
            machine,
            port,
            source,
            seconds,
        } => {
            let until = now + TimeDelta::seconds(seconds.into());
            azure.portal_opens(&machine, port, &source, until)
        }
        Deed::PortalRemoves { machine, port } => azure.portal_removes(&machine, port),
        Deed::PortalRevokes { machine, port } => azure.portal_revokes(&machine, port),
        Deed::PortalDeletesPolicies { machine } => azure.portal_deletes_policies(&machine),
        Deed::PortalDeletesMachine { machine } => azure.portal_deletes_machine(&machine),
        Deed::RevokeTokens => {
            azure.revoke_tokens();
            true
        }
        Deed::Unstick => {
            azure.unstick();
            true
        }
    };
    if done {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::NOT_FOUND
    }
}
