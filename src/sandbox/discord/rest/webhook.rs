//! Answers after the first one: edits of `@original`, and followups, while the token lives.

use super::handle::{Answer, Call, Reply};
use crate::sandbox::discord::{
    error::ApiError,
    form::{self, Purpose},
    ids::Snowflake,
    model::{Acknowledgement, Interaction, LOADING, State},
    route::RouteKind,
    verbs::Post,
    wire,
};

/// The interaction of the path and the message that the path names.
fn find(state: &State, call: &Call) -> Result<(Interaction, Snowflake), ApiError> {
    let interaction = state
        .by_token(call.params.application, &call.params.token)?
        .clone();
    let original = matches!(
        call.route,
        RouteKind::GetOriginal | RouteKind::EditOriginal | RouteKind::DeleteOriginal
    );
    let id = if original {
        interaction.original.ok_or_else(ApiError::unknown_message)?
    } else {
        let id = call.params.message;
        if interaction.original != Some(id) && !interaction.followups.contains(&id) {
            return Err(ApiError::unknown_message());
        }
        id
    };
    if state.find_message(id).is_none() {
        return Err(ApiError::unknown_message());
    }
    Ok((interaction, id))
}

pub(crate) fn get(state: &State, call: &Call) -> Answer {
    let (_, id) = find(state, call)?;
    let message = state.find_message(id).ok_or_else(ApiError::unknown_message)?;
    Ok(Reply::ok(wire::message(state, message)))
}

pub(crate) fn edit(state: &mut State, call: &Call) -> Answer {
    let (_, id) = find(state, call)?;
    let draft = form::message(&call.body, &call.files, Purpose::Edit)?;
    super::messages::edit_any(state, id, &draft)
}

pub(crate) fn delete(state: &mut State, call: &Call) -> Answer {
    let (_, id) = find(state, call)?;
    state.remove_message(id);
    Ok(Reply::empty())
}

/// A followup. Right after a defer it fills the deferred answer instead, whose visibility then stays.
pub(crate) fn create(state: &mut State, call: &Call) -> Answer {
    let interaction = state
        .by_token(call.params.application, &call.params.token)?
        .clone();
    let draft = form::message(&call.body, &call.files, Purpose::Answer)?;
    let waiting = interaction
        .original
        .filter(|_| interaction.acknowledgement == Some(Acknowledgement::Deferred))
        .filter(|id| {
            state
                .find_message(*id)
                .is_some_and(|message| message.flags & LOADING != 0)
        });
    if let Some(id) = waiting {
        return super::messages::edit_any(state, id, &draft);
    }
    let author = state.bot;
    let message = state.post(Post {
        channel: interaction.channel,
        author,
        kind: if interaction.original.is_some() { 19 } else { 0 },
        draft: &draft,
        interaction: Some(interaction.id),
        only_for: draft.is_ephemeral().then_some(interaction.person),
        loading: false,
    });
    if let Some(interaction) = state.interactions.get_mut(&interaction.id) {
        interaction.followups.push(message.id);
    }
    Ok(Reply::ok(wire::message(state, &message)))
}
