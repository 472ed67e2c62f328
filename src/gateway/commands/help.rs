//! `/jit help`

use serenity::all::CreateCommandOption;

use super::subcommand;
use crate::{
    chat::message::{command::help::COMMAND, help},
    gateway::reply::Reply,
};

pub(super) fn definition() -> CreateCommandOption {
    subcommand(COMMAND)
}

pub(super) fn run() -> Reply {
    help::help().into()
}
