//! Interactions: one press, one command, one form; answered once and in time, or failed.

use serde_json::Value;

use super::Guise;
use crate::{clock::Instant, sandbox::discord::ids::Snowflake};

/// How far an interaction has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Waiting,
    Acknowledged,
    /// Nothing came in time: the person reads "The application did not respond".
    Failed,
}

/// What the first answer was.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Acknowledgement {
    Message,
    Deferred,
    DeferredUpdate,
    Update,
    Choices(Vec<Value>),
    Modal(Value),
}

#[derive(Debug, Clone)]
pub(crate) struct Interaction {
    pub(crate) id: Snowflake,
    pub(crate) token: String,
    /// 2 command, 3 component, 4 autocomplete, 5 modal submit.
    pub(crate) kind: u8,
    pub(crate) person: Snowflake,
    pub(crate) channel: Snowflake,
    /// World time, for the 15 minutes of the token.
    pub(crate) created: Instant,
    /// Real time, for the 3 seconds of the acknowledgement.
    pub(crate) started: tokio::time::Instant,
    pub(crate) data: Value,
    /// The message whose component was used; a modal inherits it from the press that opened it.
    pub(crate) message: Option<Snowflake>,
    /// For a form: the interaction whose answer opened it.
    pub(crate) opened_by: Option<Snowflake>,
    pub(crate) phase: Phase,
    pub(crate) acknowledgement: Option<Acknowledgement>,
    /// What `@original` names: the answer, or the message that an update changes.
    pub(crate) original: Option<Snowflake>,
    pub(crate) followups: Vec<Snowflake>,
    /// A modal can be sent once.
    pub(crate) submitted: bool,
    /// What its event pretends.
    pub(crate) guise: Guise,
}
