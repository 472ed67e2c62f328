//! The ids of buttons and forms: a typed value and its text, which Discord hands back when somebody clicks.
//!
//! The text carries a version, so that a button on an old card is understood or refused, never misread. It is
//! untrusted input: whether the person may do what it says is asked again at the click.

use serenity::all::{ButtonStyle, CreateActionRow, CreateButton};

use super::{
    needle::Needle,
    vms::{Tab, VmsPage},
};
use crate::domain::{
    ids::{ProposalId, RequestId, RequestNumber},
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
}

/// Which port a form is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortForm {
    pub proposal: ProposalId,
    /// The port whose limits change; `None`: a new one.
    pub known: Option<Port>,
}

/// One page of `/jit list`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListPage {
    pub which: Which,
    pub whose: Whose,
    /// Only requests with a smaller number; `None` begins with the newest.
    pub before: Option<RequestNumber>,
}

/// Which requests a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Approved, with windows that are not over.
    Active,
    Pending,
    /// Decided and over.
    Past,
}

/// Whose requests a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Mine,
    All,
}

impl Which {
    const ALL: [Self; 3] = [Self::Active, Self::Pending, Self::Past];

    /// The word for it, as it is typed and stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Pending => "pending",
            Self::Past => "past",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|which| which.word() == word)
    }
}

impl Whose {
    const ALL: [Self; 2] = [Self::Mine, Self::All];

    /// The word for it, as it is typed and stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::All => "all",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|whose| whose.word() == word)
    }
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
            Self::ListPage(page) => {
                let before = page
                    .before
                    .map_or_else(|| "newest".to_owned(), |number| number.to_string());
                format!("p1:list:{}:{}:{before}", page.which.word(), page.whose.word())
            }
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
            Self::VmsPage(page) => format!("p1:vms:{}", vms_page(page)),
            Self::VmsTab(page) => format!("p1:vms-tab:{}", vms_page(page)),
            Self::VmPick(page) => format!("p1:vm-pick:{}", vms_page(page)),
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
            "list" => {
                let (which, rest) = rest.split_once(':')?;
                let (whose, before) = rest.split_once(':')?;
                Self::ListPage(ListPage {
                    which: Which::from_word(which)?,
                    whose: Whose::from_word(whose)?,
                    before: match before {
                        "newest" => None,
                        number => Some(RequestNumber(
                            number.parse().ok().filter(|number: &i64| *number > 0)?,
                        )),
                    },
                })
            }
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
            "vms" => Self::VmsPage(read_vms_page(rest)?),
            "vms-tab" => Self::VmsTab(read_vms_page(rest)?),
            "vm-pick" => Self::VmPick(read_vms_page(rest)?),
            _ => return None,
        };
        // One spelling only: a UUID can be written in several ways, and so can a number.
        (button.id() == id).then_some(button)
    }

    pub(super) fn face(self, label: &str, style: ButtonStyle) -> CreateButton {
        CreateButton::new(self.id()).label(label).style(style)
    }
}

/// The search comes last: it is the only part that may have a colon.
fn vms_page(page: VmsPage) -> String {
    format!("{}:{}:{}", page.tab.word(), page.page, page.search.as_str())
}

fn read_vms_page(text: &str) -> Option<VmsPage> {
    let (tab, rest) = text.split_once(':')?;
    let (page, search) = rest.split_once(':')?;
    Some(VmsPage {
        tab: Tab::from_word(tab)?,
        page: page.parse().ok()?,
        search: Needle::new(search)?,
    })
}

/// Approve and Deny.
pub(super) fn vote_row(request: RequestId) -> CreateActionRow {
    CreateActionRow::Buttons(vec![
        Button::Approve(request).face("Approve", ButtonStyle::Success),
        Button::Deny(request).face("Deny", ButtonStyle::Danger),
    ])
}

/// Close now.
pub(super) fn close_row(request: RequestId) -> CreateActionRow {
    CreateActionRow::Buttons(vec![
        Button::CloseWindow(request).face("Close now", ButtonStyle::Danger),
    ])
}

/// What who asked can do with an access that is open.
pub(super) fn open_row(request: RequestId) -> CreateActionRow {
    CreateActionRow::Buttons(vec![
        Button::Connect(request).face("Connect", ButtonStyle::Primary),
        Button::Extend(request).face("Extend", ButtonStyle::Secondary),
        Button::CloseWindow(request).face("Close now", ButtonStyle::Danger),
    ])
}

/// Withdraw.
pub(super) fn withdraw_row(request: RequestId) -> CreateActionRow {
    CreateActionRow::Buttons(vec![
        Button::Withdraw(request).face("Withdraw", ButtonStyle::Secondary),
    ])
}

/// Use the offered source, or withdraw.
pub(super) fn source_row(request: RequestId, source: &str) -> CreateActionRow {
    CreateActionRow::Buttons(vec![
        Button::UseSource(request).face(&format!("Use {source}"), ButtonStyle::Primary),
        Button::Withdraw(request).face("Withdraw", ButtonStyle::Secondary),
    ])
}

/// The newest page and the older one, as far as they exist.
pub(super) fn page_row(newest: Option<ListPage>, older: Option<ListPage>) -> Option<CreateActionRow> {
    let buttons: Vec<_> = [("Newest", newest), ("Older", older)]
        .into_iter()
        .filter_map(|(label, page)| Some(Button::ListPage(page?).face(label, ButtonStyle::Secondary)))
        .collect();
    (!buttons.is_empty()).then_some(CreateActionRow::Buttons(buttons))
}

/// Confirm and Cancel.
pub(super) fn confirm_row(proposal: ProposalId) -> CreateActionRow {
    CreateActionRow::Buttons(vec![
        Button::ConfirmProposal(proposal).face("Confirm", ButtonStyle::Danger),
        Button::CancelProposal(proposal).face("Cancel", ButtonStyle::Secondary),
    ])
}

/// Cancel.
pub(super) fn cancel_row(proposal: ProposalId) -> CreateActionRow {
    CreateActionRow::Buttons(vec![
        Button::CancelProposal(proposal).face("Cancel", ButtonStyle::Secondary),
    ])
}

/// Add a port, and Cancel.
pub(super) fn add_port_row(proposal: ProposalId) -> CreateActionRow {
    CreateActionRow::Buttons(vec![
        Button::AddPort(proposal).face("Add a port", ButtonStyle::Primary),
        Button::CancelProposal(proposal).face("Cancel", ButtonStyle::Secondary),
    ])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::chat::message::limit::CUSTOM_ID;

    fn every(id: u128, number: i64) -> Vec<Button> {
        let request = RequestId(uuid::Uuid::from_u128(id));
        let mut buttons = vec![
            Button::Approve(request),
            Button::Deny(request),
            Button::DenyReason(request),
            Button::UseSource(request),
            Button::Withdraw(request),
            Button::CloseWindow(request),
            Button::Extend(request),
            Button::ExtendForm(request),
            Button::Connect(request),
        ];
        let proposal = ProposalId(request.0);
        buttons.extend([
            Button::ConfirmProposal(proposal),
            Button::CancelProposal(proposal),
            Button::ChooseVms(proposal),
            Button::AddPort(proposal),
            Button::ChangePort(proposal),
            Button::RemovePort(proposal),
        ]);
        for known in [None, Port::new(22), Port::new(65535)] {
            buttons.push(Button::PortForm(PortForm { proposal, known }));
        }
        for tab in Tab::ALL {
            for search in ["", "web", "a:b", &"x".repeat(Needle::MAX)] {
                let page = VmsPage {
                    tab,
                    page: u16::MAX,
                    search: Needle::new(search).unwrap(),
                };
                buttons.extend([Button::VmsPage(page), Button::VmsTab(page), Button::VmPick(page)]);
            }
        }
        for which in Which::ALL {
            for whose in Whose::ALL {
                for before in [None, Some(RequestNumber(number))] {
                    buttons.push(Button::ListPage(ListPage { which, whose, before }));
                }
            }
        }
        buttons
    }

    #[test]
    fn only_the_exact_spelling_is_read() {
        const ID: &str = "0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b";
        assert!(Button::parse(&format!("p1:approve:{ID}")).is_some());
        for wrong in [
            String::new(),
            "p1:approve:".to_owned(),
            format!("p2:approve:{ID}"),
            format!("p1:approve:{ID} "),
            format!("p1:approve:{ID}:x"),
            format!("p1:approve:{}", ID.to_uppercase()),
            format!("p1:approve:{}", ID.replace('-', "")),
            format!("p1:approve:{{{ID}}}"),
            format!("p1:Approve:{ID}"),
            format!("p1:frobnicate:{ID}"),
            "p1:list:active:mine:0".to_owned(),
            "p1:list:active:mine:007".to_owned(),
            "p1:list:active:mine:-3".to_owned(),
            "p1:list:active:theirs:newest".to_owned(),
            "p1:list:active:mine".to_owned(),
            "p1:vms:configured:0".to_owned(),
            "p1:vms:configured:00:".to_owned(),
            "p1:vms:all:0:".to_owned(),
            "p1:vms:configured:99999:".to_owned(),
            format!("p1:vms:configured:0:{}", "x".repeat(65)),
            "p1:vms:configured:0: web".to_owned(),
        ] {
            assert_eq!(Button::parse(&wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(id in any::<u128>(), number in 1..=i64::MAX) {
            for button in every(id, number) {
                let text = button.id();
                prop_assert!(text.len() <= CUSTOM_ID, "{text}");
                prop_assert_eq!(Button::parse(&text), Some(button));
            }
        }

        #[test]
        fn nothing_makes_the_reader_fail(text in ".{0,120}") {
            if let Some(button) = Button::parse(&text) {
                prop_assert_eq!(button.id(), text);
            }
        }
    }
}
