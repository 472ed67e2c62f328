//! What the rules would say to a question, step by step. Nothing is asked, and nothing is written.

mod weigh;

use super::{
    Engine,
    inventory::Found,
    request::{NotAsked, TARGETS_MAX},
};
use crate::{
    chat::message::explain::Explanation,
    domain::{
        Instant,
        actor::Actor,
        ids::UserId,
        length::Length,
        port::Port,
        source::Source,
        text::FreeText,
        vm::{Vm, VmId},
    },
    policy::{Question, Viewer, explain},
    store::StoreError,
};

/// A question as somebody typed it.
#[derive(Debug, Clone, Default)]
pub struct Supposed {
    pub vm: String,
    pub port: String,
    pub length: Option<String>,
    pub from: Option<String>,
    pub reason: Option<String>,
}

/// Why nothing is explained.
#[derive(Debug, Clone, PartialEq)]
pub enum NotExplained {
    NotUnderstood(NotAsked),
    /// No rule concerns this person and the machine.
    NotShown {
        vm: VmId,
    },
    /// Only administrators and auditors see what the rules say for others.
    NotYours,
    NoMember,
}

impl Engine {
    /// Explains it for `about`, or for the reader where nobody is named.
    pub async fn explain_to(
        &self,
        reader: &Actor,
        about: Option<UserId>,
        supposed: &Supposed,
    ) -> Result<Result<Explanation, NotExplained>, StoreError> {
        let others = about.filter(|about| *about != reader.person.id);
        let sees_all = self.is_shown_all(reader);
        let subject = match others {
            Some(_) if !sees_all => return Ok(Err(NotExplained::NotYours)),
            Some(about) => match self.member(about).await {
                Ok(subject) => subject,
                Err(_) => return Ok(Err(NotExplained::NoMember)),
            },
            None => reader.clone(),
        };
        let viewer = (!sees_all).then_some(reader);
        let own = others.is_none();
        match self.explain(&subject, supposed, viewer, self.now()) {
            Ok(found) => Ok(Ok(self.weigh(Explanation { own, ..found }).await?)),
            Err(why) => Ok(Err(why)),
        }
    }

    /// Explains by the rules alone what they say to somebody with these roles at `now`; only of machines that `viewer` may know of.
    pub fn explain(
        &self,
        subject: &Actor,
        supposed: &Supposed,
        viewer: Option<&Actor>,
        now: Instant,
    ) -> Result<Explanation, NotExplained> {
        let view = self.inventory.view();
        let rules = self.rules.load_full();
        if view.vms().is_empty() {
            return Err(NotExplained::NotUnderstood(NotAsked::NoInventory));
        }
        let ports = ports(&supposed.port).map_err(NotExplained::NotUnderstood)?;
        let may_see = viewer.map(|viewer| Viewer::new(&rules, viewer, false));
        let mut vms: Vec<(&Vm, Vec<Port>)> = Vec::new();
        for name in parts(&supposed.vm).take(TARGETS_MAX) {
            let vm = match view.find(name) {
                Found::One(vm) => vm,
                Found::Several(meant) => {
                    return Err(NotExplained::NotUnderstood(NotAsked::AmbiguousVm {
                        typed: name.to_owned(),
                        meant: meant.into_iter().take(5).map(|vm| vm.id.clone()).collect(),
                    }));
                }
                Found::None => {
                    return Err(NotExplained::NotUnderstood(NotAsked::UnknownVm {
                        typed: name.to_owned(),
                        near: Vec::new(),
                    }));
                }
            };
            if may_see.as_ref().is_some_and(|viewer| !viewer.may_see(vm)) {
                return Err(NotExplained::NotShown { vm: vm.id.clone() });
            }
            vms.push((vm, ports.clone()));
        }
        if vms.is_empty() {
            return Err(NotExplained::NotUnderstood(NotAsked::NoVm));
        }
        let length: Option<Length> = given(supposed.length.as_deref())
            .map(|typed| {
                typed.parse().map_err(|why| NotAsked::Length {
                    typed: typed.to_owned(),
                    why,
                })
            })
            .transpose()
            .map_err(NotExplained::NotUnderstood)?;
        let source: Option<Source> = given(supposed.from.as_deref())
            .map(|typed| typed.parse().map_err(NotAsked::Source))
            .transpose()
            .map_err(NotExplained::NotUnderstood)?;
        let reason = supposed.reason.as_deref().and_then(FreeText::new);
        let question = Question {
            requester: subject,
            vms: &vms,
            length,
            source,
            reason: reason.as_ref(),
            now,
        };
        let (doors, verdict) = explain(&rules, &question);
        Ok(Explanation {
            subject: subject.clone(),
            own: false,
            source,
            doors,
            verdict,
            book: rules,
            now,
            pinged: None,
        })
    }
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

fn ports(text: &str) -> Result<Vec<Port>, NotAsked> {
    let ports: Vec<Port> = parts(text)
        .map(|part| part.parse().map_err(NotAsked::Port))
        .collect::<Result<_, _>>()?;
    if ports.is_empty() {
        return Err(NotAsked::NoPort);
    }
    Ok(ports)
}

fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}
