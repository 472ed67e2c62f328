//! The judgement against the plain meaning of the rules: look at one source, and let the first rule that fits decide.

use std::net::Ipv4Addr;

use proptest::prelude::*;

use super::{
    judge::{Piece, let_in_all},
    tests::nic,
    *,
};

const HERE: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 4);

fn peer() -> impl Strategy<Value = Peer> {
    prop_oneof![
        Just(Peer::Everybody),
        Just(Peer::Internet),
        Just(Peer::VirtualNetwork),
        // Few networks with few addresses, so that they overlap.
        (0_u8..4, 0_u8..3).prop_map(|(number, prefix)| {
            let address = Ipv4Addr::new([10, 198, 198, 203][usize::from(number)], number, 0, 7);
            Peer::read(&format!("{address}/{}", [8, 16, 32][usize::from(prefix)]))
        }),
    ]
}

fn some_rule() -> impl Strategy<Value = Rule> {
    let protocol = prop_oneof![
        Just(RuleProtocol::Any),
        Just(RuleProtocol::Tcp),
        Just(RuleProtocol::Udp)
    ];
    (
        100_u32..200,
        any::<bool>(),
        protocol,
        prop::collection::vec((20_u16..26, 0_u16..4), 1..3),
        prop::collection::vec(peer(), 1..3),
        prop::collection::vec(
            prop_oneof![
                Just(Peer::Everybody),
                Just(Peer::read("10.0.0.0/24")),
                Just(Peer::read("10.9.9.9"))
            ],
            1..3,
        ),
    )
        .prop_map(
            |(priority, allows, protocol, ports, sources, destinations)| Rule {
                name: format!("rule-{priority}"),
                priority,
                access: if allows { Access::Allow } else { Access::Deny },
                protocol,
                ports: ports
                    .into_iter()
                    .map(|(low, more)| PortRange(low, low + more))
                    .collect(),
                sources,
                destinations,
            },
        )
}

/// Priorities are unique in a group.
fn some_group() -> impl Strategy<Value = Vec<Rule>> {
    prop::collection::vec(some_rule(), 0..8).prop_map(|mut rules| {
        rules.sort_by_key(|rule| rule.priority);
        rules.dedup_by_key(|rule| rule.priority);
        rules.extend(Rule::defaults());
        rules
    })
}

fn covers(peer: &Peer, address: Ipv4Addr) -> bool {
    peer.addresses().is_some_and(|set| set.contains(address))
}

/// One source at one group, as Azure documents it.
fn passes(rules: &[Rule], source: Ipv4Addr, port: Port) -> bool {
    rules
        .iter()
        .filter(|rule| matches!(rule.protocol, RuleProtocol::Any | RuleProtocol::Tcp))
        .filter(|rule| {
            rule.ports
                .iter()
                .any(|range| (range.0..=range.1).contains(&port.number()))
        })
        .filter(|rule| {
            rule.destinations
                .iter()
                .any(|peer| peer.reaches(Some(HERE)) == Some(true))
        })
        .find(|rule| rule.sources.iter().any(|peer| covers(peer, source)))
        .is_some_and(|rule| rule.access == Access::Allow)
}

fn pieces(groups: &[Vec<Rule>], port: Port) -> Vec<Piece> {
    let mut known = Groups::default();
    let mut layers = Vec::new();
    for (number, rules) in groups.iter().enumerate() {
        known.insert(&number.to_string(), rules.clone());
        layers.push(Layer {
            place: Place::Subnet,
            group: number.to_string(),
        });
    }
    let way = Way {
        nic: nic(),
        private: Some(HERE),
        layers,
        complete: true,
    };
    let_in_all(&way, &known, port, Protocol::Tcp)
}

proptest! {
    #[test]
    fn each_source_gets_in_exactly_where_every_group_lets_it(
        groups in prop::collection::vec(some_group(), 1..3),
        number in 20_u16..30,
        sources in prop::collection::vec((prop_oneof![Just(10_u8), Just(198), Just(203), Just(8)], 0_u8..4, prop_oneof![Just(7_u8), Just(8)]), 1..20),
    ) {
        let port = Port::new(number).unwrap();
        let found = pieces(&groups, port);
        for (a, b, d) in sources {
            let source = Ipv4Addr::new(a, b, 0, d);
            let expected = groups.iter().all(|rules| passes(rules, source, port));
            let gets_in = found.iter().any(|piece| piece.contains(source));
            prop_assert_eq!(gets_in, expected, "{} on {}", source, port);
        }
    }

    #[test]
    fn the_order_in_which_rules_are_read_is_nothing(rules in some_group().prop_shuffle(), number in 20_u16..30) {
        let port = Port::new(number).unwrap();
        let mut sorted = rules.clone();
        sorted.sort_by_key(|rule| rule.priority);
        let told = |rules: Vec<Rule>| {
            let mut groups = Groups::default();
            groups.insert("g", rules);
            let way = Way {
                nic: nic(),
                private: Some(HERE),
                layers: vec![Layer { place: Place::Interface, group: "g".to_owned() }],
                complete: true,
            };
            judge(&[way], &groups, port, Protocol::Tcp)
        };
        prop_assert_eq!(told(rules), told(sorted));
    }

    /// A second group can only take away.
    #[test]
    fn a_second_group_never_opens_anything(first in some_group(), second in some_group(), number in 20_u16..30) {
        let port = Port::new(number).unwrap();
        let alone = pieces(std::slice::from_ref(&first), port);
        for piece in pieces(&[first, second], port) {
            prop_assert!(alone.iter().any(|wider| wider.covers(&piece)));
        }
    }
}
