//! Threads begin, sleep and wake.

use serde_json::json;

use crate::sandbox::discord::{
    ids::Snowflake,
    model::{Channel, HAS_THREAD, Kind, Message, State, Thread},
};

/// A thread about to begin.
#[derive(Debug)]
pub(crate) struct NewThread {
    pub(crate) parent: Snowflake,
    pub(crate) owner: Snowflake,
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) auto_archive_minutes: u64,
    /// The message it begins from, whose id it then takes.
    pub(crate) starter: Option<Snowflake>,
}

impl State {
    pub(crate) fn begin_thread(&mut self, new: NewThread) -> Channel {
        let now = self.now;
        let id = new.starter.unwrap_or_else(|| self.fresh_id());
        let mut channel = Channel::text(id, &new.name, 0);
        channel.kind = new.kind;
        channel.parent = Some(new.parent);
        channel.owner = Some(new.owner);
        channel.thread = Some(Thread {
            archived: false,
            locked: false,
            auto_archive_minutes: new.auto_archive_minutes,
            archive_changed: now,
            created: now,
            members: [new.owner].into(),
            total_sent: 0,
        });
        self.channels.insert(id, channel.clone());
        let newly = json!({"newly_created": true});
        self.dispatch_channel("THREAD_CREATE", &channel, newly);
        match new.starter {
            Some(starter) => {
                if let Some(message) = self.find_message_mut(starter) {
                    message.has_thread = true;
                    message.flags |= HAS_THREAD;
                }
                if let Some(message) = self.find_message(starter).cloned() {
                    self.dispatch_message("MESSAGE_UPDATE", &message);
                }
                // Discord puts a line into the thread that points at the message it began from.
                let line = self.fresh_id();
                let mut pointer = Message::new(line, id, new.owner, now);
                pointer.kind = 21;
                pointer.reference = Some(starter);
                self.insert(pointer);
            }
            None if new.kind == Kind::PublicThread => {
                let line = self.fresh_id();
                let mut notice = Message::new(line, new.parent, new.owner, now);
                notice.kind = 18;
                notice.content = new.name;
                self.insert(notice);
            }
            None => {}
        }
        self.channels.get(&id).cloned().unwrap_or(channel)
    }

    /// Archives the threads in which nothing has happened for as long as they say.
    pub(crate) fn archive_idle(&mut self) {
        let now = self.now;
        let idle = |channel: &&Channel| {
            let Some(thread) = channel.thread.as_ref().filter(|thread| !thread.archived) else {
                return false;
            };
            let newest = self
                .messages
                .get(&channel.id)
                .and_then(|messages| messages.values().next_back());
            let last = newest.map_or(thread.created, |message| {
                message.created.max(thread.archive_changed)
            });
            let minutes = i64::try_from(thread.auto_archive_minutes).unwrap_or(i64::MAX);
            (now - last).num_minutes() >= minutes
        };
        let idle: Vec<Snowflake> = self
            .channels
            .values()
            .filter(idle)
            .map(|channel| channel.id)
            .collect();
        for thread in idle {
            self.set_thread(thread, Some(true), None);
        }
    }

    /// Wakes an archived thread: THREAD_UPDATE, as at Discord before the message that wakes it.
    pub(crate) fn unarchive(&mut self, id: Snowflake) {
        if self.channels.get(&id).is_some_and(Channel::is_archived) {
            self.set_thread(id, Some(false), None);
        }
    }

    /// Archives or locks a thread, or the opposite; `None` leaves as it is.
    pub(crate) fn set_thread(&mut self, id: Snowflake, archived: Option<bool>, locked: Option<bool>) {
        let now = self.now;
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        let Some(thread) = &mut channel.thread else { return };
        if let Some(archived) = archived.filter(|archived| *archived != thread.archived) {
            thread.archived = archived;
            thread.archive_changed = now;
        }
        if let Some(locked) = locked {
            thread.locked = locked;
        }
        let channel = channel.clone();
        self.dispatch_channel("THREAD_UPDATE", &channel, json!({}));
    }
}
