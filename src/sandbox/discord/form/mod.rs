//! Reading request bodies as strictly as Discord does, with its nested error bodies.
//!
//! Must not change the state: a form is read completely before anything happens.

mod attachment;
mod command;
mod component;
mod embed;
mod mention;
mod message;
mod modal;
mod reader;

pub(crate) use attachment::{FILES_MOST, FileDraft, Upload};
pub(crate) use command::{CommandDraft, check_count, command, commands};
pub(crate) use mention::{AllowedMentions, Mentioned};
pub(crate) use message::{MessageDraft, Purpose, message};
pub(crate) use modal::modal;
pub(crate) use reader::Form;
