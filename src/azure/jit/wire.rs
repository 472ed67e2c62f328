//! Azure's JSON for JIT, read with patience: missing and null fields, open enums, 0 to 7 fractional digits.
//!
//! One element that cannot be read must not hide its neighbours, so lists are read element by element.

use std::net::Ipv4Addr;

use chrono::{DateTime, Utc};
use ipnet::Ipv4Net;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

#[derive(Debug, Deserialize)]
pub(super) struct PolicyBody {
    pub(super) id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) location: String,
    pub(super) properties: PolicyProperties,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PolicyProperties {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) virtual_machines: Vec<Value>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) requests: Vec<Value>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) provisioning_state: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PolicyVm {
    pub(super) id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) ports: Vec<Value>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) public_ip_address: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PolicyPort {
    pub(super) number: u16,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) protocol: String,
    #[serde(flatten)]
    pub(super) sources: Sources,
    pub(super) max_request_access_duration: String,
}

/// What `initiate` answers, and what stands in a policy's `requests`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestBody {
    pub(super) virtual_machines: Vec<RequestVm>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) start_time_utc: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) requestor: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) justification: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct RequestVm {
    pub(super) id: String,
    pub(super) ports: Vec<RequestPort>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestPort {
    pub(super) number: u16,
    #[serde(flatten)]
    pub(super) sources: Sources,
    pub(super) end_time_utc: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) status: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) status_reason: String,
    #[serde(default)]
    pub(super) mapped_port: Option<u16>,
}

/// One prefix or several: the specification has both, and says that only one of them is there.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sources {
    #[serde(default)]
    allowed_source_address_prefix: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    allowed_source_address_prefixes: Vec<String>,
}

impl Sources {
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.allowed_source_address_prefix
            .iter()
            .chain(&self.allowed_source_address_prefixes)
            .map(|text| text.trim())
            .filter(|text| !text.is_empty())
    }
}

/// The elements of `values` that can be read, and those that cannot.
pub(super) fn each<T: DeserializeOwned>(values: Vec<Value>) -> (Vec<T>, Vec<Value>) {
    let mut read = Vec::with_capacity(values.len());
    let mut unreadable = Vec::new();
    for value in values {
        match T::deserialize(&value) {
            Ok(element) => read.push(element),
            Err(_) => unreadable.push(value),
        }
    }
    (read, unreadable)
}

pub(in crate::azure) fn or_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Deserialize<'de> + Default,
    D: Deserializer<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// An instant as Azure writes it: RFC 3339, at times without the zone, which then is UTC.
pub(in crate::azure) fn instant(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_rfc3339(&format!("{text}Z")))
        .ok()
        .map(|instant| instant.to_utc())
}

/// An address or network as Azure writes it; host bits are cut off.
pub(super) fn network(text: &str) -> Option<Ipv4Net> {
    text.parse::<Ipv4Addr>()
        .map(Ipv4Net::from)
        .or_else(|_| text.parse::<Ipv4Net>().map(|net| net.trunc()))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_have_up_to_seven_fractional_digits() {
        for (text, nanos) in [
            ("2018-07-22T15:51:55Z", 0),
            ("2018-07-22T15:51:55.1Z", 100_000_000),
            ("2018-07-22T15:51:55.21337Z", 213_370_000),
            ("2018-07-15T08:00:44.761037Z", 761_037_000),
            ("2022-11-17T11:44:50.5921811Z", 592_181_100),
            ("2022-11-17T11:44:50.5921811", 592_181_100),
            ("2022-11-17T11:44:50.5921811+00:00", 592_181_100),
        ] {
            let read = instant(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(read.timestamp_subsec_nanos(), nanos, "{text}");
        }
        for wrong in ["", "soon", "2018-07-22", "2018-13-22T15:51:55Z"] {
            assert_eq!(instant(wrong), None, "{wrong}");
        }
    }
}
