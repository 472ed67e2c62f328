//! Why a vote did not count.

use crate::{
    chat::message::{phrase, quorum, quote::quoted_within, rendered::Rendered, vote::take_back_row, when},
    domain::{
        ids::{RequestId, RequestNumber},
        request::{NotLess, RequestState, VoteRefusal},
        vote::Vote,
    },
};

/// The refusal's stable code, as a record keeps it.
pub fn code(refusal: &VoteRefusal) -> &'static str {
    match refusal {
        VoteRefusal::NotPending { .. } => "not_pending",
        VoteRefusal::TooLate { .. } => "too_late",
        VoteRefusal::OwnRequest => "own_request",
        VoteRefusal::NotAnApprover => "not_an_approver",
        VoteRefusal::NoRuleNow => "no_rule_now",
        VoteRefusal::SaidAlready { .. } => "said_already",
        VoteRefusal::SecondLook => "second_look",
        VoteRefusal::NotLess(_) => "not_less",
        VoteRefusal::TakenBack => "taken_back",
    }
}

/// Why the vote did not count, for a record's code: part of a sentence.
pub(in crate::chat::message) fn because(code: &str) -> String {
    match code {
        "not_pending" => "the request was decided or over already".to_owned(),
        "too_late" => "the time for an answer was over".to_owned(),
        "own_request" => "nobody decides on their own request".to_owned(),
        "not_an_approver" => "not an approver of this request".to_owned(),
        "no_rule_now" => "no rule allows this request now".to_owned(),
        "said_already" => "the same was said before".to_owned(),
        "second_look" => "its rule wants a second look, which a reaction cannot give".to_owned(),
        other => quoted_within(other, 200),
    }
}

/// What the voter is told: also who decided, when somebody was faster.
pub fn sentence(number: RequestNumber, refusal: &VoteRefusal) -> Rendered {
    Rendered::text(match refusal {
        VoteRefusal::SecondLook => format!(
            "Your answer did not count yet, because request {number} needs a second look. Press Approve on its card, \
             read the facts again, and confirm them."
        ),
        VoteRefusal::NotLess(NotLess::Longer { most }) => format!(
            "Your answer did not count, because request {number} asks for {most}, and an approver can only grant the \
             same or less. Press the button again and write a shorter time."
        ),
        VoteRefusal::NotLess(NotLess::Outside { source }) => format!(
            "Your answer did not count, because request {number} asks for `{source}`, and an approver can only grant \
             that or a part of it. Press the button again and write an address inside it."
        ),
        VoteRefusal::TakenBack => format!(
            "Your reaction to request {number} did not count, because you have taken your approval back since. If you \
             do want to approve it, press Approve on its card."
        ),
        VoteRefusal::NotPending { state } => format!(
            "Your answer did not count, because request {number} {}. Nothing was changed by it.",
            decided(state)
        ),
        VoteRefusal::TooLate { answer_by } => format!(
            "Your answer did not count, because answers to request {number} counted until {}. Who asked can ask \
             again.",
            when::time(*answer_by)
        ),
        VoteRefusal::OwnRequest => format!(
            "Your answer did not count, because request {number} is your own, and nobody decides on their own \
             request. Somebody else has to answer. If you do not need it any more, withdraw it."
        ),
        VoteRefusal::NotAnApprover => format!(
            "Your answer did not count, because you are not an approver of request {number} under its rule, as it \
             was when it was asked or as it is now. The card names who may answer."
        ),
        VoteRefusal::NoRuleNow => format!(
            "Your answer did not count, because no rule allows request {number} now, so nobody can approve it: the rules \
             were changed, or it is outside their hours. You can deny it, or who asked can withdraw it."
        ),
        VoteRefusal::SaidAlready { missing, needs } => format!(
            "You have approved request {number} already, and each person counts once. {}",
            quorum::more_needed(*missing, needs)
        ),
    })
}

/// The same, for somebody whose approval counts already and can be taken back.
pub fn said_already(request: RequestId, number: RequestNumber, refusal: &VoteRefusal) -> Rendered {
    Rendered {
        components: vec![take_back_row(request)],
        ..sentence(number, refusal)
    }
}

/// What somebody is told by direct message whose reaction did not count; `why` is the code of the refusal.
pub fn tell_voter(number: RequestNumber, why: &str) -> Rendered {
    let next = match why {
        "not_pending" | "too_late" => "it was decided or over already. Nothing was changed by it.".to_owned(),
        "own_request" => {
            "it is your own, and nobody decides on their own request. If you do not need it any more, \
                          withdraw it."
                .to_owned()
        }
        "not_an_approver" => {
            "you are not an approver of it under its rule. The card names who may answer.".to_owned()
        }
        "no_rule_now" => {
            "no rule allows it now: the rules were changed, or it is outside their hours. You can deny it, or who asked can withdraw it.".to_owned()
        }
        "said_already" => "you had said the same before, and each person counts once.".to_owned(),
        "second_look" => {
            "its rule wants a second look, which a reaction cannot give. Press Approve on the card: the \
                          facts are repeated there, and you confirm them."
                .to_owned()
        }
        other => format!("{}.", because(other)),
    };
    Rendered::text(format!(
        "Your reaction to the card of request {number} did not count, because {next}"
    ))
}

/// Who decided and when, after "request 17".
pub(in crate::chat::message) fn decided(state: &RequestState) -> String {
    match state {
        RequestState::Draft { .. } => "waits for its source and is not for approval yet".to_owned(),
        RequestState::Pending { .. } => "is waiting for an answer".to_owned(),
        RequestState::Approved { votes, at, .. } => {
            format!("was approved by {} at {}", voters(votes), when::time(*at))
        }
        RequestState::Settled {
            votes, approved_at, ..
        } => format!(
            "was approved by {} at {} and is over",
            voters(votes),
            when::time(*approved_at)
        ),
        RequestState::Denied { by, at, .. } => {
            format!("was denied by {} at {}", phrase::person(by), when::time(*at))
        }
        RequestState::Withdrawn { at, .. } => format!("was withdrawn by who asked at {}", when::time(*at)),
        RequestState::Lapsed { at, .. } => format!("lapsed at {}, without enough answers", when::time(*at)),
        RequestState::Scheduled {
            votes, at, starts_at, ..
        } => format!(
            "was approved by {} at {} and starts {}",
            voters(votes),
            when::time(*at),
            when::full(*starts_at)
        ),
        RequestState::NotStarted {
            votes, approved_at, ..
        } => format!(
            "was approved by {} at {} and was not opened",
            voters(votes),
            when::time(*approved_at)
        ),
    }
}

fn voters(votes: &[Vote]) -> String {
    let people: Vec<_> = votes.iter().map(|vote| vote.voter.clone()).collect();
    phrase::people(&people, 300)
}
