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
            .scan(0, |marks, char| {
                *marks = if is_mark(char) { *marks + 1 } else { 0 };
                Some((char, *marks))
            })
            .filter(|(_, marks)| *marks <= MARKS_MAX)
            .map(|(char, _)| char)
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

/// The most marks that stay on one letter: no writing needs more, and a tower of them covers the lines above.
const MARKS_MAX: usize = 4;

/// Marks that stand above or below the letter before them, in the blocks from which towers are built.
fn is_mark(char: char) -> bool {
    matches!(char,
        '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0489}' | '\u{0591}'..='\u{05BD}' | '\u{0610}'..='\u{061A}'
        | '\u{064B}'..='\u{065F}' | '\u{0E31}' | '\u{0E34}'..='\u{0E3A}' | '\u{0E47}'..='\u{0E4E}'
        | '\u{0EB1}' | '\u{0EB4}'..='\u{0EBC}' | '\u{0EC8}'..='\u{0ECE}' | '\u{0F71}'..='\u{0F84}'
        | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{A66F}'..='\u{A67D}'
        | '\u{FE20}'..='\u{FE2F}')
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
    fn a_tower_of_marks_is_cut_and_accents_stay() {
        assert_eq!(clean("e\u{301}te\u{301}"), Some("e\u{301}te\u{301}".to_owned()));
        assert_eq!(
            clean(&format!("a{}b", "\u{300}".repeat(50))),
            Some(format!("a{}b", "\u{300}".repeat(4)))
        );
        let vietnamese = "Vie\u{323}\u{302}t";
        assert_eq!(clean(vietnamese), Some(vietnamese.to_owned()));
    }

    #[test]
    fn of_every_hostile_text_one_clean_line_is_kept() {
        let corpus: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/data/hostile.json")).unwrap();
        for entry in corpus.as_array().unwrap() {
            let times = usize::try_from(entry["times"].as_u64().unwrap_or(1)).unwrap();
            let text = entry["text"].as_str().unwrap();
            let text = match entry["then"].as_str() {
                Some(then) => text.to_owned() + &then.repeat(times),
                None => text.repeat(times),
            };
            let Some(kept) = clean(&text) else { continue };
            assert!(
                !kept.chars().any(|char| char.is_control() || is_invisible(char)),
                "{kept:?}"
            );
            assert!(
                kept.chars().count() <= FreeText::MAX && kept.trim() == kept,
                "{kept:?}"
            );
            assert_eq!(
                clean(&kept).as_ref(),
                Some(&kept),
                "cleaning it again changes nothing"
            );
        }
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
