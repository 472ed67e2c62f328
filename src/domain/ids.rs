//! Ids as types of their own, so that none can be passed where another is meant.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

macro_rules! snowflake {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotASnowflake;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                parse_snowflake(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    };
}

uuid_id!(
    /// A request; time-ordered.
    RequestId
);
uuid_id!(
    /// A window; time-ordered. It stands in Azure's `justification`, so that a window can be found again.
    WindowId
);
uuid_id!(
    /// A job; its 22 characters of base64url are the `nonce` of a message that it creates.
    JobId
);
uuid_id!(
    /// A proposal to change JIT policies; time-ordered.
    ProposalId
);
uuid_id!(
    /// What somebody looks at, with what was found; time-ordered.
    LookId
);
snowflake!(
    /// A Discord user.
    UserId
);
snowflake!(
    /// A Discord role.
    RoleId
);
snowflake!(
    /// A Discord channel or thread.
    ChannelId
);
snowflake!(
    /// A Discord message.
    MessageId
);
snowflake!(
    /// A Discord guild.
    GuildId
);

/// The number by which people speak of a request: "request 17".
///
/// Only for people: buttons and rows use [`RequestId`], because numbers start again with a new database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestNumber(pub i64);

impl fmt::Display for RequestNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The number of a record: from 1, without gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordNumber(pub i64);

impl fmt::Display for RecordNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The name of a rule, unique in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RuleName(pub String);

impl fmt::Display for RuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A text that is not a Discord id (a positive whole number of at most 20 digits).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a Discord id is a whole number of 17 to 20 digits")]
pub struct NotASnowflake;

fn parse_snowflake(text: &str) -> Result<u64, NotASnowflake> {
    if text.is_empty() || text.len() > 20 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NotASnowflake);
    }
    match text.parse() {
        Ok(0) | Err(_) => Err(NotASnowflake),
        Ok(id) => Ok(id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snowflake_is_digits_only() {
        assert_eq!("42".parse(), Ok(UserId(42)));
        for wrong in [
            "",
            "0",
            "+42",
            "-1",
            " 42",
            "42 ",
            "4 2",
            "99999999999999999999",
            "184467440737095516150",
        ] {
            assert_eq!(wrong.parse::<UserId>(), Err(NotASnowflake), "{wrong:?}");
        }
    }

    #[test]
    fn a_snowflake_travels_as_a_string() {
        let json = serde_json::to_string(&UserId(18_446_744_073_709_551_615)).unwrap();
        assert_eq!(json, "\"18446744073709551615\"");
        assert!(serde_json::from_str::<UserId>("42").is_err());
    }
}
