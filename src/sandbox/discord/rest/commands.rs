//! Application commands: registered one by one or overwritten in bulk, per guild or globally.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::handle::{Answer, Call, Reply};
use crate::sandbox::discord::{
    error::ApiError,
    form::{self, CommandDraft},
    ids::Snowflake,
    model::{Registered, State},
    wire,
};

/// New names per day and scope (error 30034 beyond), in world time.
const CREATES_PER_DAY: usize = 200;

/// The scope that the path names.
fn scope(state: &State, call: &Call) -> Result<Option<Snowflake>, ApiError> {
    if call.params.application != state.bot {
        return Err(ApiError::unknown_application());
    }
    if !call.params.in_guild {
        return Ok(None);
    }
    if call.params.guild != state.guild.id {
        return Err(ApiError::missing_access());
    }
    Ok(Some(state.guild.id))
}

fn answer(state: &State, id: Snowflake) -> Result<Value, ApiError> {
    let found = state.commands.iter().find(|known| known.id == id);
    found
        .map(|known| wire::command(state, known))
        .ok_or_else(ApiError::unknown_command)
}

/// Stores a definition under the id of the same name and kind, if there is one; tells whether it is new.
fn store(state: &mut State, guild: Option<Snowflake>, draft: CommandDraft) -> (Snowflake, bool) {
    let version = state.fresh_id();
    let same = |known: &&mut Registered| {
        known.guild == guild && known.name == draft.name && known.kind == draft.kind
    };
    if let Some(known) = state.commands.iter_mut().find(same) {
        if known.definition != draft.definition {
            known.definition = draft.definition;
            known.version = version;
        }
        return (known.id, false);
    }
    let id = state.fresh_id();
    let now = state.now;
    state.command_creates.push(now);
    state.commands.push(Registered {
        id,
        version,
        guild,
        name: draft.name,
        kind: draft.kind,
        definition: draft.definition,
    });
    (id, true)
}

fn check_creates(state: &mut State, new: usize) -> Result<(), ApiError> {
    let since = state.now - TimeDelta::days(1);
    state.command_creates.retain(|at| *at > since);
    if state.command_creates.len() + new > CREATES_PER_DAY {
        return Err(ApiError::too_many_command_creates());
    }
    Ok(())
}

pub(crate) fn overwrite(state: &mut State, call: &Call) -> Answer {
    let guild = scope(state, call)?;
    let drafts = form::commands(&call.body)?;
    let known = |draft: &CommandDraft, known: &Registered| {
        known.guild == guild && known.name == draft.name && known.kind == draft.kind
    };
    let new = drafts
        .iter()
        .filter(|draft| !state.commands.iter().any(|command| known(draft, command)))
        .count();
    check_creates(state, new)?;
    state
        .commands
        .retain(|command| command.guild != guild || drafts.iter().any(|draft| known(draft, command)));
    let ids: Vec<Snowflake> = drafts
        .into_iter()
        .map(|draft| store(state, guild, draft).0)
        .collect();
    let answers = ids
        .into_iter()
        .map(|id| answer(state, id))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Reply::ok(json!(answers)))
}

pub(crate) fn list(state: &State, call: &Call) -> Answer {
    let guild = scope(state, call)?;
    let mine = state.commands.iter().filter(|known| known.guild == guild);
    let list: Vec<Value> = mine.map(|known| wire::command(state, known)).collect();
    Ok(Reply::ok(json!(list)))
}

pub(crate) fn create(state: &mut State, call: &Call) -> Answer {
    let guild = scope(state, call)?;
    let draft = form::command(&call.body)?;
    let mut mine = state.commands.iter().filter(|known| known.guild == guild);
    let exists = mine
        .clone()
        .any(|known| known.name == draft.name && known.kind == draft.kind);
    if !exists {
        form::check_count(mine.by_ref().count(), guild)?;
        check_creates(state, 1)?;
    }
    let (id, is_new) = store(state, guild, draft);
    let body = answer(state, id)?;
    Ok(if is_new {
        Reply::created(body)
    } else {
        Reply::ok(body)
    })
}

fn find(state: &State, call: &Call) -> Result<Registered, ApiError> {
    let guild = scope(state, call)?;
    let mut mine = state.commands.iter().filter(|known| known.guild == guild);
    mine.find(|known| known.id == call.params.command)
        .cloned()
        .ok_or_else(ApiError::unknown_command)
}

pub(crate) fn get(state: &State, call: &Call) -> Answer {
    let known = find(state, call)?;
    Ok(Reply::ok(wire::command(state, &known)))
}

pub(crate) fn edit(state: &mut State, call: &Call) -> Answer {
    let known = find(state, call)?;
    let whole = wire::merged(wire::command(state, &known), call.body.clone());
    let draft = form::command(&whole)?;
    let version = state.fresh_id();
    if let Some(known) = state.commands.iter_mut().find(|other| other.id == known.id) {
        known.name = draft.name;
        known.definition = draft.definition;
        known.version = version;
    }
    Ok(Reply::ok(answer(state, known.id)?))
}

pub(crate) fn delete(state: &mut State, call: &Call) -> Answer {
    let known = find(state, call)?;
    state.commands.retain(|other| other.id != known.id);
    Ok(Reply::empty())
}
