//! The rules decide alone: nobody is asked.

use super::{Request, RequestState};
use crate::domain::{
    Change, Instant,
    alone::Alone,
    effect::Task,
    ids::{RuleName, WindowId},
    window::Window,
};

impl Change<Request> {
    /// A request that was just asked, approved by its rules alone. One that is not pending stays as it is.
    ///
    /// Whether they may is the caller's question.
    pub fn decided_alone(
        self,
        now: Instant,
        mut window_ids: impl FnMut() -> WindowId,
    ) -> Change<(Request, Vec<Window>)> {
        let RequestState::Pending { source, .. } = self.after.state else {
            return self.waiting();
        };
        // Nobody has to answer, so no answer is waited for.
        let asked = self.effects.into_iter().filter(|effect| {
            !matches!(
                effect.task,
                Task::Lapse { .. } | Task::Remind { .. } | Task::Escalate { .. }
            )
        });
        let approved = self.after.approve(source, Vec::new(), now, &mut window_ids);
        Change {
            after: approved.after,
            records: self.records.into_iter().chain(approved.records).collect(),
            effects: asked.chain(approved.effects).collect(),
        }
    }

    /// A request that waits for people: it has no windows yet.
    pub fn waiting(self) -> Change<(Request, Vec<Window>)> {
        Change {
            after: (self.after, Vec::new()),
            records: self.records,
            effects: self.effects,
        }
    }
}

impl Request {
    /// Whether every rule involved approved it alone, because its conditions for that held.
    pub fn is_automatic(&self) -> bool {
        self.is_approved_by_rule()
            && !self.terms.is_empty()
            && self
                .terms
                .iter()
                .all(|terms| terms.alone == Some(Alone::Approved))
    }

    /// Whether `rule` was involved and approved it alone after `since`.
    pub fn was_automatic(&self, rule: &RuleName, since: Instant) -> bool {
        let (RequestState::Approved { at, .. }
        | RequestState::Scheduled { at, .. }
        | RequestState::Settled { approved_at: at, .. }
        | RequestState::NotStarted { approved_at: at, .. }) = &self.state
        else {
            return false;
        };
        *at > since && self.is_automatic() && self.terms.iter().any(|terms| terms.rule == *rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        record::{By, Fact},
        request::sample::{BOB, NOW, ON_CALL, actor, approved, ballot, facts, ids, minutes, simple, source},
        vote::Choice::{Approve, Deny},
    };

    fn automatic() -> Change<(Request, Vec<Window>)> {
        let mut ask = simple();
        ask.terms[0].alone = Some(Alone::Approved);
        ask.from(source(), NOW).decided_alone(NOW, ids())
    }

    #[test]
    fn the_rule_is_the_one_who_decides() {
        let change = automatic();
        assert_eq!(facts(&change), ["asked", "approved"]);
        let approval = &change.records[1];
        assert!(matches!(&approval.by, By::Rules(rules) if rules[0].0 == "web"));
        assert!(
            matches!(&approval.fact, Fact::Approved { approvers, automatic: true, .. } if approvers.is_empty())
        );
        let (request, windows) = &change.after;
        assert!(request.is_automatic());
        assert_eq!(windows.len(), 1);
        let waits = |effect: &crate::domain::effect::Effect| matches!(effect.task, Task::Lapse { .. });
        assert!(!change.effects.iter().any(waits), "{:?}", change.effects);
    }

    #[test]
    fn it_is_decided_and_no_vote_counts_any_more() {
        for choice in [Approve, Deny] {
            let (request, _) = automatic().after;
            let today = request.terms.clone();
            let vote = ballot(actor(BOB, &[ON_CALL]), choice);
            assert!(request.vote(vote, Some(&today), NOW + minutes(1), ids()).is_err());
        }
    }

    #[test]
    fn it_counts_for_its_rule_while_it_is_recent() {
        let (request, _) = automatic().after;
        let web = request.terms[0].rule.clone();
        assert!(request.was_automatic(&web, NOW - minutes(1)));
        assert!(!request.was_automatic(&web, NOW), "too long ago");
        assert!(!request.was_automatic(&RuleName("db".to_owned()), NOW - minutes(1)));
        let (by_people, _) = approved();
        assert!(!by_people.was_automatic(&web, NOW - minutes(1)));
    }
}
