//! `/jit rules` as people read it.

use std::time::Duration;

use insta::assert_snapshot;
use proptest::prelude::*;

use super::properties::assert_taken;
use crate::{
    chat::message::{
        button::RulesPage,
        network_rules::{NotTold, Origin, Picture, Said, UntilOf, not_allowed, rules},
        sample::{at, port, vm_id},
    },
    domain::{
        ids::{LookId, RequestNumber},
        network::{Access, Groups, Layer, Peer, Place, PortRange, Rule, RuleProtocol, Way, judge},
        text::FreeText,
        trouble::Trouble,
        vm::Protocol,
    },
};

const GROUP: &str =
    "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/prod-web/providers/Microsoft.Network";

pub(super) fn rule(priority: u32, name: &str, access: Access, source: &str, to: &str, ports: &str) -> Rule {
    Rule {
        name: name.to_owned(),
        priority,
        access,
        protocol: RuleProtocol::Tcp,
        ports: ports.split(',').filter_map(PortRange::read).collect(),
        sources: source.split(',').map(Peer::read).collect(),
        destinations: vec![Peer::read(to)],
    }
}

/// The picture of web-01 with these rules at its interface.
pub(super) fn picture(own: Vec<Rule>, origin: Origin) -> Picture {
    let group = format!("{GROUP}/networkSecurityGroups/web-nsg").to_lowercase();
    let mut groups = Groups::default();
    groups.insert(&group, own.into_iter().chain(Rule::defaults()).collect());
    let ways = vec![Way {
        nic: format!("{GROUP}/networkInterfaces/web-01-nic").parse().unwrap(),
        private: "10.0.0.4".parse().ok(),
        layers: vec![Layer {
            place: Place::Interface,
            group,
        }],
        complete: true,
    }];
    let verdicts = [22, 443, 3389]
        .map(|number| Said {
            port: port(number),
            over: None,
            verdict: judge(&ways, &groups, port(number), Protocol::Tcp),
        })
        .to_vec();
    Picture {
        vm: vm_id("web-01"),
        verdicts,
        guarded: vec![port(22), port(443)],
        until: vec![UntilOf {
            port: port(22),
            source: "198.51.100.7/32".parse().unwrap(),
            ends_at: at(62),
            request: Some(RequestNumber(17)),
        }],
        ways,
        groups,
        origin,
    }
}

fn page(page: u16) -> RulesPage {
    RulesPage {
        look: LookId(uuid::Uuid::from_u128(7)),
        page,
    }
}

fn text(picture: &Picture) -> String {
    let embed = serde_json::to_value(&rules(picture, page(0)).embeds[0]).unwrap();
    let mut lines = vec![
        embed["title"].as_str().unwrap().to_owned(),
        embed["description"].as_str().unwrap().to_owned(),
    ];
    for field in embed["fields"].as_array().into_iter().flatten() {
        lines.push(format!(
            "[{}]\n{}",
            field["name"].as_str().unwrap(),
            field["value"].as_str().unwrap()
        ));
    }
    lines.join("\n")
}

#[test]
fn verdicts_come_first_and_the_rules_follow_in_their_order() {
    let own = vec![
        rule(
            1000,
            "MicrosoftDefenderForCloud-JITRule_1_a",
            Access::Deny,
            "*",
            "10.0.0.4",
            "22,443",
        ),
        rule(
            100,
            "MicrosoftDefenderForCloud-JITRule-2-b",
            Access::Allow,
            "198.51.100.7",
            "10.0.0.4",
            "22",
        ),
        rule(300, "AllowRdp", Access::Allow, "Internet", "*", "3380-3390"),
        rule(310, "mail", Access::Allow, "*", "*", "25"),
    ];
    assert_snapshot!(text(&picture(own, Origin::Azure)), @r"
    Network rules of web-01
    These are the rules in effect, read from Azure just now.

    **SSH 22** is open by JIT until <t:1800003720:F> (<t:1800003720:R>) from `198.51.100.7` (request 17).
    **443** is closed: JIT's deny rule keeps everybody out.
    **RDP 3389** is **open anyway** **to anybody**: rule `AllowRdp` lets `Internet` in and JIT does not guard it.
    [At the interface, group web-nsg]
    100 allow TCP 22 from `198.51.100.7` to `10.0.0.4` · `MicrosoftDefenderForCloud-JITRule-2-b` · **JIT's rule for one window**
    300 allow TCP 3380-3390 from `Internet` to `*` · `AllowRdp`
    1000 deny TCP 22, 443 from `*` to `10.0.0.4` · `MicrosoftDefenderForCloud-JITRule_1_a` · **JIT's deny rule**
    65000 allow any protocol all ports from `VirtualNetwork` to `VirtualNetwork` · `AllowVnetInBound` · built in
    65001 allow any protocol all ports from `AzureLoadBalancer` to `*` · `AllowAzureLoadBalancerInBound` · built in
    65500 deny any protocol all ports from `*` to `*` · `DenyAllInBound` · built in
    1 rule is about other ports or machines.
    ");
}

#[test]
fn why_azure_did_not_tell_is_said_with_the_age_of_what_is_shown() {
    let own = || {
        vec![rule(
            300,
            "office",
            Access::Allow,
            "203.0.113.0/24",
            "*",
            "22,443",
        )]
    };
    let told = |why| {
        let origin = Origin::Inventory {
            read_at: Some(at(1)),
            why,
        };
        text(&picture(own(), origin)).lines().nth(1).unwrap().to_owned()
    };
    assert_snapshot!(told(NotTold::NotRunning), @r"Azure tells the rules in effect only for a machine that runs, and this one does not. These are the rules of the inventory, read <t:1800000060:R>; they may have changed.");
    assert_snapshot!(told(NotTold::TooSlow { waited: Duration::from_secs(60) }), @r"Azure did not tell the rules in effect within 60 seconds. These are the rules of the inventory, read <t:1800000060:R>; they may have changed.");
    assert_snapshot!(told(NotTold::NoInterface), @r"No network interface of this machine could be read, so Azure was not asked for the rules in effect. These are the rules of the inventory, read <t:1800000060:R>; they may have changed.");
    assert_snapshot!(told(NotTold::TooManyInterfaces { has: 9, most: 4 }), @r"This machine has 9 network interfaces, and Azure is asked for at most 4, because each takes a while. These are the rules of the inventory, read <t:1800000060:R>; they may have changed.");
    assert_snapshot!(told(NotTold::Trouble { why: Trouble::Unreachable }), @r"Azure was asked for the rules in effect and did not tell them. Azure cannot be reached from where Portcullis runs. Try again in a minute; if it stays so, let an administrator check the network and run `portcullis doctor`. These are the rules of the inventory, read <t:1800000060:R>; they may have changed.");
    assert_snapshot!(text(&picture(own(), Origin::Inventory { read_at: None, why: NotTold::NotRunning })), @r"
    Network rules of web-01
    Azure tells the rules in effect only for a machine that runs, and this one does not. The inventory has no rules of it either.

    **SSH 22** is open without JIT, to few: rule `office` lets `203.0.113.0/24` in; rule `AllowVnetInBound` lets `VirtualNetwork` in.
    **443** is open without JIT, to few: rule `office` lets `203.0.113.0/24` in; rule `AllowVnetInBound` lets `VirtualNetwork` in.
    **RDP 3389** is open without JIT, which does not guard it, to few: rule `AllowVnetInBound` lets `VirtualNetwork` in.
    [At the interface, group web-nsg]
    300 allow TCP 22, 443 from `203.0.113.0/24` to `*` · `office`
    65000 allow any protocol all ports from `VirtualNetwork` to `VirtualNetwork` · `AllowVnetInBound` · built in
    65001 allow any protocol all ports from `AzureLoadBalancer` to `*` · `AllowAzureLoadBalancerInBound` · built in
    65500 deny any protocol all ports from `*` to `*` · `DenyAllInBound` · built in
    ");
}

#[test]
fn every_rule_is_on_one_page() {
    let own = (0..120_u32)
        .map(|number| {
            rule(
                100 + number,
                &format!("rule-{number}"),
                Access::Deny,
                "203.0.113.9",
                "*",
                "22",
            )
        })
        .collect();
    let shown = picture(own, Origin::Azure);
    let mut seen = String::new();
    let mut pages = 0;
    loop {
        let rendered = rules(&shown, page(pages));
        let embed = serde_json::to_value(&rendered.embeds[0]).unwrap();
        for field in embed["fields"].as_array().unwrap() {
            seen.push_str(field["value"].as_str().unwrap());
            seen.push('\n');
        }
        pages += 1;
        let buttons = serde_json::to_string(&rendered.components).unwrap();
        assert_eq!(buttons.contains("Previous"), pages > 1);
        assert!(
            embed["footer"]["text"]
                .as_str()
                .unwrap()
                .starts_with(&format!("Page {pages} of "))
        );
        if !buttons.contains("Next") {
            break;
        }
    }
    assert!(pages > 2, "{pages}");
    for number in 0..120 {
        assert_eq!(
            seen.matches(&format!("`rule-{number}`")).count(),
            1,
            "rule-{number}"
        );
    }
    assert!(seen.contains("DenyAllInBound"));
    let last = serde_json::to_value(rules(&shown, page(u16::MAX)).embeds).unwrap();
    let same = serde_json::to_value(rules(&shown, page(pages - 1)).embeds).unwrap();
    assert_eq!(last, same, "a page that is not there is the last one");
}

#[test]
fn every_port_is_on_one_page_where_they_do_not_fit_on_one() {
    let mut shown = picture(Vec::new(), Origin::Azure);
    let first = shown.verdicts[0].clone();
    shown.verdicts = (1000..1060)
        .map(|number| Said {
            port: port(number),
            ..first.clone()
        })
        .collect();
    let mut seen = String::new();
    for number in 0..6 {
        let page = rules(&shown, page(number));
        assert_taken(&page);
        let embed = serde_json::to_value(&page.embeds[0]).unwrap();
        let footer = embed["footer"]["text"].as_str().unwrap().to_owned();
        seen.push_str(embed["description"].as_str().unwrap());
        let (this, all) = footer.trim_start_matches("Page ").split_once(" of ").unwrap();
        if this == all {
            assert!(number > 0, "{footer}");
            break;
        }
    }
    for number in 1000..1060 {
        assert_eq!(
            seen.matches(&format!("**{number}** is")).count(),
            1,
            "{number}: {seen}"
        );
    }
    assert!(!seen.contains(" more"), "{seen}");
}

#[test]
fn a_rule_that_cannot_be_read_is_named_with_where_to_look() {
    let mut odd = rule(150, "from-the-future", Access::Unread, "*", "*", "22");
    odd.protocol = RuleProtocol::Any;
    let shown = text(&picture(vec![odd], Origin::Azure));
    assert!(
        shown.contains("**SSH 22** is not to be told: rule `from-the-future` may decide, and Portcullis cannot read it. Look at it in the Azure portal: network security group `web-nsg`, inbound security rules."),
        "{shown}"
    );
    assert!(
        shown.contains("150 **could not be read, may allow or deny:** any protocol 22 from `*` to `*` · `from-the-future`"),
        "{shown}"
    );
    assert!(
        shown.contains("**443** is open without JIT, to few"),
        "it is about another port: {shown}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn discord_takes_whatever_the_rules_are_called(name in ".{0,120}", count in 0_u16..200, source in ".{0,60}") {
        let own = (0..count)
            .map(|number| {
                let access = if number % 3 == 0 { Access::Deny } else { Access::Allow };
                Rule { sources: vec![Peer::read(&source), Peer::Everybody], ..rule(100 + u32::from(number), &name, access, "*", "*", "22,443") }
            })
            .collect();
        let mut shown = picture(own, Origin::Inventory {
            read_at: Some(at(1)),
            why: NotTold::Trouble { why: Trouble::Malformed { detail: FreeText::new(&name).unwrap_or_else(FreeText::unreadable) } },
        });
        shown.ways = vec![shown.ways[0].clone(); 6];
        for number in [0, 1, u16::MAX] {
            assert_taken(&rules(&shown, page(number)));
        }
        assert_taken(&not_allowed(&shown.vm));
    }
}
