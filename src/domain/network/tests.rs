use super::*;

pub(super) const HERE: &str = "10.0.0.4";
const GROUP: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/";
pub(super) const DENY: (u32, &str, &str, &str, &str, &str) = (
    1000,
    "MicrosoftDefenderForCloud-JITRule_1_a",
    "deny",
    "*",
    HERE,
    "22",
);
pub(super) const WINDOW: (u32, &str, &str, &str, &str, &str) = (
    100,
    "MicrosoftDefenderForCloud-JITRule-1-b",
    "allow",
    "198.51.100.7",
    HERE,
    "22",
);

pub(super) fn nic() -> NicId {
    "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/g/providers/Microsoft.Network/networkInterfaces/nic"
        .parse()
        .unwrap()
}

/// A rule as (priority, name, access, sources, destinations, ports), lists with commas.
fn rule((priority, name, access, sources, destinations, ports): (u32, &str, &str, &str, &str, &str)) -> Rule {
    Rule {
        name: name.to_owned(),
        priority,
        access: match access {
            "allow" => Access::Allow,
            "unread" => Access::Unread,
            _ => Access::Deny,
        },
        protocol: RuleProtocol::Tcp,
        ports: ports.split(',').filter_map(PortRange::read).collect(),
        sources: sources.split(',').map(Peer::read).collect(),
        destinations: destinations.split(',').map(Peer::read).collect(),
    }
}

/// The rules as a group has them: with those that every group ends with.
pub(super) fn group(rules: &[(u32, &str, &str, &str, &str, &str)]) -> Vec<Rule> {
    rules.iter().copied().map(rule).chain(Rule::defaults()).collect()
}

pub(super) fn way(private: Option<&str>, groups: &[&str]) -> Way {
    let places = [Place::Subnet, Place::Interface];
    let layer = |(place, name): (Place, &&str)| Layer {
        place,
        group: format!("{GROUP}{name}").to_lowercase(),
    };
    Way {
        nic: nic(),
        private: private.and_then(|text| text.parse().ok()),
        layers: places
            .into_iter()
            .skip(2_usize.saturating_sub(groups.len()))
            .zip(groups)
            .map(layer)
            .collect(),
        complete: true,
    }
}

pub(super) fn known(groups: &[(&str, Vec<Rule>)]) -> Groups {
    let mut known = Groups::default();
    for (name, rules) in groups {
        known.insert(&format!("{GROUP}{name}"), rules.clone());
    }
    known
}

pub(super) fn one(rules: &[(u32, &str, &str, &str, &str, &str)], port: u16) -> Verdict {
    let groups = known(&[("one", group(rules))]);
    judge(
        &[way(Some(HERE), &["one"])],
        &groups,
        Port::new(port).unwrap(),
        Protocol::Tcp,
    )
}

/// The verdict in one word, with the rules that decided and the source.
pub(super) fn word(verdict: &Verdict) -> String {
    let opening = |opening: &Opening| {
        let rules: Vec<_> = opening.rules.iter().map(|passed| passed.rule.as_str()).collect();
        format!("{} from {}", rules.join("+"), opening.source)
    };
    let all = |openings: &[Opening]| openings.iter().map(opening).collect::<Vec<_>>().join(", ");
    match verdict {
        Verdict::Closed { by } => format!(
            "closed by {}",
            by.as_ref().map_or("nothing", |by| by.rule.as_str())
        ),
        Verdict::ByJit { windows, beside } if beside.is_empty() => format!("window {}", all(windows)),
        Verdict::ByJit { windows, beside } => format!("window {}, beside {}", all(windows), all(beside)),
        Verdict::Anyway {
            through,
            reach: Reach::Anybody,
        } => format!("anybody {}", opening(through)),
        Verdict::Anyway { through, .. } => format!("broad {}", opening(through)),
        Verdict::Narrow { through } => format!("narrow {}", all(through)),
        Verdict::CannotTell { why } => format!("unknown {why:?}"),
    }
}

#[test]
fn jit_keeps_a_port_shut_until_a_window_lets_one_source_in() {
    let shut = "closed by MicrosoftDefenderForCloud-JITRule_1_a";
    assert_eq!(word(&one(&[DENY], 22)), shut);
    assert_eq!(
        word(&one(&[DENY, WINDOW], 22)),
        "window MicrosoftDefenderForCloud-JITRule-1-b from 198.51.100.7"
    );
    let everybody = (100, "SecurityCenter-JITRule-1-b", "allow", "*", HERE, "22");
    assert_eq!(
        word(&one(&[DENY, everybody], 22)),
        "window SecurityCenter-JITRule-1-b from *",
        "the rule of a window is no hole, however wide it is"
    );
}

#[test]
fn a_broad_rule_before_the_deny_makes_it_void() {
    for (source, word_expected) in [
        ("*", "anybody open from *"),
        ("Internet", "anybody open from Internet"),
        ("0.0.0.0/0", "anybody open from *"),
        ("10.0.0.0/8", "broad open from 10.0.0.0/8"),
        ("AzureCloud.WestEurope", "broad open from AzureCloud.WestEurope"),
        ("203.0.113.9,0.0.0.0/1", "anybody open from 0.0.0.0/1"),
    ] {
        assert_eq!(
            word(&one(&[DENY, (300, "open", "allow", source, "*", "20-30")], 22)),
            word_expected
        );
    }
}

#[test]
fn what_comes_after_the_deny_or_is_about_something_else_opens_nothing() {
    for (priority, source, to, ports) in [
        (2000, "*", "*", "22"),
        (300, "*", "10.9.9.9", "22"),
        (300, "*", "*", "443"),
        (300, "2001:db8::/32", "*", "22"),
        (300, "AzureLoadBalancer", "*", "22"),
    ] {
        let verdict = one(&[DENY, (priority, "open", "allow", source, to, ports)], 22);
        assert!(
            matches!(verdict, Verdict::Closed { .. }),
            "{priority} {source} {to} {ports}: {verdict:?}"
        );
    }
}

#[test]
fn a_narrow_source_is_told_apart() {
    assert_eq!(
        word(&one(
            &[
                DENY,
                (300, "office", "allow", "203.0.113.0/24,VirtualNetwork", "*", "22")
            ],
            22
        )),
        "narrow office from 203.0.113.0/24, office from VirtualNetwork"
    );
    assert_eq!(
        word(&one(
            &[
                DENY,
                WINDOW,
                (300, "office", "allow", "203.0.113.0/24", "*", "22")
            ],
            22
        )),
        "window MicrosoftDefenderForCloud-JITRule-1-b from 198.51.100.7, beside office from 203.0.113.0/24"
    );
    assert_eq!(
        word(&one(&[], 22)),
        "narrow AllowVnetInBound from VirtualNetwork",
        "the rules that every group ends with"
    );
}

#[test]
fn an_earlier_deny_takes_away_from_a_later_allow() {
    let rules = [
        (200, "not-them", "deny", "0.0.0.0/1,128.0.0.0/2", "*", "*"),
        (300, "open", "allow", "*", "*", "22"),
    ];
    assert_eq!(word(&one(&rules, 22)), "broad open from *", "a quarter is left");
    let all = [
        (200, "nobody", "deny", "0.0.0.0/1,128.0.0.0/1", "*", "*"),
        (300, "open", "allow", "*", "*", "22"),
    ];
    assert_eq!(word(&one(&all, 22)), "closed by nobody");
}

#[test]
fn both_groups_on_the_way_have_to_let_it_in() {
    let open = || group(&[(300, "open", "allow", "*", "*", "*")]);
    let told = |subnet: Vec<Rule>, interface: Vec<Rule>| {
        let groups = known(&[("subnet", subnet), ("nic", interface)]);
        word(&judge(
            &[way(Some(HERE), &["subnet", "nic"])],
            &groups,
            Port::new(22).unwrap(),
            Protocol::Tcp,
        ))
    };
    let shut = "closed by MicrosoftDefenderForCloud-JITRule_1_a";
    assert_eq!(told(open(), group(&[DENY])), shut);
    assert_eq!(told(group(&[DENY]), open()), shut);
    assert_eq!(told(open(), open()), "anybody open+open from *");
    let office = group(&[(300, "office", "allow", "203.0.113.0/24", "*", "22")]);
    assert_eq!(
        told(open(), office),
        "narrow open+office from 203.0.113.0/24, open+AllowVnetInBound from VirtualNetwork"
    );
    assert_eq!(
        told(group(&[DENY, WINDOW]), open()),
        "window MicrosoftDefenderForCloud-JITRule-1-b+open from 198.51.100.7"
    );
}

#[test]
fn protocols_and_ports_are_looked_at() {
    let mut udp = rule((300, "udp", "allow", "*", "*", "*"));
    udp.protocol = RuleProtocol::Udp;
    let mut ping = rule((310, "ping", "allow", "*", "*", "*"));
    ping.protocol = RuleProtocol::Other;
    let groups = known(&[("one", vec![udp, ping])]);
    let told = |protocol| {
        word(&judge(
            &[way(Some(HERE), &["one"])],
            &groups,
            Port::new(22).unwrap(),
            protocol,
        ))
    };
    assert_eq!(told(Protocol::Tcp), "closed by nothing");
    assert_eq!(told(Protocol::Udp), "anybody udp from *");
    assert_eq!(told(Protocol::Any), "anybody udp from *");
    assert_eq!(
        word(&one(&[(300, "many", "allow", "*", "*", "80,3380-3390")], 3389)),
        "anybody many from *"
    );
    for text in ["", "x", "70000", "1-2-3", "-"] {
        assert_eq!(PortRange::read(text), None, "{text}");
    }
}

#[test]
fn what_cannot_be_told_is_said() {
    let open = group(&[(300, "open", "allow", "*", "*", "22")]);
    let groups = known(&[("one", open)]);
    let told = |ways: &[Way]| word(&judge(ways, &groups, Port::new(22).unwrap(), Protocol::Tcp));
    assert_eq!(told(&[]), "unknown NoInterface");
    assert_eq!(told(&[way(Some(HERE), &[])]), "unknown NoGroup");
    assert!(told(&[way(Some(HERE), &["one", "secret"])]).starts_with("unknown Unreadable"));
    let mut incomplete = way(Some(HERE), &["one"]);
    incomplete.complete = false;
    assert_eq!(told(&[incomplete]), "unknown Incomplete");
    // Shut is shut, whatever else is on the way.
    let shut = known(&[("one", group(&[DENY]))]);
    let behind = way(Some(HERE), &["secret", "one"]);
    assert!(matches!(
        judge(&[behind], &shut, Port::new(22).unwrap(), Protocol::Tcp),
        Verdict::Closed { .. }
    ));
}

#[test]
fn a_rule_for_machines_that_it_does_not_name_leaves_a_doubt() {
    let members = "/subscriptions/s/providers/Microsoft.Network/applicationSecurityGroups/web";
    let told = |rules: &[(u32, &str, &str, &str, &str, &str)]| word(&one(rules, 22));
    let doubt = "unknown Rule { rule: \"open\" }";
    assert_eq!(told(&[DENY, (300, "open", "allow", "*", members, "22")]), doubt);
    assert_eq!(
        told(&[
            (200, "maybe", "deny", "*", members, "22"),
            (300, "open", "allow", "*", "*", "22")
        ]),
        doubt
    );
    assert_eq!(
        told(&[DENY, (300, "inside", "allow", members, "*", "22")]),
        "narrow inside from web",
        "a source that only Azure knows is not half the world"
    );
    let groups = known(&[("one", group(&[DENY, (300, "open", "allow", "*", HERE, "22")]))]);
    let verdict = judge(
        &[way(None, &["one"])],
        &groups,
        Port::new(22).unwrap(),
        Protocol::Tcp,
    );
    assert_eq!(word(&verdict), doubt, "the machine's address is not known");
}

#[test]
fn the_most_open_interface_counts() {
    let groups = known(&[
        ("shut", group(&[DENY])),
        ("open", group(&[(300, "open", "allow", "*", "*", "22")])),
    ]);
    let ways = [way(Some(HERE), &["shut"]), way(Some("10.0.0.5"), &["open"])];
    assert_eq!(
        word(&judge(&ways, &groups, Port::new(22).unwrap(), Protocol::Tcp)),
        "anybody open from *"
    );
}

#[test]
fn what_stands_beside_jit_is_found_for_the_ports_that_it_guards() {
    let guarded = [22, 443].map(|number| JitPort {
        port: Port::new(number).unwrap(),
        protocol: Protocol::Tcp,
        sources: crate::domain::vm::AllowedSources::Any,
        max: std::time::Duration::from_secs(3600),
    });
    let deny = (
        1000,
        "MicrosoftDefenderForCloud-JITRule_1_a",
        "deny",
        "*",
        HERE,
        "22,443",
    );
    let rules = group(&[
        deny,
        (300, "office", "allow", "203.0.113.0/24", "*", "22"),
        (310, "open", "allow", "*", "*", "3389"),
    ]);
    let groups = known(&[("one", rules)]);
    let ways = [way(Some(HERE), &["one"])];
    let told = |found: Vec<OpenAnyway>| {
        found
            .into_iter()
            .map(|open| (open.port.number(), open.rule, open.source))
            .collect::<Vec<_>>()
    };
    let one = |port, rule: &str, source: &str| vec![(port, rule.to_owned(), source.to_owned())];
    assert_eq!(
        told(beside_jit(&ways, &groups, &guarded)),
        one(22, "office", "203.0.113.0/24")
    );
    assert_eq!(
        told(open_anyway(&ways, &groups, &guarded)),
        one(3389, "open", "*")
    );
}

#[test]
fn rules_are_marked_and_read_back_as_they_were() {
    assert_eq!(rule(DENY).jit(), Some(JitRule::Deny));
    assert_eq!(rule(WINDOW).jit(), Some(JitRule::Allow));
    for name in [
        "JITRule-1",
        "MicrosoftDefenderForCloud-JITRule",
        "xSecurityCenter-JITRule-1",
        "ssh",
    ] {
        assert_eq!(rule((1, name, "allow", "*", "*", "*")).jit(), None, "{name}");
    }
    assert!(Rule::defaults().iter().all(Rule::is_default));
    let members = "/subscriptions/s/providers/Microsoft.Network/applicationSecurityGroups/web";
    let odd = rule((
        1,
        "odd",
        "allow",
        &format!("*,Internet,10.0.0.4,10.0.0.0/8,2001:db8::/32,Storage,{members}"),
        "VirtualNetwork",
        "*",
    ));
    let read: Rule = serde_json::from_value(serde_json::to_value(&odd).unwrap()).unwrap();
    assert_eq!(read, odd);
}
