//! What is said where a rule decides alone, or would have and did not.

use super::{hours, limit::listed, quote::quoted_within};
use crate::domain::{
    alone::{Alone, NotAlone},
    request::Request,
    vote::Terms,
};

/// The rules that approved, as who did.
pub(super) fn by_rules(request: &Request) -> String {
    let names: Vec<_> = request
        .terms
        .iter()
        .map(|terms| format!("“{}”", quoted_within(&terms.rule.0, 80)))
        .collect();
    let word = if names.len() == 1 { "the rule" } else { "the rules" };
    let because = if request.is_broken_glass() {
        "because who asked used `/jit break-glass`"
    } else if request.is_automatic() {
        "because all conditions for that were met"
    } else {
        "because it is the first extension"
    };
    format!(
        "{word} {} alone, without a person, {because}",
        listed(&names, 300)
    )
}

/// What the line of a rule says instead of votes.
pub(super) fn no_votes(request: &Request) -> &'static str {
    if request.is_broken_glass() {
        "lets who asked open without an approval."
    } else if request.is_automatic() {
        "approves alone what meets its conditions, so no approval was needed."
    } else {
        "extends an access once without asking, so no approval was needed."
    }
}

/// Why a rule that approves alone did not; `None` where it never does.
pub(super) fn not_alone(terms: &Terms) -> Option<String> {
    let because = not_alone_here(terms)?;
    Some(format!("The rule did not approve alone, because {because}."))
}

/// The condition that did not hold, as it is said after "because".
pub(super) fn not_alone_here(terms: &Terms) -> Option<String> {
    let Some(Alone::NotApproved { why }) = &terms.alone else {
        return None;
    };
    Some(because(why))
}

/// The condition that did not hold.
pub(super) fn because(why: &NotAlone) -> String {
    match why {
        NotAlone::OtherPeople => "it does that for other people only".to_owned(),
        NotAlone::SourceOutside { within } => {
            let nets: Vec<_> = within.iter().map(|net| format!("`{net}`")).collect();
            format!("it does that only from {}", listed(&nets, 150))
        }
        NotAlone::TooOften { at_most, per } => {
            let times = match at_most {
                1 => "once".to_owned(),
                at_most => format!("{at_most} times"),
            };
            format!(
                "it does that at most {times} in {per} for each person, and that number is reached for this person"
            )
        }
        NotAlone::Frozen => "a freeze was on".to_owned(),
        NotAlone::SecondLook => "an approver has to look at such a request twice".to_owned(),
        NotAlone::OtherHours { hours } => {
            format!("it does that only at certain hours: {}", hours::phrase(hours))
        }
        NotAlone::AnotherRule { rule } => format!(
            "the rule “{}” is involved too, and did not",
            quoted_within(&rule.0, 80)
        ),
    }
}
