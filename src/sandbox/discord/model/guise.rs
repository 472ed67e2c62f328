//! How an interaction can be other than Discord would ever send it, so that a bot can show that it looks.

use serde_json::{Value, json};

/// Where an interaction pretends to come from, or who pretends to have made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Guise {
    /// As it is.
    #[default]
    None,
    /// From another server.
    OtherGuild,
    /// Made by a bot with the roles of the person.
    Bot,
    /// Made by somebody who is no member, as a webhook would be.
    Webhook,
    /// From a direct message, where a command of a server cannot be used.
    Direct,
}

impl Guise {
    /// Changes the event to what is pretended.
    pub(crate) fn dress(self, event: &mut Value) {
        let user = event.pointer("/member/user").cloned();
        let Some(body) = event.as_object_mut() else { return };
        match self {
            Self::None => {}
            Self::OtherGuild => {
                let other = json!("100000000000002999");
                body.insert(
                    "guild".to_owned(),
                    json!({"id": other, "locale": "en-US", "features": []}),
                );
                body.insert("guild_id".to_owned(), other);
            }
            Self::Bot => {
                let user = event.pointer_mut("/member/user").and_then(Value::as_object_mut);
                if let Some(user) = user {
                    user.insert("bot".to_owned(), json!(true));
                }
            }
            Self::Webhook | Self::Direct => {
                body.remove("member");
                body.insert("user".to_owned(), json!(user));
                if self == Self::Direct {
                    body.remove("guild");
                    body.remove("guild_id");
                    body.insert("context".to_owned(), json!(1));
                }
            }
        }
    }
}
