//! The guild, its roles, members, channels and active threads.

use serde_json::{Value, json};

use super::handle::{Answer, Call, Reply};
use crate::sandbox::discord::{
    error::ApiError,
    form::Form,
    gateway::Intents,
    model::{Channel, Kind, State},
    permissions::Permissions,
    wire,
};

/// The most members of one page (Discord, "List Guild Members").
const MEMBERS_MAX: u64 = 1000;

fn check(state: &State, call: &Call) -> Result<(), ApiError> {
    if call.params.guild != state.guild.id {
        return Err(ApiError::unknown_guild());
    }
    if !state.guild.members.contains_key(&state.bot) {
        return Err(ApiError::missing_access());
    }
    Ok(())
}

pub(crate) fn get(state: &State, call: &Call) -> Answer {
    check(state, call)?;
    let mut body = wire::guild(&state.guild);
    if call.flag("with_counts") {
        let members = state.guild.members.len();
        let counts = json!({"approximate_member_count": members, "approximate_presence_count": members});
        body = wire::merged(body, counts);
    }
    Ok(Reply::ok(body))
}

pub(crate) fn roles(state: &State, call: &Call) -> Answer {
    check(state, call)?;
    let roles: Vec<Value> = state.guild.roles.values().map(wire::role).collect();
    Ok(Reply::ok(json!(roles)))
}

pub(crate) fn member(state: &State, call: &Call) -> Answer {
    check(state, call)?;
    let user = call.params.user;
    if !state.users.contains_key(&user) {
        return Err(ApiError::unknown_user());
    }
    wire::member(state, user)
        .map(Reply::ok)
        .ok_or_else(ApiError::unknown_member)
}

/// A page of members, in the order of their ids. Without the privileged intent for members it is refused, as at Discord.
pub(crate) fn members(state: &State, call: &Call) -> Answer {
    check(state, call)?;
    if state.options.privileged_intents & Intents::GUILD_MEMBERS == 0 {
        return Err(ApiError::missing_access());
    }
    let limit = call.number("limit").unwrap_or(1);
    let mut form = Form::default();
    if !(1..=MEMBERS_MAX).contains(&limit) {
        let told = format!("int value should be between 1 and {MEMBERS_MAX}.");
        form.refuse_at("limit", "NUMBER_TYPE_MAX", told);
    }
    form.finish(())?;
    let after = call.number("after").unwrap_or_default();
    let page: Vec<Value> = state
        .guild
        .members
        .keys()
        .filter(|id| id.0 > after)
        .filter_map(|id| wire::member(state, *id))
        .zip(0..limit)
        .map(|(member, _)| member)
        .collect();
    Ok(Reply::ok(json!(page)))
}

/// All channels but threads, also those that the bot cannot view, as at Discord.
pub(crate) fn channels(state: &State, call: &Call) -> Answer {
    check(state, call)?;
    let list = |known: &&Channel| known.kind == Kind::Text;
    let channels: Vec<Value> = state
        .channels
        .values()
        .filter(list)
        .map(|known| wire::channel(state, known))
        .collect();
    Ok(Reply::ok(json!(channels)))
}

pub(crate) fn active_threads(state: &State, call: &Call) -> Answer {
    check(state, call)?;
    let threads: Vec<Value> = state
        .channels
        .values()
        .filter(|known| known.thread.is_some() && !known.is_archived())
        .filter(|known| state.bot_can(known.id, Permissions::VIEW_CHANNEL))
        .map(|known| wire::channel(state, known))
        .collect();
    Ok(Reply::ok(json!({"threads": threads, "members": []})))
}
