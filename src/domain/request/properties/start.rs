//! A later start: it has come, or nothing is opened.

use proptest::prelude::*;

use super::World;
use crate::domain::{
    record::By,
    request::{NotStarted, Request, sample::ids},
};

impl World {
    pub(super) fn starts(&mut self, before: &Request, still: bool) -> Result<(), TestCaseError> {
        if !still {
            if let Ok(change) = before
                .clone()
                .not_started(NotStarted::LeftGuild, By::Time, self.now)
            {
                prop_assert_eq!(before.state.name(), "scheduled");
                self.request = self.noted(change);
            }
            return Ok(());
        }
        if let Ok(change) = before.clone().start(self.now, ids()) {
            prop_assert_eq!(before.state.name(), "scheduled");
            let (request, windows) = self.noted(change);
            self.approved.clone_from(&windows);
            self.windows = windows;
            self.request = request;
            self.exactly_the_doors_once()?;
        }
        Ok(())
    }
}
