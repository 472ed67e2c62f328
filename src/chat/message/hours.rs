//! Hours in words.

use crate::domain::hours::{DaySet, Hours};

/// "Mon to Fri 08:00 to 18:00 (Europe/Berlin)".
pub(super) fn phrase(hours: &Hours) -> String {
    let days = if hours.days() == DaySet::ALL {
        "every day".to_owned()
    } else {
        let words: Vec<_> = hours.days().words().iter().map(|word| days(word)).collect();
        words.join(", ")
    };
    let next_day = if hours.to() < hours.from() {
        " of the next day"
    } else {
        ""
    };
    format!(
        "{days} from {} to {}{next_day} ({})",
        hours.from(),
        hours.to(),
        hours.zone()
    )
}

/// "mon-fri" as "Mon to Fri".
fn days(word: &str) -> String {
    let parts: Vec<_> = word.split('-').map(capital).collect();
    parts.join(" to ")
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
