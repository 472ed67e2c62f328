//! Ports, protocols, sources and limits as an administrator types them.

use std::{collections::BTreeSet, time::Duration};

use super::wish::CLASSIC;
use crate::domain::{
    length::{Length, LengthRefusal},
    port::{NotAPort, Port},
    source::{Source, SourceRefusal},
    vm::{AllowedSources, Protocol},
};

/// The shortest limit that a JIT policy can name (`PT5M`); the longest is a day.
const LIMIT_MIN: Duration = Duration::from_secs(5 * 60);
/// More than this is no list of sources but a network plan.
const SOURCES_MAX: usize = 20;
/// More ports than these say that the wrong tool is used.
const PORTS_MAX: usize = 20;

/// Ports in the order of their numbers.
pub type PortsTyped = Vec<Port>;

/// Why a text is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitRefusal {
    Unreadable,
    /// Less than five minutes.
    TooShort,
    /// More than a day.
    TooLong,
}

/// Why a text names no allowed sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourcesRefusal {
    Empty,
    TooMany { given: usize, most: usize },
    Source(SourceRefusal),
}

/// `22, rdp`, or `classic` for the four ports that Defender proposes.
pub fn parse_ports(text: &str) -> Result<PortsTyped, NotAPort> {
    let mut ports = BTreeSet::new();
    for word in words(text) {
        if word.eq_ignore_ascii_case("classic") {
            ports.extend(CLASSIC.iter().filter_map(|number| Port::new(*number)));
        } else {
            ports.insert(word.parse::<Port>()?);
        }
    }
    if ports.is_empty() || ports.len() > PORTS_MAX {
        return Err(NotAPort(text.trim().chars().take(40).collect()));
    }
    Ok(ports.into_iter().collect())
}

/// `any`, `tcp` or `udp`, in any case; Azure's `*` too.
pub fn parse_protocol(text: &str) -> Option<Protocol> {
    match text.trim().to_ascii_lowercase().as_str() {
        "any" | "*" => Some(Protocol::Any),
        "tcp" => Some(Protocol::Tcp),
        "udp" => Some(Protocol::Udp),
        _ => None,
    }
}

/// `any`, or addresses and networks.
pub fn parse_sources(text: &str) -> Result<AllowedSources, SourcesRefusal> {
    let given: Vec<_> = words(text).collect();
    if let [word] = given.as_slice()
        && (word.eq_ignore_ascii_case("any") || *word == "*")
    {
        return Ok(AllowedSources::Any);
    }
    if given.is_empty() {
        return Err(SourcesRefusal::Empty);
    }
    if given.len() > SOURCES_MAX {
        return Err(SourcesRefusal::TooMany {
            given: given.len(),
            most: SOURCES_MAX,
        });
    }
    let mut nets = Vec::new();
    for word in given {
        let source: Source = word.parse().map_err(SourcesRefusal::Source)?;
        if !nets.contains(&source.net()) {
            nets.push(source.net());
        }
    }
    Ok(AllowedSources::Only(nets))
}

/// `1h`, `90m`: five minutes to a day, which is what a JIT policy can name.
pub fn parse_limit(text: &str) -> Result<Duration, LimitRefusal> {
    let length = text.parse::<Length>().map_err(|why| match why {
        LengthRefusal::Unreadable => LimitRefusal::Unreadable,
        LengthRefusal::TooShort => LimitRefusal::TooShort,
        LengthRefusal::TooLong => LimitRefusal::TooLong,
    })?;
    if length.get() < LIMIT_MIN {
        return Err(LimitRefusal::TooShort);
    }
    Ok(length.get())
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ';', ' ', '\n', '\t'])
        .map(str::trim)
        .filter(|word| !word.is_empty())
}
