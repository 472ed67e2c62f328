//! The judgement: who gets in on one port, through which rule.

use std::{cmp::Reverse, net::Ipv4Addr};

use serde::{Deserialize, Serialize};

use super::{Access, Groups, JitRule, Peer, Place, Rule, Way, set::Set};
use crate::domain::{port::Port, vm::Protocol};

/// More addresses than a /16 has are half the world.
const BROAD: u64 = 1 << 16;
/// From so many addresses on it is anybody: more than half of all that there are.
const ANYBODY: u64 = 1 << 31;

/// What the rules say about one port of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// Nobody gets in. Which rule keeps everybody out, where one does.
    Closed {
        by: Option<Passed>,
    },
    /// Through windows of JIT only, and through `beside`, which lets a few in without JIT.
    ByJit {
        windows: Vec<Opening>,
        beside: Vec<Opening>,
    },
    /// Half the world gets in whatever JIT does.
    Anyway {
        through: Opening,
        reach: Reach,
    },
    /// A few get in without JIT.
    Narrow {
        through: Vec<Opening>,
    },
    CannotTell {
        why: Doubt,
    },
}

/// How far a rule that needs no JIT reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    Anybody,
    Broad,
}

/// One way through all groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// The rule that lets it in, in each group.
    pub rules: Vec<Passed>,
    /// The source, as the rule that is narrowest about it writes it.
    pub source: String,
}

/// A rule that decided, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    pub place: Place,
    /// The lower-cased id of the group.
    pub group: String,
    pub rule: String,
    pub priority: u32,
}

/// Why nothing can be said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "doubt", rename_all = "snake_case")]
pub enum Doubt {
    /// The machine has no interface that could be read.
    NoInterface,
    /// No group stands in front: then the address decides, and JIT does not work anyway.
    NoGroup,
    /// The rules of a group could not be read.
    Unreadable { group: String },
    /// A subnet or an interface could not be read, so a group may be missing.
    Incomplete,
    /// A rule may or may not be about this machine.
    Rule { rule: String },
    /// A rule could not be read, and none before it decides.
    UnreadRule { group: String, rule: String },
}

/// What is let in at one group by one rule, or at several groups by several.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    rules: Vec<Passed>,
    sources: Vec<Peer>,
    /// `None` where only Azure knows the addresses.
    set: Option<Set>,
    jit: bool,
    sure: bool,
    /// The rule that may let this in or keep it out, because it could not be read.
    unread: Option<Passed>,
}

/// What the rules of `groups` say about `port`, over all ways in: the most open one counts.
pub fn judge(ways: &[Way], groups: &Groups, port: Port, protocol: Protocol) -> Verdict {
    let protocols: &[_] = match protocol {
        Protocol::Any => &[Protocol::Tcp, Protocol::Udp],
        Protocol::Tcp => &[Protocol::Tcp],
        Protocol::Udp => &[Protocol::Udp],
    };
    ways.iter()
        .flat_map(|way| {
            protocols
                .iter()
                .map(|protocol| one_way(way, groups, port, *protocol))
        })
        .min_by_key(|verdict| Reverse(verdict.openness()))
        .unwrap_or(Verdict::CannotTell {
            why: Doubt::NoInterface,
        })
}

/// The same, where TCP and UDP may differ: what holds of TCP, and beside it of UDP, where that lets in more.
///
/// Machines are managed over TCP, so a rule that keeps TCP out must not be hidden by a UDP that nobody uses.
pub fn judge_each(
    ways: &[Way],
    groups: &Groups,
    port: Port,
    protocol: Protocol,
) -> Vec<(Option<Protocol>, Verdict)> {
    if protocol != Protocol::Any {
        return vec![(None, judge(ways, groups, port, protocol))];
    }
    let tcp = judge(ways, groups, port, Protocol::Tcp);
    let udp = judge(ways, groups, port, Protocol::Udp);
    if udp.openness() > tcp.openness() {
        vec![(Some(Protocol::Tcp), tcp), (Some(Protocol::Udp), udp)]
    } else {
        vec![(None, tcp)]
    }
}

impl Verdict {
    fn openness(&self) -> u8 {
        match self {
            Self::Closed { .. } => 0,
            Self::CannotTell { .. } => 1,
            Self::Narrow { .. } => 2,
            Self::ByJit { .. } => 3,
            Self::Anyway { .. } => 4,
        }
    }
}

fn one_way(way: &Way, groups: &Groups, port: Port, protocol: Protocol) -> Verdict {
    match passing(way, groups, port, protocol) {
        Ok((pieces, None)) => told(pieces),
        Ok((_, Some(why))) => Verdict::CannotTell { why },
        Err(by) => Verdict::Closed { by },
    }
}

/// What passes all groups of a way, with a doubt about it if there is one; or the rule that keeps everybody out.
fn passing(
    way: &Way,
    groups: &Groups,
    port: Port,
    protocol: Protocol,
) -> Result<(Vec<Piece>, Option<Doubt>), Option<Passed>> {
    let mut through: Option<Vec<Piece>> = None;
    let mut shut_by = None;
    let mut doubt = (!way.complete).then_some(Doubt::Incomplete);
    for layer in &way.layers {
        let Some(rules) = groups.rules(&layer.group) else {
            doubt = Some(Doubt::Unreadable {
                group: layer.group.clone(),
            });
            continue;
        };
        let passed = |rule: &Rule| Passed {
            place: layer.place,
            group: layer.group.clone(),
            rule: rule.name.clone(),
            priority: rule.priority,
        };
        let (pieces, last) = let_in(rules, port, protocol, way.private, passed);
        let pieces = match through {
            None => pieces,
            Some(before) => both(&before, &pieces),
        };
        if pieces.is_empty() {
            // Whatever else is on the way, nobody gets past this one.
            return Err(last.or(shut_by));
        }
        shut_by = shut_by.or(last);
        through = Some(pieces);
    }
    match through {
        Some(pieces) => Ok((pieces, doubt)),
        None => Ok((Vec::new(), Some(doubt.unwrap_or(Doubt::NoGroup)))),
    }
}

/// What one group lets in: the first rule that fits a source decides about it. Also the rule that keeps out
/// everybody who is left.
fn let_in(
    rules: &[Rule],
    port: Port,
    protocol: Protocol,
    private: Option<Ipv4Addr>,
    passed: impl Fn(&Rule) -> Passed,
) -> (Vec<Piece>, Option<Passed>) {
    let mut pieces = Vec::new();
    let mut decided = Set::default();
    let mut decided_tags: Vec<&Peer> = Vec::new();
    let mut sure = true;
    for rule in rules {
        let certain = match rule.concerns(port, protocol, private) {
            Some(false) => continue,
            Some(true) => rule.access != Access::Unread,
            None => false,
        };
        for source in &rule.sources {
            let set = source.addresses().map(|set| set.without(&decided));
            let nothing_left = match &set {
                Some(set) => set.is_empty(),
                None => decided_tags.contains(&source),
            };
            if nothing_left {
                continue;
            }
            if rule.access != Access::Deny {
                let unread = rule.access == Access::Unread;
                pieces.push(Piece {
                    rules: vec![passed(rule)],
                    sources: vec![source.clone()],
                    set: set.clone(),
                    jit: !unread && rule.jit() == Some(JitRule::Allow),
                    sure: sure && certain,
                    unread: unread.then(|| passed(rule)),
                });
            }
            if rule.access != Access::Allow && !certain && source.is_broad() {
                // It may keep out whoever comes after.
                sure = false;
            }
            if certain {
                match set {
                    Some(set) => decided = decided.or(&set),
                    None => decided_tags.push(source),
                }
            }
        }
        if decided == Set::all() {
            let shuts = rule.access == Access::Deny;
            return (pieces, shuts.then(|| passed(rule)));
        }
    }
    (pieces, None)
}

/// What passes two groups.
fn both(first: &[Piece], second: &[Piece]) -> Vec<Piece> {
    let mut found = Vec::new();
    for one in first {
        for other in second {
            let mut known = true;
            let set = match (&one.set, &other.set) {
                (Some(one), Some(other)) => Some(one.and(other)),
                (None, None) => {
                    known = one.sources == other.sources;
                    None
                }
                (None, Some(set)) | (Some(set), None) => {
                    known = *set == Set::all();
                    None
                }
            };
            if set.as_ref().is_some_and(Set::is_empty) {
                continue;
            }
            found.push(Piece {
                rules: one.rules.iter().chain(&other.rules).cloned().collect(),
                sources: one.sources.iter().chain(&other.sources).cloned().collect(),
                set,
                jit: one.jit || other.jit,
                sure: one.sure && other.sure && known,
                unread: one.unread.as_ref().or(other.unread.as_ref()).cloned(),
            });
        }
    }
    found
}

fn told(pieces: Vec<Piece>) -> Verdict {
    if let Some(piece) = pieces.iter().find(|piece| piece.sure && piece.is_hole()) {
        let reach = match &piece.set {
            Some(set) if set.size() >= ANYBODY => Reach::Anybody,
            _ => Reach::Broad,
        };
        return Verdict::Anyway {
            through: piece.opening(),
            reach,
        };
    }
    if let Some(unread) = pieces.iter().find_map(|piece| piece.unread.as_ref()) {
        return Verdict::CannotTell {
            why: Doubt::UnreadRule {
                group: unread.group.clone(),
                rule: unread.rule.clone(),
            },
        };
    }
    if let Some(piece) = pieces.iter().find(|piece| piece.is_hole()) {
        let rule = piece.rules.last().map(|passed| passed.rule.clone());
        return Verdict::CannotTell {
            why: Doubt::Rule {
                rule: rule.unwrap_or_default(),
            },
        };
    }
    let (windows, beside): (Vec<_>, Vec<_>) = pieces.into_iter().partition(|piece| piece.jit);
    let openings = |pieces: Vec<Piece>| pieces.iter().map(Piece::opening).collect::<Vec<_>>();
    if windows.is_empty() {
        Verdict::Narrow {
            through: openings(beside),
        }
    } else {
        Verdict::ByJit {
            windows: openings(windows),
            beside: openings(beside),
        }
    }
}

impl Piece {
    /// Whether half the world gets in here without JIT.
    fn is_hole(&self) -> bool {
        !self.jit
            && self.sources.iter().all(Peer::is_broad)
            && self.set.as_ref().is_none_or(|set| set.size() > BROAD)
    }

    fn opening(&self) -> Opening {
        let narrowest = self.sources.iter().min_by_key(|source| {
            let size = source.addresses().map_or(0, |set| set.size());
            (source.is_broad(), size)
        });
        Opening {
            rules: self.rules.clone(),
            source: narrowest.map(ToString::to_string).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
impl Piece {
    pub(super) fn contains(&self, source: Ipv4Addr) -> bool {
        self.set.as_ref().is_some_and(|set| set.contains(source))
    }

    pub(super) fn covers(&self, other: &Self) -> bool {
        matches!((&self.set, &other.set), (Some(mine), Some(its)) if its.without(mine).is_empty())
    }
}

/// What passes all groups of a way.
#[cfg(test)]
pub(super) fn let_in_all(way: &Way, groups: &Groups, port: Port, protocol: Protocol) -> Vec<Piece> {
    passing(way, groups, port, protocol).map_or_else(|_| Vec::new(), |(pieces, _)| pieces)
}
