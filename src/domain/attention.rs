//! Whom a pending request calls, and when: the card at first, reminders after that, further people in steps.
//!
//! Being called gives no right: who may vote is what the terms say, from the first moment on.

use serde::{Deserialize, Serialize};

use super::{Instant, actor::Principal, ids::RuleName, length::Length};

/// What a rule says about it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attention {
    /// The pause before the first reminder; each further pause is twice as long. `None`: no reminders.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub remind_every: Option<Length>,
    /// Whom to call beside those whom the card calls, soonest first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub escalate: Vec<Step>,
    /// Cards and reminders call nobody.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub quiet: bool,
}

/// One step of an escalation. Whoever is named in it is not called before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// How long after the request was asked.
    pub after: Length,
    pub to: Vec<Principal>,
}

/// A step that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalated {
    pub rule: RuleName,
    pub to: Vec<Principal>,
    pub at: Instant,
}

impl Attention {
    /// Whether there is nothing to say about it.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Whom the card calls, among `approvers`.
    pub fn called_first<'a>(
        &self,
        approvers: impl Iterator<Item = &'a Principal>,
    ) -> impl Iterator<Item = &'a Principal> {
        approvers
            .filter(|principal| !self.quiet && !self.escalate.iter().any(|step| step.to.contains(principal)))
    }
}

/// When the reminder after `now` is due: the pauses are `every`, twice that, four times that, and so on. Those
/// whose time has passed are left out, so that after a downtime there is one and not all of them.
pub fn next_reminder(since: Instant, every: Length, now: Instant) -> Instant {
    let mut pause = every.delta();
    let mut due = since + pause;
    while due <= now {
        pause = pause * 2;
        due += pause;
    }
    due
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::request::sample::{NOW, length, minutes, role};

    #[test]
    fn pauses_double_and_what_was_missed_is_left_out() {
        let due = |now| next_reminder(NOW, length("5m"), NOW + minutes(now)) - NOW;
        assert_eq!(due(0), minutes(5));
        assert_eq!(due(5), minutes(15));
        assert_eq!(due(15), minutes(35));
        assert_eq!(due(16), minutes(35));
        assert_eq!(due(40), minutes(75));
    }

    #[test]
    fn who_is_called_later_is_not_called_first() {
        let mut attention = Attention {
            escalate: vec![Step {
                after: length("10m"),
                to: vec![role(2)],
            }],
            ..Attention::default()
        };
        let approvers = [role(1), role(2)];
        let called = |attention: &Attention| {
            attention
                .called_first(approvers.iter())
                .copied()
                .collect::<Vec<_>>()
        };
        assert_eq!(called(&attention), [role(1)]);
        attention.escalate.clear();
        assert_eq!(called(&attention), approvers);
        attention.quiet = true;
        assert_eq!(called(&attention), []);
    }

    #[test]
    fn what_was_stored_before_is_read() {
        assert_eq!(
            serde_json::from_str::<Attention>("{}").unwrap(),
            Attention::default()
        );
    }

    proptest! {
        #[test]
        fn the_next_reminder_is_later_and_at_most_twice_as_far(every in 10_u64..90_000, waited in 0_i64..900_000) {
            let every = Length::new(std::time::Duration::from_secs(every.min(86_400))).unwrap();
            let now = NOW + chrono::TimeDelta::seconds(waited);
            let due = next_reminder(NOW, every, now);
            prop_assert!(due > now);
            prop_assert!(due - NOW <= (now - NOW) * 2 + every.delta());
        }
    }
}
