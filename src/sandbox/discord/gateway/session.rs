//! Gateway sessions: what was sent in each, and to which socket it goes now.

use std::collections::VecDeque;

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

/// How many dispatches a session keeps for RESUME.
const KEPT_MOST: usize = 1000;
/// How many sessions without a socket are kept; a real one is forgotten after some minutes.
const DETACHED_MOST: usize = 8;

/// What the writer task of a socket is told to do.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Text(String),
    Close(u16, &'static str),
    /// End the TCP connection without a close frame.
    Cut,
}

#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) intents: u64,
    pub(crate) seq: u64,
    sent: VecDeque<(u64, String)>,
    socket: Option<UnboundedSender<Outgoing>>,
    /// Nothing leaves this socket any more, acknowledgements included; a new socket is heard again.
    pub(crate) mute: bool,
}

impl Session {
    pub(crate) fn new(id: String, intents: u64, socket: UnboundedSender<Outgoing>) -> Self {
        Self {
            id,
            intents,
            seq: 0,
            sent: VecDeque::new(),
            socket: Some(socket),
            mute: false,
        }
    }

    pub(crate) fn is_attached(&self) -> bool {
        self.socket.as_ref().is_some_and(|socket| !socket.is_closed())
    }

    /// Whether this is the session of that socket, not of one that took it over.
    fn belongs_to(&self, socket: &UnboundedSender<Outgoing>) -> bool {
        self.socket.as_ref().is_some_and(|mine| mine.same_channel(socket))
    }

    pub(crate) fn send(&self, frame: Outgoing) {
        if let Some(socket) = &self.socket {
            // A socket that has just gone shows itself to its reader; the dispatch stays for RESUME.
            let _ = socket.send(frame);
        }
    }

    /// Queues a dispatch and keeps it.
    pub(crate) fn dispatch(&mut self, event: &str, data: &Value) {
        self.seq += 1;
        let text = json!({"op": 0, "s": self.seq, "t": event, "d": data}).to_string();
        self.sent.push_back((self.seq, text.clone()));
        if self.sent.len() > KEPT_MOST {
            self.sent.pop_front();
        }
        if !self.mute {
            self.send(Outgoing::Text(text));
        }
    }

    /// Whether everything after `seq` is still here.
    pub(crate) fn can_replay(&self, seq: u64) -> bool {
        seq == self.seq || self.sent.front().is_some_and(|(first, _)| *first <= seq + 1)
    }

    /// Moves the session to a new socket and sends what the old one missed.
    pub(crate) fn resume(&mut self, seq: u64, socket: UnboundedSender<Outgoing>) {
        self.send(Outgoing::Close(4000, "Another connection resumed this session."));
        self.socket = Some(socket);
        self.mute = false;
        for (_, text) in self.sent.iter().filter(|(sent, _)| *sent > seq) {
            self.send(Outgoing::Text(text.clone()));
        }
        self.dispatch("RESUMED", &json!({}));
    }
}

#[derive(Debug, Default)]
pub(crate) struct Sessions {
    pub(crate) all: Vec<Session>,
    pub(crate) identified: u64,
    pub(crate) resumed: u64,
    made: u64,
    /// Sockets whose session was invalidated: they may identify again.
    forgotten: Vec<UnboundedSender<Outgoing>>,
}

impl Sessions {
    pub(crate) fn fresh_id(&mut self) -> String {
        self.made += 1;
        format!("session{:026}", self.made)
    }

    pub(crate) fn add(&mut self, session: Session) {
        self.all.push(session);
        while self.all.iter().filter(|session| !session.is_attached()).count() > DETACHED_MOST {
            if let Some(oldest) = self.all.iter().position(|session| !session.is_attached()) {
                self.all.remove(oldest);
            }
        }
    }

    /// Makes all sessions unknown; their sockets stay open until their clients have read why.
    pub(crate) fn forget_all(&mut self) {
        self.forgotten
            .extend(self.all.drain(..).filter_map(|session| session.socket));
        self.forgotten.retain(|socket| !socket.is_closed());
    }

    pub(crate) fn is_mute(&self, id: &str) -> bool {
        self.all.iter().any(|session| session.id == id && session.mute)
    }

    pub(crate) fn find(&mut self, id: &str) -> Option<&mut Session> {
        self.all.iter_mut().find(|session| session.id == id)
    }

    pub(crate) fn remove(&mut self, id: &str) {
        self.all.retain(|session| session.id != id);
    }

    /// The socket of a session is gone. A clean close (1000, 1001) ends the session as well.
    pub(crate) fn detach(&mut self, id: &str, socket: &UnboundedSender<Outgoing>, clean: bool) {
        let mine = |session: &Session| session.id == id && session.belongs_to(socket);
        if clean {
            self.all.retain(|session| !mine(session));
        } else if let Some(session) = self.all.iter_mut().find(|session| mine(session)) {
            session.socket = None;
        }
    }

    pub(crate) fn attached(&self) -> usize {
        self.all.iter().filter(|session| session.is_attached()).count()
    }
}
