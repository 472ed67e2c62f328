//! What Discord's client would not let a person do.

use thiserror::Error;

/// Why a person could not do something; nothing has reached the bot.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    #[error("There is no command \"{0}\" here.")]
    UnknownCommand(String),
    #[error("This command needs one of these subcommands: {0}.")]
    NeedsSubcommand(String),
    #[error("\"{0}\" is not an option of this command.")]
    UnknownOption(String),
    #[error("The option \"{0}\" is required.")]
    MissingOption(String),
    #[error("The value of \"{option}\" does not fit: {why}.")]
    BadValue { option: String, why: String },
    #[error("You may not use this command here.")]
    NotAllowed,
    #[error("There is no channel \"{0}\".")]
    UnknownChannel(String),
    #[error("You cannot see this message.")]
    UnknownMessage,
    #[error("There is nothing called \"{0}\" on this message.")]
    UnknownComponent(String),
    #[error("\"{0}\" is greyed out.")]
    Disabled(String),
    #[error("The form cannot be sent: {0}.")]
    BadForm(String),
    #[error("You may not react here.")]
    CannotReact,
    #[error("Loading options failed.")]
    NoChoices,
    #[error("No form was opened.")]
    NoModal,
    #[error("There is no person \"{0}\".")]
    UnknownPerson(String),
}
