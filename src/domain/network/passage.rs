//! Whether one group lets one source in: what has to hold of every group on the way before a window is called open.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use super::{Access, Rule, set::Set};
use crate::domain::{port::Port, vm::Protocol};

/// Whether some of `source` passes `rules`, which stand in the order in which they are asked. `None`: a rule decides
/// of which nobody here can tell what it says of this machine or of this source.
pub fn lets_in(
    rules: &[Rule],
    port: Port,
    protocol: Protocol,
    private: Option<Ipv4Addr>,
    source: Ipv4Net,
) -> Option<bool> {
    let mut left = Set::of(source);
    let (mut may_allow, mut may_deny) = (false, false);
    for rule in rules {
        let certain = match rule.concerns(port, protocol, private) {
            Some(false) => continue,
            Some(true) => rule.access != Access::Unread,
            None => false,
        };
        for peer in &rule.sources {
            let known = peer.addresses();
            if known.as_ref().is_some_and(|set| set.and(&left).is_empty()) {
                continue;
            }
            match known.filter(|_| certain) {
                Some(_) if rule.access == Access::Allow => return (!may_deny).then_some(true),
                Some(set) => left = left.without(&set),
                None => {
                    may_allow |= rule.access != Access::Deny;
                    may_deny |= rule.access != Access::Allow;
                }
            }
        }
        if left.is_empty() {
            break;
        }
    }
    (!may_allow).then_some(false)
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Peer, PortRange, RuleProtocol},
        *,
    };

    const HERE: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 4);

    fn rule(access: Access, source: &str, destination: &str) -> Rule {
        Rule {
            name: "x".to_owned(),
            priority: 100,
            access,
            protocol: RuleProtocol::Tcp,
            ports: vec![PortRange(22, 22)],
            sources: vec![Peer::read(source)],
            destinations: vec![Peer::read(destination)],
        }
    }

    fn passes(rules: &[Rule], source: &str) -> Option<bool> {
        let rules: Vec<_> = rules.iter().cloned().chain(Rule::defaults()).collect();
        lets_in(
            &rules,
            "ssh".parse().unwrap(),
            Protocol::Tcp,
            Some(HERE),
            source.parse().unwrap(),
        )
    }

    #[test]
    fn the_first_rule_that_is_about_the_source_decides() {
        use Access::{Allow, Deny, Unread};
        const HIM: &str = "198.51.100.7/32";
        let window = rule(Allow, "198.51.100.7", "10.0.0.4");
        let deny = rule(Deny, "*", "10.0.0.4");
        let both = [window.clone(), deny.clone()];
        assert_eq!(passes(&both, HIM), Some(true));
        assert_eq!(passes(&both, "198.51.100.8/32"), Some(false));
        assert_eq!(
            passes(&[deny.clone(), window.clone()], HIM),
            Some(false),
            "it stands behind"
        );
        assert_eq!(passes(&[], HIM), Some(false), "every group ends with a deny");
        assert_eq!(
            passes(&[], "10.0.0.9/32"),
            Some(true),
            "inside of the virtual network"
        );
        assert_eq!(
            passes(&both, "198.51.100.0/24"),
            Some(true),
            "a part of it passes"
        );
        // What cannot be read may let it in or keep it out.
        let odd = rule(Unread, "*", "*");
        assert_eq!(passes(&[odd.clone(), window.clone()], HIM), None);
        assert_eq!(passes(&[odd.clone(), deny.clone()], HIM), None);
        assert_eq!(
            passes(&[window.clone(), odd], HIM),
            Some(true),
            "it comes too late"
        );
        let elsewhere = rule(Unread, "203.0.113.0/24", "*");
        assert_eq!(
            passes(&[elsewhere, window.clone()], HIM),
            Some(true),
            "it is about others"
        );
        // The same for tags, and for groups of machines.
        assert_eq!(
            passes(&[rule(Deny, "AzureCloud", "*"), window.clone()], HIM),
            None
        );
        assert_eq!(
            passes(&[rule(Deny, "AzureCloud", "*"), deny.clone()], HIM),
            Some(false)
        );
        let members =
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/applicationSecurityGroups/web";
        assert_eq!(passes(&[rule(Deny, "*", members), window], HIM), None);
        assert_eq!(passes(&[rule(Allow, "*", members), deny], HIM), None);
    }
}
