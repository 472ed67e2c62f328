//! `allowed_mentions`, and which mentions a text contains.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Form, reader::as_snowflake};
use crate::sandbox::discord::ids::Snowflake;

/// Whom a message may notify. A missing object allows everything that the text mentions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AllowedMentions {
    pub(crate) all_users: bool,
    pub(crate) all_roles: bool,
    pub(crate) everyone: bool,
    pub(crate) users: BTreeSet<Snowflake>,
    pub(crate) roles: BTreeSet<Snowflake>,
    pub(crate) replied_user: bool,
}

impl Default for AllowedMentions {
    fn default() -> Self {
        Self {
            all_users: true,
            all_roles: true,
            everyone: true,
            users: BTreeSet::new(),
            roles: BTreeSet::new(),
            replied_user: true,
        }
    }
}

impl AllowedMentions {
    pub(crate) fn read(form: &mut Form, body: &Value) -> Self {
        let Some(value) = body.get("allowed_mentions").filter(|value| !value.is_null()) else {
            return Self::default();
        };
        form.within("allowed_mentions", |form| Self::read_object(form, value))
    }

    fn read_object(form: &mut Form, value: &Value) -> Self {
        let mut parse = BTreeSet::new();
        for (place, kind) in form
            .list(value, "parse", 0..=3)
            .unwrap_or_default()
            .iter()
            .enumerate()
        {
            match kind.as_str() {
                Some(kind @ ("users" | "roles" | "everyone")) => {
                    parse.insert(kind);
                }
                _ => form.within("parse", |form| {
                    form.refuse_at(
                        place,
                        "BASE_TYPE_CHOICES",
                        "Value must be one of {'everyone', 'roles', 'users'}.",
                    );
                }),
            }
        }
        let ids = |form: &mut Form, name: &'static str| -> BTreeSet<Snowflake> {
            let list = form.list(value, name, 0..=100).unwrap_or_default();
            if !list.is_empty() && parse.contains(name) {
                let message = format!("parse:[\"{name}\"] and {name}: [ids...] are mutually exclusive.");
                form.refuse("MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message);
            }
            let mut ids = BTreeSet::new();
            for (place, id) in list.iter().enumerate() {
                match as_snowflake(id) {
                    Some(id) => _ = ids.insert(id),
                    None => form.within(name, |form| {
                        let message = format!("Value \"{id}\" is not snowflake.");
                        form.refuse_at(place, "NUMBER_TYPE_COERCE", message);
                    }),
                }
            }
            ids
        };
        let (users, roles) = (ids(form, "users"), ids(form, "roles"));
        Self {
            all_users: parse.contains("users"),
            all_roles: parse.contains("roles"),
            everyone: parse.contains("everyone"),
            users,
            roles,
            replied_user: form.boolean(value, "replied_user").unwrap_or_default(),
        }
    }
}

/// The mentions that a reader sees in a text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Mentioned {
    pub(crate) users: BTreeSet<Snowflake>,
    pub(crate) roles: BTreeSet<Snowflake>,
    pub(crate) everyone: bool,
}

impl Mentioned {
    /// Finds `<@id>`, `<@!id>`, `<@&id>`, `@everyone` and `@here`.
    pub(crate) fn in_text(text: &str) -> Self {
        let mut found = Self {
            everyone: text.contains("@everyone") || text.contains("@here"),
            ..Self::default()
        };
        for part in text.split("<@").skip(1) {
            let Some((inside, _)) = part.split_once('>') else {
                continue;
            };
            if let Some(role) = inside.strip_prefix('&') {
                found.roles.extend(role.parse::<Snowflake>().ok());
            } else {
                found
                    .users
                    .extend(inside.trim_start_matches('!').parse::<Snowflake>().ok());
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_are_found_and_broken_ones_are_not() {
        let found = Mentioned::in_text("<@1> <@!2> <@&3> <@x> <@4 @here");
        assert_eq!(found.users, [Snowflake(1), Snowflake(2)].into());
        assert_eq!(found.roles, [Snowflake(3)].into());
        assert!(found.everyone);
    }
}
