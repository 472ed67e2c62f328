//! What starts later: judged for its start already when it is asked, and by the rules of the start when that has come.

use super::{
    book::RuleBook,
    extend::doors_of,
    judge::{Allowed, Question, judge, judge_doors},
    refusal::Refusal,
};
use crate::domain::{
    Instant,
    actor::Actor,
    request::Request,
    vm::{Vm, VmId},
    vote::Terms,
};

/// Judges `question`, and for the moment at which it is to start too: nobody decides on what no rule allows then.
pub fn judge_with_start(
    book: &RuleBook,
    question: &Question<'_>,
    starts_at: Option<Instant>,
) -> Result<Allowed, Refusal> {
    let allowed = judge(book, question)?;
    if let Some(starts_at) = starts_at {
        let then = Question {
            length: Some(allowed.length),
            now: starts_at,
            ..question.clone()
        };
        judge(book, &then).map_err(|why| Refusal::AtStart {
            starts_at,
            why: Box::new(why),
        })?;
    }
    Ok(allowed)
}

/// The terms of now, under which the request would be asked, or why it would be refused. `requester` has the roles of
/// now.
pub fn judge_at_start<'a>(
    book: &RuleBook,
    request: &'a Request,
    requester: &Actor,
    find: impl Fn(&VmId) -> Option<&'a Vm>,
    now: Instant,
) -> Result<Vec<Terms>, Refusal> {
    let doors = doors_of(&request.targets, find)?;
    let question = Question {
        requester,
        vms: &[],
        length: Some(request.length),
        source: request.source(),
        reason: request.reason.as_ref(),
        now,
    };
    judge_doors(book, &question, &doors).map(|allowed| allowed.terms)
}
