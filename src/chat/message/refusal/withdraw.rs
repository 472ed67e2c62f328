//! Why a request cannot be withdrawn.

use super::vote::decided;
use crate::{
    chat::message::rendered::Rendered,
    domain::{
        ids::RequestNumber,
        request::{RequestState, WithdrawRefusal},
    },
};

/// What the person is told.
pub fn sentence(number: RequestNumber, refusal: &WithdrawRefusal) -> Rendered {
    Rendered::text(match refusal {
        WithdrawRefusal::NotYours => format!(
            "Request {number} was not withdrawn, because only who asked can withdraw it. An approver can deny it."
        ),
        WithdrawRefusal::NotPending { state } => {
            let next = match **state {
                RequestState::Approved { .. } => " To end the access early, use `/jit close`.",
                _ => " There is nothing left to withdraw.",
            };
            format!(
                "Request {number} was not withdrawn, because it {}.{next}",
                decided(state)
            )
        }
    })
}
