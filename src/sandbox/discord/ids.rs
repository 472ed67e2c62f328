//! Snowflakes: Discord's ids. Must not know what the ids name.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::clock::Instant;

/// 2015-01-01T00:00:00Z in Unix milliseconds, where snowflake time begins (Discord, "Snowflakes").
const EPOCH_MS: i64 = 1_420_070_400_000;

/// An id of Discord: 42 bits of milliseconds since 2015, then 22 bits that make it unique.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Snowflake(pub u64);

impl fmt::Display for Snowflake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Snowflake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Snowflake {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl Serialize for Snowflake {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Snowflake {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Text(String),
            Number(u64),
        }
        match Either::deserialize(deserializer)? {
            Either::Text(text) => text.parse().map_err(de::Error::custom),
            Either::Number(number) => Ok(Self(number)),
        }
    }
}

/// Makes snowflakes that never repeat and never go back, also while world time stands still.
#[derive(Debug, Default)]
pub(crate) struct Mint {
    last: u64,
}

impl Mint {
    pub(crate) fn next(&mut self, now: Instant) -> Snowflake {
        let millis = u64::try_from(now.timestamp_millis() - EPOCH_MS).unwrap_or_default();
        self.last = (millis << 22).max(self.last + 1);
        Snowflake(self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_while_time_stands_still_and_carry_the_time() {
        let now = Instant::from_timestamp_millis(EPOCH_MS + 1_000).unwrap();
        let mut mint = Mint::default();
        let first = mint.next(now);
        let second = mint.next(now);
        assert!(first < second);
        assert_eq!(first.0 >> 22, 1_000);
    }
}
