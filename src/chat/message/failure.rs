//! When Portcullis itself cannot do something: a neutral sentence, and a reference by which the log can be searched.
//!
//! What went wrong inside is for the log; it may name machines, addresses and secrets.

use super::{quote::coded, rendered::Rendered};

/// Something went wrong that the person cannot mend. `reference` stands in the log line too.
pub fn internal(reference: &str) -> Rendered {
    Rendered::text(format!(
        "Portcullis could not do this, and it is not your fault. Nothing was changed that is not shown on a card or \
         in the trail. Try again; if it happens again, give an administrator this reference: {}.",
        coded(reference, 40)
    ))
}

/// A button whose id is not understood: from another version, or made up.
pub fn old_button() -> Rendered {
    Rendered::text(
        "This button is from another version of Portcullis and does nothing any more. Use the commands of `/jit` \
         instead; `/jit help` lists them.",
    )
}

/// A command that is not known: Discord still shows an older list of commands.
pub fn unknown_command() -> Rendered {
    Rendered::text(
        "Portcullis does not know this command. Discord may still show an older list: reload it, and try again.",
    )
}

/// Used outside of the one guild that the bot serves.
pub fn wrong_place() -> Rendered {
    Rendered::text("Portcullis only works in the channels of its own server. Use the command there.")
}
