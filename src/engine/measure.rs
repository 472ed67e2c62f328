//! How long people and Azure take, by rule. A request under several rules counts for each of them.
//!
//! The names of rules come from the configuration, so there are no more of these series than rules.

use crate::{
    domain::{
        Instant,
        request::{Request, RequestState},
        vote::{Door, Terms},
        window::Window,
    },
    telemetry,
};

/// How long the requester waited for an answer.
pub(super) fn decision(request: &Request, now: Instant) {
    let decision = match request.state {
        RequestState::Approved { .. } | RequestState::Scheduled { .. } => "approved",
        RequestState::Denied { .. } => "denied",
        _ => return,
    };
    let seconds = (now - request.asked_at).as_seconds_f64();
    for terms in &request.terms {
        metrics::histogram!(telemetry::DECISION, "decision" => decision, "rule" => terms.rule.0.clone())
            .record(seconds);
    }
}

/// How long Azure took since the approval, and the requester waited in all, until a window was open.
pub(super) fn opened(request: &Request, window: &Window, approved_at: Instant, now: Instant) {
    let door = Door {
        vm: window.vm.clone(),
        port: window.port,
    };
    let rule = Terms::of(&request.terms, &door).map_or_else(String::new, |terms| terms.rule.0.clone());
    metrics::histogram!(telemetry::OPENING, "rule" => rule.clone())
        .record((now - approved_at).as_seconds_f64());
    metrics::histogram!(telemetry::ASKED_TO_OPEN, "rule" => rule)
        .record((now - request.asked_at).as_seconds_f64());
}
