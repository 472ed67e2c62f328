//! Reactions of the bot and of others.

use serde_json::{Value, json};

use super::handle::{Answer, Call, Reply};
use crate::sandbox::discord::{
    error::ApiError,
    model::{State, plain_emoji},
    permissions::Permissions,
    wire,
};

/// Distinct emoji on one message (error 30010 beyond).
const REACTIONS_MOST: usize = 20;

/// The guild has no emoji of its own, so only Unicode ones exist.
fn check_emoji(emoji: &str) -> Result<(), ApiError> {
    let plain = plain_emoji(emoji);
    let pictures = plain
        .chars()
        .any(|letter| u32::from(letter) >= 0x203C || matches!(letter, '©' | '®' | '\u{20E3}'));
    let words = plain.chars().any(char::is_alphabetic) || plain.contains([':', ' ']);
    if pictures && !words && plain.chars().count() <= 16 {
        Ok(())
    } else {
        Err(ApiError::unknown_emoji())
    }
}

pub(crate) fn add(state: &mut State, call: &Call) -> Answer {
    let (place, id, emoji) = (call.params.channel, call.params.message, &call.params.emoji);
    state.bot_channel(place, Permissions::READ_MESSAGE_HISTORY)?;
    state.bot_message(place, id)?;
    check_emoji(emoji)?;
    state.not_archived(place)?;
    if !state.shows_reaction(id, emoji) {
        state.bot_channel(place, Permissions::ADD_REACTIONS)?;
        if state
            .message(place, id)
            .is_some_and(|message| message.reactions.len() >= REACTIONS_MOST)
        {
            return Err(ApiError::too_many_reactions());
        }
    }
    let bot = state.bot;
    state.react(bot, id, emoji);
    Ok(Reply::empty())
}

pub(crate) fn remove_own(state: &mut State, call: &Call) -> Answer {
    let (place, id) = (call.params.channel, call.params.message);
    state.bot_message(place, id)?;
    check_emoji(&call.params.emoji)?;
    state.not_archived(place)?;
    let bot = state.bot;
    state.unreact(bot, id, &call.params.emoji);
    Ok(Reply::empty())
}

pub(crate) fn remove_of_user(state: &mut State, call: &Call) -> Answer {
    let (place, id) = (call.params.channel, call.params.message);
    state.bot_message(place, id)?;
    if call.params.user != state.bot {
        state.bot_channel(place, Permissions::MANAGE_MESSAGES)?;
    }
    check_emoji(&call.params.emoji)?;
    state.not_archived(place)?;
    state.unreact(call.params.user, id, &call.params.emoji);
    Ok(Reply::empty())
}

/// Removes all reactions, or all of one emoji.
pub(crate) fn clear(state: &mut State, call: &Call) -> Answer {
    let (place, id) = (call.params.channel, call.params.message);
    state.bot_message(place, id)?;
    state.bot_channel(place, Permissions::MANAGE_MESSAGES)?;
    state.not_archived(place)?;
    state.clear_reactions(
        id,
        Some(call.params.emoji.as_str()).filter(|emoji| !emoji.is_empty()),
    );
    Ok(Reply::empty())
}

/// The users behind one emoji, by id, `after` one of them.
pub(crate) fn list(state: &State, call: &Call) -> Answer {
    let (place, id) = (call.params.channel, call.params.message);
    state.bot_channel(place, Permissions::READ_MESSAGE_HISTORY)?;
    let message = state.bot_message(place, id)?;
    check_emoji(&call.params.emoji)?;
    let limit = usize::try_from(call.number("limit").unwrap_or(25))
        .unwrap_or(25)
        .clamp(1, 100);
    let after = call.number("after").unwrap_or_default();
    let wanted = plain_emoji(&call.params.emoji);
    let mut users: Vec<_> = message
        .reactions
        .iter()
        .filter(|given| plain_emoji(&given.emoji) == wanted)
        .flat_map(|given| given.users.iter().copied())
        .filter(|user| user.0 > after)
        .collect();
    users.sort_unstable();
    let users: Vec<Value> = users
        .into_iter()
        .take(limit)
        .map(|user| wire::user(state, user))
        .collect();
    Ok(Reply::ok(json!(users)))
}
