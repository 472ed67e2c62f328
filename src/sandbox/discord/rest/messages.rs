//! Messages of channels, threads and direct channels.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::handle::{Answer, Call, Reply};
use crate::sandbox::discord::{
    error::ApiError,
    form::{self, MessageDraft, Purpose},
    ids::Snowflake,
    model::{Message, State},
    permissions::Permissions,
    verbs::Post,
    wire,
};

/// "The past few minutes" in which `enforce_nonce` finds an earlier message, in world time.
const NONCE_MINUTES: i64 = 3;

pub(crate) fn create(state: &mut State, call: &Call) -> Answer {
    let place = call.params.channel;
    let channel = state.bot_channel(place, Permissions::NONE)?;
    let (is_thread, is_locked, recipient) =
        (channel.thread.is_some(), channel.is_locked(), channel.recipient);
    let speak = if is_thread {
        Permissions::SEND_MESSAGES_IN_THREADS
    } else {
        Permissions::SEND_MESSAGES
    };
    state.bot_channel(place, speak)?;
    if is_locked && !state.bot_can(place, Permissions::MANAGE_THREADS) {
        return Err(ApiError::thread_locked());
    }
    let draft = form::message(&call.body, &call.files, Purpose::Post)?;
    if recipient.is_some_and(|person| inbox_closed(state, person)) {
        return Err(ApiError::inbox_closed());
    }
    if draft.has_embeds() {
        state.bot_channel(place, Permissions::EMBED_LINKS)?;
    }
    if draft.brings_files() {
        state.bot_channel(place, Permissions::ATTACH_FILES)?;
    }
    check_reply(state, place, &draft)?;
    if let Some(known) = same_nonce(state, &draft) {
        return Ok(Reply::ok(wire::message(state, known)));
    }
    let author = state.bot;
    let message = state.post(Post {
        channel: place,
        author,
        kind: if draft.reply_to.is_some() { 19 } else { 0 },
        draft: &draft,
        interaction: None,
        only_for: None,
        loading: false,
    });
    Ok(Reply::ok(wire::message(state, &message)))
}

/// Who is not in the guild any more cannot be written to either.
fn inbox_closed(state: &State, person: Snowflake) -> bool {
    !state.guild.members.contains_key(&person)
        || state
            .users
            .get(&person)
            .is_none_or(|user| user.inbox_closed || user.bot)
}

fn check_reply(state: &State, place: Snowflake, draft: &MessageDraft) -> Result<(), ApiError> {
    let Some(reply_to) = draft.reply_to else {
        return Ok(());
    };
    state.bot_channel(place, Permissions::READ_MESSAGE_HISTORY)?;
    if draft.reply_must_exist && state.message(place, reply_to).is_none() {
        let mut form = form::Form::default();
        form.refuse_at(
            "message_reference",
            "MESSAGE_REFERENCE_UNKNOWN_MESSAGE",
            "Unknown message",
        );
        return form.finish(());
    }
    Ok(())
}

fn same_nonce<'a>(state: &'a State, draft: &MessageDraft) -> Option<&'a Message> {
    let nonce = draft.nonce.as_ref().filter(|_| draft.enforce_nonce)?;
    let since = state.now - TimeDelta::minutes(NONCE_MINUTES);
    // Newest first, so the search ends at the first message that is too old in each channel.
    state.messages.values().find_map(|channel| {
        channel
            .values()
            .rev()
            .take_while(|message| message.created >= since)
            .find(|message| message.author == state.bot && message.nonce.as_ref() == Some(nonce))
    })
}

pub(crate) fn get(state: &State, call: &Call) -> Answer {
    let place = call.params.channel;
    state.bot_channel(place, Permissions::READ_MESSAGE_HISTORY)?;
    let message = state.bot_message(place, call.params.message)?;
    Ok(Reply::ok(wire::message(state, message)))
}

/// Newest first; `before`, `after` and `around` exclude each other.
pub(crate) fn list(state: &State, call: &Call) -> Answer {
    let place = call.params.channel;
    state.bot_channel(place, Permissions::NONE)?;
    let mut form = form::Form::default();
    let limit = call.number("limit").unwrap_or(50);
    if !(1..=100).contains(&limit) {
        let message = "int value should be between 1 and 100.";
        form.refuse_at("limit", "NUMBER_TYPE_MAX", message);
    }
    let anchors = ["before", "after", "around"].map(|name| call.number(name));
    if anchors.iter().flatten().count() > 1 {
        form.refuse(
            "MESSAGE_QUERY_EXCLUSIVE",
            "before, after and around exclude each other",
        );
    }
    form.finish(())?;
    let limit = usize::try_from(limit).unwrap_or(100);
    // Without READ_MESSAGE_HISTORY nothing is found (Discord, "Get Channel Messages").
    let readable = state.bot_can(place, Permissions::READ_MESSAGE_HISTORY);
    let all = state.messages.get(&place).filter(|_| readable);
    let newest_first = || all.into_iter().flat_map(|messages| messages.values().rev());
    let found: Vec<&Message> = match anchors {
        [Some(before), _, _] => newest_first().filter(|m| m.id.0 < before).take(limit).collect(),
        [_, Some(after), _] => {
            // The ones next to the anchor, still newest first.
            let mut next: Vec<_> = all
                .into_iter()
                .flat_map(|messages| messages.values())
                .filter(|m| m.id.0 > after)
                .take(limit)
                .collect();
            next.reverse();
            next
        }
        [_, _, Some(around)] => {
            let half = limit / 2;
            let mut near: Vec<_> = all
                .into_iter()
                .flat_map(|messages| messages.values())
                .filter(|m| m.id.0 > around)
                .take(half)
                .collect();
            near.reverse();
            near.extend(
                newest_first()
                    .filter(|m| m.id.0 <= around)
                    .take(limit - near.len()),
            );
            near
        }
        _ => newest_first().take(limit).collect(),
    };
    let found: Vec<Value> = found
        .into_iter()
        .map(|message| wire::message(state, message))
        .collect();
    Ok(Reply::ok(json!(found)))
}

pub(crate) fn edit(state: &mut State, call: &Call) -> Answer {
    let (place, id) = (call.params.channel, call.params.message);
    let message = state.bot_message(place, id)?;
    if message.author != state.bot {
        return Err(ApiError::not_own_message());
    }
    state.not_archived(place)?;
    let draft = form::message(&call.body, &call.files, Purpose::Edit)?;
    if draft.has_embeds() {
        state.bot_channel(place, Permissions::EMBED_LINKS)?;
    }
    if draft.brings_files() {
        state.bot_channel(place, Permissions::ATTACH_FILES)?;
    }
    edit_any(state, id, &draft)
}

/// An edit may not leave a message with nothing in it.
pub(crate) fn edit_any(state: &mut State, id: Snowflake, draft: &MessageDraft) -> Answer {
    let message = state.find_message(id).ok_or_else(ApiError::unknown_message)?;
    let unknown = draft
        .kept()
        .find(|id| !message.attachments.iter().any(|file| file.id == *id));
    if let Some(id) = unknown {
        let mut form = form::Form::default();
        let why = format!("The message has no attachment {id}, and there is no files[{id}].");
        form.refuse_at("attachments", "ATTACHMENT_NOT_FOUND", why);
        form.finish(())?;
    }
    let mut after = message.clone();
    draft.fill(&mut after, &mut |_| None);
    if after.content.is_empty()
        && after.embeds.is_empty()
        && after.attachments.is_empty()
        && !draft.has_files()
    {
        return Err(ApiError::empty_message());
    }
    let message = state.edit(id, draft).ok_or_else(ApiError::unknown_message)?;
    Ok(Reply::ok(wire::message(state, &message)))
}

pub(crate) fn delete(state: &mut State, call: &Call) -> Answer {
    let (place, id) = (call.params.channel, call.params.message);
    let message = state.bot_message(place, id)?;
    if message.author != state.bot {
        state.bot_channel(place, Permissions::MANAGE_MESSAGES)?;
    }
    state.not_archived(place)?;
    state.remove_message(id);
    Ok(Reply::empty())
}
