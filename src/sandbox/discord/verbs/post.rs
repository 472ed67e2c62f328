//! Messages come, change and go.

use serde_json::json;

use crate::{
    clock,
    sandbox::discord::{
        form::{FileDraft, MessageDraft},
        gateway::Intents,
        ids::Snowflake,
        model::{Attachment, Change, EPHEMERAL, LOADING, Message, State},
    },
};

/// A message about to be posted.
#[derive(Debug)]
pub(crate) struct Post<'a> {
    pub(crate) channel: Snowflake,
    pub(crate) author: Snowflake,
    pub(crate) kind: u8,
    pub(crate) draft: &'a MessageDraft,
    pub(crate) interaction: Option<Snowflake>,
    /// The only reader of an ephemeral message.
    pub(crate) only_for: Option<Snowflake>,
    /// A deferred answer: shown as "thinking" until it is edited.
    pub(crate) loading: bool,
}

impl State {
    /// Posts a message. In an archived thread this unarchives it first.
    pub(crate) fn post(&mut self, post: Post<'_>) -> Message {
        self.unarchive(post.channel);
        let id = self.fresh_id();
        let mut message = Message::new(id, post.channel, post.author, self.now);
        post.draft.fill(&mut message, &mut |file| self.keep_file(file));
        message.kind = post.kind;
        message.interaction = post.interaction;
        message.only_for = post.only_for;
        message.nonce.clone_from(&post.draft.nonce);
        message.reference = post.draft.reply_to;
        message.flags = post.draft.flags & !EPHEMERAL;
        if post.loading {
            message.flags |= LOADING;
        }
        if post.only_for.is_some() {
            message.flags |= EPHEMERAL;
            self.ephemerals.insert(id, message.clone());
            return message;
        }
        let replied_to = post
            .draft
            .reply_to
            .and_then(|reply| self.message(post.channel, reply))
            .map(|replied| replied.author);
        let allowed = &post.draft.allowed_mentions;
        message.pings = self.pings(post.author, post.channel, &message.content, allowed, replied_to);
        self.insert(message.clone());
        message
    }

    /// Gives a new file its id and its link; `None` for one that the message has already.
    fn keep_file(&mut self, draft: &FileDraft) -> Option<Attachment> {
        let FileDraft::New { upload, description } = draft else {
            return None;
        };
        Some(Attachment {
            id: self.fresh_id(),
            name: upload.name.clone(),
            content_type: upload.content_type.clone(),
            description: description.clone(),
            bytes: upload.bytes.clone(),
            key: clock::fresh_uuid(self.now).simple().to_string(),
        })
    }

    /// Puts a finished message into its channel and tells the gateway.
    pub(crate) fn insert(&mut self, message: Message) {
        if let Some(channel) = self.channels.get_mut(&message.channel) {
            channel.last_message = Some(message.id);
            if let Some(thread) = &mut channel.thread
                && message.kind != 21
            {
                thread.total_sent += 1;
            }
        }
        self.messages
            .entry(message.channel)
            .or_default()
            .insert(message.id, message.clone());
        self.dispatch_message("MESSAGE_CREATE", &message);
    }

    /// Changes a message as the draft says; earlier states stay in its history. An edit pings nobody.
    pub(crate) fn edit(&mut self, id: Snowflake, draft: &MessageDraft) -> Option<Message> {
        let now = self.now;
        let mut filled = self.find_message(id)?.clone();
        draft.fill(&mut filled, &mut |file| self.keep_file(file));
        let message = self.find_message_mut(id)?;
        let was_loading = message.flags & LOADING != 0;
        if !was_loading {
            message.remember(now);
            message.edited = Some(now);
        }
        message.flags &= !LOADING;
        message.content = filled.content;
        message.embeds = filled.embeds;
        message.components = filled.components;
        message.attachments = filled.attachments;
        let (content, channel, author) = (message.content.clone(), message.channel, message.author);
        let shown = message.only_for.is_none();
        if was_loading && shown {
            // The first text of a deferred answer notifies like a new message.
            let pings = self.pings(author, channel, &content, &draft.allowed_mentions, None);
            if let Some(message) = self.find_message_mut(id) {
                message.pings = pings;
            }
        }
        let message = self.find_message(id)?.clone();
        if shown {
            self.dispatch_message("MESSAGE_UPDATE", &message);
        }
        Some(message)
    }

    /// Deletes a message, ephemeral or not.
    pub(crate) fn remove_message(&mut self, id: Snowflake) -> Option<Message> {
        if let Some(message) = self.ephemerals.remove(&id) {
            self.deleted.push(message.clone());
            return Some(message);
        }
        let message = self
            .messages
            .values_mut()
            .find_map(|channel| channel.remove(&id))?;
        self.deleted.push(message.clone());
        let direct = self.is_direct(message.channel);
        let guild = (!direct).then_some(self.guild.id);
        self.dispatch(Change {
            event: "MESSAGE_DELETE",
            intents: if direct {
                Intents::DIRECT_MESSAGES
            } else {
                Intents::GUILD_MESSAGES
            },
            channel: Some(message.channel),
            data: json!({"id": id, "channel_id": message.channel, "guild_id": guild}),
        });
        Some(message)
    }
}
