//! Somebody asks: what they typed is read, judged by the rules, and stored.

use super::{
    Engine,
    alone::judge_alone,
    despite_races,
    inventory::{Found, View},
    name_source::last_source_for,
    templates::usable,
    write,
};
use crate::{
    chat::rest::InteractionToken,
    clock::fresh_uuid,
    domain::{
        Instant,
        actor::Actor,
        ids::{ChannelId, RequestId},
        length::{Length, LengthRefusal},
        port::{NotAPort, Port},
        request::{Ask, Request},
        source::{Source, SourceRefusal},
        start::{StartRefusal, start_at},
        text::FreeText,
        vm::{Vm, VmId},
    },
    policy::{self, AskedAlone, Asker, Question, Refusal, RuleBook, Template},
    store::{StoreError, Work},
};

/// The most VMs and ports of one request: more would not fit on a card that a person can judge.
pub const TARGETS_MAX: usize = 10;
/// The most ports on one VM.
pub const PORTS_MAX: usize = 10;

/// A request as somebody typed it.
#[derive(Debug, Clone)]
pub struct Typed {
    pub actor: Actor,
    pub vm: String,
    pub port: String,
    pub length: Option<String>,
    pub from: Option<String>,
    pub reason: Option<String>,
    /// When it is to start.
    pub at: Option<String>,
    /// The name of a template, which fills in what is not typed.
    pub template: Option<String>,
    pub asked_in: ChannelId,
    pub token: InteractionToken,
    /// The interaction's id.
    pub interaction: u64,
}

/// Why nothing was asked.
#[derive(Debug, Clone, PartialEq)]
pub enum NotAsked {
    NoVm,
    /// `near` are the names of those that this person can use.
    UnknownTemplate {
        typed: String,
        near: Vec<String>,
    },
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
    NoPort,
    Port(NotAPort),
    TooManyPorts {
        given: usize,
        most: usize,
    },
    Length {
        typed: String,
        why: LengthRefusal,
    },
    Start {
        typed: String,
        why: StartRefusal,
    },
    Source(SourceRefusal),
    Rules(Refusal),
    /// No VM is known yet: Azure has not been read.
    NoInventory,
    /// This interaction was delivered before, and its request is stored.
    Repeated,
}

impl Engine {
    /// Stores a request, or says why not. With a source it is pending; without one it is a draft, judged in everything
    /// else, that waits until its requester has named the source.
    pub async fn request(&self, typed: &Typed) -> Result<Result<Request, NotAsked>, StoreError> {
        despite_races(|| self.try_request(typed)).await
    }

    async fn try_request(&self, typed: &Typed) -> Result<Result<Request, NotAsked>, StoreError> {
        let view = self.inventory.view();
        let read = match read(typed, &self.rules.load(), &view, self.now()) {
            Ok(read) => read,
            Err(why) => return Ok(Err(why)),
        };
        if let Some(why) = self.nobody_there(&typed.actor, &read).await? {
            return Ok(Err(NotAsked::Rules(why)));
        }
        self.ask(self.store.begin().await?, typed, read).await
    }

    /// Judges and stores what was read; of `typed` counts who asked, and how they are answered.
    ///
    /// The rules are taken once `work` has its turn: a reload that was recorded before holds.
    pub(super) async fn ask(
        &self,
        mut work: Work,
        typed: &Typed,
        read: Read<'_>,
    ) -> Result<Result<Request, NotAsked>, StoreError> {
        let now = self.now();
        let rules = self.rules.load();
        let question = Question {
            requester: &typed.actor,
            vms: &read.vms,
            length: read.length,
            source: read.source,
            reason: read.reason.as_ref(),
            now,
        };
        let allowed = match policy::judge_with_start(&rules, &question, read.starts_at) {
            Ok(allowed) => allowed,
            Err(why) => return Ok(Err(NotAsked::Rules(why))),
        };
        let offered = match read.source {
            Some(_) => None,
            None => last_source_for(&mut work, &rules, typed.actor.person.id, &question).await?,
        };
        // Every other verb finds out from the state that it was done; a request would be stored twice.
        if !work
            .first_time(&format!("interaction:{}", typed.interaction), now)
            .await?
        {
            return Ok(Err(NotAsked::Repeated));
        }
        let mut terms = allowed.terms;
        // A draft is decided by nobody before its source is confirmed.
        let is_alone = match read.source {
            Some(source) => {
                let asked = AskedAlone {
                    requester: &typed.actor,
                    source,
                    length: allowed.length,
                    frozen: false,
                    now,
                    starts_at: read.starts_at,
                };
                judge_alone(&mut work, &rules, &mut terms, asked).await?
            }
            None => false,
        };
        let person = typed.actor.person.id;
        let too_much = self.has_too_much(&mut work, &rules, person, &terms, now).await?;
        if let Some(why) = too_much {
            return Ok(Err(NotAsked::Rules(Refusal::TooMuch { why })));
        }
        let ask = Ask {
            id: RequestId(fresh_uuid(now)),
            number: work.next_request_number().await?,
            requester: typed.actor.person.clone(),
            targets: allowed.targets,
            length: allowed.length,
            reason: read.reason.clone(),
            terms,
            asked_in: typed.asked_in,
            answer_within: allowed.answer_within,
            extends: None,
            starts_at: read.starts_at,
        };
        let change = match read.source {
            Some(source) if is_alone => ask
                .from(source, now)
                .decided_alone(now, || self.fresh_window_id()),
            Some(source) => ask.from(source, now).waiting(),
            None => ask.draft(offered, now).waiting(),
        };
        // The row comes before its jobs and records, which name it.
        let (request, windows) = &change.after;
        work.insert_request(request, Some(&self.answer_token(&typed.token, now)))
            .await?;
        self.keep_alone(&mut work, request, windows, now).await?;
        let (request, _) = write(&mut work, change, now).await?;
        work.commit().await?;
        metrics::counter!("portcullis_requests_total").increment(1);
        Ok(Ok(request))
    }
}

/// What was typed, parsed, with the VMs that it means.
pub(super) struct Read<'a> {
    pub(super) vms: Vec<(&'a Vm, Vec<Port>)>,
    pub(super) length: Option<Length>,
    pub(super) source: Option<Source>,
    pub(super) reason: Option<FreeText>,
    pub(super) starts_at: Option<Instant>,
}

impl<'a> Read<'a> {
    /// What an earlier request asked for.
    ///
    /// Its start is kept while that lies ahead; else the access starts with its approval.
    pub(super) fn of(request: &Request, view: &'a View, now: Instant) -> Result<Self, NotAsked> {
        let mut vms = Vec::new();
        for target in &request.targets {
            let vm = view.vm(&target.vm).ok_or_else(|| NotAsked::UnknownVm {
                typed: target.vm.name().to_owned(),
                near: Vec::new(),
            })?;
            vms.push((vm, target.ports.iter().map(|entry| entry.port).collect()));
        }
        Ok(Self {
            vms,
            length: Some(request.length),
            source: request.source(),
            reason: request.reason.clone(),
            starts_at: request.starts_at.filter(|starts_at| now < *starts_at),
        })
    }
}

pub(super) fn read<'a>(
    typed: &Typed,
    rules: &RuleBook,
    view: &'a View,
    now: Instant,
) -> Result<Read<'a>, NotAsked> {
    if view.vms().is_empty() {
        return Err(NotAsked::NoInventory);
    }
    let template = template(typed, rules, view, now)?;
    let ports = match template {
        Some(template) if typed.port.trim().is_empty() => template.ports.clone(),
        _ if typed.vm.trim().is_empty() && template.is_none() => return Err(NotAsked::NoVm),
        _ => read_ports(&typed.port)?,
    };
    let written = match template {
        Some(template) if typed.vm.trim().is_empty() => template.vms.join(","),
        _ => typed.vm.clone(),
    };
    let names: Vec<_> = written
        .split(',')
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .collect();
    if names.is_empty() {
        return Err(NotAsked::NoVm);
    }
    if names.len() > TARGETS_MAX {
        return Err(NotAsked::TooManyVms {
            given: names.len(),
            most: TARGETS_MAX,
        });
    }
    let mut vms: Vec<(&Vm, Vec<Port>)> = Vec::new();
    for text in names {
        let shown = || text.chars().take(80).collect::<String>();
        let vm = match view.find(text) {
            Found::One(vm) => vm,
            Found::Several(several) => {
                let meant = several.into_iter().take(5).map(|vm| vm.id.clone()).collect();
                return Err(NotAsked::AmbiguousVm {
                    typed: shown(),
                    meant,
                });
            }
            Found::None => {
                // Only what this person may ask for is suggested: names of other machines are not told.
                let asker = Asker::new(rules, &typed.actor, now);
                let near = view.near(text, 3, |vm| asker.may_ask(vm));
                let near = near.into_iter().map(|vm| vm.id.clone()).collect();
                return Err(NotAsked::UnknownVm { typed: shown(), near });
            }
        };
        if !vms.iter().any(|(known, _)| known.id == vm.id) {
            vms.push((vm, ports.clone()));
        }
    }
    let given = |text: &Option<String>| {
        text.as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    Ok(Read {
        vms,
        length: given(&typed.length)
            .map(|text| {
                text.parse().map_err(|why| NotAsked::Length {
                    typed: text.clone(),
                    why,
                })
            })
            .transpose()?
            .or_else(|| template?.length),
        source: given(&typed.from)
            .map(|text| text.parse())
            .transpose()
            .map_err(NotAsked::Source)?
            .or_else(|| template?.source),
        reason: match template {
            Some(template) => template.reason(typed.reason.as_deref()),
            None => typed.reason.as_deref().and_then(FreeText::new),
        },
        starts_at: given(&typed.at)
            .map(|text| start_at(&text, now).map_err(|why| NotAsked::Start { typed: text, why }))
            .transpose()?,
    })
}

/// The template that was named.
fn template<'a>(
    typed: &Typed,
    rules: &'a RuleBook,
    view: &View,
    now: Instant,
) -> Result<Option<&'a Template>, NotAsked> {
    let Some(name) = typed.template.as_deref().filter(|name| !name.trim().is_empty()) else {
        return Ok(None);
    };
    match rules.template(name) {
        Some(template) => Ok(Some(template)),
        None => Err(NotAsked::UnknownTemplate {
            typed: name.chars().take(80).collect(),
            near: usable(rules, view, &typed.actor, now)
                .take(5)
                .map(|template| template.name.clone())
                .collect(),
        }),
    }
}

fn read_ports(text: &str) -> Result<Vec<Port>, NotAsked> {
    let written: Vec<_> = text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    if written.is_empty() {
        return Err(NotAsked::NoPort);
    }
    if written.len() > PORTS_MAX {
        return Err(NotAsked::TooManyPorts {
            given: written.len(),
            most: PORTS_MAX,
        });
    }
    let mut ports = Vec::new();
    for part in written {
        let port = part.parse().map_err(NotAsked::Port)?;
        if !ports.contains(&port) {
            ports.push(port);
        }
    }
    Ok(ports)
}
