//! The client against a scripted server: what it sends, and each way in which an answer can go wrong.

mod acknowledging;
mod answers;
mod construction;
mod requests;
mod secrets;
