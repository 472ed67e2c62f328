//! Making an access longer: what is said of an extension, and why one is refused.

use super::{refusal, rendered::Rendered, when};
use crate::{
    domain::{
        ids::RequestNumber,
        request::{ExtendRefusal, Request, RequestState},
    },
    policy::Refusal,
};

/// "longer by 30m: it would end … in place of …", or `None` for a request that extends nothing.
pub(super) fn line(request: &Request) -> Option<String> {
    let extends = request.extends?;
    let until = extends.ends_at + request.length.delta();
    let verb = match request.state {
        RequestState::Approved { .. } | RequestState::Settled { .. } => "made",
        RequestState::Draft { .. } | RequestState::Pending { .. } => "would make",
        _ => "was to make",
    };
    Some(format!(
        "It {verb} request {} longer by {}: until {} in place of {}.",
        extends.number,
        request.length,
        when::full(until),
        when::time(extends.ends_at)
    ))
}

/// Why a request was not extended.
pub fn refused(number: RequestNumber, why: &ExtendRefusal) -> Rendered {
    let why = match why {
        ExtendRefusal::NotYours => {
            "only who asked can ask for more time. Ask for access of your own with `/jit request`.".to_owned()
        }
        ExtendRefusal::NotApproved { state } => format!(
            "it {}. Only an access that is open can be made longer; ask with `/jit request`.",
            refusal::vote::decided(state)
        ),
        ExtendRefusal::NotOpenYet => {
            "nothing of it is open yet. Its time runs from the approval; ask again when it is open."
                .to_owned()
        }
        ExtendRefusal::Ending => {
            "all that was open is closing or closed. Ask anew with `/jit request`.".to_owned()
        }
        ExtendRefusal::Already { number } => format!(
            "request {number} asks for that already. `/jit status request:{number}` shows how it stands; when it is \
             open, it is the one to extend."
        ),
    };
    Rendered::text(format!("Request {number} was not extended: {why}"))
}

/// The rules refuse it.
pub fn refused_by_rules(number: RequestNumber, why: &Refusal) -> Rendered {
    Rendered::text(format!(
        "Request {number} was not extended. {}",
        refusal::rules::why(why)
    ))
}
