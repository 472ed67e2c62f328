//! Reading, changing and deleting channels and threads.

use serde_json::json;

use super::handle::{Answer, Call, Reply};
use crate::sandbox::discord::{
    error::ApiError, form::Form, ids::Snowflake, model::State, permissions::Permissions, wire,
};

pub(crate) fn get(state: &State, call: &Call) -> Answer {
    let channel = state.bot_channel(call.params.channel, Permissions::NONE)?;
    Ok(Reply::ok(wire::channel(state, channel)))
}

pub(crate) fn typing(state: &State, call: &Call) -> Answer {
    state.bot_channel(call.params.channel, Permissions::SEND_MESSAGES)?;
    Ok(Reply::empty())
}

pub(crate) fn delete(state: &mut State, call: &Call) -> Answer {
    let id = call.params.channel;
    let channel = state.bot_channel(id, Permissions::NONE)?;
    let needed = if channel.thread.is_some() {
        Permissions::MANAGE_THREADS
    } else {
        Permissions::MANAGE_CHANNELS
    };
    let body = wire::channel(state, state.bot_channel(id, needed)?);
    state.remove_channel(id);
    Ok(Reply::ok(body))
}

pub(crate) fn edit(state: &mut State, call: &Call) -> Answer {
    let id = call.params.channel;
    let is_thread = state.bot_channel(id, Permissions::NONE)?.thread.is_some();
    let mut form = Form::default();
    let name = form.text(&call.body, "name", 1..=100);
    let topic = form.text(&call.body, "topic", 0..=1024);
    let archived = form.boolean(&call.body, "archived");
    let locked = form.boolean(&call.body, "locked");
    let minutes = form.integer(&call.body, "auto_archive_duration", 0..=10_080);
    check_minutes(&mut form, minutes);
    form.finish(())?;
    if is_thread {
        edit_thread(state, id, name, archived, locked, minutes)?;
    } else {
        state.bot_channel(id, Permissions::MANAGE_CHANNELS)?;
        if let Some(channel) = state.channels.get_mut(&id) {
            channel.name = name.unwrap_or_else(|| channel.name.clone());
            channel.topic = topic.or_else(|| channel.topic.clone());
        }
        if let Some(channel) = state.channels.get(&id).cloned() {
            state.dispatch_channel("CHANNEL_UPDATE", &channel, json!({}));
        }
    }
    let channel = state.channels.get(&id).ok_or_else(ApiError::unknown_channel)?;
    Ok(Reply::ok(wire::channel(state, channel)))
}

/// Archiving and renaming need the thread's owner or MANAGE_THREADS, locking always the latter. An archived
/// thread takes nothing but `archived: false`.
fn edit_thread(
    state: &mut State,
    id: Snowflake,
    name: Option<String>,
    archived: Option<bool>,
    locked: Option<bool>,
    minutes: Option<i64>,
) -> Result<(), ApiError> {
    let channel = state.channels.get(&id).ok_or_else(ApiError::unknown_channel)?;
    let manages = state.bot_can(id, Permissions::MANAGE_THREADS);
    let owns = channel.owner == Some(state.bot);
    let wakes = archived == Some(false);
    if channel.is_archived() && !wakes {
        return Err(ApiError::thread_archived());
    }
    if channel.is_locked() && !manages {
        return Err(ApiError::thread_locked());
    }
    let only_wakes = wakes && locked.is_none() && name.is_none() && minutes.is_none();
    let may = if locked.is_some() {
        manages
    } else {
        manages || owns || only_wakes
    };
    if !may {
        return Err(ApiError::missing_permissions());
    }
    if let Some(channel) = state.channels.get_mut(&id) {
        if let Some(name) = name {
            channel.name = name;
        }
        if let (Some(thread), Some(minutes)) = (&mut channel.thread, minutes) {
            thread.auto_archive_minutes = minutes.unsigned_abs();
        }
    }
    state.set_thread(id, archived, locked);
    Ok(())
}

/// 60, 1440, 4320 or 10080 minutes.
pub(crate) fn check_minutes(form: &mut Form, minutes: Option<i64>) {
    if minutes.is_some_and(|minutes| !matches!(minutes, 60 | 1440 | 4320 | 10_080)) {
        let message = "Value must be one of (60, 1440, 4320, 10080).";
        form.refuse_at("auto_archive_duration", "BASE_TYPE_CHOICES", message);
    }
}
