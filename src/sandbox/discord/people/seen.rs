//! Messages and channels as people see them, with their past.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::{
    clock::Instant,
    sandbox::discord::{
        files,
        ids::Snowflake,
        model::{Channel, LOADING, Message, Pings, State},
    },
};

/// A message with everything that could ever be read in it.
#[derive(Debug, Clone, Serialize)]
pub struct SeenMessage {
    pub id: Snowflake,
    pub channel: Snowflake,
    /// The author's name.
    pub author: String,
    /// Discord's message type: 0 text, 18 thread created, 19 reply, 20 command answer, 21 thread starter.
    pub kind: u8,
    pub content: String,
    pub embeds: Vec<Value>,
    pub components: Vec<Value>,
    pub files: Vec<SeenFile>,
    pub created: Instant,
    pub edited: Option<Instant>,
    /// Whom it notified when it was posted.
    pub pings: Pings,
    /// Names of the people behind each emoji.
    pub reactions: BTreeMap<String, Vec<String>>,
    /// Earlier states, oldest first.
    pub history: Vec<SeenEdit>,
    /// The only reader of an ephemeral message, by name.
    pub only_for: Option<String>,
    /// Still shows "thinking".
    pub loading: bool,
    pub interaction: Option<Snowflake>,
    pub has_thread: bool,
}

/// A file of a message, as a person would save it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeenFile {
    pub id: Snowflake,
    pub name: String,
    pub content_type: Option<String>,
    pub size: usize,
    /// The link, below the emulator's address.
    pub path: String,
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

impl SeenFile {
    /// What is in it; what is not UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// An earlier state of a message.
#[derive(Debug, Clone, Serialize)]
pub struct SeenEdit {
    /// When it was replaced, in world time.
    pub at: Instant,
    pub content: String,
    pub embeds: Vec<Value>,
    pub components: Vec<Value>,
}

impl SeenEdit {
    /// All text of that state.
    pub fn text(&self) -> String {
        text(&self.content, &self.embeds)
    }
}

/// A button on a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Button {
    pub label: String,
    /// Empty for a link.
    pub custom_id: String,
    /// Where a link leads; it sends nothing to the bot.
    pub url: Option<String>,
    pub disabled: bool,
}

impl SeenMessage {
    /// All text: content, then each embed's author, title, description, fields and footer, line by line.
    pub fn text(&self) -> String {
        text(&self.content, &self.embeds)
    }

    /// The buttons in reading order.
    pub fn buttons(&self) -> Vec<Button> {
        let field = |value: &Value, name: &str| {
            value
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        inside(&self.components)
            .filter(|part| part.get("type").and_then(Value::as_u64) == Some(2))
            .map(|part| Button {
                label: field(part, "label"),
                custom_id: field(part, "custom_id"),
                url: part.get("url").and_then(Value::as_str).map(str::to_owned),
                disabled: part.get("disabled").and_then(Value::as_bool).unwrap_or_default(),
            })
            .collect()
    }

    /// The file with this name.
    pub fn file(&self, name: &str) -> Option<&SeenFile> {
        self.files.iter().find(|file| file.name == name)
    }

    /// Whether there is an enabled button with this label.
    pub fn offers(&self, label: &str) -> bool {
        self.buttons()
            .iter()
            .any(|button| button.label == label && !button.disabled)
    }

    pub(crate) fn of(state: &State, message: &Message) -> Self {
        let name = |id: &Snowflake| {
            state
                .users
                .get(id)
                .map_or_else(|| id.to_string(), |user| user.name.clone())
        };
        let reactions = message
            .reactions
            .iter()
            .map(|given| (given.emoji.clone(), given.users.iter().map(name).collect()))
            .collect();
        let files = message
            .attachments
            .iter()
            .map(|file| SeenFile {
                id: file.id,
                name: file.name.clone(),
                content_type: file.content_type.clone(),
                size: file.bytes.len(),
                path: files::path(state, message, file),
                bytes: file.bytes.to_vec(),
            })
            .collect();
        let history = message
            .history
            .iter()
            .map(|edit| SeenEdit {
                at: edit.at,
                content: edit.content.clone(),
                embeds: edit.embeds.clone(),
                components: edit.components.clone(),
            })
            .collect();
        Self {
            id: message.id,
            channel: message.channel,
            author: name(&message.author),
            kind: message.kind,
            content: message.content.clone(),
            embeds: message.embeds.clone(),
            components: message.components.clone(),
            files,
            created: message.created,
            edited: message.edited,
            pings: message.pings.clone(),
            reactions,
            history,
            only_for: message.only_for.as_ref().map(name),
            loading: message.flags & LOADING != 0,
            interaction: message.interaction,
            has_thread: message.has_thread,
        }
    }
}

fn text(content: &str, embeds: &[Value]) -> String {
    let mut lines = vec![content.to_owned()];
    for embed in embeds {
        let at = |path: &str| embed.pointer(path).and_then(Value::as_str).map(str::to_owned);
        lines.extend(
            ["/author/name", "/title", "/description"]
                .iter()
                .filter_map(|path| at(path)),
        );
        for field in embed
            .get("fields")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let part = |name: &str| field.get(name).and_then(Value::as_str).unwrap_or_default();
            lines.push(format!("{}: {}", part("name"), part("value")));
        }
        lines.extend(at("/footer/text"));
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

/// The parts inside the rows of a message.
pub(crate) fn inside(components: &[Value]) -> impl Iterator<Item = &Value> {
    components
        .iter()
        .filter_map(|row| row.get("components").and_then(Value::as_array))
        .flatten()
}

/// A channel or thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeenChannel {
    pub id: Snowflake,
    pub name: String,
    pub parent: Option<Snowflake>,
    pub archived: bool,
    pub locked: bool,
}

impl From<&Channel> for SeenChannel {
    fn from(channel: &Channel) -> Self {
        Self {
            id: channel.id,
            name: channel.name.clone(),
            parent: channel.parent,
            archived: channel.is_archived(),
            locked: channel.is_locked(),
        }
    }
}

/// One offer of autocomplete.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Choice {
    pub name: String,
    pub value: Value,
}

/// A form that the bot has opened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Modal {
    /// The interaction that it answers.
    pub interaction: Snowflake,
    pub custom_id: String,
    pub title: String,
    pub inputs: Vec<ModalInput>,
}

/// One text input of a form.
#[derive(Debug, Clone, PartialEq, Serialize, serde::Deserialize)]
pub struct ModalInput {
    pub custom_id: String,
    pub label: String,
    pub style: Option<u8>,
    pub min_length: Option<usize>,
    pub max_length: Option<usize>,
    pub value: Option<String>,
    pub placeholder: Option<String>,
    pub required: bool,
}
