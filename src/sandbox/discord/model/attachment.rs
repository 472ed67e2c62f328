//! Files of messages.

use bytes::Bytes;

use crate::sandbox::discord::ids::Snowflake;

#[derive(Debug, Clone)]
pub(crate) struct Attachment {
    pub(crate) id: Snowflake,
    pub(crate) name: String,
    pub(crate) content_type: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) bytes: Bytes,
    /// Part of the address: whoever has the link may load the file, and nobody can guess it.
    pub(crate) key: String,
}
