//! Every sentence and card that a person reads, as pure functions: state in, a [`Rendered`] out.
//!
//! One file per subject. Must not know: who sends the message and where it is stored, the present time, or how
//! something was decided; it only says what it is given. Every text from a person or from Azure passes through
//! `quote`, and every part has a limit, so that no input makes a message that Discord refuses.

pub mod address;
pub mod again;
mod alone;
pub mod answer;
pub mod button;
pub mod card;
pub mod choice;
pub mod close;
pub mod command;
pub mod configure;
pub mod conflict;
pub mod connect;
pub mod explain;
pub mod extend;
pub mod failure;
pub mod freeze;
pub mod glass;
pub mod help;
mod hours;
pub mod limit;
mod limits;
pub mod list;
pub mod modal;
mod narrow;
pub mod needle;
pub mod network_rules;
pub mod notice;
mod phase;
mod phrase;
mod plain;
pub mod plan;
mod quorum;
mod quote;
pub mod refusal;
pub mod reminder;
mod rendered;
pub mod rights;
#[cfg(test)]
mod sample;
pub mod schedule;
pub mod source;
pub mod status;
#[cfg(test)]
mod tests;
pub mod trail;
pub mod trouble;
mod view;
pub mod vms;
pub mod vote;
mod warning;
mod when;
mod window;
pub mod withdraw;

pub use self::{rendered::Rendered, view::View};
