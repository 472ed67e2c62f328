mod menus;
mod trail_lines;

use std::time::Duration;

use insta::assert_snapshot;
use serenity::all::CreateActionRow;

use super::*;
use crate::{
    chat::message::{
        Rendered,
        limit::CONTENT,
        sample::{at, person, port, shown, vm_id},
    },
    domain::{
        configuration::{
            Caution, Crossed, FailedStep, LeftOut, Menu, NotTouched, OpenWindow, Proposal, ProposalState,
            Step, StepState, VmChange, Wish,
        },
        ids::{ProposalId, RequestNumber},
        right::Scope,
        text::FreeText,
        trouble::Trouble,
        vm::{AllowedSources, JitEntry, JitPolicyId, JitPort, OpenAnyway, Power, Protocol, Unsupported},
    },
};

fn policy(name: &str) -> JitPolicyId {
    format!(
        "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/prod-web/providers/\
         Microsoft.Security/locations/westeurope/jitNetworkAccessPolicies/{name}"
    )
    .parse()
    .unwrap()
}

fn jit(number: u16, hours: u64) -> JitPort {
    JitPort {
        port: port(number),
        protocol: Protocol::Any,
        sources: AllowedSources::Any,
        max: Duration::from_secs(hours * 3600),
    }
}

fn narrow() -> JitPort {
    JitPort {
        protocol: Protocol::Tcp,
        sources: AllowedSources::Only(vec![
            "198.51.100.0/24".parse().unwrap(),
            "203.0.113.7/32".parse().unwrap(),
        ]),
        max: Duration::from_secs(45 * 60),
        ..jit(8443, 1)
    }
}

fn change(name: &str, before: Vec<JitPort>, wish: Wish) -> VmChange {
    VmChange {
        vm: vm_id(name),
        before,
        wish,
    }
}

fn guard(name: &str) -> VmChange {
    change(
        name,
        Vec::new(),
        Wish::Guard {
            ports: vec![jit(22, 3), jit(3389, 3), narrow()],
            firewall: None,
        },
    )
}

fn step(policy_name: &str, is_new: bool, changes: Vec<VmChange>) -> Step {
    Step {
        policy: policy(policy_name),
        is_new,
        changes,
        state: StepState::Queued { tries: 0, sends: 0 },
    }
}

fn id() -> ProposalId {
    ProposalId(uuid::Uuid::from_u128(7))
}

fn waiting() -> Proposal {
    Proposal {
        id: id(),
        by: person(404, "carol"),
        lapses_at: at(15),
        state: ProposalState::Waiting {
            cautions: Vec::new(),
            left_out: Vec::new(),
        },
    }
}

#[test]
fn a_proposal_says_exactly_what_will_change() {
    let steps = [
        step("default", true, vec![guard("web-04"), guard("web-05")]),
        step(
            "other_one",
            false,
            vec![
                change("web-01", vec![jit(22, 1)], Wish::SetPort { port: jit(22, 3) }),
                change("web-01", vec![jit(22, 1)], Wish::SetPort { port: narrow() }),
                change(
                    "web-02",
                    vec![jit(22, 1), jit(443, 1)],
                    Wish::RemovePort { port: port(443) },
                ),
                change("web-03", vec![jit(22, 1), narrow()], Wish::Unguard),
            ],
        ),
    ];
    let rule = OpenAnyway {
        port: port(22),
        rule: "Allow`All".to_owned(),
        source: "*".to_owned(),
    };
    let cautions = [
        Caution::LongLimit {
            vm: vm_id("web-04"),
            ports: vec![port(22), port(3389)],
            max: Duration::from_secs(3 * 3600),
        },
        Caution::LongLimit {
            vm: vm_id("web-05"),
            ports: vec![port(22), port(3389)],
            max: Duration::from_secs(3 * 3600),
        },
        Caution::AnySource {
            vm: vm_id("web-04"),
            ports: vec![port(22)],
        },
        Caution::Stopped {
            vm: vm_id("web-05"),
            power: Power::Deallocated,
        },
        Caution::NamesTooLong {
            vm: vm_id("web-05"),
            policy: policy("default"),
            length: 60,
            most: 56,
        },
        Caution::DenyGoes {
            vm: vm_id("web-03"),
            ports: vec![port(22), port(443)],
            open: vec![rule.clone()],
        },
        Caution::DenyGoes {
            vm: vm_id("web-03"),
            ports: vec![port(8443)],
            open: Vec::new(),
        },
        Caution::OpenAnyway {
            vm: vm_id("web-04"),
            rule,
        },
        Caution::Ambiguous {
            vm: vm_id("web-01"),
            chosen: policy("other_one"),
            policies: vec![policy("default"), policy("other_one")],
        },
        Caution::Stale {
            vm: vm_id("web-01"),
            since: at(-20),
        },
    ];
    let left_out = [
        LeftOut {
            vm: vm_id("web-06"),
            why: NotTouched::Configured,
        },
        LeftOut {
            vm: vm_id("web-07"),
            why: NotTouched::Unsupported(Unsupported::Classic),
        },
        LeftOut {
            vm: vm_id("web-08"),
            why: NotTouched::NoUsualPort,
        },
    ];
    let open = Caution::WindowOpen {
        window: OpenWindow {
            vm: vm_id("web-03"),
            port: port(22),
            request: RequestNumber(17),
            ends_at: at(62),
            source: crate::chat::message::sample::source(),
        },
    };
    assert_snapshot!(shown(&proposal(&waiting(), &steps, &cautions[..5], &left_out)));
    let rest: Vec<_> = cautions[5..].iter().cloned().chain([open]).collect();
    assert_snapshot!(shown(&proposal(&waiting(), &steps[1..], &rest, &[])));
}

#[test]
fn progress_names_what_failed_and_why() {
    let mut steps = [
        step("one", false, vec![guard("web-01"), guard("web-02")]),
        step("two", false, vec![guard("web-03")]),
        step("three", false, vec![guard("web-04")]),
        step("four", false, vec![guard("web-05")]),
        step("five", true, vec![guard("web-06")]),
    ];
    steps[1].state = StepState::Sent {
        at: at(1),
        tries: 1,
        sends: 1,
        base: Vec::new(),
    };
    steps[2].state = StepState::Updating {
        sent_at: at(1),
        since: at(1),
        base: Vec::new(),
        correlation: None,
    };
    steps[3].state = StepState::Done {
        at: at(2),
        call: None,
        crossed: Some(Crossed {
            who: FreeText::new("eve@contoso.example").unwrap(),
            at: at(1),
        }),
    };
    steps[4].state = StepState::Failed {
        at: at(2),
        why: FailedStep::Azure {
            trouble: Trouble::Forbidden {
                action: "Microsoft.Security/locations/jitNetworkAccessPolicies/write".to_owned(),
                scope: Scope::around(&policy("five").to_string()),
            },
        },
    };
    assert_snapshot!(shown(&progress(&steps)));
    let all_done = progress(&steps[3..4]).content;
    assert_eq!(
        all_done,
        "1 of 1 machine done. Azure shows everything as it was confirmed."
    );
    let why = |why| {
        let mut step = steps[4].clone();
        step.state = StepState::Failed { at: at(2), why };
        let text = shown(&progress(&[step]));
        text.rsplit("in westeurope. ")
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let all = [
        FailedStep::Azure {
            trouble: Trouble::Refused {
                status: 400,
                code: "InvalidInput".to_owned(),
                message: FreeText::new("The *protocol* is wrong.").unwrap(),
            },
        },
        FailedStep::PolicyGone,
        FailedStep::Elsewhere {
            vm: vm_id("web-06"),
            policy: policy("JIT_web-06"),
        },
        FailedStep::Changed { vm: vm_id("web-06") },
        FailedStep::Unreadable { vm: vm_id("web-06") },
        FailedStep::NeverQuiet,
        FailedStep::Busy,
        FailedStep::NotProvisioned,
        FailedStep::StillUpdating,
        FailedStep::Overwritten { vm: vm_id("web-06") },
        FailedStep::Lost,
        FailedStep::Frozen,
    ];
    let texts: Vec<_> = all.into_iter().map(why).collect();
    assert_snapshot!(texts.join("\n"));
}

#[test]
fn the_largest_proposal_fits_into_a_message() {
    let long = |n: usize| format!("vm-{n:02}-{}", "x".repeat(58));
    let ports: Vec<_> = (1..=20)
        .map(|number| JitPort {
            port: port(number),
            max: Duration::from_secs(u64::from(number) * 600),
            sources: AllowedSources::Only(
                (0..20)
                    .map(|n| format!("198.51.{n}.0/24").parse().unwrap())
                    .collect(),
            ),
            ..jit(1, 1)
        })
        .collect();
    let changes: Vec<_> = (0..25)
        .map(|n| {
            let mut ports = ports.clone();
            ports.truncate(20 - n % 3);
            change(
                &long(n),
                Vec::new(),
                Wish::Guard {
                    ports,
                    firewall: None,
                },
            )
        })
        .collect();
    let cautions: Vec<_> = changes
        .iter()
        .flat_map(|change| {
            (1..=20).map(|number| Caution::AnySource {
                vm: change.vm.clone(),
                ports: vec![port(number)],
            })
        })
        .collect();
    let left_out: Vec<_> = (0..25)
        .map(|n| LeftOut {
            vm: vm_id(&long(n)),
            why: NotTouched::Unsupported(Unsupported::MissingNsg),
        })
        .collect();
    let steps = [step(&"p".repeat(80), true, changes)];
    assert!(!fits(&steps), "it is never proposed");
    assert!(fits(&[step("default", true, vec![guard("web-04")])]));
    for rendered in [
        proposal(&waiting(), &steps, &cautions, &left_out),
        progress(&steps),
        all_left_out(&left_out),
    ] {
        let message = serde_json::to_value(rendered.to_message().body).unwrap();
        assert!(rendered.content.encode_utf16().count() <= CONTENT);
        let embed = &message["embeds"][0];
        let width = |value: &serde_json::Value| value.as_str().unwrap_or_default().encode_utf16().count();
        let fields: Vec<_> = embed["fields"].as_array().into_iter().flatten().collect();
        assert!(width(&embed["description"]) <= 4096);
        assert!(fields.iter().all(|field| width(&field["value"]) <= 1024));
        let all = width(&embed["description"])
            + fields
                .iter()
                .map(|field| width(&field["value"]) + width(&field["name"]))
                .sum::<usize>();
        assert!(all <= 5900, "{all}");
        assert!(
            rendered
                .components
                .iter()
                .all(|row| matches!(row, CreateActionRow::Buttons(_)))
        );
    }
}

#[test]
fn refusals_say_what_and_what_next() {
    use crate::domain::configuration::{ConfirmRefusal, LimitRefusal, SourcesRefusal};
    let texts = [
        not_an_administrator(),
        no_inventory(),
        no_vm(),
        unknown_vm("web-O1", &[vm_id("web-01")]),
        too_many(30, 25),
        too_much(),
        nothing_found(Which::Guard, "zz"),
        nothing_found(Which::Unguard, ""),
        ports(&crate::domain::port::NotAPort("telnet".to_owned())),
        protocol("icmp"),
        sources(&SourcesRefusal::TooMany { given: 21, most: 20 }),
        limit("2d", LimitRefusal::TooLong),
        port_known(&vm_id("web-01"), port(22)),
        port_unknown(&vm_id("web-01"), port(22)),
        nothing_changes(),
        not_allowed(&ConfirmRefusal::NotYours {
            by: person(404, "carol"),
        }),
        not_allowed(&ConfirmRefusal::TooLate),
        not_allowed(&ConfirmRefusal::Frozen),
    ];
    let texts: Vec<_> = texts.iter().map(|rendered| rendered.content.clone()).collect();
    assert_snapshot!(texts.join("\n"));
}
