//! The gateway's address, the bot itself, other users, and direct channels.

use serde_json::{Value, json};

use super::handle::{Answer, Call, Reply};
use crate::sandbox::discord::{error::ApiError, form::Form, model::State, wire};

/// How many sessions the bot may start per day.
const STARTS_PER_DAY: u64 = 1000;

fn gateway_url(state: &State, call: &Call) -> String {
    let scheme = if state.options.tls.is_some() { "wss" } else { "ws" };
    format!("{scheme}://{}", call.host)
}

pub(crate) fn gateway(state: &State, call: &Call) -> Answer {
    Ok(Reply::ok(json!({"url": gateway_url(state, call)})))
}

pub(crate) fn gateway_bot(state: &State, call: &Call) -> Answer {
    let remaining = STARTS_PER_DAY.saturating_sub(state.sessions.identified);
    Ok(Reply::ok(json!({
        "url": gateway_url(state, call), "shards": 1,
        "session_start_limit": {
            "total": STARTS_PER_DAY, "remaining": remaining, "reset_after": 86_400_000, "max_concurrency": 1,
        },
    })))
}

pub(crate) fn me(state: &State) -> Answer {
    let more = json!({"verified": true, "mfa_enabled": true, "email": null, "locale": "en-US"});
    Ok(Reply::ok(wire::merged(wire::user(state, state.bot), more)))
}

pub(crate) fn application(state: &State) -> Answer {
    let name = state.users.get(&state.bot).map(|user| user.name.clone());
    Ok(Reply::ok(json!({
        "id": state.bot, "name": name, "icon": null, "description": "", "summary": "", "type": null,
        "bot_public": false, "bot_require_code_grant": false, "verify_key": "0".repeat(64), "flags": 0,
        "hook": true, "is_monetized": false, "rpc_origins": [], "redirect_uris": [],
        "bot": wire::user(state, state.bot), "owner": wire::user(state, state.guild.owner), "team": null,
        "interactions_endpoint_url": null, "role_connections_verification_url": null,
        "approximate_guild_count": 1,
    })))
}

pub(crate) fn user(state: &State, call: &Call) -> Answer {
    let id = call.params.user;
    if !state.users.contains_key(&id) {
        return Err(ApiError::unknown_user());
    }
    Ok(Reply::ok(wire::user(state, id)))
}

/// Opening the channel works with a closed inbox as well; only the message is refused.
pub(crate) fn create_dm(state: &mut State, call: &Call) -> Answer {
    let mut form = Form::default();
    let recipient = form.snowflake(&call.body, "recipient_id");
    if call.body.get("recipient_id").is_none_or(Value::is_null) {
        form.required("recipient_id");
    }
    let recipient = form.finish(recipient)?.unwrap_or_default();
    if !state.users.contains_key(&recipient) {
        return Err(ApiError::unknown_user());
    }
    if recipient == state.bot {
        return Err(ApiError::inbox_closed());
    }
    let id = state.open_direct(recipient);
    let channel = state.channels.get(&id).ok_or_else(ApiError::unknown_channel)?;
    Ok(Reply::ok(wire::channel(state, channel)))
}
