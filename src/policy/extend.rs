//! May an access be extended, by how much, and does somebody have to approve it?

use chrono::TimeDelta;

use super::{
    book::RuleBook,
    judge::{Allowed, AskedDoor, Question, judge_doors},
    limits::jit_port,
    refusal::Refusal,
};
use crate::domain::{
    Instant,
    actor::Actor,
    length::Length,
    request::{Extendable, Target},
    text::FreeText,
    vm::{Vm, VmId},
};

/// An extension as somebody asks for it.
#[derive(Debug, Clone)]
pub struct ExtensionAsked<'a> {
    pub requester: &'a Actor,
    pub base: &'a Extendable,
    /// How much longer; `None`: what the rules give, as far as there is room.
    pub longer: Option<Length>,
    pub reason: Option<&'a FreeText>,
}

/// Judges an extension by the rules as they are now, like a request for all the time that would be left.
///
/// The length that comes back is how much longer it is to last.
pub fn judge_extension<'a>(
    book: &RuleBook,
    asked: &ExtensionAsked<'a>,
    find: impl Fn(&VmId) -> Option<&'a Vm>,
    now: Instant,
) -> Result<Allowed, Refusal> {
    let doors = doors_of(&asked.base.targets, find)?;
    let question = |length| Question {
        requester: asked.requester,
        vms: &[],
        length,
        source: Some(asked.base.source),
        reason: asked.reason,
        now,
    };
    // Judged with the default first, which always fits: this gives the limits of all rules involved.
    let usual = judge_doors(book, &question(None), &doors)?;
    let mut most = usual.max_for.delta();
    for door in &doors {
        let (_, limits) = jit_port(door.vm, door.port, door.through)?;
        most = most.min(TimeDelta::from_std(limits.max).unwrap_or(most));
    }
    let left = asked.base.extends.ends_at - now;
    let room = whole(most - left).ok_or(Refusal::ExtensionHasNoRoom { most: total(most) })?;
    let longer = match asked.longer {
        Some(asked) if asked > room => {
            return Err(Refusal::ExtensionTooLong {
                asked,
                room,
                most: total(most),
            });
        }
        Some(asked) => asked,
        None => usual.length.min(room),
    };
    Ok(Allowed {
        length: longer,
        ..usual
    })
}

pub(super) fn doors_of<'a>(
    targets: &'a [Target],
    find: impl Fn(&VmId) -> Option<&'a Vm>,
) -> Result<Vec<AskedDoor<'a>>, Refusal> {
    let mut doors = Vec::new();
    for target in targets {
        let vm = find(&target.vm).ok_or_else(|| Refusal::VmUnknown {
            vm: target.vm.clone(),
        })?;
        doors.extend(target.ports.iter().map(|entry| AskedDoor {
            vm,
            port: entry.port,
            through: Some(&entry.policy),
        }));
    }
    Ok(doors)
}

/// A length that people can type again, in whole minutes where there is one; `None` where it is too short for any.
fn whole(delta: TimeDelta) -> Option<Length> {
    let exact = Length::new(delta.to_std().ok()?).ok()?;
    let minutes = delta.num_minutes();
    if minutes == 0 {
        return Some(exact);
    }
    Length::new(TimeDelta::minutes(minutes).to_std().ok()?).ok()
}

fn total(most: TimeDelta) -> Length {
    most.to_std()
        .ok()
        .and_then(|most| Length::new(most).ok())
        .unwrap_or(Length::MIN)
}

#[cfg(test)]
#[path = "extend_tests.rs"]
mod tests;
