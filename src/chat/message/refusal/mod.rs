//! Why something was not done: what, why, and what to do next. One file per kind of refusal.

mod at_start;
pub mod input;
pub mod nothing;
pub mod rules;
mod too_much;
pub mod unread;
pub mod vote;
pub mod voting;
pub mod withdraw;
