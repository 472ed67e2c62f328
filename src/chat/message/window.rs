//! What is said of one window, and why one failed.

use crate::domain::{
    freeze::Freeze,
    trouble::Trouble,
    window::{Ended, FailReason, Window, WindowState},
};

use super::{limit::joined, phrase, trouble, when};

/// Said of every window that is or was open: closing a door does not send anybody out.
pub(super) const SESSIONS: &str = "Sessions already open are not cut when it ends.";

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

fn state(window: &Window, freeze: Option<&Freeze>) -> String {
    match &window.state {
        WindowState::Opening { asked_at: None, .. } if freeze.is_some() => {
            "waits until the freeze is lifted".to_owned()
        }
        WindowState::Opening {
            stuck_at: Some(_), ..
        } => "still opening; Azure has not said that it is open".to_owned(),
        WindowState::Opening { .. } => "opening, not open yet".to_owned(),
        WindowState::Open { mapped_port, .. } => {
            let mapped = mapped_port
                .map(|port| format!(" through port {} of the firewall", port.number()))
                .unwrap_or_default();
            format!("open{mapped} until {}", when::time(window.ends_at))
        }
        WindowState::Closing {
            unconfirmed_at: Some(_),
            ..
        } => "should be shut, but Azure has not confirmed it".to_owned(),
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
        Ended::Superseded => "closed, because a newer request in Azure took its place,".to_owned(),
        Ended::Vanished => "gone from Azure without Portcullis having closed it,".to_owned(),
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
