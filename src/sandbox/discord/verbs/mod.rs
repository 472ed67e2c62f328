//! What can happen in the modelled Discord, whoever causes it: the bot over REST, or a person.
//!
//! Every verb changes the state and sends its dispatches. Must not know HTTP: permissions and limits of the
//! caller are checked before.

mod access;
mod channel;
mod interact;
mod ping;
mod post;
mod react;
mod thread;

pub(crate) use interact::Begin;
pub(crate) use post::Post;
pub(crate) use thread::NewThread;
