//! Whether what was decided before is still decided under the rules of the start.

use super::{NotStarted, Request};
use crate::domain::{
    second_look::looked_at_twice,
    vote::{Terms, Via, approvals_missing},
};

impl Request {
    /// Why the approvals that it has are not enough under the terms of `today`, if they are not.
    ///
    /// They count as they were given: with the roles of their clicks. A request that its rules approved alone has none;
    /// whether they still would is the caller's question.
    pub fn still_approved(&self, today: &[Terms]) -> Result<(), NotStarted> {
        let votes = self.votes();
        if approvals_missing(votes, &self.terms, today) != Some(0) {
            return Err(NotStarted::MoreApprovals);
        }
        let is_risky = self
            .source()
            .is_none_or(|source| !looked_at_twice(&self.terms, Some(today), self.length, source).is_empty());
        if is_risky && !votes.iter().any(|vote| vote.via == Via::SecondLook) {
            return Err(NotStarted::SecondLook);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            Ask, Ballot,
            sample::{
                BOB, CAROL, LEAD, NOW, ON_CALL, actor, door, ids, minutes, role, simple, source, terms, user,
            },
        },
        *,
    };
    use crate::domain::{actor::Principal, second_look::SecondLook, vote::Choice};

    /// Approved by Bob, who is on call, for in two hours.
    fn scheduled(via: Via) -> Request {
        let ask = Ask {
            starts_at: Some(NOW + minutes(120)),
            ..simple()
        };
        let request = ask.from(source(), NOW).after;
        let today = request.terms.clone();
        let yes = Ballot::new(actor(BOB, &[ON_CALL]), Choice::Approve, via);
        let (request, _) = request.vote(yes, Some(&today), NOW, ids()).unwrap().after;
        assert!(request.is_scheduled());
        request
    }

    fn of_now(approvers: &[Principal], approvals: u8) -> Vec<Terms> {
        vec![terms("web", vec![door("web-01", 22)], approvers, approvals)]
    }

    #[test]
    fn the_approvals_must_be_enough_for_the_rules_of_the_start() {
        let request = scheduled(Via::Button);
        for (approvers, approvals, still) in [
            (&[role(ON_CALL)][..], 1, true),
            (&[user(BOB), role(LEAD)], 1, true),
            (&[role(ON_CALL)], 2, false),
            (&[role(LEAD)], 1, false),
            (&[user(CAROL)], 1, false),
        ] {
            let expected = if still {
                Ok(())
            } else {
                Err(NotStarted::MoreApprovals)
            };
            let today = of_now(approvers, approvals);
            assert_eq!(
                request.still_approved(&today),
                expected,
                "{approvers:?} {approvals}"
            );
        }
        assert_eq!(request.still_approved(&[]), Err(NotStarted::MoreApprovals));
    }

    #[test]
    fn what_is_looked_at_twice_since_was_looked_at_twice() {
        let mut today = of_now(&[role(ON_CALL)], 1);
        today[0].second_look = Some(SecondLook {
            always: true,
            wider_than: None,
            longer_than: None,
        });
        assert_eq!(
            scheduled(Via::Button).still_approved(&today),
            Err(NotStarted::SecondLook)
        );
        assert_eq!(scheduled(Via::SecondLook).still_approved(&today), Ok(()));
    }
}
