//! What a read-back says about one window: a pure judgement.

use chrono::TimeDelta;

use super::{
    marker::Marker,
    policy::JitPolicyState,
    request::{JitReason, JitRequest, JitStatus},
};
use crate::domain::{Instant, port::Port, window::Window};

/// How far Azure's `endTimeUtc` may be from the window's end and still be the same.
const SAME_END: TimeDelta = TimeDelta::seconds(1);

/// What Azure shows of a window.
#[derive(Debug, Clone, PartialEq)]
pub enum Seen {
    /// No request of ours, and nothing unreadable that could be one.
    NotThere,
    /// Something carries our marker and cannot be read: neither there nor absent.
    Unreadable,
    /// Taken, not open yet.
    Initiating,
    Open {
        mapped_port: Option<Port>,
        /// Whether source and end are those that were approved.
        as_approved: bool,
    },
    /// Past its end, and Azure has not said that it is shut.
    Lingering,
    /// Replaced by our own close, which lets the same source in until then.
    ClosingUntil(Instant),
    Shut(Shut),
    /// A newer request of somebody else, or of another request of ours, took its place; `None` where it is no
    /// longer listed.
    Superseded {
        by: Option<Box<JitRequest>>,
    },
    /// Azure shows a status that is not known.
    Unclear {
        status: String,
    },
}

/// How Azure says that a window is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shut {
    Expired,
    /// Replaced by our own close.
    Closed,
    /// Revoked by somebody, in a way that the public API does not have.
    Revoked,
}

/// What `state` says about `window`.
///
/// Ours is what carries the request's marker, the VM and the port. There can be twins, after a call whose answer
/// was lost: the one that lives counts.
pub fn verdict(state: &JitPolicyState, window: &Window, now: Instant) -> Seen {
    let marker = Marker::Open(window.request);
    let ours: Vec<_> = on_port(state, window)
        .filter(|request| carries(request, marker))
        .collect();
    if let Some(live) = ours.iter().find(|request| request.status == JitStatus::Initiated) {
        return if live.ends_at <= now {
            Seen::Lingering
        } else {
            Seen::Open {
                mapped_port: live.mapped_port,
                as_approved: as_approved(live, window),
            }
        };
    }
    if let Some(coming) = ours
        .iter()
        .find(|request| request.status == JitStatus::Initiating)
    {
        return if coming.ends_at <= now {
            Seen::Lingering
        } else {
            Seen::Initiating
        };
    }
    if state
        .unreadable
        .iter()
        .any(|json| json.contains(&marker.to_string()))
    {
        return Seen::Unreadable;
    }
    if let Some(status) = ours.iter().find_map(|request| match &request.status {
        JitStatus::Other(status) => Some(status.clone()),
        _ => None,
    }) {
        return Seen::Unclear { status };
    }
    // Newest first: the last word on the window.
    match ours.first() {
        None => Seen::NotThere,
        Some(ended) => over(state, window, ended, now),
    }
}

fn over(state: &JitPolicyState, window: &Window, ended: &JitRequest, now: Instant) -> Seen {
    match &ended.reason {
        JitReason::Expired => Seen::Shut(Shut::Expired),
        JitReason::NewerRequestInitiated => replaced(state, window, ended, now),
        JitReason::UserRequested => Seen::Shut(Shut::Revoked),
        JitReason::Other(_) if ended.ends_at <= now => Seen::Shut(Shut::Expired),
        JitReason::Other(_) => Seen::Shut(Shut::Revoked),
    }
}

fn replaced(state: &JitPolicyState, window: &Window, ended: &JitRequest, now: Instant) -> Seen {
    let close = Marker::Close(window.id);
    if let Some(closing) = on_port(state, window).find(|request| carries(request, close)) {
        let live = closing.status != JitStatus::Revoked && closing.ends_at > now;
        return if live && closing.sources.contains(&window.source.net()) {
            Seen::ClosingUntil(closing.ends_at)
        } else {
            Seen::Shut(Shut::Closed)
        };
    }
    // The one that took the place is the oldest of the newer ones; the list has the newest first.
    let by = on_port(state, window)
        .filter(|request| !carries(request, Marker::Open(window.request)))
        .take_while(|request| request.start > ended.start)
        .last();
    Seen::Superseded {
        by: by.cloned().map(Box::new),
    }
}

fn on_port<'a>(state: &'a JitPolicyState, window: &'a Window) -> impl Iterator<Item = &'a JitRequest> {
    state
        .requests
        .iter()
        .filter(|request| request.vm == window.vm && request.port == window.port)
}

fn carries(request: &JitRequest, marker: Marker) -> bool {
    request
        .justification
        .as_ref()
        .is_some_and(|text| marker.marks(text.as_str()))
}

fn as_approved(request: &JitRequest, window: &Window) -> bool {
    (request.ends_at - window.ends_at).abs() <= SAME_END && request.sources == [window.source.net()]
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::azure::jit::testing::{VM, policy, window};

    /// One request on the window's VM and port; `start` is in minutes before the window's end.
    fn entry(justification: &str, start: i64, status: &str, reason: &str) -> Value {
        entry_from(justification, start, status, reason, "198.51.100.7", 0)
    }

    fn entry_from(
        justification: &str,
        start: i64,
        status: &str,
        reason: &str,
        source: &str,
        end: i64,
    ) -> Value {
        let at = |minutes| (window().ends_at - TimeDelta::minutes(minutes)).to_rfc3339();
        json!({"startTimeUtc": at(start), "justification": justification, "requestor": "", "virtualMachines": [
            {"id": VM.to_lowercase(), "ports": [{"number": 22, "allowedSourceAddressPrefix": source, "endTimeUtc": at(end),
                "status": status, "statusReason": reason, "mappedPort": null}]}]})
    }

    fn mine() -> String {
        Marker::Open(window().request).justification("INC-42")
    }

    fn close() -> String {
        Marker::Close(window().id).justification("closed early")
    }

    /// What is seen `left` minutes before the window's end.
    fn seen(left: i64, requests: Value) -> Seen {
        let window = window();
        verdict(
            &policy(json!({"requests": requests})),
            &window,
            window.ends_at - TimeDelta::minutes(left),
        )
    }

    #[test]
    fn the_life_of_a_window_is_followed() {
        let open = Seen::Open {
            mapped_port: None,
            as_approved: true,
        };
        let reason = "UserRequested";
        assert_eq!(seen(50, json!([])), Seen::NotThere);
        assert_eq!(
            seen(50, json!([entry(&mine(), 60, "Initiating", reason)])),
            Seen::Initiating
        );
        assert_eq!(seen(50, json!([entry(&mine(), 60, "Initiated", reason)])), open);
        assert_eq!(
            seen(0, json!([entry(&mine(), 60, "Initiated", reason)])),
            Seen::Lingering
        );
        assert_eq!(
            seen(-1, json!([entry(&mine(), 60, "Initiating", reason)])),
            Seen::Lingering
        );
        assert_eq!(
            seen(-1, json!([entry(&mine(), 60, "Revoked", "Expired")])),
            Seen::Shut(Shut::Expired)
        );
        assert_eq!(
            seen(9, json!([entry(&mine(), 60, "Revoked", reason)])),
            Seen::Shut(Shut::Revoked)
        );
        assert_eq!(
            seen(9, json!([entry(&mine(), 60, "Paused", reason)])),
            Seen::Unclear {
                status: "Paused".into()
            }
        );
    }

    #[test]
    fn other_peoples_requests_are_not_ours() {
        let other_port = {
            let mut entry = entry(&mine(), 60, "Initiated", "UserRequested");
            entry["virtualMachines"][0]["ports"][0]["number"] = json!(3389);
            entry
        };
        let stranger = entry("INC-42", 60, "Initiated", "UserRequested");
        let quoting = entry(&format!("{} and more", mine()), 60, "Initiated", "UserRequested");
        assert_eq!(seen(50, json!([other_port, stranger, quoting])), Seen::NotThere);
    }

    #[test]
    fn a_late_twin_changes_nothing() {
        let first = entry(&mine(), 60, "Revoked", "NewerRequestInitiated");
        let twin = entry(&mine(), 59, "Initiated", "UserRequested");
        let open = Seen::Open {
            mapped_port: None,
            as_approved: true,
        };
        assert_eq!(seen(50, json!([first, twin])), open);
        assert_eq!(seen(50, json!([twin, first])), open);
        let ended = entry(&mine(), 59, "Revoked", "Expired");
        assert_eq!(seen(-1, json!([first, ended])), Seen::Shut(Shut::Expired));
    }

    #[test]
    fn a_newer_request_of_somebody_else_supersedes() {
        let ours = entry(&mine(), 60, "Revoked", "NewerRequestInitiated");
        let older = entry("older", 90, "Revoked", "Expired");
        let taker = entry("taker", 40, "Revoked", "NewerRequestInitiated");
        let later = entry("later", 30, "Initiated", "UserRequested");
        let Seen::Superseded { by: Some(by) } = seen(20, json!([later, ours, older, taker])) else {
            panic!()
        };
        assert_eq!(by.justification.unwrap().as_str(), "taker");
        assert_eq!(seen(20, json!([ours, older])), Seen::Superseded { by: None });
    }

    #[test]
    fn our_own_close_is_told_from_others() {
        let ours = entry(&mine(), 60, "Revoked", "NewerRequestInitiated");
        let harmless = entry_from(&close(), 20, "Initiated", "UserRequested", "192.0.2.1", 15);
        assert_eq!(seen(18, json!([ours, harmless])), Seen::Shut(Shut::Closed));
        let same = entry_from(&close(), 20, "Initiated", "UserRequested", "198.51.100.7", 15);
        let until = window().ends_at - TimeDelta::minutes(15);
        assert_eq!(seen(18, json!([ours, same])), Seen::ClosingUntil(until));
        assert_eq!(seen(14, json!([ours, same])), Seen::Shut(Shut::Closed));
        // Azure has taken the close and not carried it out yet: the window is still open.
        let still = entry(&mine(), 60, "Initiated", "UserRequested");
        let coming = entry_from(&close(), 20, "Initiating", "UserRequested", "192.0.2.1", 15);
        assert!(matches!(seen(18, json!([still, coming])), Seen::Open { .. }));
    }

    #[test]
    fn a_window_that_is_wider_or_longer_than_approved_is_noticed() {
        for (source, end) in [
            ("198.51.100.0/24", 0),
            ("*", 0),
            ("198.51.100.7", -60),
            ("203.0.113.9", 0),
        ] {
            let entry = entry_from(&mine(), 60, "Initiated", "UserRequested", source, end);
            assert_eq!(
                seen(50, json!([entry])),
                Seen::Open {
                    mapped_port: None,
                    as_approved: false
                },
                "{source} {end}"
            );
        }
        let slash = entry_from(&mine(), 60, "Initiated", "UserRequested", "198.51.100.7/32", 0);
        assert_eq!(
            seen(50, json!([slash])),
            Seen::Open {
                mapped_port: None,
                as_approved: true
            }
        );
    }

    #[test]
    fn what_cannot_be_read_is_not_proof_of_absence() {
        let mut broken = entry(&mine(), 60, "Initiated", "UserRequested");
        broken["virtualMachines"][0]["ports"][0]["endTimeUtc"] = json!("soon");
        assert_eq!(seen(50, json!([broken])), Seen::Unreadable);
        let mut foreign = entry("not ours", 60, "Initiated", "UserRequested");
        foreign["virtualMachines"] = json!(7);
        assert_eq!(seen(50, json!([foreign])), Seen::NotThere);
    }
}
