//! Neutralising free text: whatever a person or Azure wrote is shown as it is written, and does nothing.
//!
//! Every text that is not ours goes through here once, where it is shown. Nothing else may escape, or a text is
//! escaped twice.

use crate::domain::text::FreeText;

use super::limit::width;

/// Keeps `@` from naming anybody: Discord finds `@everyone` in text even behind a backslash.
const BREAK: char = '\u{200B}';

/// `raw` on one line, without any effect: no markdown, mention, link, code fence, bidi or control character.
pub(super) fn quoted(raw: &str) -> String {
    quoted_within(raw, usize::MAX)
}

/// Like [`quoted`], at most `room` wide; what is cut off is shown as an ellipsis, and never half an escape.
pub(super) fn quoted_within(raw: &str, room: usize) -> String {
    let Some(clean) = FreeText::new(raw) else {
        return "(empty)".to_owned();
    };
    let clean = clean.as_str();
    let mut shown = String::with_capacity(clean.len() + 8);
    let mut shown_width = 0;
    // How much fits when an ellipsis must follow.
    let mut last_cut = 0;
    let mut rest = clean.char_indices();
    while let Some((at, char)) = rest.next() {
        let before = clean.get(..at).unwrap_or_default();
        let after = rest.as_str();
        let from = shown.len();
        push(&mut shown, char, before, after);
        shown_width += shown.get(from..).map_or(0, width);
        if shown_width > room {
            shown.truncate(last_cut);
            shown.push('…');
            return shown;
        }
        if shown_width < room {
            last_cut = shown.len();
        }
    }
    shown
}

/// A person's or Azure's text in a code span, where nothing but a backtick has an effect.
pub(super) fn coded(raw: &str, room: usize) -> String {
    let Some(clean) = FreeText::new(raw) else {
        return "(empty)".to_owned();
    };
    let mut shown = String::from("`");
    let mut shown_width = 2;
    for char in clean.as_str().chars() {
        // A look-alike, because no escape works inside a code span.
        let char = if char == '`' { 'ˋ' } else { char };
        // Discord's server looks for mentions without regard to code spans.
        let guard = (char == '@').then_some(BREAK);
        shown_width += char.len_utf16() + usize::from(guard.is_some());
        if shown_width >= room {
            shown.push('…');
            break;
        }
        shown.push(char);
        shown.extend(guard);
    }
    shown.push('`');
    shown
}

fn push(shown: &mut String, char: char, before: &str, after: &str) {
    match char {
        '@' => {
            shown.push('@');
            shown.push(BREAK);
        }
        '\\' | '*' | '_' | '~' | '`' | '|' | '[' | ']' | '<' => {
            shown.push('\\');
            shown.push(char);
        }
        // Headings, quotes, lists and small print are made by the start of a line.
        '#' | '>' | '-' | '+' if before.is_empty() => {
            shown.push('\\');
            shown.push(char);
        }
        '.' | ')' if !before.is_empty() && before.bytes().all(|byte| byte.is_ascii_digit()) => {
            shown.push('\\');
            shown.push(char);
        }
        // `https://` would become a link that looks like the bot's own.
        ':' if after.starts_with("//") => shown.push_str("\\:"),
        _ => shown.push(char),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Finds the first thing in `shown` that still has an effect in Discord.
    ///
    /// Written the other way round than the code above: it reads as a client does.
    pub(in crate::chat::message) fn effect_in(shown: &str) -> Option<String> {
        let chars: Vec<char> = shown.chars().collect();
        let mut at = 0;
        while at < chars.len() {
            let rest: String = chars[at..].iter().take(12).collect();
            match chars[at] {
                '\\' => at += 1,
                '*' | '_' | '~' | '`' | '|' | '[' | ']' | '<' => return Some(rest),
                '@' if chars.get(at + 1) != Some(&BREAK) => return Some(rest),
                ':' if rest.starts_with("://") => return Some(rest),
                char if char.is_control() || unseen(char) => return Some(rest),
                _ => {}
            }
            at += 1;
        }
        let first = chars.first().copied().unwrap_or(' ');
        "#>-+".contains(first).then(|| shown.to_owned())
    }

    #[test]
    fn what_a_text_could_do_it_does_not() {
        for (raw, shown) in [
            ("INC-42 disk is full", "INC-42 disk is full"),
            ("**bold** _it_ ~~x~~", "\\*\\*bold\\*\\* \\_it\\_ \\~\\~x\\~\\~"),
            ("@everyone look", "@\u{200B}everyone look"),
            ("<@42> <@&43> <#44>", "\\<@\u{200B}42> \\<@\u{200B}&43> \\<#44>"),
            ("<t:0:R> </jit request:1>", "\\<t:0:R> \\</jit request:1>"),
            (
                "[safe](https://evil.example)",
                "\\[safe\\](https\\://evil.example)",
            ),
            ("```\nrm -rf\n```", "\\`\\`\\` rm -rf \\`\\`\\`"),
            ("||spoiler||", "\\|\\|spoiler\\|\\|"),
            ("# heading", "\\# heading"),
            ("> quote", "\\> quote"),
            ("-# small", "\\-# small"),
            ("1. list", "1\\. list"),
            ("back\\slash", "back\\\\slash"),
            ("\u{202E}drow\u{202C}", "drow"),
            ("\u{200B}", "(empty)"),
        ] {
            assert_eq!(quoted(raw), shown, "{raw:?}");
        }
    }

    /// Characters that nobody sees or that turn their neighbours; [`BREAK`] stands behind an at sign, where it was looked
    /// for.
    fn unseen(char: char) -> bool {
        matches!(char, '\u{AD}' | '\u{61C}' | '\u{200C}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}')
    }

    #[test]
    fn of_every_hostile_text_nothing_has_an_effect() {
        let corpus: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/data/hostile.json")).unwrap();
        for entry in corpus.as_array().unwrap() {
            let times = usize::try_from(entry["times"].as_u64().unwrap_or(1)).unwrap();
            let text = entry["text"].as_str().unwrap().repeat(times);
            for room in [8, 60, 300, 1024, usize::MAX] {
                let shown = quoted_within(&text, room);
                assert_eq!(effect_in(&shown), None, "{}", entry["name"]);
                assert!(width(&shown) <= room, "{}: {shown}", entry["name"]);
            }
            let code = coded(&text, 100);
            assert!(code == "(empty)" || code.matches('`').count() == 2, "{code}");
            assert!(!code.chars().any(char::is_control), "{code:?}");
        }
    }

    #[test]
    fn a_cut_never_leaves_half_an_escape() {
        assert_eq!(quoted_within("abc", 3), "abc");
        assert_eq!(quoted_within("abcd", 3), "ab…");
        assert_eq!(quoted_within("a***", 3), "a…");
        assert_eq!(quoted_within("a***", 4), "a\\*…");
        assert_eq!(coded("a`b", 20), "`aˋb`");
        assert_eq!(coded("abcdefgh", 6), "`abc…`");
    }

    proptest! {
        #[test]
        fn nothing_has_an_effect_and_everything_fits(raw in "((?s:.)|[@<>*_`~|\\[\\]\\\\#:/ \u{200B}\u{202E}\u{301}\r\n\0-]){0,80}", room in 8_usize..60) {
            let shown = quoted_within(&raw, room);
            prop_assert_eq!(effect_in(&shown), None);
            prop_assert!(width(&shown) <= room);
            let code = coded(&raw, room);
            prop_assert!(width(&code) <= room, "{}", code);
            prop_assert!(code == "(empty)" || code.matches('`').count() == 2);
        }
    }
}
