//! Discord's limits, and how a text is shortened to them: by whole parts, with "and 7 more".
//!
//! Widths are UTF-16 code units, which are never fewer than Discord's characters.

/// Characters of a message's content.
pub const CONTENT: usize = 2000;
/// Characters of an embed's field.
pub const FIELD: usize = 1024;
/// Characters of an embed's description.
pub const DESCRIPTION: usize = 4096;
/// Characters of all texts of all embeds of a message.
pub const EMBEDS: usize = 6000;
/// Characters of a button's `custom_id`.
pub const CUSTOM_ID: usize = 100;

/// How wide a text is.
pub(super) fn width(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Joins `parts` by `separator`, as many as fit into `room`; the others are counted: "and 7 more".
///
/// A single part must fit by itself.
pub(super) fn joined(parts: &[String], separator: &str, room: usize) -> String {
    let whole = parts.join(separator);
    if width(&whole) <= room {
        return whole;
    }
    // Room for the count, whatever its number.
    let room = room.saturating_sub(width(separator) + "and 99999 more".len());
    let mut shown = String::new();
    let mut taken = 0;
    for part in parts {
        let gap = if taken == 0 { "" } else { separator };
        if width(&shown) + width(gap) + width(part) > room {
            break;
        }
        shown.push_str(gap);
        shown.push_str(part);
        taken += 1;
    }
    let left = parts.len() - taken;
    if taken == 0 {
        format!("{left} in all")
    } else {
        format!("{shown}{separator}and {left} more")
    }
}

/// Like [`joined`] for a sentence: "a, b and c".
pub(super) fn listed(parts: &[String], room: usize) -> String {
    match parts {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => {
            let whole = format!("{} and {last}", first.join(", "));
            if width(&whole) <= room {
                whole
            } else {
                joined(parts, ", ", room)
            }
        }
    }
}

/// `1 approval`, `2 approvals`.
pub(super) fn counted(number: usize, one: &str, many: &str) -> String {
    if number == 1 {
        format!("1 {one}")
    } else {
        format!("{number} {many}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parts(count: usize) -> Vec<String> {
        (1..=count).map(|number| format!("vm-{number}")).collect()
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        assert_eq!(joined(&parts(3), ", ", 100), "vm-1, vm-2, vm-3");
        assert_eq!(joined(&parts(10), ", ", 40), "vm-1, vm-2, vm-3, vm-4, and 6 more");
        assert_eq!(joined(&["long".repeat(20)], ", ", 10), "1 in all");
        assert_eq!(listed(&parts(1), 100), "vm-1");
        assert_eq!(listed(&parts(3), 100), "vm-1, vm-2 and vm-3");
        assert_eq!(listed(&parts(9), 30), "vm-1, vm-2, and 7 more");
    }

    proptest! {
        #[test]
        fn a_list_fits(count in 0_usize..300, room in 30_usize..200) {
            prop_assert!(width(&joined(&parts(count), "\n", room)) <= room);
            prop_assert!(width(&listed(&parts(count), room)) <= room);
        }
    }
}
