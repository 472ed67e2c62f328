//! Threads: begun from a message or without one, joined, found again.

use serde_json::{Value, json};

use super::{
    channels::check_minutes,
    handle::{Answer, Call, Reply},
};
use crate::sandbox::discord::{
    error::ApiError,
    form::Form,
    ids::Snowflake,
    model::{Kind, State},
    permissions::Permissions,
    verbs::NewThread,
    wire,
};

/// Active threads of one guild (error 160006 beyond).
const ACTIVE_MOST: usize = 1000;

struct Asked {
    name: String,
    minutes: u64,
    kind: Kind,
}

fn read(state: &State, call: &Call, from_message: bool) -> Result<Asked, ApiError> {
    let mut form = Form::default();
    let name = form.required_text(&call.body, "name", 1..=100);
    let minutes = form.integer(&call.body, "auto_archive_duration", 0..=10_080);
    check_minutes(&mut form, minutes);
    // Without a message the default is a private thread (Discord, "Start Thread without Message").
    let kind = match form.integer(&call.body, "type", 10..=12) {
        _ if from_message => Kind::PublicThread,
        Some(11) => Kind::PublicThread,
        None | Some(12) => Kind::PrivateThread,
        Some(_) => {
            form.refuse_at("type", "BASE_TYPE_CHOICES", "Value must be one of (11, 12).");
            Kind::PublicThread
        }
    };
    form.finish(())?;
    let active = state
        .channels
        .values()
        .filter(|known| known.thread.is_some() && !known.is_archived());
    if active.count() >= ACTIVE_MOST {
        return Err(ApiError::too_many_threads());
    }
    Ok(Asked {
        name,
        minutes: minutes.unwrap_or(1440).unsigned_abs(),
        kind,
    })
}

pub(crate) fn from_message(state: &mut State, call: &Call) -> Answer {
    let (parent, starter) = (call.params.channel, call.params.message);
    let channel = state.bot_channel(parent, Permissions::NONE)?;
    if channel.kind != Kind::Text {
        return Err(ApiError::wrong_channel_kind());
    }
    state.bot_message(parent, starter)?;
    state.bot_channel(
        parent,
        Permissions::CREATE_PUBLIC_THREADS | Permissions::READ_MESSAGE_HISTORY,
    )?;
    let asked = read(state, call, true)?;
    if state.channels.contains_key(&starter) {
        return Err(ApiError::thread_exists());
    }
    begin(state, call, asked, Some(starter))
}

pub(crate) fn create(state: &mut State, call: &Call) -> Answer {
    let parent = call.params.channel;
    let channel = state.bot_channel(parent, Permissions::NONE)?;
    if channel.kind != Kind::Text {
        return Err(ApiError::wrong_channel_kind());
    }
    let asked = read(state, call, false)?;
    let needed = if asked.kind == Kind::PublicThread {
        Permissions::CREATE_PUBLIC_THREADS
    } else {
        Permissions::CREATE_PRIVATE_THREADS
    };
    state.bot_channel(parent, needed)?;
    begin(state, call, asked, None)
}

fn begin(state: &mut State, call: &Call, asked: Asked, starter: Option<Snowflake>) -> Answer {
    let owner = state.bot;
    let thread = state.begin_thread(NewThread {
        parent: call.params.channel,
        owner,
        name: asked.name,
        kind: asked.kind,
        auto_archive_minutes: asked.minutes,
        starter,
    });
    Ok(Reply::created(wire::channel(state, &thread)))
}

pub(crate) fn join(state: &mut State, call: &Call) -> Answer {
    let id = call.params.channel;
    state.bot_channel(id, Permissions::NONE)?;
    state.not_archived(id)?;
    let bot = state.bot;
    if let Some(thread) = state
        .channels
        .get_mut(&id)
        .and_then(|channel| channel.thread.as_mut())
    {
        thread.members.insert(bot);
    }
    Ok(Reply::empty())
}

pub(crate) fn archived(state: &State, call: &Call) -> Answer {
    let parent = call.params.channel;
    state.bot_channel(parent, Permissions::READ_MESSAGE_HISTORY)?;
    let limit = usize::try_from(call.number("limit").unwrap_or(50)).unwrap_or(50);
    let mut found: Vec<_> = state
        .channels
        .values()
        .filter(|known| {
            known.parent == Some(parent) && known.kind == Kind::PublicThread && known.is_archived()
        })
        .collect();
    found.sort_by_key(|known| std::cmp::Reverse(known.thread.as_ref().map(|thread| thread.archive_changed)));
    let has_more = found.len() > limit;
    let threads: Vec<Value> = found
        .into_iter()
        .take(limit)
        .map(|known| wire::channel(state, known))
        .collect();
    Ok(Reply::ok(
        json!({"threads": threads, "members": [], "has_more": has_more}),
    ))
}
