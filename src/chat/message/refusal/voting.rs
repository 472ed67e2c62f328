//! Why an approval was not taken back, and why nothing was claimed.

use crate::{
    chat::message::{refusal::vote::decided, rendered::Rendered, when},
    domain::{
        ids::RequestNumber,
        request::{ClaimRefusal, TakeBackRefusal},
    },
};

/// Why the approval was not taken back.
pub fn taking_back(number: RequestNumber, refusal: &TakeBackRefusal) -> Rendered {
    Rendered::text(match refusal {
        TakeBackRefusal::NotPending { state } => format!(
            "Nothing was taken back, because request {number} {}. If it is open and should not be, press Close now \
             on its card.",
            decided(state)
        ),
        TakeBackRefusal::TooLate { answer_by } => format!(
            "Nothing was taken back, because answers to request {number} counted until {}. It was not approved, so \
             nothing opens, and you need not do anything.",
            when::time(*answer_by)
        ),
        TakeBackRefusal::NothingSaid => {
            format!("Nothing was taken back, because there is no approval of yours on request {number}.")
        }
    })
}

/// Why the card does not say that they are looking at it.
pub fn claiming(number: RequestNumber, refusal: &ClaimRefusal) -> Rendered {
    Rendered::text(match refusal {
        ClaimRefusal::NotPending { state } => format!(
            "Nobody has to look at request {number} any more: it {}.",
            decided(state)
        ),
        ClaimRefusal::TooLate { answer_by } => format!(
            "Nobody has to look at request {number} any more: answers counted until {}.",
            when::time(*answer_by)
        ),
        ClaimRefusal::OwnRequest => format!(
            "Request {number} is your own, and nobody decides on their own request. Somebody else has to look at it."
        ),
        ClaimRefusal::NotAnApprover => format!(
            "You are not an approver of request {number}, so the card does not say that you are looking at it. It \
             names who may answer."
        ),
        ClaimRefusal::Already => {
            format!("The card of request {number} says already that you are looking at it.")
        }
        ClaimRefusal::LetGo | ClaimRefusal::NotYours => format!(
            "The card of request {number} does not say that you are looking at it, so there is nothing to let go."
        ),
    })
}
