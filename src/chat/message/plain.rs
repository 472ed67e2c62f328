//! The same sentences for a terminal: no emphasis, ids instead of Discord's mentions, instants in UTC.

use chrono::{DateTime, Utc};

/// `text` without what only Discord would show.
pub(super) fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("**") {
            rest = after;
        } else if let Some((word, after)) = mention(rest) {
            shown.push_str(&word);
            rest = after;
        } else {
            let escaped = rest
                .strip_prefix('\\')
                .and_then(|after| Some((after.chars().next()?, after)));
            let (char, from) = match escaped {
                Some((char, after)) if char.is_ascii_punctuation() => (char, after),
                _ => (char, rest),
            };
            // The break that keeps Discord from finding a mention is of no use here.
            if char != '\u{200B}' && char != '`' {
                shown.push(char);
            }
            rest = from.get(char.len_utf8()..).unwrap_or_default();
        }
    }
    shown
}

/// `<@1>`, `<@&1>`, `<t:1:F>` and what follows.
fn mention(text: &str) -> Option<(String, &str)> {
    let (inside, after) = text.strip_prefix('<')?.split_once('>')?;
    let word = if let Some(id) = inside.strip_prefix("@&") {
        number(id).then(|| format!("role:{id}"))?
    } else if let Some(id) = inside.strip_prefix('@') {
        number(id).then(|| format!("user:{id}"))?
    } else {
        let (seconds, style) = inside.strip_prefix("t:")?.split_once(':')?;
        let at = DateTime::<Utc>::from_timestamp(seconds.parse().ok()?, 0)?;
        if style == "R" {
            // It stands in brackets behind the instant itself, which is enough.
            return Some((String::new(), after));
        }
        at.format("%Y-%m-%d %H:%M UTC").to_string()
    };
    Some((word, after))
}

fn number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_terminal_shows_no_marks() {
        assert_eq!(
            plain("**web-01** for <@101> or <@&7> until <t:1800000000:F>"),
            "web-01 for user:101 or role:7 until 2027-01-15 08:00 UTC"
        );
        assert_eq!(plain("a\\_b <not> `x` 1 < 2"), "a_b <not> x 1 < 2");
        assert_eq!(plain("é** ** **"), "é  ");
    }
}
