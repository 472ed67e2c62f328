//! Network security groups as they are now: one is read, and one rule of JIT's is taken out.
//!
//! The inventory's copy is minutes old; whether a window's rule stands is asked here. Must not know: what a
//! rule means for people, or when one may be deleted.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use serde::Deserialize;
use serde_json::Value;

use super::{
    arm::{Arm, ArmError, Call, Correlation, Operation, Quota},
    inventory::{list, text},
    rule,
};
use crate::domain::{network::Rule, port::Port, source::Source, vm::NsgId};

const API_VERSION: &str = "2024-05-01";

static GET: Operation = Operation {
    name: "nsg-get",
    method: reqwest::Method::GET,
    api_version: API_VERSION,
    action: "Microsoft.Network/networkSecurityGroups/read",
    quota: Quota::Reads,
};
static DELETE_RULE: Operation = Operation {
    name: "nsg-rule-delete",
    method: reqwest::Method::DELETE,
    api_version: API_VERSION,
    action: "Microsoft.Network/networkSecurityGroups/securityRules/delete",
    quota: Quota::Writes,
};

/// How the names of the rules begin that JIT writes for a window; the second is the older one.
const WINDOW_PREFIXES: [&str; 2] = ["MicrosoftDefenderForCloud-JITRule-", "SecurityCenter-JITRule-"];

/// A network security group, without the rules that every group ends with.
#[derive(Debug, Clone, PartialEq)]
pub struct SecurityGroup {
    pub id: NsgId,
    /// `flushConnection`: a change of its rules also cuts sessions that are open.
    pub cuts_sessions: bool,
    /// Its own rules; one that cannot be read is no rule of a window, but stands among the inbound ones.
    pub rules: Vec<SecurityRule>,
    /// What comes in, in the order in which it is asked, with the rules that every group ends with.
    pub inbound: Vec<Rule>,
}

/// One rule, with sources, destinations and ports as Azure writes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityRule {
    pub name: String,
    pub priority: u32,
    pub inbound: bool,
    pub allows: bool,
    /// `Tcp`, `Udp`, `*` and the like.
    pub protocol: String,
    pub sources: Vec<String>,
    pub destinations: Vec<String>,
    pub ports: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Body {
    properties: Properties,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    security_rules: Vec<Value>,
    #[serde(default)]
    flush_connection: Option<bool>,
}

#[derive(Debug, Deserialize)]
struct RuleBody {
    name: String,
    properties: RuleProperties,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RuleProperties {
    priority: u32,
    direction: String,
    access: String,
    #[serde(default, deserialize_with = "text")]
    protocol: String,
    #[serde(default, deserialize_with = "text")]
    source_address_prefix: String,
    #[serde(default, deserialize_with = "list")]
    source_address_prefixes: Vec<String>,
    #[serde(default, deserialize_with = "text")]
    destination_address_prefix: String,
    #[serde(default, deserialize_with = "list")]
    destination_address_prefixes: Vec<String>,
    #[serde(default, deserialize_with = "text")]
    destination_port_range: String,
    #[serde(default, deserialize_with = "list")]
    destination_port_ranges: Vec<String>,
}

impl Arm {
    /// A network security group as it is now.
    pub async fn security_group(&self, id: &NsgId) -> Result<SecurityGroup, ArmError> {
        let call = Call::new(&GET, id.to_string()).of(id.subscription());
        let value = self.one::<Value>(&call).await?;
        let body = Body::deserialize(&value).map_err(|error| ArmError::Malformed {
            detail: error.to_string(),
            correlation: Correlation::default(),
        })?;
        Ok(SecurityGroup::new(id.clone(), body.properties))
    }

    /// Takes one rule out of a group. A rule that is not there any more is no error, so this can be repeated.
    pub async fn delete_security_rule(&self, group: &NsgId, rule: &str) -> Result<(), ArmError> {
        let path = rule_path(group, rule).ok_or_else(|| ArmError::Malformed {
            detail: "a rule has a name that no rule can have".to_owned(),
            correlation: Correlation::default(),
        })?;
        let call = Call::new(&DELETE_RULE, path).of(group.subscription());
        match self.done(&call).await {
            Err(ArmError::NotFound(_)) => Ok(()),
            answer => answer,
        }
    }
}

/// No name can lead to another path: Azure's own rules for names are stricter than this.
fn rule_path(group: &NsgId, rule: &str) -> Option<String> {
    let fine = !rule.is_empty()
        && rule.len() <= 80
        && !matches!(rule, "." | "..")
        && rule
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    fine.then(|| format!("{group}/securityRules/{rule}"))
}

impl From<RuleBody> for SecurityRule {
    fn from(RuleBody { name, properties }: RuleBody) -> Self {
        // Azure writes a single value into the one field and several into the other.
        let both = |one: String, several: Vec<String>| {
            std::iter::once(one)
                .chain(several)
                .filter(|text| !text.is_empty())
                .collect()
        };
        Self {
            name,
            priority: properties.priority,
            inbound: properties.direction.eq_ignore_ascii_case("Inbound"),
            allows: properties.access.eq_ignore_ascii_case("Allow"),
            protocol: properties.protocol,
            sources: both(
                properties.source_address_prefix,
                properties.source_address_prefixes,
            ),
            destinations: both(
                properties.destination_address_prefix,
                properties.destination_address_prefixes,
            ),
            ports: both(
                properties.destination_port_range,
                properties.destination_port_ranges,
            ),
        }
    }
}

impl SecurityGroup {
    fn new(id: NsgId, properties: Properties) -> Self {
        let read = properties.security_rules.iter().filter_map(rule::read);
        let mut inbound: Vec<_> = read.chain(Rule::defaults()).collect();
        inbound.sort_by_key(|rule| rule.priority);
        Self {
            id,
            cuts_sessions: properties.flush_connection.unwrap_or(false),
            rules: properties
                .security_rules
                .into_iter()
                .filter_map(|value| serde_json::from_value::<RuleBody>(value).ok())
                .map(SecurityRule::from)
                .collect(),
            inbound,
        }
    }

    /// The rules that JIT wrote to let `source` in to `port` of the machine with this private address, and that
    /// do nothing else.
    ///
    /// Told by name, destination, port and source; never by priority, which JIT chooses anew each time.
    pub fn window_rules(&self, private: Ipv4Addr, port: Port, source: Source) -> Vec<&SecurityRule> {
        self.rules
            .iter()
            .filter(|rule| {
                rule.inbound
                    && rule.allows
                    && WINDOW_PREFIXES.iter().any(|prefix| rule.name.starts_with(prefix))
                    && only(&rule.destinations, |to| {
                        network(to) == Some(Ipv4Net::from(private))
                    })
                    && only(&rule.ports, |text| single_port(text) == Some(port.number()))
                    && only(&rule.sources, |from| network(from) == Some(source.net()))
            })
            .collect()
    }
}

fn only(values: &[String], is: impl Fn(&str) -> bool) -> bool {
    matches!(values, [one] if is(one))
}

fn single_port(text: &str) -> Option<u16> {
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    let (low, high) = (low.trim().parse::<u16>().ok()?, high.trim().parse::<u16>().ok()?);
    (low == high).then_some(low)
}

fn network(text: &str) -> Option<Ipv4Net> {
    text.parse::<Ipv4Addr>()
        .map(Ipv4Net::from)
        .or_else(|_| text.parse())
        .ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const GROUP: &str = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/net/providers/Microsoft.Network/networkSecurityGroups/web";

    fn rule(name: &str, change: &Value) -> Value {
        let mut properties = json!({"priority": 100, "direction": "Inbound", "access": "Allow", "protocol": "Tcp",
            "sourceAddressPrefix": "198.51.100.7", "sourceAddressPrefixes": [], "destinationAddressPrefix": "10.0.0.4",
            "destinationAddressPrefixes": [], "destinationPortRange": "22", "destinationPortRanges": []});
        for (key, value) in change.as_object().unwrap() {
            properties[key] = value.clone();
        }
        json!({"name": name, "properties": properties})
    }

    fn found(rules: Vec<Value>) -> Vec<String> {
        let body: Body = serde_json::from_value(json!({"properties": {"securityRules": rules}})).unwrap();
        SecurityGroup::new(GROUP.parse().unwrap(), body.properties)
            .window_rules(
                "10.0.0.4".parse().unwrap(),
                "ssh".parse().unwrap(),
                "198.51.100.7".parse().unwrap(),
            )
            .into_iter()
            .map(|rule| rule.name.clone())
            .collect()
    }

    #[test]
    fn the_rule_of_a_window_is_told_by_all_that_it_says() {
        const NEW: &str = "MicrosoftDefenderForCloud-JITRule-1-a";
        const OLD: &str = "SecurityCenter-JITRule-1-a";
        assert_eq!(found(vec![rule(NEW, &json!({}))]), [NEW]);
        assert_eq!(found(vec![rule(OLD, &json!({"priority": 4000}))]), [OLD]);
        let other_spelling = json!({"sourceAddressPrefix": "", "sourceAddressPrefixes": ["198.51.100.7/32"],
            "destinationAddressPrefix": "10.0.0.4/32", "destinationPortRange": "22-22"});
        assert_eq!(found(vec![rule(NEW, &other_spelling)]), [NEW]);
        for change in [
            json!({"access": "Deny"}),
            json!({"direction": "Outbound"}),
            json!({"sourceAddressPrefix": "198.51.100.8"}),
            json!({"sourceAddressPrefix": "198.51.100.0/24"}),
            json!({"sourceAddressPrefix": "*"}),
            json!({"destinationAddressPrefix": "10.0.0.5"}),
            json!({"destinationAddressPrefix": "*"}),
            json!({"destinationPortRange": "3389"}),
            json!({"destinationPortRange": "20-30"}),
            json!({"destinationPortRange": "", "destinationPortRanges": ["22", "443"]}),
        ] {
            assert_eq!(found(vec![rule(NEW, &change)]), [""; 0], "{change}");
        }
        // The deny rule has an underscore after its prefix, and other people's rules other names.
        for name in ["MicrosoftDefenderForCloud-JITRule_1_a", "AllowSsh", ""] {
            assert_eq!(found(vec![rule(name, &json!({}))]), [""; 0], "{name}");
        }
    }

    #[test]
    fn a_rule_that_cannot_be_read_hides_no_other() {
        let rules = vec![
            json!({"name": 7}),
            json!(null),
            rule("SecurityCenter-JITRule-1-a", &json!({})),
        ];
        assert_eq!(found(rules).len(), 1);
    }

    #[test]
    fn a_rule_that_cannot_be_read_stands_among_those_that_are_asked() {
        let rules = vec![
            rule("AllowSsh", &json!({"priority": 300})),
            json!({"name": "odd"}),
        ];
        let body: Body = serde_json::from_value(json!({"properties": {"securityRules": rules}})).unwrap();
        let group = SecurityGroup::new(GROUP.parse().unwrap(), body.properties);
        let names: Vec<_> = group.inbound.iter().map(|rule| rule.name.as_str()).collect();
        assert_eq!(names.get(..2), Some(&["odd", "AllowSsh"][..]));
    }

    #[test]
    fn no_name_leads_to_another_path() {
        let group: NsgId = GROUP.parse().unwrap();
        assert_eq!(
            rule_path(&group, "MicrosoftDefenderForCloud-JITRule--1_a.b").as_deref(),
            Some(format!("{GROUP}/securityRules/MicrosoftDefenderForCloud-JITRule--1_a.b").as_str())
        );
        for name in ["", "..", "a/b", "a?b", "a#b", "a b", "a%2fb", "é"] {
            assert_eq!(rule_path(&group, name), None, "{name}");
        }
    }
}
