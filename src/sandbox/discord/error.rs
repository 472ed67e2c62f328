//! The error bodies of Discord's REST API, by the codes that its documentation lists.
//!
//! Must not know how an answer is written to the wire, only what is said.

use serde_json::{Value, json};

/// A refusal as Discord words it: HTTP status, JSON code, message and, for forms, the nested errors.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    pub(crate) code: u32,
    pub(crate) message: String,
    pub(crate) errors: Option<Value>,
}

macro_rules! refusals {
    ($($(#[$meta:meta])* $name:ident = $status:literal $code:literal $message:literal;)*) => {
        impl ApiError {
            $($(#[$meta])* pub(crate) fn $name() -> Self {
                Self::new($status, $code, $message)
            })*
        }
    };
}

refusals! {
    not_found = 404 0 "404: Not Found";
    unauthorized = 401 0 "401: Unauthorized";
    unknown_channel = 404 10003 "Unknown Channel";
    unknown_guild = 404 10004 "Unknown Guild";
    unknown_member = 404 10007 "Unknown Member";
    unknown_message = 404 10008 "Unknown Message";
    unknown_user = 404 10013 "Unknown User";
    unknown_emoji = 400 10014 "Unknown Emoji";
    unknown_webhook = 404 10015 "Unknown Webhook";
    unknown_interaction = 404 10062 "Unknown interaction";
    unknown_command = 404 10063 "Unknown application command";
    unknown_application = 404 10002 "Unknown Application";
    too_many_reactions = 400 30010 "Maximum number of reactions reached (20)";
    too_many_command_creates = 429 30034 "Max number of daily application command creates has been reached (200)";
    already_acknowledged = 400 40060 "Interaction has already been acknowledged.";
    missing_access = 403 50001 "Missing Access";
    wrong_channel_kind = 400 50024 "Cannot execute action on this channel type";
    not_own_message = 403 50005 "Cannot edit a message authored by another user";
    empty_message = 400 50006 "Cannot send an empty message";
    inbox_closed = 403 50007 "Cannot send messages to this user";
    missing_permissions = 403 50013 "Missing Permissions";
    invalid_webhook_token = 401 50027 "Invalid Webhook Token";
    invalid_api_version = 400 50041 "Invalid API version provided.";
    thread_archived = 400 50083 "Thread is archived";
    invalid_json = 400 50109 "The request body contains invalid JSON.";
    body_too_large = 413 40005 "Request entity too large";
    thread_exists = 400 160004 "A thread has already been created for this message";
    thread_locked = 403 160005 "This thread is locked";
    too_many_threads = 400 160006 "Maximum number of active threads reached";
}

impl ApiError {
    pub(crate) fn new(status: u16, code: u32, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            errors: None,
        }
    }

    /// 50035 with the nested errors of a form.
    pub(crate) fn form(errors: Value) -> Self {
        Self {
            errors: Some(errors),
            ..Self::new(400, 50035, "Invalid Form Body")
        }
    }

    pub(crate) fn body(&self) -> Value {
        let mut body = json!({"message": self.message, "code": self.code});
        if let (Some(object), Some(errors)) = (body.as_object_mut(), &self.errors) {
            object.insert("errors".into(), errors.clone());
        }
        body
    }
}
