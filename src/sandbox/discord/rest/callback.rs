//! The first answer to an interaction: exactly one, in time, and of a kind that fits.

use serde_json::{Value, json};

use super::handle::{Answer, Call, Reply};
use crate::sandbox::discord::{
    error::ApiError,
    form::{self, Form, MessageDraft, Purpose},
    ids::Snowflake,
    model::{Acknowledgement, EPHEMERAL, Interaction, LOADING, Phase, State},
    verbs::Post,
    wire,
};

const COMMAND: u8 = 2;
const COMPONENT: u8 = 3;
const AUTOCOMPLETE: u8 = 4;
const MODAL_SUBMIT: u8 = 5;

pub(crate) fn callback(state: &mut State, call: &Call) -> Answer {
    let id = call.params.interaction;
    let interaction = state
        .interactions
        .get(&id)
        .filter(|interaction| interaction.token == call.params.token)
        .ok_or_else(ApiError::unknown_interaction)?
        .clone();
    match interaction.phase {
        Phase::Acknowledged => return Err(ApiError::already_acknowledged()),
        Phase::Failed => return Err(ApiError::unknown_interaction()),
        Phase::Waiting => {}
    }
    if interaction.started.elapsed() > state.options.acknowledge_within {
        state.give_up_waiting(id);
        return Err(ApiError::unknown_interaction());
    }
    let kind = kind(&interaction, &call.body)?;
    if !matches!(kind, 4 | 7) && !call.files.is_empty() {
        let mut form = Form::default();
        form.refuse_at(
            "files",
            "MULTIPART_INVALID",
            "Only an answer with a message can have files.",
        );
        form.finish(())?;
    }
    let data = call
        .body
        .get("data")
        .filter(|data| !data.is_null())
        .cloned()
        .unwrap_or_else(|| json!({}));
    // Everything is checked before anything changes: a refused callback can be repeated.
    let (acknowledgement, original) = match kind {
        4 => {
            let draft = form::message(&data, &call.files, Purpose::Answer)?;
            (
                Acknowledgement::Message,
                Some(answer(state, &interaction, &draft, false)),
            )
        }
        5 => {
            let draft = deferred(&data)?;
            (
                Acknowledgement::Deferred,
                Some(answer(state, &interaction, &draft, true)),
            )
        }
        6 => (Acknowledgement::DeferredUpdate, interaction.message),
        7 => {
            let draft = form::message(&data, &call.files, Purpose::Edit)?;
            let message = interaction.message.ok_or_else(ApiError::unknown_message)?;
            super::messages::edit_any(state, message, &draft)?;
            (Acknowledgement::Update, interaction.message)
        }
        8 => (Acknowledgement::Choices(choices(&interaction, &data)?), None),
        _ => {
            let mut form = Form::default();
            let modal = form.within("data", |form| form::modal(form, &data));
            (Acknowledgement::Modal(form.finish(modal)?), None)
        }
    };
    if let Some(interaction) = state.interactions.get_mut(&id) {
        interaction.phase = Phase::Acknowledged;
        interaction.acknowledgement = Some(acknowledgement);
        interaction.original = original;
    }
    if call.flag("with_response") {
        return Ok(Reply::ok(response(state, &interaction, kind, original)));
    }
    Ok(Reply::empty())
}

/// The callback type, if it fits the interaction.
fn kind(interaction: &Interaction, body: &Value) -> Result<u64, ApiError> {
    let mut form = Form::default();
    let kind = form.integer(body, "type", 1..=12).map(i64::unsigned_abs);
    let allowed: &[u64] = match interaction.kind {
        COMMAND => &[4, 5, 9],
        COMPONENT => &[4, 5, 6, 7, 9],
        AUTOCOMPLETE => &[8],
        MODAL_SUBMIT if interaction.message.is_some() => &[4, 5, 6, 7],
        _ => &[4, 5],
    };
    match kind {
        None => form.required("type"),
        Some(kind) if !allowed.contains(&kind) => {
            let list: Vec<String> = allowed.iter().map(u64::to_string).collect();
            let message = format!("Value must be one of {{{}}}.", list.join(", "));
            form.refuse_at("type", "BASE_TYPE_CHOICES", message);
        }
        Some(_) => {}
    }
    form.finish(kind.unwrap_or_default())
}

/// A defer has no content; of its flags only EPHEMERAL counts.
fn deferred(data: &Value) -> Result<MessageDraft, ApiError> {
    let flags = data.get("flags").and_then(Value::as_u64).unwrap_or_default() & EPHEMERAL;
    form::message(&json!({"flags": flags}), &[], Purpose::Edit)
}

fn answer(state: &mut State, interaction: &Interaction, draft: &MessageDraft, loading: bool) -> Snowflake {
    let kind = if interaction.kind == COMMAND { 20 } else { 19 };
    let author = state.bot;
    state
        .post(Post {
            channel: interaction.channel,
            author,
            kind: if interaction.kind == COMMAND || interaction.message.is_some() {
                kind
            } else {
                0
            },
            draft,
            interaction: Some(interaction.id),
            only_for: draft.is_ephemeral().then_some(interaction.person),
            loading,
        })
        .id
}

fn choices(interaction: &Interaction, data: &Value) -> Result<Vec<Value>, ApiError> {
    let focused = focused_kind(&interaction.data).unwrap_or(3);
    let mut form = Form::default();
    let choices = form.within("data", |form| {
        let list = form.list(data, "choices", 0..=25).unwrap_or_default();
        form.within("choices", |form| {
            for (place, choice) in list.iter().enumerate() {
                form.within(place, |form| {
                    form.required_text(choice, "name", 1..=100);
                    let value = choice.get("value").unwrap_or(&Value::Null);
                    match focused {
                        3 => _ = form.required_text(choice, "value", 1..=100),
                        _ if value.is_number() => {}
                        _ => form.refuse_at("value", "NUMBER_TYPE_COERCE", "Value is not a number."),
                    }
                });
            }
        });
        list.to_vec()
    });
    form.finish(choices)
}

/// The type of the option that somebody is typing in.
fn focused_kind(data: &Value) -> Option<u64> {
    data.get("options")?.as_array()?.iter().find_map(|option| {
        let focused = option.get("focused").and_then(Value::as_bool) == Some(true);
        if focused {
            option.get("type")?.as_u64()
        } else {
            focused_kind(option)
        }
    })
}

fn response(state: &State, interaction: &Interaction, kind: u64, original: Option<Snowflake>) -> Value {
    let mut about = json!({"id": interaction.id, "type": interaction.kind});
    let message = original
        .filter(|_| kind == 4 || kind == 5 || kind == 7)
        .and_then(|id| state.find_message(id));
    let mut resource = json!({"type": kind});
    if let Some(message) = message {
        about = wire::merged(
            about,
            json!({
                "response_message_id": message.id,
                "response_message_loading": message.flags & LOADING != 0,
                "response_message_ephemeral": message.flags & EPHEMERAL != 0,
            }),
        );
        resource = wire::merged(resource, json!({"message": wire::message(state, message)}));
    }
    json!({"interaction": about, "resource": resource})
}
