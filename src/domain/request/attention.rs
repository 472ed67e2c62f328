//! A pending request waits: reminders, and the steps of an escalation.

use super::{Request, RequestState};
use crate::domain::{
    Change, Instant,
    actor::Principal,
    attention::{Escalated, next_reminder},
    effect::{Effect, Task},
    length::Length,
    record::{By, Entry, Fact},
    vote::Terms,
};

impl Request {
    /// Whom the card calls, each once, without who asked; at most `most`.
    pub fn called_first(&self, most: usize) -> Vec<Principal> {
        let called = self
            .terms
            .iter()
            .flat_map(|terms| terms.attention.called_first(terms.quorum.approvers()));
        self.others_among(called, most)
    }

    /// `principals`, each once, without who asked; at most `most`.
    pub fn others_among<'a>(
        &self,
        principals: impl Iterator<Item = &'a Principal>,
        most: usize,
    ) -> Vec<Principal> {
        let mut found = Vec::new();
        for principal in principals {
            if *principal != Principal::User(self.requester.id)
                && !found.contains(principal)
                && found.len() < most
            {
                found.push(*principal);
            }
        }
        found
    }

    /// The pause before the first reminder: the shortest of the rules involved.
    pub fn remind_every(&self) -> Option<Length> {
        self.terms
            .iter()
            .filter_map(|terms| terms.attention.remind_every)
            .min()
    }

    /// The steps that were taken.
    pub fn escalated(&self) -> &[Escalated] {
        match &self.state {
            RequestState::Pending { escalated, .. } => escalated,
            _ => &[],
        }
    }

    /// When the next step is to be taken of a request that waits since then; `None` when there is none, or the
    /// time for an answer is over before.
    pub fn next_escalation(&self, since: Instant) -> Option<Instant> {
        let RequestState::Pending { answer_by, .. } = &self.state else {
            return None;
        };
        self.terms
            .iter()
            .filter_map(|terms| terms.attention.escalate.get(self.steps_taken(terms)))
            .map(|step| since + step.after.delta())
            .min()
            .map(|due| self.held_until().map_or(due, |until| due.max(until)))
            .filter(|due| due < answer_by)
    }

    /// Takes every step whose time has come, all in one; gives the request back unchanged if there is none.
    pub fn escalate(mut self, since: Instant, now: Instant) -> Result<Change<Self>, Self> {
        let is_over = !matches!(&self.state, RequestState::Pending { answer_by, .. } if now < *answer_by);
        if is_over || self.next_escalation(since).is_none_or(|due| due > now) {
            return Err(self);
        }
        let mut taken = Vec::new();
        for terms in &self.terms {
            let steps = terms.attention.escalate.iter().skip(self.steps_taken(terms));
            taken.extend(
                steps
                    .take_while(|step| since + step.after.delta() <= now)
                    .map(|step| Escalated {
                        rule: terms.rule.clone(),
                        to: step.to.clone(),
                        at: now,
                    }),
            );
        }
        let records = taken
            .iter()
            .map(|step| Entry {
                by: By::Time,
                fact: Fact::Escalated {
                    request: self.facts(),
                    rule: step.rule.clone(),
                    to: step.to.clone(),
                },
            })
            .collect();
        if let RequestState::Pending { escalated, .. } = &mut self.state {
            escalated.append(&mut taken);
        }
        let mut effects = self.told();
        effects.push(Effect::now(Task::Call {
            request: self.id,
            at: now,
        }));
        Ok(Change {
            after: self,
            records,
            effects,
        })
    }

    /// The timers that begin when people can see the request.
    pub(super) fn first_timers(&self, now: Instant) -> Vec<Effect> {
        let RequestState::Pending { answer_by, .. } = &self.state else {
            return Vec::new();
        };
        let remind = self
            .remind_every()
            .map(|every| next_reminder(now, every, now))
            .filter(|due| due < answer_by)
            .map(|due| {
                Effect::at(
                    due,
                    Task::Remind {
                        request: self.id,
                        since: now,
                        at: due,
                        nth: 1,
                    },
                )
            });
        let escalate = self.next_escalation(now).map(|due| {
            Effect::at(
                due,
                Task::Escalate {
                    request: self.id,
                    since: now,
                },
            )
        });
        remind.into_iter().chain(escalate).collect()
    }

    fn steps_taken(&self, terms: &Terms) -> usize {
        self.escalated()
            .iter()
            .filter(|step| step.rule == terms.rule)
            .count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        attention::{Attention, Step},
        quorum::Quorum,
        request::{
            Ask,
            sample::{
                ALICE, BOB, LEAD, NOW, ON_CALL, actor, ask, asks_for, ballot, door, facts, ids, length,
                minutes, role, simple, source, target, terms, user,
            },
        },
        vote::{Choice::Approve, Via},
    };

    fn step(after: &str, to: Principal) -> Step {
        Step {
            after: length(after),
            to: vec![to],
        }
    }

    /// On-call is asked at once, the lead after ten minutes, Bob after twenty.
    fn in_steps() -> Ask {
        let mut rule = terms(
            "web",
            vec![door("web-01", 22)],
            &[role(ON_CALL), role(LEAD), user(BOB), user(ALICE)],
            1,
        );
        rule.attention = Attention {
            remind_every: Some(length("5m")),
            escalate: vec![step("10m", role(LEAD)), step("20m", user(BOB))],
            quiet: false,
        };
        ask(vec![target("web-01", &[22], "default")], vec![rule])
    }

    #[test]
    fn nothing_is_timed_where_no_rule_speaks_of_it() {
        let change = simple().from(source(), NOW);
        assert_eq!(change.effects.len(), 3, "{:?}", change.effects);
        assert_eq!(change.after.called_first(9), [role(ON_CALL)]);
    }

    #[test]
    fn asking_sets_the_timers() {
        let change = in_steps().from(source(), NOW);
        let request = change.after.id;
        let remind = Task::Remind {
            request,
            since: NOW,
            at: NOW + minutes(5),
            nth: 1,
        };
        assert!(asks_for(&change.effects, &remind, Some(NOW + minutes(5))));
        let escalate = Task::Escalate { request, since: NOW };
        assert!(asks_for(&change.effects, &escalate, Some(NOW + minutes(10))));
        assert_eq!(change.after.called_first(9), [role(ON_CALL)]);
    }

    #[test]
    fn each_step_is_taken_once_and_what_was_missed_at_once() {
        let request = in_steps().from(source(), NOW).after;
        let request = request.escalate(NOW, NOW + minutes(9)).unwrap_err();
        let one = request.clone().escalate(NOW, NOW + minutes(10)).unwrap();
        assert_eq!(facts(&one), ["escalated"]);
        assert_eq!(one.after.next_escalation(NOW), Some(NOW + minutes(20)));
        let same = one.after.escalate(NOW, NOW + minutes(19)).unwrap_err();
        let two = same.escalate(NOW, NOW + minutes(21)).unwrap();
        assert_eq!(two.after.next_escalation(NOW), None);
        assert_eq!(two.after.escalated().len(), 2);

        let both = request.escalate(NOW, NOW + minutes(25)).unwrap();
        assert_eq!(facts(&both), ["escalated", "escalated"]);
        let call = Task::Call {
            request: both.after.id,
            at: NOW + minutes(25),
        };
        assert!(asks_for(&both.effects, &call, None));
    }

    #[test]
    fn somebody_who_looks_at_it_holds_the_steps_back_for_a_while() {
        let request = in_steps().from(source(), NOW).after;
        let looking = actor(7, &[ON_CALL]);
        let claimed = request.claim(&looking, Via::Button, None, NOW + minutes(8));
        let claimed = claimed.unwrap().after;
        assert_eq!(claimed.held_until(), Some(NOW + minutes(18)));
        let waits = claimed.escalate(NOW, NOW + minutes(17)).unwrap_err();
        assert_eq!(waits.next_escalation(NOW), Some(NOW + minutes(18)));
        assert!(waits.escalate(NOW, NOW + minutes(18)).is_ok());
    }

    #[test]
    fn who_is_called_has_no_right_by_it() {
        let mut request = in_steps().from(source(), NOW).after;
        // As if somebody had been called who may not vote.
        request.terms[0].quorum = Quorum::sole(vec![role(ON_CALL)], 1);
        let request = request.escalate(NOW, NOW + minutes(10)).unwrap().after;
        let today = request.terms.clone();
        let refused = request.vote(
            ballot(actor(BOB, &[LEAD]), Approve),
            Some(&today),
            NOW + minutes(11),
            ids(),
        );
        assert!(refused.is_err());
    }

    #[test]
    fn a_vote_keeps_what_was_escalated() {
        let mut ask = in_steps();
        let approvers = ask.terms[0].quorum.approvers().copied().collect();
        ask.terms[0].quorum = Quorum::sole(approvers, 2);
        let request = ask.from(source(), NOW).after;
        let request = request.escalate(NOW, NOW + minutes(10)).unwrap().after;
        let today = request.terms.clone();
        let voted = request
            .vote(
                ballot(actor(7, &[ON_CALL]), Approve),
                Some(&today),
                NOW + minutes(11),
                ids(),
            )
            .unwrap();
        assert_eq!(voted.after.0.escalated().len(), 1);
    }

    #[test]
    fn nothing_is_escalated_when_it_is_decided_or_late() {
        let request = in_steps().from(source(), NOW).after;
        let withdrawn = request
            .clone()
            .withdraw(&request.requester, NOW + minutes(1))
            .unwrap();
        assert!(withdrawn.after.escalate(NOW, NOW + minutes(12)).is_err());
        assert!(
            request.escalate(NOW, NOW + minutes(30)).is_err(),
            "it is about to lapse"
        );
        let mut late = in_steps();
        late.answer_within = length("10m");
        let change = late.from(source(), NOW);
        assert!(change.after.escalate(NOW, NOW + minutes(10)).is_err());
    }
}
