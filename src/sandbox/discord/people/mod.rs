//! The people of the modelled Discord, as a story or a page moves them.
//!
//! A person can do what Discord's client lets them do and nothing else; what it would not let them do is a
//! [`Refusal`], never a panic. Must not know HTTP.

mod act;
mod answer;
mod person;
mod react;
mod read;
mod refusal;
mod seen;
mod slash;
mod world;

pub use answer::{Acknowledged, Answer};
pub use person::Person;
pub use refusal::Refusal;
pub use seen::{Button, Choice, Modal, ModalInput, SeenChannel, SeenEdit, SeenFile, SeenMessage};

pub(crate) use answer::Outcome;
pub(crate) use read::whole_state;
