//! `sources` of a rule: from where access may come.

use ipnet::Ipv4Net;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    config::{
        problem::Problems,
        word::{List, Word, each, width},
    },
    domain::source::{Source, SourceRefusal, private},
    policy::SourceRule,
};

/// A single address.
const WIDEST: u8 = 32;

/// From where access may come.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SourcesInput {
    /// The widest network: "/32" is a single address, which is also the default.
    widest: Option<Word>,
    /// The networks in which a source must lie; left out, anywhere.
    #[schemars(with = "Vec<String>")]
    within: List,
    /// Whether private addresses (RFC 1918 and RFC 6598) are allowed.
    private: bool,
}
impl SourcesInput {
    pub(super) fn check(self, key: &str, problems: &mut Problems) -> Option<SourceRule> {
        let widest = match &self.widest {
            Some(Word(text)) => width(&format!("{key}.widest"), text, problems),
            None => Some(WIDEST),
        };
        let allows_private = self.private;
        let within = each(
            &format!("{key}.within"),
            &self.within,
            problems,
            |key, text, problems| {
                let net = network(key, text, problems)?;
                if !allows_private && is_private(&net) {
                    problems.at(
                    key,
                    format!("{net} is private, so nothing in it is allowed unless private = true stands beside it"),
                );
                }
                Some(net)
            },
        );
        Some(SourceRule {
            widest: widest?,
            within,
            private: allows_private,
        })
    }
}

/// Whether nothing in it is allowed without `private = true`.
pub(super) fn is_private(net: &Ipv4Net) -> bool {
    let carrier_nat: Option<Ipv4Net> = "100.64.0.0/10".parse().ok();
    private()
        .into_iter()
        .chain(carrier_nat)
        .any(|range| range.contains(net))
}

/// A network in which sources may lie: canonical, and one from which something can come.
pub(super) fn network(key: &str, text: &str, problems: &mut Problems) -> Option<Ipv4Net> {
    let why = match text.parse::<Source>() {
        Ok(source) => return Some(source.net()),
        Err(SourceRefusal::HostBits { meant }) => {
            format!("it has host bits; {meant} is the network around it")
        }
        Err(SourceRefusal::Ipv6) => "Azure JIT takes IPv4 only".to_owned(),
        Err(SourceRefusal::Any) => "it is everywhere; leave within out instead".to_owned(),
        Err(SourceRefusal::Unreadable { .. } | SourceRefusal::ServiceTag { .. }) => {
            "a network is written like 198.51.100.0/24".to_owned()
        }
        Err(_) => "no client sends from there".to_owned(),
    };
    problems.at(key, format!("{text:?} cannot be used: {why}"));
    None
}
