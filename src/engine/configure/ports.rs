//! `/jit ports`: one machine's ports in its JIT policy.

use super::{Asker, Draft, NotProposed, Placed};
use crate::{
    chat::message::Rendered,
    domain::{
        configuration::{
            LeftOut, Menu, NotTouched, ProposalState, VmChange, Wish, parse_limit, parse_protocol,
            parse_sources, recommended_limit,
        },
        ids::ProposalId,
        port::Port,
        vm::{AllowedSources, JitEntry, JitPort, JitState, Protocol, Vm},
    },
    engine::{Engine, despite_races, inventory::View},
    store::StoreError,
};

/// The form for a port, as it was sent. What is empty stays as it is, or gets what is recommended.
#[derive(Debug, Clone, Default)]
pub struct PortTyped {
    /// The port whose limits change; `None`: a new one, whose number was typed.
    pub known: Option<Port>,
    pub number: String,
    pub protocol: String,
    pub sources: String,
    pub limit: String,
}

impl Engine {
    /// Shows a machine's ports and what can be done with them.
    pub async fn propose_ports(
        &self,
        asker: &Asker,
        vm: &str,
    ) -> Result<Result<ProposalId, NotProposed>, StoreError> {
        if !self.administers(&asker.actor) {
            return Ok(Err(NotProposed::NotAnAdministrator));
        }
        let view = self.inventory.view();
        let vm = match Self::named(&view, vm) {
            Ok(vms) => match vms.as_slice() {
                [vm] => *vm,
                several => {
                    return Ok(Err(NotProposed::TooManyVms {
                        given: several.len(),
                        most: 1,
                    }));
                }
            },
            Err(why) => return Ok(Err(why)),
        };
        if let Err(why) = entries(vm) {
            return Ok(Err(why));
        }
        self.propose(asker, Draft::Choose(Menu::Ports { vm: vm.id.clone() }))
            .await
    }

    /// The menu of a proposal in which nothing is chosen yet.
    pub async fn ports_menu(&self, id: ProposalId) -> Result<Option<Rendered>, StoreError> {
        let found = self.store.read().await?.proposal(id).await?;
        Ok(found
            .filter(|(proposal, _)| matches!(proposal.state, ProposalState::Choosing { .. }))
            .map(|(proposal, _)| self.render(&proposal, &[])))
    }

    /// Proposes a new port, or other limits for a known one.
    pub async fn set_port(
        &self,
        asker: &Asker,
        id: ProposalId,
        typed: &PortTyped,
    ) -> Result<Result<ProposalId, NotProposed>, StoreError> {
        despite_races(|| {
            self.chosen(asker, id, |menu, view| {
                let vm = of(menu, view)?;
                let entries = entries(vm)?;
                let (port, entry) = match typed.known {
                    Some(port) => (port, with(vm, entries, port)?),
                    None => {
                        let port = typed.number.parse::<Port>().map_err(NotProposed::Ports)?;
                        if with(vm, entries, port).is_ok() {
                            return Err(NotProposed::PortKnown {
                                vm: vm.id.clone(),
                                port,
                            });
                        }
                        (port, entries.first().ok_or(NotProposed::NothingChanges)?)
                    }
                };
                let old = entry.ports.iter().find(|jit| jit.port == port);
                let wanted = read(typed, port, old)?;
                if old == Some(&wanted) {
                    return Err(NotProposed::NothingChanges);
                }
                Ok(change(vm, entry, Wish::SetPort { port: wanted }))
            })
        })
        .await
    }

    /// Proposes to take a port out.
    pub async fn remove_port(
        &self,
        asker: &Asker,
        id: ProposalId,
        port: Port,
    ) -> Result<Result<ProposalId, NotProposed>, StoreError> {
        despite_races(|| {
            self.chosen(asker, id, |menu, view| {
                let vm = of(menu, view)?;
                let entry = with(vm, entries(vm)?, port)?;
                Ok(change(vm, entry, Wish::RemovePort { port }))
            })
        })
        .await
    }
}

fn of<'a>(menu: &Menu, view: &'a View) -> Result<&'a Vm, NotProposed> {
    match menu {
        Menu::Ports { vm } => view.vm(vm).ok_or(NotProposed::NoInventory),
        Menu::Guard { .. } | Menu::Unguard { .. } => Err(NotProposed::UnknownProposal),
    }
}

fn entries(vm: &Vm) -> Result<&[JitEntry], NotProposed> {
    let why = match &vm.jit {
        JitState::Configured { policies } => return Ok(policies),
        JitState::NotConfigured => NotTouched::NotConfigured,
        JitState::Unsupported { why } => NotTouched::Unsupported(*why),
    };
    Err(NotProposed::AllLeftOut(vec![LeftOut {
        vm: vm.id.clone(),
        why,
    }]))
}

/// The entry that has the port. Where several JIT policies name the machine, it is that one which is changed.
fn with<'a>(vm: &Vm, entries: &'a [JitEntry], port: Port) -> Result<&'a JitEntry, NotProposed> {
    entries
        .iter()
        .find(|entry| entry.ports.iter().any(|jit| jit.port == port))
        .ok_or_else(|| NotProposed::PortUnknown {
            vm: vm.id.clone(),
            port,
        })
}

fn change(vm: &Vm, entry: &JitEntry, wish: Wish) -> Draft {
    Draft::Change {
        changes: vec![Placed {
            policy: entry.policy.clone(),
            is_new: false,
            change: VmChange {
                vm: vm.id.clone(),
                before: entry.ports.clone(),
                wish,
            },
        }],
        left_out: Vec::new(),
    }
}

fn read(typed: &PortTyped, port: Port, old: Option<&JitPort>) -> Result<JitPort, NotProposed> {
    let given = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
    let mut wanted = old.cloned().unwrap_or(JitPort {
        port,
        protocol: Protocol::Any,
        sources: AllowedSources::Any,
        max: recommended_limit(),
    });
    if let Some(text) = given(&typed.protocol) {
        wanted.protocol = parse_protocol(&text).ok_or(NotProposed::Protocol { typed: text })?;
    }
    if let Some(text) = given(&typed.sources) {
        wanted.sources = parse_sources(&text).map_err(NotProposed::Sources)?;
    }
    if let Some(text) = given(&typed.limit) {
        wanted.max = parse_limit(&text).map_err(|why| NotProposed::Limit { typed: text, why })?;
    }
    Ok(wanted)
}
