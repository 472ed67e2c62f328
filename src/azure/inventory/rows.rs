//! The rows that Resource Graph gives to the questions of [`super::query`].

use serde::{Deserialize, Deserializer};
use serde_json::Value;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Machine {
    pub(super) id: String,
    pub(super) subscription_id: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) location: String,
    #[serde(default)]
    pub(super) tags: Value,
    #[serde(default, deserialize_with = "text")]
    pub(super) os: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) power: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) admin: String,
    #[serde(default, deserialize_with = "list")]
    pub(super) interfaces: Vec<Reference>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ClassicMachine {
    pub(super) id: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Interface {
    pub(super) id: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) group: String,
    #[serde(default, deserialize_with = "list")]
    pub(super) configurations: Vec<Configuration>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Configuration {
    #[serde(default)]
    pub(super) properties: ConfigurationProperties,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct ConfigurationProperties {
    #[serde(default, rename = "privateIPAddress", deserialize_with = "text")]
    pub(super) private_address: String,
    #[serde(default)]
    pub(super) primary: Option<bool>,
    #[serde(default)]
    pub(super) subnet: Option<Reference>,
    #[serde(default, rename = "publicIPAddress")]
    pub(super) public_address: Option<Reference>,
}

/// A reference to another resource; a machine's interfaces also say which is the primary one.
#[derive(Debug, Deserialize)]
pub(super) struct Reference {
    pub(super) id: String,
    #[serde(default)]
    properties: Option<ReferenceProperties>,
}

#[derive(Debug, Deserialize)]
struct ReferenceProperties {
    #[serde(default)]
    primary: Option<bool>,
}

impl Reference {
    pub(super) fn is_primary(&self) -> bool {
        self.properties
            .as_ref()
            .and_then(|properties| properties.primary)
            .unwrap_or(false)
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Network {
    #[serde(default, deserialize_with = "list")]
    pub(super) subnets: Vec<Subnet>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Subnet {
    pub(super) id: String,
    #[serde(default)]
    pub(super) properties: SubnetProperties,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct SubnetProperties {
    #[serde(default, rename = "networkSecurityGroup")]
    pub(super) group: Option<Reference>,
}

#[derive(Debug, Deserialize)]
pub(super) struct PublicAddress {
    pub(super) id: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) address: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) dns: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Group {
    pub(super) id: String,
    #[serde(default)]
    pub(super) rules: Value,
    #[serde(default)]
    pub(super) flush: Option<bool>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Firewall {
    #[serde(default, deserialize_with = "text")]
    pub(super) policy: String,
    #[serde(default, deserialize_with = "list")]
    pub(super) configurations: Vec<Configuration>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Assessment {
    #[serde(default, deserialize_with = "text")]
    pub(super) machine: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) verdict: String,
}

/// A text, or nothing where the field is null or of another type.
pub(in crate::azure) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => text,
        _ => String::new(),
    })
}

/// The elements of a list that can be read; none where the field is no list.
pub(in crate::azure) fn list<'de, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    T: serde::de::DeserializeOwned,
    D: Deserializer<'de>,
{
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(items) => items
            .into_iter()
            .filter_map(|item| serde_json::from_value(item).ok())
            .collect(),
        _ => Vec::new(),
    })
}
