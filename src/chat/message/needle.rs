//! A short text to search for, small enough to be carried in the id of a button.

use crate::domain::text::FreeText;

/// What somebody searches for: one clean line of at most [`Needle::MAX`] bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needle {
    bytes: [u8; Self::MAX],
    length: usize,
}

impl Needle {
    /// With all the rest of an id there is room for so many bytes.
    pub const MAX: usize = 64;

    /// The search that finds everything.
    pub const EMPTY: Self = Self {
        bytes: [0; Self::MAX],
        length: 0,
    };

    /// Cleans `text`; `None` where it is too long.
    pub fn new(text: &str) -> Option<Self> {
        let Some(clean) = FreeText::new(text) else {
            return Some(Self::EMPTY);
        };
        let clean = clean.as_str();
        let mut needle = Self::EMPTY;
        needle.length = clean.len();
        needle
            .bytes
            .get_mut(..clean.len())?
            .copy_from_slice(clean.as_bytes());
        Some(needle)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..self.length).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_search_is_kept_as_one_clean_line() {
        assert_eq!(
            Needle::new("  Prod-Web/\nWEB ").unwrap().as_str(),
            "Prod-Web/ WEB"
        );
        assert_eq!(Needle::new("\u{202e}").unwrap(), Needle::EMPTY);
        assert_eq!(Needle::new(&"é".repeat(33)), None);
    }

    proptest! {
        #[test]
        fn what_was_cleaned_is_clean(text in ".{0,80}") {
            if let Some(needle) = Needle::new(&text) {
                prop_assert!(needle.as_str().len() <= Needle::MAX);
                prop_assert_eq!(Needle::new(needle.as_str()), Some(needle));
            }
        }
    }
}
