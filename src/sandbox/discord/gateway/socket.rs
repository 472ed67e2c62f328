//! One websocket: HELLO, heartbeats, handshakes, and a writer of its own.
//!
//! The reader never waits for the writer, so a client that reads slowly cannot stall its heartbeats.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use axum::{
    Extension,
    extract::{
        State as Shared,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade},
    },
    http::HeaderMap,
    response::Response,
};
use futures::{SinkExt as _, StreamExt as _, stream::SplitSink};
use serde_json::{Value, json};
use tokio::{
    sync::mpsc::{self, UnboundedReceiver, UnboundedSender},
    time::Instant,
};

use super::{
    identify::{self, Refused},
    session::Outgoing,
};
use crate::sandbox::{discord::hub::Hub, loopback::Line};

const FRAME_BYTES_MOST: usize = 4096;
/// Frames of a client per minute (Discord, "Rate Limiting").
const FRAMES_MOST: usize = 120;
const FRAMES_WITHIN: Duration = Duration::from_secs(60);

/// Accepts a gateway connection at `/`.
pub(crate) async fn upgrade(
    Shared(hub): Shared<Arc<Hub>>,
    Extension(line): Extension<Line>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let host = headers
        .get("host")
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let secure = hub.read(|state| state.options.tls.is_some());
    let base = format!("{}://{host}", if secure { "wss" } else { "ws" });
    upgrade.on_upgrade(move |socket| serve(hub, socket, line, base))
}

/// Why the reader stopped.
enum End {
    /// The client closed with this code, or just went away.
    Client(Option<u16>),
    /// We close with this code.
    Ours(u16, &'static str),
}

async fn serve(hub: Arc<Hub>, socket: WebSocket, line: Line, base: String) {
    let (sink, mut stream) = socket.split();
    let (out, queue) = mpsc::unbounded_channel();
    let writer = tokio::spawn(write(sink, queue, line));
    let interval = hub.read(|state| state.options.heartbeat_interval);
    let hello = json!({"heartbeat_interval": u64::try_from(interval.as_millis()).unwrap_or(u64::MAX)});
    send(&out, 10, hello);
    let mut connection = Connection {
        hub: hub.clone(),
        out: out.clone(),
        base,
        session: None,
        frames: VecDeque::new(),
    };
    let end = loop {
        let next = tokio::select! {
            next = tokio::time::timeout(interval.saturating_mul(2), stream.next()) => next,
            () = hub.closing.cancelled() => break End::Client(None),
            () = out.closed() => break End::Client(None),
        };
        let text = match next {
            Err(_) => break End::Ours(4009, "Session timed out."),
            Ok(None | Some(Err(_))) => break End::Client(None),
            Ok(Some(Ok(Message::Close(frame)))) => break End::Client(frame.map(|frame| frame.code)),
            Ok(Some(Ok(Message::Text(text)))) => text.to_string(),
            Ok(Some(Ok(Message::Binary(bytes)))) => String::from_utf8_lossy(&bytes).into_owned(),
            Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => continue,
        };
        if let Err(end) = connection.take(&text) {
            break end;
        }
    };
    let clean = matches!(end, End::Client(Some(1000 | 1001)));
    if let End::Ours(code, reason) = end {
        let _ = out.send(Outgoing::Close(code, reason));
    }
    if let Some(session) = &connection.session {
        hub.change(|state| state.sessions.detach(session, &out, clean));
    }
    drop((connection, out));
    let _ = writer.await;
}

async fn write(mut sink: SplitSink<WebSocket, Message>, mut queue: UnboundedReceiver<Outgoing>, line: Line) {
    while let Some(frame) = queue.recv().await {
        let sent = match frame {
            Outgoing::Text(text) => sink.send(Message::text(text)).await,
            Outgoing::Close(code, reason) => {
                let frame = CloseFrame {
                    code,
                    reason: reason.into(),
                };
                let _ = sink.send(Message::Close(Some(frame))).await;
                break;
            }
            Outgoing::Cut => {
                line.cut();
                let _ = sink.send(Message::text("")).await;
                break;
            }
        };
        if sent.is_err() {
            break;
        }
    }
}

fn send(out: &UnboundedSender<Outgoing>, op: u8, data: Value) {
    // A closed queue means that the socket is going down, which the reader sees as well.
    let _ = out.send(Outgoing::Text(
        json!({"op": op, "d": data, "s": null, "t": null}).to_string(),
    ));
}

struct Connection {
    hub: Arc<Hub>,
    out: UnboundedSender<Outgoing>,
    base: String,
    session: Option<String>,
    frames: VecDeque<Instant>,
}

impl Connection {
    fn take(&mut self, text: &str) -> Result<(), End> {
        self.count_frame()?;
        if text.len() > FRAME_BYTES_MOST {
            return Err(End::Ours(4002, "Error while decoding payload."));
        }
        let frame: Value =
            serde_json::from_str(text).map_err(|_| End::Ours(4002, "Error while decoding payload."))?;
        let data = frame.get("d").cloned().unwrap_or_default();
        match frame.get("op").and_then(Value::as_u64) {
            Some(1) => {
                let session = self.session.as_deref().unwrap_or_default();
                if !self.hub.read(|state| state.sessions.is_mute(session)) {
                    send(&self.out, 11, Value::Null);
                }
                Ok(())
            }
            Some(2 | 6) if self.session.is_some() => Err(End::Ours(4005, "Already authenticated.")),
            Some(2) => {
                let (base, out) = (self.base.clone(), self.out.clone());
                let opened = self
                    .hub
                    .change(|state| identify::identify(state, &data, &base, out));
                self.settle(opened)
            }
            Some(6) => {
                let out = self.out.clone();
                let resumed = self.hub.change(|state| identify::resume(state, &data, out));
                self.settle(resumed)
            }
            Some(3 | 4 | 8 | 31 | 43) if self.session.is_some() => Ok(()),
            Some(3 | 4 | 8 | 31 | 43) => Err(End::Ours(4003, "Not authenticated.")),
            _ => Err(End::Ours(4001, "Unknown opcode.")),
        }
    }

    fn settle(&mut self, outcome: Result<String, Refused>) -> Result<(), End> {
        match outcome {
            Ok(session) => {
                self.session = Some(session);
                Ok(())
            }
            Err(Refused::Close(code, reason)) => Err(End::Ours(code, reason)),
            Err(Refused::Invalid) => {
                send(&self.out, 9, json!(false));
                Ok(())
            }
        }
    }

    fn count_frame(&mut self) -> Result<(), End> {
        let now = Instant::now();
        self.frames.push_back(now);
        while self
            .frames
            .front()
            .is_some_and(|at| now.duration_since(*at) > FRAMES_WITHIN)
        {
            self.frames.pop_front();
        }
        if self.frames.len() > FRAMES_MOST {
            return Err(End::Ours(4008, "Rate limited."));
        }
        Ok(())
    }
}
