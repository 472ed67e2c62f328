//! The gateway's moods: what Discord does to connected bots now and then.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{gateway::Outgoing, model::State};

/// Something that happens to every connected bot at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mood {
    /// Asks to reconnect (op 7).
    Reconnect,
    /// Says that the session is invalid but can be resumed (op 9, true).
    InvalidResumable,
    /// Says that the session is invalid for good (op 9, false).
    Invalid,
    /// Lets nothing leave the present sockets any more, acknowledgements of heartbeats included.
    Silent,
    /// Ends the sockets without a close frame; the sessions can be resumed.
    Cut,
    /// Closes the sockets with 4000, "unknown error".
    Close,
}

impl State {
    pub(crate) fn set_mood(&mut self, mood: Mood) {
        let op = |op: u8, data: serde_json::Value| {
            Outgoing::Text(json!({"op": op, "d": data, "s": null, "t": null}).to_string())
        };
        for session in &mut self.sessions.all {
            match mood {
                Mood::Reconnect => session.send(op(7, json!(null))),
                Mood::InvalidResumable => session.send(op(9, json!(true))),
                Mood::Invalid => session.send(op(9, json!(false))),
                Mood::Silent => session.mute = true,
                Mood::Cut => session.send(Outgoing::Cut),
                Mood::Close => session.send(Outgoing::Close(4000, "Unknown error.")),
            }
        }
        if mood == Mood::Invalid {
            self.sessions.forget_all();
        }
    }
}
