//! Menus from which an administrator chooses: machines, or the ports of one machine.

use serenity::all::{
    CreateActionRow, CreateEmbed, CreateSelectMenu, CreateSelectMenuKind, CreateSelectMenuOption,
};

use super::{change, form::Known};
use crate::{
    chat::message::{
        button::{self, Button},
        limit::{DESCRIPTION, joined},
        phrase,
        rendered::Rendered,
    },
    domain::{
        configuration::Menu,
        ids::ProposalId,
        text::FreeText,
        vm::{JitEntry, VmId},
    },
};

/// Discord's limit for the options of a menu.
const OPTIONS: usize = 25;
/// Characters of an option's label and description.
const OPTION: usize = 100;

/// Machines to choose from; `shortest` says how a machine is written.
pub fn vms_menu(id: ProposalId, menu: &Menu, shortest: impl Fn(&VmId) -> Option<String>) -> Rendered {
    let (vms, placeholder, text) = match menu {
        Menu::Guard { vms, .. } => (
            vms.as_slice(),
            "Choose machines to guard",
            "These machines can come under JIT. Choose some; then you are shown exactly what will change.",
        ),
        Menu::Unguard { vms } => (
            vms.as_slice(),
            "Choose machines to guard no more",
            "These machines are under JIT. Choose those that are to go out; then you are shown exactly what will change.",
        ),
        Menu::Ports { .. } => (&[][..], "", ""),
    };
    let options: Vec<_> = vms
        .iter()
        .take(OPTIONS)
        .enumerate()
        .map(|(place, vm)| {
            let name = shortest(vm).unwrap_or_else(|| vm.name().to_owned());
            CreateSelectMenuOption::new(plain(&name), place.to_string()).description(plain(&format!(
                "group {}, subscription {}",
                vm.group(),
                vm.subscription()
            )))
        })
        .collect();
    let more = if vms.len() == OPTIONS {
        " Only the first 25 are shown; a narrower `search:` shows others."
    } else {
        ""
    };
    let most = u8::try_from(options.len()).unwrap_or(1);
    let select = CreateSelectMenu::new(
        Button::ChooseVms(id).id(),
        CreateSelectMenuKind::String { options },
    )
    .placeholder(placeholder)
    .min_values(1)
    .max_values(most);
    Rendered {
        content: format!("{text}{more} Nothing has been changed yet."),
        components: vec![CreateActionRow::SelectMenu(select), button::cancel_row(id)],
        ..Rendered::default()
    }
}

/// One machine's ports, and what can be done with them.
pub fn ports_menu(id: ProposalId, vm: &VmId, entries: &[JitEntry]) -> Rendered {
    let mut lines = Vec::new();
    for entry in entries {
        lines.push(format!("In {}:", change::place(&entry.policy)));
        lines.extend(
            entry
                .ports
                .iter()
                .map(|jit| format!("- {} ({})", jit.port, change::limits(jit))),
        );
    }
    let known: Vec<_> = entries
        .iter()
        .flat_map(|entry| &entry.ports)
        .take(OPTIONS)
        .collect();
    let row = |button: Button, placeholder: &str, remove: bool| {
        let options = known
            .iter()
            .map(|jit| {
                let value = if remove {
                    jit.port.number().to_string()
                } else {
                    Known::of(jit).value()
                };
                CreateSelectMenuOption::new(jit.port.to_string(), value)
                    .description(plain(&change::limits(jit)))
            })
            .collect();
        CreateActionRow::SelectMenu(
            CreateSelectMenu::new(button.id(), CreateSelectMenuKind::String { options })
                .placeholder(placeholder),
        )
    };
    let mut components = Vec::new();
    if !known.is_empty() {
        components.push(row(Button::ChangePort(id), "Change the limits of a port", false));
        components.push(row(Button::RemovePort(id), "Take a port out", true));
    }
    components.push(button::add_port_row(id));
    Rendered {
        content: format!(
            "The ports of **{}** that JIT guards. Whatever you choose, you are shown exactly what will change before \
             anything does.",
            phrase::machine(vm)
        ),
        embeds: vec![CreateEmbed::new().description(joined(&lines, "\n", DESCRIPTION - 500))],
        components,
        ..Rendered::default()
    }
}

/// Options are plain text, without markdown; names from Azure are text like any other.
fn plain(text: &str) -> String {
    let clean = FreeText::new(text)
        .unwrap_or_else(FreeText::unreadable)
        .to_string();
    if clean.chars().count() <= OPTION {
        return clean;
    }
    let cut: String = clean.chars().take(OPTION - 1).collect();
    format!("{cut}…")
}
