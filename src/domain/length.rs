//! How long an access lasts.

use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The length of an access, in whole seconds: 10 seconds to 24 hours.
///
/// The upper end is Azure's (`maxRequestAccessDuration` is at most one day); the lower end is ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Length(Duration);

/// Why a text or a number is no [`Length`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LengthRefusal {
    #[error("a length is written like 45m, 2h or 1h30m")]
    Unreadable,
    #[error("an access lasts at least 10 seconds")]
    TooShort,
    #[error("an access lasts at most 24 hours, which is the limit of Azure JIT")]
    TooLong,
}

impl Length {
    /// The shortest length.
    pub const MIN: Self = Self(Duration::from_secs(10));
    /// The longest length.
    pub const MAX: Self = Self(Duration::from_secs(24 * 60 * 60));

    /// A length of `duration`, cut to whole seconds.
    pub fn new(duration: Duration) -> Result<Self, LengthRefusal> {
        let length = Self(Duration::from_secs(duration.as_secs()));
        if length < Self::MIN {
            Err(LengthRefusal::TooShort)
        } else if length > Self::MAX {
            Err(LengthRefusal::TooLong)
        } else {
            Ok(length)
        }
    }

    /// The length as a [`Duration`].
    pub fn get(self) -> Duration {
        self.0
    }

    /// The length as a difference of instants.
    pub fn delta(self) -> chrono::TimeDelta {
        // In range: at most 86,400 seconds.
        chrono::TimeDelta::from_std(self.0).unwrap_or_default()
    }
}

impl FromStr for Length {
    type Err = LengthRefusal;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let duration = humantime::parse_duration(text.trim()).map_err(|_| LengthRefusal::Unreadable)?;
        Self::new(duration)
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // humantime would turn 24h into "1day"; hours are how people speak of access.
        let seconds = self.0.as_secs();
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let mut first = true;
        for (amount, unit) in [(hours, "h"), (minutes, "m"), (seconds, "s")] {
            if amount > 0 {
                if !first {
                    f.write_str(" ")?;
                }
                write!(f, "{amount}{unit}")?;
                first = false;
            }
        }
        Ok(())
    }
}

impl Serialize for Length {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0.as_secs())
    }
}

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = u64::deserialize(deserializer)?;
        Self::new(Duration::from_secs(seconds)).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_as_people_write_them() {
        for (text, seconds) in [
            ("45m", 2700),
            ("2h", 7200),
            ("1h30m", 5400),
            (" 1h 30m ", 5400),
            ("24h", 86_400),
            ("90 min", 5400),
        ] {
            assert_eq!(
                text.parse::<Length>().map(|length| length.get().as_secs()),
                Ok(seconds),
                "{text}"
            );
        }
        for (text, refusal) in [
            ("", LengthRefusal::Unreadable),
            ("soon", LengthRefusal::Unreadable),
            ("-1h", LengthRefusal::Unreadable),
            ("9s", LengthRefusal::TooShort),
            ("25h", LengthRefusal::TooLong),
            ("99999999999999999999h", LengthRefusal::Unreadable),
        ] {
            assert_eq!(text.parse::<Length>(), Err(refusal), "{text}");
        }
    }

    #[test]
    fn lengths_are_shown_in_hours_minutes_and_seconds() {
        for (text, shown) in [("24h", "24h"), ("90m", "1h 30m"), ("61s", "1m 1s")] {
            assert_eq!(text.parse::<Length>().unwrap().to_string(), shown);
        }
    }
}
