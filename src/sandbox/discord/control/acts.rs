//! People act over HTTP: `POST /_control/people/alice/slash {"text": "/jit list"}`.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State as Shared},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;
use serde_json::json;

use super::refused;
use crate::sandbox::discord::{
    hub::Hub,
    ids::Snowflake,
    people::{Answer, Modal, Person, Refusal},
};

/// What the verbs need; each reads its own fields.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Act {
    /// Where, by name or id.
    channel: Option<String>,
    text: String,
    focused: String,
    /// Words of a command: `["jit", "request"]`.
    path: Vec<String>,
    /// Pairs of option (or form field) and value.
    values: Vec<(String, String)>,
    choices: Vec<String>,
    message: Snowflake,
    interaction: Snowflake,
    what: String,
    emoji: String,
    closed: bool,
    role: Snowflake,
}

pub(crate) async fn act(
    Shared(hub): Shared<Arc<Hub>>,
    Path((who, verb)): Path<(String, String)>,
    Json(act): Json<Act>,
) -> Response {
    match perform(&hub, &who, &verb, act).await {
        Ok(response) => response,
        Err(refusal) => refusal.into_response(),
    }
}

fn begun(answer: &Answer) -> Response {
    Json(json!({"interaction": answer.id()})).into_response()
}

fn done() -> Response {
    Json(json!({})).into_response()
}

async fn perform(hub: &Arc<Hub>, who: &str, verb: &str, act: Act) -> Result<Response, Refusal> {
    let mut person = Person::named(hub, who)?;
    if let Some(channel) = &act.channel {
        person = person.at(channel)?;
    }
    let values: Vec<(&str, &str)> = act
        .values
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    Ok(match verb {
        "slash" if act.path.is_empty() => begun(&person.slash(&act.text)?),
        "slash" => {
            let path: Vec<&str> = act.path.iter().map(String::as_str).collect();
            begun(&person.slash_with(&path, &values)?)
        }
        "types" => Json(json!({"choices": person.types(&act.text, &act.focused).await?})).into_response(),
        "clicks" => begun(&person.clicks(act.message, &act.what)?),
        "selects" => {
            let chosen: Vec<&str> = act.choices.iter().map(String::as_str).collect();
            begun(&person.selects(act.message, &act.what, &chosen)?)
        }
        "submits" => {
            let modal = Modal {
                interaction: act.interaction,
                custom_id: String::new(),
                title: String::new(),
                inputs: Vec::new(),
            };
            begun(&person.submits(&modal, &values)?)
        }
        "reacts" => {
            person.reacts(act.message, &act.emoji)?;
            done()
        }
        "unreacts" => {
            person.unreacts(act.message, &act.emoji)?;
            done()
        }
        "says" => Json(json!({"message": person.says(&act.text)?})).into_response(),
        "dms_closed" => {
            person.dms_closed(act.closed);
            done()
        }
        "gets_role" => {
            person.gets_role(act.role);
            done()
        }
        "loses_role" => {
            person.loses_role(act.role);
            done()
        }
        "leaves" => {
            person.leaves();
            done()
        }
        "joins" => {
            person.joins();
            done()
        }
        _ => refused(StatusCode::NOT_FOUND, "People cannot do this."),
    })
}

pub(crate) async fn delete_message(Shared(hub): Shared<Arc<Hub>>, Path(id): Path<Snowflake>) -> Response {
    if hub.change(|state| state.remove_message(id).is_some()) {
        done()
    } else {
        Refusal::UnknownMessage.into_response()
    }
}

pub(crate) async fn delete_channel(Shared(hub): Shared<Arc<Hub>>, Path(id): Path<Snowflake>) -> Response {
    hub.change(|state| state.remove_channel(id));
    done()
}

#[derive(Debug, Deserialize)]
pub(crate) struct ThreadState {
    archived: Option<bool>,
    locked: Option<bool>,
}

pub(crate) async fn set_thread(
    Shared(hub): Shared<Arc<Hub>>,
    Path(id): Path<Snowflake>,
    Json(to): Json<ThreadState>,
) -> Response {
    hub.change(|state| state.set_thread(id, to.archived, to.locked));
    done()
}
