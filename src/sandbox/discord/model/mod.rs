//! What exists in the modelled Discord: people, places, messages, interactions.
//!
//! Must not know HTTP or websockets; a dispatch leaves through [`State::sessions`] only.

mod attachment;
mod channel;
mod command;
mod guild;
mod guise;
mod interaction;
mod message;
mod state;

pub(crate) use attachment::Attachment;
pub(crate) use channel::{Channel, Kind, Overwrite, Thread};
pub(crate) use command::Registered;
pub(crate) use guild::{Guild, Member, Role, User};
pub(crate) use interaction::{Acknowledgement, Interaction, Phase};
pub(crate) use message::{EPHEMERAL, HAS_THREAD, LOADING, Message, Reaction, plain_emoji};
pub(crate) use state::{Change, State};

pub use guise::Guise;
pub use message::Pings;
