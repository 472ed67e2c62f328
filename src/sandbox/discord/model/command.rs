//! A registered application command, kept as the JSON that was accepted.

use serde_json::Value;

use crate::sandbox::discord::ids::Snowflake;

#[derive(Debug, Clone)]
pub(crate) struct Registered {
    pub(crate) id: Snowflake,
    pub(crate) version: Snowflake,
    /// `None` for a global command.
    pub(crate) guild: Option<Snowflake>,
    pub(crate) name: String,
    /// 1 chat input, 2 user, 3 message.
    pub(crate) kind: u64,
    /// The definition as sent, without the fields above and without nulls in options.
    pub(crate) definition: Value,
}

impl Registered {
    pub(crate) fn options(&self) -> &[Value] {
        self.definition
            .get("options")
            .and_then(Value::as_array)
            .map_or(&[], Vec::as_slice)
    }
}
