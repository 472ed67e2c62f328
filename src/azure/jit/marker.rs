//! The marker in `justification` by which a request of ours is found again.

use std::fmt;

use crate::domain::{
    ids::{RequestId, WindowId},
    text::FreeText,
};

/// The longest justification that is sent, in characters. Azure's own limit is not documented.
pub const JUSTIFICATION_CHARS_MAX: usize = 250;

/// Says whose a request in Azure is.
///
/// One call opens many windows with one justification, so opening is marked with the request: together with VM
/// and port that names exactly one window, however many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marker {
    /// Opens windows of this request.
    Open(RequestId),
    /// Replaces this window, to close it early.
    Close(WindowId),
}

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(request) => write!(f, "[portcullis {request}]"),
            Self::Close(window) => write!(f, "[portcullis close {window}]"),
        }
    }
}

impl Marker {
    /// `free` with the marker behind it, within [`JUSTIFICATION_CHARS_MAX`]; `free` is cut, the marker never.
    ///
    /// A marker that somebody typed into `free` is broken up, so that nobody can pass for another request.
    pub fn justification(self, free: &str) -> String {
        let marker = self.to_string();
        let free = FreeText::new(&free.replace(['[', ']'], " "));
        let Some(free) = free else { return marker };
        let room = JUSTIFICATION_CHARS_MAX - marker.chars().count() - 1;
        let text = free.as_str();
        if text.chars().count() <= room {
            return format!("{text} {marker}");
        }
        let cut: String = text.chars().take(room - 1).collect();
        format!("{cut}… {marker}")
    }

    /// The marker at the end of `justification`, if there is one.
    pub fn read(justification: &str) -> Option<Self> {
        let (_, marker) = justification.trim_end().strip_suffix(']')?.rsplit_once('[')?;
        let id = marker.strip_prefix("portcullis ")?;
        match id.strip_prefix("close ") {
            Some(window) => window.parse().ok().map(Self::Close),
            None => id.parse().ok().map(Self::Open),
        }
    }

    /// Whether `justification` ends with this marker.
    pub fn marks(self, justification: &str) -> bool {
        justification.trim_end().ends_with(&self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn marker() -> Marker {
        Marker::Open(RequestId(Uuid::from_u128(1)))
    }

    #[test]
    fn a_marker_that_somebody_typed_does_not_count() {
        let other = Marker::Open(RequestId(Uuid::from_u128(2)));
        let text = marker().justification(&other.to_string());
        assert!(marker().marks(&text) && !other.marks(&text), "{text}");
        assert_eq!(marker().justification("\u{200B}"), marker().to_string());
    }

    #[test]
    fn of_every_hostile_text_one_plain_line_with_one_marker_goes_out() {
        let corpus: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/data/hostile.json")).unwrap();
        for entry in corpus.as_array().unwrap() {
            let times = usize::try_from(entry["times"].as_u64().unwrap_or(1)).unwrap();
            let text = entry["text"].as_str().unwrap().repeat(times);
            let told = marker().justification(&text);
            assert!(!told.chars().any(char::is_control), "{}: {told:?}", entry["name"]);
            assert!(told.chars().count() <= JUSTIFICATION_CHARS_MAX, "{told}");
            assert_eq!(told.matches("[portcullis").count(), 1, "{told}");
            assert!(marker().marks(&told), "{told}");
        }
    }

    proptest! {
        #[test]
        fn the_marker_is_always_whole_and_the_text_never_too_long(free in "\\PC{0,400}") {
            for marker in [marker(), Marker::Close(WindowId(Uuid::from_u128(3)))] {
                let text = marker.justification(&free);
                prop_assert!(text.chars().count() <= JUSTIFICATION_CHARS_MAX);
                prop_assert!(marker.marks(&text));
                prop_assert_eq!(Marker::read(&text), Some(marker));
                prop_assert_eq!(text.matches('[').count(), 1);
            }
        }
    }
}
