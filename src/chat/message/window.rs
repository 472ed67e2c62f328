//! What is said of one window, and why one failed.

use crate::domain::{
    freeze::Freeze,
    ids::RequestNumber,
    trouble::Trouble,
    vm::Vm,
    window::{CloseWay, CloseWhy, Ended, FailReason, NotObeyed, RulesKept, Window, WindowState},
};

use super::{
    limit::{joined, listed, width},
    phrase, trouble, when,
};

/// Said of every window that is or was open: closing a door does not send anybody out.
pub(super) const SESSIONS: &str = "Sessions already open are not cut when it ends.";

/// What becomes of sessions when windows on these machines end.
pub(super) fn sessions(vms: &[&Vm]) -> &'static str {
    let cut = vms.iter().filter(|vm| vm.cuts_sessions()).count();
    if cut == 0 {
        SESSIONS
    } else if cut == vms.len() {
        "Sessions already open are cut when it ends, because the network security group is set to."
    } else {
        "Sessions already open are not cut when it ends, except on machines whose network security group is set to."
    }
}

/// The same, of windows that have ended.
pub(super) fn sessions_after(vms: &[&Vm]) -> &'static str {
    if !vms.is_empty() && vms.iter().all(|vm| vm.cuts_sessions()) {
        "Sessions that were open are cut, because the network security group is set to."
    } else {
        "Sessions that were open are not cut."
    }
}

/// One line per window, at most `room` wide.
pub(super) fn lines(windows: &[Window], freeze: Option<&Freeze>, room: usize) -> String {
    let parts: Vec<_> = windows
        .iter()
        .map(|window| {
            let door = phrase::door(&window.vm, window.port);
            format!("{door}: {}", state(window, freeze))
        })
        .collect();
    joined(&parts, "\n", room)
}

/// What is not open, or lets nobody in, one line per window, and then what is, in one line: a long list never hides what
/// is missing.
pub(super) fn partly_open(windows: &[Window], freeze: Option<&Freeze>, room: usize) -> String {
    let is_open = |window: &Window| {
        matches!(
            window.state,
            WindowState::Open {
                kept_out_since: None,
                ..
            }
        )
    };
    let missing: Vec<_> = windows
        .iter()
        .filter(|window| !is_open(window))
        .cloned()
        .collect();
    let open: Vec<_> = windows.iter().filter(|window| is_open(window)).collect();
    let mut ports: Vec<_> = open.iter().map(|window| window.port).collect();
    ports.sort_unstable();
    ports.dedup();
    let parts: Vec<_> = ports
        .into_iter()
        .flat_map(|port| {
            let names = open.iter().filter(move |window| window.port == port);
            names.enumerate().map(move |(index, window)| {
                let name = phrase::machine(&window.vm);
                if index == 0 {
                    format!("{port} on **{name}**")
                } else {
                    format!("**{name}**")
                }
            })
        })
        .collect();
    if parts.is_empty() {
        return lines(&missing, freeze, room);
    }
    let open = format!("\nOpen: {}.", listed(&parts, room * 3 / 7));
    let left = room.saturating_sub(width(&open));
    lines(&missing, freeze, left) + &open
}

pub(super) fn state(window: &Window, freeze: Option<&Freeze>) -> String {
    match &window.state {
        WindowState::Opening { asked_at: None, .. } if freeze.is_some() => {
            "waits until the freeze is lifted".to_owned()
        }
        WindowState::Opening {
            stuck_at: Some(_),
            rule_missing: true,
            ..
        } => format!("still opening; {RULE_MISSING}"),
        WindowState::Opening {
            stuck_at: Some(_), ..
        } => "still opening; Azure has not said that it is open".to_owned(),
        WindowState::Opening { .. } => "opening, not open yet".to_owned(),
        WindowState::Open {
            mapped_port,
            kept_out_since,
            ..
        } => {
            let mapped = mapped_port
                .map(|port| format!(" through port {} of the firewall", port.number()))
                .unwrap_or_default();
            let kept_out = kept_out_since
                .map(|since| format!("; since {}, {KEPT_OUT}", when::time(since)))
                .unwrap_or_default();
            format!("open{mapped} until {}{kept_out}", when::time(window.ends_at))
        }
        WindowState::Closing {
            unconfirmed_at: Some(_),
            ..
        } => "should be shut, but Azure has not confirmed it".to_owned(),
        WindowState::Closing {
            way: CloseWay::AtItsEnd,
            why: CloseWhy::Asked(_),
            ..
        } => format!(
            "could not be closed early; it ends by itself {}",
            when::time(window.ends_at)
        ),
        WindowState::Closing {
            way: CloseWay::Rules(_),
            ..
        } => "closing; Azure did not close it, so its network rules are being taken out".to_owned(),
        WindowState::Closing { .. } => "closing".to_owned(),
        WindowState::Closed { at, how, .. } => format!("{} {}", ended(how), when::time(*at)),
        WindowState::Failed { why, .. } => format!("not opened. {}", fail_reason(why)),
    }
}

/// How a window ended; a time follows.
pub(super) fn ended(how: &Ended) -> String {
    match how {
        Ended::Expired => "closed at its end,".to_owned(),
        Ended::ClosedBy(by) => format!("closed early by {},", phrase::person(by)),
        Ended::Replaced { by, extension: true } => format!("extended by request {by},"),
        Ended::Replaced { by, .. } => {
            format!("closed, because request {by} opened the same port and took its place,")
        }
        Ended::Superseded => "closed, because a newer request in Azure took its place,".to_owned(),
        Ended::RuleTaken => {
            "shut in Azure by somebody who took its network rule away, not by Portcullis,".to_owned()
        }
        Ended::Vanished => "gone from Azure without Portcullis having closed it,".to_owned(),
    }
}

/// Azure says one thing and the network rules say another.
pub(super) const RULE_MISSING: &str = "Azure says that it is open, but the network rules do not let it in: its own rule is missing, or another one keeps \
     it out";

/// The window is there, and something stands before it.
pub(super) const KEPT_OUT: &str = "the network rules do not let its source in any more";

/// Why a window is stuck, as a sentence.
pub(super) fn stuck(windows: &[Window]) -> String {
    let missing = windows.iter().any(|window| {
        matches!(
            window.state,
            WindowState::Opening {
                stuck_at: Some(_),
                rule_missing: true,
                ..
            }
        )
    });
    if missing {
        format!("{RULE_MISSING}; `/jit rules` shows which one decides.")
    } else {
        "Azure was asked and has not said that it is open.".to_owned()
    }
}

/// The request as which the access goes on, where it was made longer.
pub(super) fn goes_on(windows: &[Window]) -> Option<RequestNumber> {
    windows.iter().find_map(|window| match window.state {
        WindowState::Closed {
            how: Ended::Replaced { by, extension: true },
            ..
        } => Some(by),
        _ => None,
    })
}

/// How Azure did not close a window early; no full stop.
pub(super) fn not_obeyed(why: &NotObeyed) -> String {
    match why {
        NotObeyed::Trouble { why } => format!("the close failed: {}", unstopped(why)),
        NotObeyed::StillOpen => "Azure was asked to close it, and it stayed open".to_owned(),
    }
}

fn unstopped(why: &Trouble) -> String {
    trouble::sentence(why).trim_end_matches('.').to_owned()
}

/// Why its network rules stay; no full stop.
pub(super) fn rules_kept(why: &RulesKept) -> String {
    match why {
        RulesKept::Unreadable => "its network rules cannot be read".to_owned(),
        RulesKept::NotFound => "no network rule of it was found".to_owned(),
        RulesKept::Firewall => {
            "the way in leads through an Azure Firewall, whose rules Portcullis does not touch".to_owned()
        }
        RulesKept::Trouble { why } => format!("its network rule stays: {}", unstopped(why)),
    }
}

/// Why a window never opened, as a sentence.
pub(super) fn fail_reason(why: &FailReason) -> String {
    match why {
        FailReason::Refused {
            status,
            code,
            message,
        } => trouble::sentence(&Trouble::Refused {
            status: *status,
            code: code.clone(),
            message: message.clone(),
        }),
        FailReason::Trouble { why } => trouble::sentence(why),
        FailReason::ProvenAbsent => "Azure did not answer, and shows no request from Portcullis.".to_owned(),
        FailReason::FrozenUntilEnd => "A freeze held it back until its time was over.".to_owned(),
        FailReason::OutOfTime => "Its time was over before Azure could be asked.".to_owned(),
    }
}
