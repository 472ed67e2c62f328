//! The rows of buttons below a message.

use serenity::all::{ButtonStyle, CreateActionRow};

use super::{Button, ListPage, RulesPage};
use crate::domain::ids::{ProposalId, RequestId};

/// What an approver can say.
pub(in crate::chat::message) fn vote_row(request: RequestId) -> CreateActionRow {
    CreateActionRow::Buttons(vec![
        Button::Approve(request).face("Approve", ButtonStyle::Success),
        Button::ApproveLess(request).face("Approve with less", ButtonStyle::Secondary),
        Button::Deny(request).face("Deny", ButtonStyle::Danger),
        Button::Claim(request).face("Claim", ButtonStyle::Secondary),
    ])
}

/// Close now.
pub(in crate::chat::message) fn close_row(request: RequestId) -> CreateActionRow {
    CreateActionRow::Buttons(vec![
        Button::CloseWindow(request).face("Close now", ButtonStyle::Danger),
    ])
}

/// Call off an approved request before its start.
pub(in crate::chat::message) fn call_off_row(request: RequestId) -> CreateActionRow {
    CreateActionRow::Buttons(vec![
        Button::CloseWindow(request).face("Call off", ButtonStyle::Danger),
    ])
}

/// What who asked can do with an access that is open.
pub(in crate::chat::message) fn open_row(request: RequestId) -> CreateActionRow {
    CreateActionRow::Buttons(vec![
        Button::Connect(request).face("Connect", ButtonStyle::Primary),
        Button::Extend(request).face("Extend", ButtonStyle::Secondary),
        Button::CloseWindow(request).face("I'm done", ButtonStyle::Danger),
    ])
}

/// Ask again.
pub(in crate::chat::message) fn again_row(request: RequestId) -> CreateActionRow {
    CreateActionRow::Buttons(vec![
        Button::AskAgain(request).face("Ask again", ButtonStyle::Primary),
    ])
}

/// Withdraw.
pub(in crate::chat::message) fn withdraw_row(request: RequestId) -> CreateActionRow {
    CreateActionRow::Buttons(vec![
        Button::Withdraw(request).face("Withdraw", ButtonStyle::Secondary),
    ])
}

/// The newest page and the older one, as far as they exist.
pub(in crate::chat::message) fn page_row(
    newest: Option<ListPage>,
    older: Option<ListPage>,
) -> Option<CreateActionRow> {
    let buttons: Vec<_> = [("Newest", newest), ("Older", older)]
        .into_iter()
        .filter_map(|(label, page)| Some(Button::ListPage(page?).face(label, ButtonStyle::Secondary)))
        .collect();
    (!buttons.is_empty()).then_some(CreateActionRow::Buttons(buttons))
}

/// Confirm and Cancel.
pub(in crate::chat::message) fn confirm_row(proposal: ProposalId) -> CreateActionRow {
    CreateActionRow::Buttons(vec![
        Button::ConfirmProposal(proposal).face("Confirm", ButtonStyle::Danger),
        Button::CancelProposal(proposal).face("Cancel", ButtonStyle::Secondary),
    ])
}

/// Cancel.
pub(in crate::chat::message) fn cancel_row(proposal: ProposalId) -> CreateActionRow {
    CreateActionRow::Buttons(vec![
        Button::CancelProposal(proposal).face("Cancel", ButtonStyle::Secondary),
    ])
}

/// Add a port, and Cancel.
pub(in crate::chat::message) fn add_port_row(proposal: ProposalId) -> CreateActionRow {
    CreateActionRow::Buttons(vec![
        Button::AddPort(proposal).face("Add a port", ButtonStyle::Primary),
        Button::CancelProposal(proposal).face("Cancel", ButtonStyle::Secondary),
    ])
}

/// The pages before and after, as far as they exist.
pub(in crate::chat::message) fn turn_row(
    previous: Option<RulesPage>,
    next: Option<RulesPage>,
) -> Option<CreateActionRow> {
    let buttons: Vec<_> = [("Previous", previous), ("Next", next)]
        .into_iter()
        .filter_map(|(label, page)| Some(Button::RulesPage(page?).face(label, ButtonStyle::Secondary)))
        .collect();
    (!buttons.is_empty()).then_some(CreateActionRow::Buttons(buttons))
}
