//! What administrators are shown who change JIT policies: menus, the proposal, its progress, and refusals.

mod caution;
mod change;
mod failed;
mod form;
mod menu;
mod progress;
mod proposal;
mod refusal;
#[cfg(test)]
mod tests;

pub(super) use self::{
    change::{place, wishes_plain},
    failed::because,
};
pub use self::{
    form::{Known, LIMIT_FIELD, NUMBER_FIELD, PROTOCOL_FIELD, SOURCES_FIELD, port_form},
    menu::{ports_menu, vms_menu},
    progress::progress,
    proposal::{cancelled, fits, proposal},
    refusal::{
        Which, above, all_left_out, ambiguous_vm, limit, no_inventory, no_vm, not_allowed,
        not_an_administrator, nothing_changes, nothing_found, port_known, port_unknown, ports, protocol,
        repeated, sources, too_many, too_much, unknown_proposal, unknown_vm,
    },
};
