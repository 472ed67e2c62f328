//! Why a machine may be missing: its subscription could not be read.

use crate::chat::message::{
    rendered::Rendered,
    vms::{Unread, unread},
};

/// A refusal that names a machine as unknown, and below it what could not be read.
pub fn explained(mut refusal: Rendered, hidden: &[Unread<'_>]) -> Rendered {
    if let Some(lines) = unread(hidden) {
        refusal
            .content
            .push_str("\nIt may also be in a subscription that could not be read from Azure.\n");
        refusal.content.push_str(&lines);
    }
    refusal
}
