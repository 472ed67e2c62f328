use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::domain::{
    actor::Actor,
    ids::{RecordNumber, RequestNumber, UserId},
    length::Length,
    record::{By, Entry, Fact, Record},
    source::SourceRefusal,
    text::FreeText,
    vm::{Address, JitEntry, JitState, OpenAnyway, Os, Power, Protocol, Vm},
};

const VM: &str = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/prod/providers/Microsoft.Compute/virtualMachines/web-01";
const POLICY: &str = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/prod/providers/Microsoft.Security/locations/westeurope/jitNetworkAccessPolicies/default";

fn at(minutes: i64) -> Instant {
    "2026-11-22T10:00:00Z".parse::<Instant>().unwrap() + TimeDelta::minutes(minutes)
}

fn carol() -> Actor {
    Actor {
        person: Person {
            id: UserId(404),
            name: "carol".to_owned(),
        },
        roles: Vec::new(),
    }
}

fn jit(number: u16, minutes: u64) -> JitPort {
    JitPort {
        port: Port::new(number).unwrap(),
        protocol: Protocol::Any,
        sources: AllowedSources::Any,
        max: Duration::from_secs(minutes * 60),
    }
}

fn step(before: Vec<JitPort>, wish: Wish) -> Step {
    Step {
        policy: POLICY.parse().unwrap(),
        is_new: false,
        changes: vec![VmChange {
            vm: VM.parse().unwrap(),
            before,
            wish,
        }],
        state: StepState::Queued { tries: 0, sends: 0 },
    }
}

fn proposal() -> Proposal {
    Proposal {
        id: ProposalId(uuid::Uuid::from_u128(1)),
        by: carol().person,
        lapses_at: at(15),
        state: ProposalState::Waiting {
            cautions: Vec::new(),
            left_out: Vec::new(),
        },
    }
}

fn guard() -> Step {
    step(
        Vec::new(),
        Wish::Guard {
            ports: vec![jit(22, 60)],
            firewall: None,
        },
    )
}

#[test]
fn what_is_typed_is_read() {
    let numbers = |text| -> Vec<u16> { parse_ports(text).unwrap().into_iter().map(Port::number).collect() };
    assert_eq!(numbers("rdp, 22"), [22, 3389]);
    assert_eq!(numbers("Classic 443"), [22, 443, 3389, 5985, 5986]);
    assert!(parse_ports(" , ").is_err() && parse_ports("22,telnet").is_err());
    assert_eq!(parse_limit("1h"), Ok(recommended_limit()));
    assert_eq!(parse_limit("24h"), Ok(Length::MAX.get()));
    assert_eq!(parse_limit("4m"), Err(LimitRefusal::TooShort));
    assert_eq!(parse_limit("25h"), Err(LimitRefusal::TooLong));
    assert_eq!(parse_limit("soon"), Err(LimitRefusal::Unreadable));
    assert_eq!(parse_protocol(" UDP"), Some(Protocol::Udp));
    assert_eq!(parse_protocol("*"), Some(Protocol::Any));
    assert_eq!(parse_protocol("icmp"), None);
    assert_eq!(parse_sources("Any"), Ok(AllowedSources::Any));
    assert_eq!(
        parse_sources("198.51.100.0/24, 203.0.113.7;203.0.113.7"),
        Ok(AllowedSources::Only(vec![
            "198.51.100.0/24".parse().unwrap(),
            "203.0.113.7/32".parse().unwrap()
        ]))
    );
    assert_eq!(parse_sources(""), Err(SourcesRefusal::Empty));
    assert_eq!(
        parse_sources("2001:db8::1"),
        Err(SourcesRefusal::Source(SourceRefusal::Ipv6))
    );
    assert_eq!(
        parse_sources("any, 203.0.113.7"),
        Err(SourcesRefusal::Source(SourceRefusal::Any)),
        "a list cannot mean everybody"
    );
    assert!(matches!(
        parse_sources(&"203.0.113.7 ".repeat(21)),
        Err(SourcesRefusal::TooMany { given: 21, .. })
    ));
}

#[test]
fn only_who_made_it_confirms_it_and_once() {
    let steps = [guard()];
    let confirm =
        |actor: &Actor, administers, frozen, now| proposal().confirm(&steps, actor, administers, frozen, now);
    let done = confirm(&carol(), true, false, at(14)).unwrap();
    assert_eq!(done.after.state, ProposalState::Confirmed { at: at(14) });
    assert_eq!((done.records.len(), done.effects.len()), (1, 2));
    let dave = Actor {
        person: Person {
            id: UserId(5),
            name: "dave".to_owned(),
        },
        ..carol()
    };
    let refusal = |result: Result<Confirmed, ConfirmRefusal>| result.unwrap_err();
    assert!(matches!(
        refusal(confirm(&dave, true, false, at(1))),
        ConfirmRefusal::NotYours { .. }
    ));
    assert_eq!(
        refusal(confirm(&carol(), false, false, at(1))),
        ConfirmRefusal::NotAnAdministrator
    );
    assert_eq!(
        refusal(confirm(&carol(), true, false, at(15))),
        ConfirmRefusal::TooLate
    );
    assert_eq!(
        refusal(done.after.confirm(&steps, &carol(), true, false, at(99))),
        ConfirmRefusal::NotWaiting
    );
    assert!(proposal().cancel(&dave, at(1)).is_err());
    let cancelled = proposal().cancel(&carol(), at(1)).unwrap();
    assert_eq!(
        refusal(cancelled.confirm(&steps, &carol(), true, false, at(1))),
        ConfirmRefusal::NotWaiting
    );
}

#[test]
fn every_fact_is_read_back_from_its_record() {
    let step = guard().facts(&proposal());
    let facts = [
        Fact::ConfigureAsked { step: step.clone() },
        Fact::Configured {
            step: step.clone(),
            others: vec!["web-02".to_owned()],
        },
        Fact::ConfigureFailed {
            step: step.clone(),
            why: FailedStep::Lost,
        },
        Fact::ConfigureCrossed {
            step,
            other: Crossed {
                who: FreeText::new("eve").unwrap(),
                at: at(1),
            },
        },
    ];
    for fact in facts {
        let record = Record {
            number: RecordNumber(7),
            at: at(2),
            entry: Entry { by: By::Azure, fact },
        };
        let text = serde_json::to_string(&record).unwrap();
        assert_eq!(serde_json::from_str::<Record>(&text).unwrap(), record, "{text}");
    }
}

#[test]
fn a_freeze_stops_what_can_let_somebody_in_and_nothing_else() {
    let narrow = JitPort {
        sources: AllowedSources::Only(vec!["198.51.100.0/24".parse().unwrap()]),
        ..jit(22, 60)
    };
    let tcp = JitPort {
        protocol: Protocol::Tcp,
        ..jit(22, 60)
    };
    let set = |port: &JitPort| Wish::SetPort { port: port.clone() };
    for (before, wish, opens) in [
        (Vec::new(), guard().changes.remove(0).wish, false),
        (vec![jit(22, 60)], set(&jit(22, 30)), false),
        (vec![jit(22, 60)], set(&jit(443, 60)), false),
        (vec![jit(22, 60)], set(&narrow), false),
        (vec![jit(22, 60)], set(&jit(22, 90)), true),
        (vec![narrow.clone()], set(&jit(22, 60)), true),
        (vec![jit(22, 60)], set(&tcp), true),
        (vec![tcp], set(&jit(22, 60)), true),
        (vec![jit(22, 60)], Wish::Unguard, true),
        (
            vec![jit(22, 60)],
            Wish::RemovePort {
                port: Port::new(22).unwrap(),
            },
            true,
        ),
    ] {
        let steps = [step(before, wish)];
        assert_eq!(steps[0].may_open(), opens, "{steps:?}");
        let confirmed = proposal().confirm(&steps, &carol(), true, true, at(1));
        assert_eq!(confirmed.is_err(), opens);
    }
}

#[test]
fn an_administrator_is_warned_of_what_follows() {
    let rule = |port: u16| OpenAnyway {
        port: Port::new(port).unwrap(),
        rule: "AllowAll".to_owned(),
        source: "*".to_owned(),
    };
    let entry = |name: &str| JitEntry {
        policy: POLICY.replace("default", name).parse().unwrap(),
        ports: Vec::new(),
    };
    let vm = Vm {
        id: VM.parse().unwrap(),
        location: "westeurope".to_owned(),
        os: Os::Linux,
        power: Power::Deallocated,
        tags: Default::default(),
        address: Address::default(),
        admin: None,
        jit: JitState::Configured {
            policies: vec![entry("default"), entry("other")],
        },
        open_anyway: vec![rule(22)],
        beside_jit: Vec::new(),
        nics: Vec::new(),
    };
    let window = OpenWindow {
        vm: VM.parse().unwrap(),
        port: Port::new(22).unwrap(),
        request: RequestNumber(17),
        ends_at: at(60),
        source: "198.51.100.7".parse().unwrap(),
    };
    let names = |step: &Step| -> Vec<String> {
        cautions(step, |_| Some(&vm), std::slice::from_ref(&window))
            .iter()
            .map(|caution| {
                serde_json::to_value(caution).unwrap()["caution"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect()
    };
    let set = |port: JitPort| Wish::SetPort { port };
    assert_eq!(
        names(&step(vec![jit(22, 60)], Wish::Unguard)),
        ["deny_goes", "window_open"]
    );
    assert_eq!(
        names(&step(vec![jit(22, 60)], set(jit(22, 180)))),
        [
            "window_open",
            "long_limit",
            "any_source",
            "open_anyway",
            "ambiguous",
            "stopped"
        ]
    );
    let mut long = step(vec![jit(22, 60)], set(jit(443, 60)));
    long.policy = POLICY.replace("default", &"x".repeat(51)).parse().unwrap();
    assert_eq!(
        names(&long),
        ["any_source", "names_too_long", "ambiguous", "stopped"]
    );
    long.policy = POLICY.replace("default", &"x".repeat(50)).parse().unwrap();
    assert_eq!(names(&long), ["any_source", "ambiguous", "stopped"]);
}

proptest! {
    #[test]
    fn nothing_typed_breaks_the_readers(text in ".{0,60}") {
        if let Ok(AllowedSources::Only(nets)) = parse_sources(&text) {
            prop_assert!(!nets.is_empty() && nets.iter().all(|net| net.prefix_len() > 0));
        }
        if let Ok(max) = parse_limit(&text) {
            prop_assert!((300..=86_400).contains(&max.as_secs()));
        }
        if let Ok(ports) = parse_ports(&text) {
            prop_assert!(!ports.is_empty());
        }
        let _ = parse_protocol(&text);
    }

    #[test]
    fn a_wish_for_one_port_leaves_the_others(numbers in proptest::collection::btree_set(1_u16..9, 1..6), wanted in 1_u16..9) {
        let before: Vec<_> = numbers.iter().map(|number| jit(*number, 60)).collect();
        let port = Port::new(wanted).unwrap();
        for wish in [Wish::SetPort { port: jit(wanted, 90) }, Wish::RemovePort { port }] {
            let after = wish.applied(&before);
            let others = |ports: &[JitPort]| ports.iter().filter(|jit| jit.port != port).cloned().collect::<Vec<_>>();
            prop_assert_eq!(others(&before), others(&after));
        }
    }
}
