//! The rules as they are now, on a request that was asked before (promise G5).

use super::{
    book::RuleBook,
    extend::doors_of,
    judge::{Question, judge_doors},
    refusal::Refusal,
};
use crate::domain::{
    Instant,
    actor::Actor,
    request::Request,
    vm::{Vm, VmId},
    vote::Terms,
};

/// The terms of the rules as they are now, or why they would refuse this request now.
///
/// The requester is judged with the roles of the moment of asking, which the terms keep: no event of Discord
/// brings the roles of somebody who does not act. All limits are judged again, also those of the JIT policies
/// that were chosen when it was asked. Rules that hold at certain hours only are judged for `now`: who says yes at
/// night says it under the rules of the night.
pub fn judge_again<'a>(
    book: &RuleBook,
    request: &'a Request,
    find: impl Fn(&VmId) -> Option<&'a Vm>,
    now: Instant,
) -> Result<Vec<Terms>, Refusal> {
    let requester = Actor {
        person: request.requester.clone(),
        roles: request
            .terms
            .first()
            .map(|terms| terms.requester_roles.clone())
            .unwrap_or_default(),
    };
    let doors = doors_of(&request.targets, find)?;
    let question = Question {
        requester: &requester,
        vms: &[],
        length: Some(request.all_that_is_left(now)),
        source: request.source(),
        reason: request.reason.as_ref(),
        now,
    };
    judge_doors(book, &question, &doors).map(|allowed| allowed.terms)
}

#[cfg(test)]
#[path = "again_tests.rs"]
mod tests;
