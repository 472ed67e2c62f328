//! Request bodies: JSON, or several parts, of which one is the JSON and the others are files (Discord, "Uploading
//! Files").

use bytes::Bytes;
use serde_json::{Value, json};

use crate::sandbox::discord::{
    error::ApiError,
    form::{FILES_MOST, Form, Upload},
    route::RouteKind,
};

/// Largest file (Discord: 10 MiB without boosts).
const FILE_BYTES_MOST: usize = 10 * 1024 * 1024;

/// A body as it arrived: what it says, and the files that came with it.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    pub(crate) json: Value,
    pub(crate) files: Vec<Upload>,
}

impl Body {
    fn plain(json: Value) -> Self {
        Self {
            json,
            files: Vec::new(),
        }
    }

    /// For the ledger: of files only what they are, not what is in them.
    pub(crate) fn shown(&self) -> Value {
        let mut shown = self.json.clone();
        if let Some(shown) = shown.as_object_mut() {
            for file in &self.files {
                let about = json!({"filename": file.name, "content_type": file.content_type, "size": file.bytes.len()});
                shown.insert(format!("files[{}]", file.number), about);
            }
        }
        shown
    }
}

/// Reads a body; a missing one is an empty object.
pub(crate) async fn read(content_type: &str, bytes: Bytes, route: RouteKind) -> Result<Body, ApiError> {
    if bytes.is_empty() {
        return Ok(Body::plain(json!({})));
    }
    if content_type.starts_with("multipart/form-data") && route.takes_files() {
        return parts(content_type, bytes).await;
    }
    if !content_type.starts_with("application/json") {
        let message = "Expected \"Content-Type\" header to be one of {'application/json'}.";
        return Err(ApiError::new(400, 50035, message));
    }
    serde_json::from_slice(&bytes)
        .map(Body::plain)
        .map_err(|_| ApiError::invalid_json())
}

/// The form fields of older clients are not modelled: only `payload_json` may say anything.
async fn parts(content_type: &str, bytes: Bytes) -> Result<Body, ApiError> {
    let boundary =
        multer::parse_boundary(content_type).map_err(|why| refused("boundary", &why.to_string()))?;
    let whole = futures::stream::iter([Ok::<_, std::convert::Infallible>(bytes)]);
    let mut parts = multer::Multipart::new(whole, boundary);
    let mut json = None;
    let mut files = Vec::new();
    let unreadable = |why: multer::Error| refused("body", &why.to_string());
    while let Some(part) = parts.next_field().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "payload_json" {
            if json.is_some() {
                return Err(refused("payload_json", "This part came twice."));
            }
            let text = part.bytes().await.map_err(unreadable)?;
            json = Some(serde_json::from_slice(&text).map_err(|_| ApiError::invalid_json())?);
            continue;
        }
        let Some(number) = file_number(&name) else {
            return Err(refused(&name, "This part is not payload_json and not files[n]."));
        };
        let file_name = safe_name(part.file_name().unwrap_or_default());
        if file_name.is_empty() {
            return Err(refused(&name, "A file needs a filename."));
        }
        let content_type = part.content_type().map(ToString::to_string);
        let bytes = part.bytes().await.map_err(unreadable)?;
        if bytes.len() > FILE_BYTES_MOST {
            return Err(ApiError::body_too_large());
        }
        if files.iter().any(|file: &Upload| file.number == number) {
            return Err(refused(&name, "This part came twice."));
        }
        files.push(Upload {
            number,
            name: file_name,
            content_type,
            bytes,
        });
    }
    if files.len() > FILES_MOST {
        return Err(refused("files", "At most 10 files."));
    }
    let json = json.ok_or_else(|| refused("payload_json", "This part is required."))?;
    Ok(Body { json, files })
}

fn file_number(name: &str) -> Option<u64> {
    name.strip_prefix("files[")?.strip_suffix(']')?.parse().ok()
}

/// Discord keeps letters, digits, `.`, `_` and `-`, and replaces the rest.
fn safe_name(name: &str) -> String {
    name.chars()
        .map(|char| {
            if char.is_ascii_alphanumeric() || matches!(char, '.' | '_' | '-') {
                char
            } else {
                '_'
            }
        })
        .collect()
}

fn refused(part: &str, why: &str) -> ApiError {
    let mut form = Form::default();
    form.refuse_at(part, "MULTIPART_INVALID", why);
    match form.finish(()) {
        Err(refusal) => refusal,
        Ok(()) => ApiError::invalid_json(),
    }
}
