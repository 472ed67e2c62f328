//! The ids of buttons and forms: a typed value and its text, which Discord hands back when somebody clicks.
//!
//! The text carries a version, so that a button on an old card is understood or refused, never misread. It is
//! untrusted input: whether the person may do what it says is asked again at the click.

mod confirm_vote;
mod page;
mod row;
#[cfg(test)]
mod tests;

use serenity::all::{ButtonStyle, CreateButton};

pub(super) use self::row::{
    add_port_row, again_row, call_off_row, cancel_row, close_row, confirm_row, open_row, page_row, turn_row,
    vote_row, withdraw_row,
};
pub use self::{
    confirm_vote::ConfirmVote,
    page::{ListPage, RulesPage, Which, Whose},
};
use super::vms::VmsPage;
use crate::domain::{
    ids::{ProposalId, RequestId},
    port::Port,
};

/// What a click or a sent form means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Button {
    Approve(RequestId),
    /// Opens the form that asks for the reason.
    Deny(RequestId),
    /// The form that asks for the reason, sent.
    DenyReason(RequestId),
    /// Takes the source that a draft offers.
    UseSource(RequestId),
    Withdraw(RequestId),
    /// Closes all windows of a request.
    CloseWindow(RequestId),
    ListPage(ListPage),
    /// Lets everything that a proposal shows be written.
    ConfirmProposal(ProposalId),
    CancelProposal(ProposalId),
    /// The menu of machines; its values are their places.
    ChooseVms(ProposalId),
    /// Opens the form for a new port.
    AddPort(ProposalId),
    /// The menu of ports whose limits can be changed; opens the form.
    ChangePort(ProposalId),
    /// The menu of ports that can be taken out.
    RemovePort(ProposalId),
    /// The form for a port, sent.
    PortForm(PortForm),
    /// Opens the form that asks how much longer.
    Extend(RequestId),
    /// The form that asks how much longer, sent.
    ExtendForm(RequestId),
    /// Shows who asked how to connect.
    Connect(RequestId),
    /// The page of machines before or after the one that is shown.
    VmsPage(VmsPage),
    /// The first page of one group of machines.
    VmsTab(VmsPage),
    /// The menu that shows one machine of a page.
    VmPick(VmsPage),
    /// The form that opens without an approval, sent.
    BreakGlass,
    /// Opens the form for signing a review.
    SignReview(RequestId),
    /// The form for signing a review, sent.
    ReviewForm(RequestId),
    /// Asks for the same as a request that is over.
    AskAgain(RequestId),
    /// Opens the form that asks for the source of a draft.
    TypeSource(RequestId),
    /// The form that asks for the source of a draft, sent.
    SourceForm(RequestId),
    /// Says that somebody is looking at it.
    Claim(RequestId),
    /// Says that they are not any more.
    LetGo(RequestId),
    /// Takes an approval back.
    TakeBack(RequestId),
    /// Approves, after a second look.
    ConfirmVote(ConfirmVote),
    /// Opens the form that asks for how much less.
    ApproveLess(RequestId),
    /// The form that asks for how much less, sent.
    LessForm(RequestId),
    /// Another page of the network rules that were found.
    RulesPage(RulesPage),
}

/// Which port a form is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortForm {
    pub proposal: ProposalId,
    /// The port whose limits change; `None`: a new one.
    pub known: Option<Port>,
}

impl Button {
    /// The `custom_id`: at most 100 characters.
    pub fn id(self) -> String {
        match self {
            Self::Approve(request) => format!("p1:approve:{request}"),
            Self::Deny(request) => format!("p1:deny:{request}"),
            Self::DenyReason(request) => format!("p1:deny-reason:{request}"),
            Self::UseSource(request) => format!("p1:use-source:{request}"),
            Self::Withdraw(request) => format!("p1:withdraw:{request}"),
            Self::CloseWindow(request) => format!("p1:close:{request}"),
            Self::Extend(request) => format!("p1:extend:{request}"),
            Self::ExtendForm(request) => format!("p1:extend-form:{request}"),
            Self::Connect(request) => format!("p1:connect:{request}"),
            Self::ListPage(page) => format!("p1:list:{}", page.text()),
            Self::ConfirmProposal(proposal) => format!("p1:confirm:{proposal}"),
            Self::CancelProposal(proposal) => format!("p1:cancel:{proposal}"),
            Self::ChooseVms(proposal) => format!("p1:choose-vms:{proposal}"),
            Self::AddPort(proposal) => format!("p1:add-port:{proposal}"),
            Self::ChangePort(proposal) => format!("p1:change-port:{proposal}"),
            Self::RemovePort(proposal) => format!("p1:remove-port:{proposal}"),
            Self::PortForm(form) => {
                let port = form
                    .known
                    .map_or_else(|| "new".to_owned(), |port| port.number().to_string());
                format!("p1:port-form:{}:{port}", form.proposal)
            }
            Self::VmsPage(page) => format!("p1:vms:{}", page::vms_text(page)),
            Self::VmsTab(page) => format!("p1:vms-tab:{}", page::vms_text(page)),
            Self::VmPick(page) => format!("p1:vm-pick:{}", page::vms_text(page)),
            Self::BreakGlass => "p1:break-glass:".to_owned(),
            Self::SignReview(request) => format!("p1:sign-review:{request}"),
            Self::ReviewForm(request) => format!("p1:review-form:{request}"),
            Self::AskAgain(request) => format!("p1:ask-again:{request}"),
            Self::TypeSource(request) => format!("p1:type-source:{request}"),
            Self::SourceForm(request) => format!("p1:source-form:{request}"),
            Self::Claim(request) => format!("p1:claim:{request}"),
            Self::LetGo(request) => format!("p1:let-go:{request}"),
            Self::TakeBack(request) => format!("p1:take-back:{request}"),
            Self::ConfirmVote(vote) => format!("p1:confirm-vote:{}", confirm_vote::text(vote)),
            Self::ApproveLess(request) => format!("p1:less:{request}"),
            Self::LessForm(request) => format!("p1:less-form:{request}"),
            Self::RulesPage(page) => format!("p1:rules:{}", page.text()),
        }
    }

    /// Reads a `custom_id`, strictly: exactly what [`Button::id`] writes, or nothing.
    pub fn parse(id: &str) -> Option<Self> {
        let (verb, rest) = id.strip_prefix("p1:")?.split_once(':')?;
        let button = match verb {
            "approve" => Self::Approve(rest.parse().ok()?),
            "deny" => Self::Deny(rest.parse().ok()?),
            "deny-reason" => Self::DenyReason(rest.parse().ok()?),
            "use-source" => Self::UseSource(rest.parse().ok()?),
            "withdraw" => Self::Withdraw(rest.parse().ok()?),
            "close" => Self::CloseWindow(rest.parse().ok()?),
            "extend" => Self::Extend(rest.parse().ok()?),
            "extend-form" => Self::ExtendForm(rest.parse().ok()?),
            "connect" => Self::Connect(rest.parse().ok()?),
            "list" => Self::ListPage(ListPage::read(rest)?),
            "confirm" => Self::ConfirmProposal(rest.parse().ok()?),
            "cancel" => Self::CancelProposal(rest.parse().ok()?),
            "choose-vms" => Self::ChooseVms(rest.parse().ok()?),
            "add-port" => Self::AddPort(rest.parse().ok()?),
            "change-port" => Self::ChangePort(rest.parse().ok()?),
            "remove-port" => Self::RemovePort(rest.parse().ok()?),
            "port-form" => {
                let (proposal, port) = rest.split_once(':')?;
                Self::PortForm(PortForm {
                    proposal: proposal.parse().ok()?,
                    known: match port {
                        "new" => None,
                        number => Some(Port::new(number.parse().ok()?)?),
                    },
                })
            }
            "vms" => Self::VmsPage(page::read_vms(rest)?),
            "vms-tab" => Self::VmsTab(page::read_vms(rest)?),
            "vm-pick" => Self::VmPick(page::read_vms(rest)?),
            "break-glass" => Self::BreakGlass,
            "sign-review" => Self::SignReview(rest.parse().ok()?),
            "review-form" => Self::ReviewForm(rest.parse().ok()?),
            "ask-again" => Self::AskAgain(rest.parse().ok()?),
            "type-source" => Self::TypeSource(rest.parse().ok()?),
            "source-form" => Self::SourceForm(rest.parse().ok()?),
            "claim" => Self::Claim(rest.parse().ok()?),
            "let-go" => Self::LetGo(rest.parse().ok()?),
            "take-back" => Self::TakeBack(rest.parse().ok()?),
            "confirm-vote" => Self::ConfirmVote(confirm_vote::read(rest)?),
            "less" => Self::ApproveLess(rest.parse().ok()?),
            "less-form" => Self::LessForm(rest.parse().ok()?),
            "rules" => Self::RulesPage(RulesPage::read(rest)?),
            _ => return None,
        };
        // One spelling only: a UUID can be written in several ways, and so can a number.
        (button.id() == id).then_some(button)
    }

    pub(super) fn face(self, label: &str, style: ButtonStyle) -> CreateButton {
        CreateButton::new(self.id()).label(label).style(style)
    }
}
