//! Outbound Discord.
//!
//! `rest` is the only way to Discord's REST interface; `message` makes every sentence and card. Nothing here
//! knows requests, votes or windows as rows, or decides anything; nothing here may name Azure or the store.

pub mod file;
pub mod message;
pub mod rest;
pub mod snowflake;
