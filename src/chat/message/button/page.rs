//! Pages: which part of a list a button asks for, as the last part of its text.

use crate::{
    chat::message::{
        needle::Needle,
        vms::{Tab, VmsPage},
    },
    domain::ids::{LookId, RequestNumber},
};

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

impl ListPage {
    pub(super) fn text(self) -> String {
        let before = self
            .before
            .map_or_else(|| "newest".to_owned(), |number| number.to_string());
        format!("{}:{}:{before}", self.which.word(), self.whose.word())
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        let (which, rest) = text.split_once(':')?;
        let (whose, before) = rest.split_once(':')?;
        Some(Self {
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
}

impl Which {
    pub(super) const ALL: [Self; 3] = [Self::Active, Self::Pending, Self::Past];

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
    pub(super) const ALL: [Self; 2] = [Self::Mine, Self::All];

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

/// The search comes last: it is the only part that may have a colon.
pub(super) fn vms_text(page: VmsPage) -> String {
    format!("{}:{}:{}", page.tab.word(), page.page, page.search.as_str())
}

pub(super) fn read_vms(text: &str) -> Option<VmsPage> {
    let (tab, rest) = text.split_once(':')?;
    let (page, search) = rest.split_once(':')?;
    Some(VmsPage {
        tab: Tab::from_word(tab)?,
        page: page.parse().ok()?,
        search: Needle::new(search)?,
    })
}

/// One page of network rules that were found for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RulesPage {
    pub look: LookId,
    pub page: u16,
}

impl RulesPage {
    pub(super) fn text(self) -> String {
        format!("{}:{}", self.look, self.page)
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        let (look, page) = text.split_once(':')?;
        Some(Self {
            look: look.parse().ok()?,
            page: page.parse().ok()?,
        })
    }
}
