//! An approver grants less than was asked for: a shorter time, or fewer addresses. Never more.
//!
//! It becomes part of the request, for good: whoever approved before approved more than this, and whoever approves
//! after approves this, so no vote stands for less than what will open. It stays also when the approval that
//! brought it is taken back.

use serde::{Deserialize, Serialize};

use super::Request;
use crate::domain::{Instant, actor::Person, length::Length, record::Fact, source::Source};

/// What an approver grants, where it is less than what is asked; `None` is all that is asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Less {
    pub length: Option<Length>,
    pub source: Option<Source>,
}

/// That an approver has granted less.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Narrowing {
    pub by: Person,
    pub at: Instant,
    /// What it was before, where that has changed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub length_before: Option<Length>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source_before: Option<Source>,
}

/// Why that is not less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotLess {
    Longer { most: Length },
    Outside { source: Source },
}

impl Less {
    /// What is asked, less this; an error if this is more in any part.
    pub fn of(self, length: Length, source: Source) -> Result<(Length, Source), NotLess> {
        let shorter = self.length.unwrap_or(length);
        if shorter > length {
            return Err(NotLess::Longer { most: length });
        }
        let inside = self.source.unwrap_or(source);
        if !source.net().contains(&inside.net()) {
            return Err(NotLess::Outside { source });
        }
        Ok((shorter, inside))
    }
}

impl Request {
    /// Makes it as narrow as `less` says; gives the record of that, or `None` where nothing changes.
    pub(super) fn narrow(
        &mut self,
        source: &mut Source,
        less: Less,
        by: &Person,
        now: Instant,
    ) -> Result<Option<Fact>, NotLess> {
        let (length, inside) = less.of(self.length, *source)?;
        if (length, inside) == (self.length, *source) {
            return Ok(None);
        }
        let narrowing = Narrowing {
            by: by.clone(),
            at: now,
            length_before: (length != self.length).then_some(self.length),
            source_before: (inside != *source).then_some(*source),
        };
        self.length = length;
        *source = inside;
        self.narrowed.push(narrowing.clone());
        Ok(Some(Fact::Narrowed {
            request: self.facts(),
            narrowing,
            length,
            source: inside,
        }))
    }
}
