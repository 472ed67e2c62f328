//! Files that came with a message body, and what the body says about them.

use std::collections::HashSet;

use bytes::Bytes;
use serde_json::Value;

use super::{Form, Purpose, reader::as_snowflake};
use crate::sandbox::discord::ids::Snowflake;

/// Most files of one message.
pub(crate) const FILES_MOST: usize = 10;

/// A file as it came in the part `files[number]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Upload {
    pub(crate) number: u64,
    pub(crate) name: String,
    pub(crate) content_type: Option<String>,
    pub(crate) bytes: Bytes,
}

/// What a draft says about one file of the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FileDraft {
    New {
        upload: Upload,
        description: Option<String>,
    },
    /// A file that the message has already and that stays, by its id.
    Kept(Snowflake),
}

/// The files of a draft; `None` where the body says nothing about files and none came.
///
/// Discord documents that each entry of `attachments` names a `files[n]` by its number, or keeps a file by its id. What it
/// does with a file that no entry names, or with two different names for one file, is not documented: both are refused.
pub(crate) fn files(
    form: &mut Form,
    body: &Value,
    uploads: &[Upload],
    purpose: Purpose,
) -> Option<Vec<FileDraft>> {
    if body.get("attachments").is_none_or(Value::is_null) {
        let new = |upload: &Upload| FileDraft::New {
            upload: upload.clone(),
            description: None,
        };
        return (!uploads.is_empty()).then(|| uploads.iter().map(new).collect());
    }
    let list = form.list(body, "attachments", 0..=FILES_MOST).unwrap_or_default();
    let mut named = HashSet::new();
    let drafts: Vec<FileDraft> = form.within("attachments", |form| {
        list.iter()
            .enumerate()
            .filter_map(|(place, entry)| {
                form.within(place, |form| one(form, entry, uploads, purpose, &mut named))
            })
            .collect()
    });
    for upload in uploads.iter().filter(|upload| !named.contains(&upload.number)) {
        form.refuse_at(
            "attachments",
            "ATTACHMENT_NOT_LISTED",
            format!("files[{}] is not listed in attachments.", upload.number),
        );
    }
    Some(drafts)
}

fn one(
    form: &mut Form,
    entry: &Value,
    uploads: &[Upload],
    purpose: Purpose,
    named: &mut HashSet<u64>,
) -> Option<FileDraft> {
    let filename = form.text(entry, "filename", 1..=1024);
    let description = form.text(entry, "description", 0..=1024);
    let Some(id) = entry.get("id").and_then(as_snowflake) else {
        form.required("id");
        return None;
    };
    if !named.insert(id.0) {
        form.refuse_at("id", "ATTACHMENT_DUPLICATED", "This id is listed twice.");
        return None;
    }
    let Some(upload) = uploads.iter().find(|upload| upload.number == id.0) else {
        if purpose == Purpose::Edit {
            return Some(FileDraft::Kept(id));
        }
        let message = format!("There is no files[{id}].");
        form.refuse_at("id", "ATTACHMENT_NOT_FOUND", message);
        return None;
    };
    if filename.is_some_and(|filename| filename != upload.name) {
        let message = format!("files[{id}] came with the name \"{}\".", upload.name);
        form.refuse_at("filename", "ATTACHMENT_NAME_DIFFERS", message);
    }
    Some(FileDraft::New {
        upload: upload.clone(),
        description,
    })
}
