//! `/jit vms`: the machines in the three groups of Azure's portal, ten to a page, with what could not be read.

mod detail;

use serenity::all::{
    ButtonStyle, CreateActionRow, CreateButton, CreateEmbed, CreateSelectMenu, CreateSelectMenuKind,
    CreateSelectMenuOption,
};

pub use self::detail::{Detail, RuleLine, detail};
use super::{
    button::Button,
    limit::{CONTENT, DESCRIPTION, FIELD, counted, joined, listed},
    needle::Needle,
    phrase, plan,
    quote::{coded, quoted_within},
    rendered::Rendered,
    trouble, when,
};
use crate::domain::{
    Instant,
    text::FreeText,
    trouble::Trouble,
    vm::{Classic, JitState, SubscriptionId, Unsupported, Vm},
};

/// Machines on one page.
pub const PAGE: usize = 10;

/// One of the portal's three groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    Configured,
    NotConfigured,
    Unsupported,
}

impl Tab {
    /// All of them, in the portal's order.
    pub const ALL: [Self; 3] = [Self::Configured, Self::NotConfigured, Self::Unsupported];

    /// The group of a machine.
    pub fn of(vm: &Vm) -> Self {
        match vm.jit {
            JitState::Configured { .. } => Self::Configured,
            JitState::NotConfigured => Self::NotConfigured,
            JitState::Unsupported { .. } => Self::Unsupported,
        }
    }

    /// The word for it, as it is typed and stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::Configured => "configured",
            Self::NotConfigured => "not-configured",
            Self::Unsupported => "unsupported",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tab| tab.word() == word)
    }

    fn title(self) -> &'static str {
        match self {
            Self::Configured => "Configured",
            Self::NotConfigured => "Not configured",
            Self::Unsupported => "Unsupported",
        }
    }
}

/// One page, as a button leads to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VmsPage {
    pub tab: Tab,
    /// From zero.
    pub page: u16,
    pub search: Needle,
}

/// A machine of a page.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    pub machine: Machine<'a>,
    /// The subscription's name, where it is known.
    pub subscription: Option<&'a FreeText>,
}

/// What a row is about.
#[derive(Debug, Clone)]
pub enum Machine<'a> {
    /// With the shortest text that means it and no other.
    Vm {
        written: String,
        vm: &'a Vm,
    },
    Classic(&'a Classic),
}

/// A subscription that could not be read.
#[derive(Debug, Clone)]
pub struct Unread<'a> {
    /// `None`: not even which subscriptions there are.
    pub subscription: Option<(&'a SubscriptionId, Option<&'a FreeText>)>,
    pub why: &'a Trouble,
    /// When what is shown of it was read; `None` where nothing is shown.
    pub shown_from: Option<Instant>,
}

/// Where calls to Azure are held back.
#[derive(Debug, Clone)]
pub struct Slow {
    /// The subscription's id, or `tenant`.
    pub scope: String,
    pub calls: &'static str,
    pub until: Instant,
}

/// Everything around the rows.
#[derive(Debug, Clone, Default)]
pub struct Around<'a> {
    /// How many machines each tab has, in the order of [`Tab::ALL`].
    pub counts: [usize; 3],
    /// Machines that this person is not told of.
    pub hidden: usize,
    pub unread: Vec<Unread<'a>>,
    pub slow: Vec<Slow>,
    /// When the oldest part of the picture was read.
    pub read_at: Option<Instant>,
}

/// One page of machines.
pub fn vms(page: VmsPage, rows: &[Row<'_>], around: &Around<'_>) -> Rendered {
    let rows = rows.get(..PAGE).unwrap_or(rows);
    let lines: Vec<_> = rows.iter().map(line).collect();
    let mut text = if lines.is_empty() {
        nothing(page).to_owned()
    } else {
        joined(&lines, "\n", DESCRIPTION - 600)
    };
    if let Some(at) = around.read_at {
        text.push_str(&format!("\nAs of {}.", when::relative(at)));
    }
    let mut embed = CreateEmbed::new().title(title(page, around)).description(text);
    if let Some(unread) = unread(&around.unread) {
        embed = embed.field("Not read from Azure", unread, false);
    }
    if let Some(notes) = notes(around) {
        embed = embed.field("To know", notes, false);
    }
    Rendered {
        embeds: vec![embed],
        components: components(page, rows, around),
        ..Rendered::default()
    }
}

/// Nothing is known of any machine yet.
pub fn nothing_read(around: &Around<'_>) -> Rendered {
    let why = unread(&around.unread).unwrap_or_else(|| "Try again in a minute.".to_owned());
    Rendered::text(format!(
        "Portcullis has not read the machines from Azure yet. {}",
        quoted_room(&why)
    ))
}

/// No rule concerns this person.
pub fn not_for_you(hidden: usize) -> Rendered {
    Rendered::text(format!(
        "No rule lets you ask for a machine or approve for one, so none is shown to you; there {}. If you need \
         access, ask an administrator of Portcullis for a rule.",
        if hidden == 1 {
            "is 1".to_owned()
        } else {
            format!("are {hidden}")
        }
    ))
}

/// The search does not fit.
pub fn search_too_long() -> Rendered {
    Rendered::text(format!(
        "Nothing was searched, because `search` takes at most {} characters. Search for a part of the name.",
        Needle::MAX
    ))
}

/// The machine that was picked is not there any more, or is not for this person.
pub fn gone() -> Rendered {
    Rendered::text("This machine is not in the inventory any more. `/jit vms` shows those that are.")
}

fn quoted_room(text: &str) -> String {
    // Sentences of ours, made of parts that are quoted already; only their length is bound here.
    joined(&[text.to_owned()], "", CONTENT - 200)
}

fn title(page: VmsPage, around: &Around<'_>) -> String {
    let counts: Vec<_> = Tab::ALL
        .iter()
        .zip(around.counts)
        .map(|(tab, count)| format!("{} {count}", tab.title()))
        .collect();
    let search = page.search.as_str();
    let found = if search.is_empty() {
        String::new()
    } else {
        format!(" · search {}", quoted_within(search, 70))
    };
    format!("Machines · {}{found}", counts.join(" · "))
}

fn line(row: &Row<'_>) -> String {
    match &row.machine {
        Machine::Vm { vm, .. } => {
            let about = phrase::about(&vm.id, Some(vm));
            let place = plan::subscription(vm.id.subscription(), row.subscription);
            format!(
                "**{}** · {about}, {place}\n{}",
                phrase::machine(&vm.id),
                state(vm)
            )
        }
        Machine::Classic(classic) => format!(
            "**{}** · group {}, {}\n{}",
            phrase::name(&classic.name),
            phrase::name(&classic.group),
            plan::subscription(&classic.subscription, row.subscription),
            unsupported(Unsupported::Classic)
        ),
    }
}

fn state(vm: &Vm) -> String {
    let mut text = match &vm.jit {
        JitState::Configured { policies } => {
            let ports: Vec<_> = policies
                .iter()
                .flat_map(|entry| entry.ports.iter().map(|jit| jit.port.to_string()))
                .collect();
            listed(&ports, 120)
        }
        JitState::NotConfigured => "JIT is possible and not set up".to_owned(),
        JitState::Unsupported { why } => unsupported(*why).to_owned(),
    };
    if !vm.open_anyway.is_empty() {
        let mut ports: Vec<_> = vm.open_anyway.iter().map(|open| open.port.to_string()).collect();
        ports.dedup();
        text.push_str(" · ⚠ open all the time: ");
        text.push_str(&listed(&ports, 80));
    }
    text
}

/// Why JIT cannot guard a machine, and what would help.
pub(super) fn unsupported(why: Unsupported) -> &'static str {
    match why {
        Unsupported::MissingNsg => {
            "no network security group and no classic Azure Firewall stands in front of it; put one there"
        }
        Unsupported::Classic => "it is a classic machine; JIT needs one of Azure Resource Manager",
        Unsupported::PlanMissing => "it lacks Defender for Servers Plan 2; `/jit plan` says more",
        Unsupported::Other => "Defender for Cloud says that JIT does not apply to it",
    }
}

fn nothing(page: VmsPage) -> &'static str {
    match (page.tab, page.search.as_str().is_empty()) {
        (_, false) => "No machine of this group is like that.",
        (Tab::Configured, true) => "JIT is set up on none.",
        (Tab::NotConfigured, true) => "There is none on which JIT is possible and not set up.",
        (Tab::Unsupported, true) => "There is none on which JIT is not possible.",
    }
}

pub(super) fn unread(found: &[Unread<'_>]) -> Option<String> {
    let lines: Vec<_> = found
        .iter()
        .map(|unread| {
            let who = match unread.subscription {
                Some((id, name)) => plan::subscription(id, name),
                None => "The subscriptions".to_owned(),
            };
            let shown = unread.shown_from.map_or_else(
                || "Nothing of it is shown.".to_owned(),
                |at| format!("What is shown of it was read {}.", when::relative(at)),
            );
            format!("**{who}**: {} {shown}", trouble::sentence(unread.why))
        })
        .collect();
    (!lines.is_empty()).then(|| joined(&lines, "\n", FIELD))
}

fn notes(around: &Around<'_>) -> Option<String> {
    let mut notes: Vec<_> = around
        .slow
        .iter()
        .map(|slow| {
            let place = match SubscriptionId::new(&slow.scope) {
                Some(id) => format!("in subscription {}", coded(id.as_str(), 40)),
                None => "as a whole".to_owned(),
            };
            format!(
                "Azure asks to wait with {} {place} until {}: what is shown gets older meanwhile.",
                match slow.calls {
                    "writes" => "changes",
                    "graph" => "queries of Resource Graph",
                    _ => "reads",
                },
                when::time(slow.until)
            )
        })
        .collect();
    if around.hidden > 0 {
        notes.push(format!(
            "{} not shown, because no rule lets you ask or approve for {}.",
            counted(around.hidden, "machine is", "machines are"),
            if around.hidden == 1 { "it" } else { "them" }
        ));
    }
    (!notes.is_empty()).then(|| joined(&notes, "\n", FIELD))
}

fn components(page: VmsPage, rows: &[Row<'_>], around: &Around<'_>) -> Vec<CreateActionRow> {
    let mut made = Vec::new();
    let options: Vec<_> = rows.iter().filter_map(option).collect();
    if !options.is_empty() {
        let menu = CreateSelectMenu::new(
            Button::VmPick(page).id(),
            CreateSelectMenuKind::String { options },
        );
        made.push(CreateActionRow::SelectMenu(menu.placeholder("Show one machine")));
    }
    let tabs = Tab::ALL.into_iter().zip(around.counts).map(|(tab, count)| {
        let first = VmsPage { tab, page: 0, ..page };
        let style = if tab == page.tab {
            ButtonStyle::Primary
        } else {
            ButtonStyle::Secondary
        };
        Button::VmsTab(first).face(&format!("{} {count}", tab.title()), style)
    });
    made.push(CreateActionRow::Buttons(tabs.collect()));
    let of_tab = Tab::ALL
        .into_iter()
        .zip(around.counts)
        .find_map(|(tab, count)| (tab == page.tab).then_some(count))
        .unwrap_or_default();
    let more = (usize::from(page.page) + 1) * PAGE < of_tab;
    let step = |label: &str, to: Option<u16>| -> Option<CreateButton> {
        Some(Button::VmsPage(VmsPage { page: to?, ..page }).face(label, ButtonStyle::Secondary))
    };
    let steps: Vec<_> = [
        step("Previous", page.page.checked_sub(1)),
        step("Next", page.page.checked_add(1).filter(|_| more)),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !steps.is_empty() {
        made.push(CreateActionRow::Buttons(steps));
    }
    made
}

/// What the menu offers for a row; nothing where its text is longer than Discord takes.
fn option(row: &Row<'_>) -> Option<CreateSelectMenuOption> {
    let Machine::Vm { written, vm } = &row.machine else {
        return None;
    };
    (written.chars().count() <= super::choice::CHOICE)
        .then(|| CreateSelectMenuOption::new(super::choice::vm(written, vm), written.clone()))
}
