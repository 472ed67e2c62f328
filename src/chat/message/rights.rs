//! What the identity may and may not do in Azure, for the log and for a terminal.

use super::trouble;
use crate::domain::{
    permission::Missing,
    right::{Feature, Scope},
    trouble::Trouble,
    vm::SubscriptionId,
};

/// An action that is missing: what does not work without it, and the role to assign.
pub fn missing(missing: &Missing) -> String {
    let why = Trouble::Forbidden {
        action: missing.action.to_owned(),
        scope: missing.scope.clone(),
    };
    format!("{} {}", trouble::plain(&why), without(missing.feature))
}

/// Several actions of one feature that is not there as a whole.
pub fn switched_off(feature: Feature, scope: &Scope) -> String {
    format!(
        "{} The identity has none of the rights for it on {scope}; `portcullis azure role --features {}` prints a \
         role with them.",
        without(feature),
        feature.word()
    )
}

/// Rights beyond need.
pub fn excess(subscription: &SubscriptionId, actions: &[&str]) -> String {
    let what = match actions {
        ["*"] => "everything".to_owned(),
        actions => actions.join(", "),
    };
    format!(
        "The identity may do more in subscription {subscription} than Portcullis ever does: {what}. Whoever takes \
         over its machine may do so too."
    )
}

/// What to do about rights beyond need.
pub const EXCESS_REMEDY: &str =
    "Assign the identity the role that `portcullis azure role` prints in place of the wider one.";

fn without(feature: Feature) -> &'static str {
    match feature {
        Feature::Request => "Without it machines are not found, or windows cannot be opened there.",
        Feature::Configure => "Without it JIT cannot be set up or changed from Discord there.",
        Feature::Rules => {
            "Without it the rules in force cannot be asked for, nor a window closed by its rule, there."
        }
        Feature::Trace => "Without it Portcullis cannot tell there who did something in Azure.",
        Feature::Plan => "Without it the Defender plan cannot be switched on from the command line there.",
    }
}
