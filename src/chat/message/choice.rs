//! The choices that Discord offers while somebody types; they are plain text, without markdown.
//!
//! A choice's name has 1 to 100 characters (Discord, "Application Command Option Choice").

use super::phrase;
use crate::domain::{port::Port, text::FreeText, vm::Vm};

/// Characters of a choice's name and of its value.
pub const CHOICE: usize = 100;

/// Offered alone when a list has become too long for Discord to send.
pub const TOO_LONG: &str =
    "Discord takes no more than 100 characters here. Ask for the rest in another request.";

/// A machine: how it is written, then its group, system and power state, as far as there is room.
pub fn vm(written: &str, vm: &Vm) -> String {
    let label = format!(
        "{written} · {}, {}, {}",
        vm.id.group(),
        phrase::os(vm.os),
        phrase::power(vm.power)
    );
    cut(&label)
}

/// Names are text like any other: no character may hide or turn around another.
fn cut(label: &str) -> String {
    let clean = FreeText::new(label)
        .map(|text| text.to_string())
        .unwrap_or_default();
    if clean.chars().count() <= CHOICE {
        return clean;
    }
    let cut: String = clean.chars().take(CHOICE - 1).collect();
    format!("{cut}…")
}

/// A template: its name, then what it asks for, as far as there is room.
pub fn template(name: &str, vms: &[String], ports: &[Port]) -> String {
    let ports: Vec<_> = ports.iter().map(ToString::to_string).collect();
    cut(&format!("{name} · {} on {}", ports.join(", "), vms.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::message::sample;

    #[test]
    fn a_choice_says_what_it_is_and_fits() {
        assert_eq!(
            vm("web-01", &sample::vm("web-01")),
            "web-01 · prod-web, Linux, running"
        );
        assert_eq!(
            vm(&"é".repeat(300), &sample::vm("web-01")).chars().count(),
            CHOICE
        );
        assert!(TOO_LONG.len() <= CHOICE);
    }
}
