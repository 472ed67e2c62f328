//! Text that a person typed, made safe to store.
//!
//! Markdown and mentions are not touched here: how a text must be quoted depends on where it is shown.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One line of free text from a person: never empty, no control, bidi or invisible characters, at most
/// [`FreeText::MAX`] characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FreeText(String);

impl FreeText {
    /// The most characters that are kept; the rest is cut off, with an ellipsis.
    pub const MAX: usize = 300;

    /// Cleans `raw`; nothing is left of a text that only has invisible characters.
    pub fn new(raw: &str) -> Option<Self> {
        let spaced: String = raw
            .chars()
            .map(|char| {
                if char.is_whitespace() || char.is_control() {
                    ' '
                } else {
                    char
                }
            })
            .filter(|char| !is_invisible(*char))
            .collect();
        let mut text = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some((cut, _)) = text.char_indices().nth(Self::MAX) {
            let room = text.char_indices().nth(Self::MAX - 1).map_or(cut, |(at, _)| at);
            text.truncate(room);
            text.push('…');
        }
        (!text.is_empty()).then_some(Self(text))
    }

    /// Stands for a text in which nothing is left after cleaning.
    pub fn unreadable() -> Self {
        Self("(unreadable)".to_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FreeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Characters that change how their neighbours look, or that nobody sees (Unicode TR 9 and TR 36).
fn is_invisible(char: char) -> bool {
    matches!(char,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(raw: &str) -> Option<String> {
        FreeText::new(raw).map(|text| text.0)
    }

    #[test]
    fn controls_bidi_and_invisible_characters_do_not_survive() {
        assert_eq!(clean("fix\r\n\tthe\u{0} web"), Some("fix the web".to_owned()));
        assert_eq!(clean("\u{202E}abc\u{202C}\u{200B}"), Some("abc".to_owned()));
        assert_eq!(clean("\u{200B}\u{FEFF} \n"), None);
        assert_eq!(clean(""), None);
    }

    #[test]
    fn a_long_text_is_cut_on_a_character() {
        let cut = clean(&"é".repeat(10_000)).unwrap();
        assert_eq!(cut.chars().count(), FreeText::MAX);
        assert!(cut.ends_with('…'));
        let whole = "é".repeat(FreeText::MAX);
        assert_eq!(clean(&whole), Some(whole));
    }
}
