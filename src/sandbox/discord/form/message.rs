//! The body of a message, to be posted or edited.

use serde_json::Value;

use super::{AllowedMentions, FileDraft, Form, Upload, attachment, component, embed};
use crate::sandbox::discord::{
    error::ApiError,
    ids::Snowflake,
    model::{Attachment, EPHEMERAL, Message},
};

const CONTENT_MOST: usize = 2000;
const NONCE_MOST: usize = 25;
const SUPPRESS_EMBEDS: u64 = 1 << 2;
const SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;
const COMPONENTS_V2: u64 = 1 << 15;

/// What the message is for, which decides the flags it may carry and whether it may be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Post,
    Answer,
    Edit,
}

/// A message body that has passed every check. `None` means "keep what is there" in an edit.
#[derive(Debug, Clone)]
pub(crate) struct MessageDraft {
    pub(crate) content: Option<String>,
    pub(crate) embeds: Option<Vec<Value>>,
    pub(crate) components: Option<Vec<Value>>,
    pub(crate) files: Option<Vec<FileDraft>>,
    pub(crate) allowed_mentions: AllowedMentions,
    pub(crate) flags: u64,
    pub(crate) nonce: Option<Value>,
    pub(crate) enforce_nonce: bool,
    pub(crate) reply_to: Option<Snowflake>,
    pub(crate) reply_must_exist: bool,
}

impl MessageDraft {
    pub(crate) fn is_ephemeral(&self) -> bool {
        self.flags & EPHEMERAL != 0
    }

    pub(crate) fn has_embeds(&self) -> bool {
        self.embeds.as_ref().is_some_and(|embeds| !embeds.is_empty())
    }

    pub(crate) fn has_files(&self) -> bool {
        self.files.as_ref().is_some_and(|files| !files.is_empty())
    }

    /// Whether some file comes with the draft that the message does not have yet.
    pub(crate) fn brings_files(&self) -> bool {
        let mut files = self.files.iter().flatten();
        files.any(|file| matches!(file, FileDraft::New { .. }))
    }

    /// The files that stay, by their ids.
    pub(crate) fn kept(&self) -> impl Iterator<Item = Snowflake> {
        self.files.iter().flatten().filter_map(|file| match file {
            FileDraft::Kept(id) => Some(*id),
            FileDraft::New { .. } => None,
        })
    }

    /// Puts the draft's parts into a message; what the draft does not name stays. `store` keeps a new file.
    pub(crate) fn fill(
        &self,
        message: &mut Message,
        store: &mut dyn FnMut(&FileDraft) -> Option<Attachment>,
    ) {
        if let Some(content) = &self.content {
            message.content.clone_from(content);
        }
        if let Some(embeds) = &self.embeds {
            message.embeds.clone_from(embeds);
        }
        if let Some(components) = &self.components {
            message.components.clone_from(components);
        }
        if let Some(files) = &self.files {
            let old = std::mem::take(&mut message.attachments);
            message.attachments = files
                .iter()
                .filter_map(|file| match file {
                    FileDraft::Kept(id) => old.iter().find(|file| file.id == *id).cloned(),
                    FileDraft::New { .. } => store(file),
                })
                .collect();
        }
    }
}

/// Reads a message body, or says everything that is wrong with it.
pub(crate) fn message(body: &Value, uploads: &[Upload], purpose: Purpose) -> Result<MessageDraft, ApiError> {
    let mut form = Form::default();
    let draft = read(&mut form, body, uploads, purpose);
    let draft = form.finish(draft)?;
    let says_nothing =
        draft.content.as_deref().is_none_or(str::is_empty) && !draft.has_embeds() && !draft.has_files();
    if purpose != Purpose::Edit && says_nothing {
        return Err(ApiError::empty_message());
    }
    Ok(draft)
}

fn read(form: &mut Form, body: &Value, uploads: &[Upload], purpose: Purpose) -> MessageDraft {
    // Null clears the text in an edit; Discord trims texts before it stores them.
    let content = match body.get("content") {
        None => None,
        Some(Value::Null) => Some(String::new()),
        Some(_) => form
            .text(body, "content", 0..=CONTENT_MOST)
            .map(|text| text.trim().to_owned()),
    };
    let embeds = embed::embeds(form, body);
    let components = component::components(form, body);
    let files = attachment::files(form, body, uploads, purpose);
    let allowed_mentions = AllowedMentions::read(form, body);
    let flags =
        u64::try_from(form.integer(body, "flags", 0..=i64::MAX).unwrap_or_default()).unwrap_or_default();
    let allowed = match purpose {
        Purpose::Post => SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS,
        Purpose::Answer => SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | EPHEMERAL,
        // An edit may repeat the ephemeral flag; it changes nothing.
        Purpose::Edit => SUPPRESS_EMBEDS | EPHEMERAL,
    };
    if flags & COMPONENTS_V2 != 0 {
        form.refuse_at(
            "flags",
            "COMPONENTS_V2_NOT_MODELLED",
            "This emulator does not model Components V2.",
        );
    } else if flags & !allowed != 0 {
        form.refuse_at("flags", "INVALID_FLAGS", "This message cannot carry these flags.");
    }
    let reference = body
        .get("message_reference")
        .filter(|reference| !reference.is_null());
    let (reply_to, reply_must_exist) = reference.map_or((None, false), |reference| {
        form.within("message_reference", |form| {
            let id = form.snowflake(reference, "message_id");
            if id.is_none() {
                form.required("message_id");
            }
            (id, form.boolean(reference, "fail_if_not_exists").unwrap_or(true))
        })
    });
    MessageDraft {
        content,
        embeds,
        components,
        files,
        allowed_mentions,
        flags: flags & !COMPONENTS_V2,
        nonce: nonce(form, body),
        enforce_nonce: form.boolean(body, "enforce_nonce").unwrap_or_default(),
        reply_to,
        reply_must_exist,
    }
}

fn nonce(form: &mut Form, body: &Value) -> Option<Value> {
    let nonce = body.get("nonce").filter(|nonce| !nonce.is_null())?;
    let fits = match nonce {
        Value::String(text) => text.chars().count() <= NONCE_MOST,
        Value::Number(number) => number.is_i64() || number.is_u64(),
        _ => false,
    };
    if !fits {
        let message = format!("Must be an integer, or a text of {NONCE_MOST} or fewer in length.");
        form.refuse_at("nonce", "NONCE_TYPE_INVALID", message);
    }
    Some(nonce.clone())
}
