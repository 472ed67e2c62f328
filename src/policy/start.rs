//! The rules of now, on a request that was approved before and whose start has come.

use super::{
    book::RuleBook,
    extend::doors_of,
    judge::{Question, judge_doors},
    refusal::Refusal,
};
use crate::domain::{
    actor::Actor,
    request::Request,
    vm::{Vm, VmId},
    vote::Terms,
};

/// The terms of now, under which the request would be asked, or why it would be refused. `requester` has the roles of
/// now.
pub fn judge_at_start<'a>(
    book: &RuleBook,
    request: &'a Request,
    requester: &Actor,
    find: impl Fn(&VmId) -> Option<&'a Vm>,
) -> Result<Vec<Terms>, Refusal> {
    let doors = doors_of(&request.targets, find)?;
    let question = Question {
        requester,
        vms: &[],
        length: Some(request.length),
        source: request.source(),
        reason: request.reason.as_ref(),
    };
    judge_doors(book, &question, &doors).map(|allowed| allowed.terms)
}
