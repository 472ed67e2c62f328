//! Rules of a network security group, as a group has them, and in the effective form, read into the domain's words.

use serde_json::Value;

use crate::domain::{
    network::{Access, Peer, PortRange, Rule, RuleProtocol},
    text::FreeText,
};

/// A rule whose number cannot be read may be asked before all others.
const FIRST: u32 = 0;

/// The inbound rule in `value`, or `None` for an outbound one.
///
/// A rule that cannot be read is not left out, because it could decide: it is [`Access::Unread`], and whatever part
/// of it cannot be read is as wide as it can be. In a group a rule's members stand in `properties`; effective rules
/// have them at the top, and write one value in the singular and in the plural member.
pub(super) fn read(value: &Value) -> Option<Rule> {
    let members = Members(value.get("properties").unwrap_or(value));
    let direction = members.text("direction");
    if direction.is_some_and(|text| text.eq_ignore_ascii_case("Outbound")) {
        return None;
    }
    let name = value.get("name").and_then(Value::as_str).unwrap_or_default();
    let mut whole = direction.is_some_and(|text| text.eq_ignore_ascii_case("Inbound"));
    let priority = members.number("priority");
    let protocol = match members.text("protocol").map(str::to_ascii_lowercase).as_deref() {
        Some("*" | "all" | "") => Some(RuleProtocol::Any),
        Some("tcp") => Some(RuleProtocol::Tcp),
        Some("udp") => Some(RuleProtocol::Udp),
        Some(_) => Some(RuleProtocol::Other),
        None => None,
    };
    let ports = members
        .values("destinationPortRange", "destinationPortRanges")
        .and_then(|texts| {
            texts
                .iter()
                .map(|text| PortRange::read(text))
                .collect::<Option<Vec<_>>>()
        })
        .filter(|ports| !ports.is_empty());
    let sources = members.peers(
        "sourceAddressPrefix",
        "sourceAddressPrefixes",
        "sourceApplicationSecurityGroups",
    );
    let destinations = members.peers(
        "destinationAddressPrefix",
        "destinationAddressPrefixes",
        "destinationApplicationSecurityGroups",
    );
    whole &= members.is_from_any_port()
        && priority.is_some()
        && protocol.is_some()
        && ports.is_some()
        && sources.is_some()
        && destinations.is_some();
    let access = match members.text("access").map(str::to_ascii_lowercase).as_deref() {
        Some("allow") if whole => Access::Allow,
        Some("deny") if whole => Access::Deny,
        _ => Access::Unread,
    };
    Some(Rule {
        // Effective rules have names like `securityRules/ssh`.
        name: cleaned(name.rsplit('/').next().unwrap_or(name)),
        priority: priority.unwrap_or(FIRST),
        access,
        protocol: protocol.unwrap_or(RuleProtocol::Any),
        ports: once(ports.unwrap_or_else(|| vec![PortRange::ALL])),
        sources: once(sources.unwrap_or_else(|| vec![Peer::Everybody])),
        destinations: once(destinations.unwrap_or_else(|| vec![Peer::Everybody])),
    })
}

struct Members<'a>(&'a Value);

impl<'a> Members<'a> {
    fn text(&self, name: &str) -> Option<&'a str> {
        self.0.get(name).and_then(Value::as_str)
    }

    fn number(&self, name: &str) -> Option<u32> {
        let number = self.0.get(name).and_then(Value::as_u64);
        number.and_then(|number| u32::try_from(number).ok())
    }

    /// The elements of a list that may be absent; `None` where it is something else.
    fn list(&self, name: &str) -> Option<&'a [Value]> {
        match self.0.get(name) {
            None | Some(Value::Null) => Some(&[]),
            Some(Value::Array(items)) => Some(items),
            Some(_) => None,
        }
    }

    /// One value and several; `None` where one of them is no text.
    fn values(&self, one: &str, several: &str) -> Option<Vec<&'a str>> {
        let one = match self.0.get(one) {
            None | Some(Value::Null) => None,
            Some(value) => Some(value.as_str()?),
        };
        let mut found: Vec<_> = one.into_iter().collect();
        for value in self.list(several)? {
            found.push(value.as_str()?);
        }
        found.retain(|text| !text.is_empty());
        Some(found)
    }

    /// Whether it is about every port of whoever sends: which ones a client sends from is not known here.
    fn is_from_any_port(&self) -> bool {
        let texts = self.values("sourcePortRange", "sourcePortRanges");
        let is_any = |text: &&str| PortRange::read(text) == Some(PortRange::ALL);
        texts.is_some_and(|texts| texts.iter().all(is_any))
    }

    /// Whom it is about; `None` where that cannot be read, or where it is about nobody.
    fn peers(&self, one: &str, several: &str, groups: &str) -> Option<Vec<Peer>> {
        let mut texts = self.values(one, several)?;
        for group in self.list(groups)? {
            texts.push(group.get("id").and_then(Value::as_str)?);
        }
        let peers: Vec<_> = texts.into_iter().map(|text| Peer::read(&cleaned(text))).collect();
        (!peers.is_empty()).then_some(peers)
    }
}

fn once<T: PartialEq>(all: Vec<T>) -> Vec<T> {
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
            "destinationPortRanges": ["80", "3380-3390"]}}))
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
    fn only_what_goes_out_is_left_out() {
        let out = json!({"name":"out","properties":{"priority":1,"direction":"Outbound","access":"Allow"}});
        assert_eq!(read(&out), None);
    }

    /// Part after part of a good rule is made unreadable: the rule stays, as a doubt that is as wide as that part.
    #[test]
    fn what_cannot_be_read_is_kept_as_a_doubt() {
        let good = json!({"priority": 300, "direction": "Inbound", "access": "Allow", "protocol": "Tcp",
            "sourceAddressPrefix": "198.51.100.7", "destinationAddressPrefix": "10.0.0.4", "destinationPortRange": "22"});
        let with = |member: &str, value: Value| {
            let mut properties = good.clone();
            properties[member] = value;
            read(&json!({"name": "odd", "properties": properties})).unwrap()
        };
        let known = with("access", json!("Allow"));
        assert_eq!(known.access, Access::Allow);
        for (member, value) in [
            ("access", json!("AlwaysAllow")),
            ("access", json!(null)),
            ("direction", json!("Sideways")),
            ("protocol", json!(6)),
            ("priority", json!("first")),
            ("destinationPortRange", json!("ssh")),
            ("destinationPortRange", json!(22)),
            ("destinationPortRange", json!(null)),
            ("destinationPortRanges", json!(["443", 7])),
            ("destinationPortRanges", json!("443")),
            ("sourcePortRange", json!("1024-65535")),
            ("sourcePortRange", json!("0")),
            ("sourcePortRange", json!("ssh")),
            ("sourcePortRange", json!(22)),
            ("sourcePortRanges", json!(["*", "53"])),
            ("sourcePortRanges", json!("*")),
            ("sourceAddressPrefix", json!({})),
            ("sourceAddressPrefix", json!(null)),
            ("sourceApplicationSecurityGroups", json!([{"name": "web"}])),
            ("destinationAddressPrefixes", json!([null])),
        ] {
            let odd = with(member, value.clone());
            assert_eq!(
                (odd.name.as_str(), odd.access),
                ("odd", Access::Unread),
                "{member} {value}"
            );
            assert!(
                odd.ports == known.ports || odd.ports == [PortRange::ALL],
                "{member} {value}"
            );
            assert!(
                odd.sources == known.sources || odd.sources == [Peer::Everybody],
                "{member} {value}"
            );
            assert!(odd.priority == 300 || odd.priority == FIRST, "{member} {value}");
        }
        for (member, value) in [
            ("sourcePortRange", json!("*")),
            ("sourcePortRange", json!("0-65535")),
            ("sourcePortRange", json!("")),
            ("sourcePortRange", json!(null)),
            ("sourcePortRanges", json!([])),
            ("sourcePortRanges", json!(["0-65535"])),
        ] {
            assert_eq!(with(member, value.clone()), known, "{member} {value}");
        }
        for rubbish in [
            json!("rule"),
            json!(null),
            json!(7),
            json!({"name": "x", "properties": {}}),
        ] {
            let odd = read(&rubbish).unwrap();
            assert_eq!((odd.access, odd.priority), (Access::Unread, FIRST), "{rubbish}");
            assert_eq!(odd.ports, [PortRange::ALL]);
        }
    }
}
