//! Rules of a network security group, as a group has them, and in the effective form, read into the domain's words.

use serde::Deserialize;
use serde_json::Value;

use super::inventory::{list, text};
use crate::domain::{
    network::{Access, Peer, PortRange, Rule, RuleProtocol},
    text::FreeText,
};

/// A rule's members. In a group they stand in `properties`; effective ones have them at the top, and write one
/// value in the singular and in the plural member.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields {
    priority: u32,
    direction: String,
    access: String,
    #[serde(default, deserialize_with = "text")]
    protocol: String,
    #[serde(default, deserialize_with = "text")]
    destination_port_range: String,
    #[serde(default, deserialize_with = "list")]
    destination_port_ranges: Vec<String>,
    #[serde(default, deserialize_with = "text")]
    source_address_prefix: String,
    #[serde(default, deserialize_with = "list")]
    source_address_prefixes: Vec<String>,
    #[serde(default, deserialize_with = "list")]
    source_application_security_groups: Vec<Reference>,
    #[serde(default, deserialize_with = "text")]
    destination_address_prefix: String,
    #[serde(default, deserialize_with = "list")]
    destination_address_prefixes: Vec<String>,
    #[serde(default, deserialize_with = "list")]
    destination_application_security_groups: Vec<Reference>,
}

#[derive(Debug, Deserialize)]
struct Reference {
    id: String,
}

/// The inbound rule in `value`, or `None` for one that is outbound or cannot be read.
pub(super) fn read(value: &Value) -> Option<Rule> {
    let fields = Fields::deserialize(value.get("properties").unwrap_or(value)).ok()?;
    if !fields.direction.eq_ignore_ascii_case("Inbound") {
        return None;
    }
    let name = value.get("name").and_then(Value::as_str).unwrap_or_default();
    let access = match fields.access.to_ascii_lowercase().as_str() {
        "allow" => Access::Allow,
        "deny" => Access::Deny,
        _ => return None,
    };
    Some(Rule {
        // Effective rules have names like `securityRules/ssh`.
        name: cleaned(name.rsplit('/').next().unwrap_or(name)),
        priority: fields.priority,
        access,
        protocol: match fields.protocol.to_ascii_lowercase().as_str() {
            "*" | "all" | "" => RuleProtocol::Any,
            "tcp" => RuleProtocol::Tcp,
            "udp" => RuleProtocol::Udp,
            _ => RuleProtocol::Other,
        },
        ports: once(
            both(fields.destination_port_range, fields.destination_port_ranges)
                .filter_map(|range| PortRange::read(&range)),
        ),
        sources: peers(
            fields.source_address_prefix,
            fields.source_address_prefixes,
            fields.source_application_security_groups,
        ),
        destinations: peers(
            fields.destination_address_prefix,
            fields.destination_address_prefixes,
            fields.destination_application_security_groups,
        ),
    })
}

fn both(one: String, several: Vec<String>) -> impl Iterator<Item = String> {
    std::iter::once(one)
        .chain(several)
        .filter(|text| !text.is_empty())
}

fn peers(one: String, several: Vec<String>, groups: Vec<Reference>) -> Vec<Peer> {
    let groups = groups.into_iter().map(|group| group.id);
    once(
        both(one, several)
            .chain(groups)
            .map(|text| Peer::read(&cleaned(&text))),
    )
}

fn once<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut found = Vec::new();
    for item in all {
        if !found.contains(&item) {
            found.push(item);
        }
    }
    found
}

fn cleaned(text: &str) -> String {
    FreeText::new(text)
        .map(|text| text.to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rule_of_a_group_is_read_with_all_its_lists() {
        let members =
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/applicationSecurityGroups/web";
        let rule = read(&json!({"name": "list", "properties": {"priority": 1, "direction": "Inbound", "access": "Allow",
            "protocol": "*", "sourceAddressPrefixes": ["203.0.113.9", "0.0.0.0/1"], "sourceAddressPrefix": null,
            "destinationAddressPrefix": "*", "destinationApplicationSecurityGroups": [{"id": members}],
            "destinationPortRanges": ["80", "3380-3390", "nonsense"]}}))
        .unwrap();
        assert_eq!(rule.ports, [PortRange(80, 80), PortRange(3380, 3390)]);
        assert_eq!(rule.sources, [Peer::read("203.0.113.9"), Peer::read("0.0.0.0/1")]);
        assert_eq!(
            rule.destinations,
            [Peer::Everybody, Peer::Group(members.to_owned())]
        );
        assert_eq!((rule.access, rule.protocol), (Access::Allow, RuleProtocol::Any));
    }

    #[test]
    fn the_effective_form_means_the_same() {
        // The shape of Azure's example of effective rules.
        let rule = read(&json!({"name": "securityRules/rule1", "protocol": "Tcp", "sourcePortRange": "0-65535",
            "destinationPortRange": "3389-3389", "destinationPortRanges": ["3389-3389"], "sourceAddressPrefix": "1.1.1.1/32",
            "destinationAddressPrefix": "0.0.0.0/0", "expandedSourceAddressPrefix": [], "access": "Allow",
            "priority": 1000, "direction": "Inbound"}))
        .unwrap();
        assert_eq!((rule.name.as_str(), rule.priority), ("rule1", 1000));
        assert_eq!(rule.ports, [PortRange(3389, 3389)]);
        assert_eq!(rule.sources, [Peer::read("1.1.1.1")]);
        assert_eq!(rule.destinations, [Peer::Everybody]);
        let all = read(&json!({"name": "defaultSecurityRules/DenyAllInBound", "protocol": "All", "direction": "Inbound",
            "destinationPortRange": "0-65535", "sourceAddressPrefix": "0.0.0.0/0", "destinationAddressPrefix": "0.0.0.0/0",
            "access": "Deny", "priority": 65500}))
        .unwrap();
        let [.., deny] = Rule::defaults();
        assert_eq!(all, deny);
    }

    #[test]
    fn other_directions_and_rubbish_are_left_out() {
        for value in [
            json!({"name":"out","properties":{"priority":1,"direction":"Outbound","access":"Allow"}}),
            json!({"name":"odd","properties":{"priority":1,"direction":"Inbound","access":"Perhaps"}}),
            json!({"name":"x","properties":{}}),
            json!("rule"),
            json!(null),
        ] {
            assert_eq!(read(&value), None, "{value}");
        }
    }
}
