//! `extend` of a rule: who decides when an access is to last longer.

use crate::{config::problem::Problems, policy::Extend};

pub(super) fn extend(key: &str, written: Option<&str>, problems: &mut Problems) -> Option<Extend> {
    match written.map(str::trim) {
        None => Some(Extend::default()),
        Some(word) => {
            let known = [Extend::ByApproval, Extend::Once];
            let found = known.into_iter().find(|extend| extend.word() == word);
            if found.is_none() {
                problems.at(
                    key,
                    format!("{word:?} is not known; write \"approval\" or \"once\""),
                );
            }
            found
        }
    }
}
