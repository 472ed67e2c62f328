//! What administrators do with JIT policies: propose, confirm, and the writing that follows.
//!
//! Nothing here asks Azure while a person waits: a proposal is made from the inventory and says how it sees each
//! machine. The job that writes reads Azure itself, and writes nothing where that is not what was shown.

mod confirm;
mod guard;
mod others;
mod ports;
mod progress;
mod refresh;
mod search;
mod suggest;
mod unguard;
mod write;

use std::collections::BTreeMap;

use super::{Engine, inventory::Found, inventory::View};
use crate::{
    chat::{message::configure, rest::InteractionToken},
    clock::fresh_uuid,
    domain::{
        Instant,
        actor::Actor,
        configuration::{
            CONFIRM_WITHIN, Caution, ConfirmRefusal, LeftOut, LimitRefusal, Menu, OpenWindow, Proposal,
            ProposalState, SourcesRefusal, Step, StepState, VmChange, cautions,
        },
        effect::{Effect, Task},
        ids::ProposalId,
        port::{NotAPort, Port},
        vm::{JitPolicyId, Vm, VmId},
    },
    store::{StoreError, View as StoreView, Work},
};

pub use self::{guard::GuardTyped, ports::PortTyped, unguard::UnguardTyped};

/// The most machines of one proposal, and of a menu: Discord's menus hold 25.
pub const VMS_MAX: usize = 25;

/// Who proposes, and how to answer.
#[derive(Debug, Clone)]
pub struct Asker {
    pub actor: Actor,
    pub token: InteractionToken,
    /// The interaction's id.
    pub interaction: u64,
}

/// Why nothing was proposed.
#[derive(Debug, Clone, PartialEq)]
pub enum NotProposed {
    NotAnAdministrator,
    /// Azure has not been read yet.
    NoInventory,
    NoVm,
    UnknownVm {
        typed: String,
        near: Vec<VmId>,
    },
    AmbiguousVm {
        typed: String,
        meant: Vec<VmId>,
    },
    TooManyVms {
        given: usize,
        most: usize,
    },
    /// No machine that can be chosen is like what was searched for.
    NothingFound {
        search: String,
    },
    /// None of the named machines can be touched.
    AllLeftOut(Vec<LeftOut>),
    Ports(NotAPort),
    Protocol {
        typed: String,
    },
    Sources(SourcesRefusal),
    Limit {
        typed: String,
        why: LimitRefusal,
    },
    /// The machine has this port in its JIT policy already.
    PortKnown {
        vm: VmId,
        port: Port,
    },
    /// The machine has no such port in its JIT policy.
    PortUnknown {
        vm: VmId,
        port: Port,
    },
    /// More than can be shown before it is confirmed.
    TooMuch,
    /// Everything is as wanted already.
    NothingChanges,
    /// The button belongs to no proposal that waits for this person.
    Refused(ConfirmRefusal),
    /// The button belongs to no proposal at all.
    UnknownProposal,
    /// This interaction was delivered before.
    Repeated,
}

impl Engine {
    /// The machines that `typed` names, and no others.
    fn named<'a>(view: &'a View, typed: &str) -> Result<Vec<&'a Vm>, NotProposed> {
        if view.vms().is_empty() {
            return Err(NotProposed::NoInventory);
        }
        let words: Vec<_> = typed
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .collect();
        let mut found: Vec<&Vm> = Vec::new();
        for word in &words {
            match view.find(word) {
                Found::One(vm) if found.iter().any(|known| known.id == vm.id) => {}
                Found::One(vm) => found.push(vm),
                Found::Several(several) => {
                    return Err(NotProposed::AmbiguousVm {
                        typed: (*word).to_owned(),
                        meant: several.into_iter().map(|vm| vm.id.clone()).collect(),
                    });
                }
                Found::None => {
                    return Err(NotProposed::UnknownVm {
                        typed: (*word).to_owned(),
                        near: view
                            .near(word, 5, |_| true)
                            .into_iter()
                            .map(|vm| vm.id.clone())
                            .collect(),
                    });
                }
            }
        }
        match found.len() {
            0 => Err(NotProposed::NoVm),
            given if given > VMS_MAX => Err(NotProposed::TooManyVms { given, most: VMS_MAX }),
            _ => Ok(found),
        }
    }

    /// Stores a new proposal, and lets its message be shown.
    async fn propose(
        &self,
        asker: &Asker,
        draft: Draft,
    ) -> Result<Result<ProposalId, NotProposed>, StoreError> {
        let now = self.now();
        let mut work = self.store.begin().await?;
        if !work
            .first_time(&format!("interaction:{}", asker.interaction), now)
            .await?
        {
            return Ok(Err(NotProposed::Repeated));
        }
        let steps = draft.steps();
        if !configure::fits(&steps) {
            return Ok(Err(NotProposed::TooMuch));
        }
        let mut proposal = Proposal {
            id: ProposalId(fresh_uuid(now)),
            by: asker.actor.person.clone(),
            lapses_at: now + CONFIRM_WITHIN,
            state: ProposalState::Cancelled { at: now },
        };
        proposal.state = match draft {
            Draft::Choose(menu) => ProposalState::Choosing { menu },
            Draft::Change { left_out, .. } => ProposalState::Waiting {
                cautions: self.cautions(&mut work, &steps, now).await?,
                left_out,
            },
        };
        work.insert_proposal(&proposal).await?;
        work.insert_steps(proposal.id, &steps).await?;
        self.show(&mut work, &proposal, asker, now).await?;
        work.commit().await?;
        Ok(Ok(proposal.id))
    }

    /// Puts what was chosen in place of the menu.
    async fn chosen(
        &self,
        asker: &Asker,
        id: ProposalId,
        choose: impl Fn(&Menu, &View) -> Result<Draft, NotProposed>,
    ) -> Result<Result<ProposalId, NotProposed>, StoreError> {
        let now = self.now();
        let mut work = self.store.begin().await?;
        let Some((mut proposal, version)) = work.proposal(id).await? else {
            return Ok(Err(NotProposed::UnknownProposal));
        };
        if let Err(why) = proposal.open_to(&asker.actor, self.administers(&asker.actor), now) {
            return Ok(Err(NotProposed::Refused(why)));
        }
        let ProposalState::Choosing { menu } = &proposal.state else {
            return Ok(Err(NotProposed::Refused(ConfirmRefusal::NotWaiting)));
        };
        let draft = match choose(menu, &self.inventory.view()) {
            Ok(draft) => draft,
            Err(why) => return Ok(Err(why)),
        };
        let steps = draft.steps();
        if !configure::fits(&steps) {
            return Ok(Err(NotProposed::TooMuch));
        }
        let Draft::Change { left_out, .. } = draft else {
            return Ok(Err(NotProposed::NothingChanges));
        };
        proposal.state = ProposalState::Waiting {
            cautions: self.cautions(&mut work, &steps, now).await?,
            left_out,
        };
        work.save_proposal(&proposal, version).await?;
        work.insert_steps(id, &steps).await?;
        self.show(&mut work, &proposal, asker, now).await?;
        work.commit().await?;
        Ok(Ok(id))
    }

    /// From now on the proposal's message is edited through this interaction.
    async fn show(
        &self,
        work: &mut Work,
        proposal: &Proposal,
        asker: &Asker,
        now: Instant,
    ) -> Result<(), StoreError> {
        let token = self.answer_token(&asker.token, now);
        work.set_proposal_token(proposal.id, &token).await?;
        let progress = Effect::now(Task::Progress {
            proposal: proposal.id,
        });
        work.apply(Vec::new(), &[progress], now).await?;
        Ok(())
    }

    async fn cautions(
        &self,
        store: &mut StoreView,
        steps: &[Step],
        now: Instant,
    ) -> Result<Vec<Caution>, StoreError> {
        let mut windows = Vec::new();
        for (window, _) in store.windows_not_over().await? {
            let meant = steps
                .iter()
                .flat_map(|step| &step.changes)
                .any(|change| change.vm == window.vm);
            if meant && let Some((request, _)) = store.load_request(window.request).await? {
                windows.push(OpenWindow::of(&window, request.number));
            }
        }
        let view = self.inventory.view();
        let mut found: Vec<_> = steps
            .iter()
            .flat_map(|step| cautions(step, |vm| view.vm(vm), &windows))
            .collect();
        let stale = steps.iter().flat_map(|step| &step.changes).find_map(|change| {
            let since = view.stale_since(&change.vm, now)?;
            Some(Caution::Stale {
                vm: change.vm.clone(),
                since,
            })
        });
        found.extend(stale);
        Ok(found)
    }
}

/// What a proposal is about to say.
enum Draft {
    Choose(Menu),
    Change {
        changes: Vec<Placed>,
        left_out: Vec<LeftOut>,
    },
}

/// A change and the JIT policy that it is for.
struct Placed {
    policy: JitPolicyId,
    is_new: bool,
    change: VmChange,
}

impl Draft {
    /// One step for each JIT policy.
    fn steps(&self) -> Vec<Step> {
        let Self::Change { changes, .. } = self else {
            return Vec::new();
        };
        let mut steps: BTreeMap<&JitPolicyId, Step> = BTreeMap::new();
        for placed in changes {
            steps
                .entry(&placed.policy)
                .or_insert_with(|| Step {
                    policy: placed.policy.clone(),
                    is_new: placed.is_new,
                    changes: Vec::new(),
                    state: StepState::Queued { tries: 0, sends: 0 },
                })
                .changes
                .push(placed.change.clone());
        }
        steps.into_values().collect()
    }

    /// The draft, unless it changes nothing.
    fn or_refusal(changes: Vec<Placed>, left_out: Vec<LeftOut>) -> Result<Self, NotProposed> {
        if changes.is_empty() {
            return Err(NotProposed::AllLeftOut(left_out));
        }
        Ok(Self::Change { changes, left_out })
    }
}
