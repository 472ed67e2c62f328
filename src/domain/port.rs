//! Ports, by number and by the few names that everybody uses.

use std::{fmt, num::NonZeroU16, str::FromStr};

use serde::{Deserialize, Serialize};

/// A port of a VM: 1 to 65535.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Port(NonZeroU16);

/// The names that are read and shown, with their ports.
pub const NAMED: [(&str, u16); 4] = [("ssh", 22), ("rdp", 3389), ("winrm", 5985), ("winrm-https", 5986)];

/// A text that names no port.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no port; write a number from 1 to 65535, or ssh, rdp, winrm or winrm-https")]
pub struct NotAPort(pub String);

impl Port {
    /// The port with this number; zero is none.
    pub fn new(number: u16) -> Option<Self> {
        NonZeroU16::new(number).map(Self)
    }

    /// The number.
    pub fn number(self) -> u16 {
        self.0.get()
    }

    /// The name that people use for this port, if it has one.
    pub fn name(self) -> Option<&'static str> {
        NAMED
            .iter()
            .find(|(_, number)| *number == self.number())
            .map(|(name, _)| *name)
    }
}

impl FromStr for Port {
    type Err = NotAPort;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let named = NAMED
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(text))
            .map(|(_, number)| *number);
        let digits = || {
            text.bytes()
                .all(|byte| byte.is_ascii_digit())
                .then(|| text.parse().ok())
                .flatten()
        };
        named
            .or_else(digits)
            .and_then(Self::new)
            .ok_or_else(|| NotAPort(text.chars().take(40).collect()))
    }
}

impl fmt::Display for Port {
    /// `SSH 22`, or `8443` for a port without a name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{} {}", name.to_ascii_uppercase(), self.number()),
            None => self.number().fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_have_numbers_and_some_have_names() {
        for (text, number) in [
            ("22", 22),
            ("ssh", 22),
            ("SSH", 22),
            (" rdp ", 3389),
            ("winrm-https", 5986),
            ("65535", 65535),
        ] {
            assert_eq!(text.parse::<Port>().map(Port::number), Ok(number), "{text}");
        }
        for wrong in ["", "0", "65536", "-1", "+22", "2 2", "telnet", "22,80", "２２"] {
            assert!(wrong.parse::<Port>().is_err(), "{wrong}");
        }
    }
}
