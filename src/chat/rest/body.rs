//! Bodies of calls. The one place where it is decided whom a message may ping.

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};
use serenity::all::{RoleId, UserId};

use super::{RestError, Route};
use crate::chat::file::File;

/// Whom a message may ping: nobody, unless named here.
///
/// Mentions of anybody else still show as a name, but make no sound. At most 100 users and 100 roles
/// (Discord's limit); any more are dropped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pings {
    users: Vec<UserId>,
    roles: Vec<RoleId>,
}

impl Pings {
    /// Nobody.
    pub fn nobody() -> Self {
        Self::default()
    }

    /// Also this user.
    #[must_use]
    pub fn and_user(mut self, user: UserId) -> Self {
        push_once(&mut self.users, user);
        self
    }

    /// Also everybody who has this role.
    #[must_use]
    pub fn and_role(mut self, role: RoleId) -> Self {
        push_once(&mut self.roles, role);
        self
    }
}

/// A body without a message in it.
pub(super) fn plain(route: Route, body: &impl Serialize) -> Result<Bytes, RestError> {
    serde_json::to_vec(body)
        .map(Bytes::from)
        .map_err(|source| RestError::Body { route, source })
}

/// A body that is a message.
pub(super) fn message(
    route: Route,
    message: &impl Serialize,
    files: &[File],
    pings: &Pings,
) -> Result<Bytes, RestError> {
    let mut body = to_value(route, message)?;
    allow_mentions(&mut body, pings);
    announce(&mut body, files);
    plain(route, &body)
}

/// The body of an interaction callback, which may have a message inside.
pub(super) fn callback(
    route: Route,
    response: &impl Serialize,
    files: &[File],
    pings: &Pings,
) -> Result<Bytes, RestError> {
    let mut body = to_value(route, response)?;
    // 4: message, 7: update of the component's message. The others carry no text (5 only a flag).
    if matches!(body.get("type").and_then(Value::as_u64), Some(4 | 7))
        && let Some(data) = body.get_mut("data")
    {
        allow_mentions(data, pings);
        announce(data, files);
    }
    plain(route, &body)
}

/// Replaces whatever the builder said; `parse` stays empty always.
fn allow_mentions(message: &mut Value, pings: &Pings) {
    if let Some(message) = message.as_object_mut() {
        let allowed =
            json!({ "parse": [], "users": pings.users, "roles": pings.roles, "replied_user": false });
        message.insert("allowed_mentions".to_owned(), allowed);
    }
}

/// Names the files that come in parts of their own, each by the number in the name of its part. They are all that the
/// message has then (Discord's documentation, "Uploading Files").
fn announce(message: &mut Value, files: &[File]) {
    if files.is_empty() {
        return;
    }
    if let Some(message) = message.as_object_mut() {
        let listed: Vec<Value> = files
            .iter()
            .enumerate()
            .map(|(number, file)| json!({ "id": number, "filename": file.name() }))
            .collect();
        message.insert("attachments".to_owned(), Value::Array(listed));
    }
}

fn to_value(route: Route, body: &impl Serialize) -> Result<Value, RestError> {
    serde_json::to_value(body).map_err(|source| RestError::Body { route, source })
}

fn push_once<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if list.len() < MENTIONS_MAX && !list.contains(&item) {
        list.push(item);
    }
}

const MENTIONS_MAX: usize = 100;

#[cfg(test)]
mod tests {
    use serenity::all::{
        CreateAllowedMentions, CreateInteractionResponse, CreateInteractionResponseMessage, CreateMessage,
        CreateModal,
    };

    use super::*;

    fn read(body: &Bytes) -> Value {
        serde_json::from_slice(body).unwrap()
    }

    #[test]
    fn a_message_pings_nobody_even_if_its_builder_says_so() {
        let loud = CreateMessage::new()
            .content("@everyone <@7>")
            .allowed_mentions(CreateAllowedMentions::new().everyone(true).all_users(true));
        let body = read(&message(Route::CreateMessage, &loud, &[], &Pings::nobody()).unwrap());
        assert_eq!(
            body["allowed_mentions"],
            json!({ "parse": [], "users": [], "roles": [], "replied_user": false })
        );
    }

    #[test]
    fn only_those_named_are_pinged() {
        let pings = Pings::nobody()
            .and_user(UserId::new(7))
            .and_role(RoleId::new(8))
            .and_role(RoleId::new(8));
        let body = read(&message(Route::EditMessage, &CreateMessage::new(), &[], &pings).unwrap());
        assert_eq!(
            body["allowed_mentions"],
            json!({ "parse": [], "users": ["7"], "roles": ["8"], "replied_user": false })
        );
    }

    #[test]
    fn a_callback_gets_its_mentions_where_it_has_a_message() {
        let data = CreateInteractionResponseMessage::new().content("hello");
        for response in [
            CreateInteractionResponse::Message(data.clone()),
            CreateInteractionResponse::UpdateMessage(data.clone()),
        ] {
            let body = read(&callback(Route::Acknowledge, &response, &[], &Pings::nobody()).unwrap());
            assert_eq!(body["data"]["allowed_mentions"]["parse"], json!([]));
        }
        for response in [
            CreateInteractionResponse::Defer(data),
            CreateInteractionResponse::Acknowledge,
            CreateInteractionResponse::Modal(CreateModal::new("id", "title")),
        ] {
            let body = read(&callback(Route::Acknowledge, &response, &[], &Pings::nobody()).unwrap());
            assert!(body["data"].get("allowed_mentions").is_none(), "{body}");
        }
    }

    #[test]
    fn files_are_named_where_the_message_is() {
        let files = [File::new("web-01.rdp", "application/x-rdp", "x")];
        let listed = json!([{ "id": 0, "filename": "web-01.rdp" }]);
        let nobody = Pings::nobody();
        let body = read(&message(Route::CreateMessage, &CreateMessage::new(), &files, &nobody).unwrap());
        assert_eq!(body["attachments"], listed);
        let answer = CreateInteractionResponse::Message(CreateInteractionResponseMessage::new());
        let body = read(&callback(Route::Acknowledge, &answer, &files, &nobody).unwrap());
        assert_eq!(body["data"]["attachments"], listed);
        assert!(body.get("attachments").is_none());
    }

    #[test]
    fn more_than_discord_takes_are_dropped() {
        let pings = (1..=200).fold(Pings::nobody(), |pings, id| pings.and_user(UserId::new(id)));
        assert_eq!(pings.users.len(), 100);
    }
}
