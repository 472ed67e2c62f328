//! Ports that are open whatever JIT does: an allow rule for half the world that stands before JIT's deny rule.

use std::net::Ipv4Addr;

use super::rule::Rule;
use crate::domain::{
    port::{NAMED, Port},
    vm::OpenAnyway,
};

/// The ports of `extra`, and those over which machines are managed, that a broad rule opens.
///
/// `path` has the rules of each network security group on the way, each ordered by priority: what gets in has to
/// pass all of them. Without any group nothing is judged: then the address decides, and JIT does not work anyway.
pub(super) fn open_anyway(path: &[&[Rule]], private: Option<Ipv4Addr>, extra: &[Port]) -> Vec<OpenAnyway> {
    let mut ports: Vec<_> = NAMED
        .iter()
        .filter_map(|(_, number)| Port::new(*number))
        .collect();
    ports.extend(extra);
    ports.sort_unstable();
    ports.dedup();
    ports
        .into_iter()
        .filter_map(|port| {
            let mut found = None;
            for rules in path {
                let (rule, source) = lets_in(rules, port, private)?;
                found = Some(OpenAnyway {
                    port,
                    rule: rule.name.clone(),
                    source,
                });
            }
            found
        })
        .collect()
}

/// The rule that lets half the world in, if it comes before one that keeps everybody out. A group's default rules
/// let no stranger in.
fn lets_in(rules: &[Rule], port: Port, private: Option<Ipv4Addr>) -> Option<(&Rule, String)> {
    for rule in rules.iter().filter(|rule| rule.concerns(port, private)) {
        if rule.allows {
            if let Some(source) = rule.broad_source().filter(|_| !rule.is_window) {
                return Some((rule, source));
            }
        } else if rule.is_for_everybody() {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const HERE: &str = "10.0.0.4";

    /// Rules as (priority, name, access, source, destination, ports), in the order of their priority.
    fn rules(rules: &[(u32, &str, &str, &str, &str, &str)]) -> Vec<Rule> {
        let mut read: Vec<_> = rules
            .iter()
            .map(|(priority, name, access, source, to, ports)| {
                Rule::read(&json!({"name": name, "properties": {
                    "priority": priority, "direction": "Inbound", "access": access, "protocol": "Tcp",
                    "sourceAddressPrefix": source, "destinationAddressPrefix": to, "destinationPortRange": ports}}))
                .unwrap()
            })
            .collect();
        read.sort_by_key(|rule| rule.priority);
        read
    }

    fn found(path: &[&[Rule]], extra: &[u16]) -> Vec<(u16, String, String)> {
        let extra: Vec<_> = extra.iter().filter_map(|number| Port::new(*number)).collect();
        open_anyway(path, HERE.parse().ok(), &extra)
            .into_iter()
            .map(|open| (open.port.number(), open.rule, open.source))
            .collect()
    }

    fn one(port: u16, rule: &str, source: &str) -> Vec<(u16, String, String)> {
        vec![(port, rule.to_owned(), source.to_owned())]
    }

    const DENY: (u32, &str, &str, &str, &str, &str) = (
        1000,
        "MicrosoftDefenderForCloud-JITRule_1_a",
        "Deny",
        "*",
        HERE,
        "22",
    );

    #[test]
    fn a_broad_rule_before_the_deny_makes_it_void() {
        for source in ["*", "Internet", "0.0.0.0/0", "10.0.0.0/8", "AzureCloud"] {
            let group = rules(&[DENY, (300, "open-ssh", "Allow", source, "*", "22")]);
            assert_eq!(found(&[&group], &[]), one(22, "open-ssh", source));
        }
        for (priority, source, to, ports) in [
            (2000, "*", "*", "22"),
            (300, "203.0.113.0/24", "*", "22"),
            (300, "VirtualNetwork", "*", "22"),
            (300, "*", "10.9.9.9", "22"),
            (300, "*", "*", "443"),
        ] {
            let group = rules(&[DENY, (priority, "open", "Allow", source, to, ports)]);
            assert_eq!(found(&[&group], &[]), [], "{priority} {source} {to} {ports}");
        }
    }

    #[test]
    fn the_rule_of_an_open_window_is_no_hole() {
        let group = rules(&[
            DENY,
            (
                100,
                "MicrosoftDefenderForCloud-JITRule-1-b",
                "Allow",
                "*",
                HERE,
                "22",
            ),
        ]);
        assert_eq!(found(&[&group], &[]), []);
    }

    #[test]
    fn ranges_lists_and_a_vms_own_jit_ports_count() {
        let group = rules(&[(300, "wide", "Allow", "*", "10.0.0.0/24", "8000-9000")]);
        assert_eq!(found(&[&group], &[8443]), one(8443, "wide", "*"));
        assert_eq!(found(&[&group], &[]), []);
        let value = json!({"name": "list", "properties": {"priority": 1, "direction": "Inbound", "access": "Allow",
            "protocol": "*", "sourceAddressPrefixes": ["203.0.113.9", "0.0.0.0/1"], "destinationAddressPrefix": "*",
            "destinationPortRanges": ["80", "3380-3390"]}});
        let listed = [Rule::read(&value).unwrap()];
        assert_eq!(found(&[&listed], &[]), one(3389, "list", "0.0.0.0/1"));
    }

    #[test]
    fn both_groups_on_the_way_have_to_let_it_in() {
        let open = rules(&[(300, "open", "Allow", "*", "*", "*")]);
        let shut = rules(&[DENY]);
        assert_eq!(found(&[&open, &shut], &[]), []);
        assert_eq!(found(&[&shut, &open], &[]), []);
        assert_eq!(found(&[&open, &open], &[]).len(), NAMED.len());
        assert_eq!(found(&[], &[]), []);
    }

    #[test]
    fn other_directions_protocols_and_rubbish_are_left_out() {
        for value in [
            json!({"name":"out","properties":{"priority":1,"direction":"Outbound","access":"Allow"}}),
            json!({"name":"x","properties":{}}),
            json!("rule"),
            json!(null),
        ] {
            assert_eq!(Rule::read(&value), None, "{value}");
        }
        let value = json!({"name": "udp", "properties": {"priority": 1, "direction": "Inbound", "access": "Allow",
            "protocol": "Udp", "sourceAddressPrefix": "*", "destinationAddressPrefix": "*", "destinationPortRange": "*"}});
        assert_eq!(found(&[&[Rule::read(&value).unwrap()]], &[]), []);
    }
}
