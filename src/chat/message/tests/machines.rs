//! Machines and plans, as people read them.

use std::time::Duration;

use insta::assert_snapshot;

use crate::{
    chat::message::{
        needle::Needle,
        network_rules::{NotTold, Origin},
        plan::{self, Shown},
        sample::{self, at, shown},
        vms::{Around, Detail, Machine, Row, RuleLine, Slow, Tab, Unread, VmsPage, detail, not_for_you, vms},
    },
    domain::{
        actor::Principal,
        ids::{RoleId, RuleName},
        network::Access,
        plan::{Coverage, OptedOut, Plan, PlanState},
        quorum::Quorum,
        right::{INITIATE, Scope},
        text::FreeText,
        trouble::Trouble,
        vm::{
            AllowedSources, Classic, JitEntry, JitPort, JitState, OpenAnyway, Protocol, SubscriptionId,
            Unsupported, Vm,
        },
        window::FoundWindow,
    },
};

use super::network_rules::{self as of_network, picture};

fn subscription() -> SubscriptionId {
    SubscriptionId::new("11111111-1111-1111-1111-111111111111").unwrap()
}

fn name(text: &str) -> FreeText {
    FreeText::new(text).unwrap()
}

fn page(tab: Tab, search: &str) -> VmsPage {
    VmsPage {
        tab,
        page: 0,
        search: Needle::new(search).unwrap(),
    }
}

fn configured() -> Vm {
    let mut vm = sample::vm("web-01");
    let port = |number, sources, hours: u64| JitPort {
        port: sample::port(number),
        protocol: Protocol::Tcp,
        sources,
        max: Duration::from_secs(hours * 3600),
    };
    vm.jit = JitState::Configured {
        policies: vec![JitEntry {
            policy: "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/prod-web/providers/\
                     Microsoft.Security/locations/westeurope/jitNetworkAccessPolicies/default"
                .parse()
                .unwrap(),
            ports: vec![
                port(22, AllowedSources::Any, 1),
                port(443, AllowedSources::Only(vec!["8.8.4.0/24".parse().unwrap()]), 3),
            ],
        }],
    };
    vm.open_anyway = vec![OpenAnyway {
        port: sample::port(22),
        rule: "AllowSsh".to_owned(),
        source: "*".to_owned(),
    }];
    vm
}

fn forbidden() -> Trouble {
    Trouble::Forbidden {
        action: INITIATE.to_owned(),
        scope: Scope::Subscription {
            subscription: subscription(),
        },
    }
}

#[test]
fn a_page_of_machines() {
    let production = name("Production");
    let vm = configured();
    let rows = [Row {
        machine: Machine::Vm {
            written: "web-01".to_owned(),
            vm: &vm,
        },
        subscription: Some(&production),
    }];
    let (id, why) = (subscription(), forbidden());
    let around = Around {
        counts: [1, 0, 2],
        hidden: 3,
        unread: vec![Unread {
            subscription: Some((&id, None)),
            why: &why,
            shown_from: Some(at(-30)),
        }],
        slow: vec![Slow {
            scope: "tenant".to_owned(),
            calls: "graph",
            until: at(5),
        }],
        read_at: Some(at(-30)),
    };
    assert_snapshot!(shown(&vms(page(Tab::Configured, ""), &rows, &around)), @r"
        == Machines · Configured 1 · Not configured 0 · Unsupported 2 ==
        **web-01** · group prod-web, Linux, running, Production
        SSH 22 and 443 · ⚠ open all the time: SSH 22
        As of <t:1799998200:R>.
        [Not read from Azure] **`11111111-1111-1111-1111-111111111111`**: Azure does not let Portcullis do `Microsoft.Security/locations/jitNetworkAccessPolicies/initiate/action` on `/subscriptions/11111111-1111-1111-1111-111111111111`. Assign its identity there the role that `portcullis azure role --features request` prints; a new assignment takes up to ten minutes. What is shown of it was read <t:1799998200:R>.
        [To know] Azure asks to wait with queries of Resource Graph as a whole until <t:1800000300:t>: what is shown gets older meanwhile.
        3 machines are not shown, because no rule lets you ask or approve for them.
        -- 
        ()
        (Configured 1) (Not configured 0) (Unsupported 2)
        ");
}

#[test]
fn machines_on_which_jit_is_not_possible() {
    let mut vms_of: Vec<Vm> = Vec::new();
    for (name, why) in [
        ("bare", Unsupported::MissingNsg),
        ("poor", Unsupported::PlanMissing),
        ("odd", Unsupported::Other),
    ] {
        let mut vm = sample::vm(name);
        vm.jit = JitState::Unsupported { why };
        vms_of.push(vm);
    }
    let classic = Classic {
        subscription: subscription(),
        group: "old".to_owned(),
        name: "legacy-01".to_owned(),
    };
    let mut rows: Vec<_> = vms_of
        .iter()
        .map(|vm| Row {
            machine: Machine::Vm {
                written: vm.id.name().to_owned(),
                vm,
            },
            subscription: None,
        })
        .collect();
    rows.push(Row {
        machine: Machine::Classic(&classic),
        subscription: None,
    });
    let around = Around {
        counts: [0, 0, 4],
        ..Around::default()
    };
    assert_snapshot!(shown(&vms(page(Tab::Unsupported, "a*b"), &rows, &around)), @r"
        == Machines · Configured 0 · Not configured 0 · Unsupported 4 · search a\*b ==
        **bare** · group prod-web, Linux, running, `11111111-1111-1111-1111-111111111111`
        no network security group and no classic Azure Firewall stands in front of it; put one there
        **poor** · group prod-web, Linux, running, `11111111-1111-1111-1111-111111111111`
        it lacks Defender for Servers Plan 2; `/jit plan` says more
        **odd** · group prod-web, Linux, running, `11111111-1111-1111-1111-111111111111`
        Defender for Cloud says that JIT does not apply to it
        **legacy-01** · group old, `11111111-1111-1111-1111-111111111111`
        it is a classic machine; JIT needs one of Azure Resource Manager
        -- 
        ()
        (Configured 0) (Not configured 0) (Unsupported 4)
        ");
    assert_snapshot!(shown(&vms(page(Tab::NotConfigured, ""), &[], &around)), @r"
        == Machines · Configured 0 · Not configured 0 · Unsupported 4 ==
        There is none on which JIT is possible and not set up.
        -- 
        (Configured 0) (Not configured 0) (Unsupported 4)
        ");
    assert_snapshot!(shown(&not_for_you(4)), @r"No rule lets you ask for a machine or approve for one, so none is shown to you; there are 4. If you need access, ask an administrator of Portcullis for a rule.");
}

#[test]
fn one_machine() {
    let vm = configured();
    let production = name("Production");
    let rule = RuleName("production ssh".to_owned());
    let role = |id| [Principal::Role(RoleId(id))];
    let (developers, on_call) = (role(1), Quorum::sole(role(2).to_vec(), 1));
    let rules = [RuleLine {
        name: &rule,
        ports: Some(vec![sample::port(22)]),
        requesters: &developers,
        quorum: &on_call,
        yours: true,
        extends_once: true,
        approves_alone: true,
        break_glass: &developers,
    }];
    let request = sample::approved(&["web-01"]);
    let mut windows = sample::windows(&request);
    windows[0].state = sample::open();
    let known = Origin::Inventory {
        read_at: Some(at(-1)),
        why: NotTold::NotAsked,
    };
    let told = detail(&Detail {
        vm: &vm,
        written: "web-01",
        subscription: Some(&production),
        windows: &windows[..1],
        found: &[FoundWindow {
            vm: vm.id.clone(),
            port: sample::port(443),
            source: "203.0.113.9".to_owned(),
            ends_at: at(90),
            requestor: Some(name("eve")),
        }],
        freeze: None,
        rules: &rules,
        network: &picture(
            vec![of_network::rule(300, "AllowSsh", Access::Allow, "*", "*", "22")],
            known.clone(),
        ),
        read_at: Some(at(-1)),
        back: Some(page(Tab::Configured, "web")),
    });
    // The name is broken by a character that nobody sees, so that it mentions nobody.
    assert_snapshot!(shown(&told).replace('\u{200b}', ""), @r"
        == web-01 ==
        group prod-web, Linux, running, region westeurope, subscription Production.
        Read from Azure <t:1799999940:R>.
        [Just-in-time access] SSH 22: TCP, from any source, at most 1h
        443: TCP, from `8.8.4.0/24`, at most 3h
        [Open now] SSH 22 from `8.8.4.7`: open until <t:1800003720:t>
        443 from `203.0.113.9`: open until <t:1800005400:t>, not by Portcullis but by eve
        [Who may ask] Rule `production ssh`: <@&1> may ask for SSH 22, and it needs 1 approval by <@&2>. It approves alone what meets its conditions. <@&1> may open at once with `/jit break-glass`. The first extension of an access needs no approval. You may ask.
        To ask: `/jit request vm:web-01 port:`
        [Network rules] **SSH 22** is **open anyway** **to anybody**: rule `AllowSsh` lets `*` in and JIT protects nothing there.
        **443** is open without JIT, to few: rule `AllowVnetInBound` lets `VirtualNetwork` in.
        **RDP 3389** is open without JIT, which does not guard it, to few: rule `AllowVnetInBound` lets `VirtualNetwork` in.
        The inventory sees no network security group in front of it.
        The rules themselves, as Azure has them now: `/jit rules vm:web-01`
        -- 
        (Back)
        ");
    let mut bare = sample::vm("bare");
    bare.jit = JitState::NotConfigured;
    let told = detail(&Detail {
        vm: &bare,
        written: "bare",
        subscription: None,
        windows: &[],
        found: &[],
        freeze: None,
        rules: &[],
        network: &picture(Vec::new(), known),
        read_at: None,
        back: None,
    });
    assert_snapshot!(shown(&told), @r"
        == bare ==
        group prod-web, Linux, running, region westeurope, subscription `11111111-1111-1111-1111-111111111111`.
        [Just-in-time access] Not configured: possible, and not set up.
        [Who may ask] Nobody: no rule is about it.
        [Network rules] **SSH 22** is open without JIT, to few: rule `AllowVnetInBound` lets `VirtualNetwork` in.
        **443** is open without JIT, to few: rule `AllowVnetInBound` lets `VirtualNetwork` in.
        **RDP 3389** is open without JIT, which does not guard it, to few: rule `AllowVnetInBound` lets `VirtualNetwork` in.
        The inventory sees no network security group in front of it.
        The rules themselves, as Azure has them now: `/jit rules vm:bare`
        --
        ");
}

#[test]
fn the_plans() {
    let staging = name("Staging");
    let playground = name("Playground");
    let out = OptedOut {
        vm: sample::vm_id("build-02"),
        plan: Plan::P1,
    };
    let of = |plan, trial_left, opted_out: Vec<&'static OptedOut>| Shown {
        state: PlanState {
            plan,
            trial_left,
            coverage: Coverage::Partial,
        },
        opted_out,
        hidden: 2,
        unasked: 0,
    };
    let out: &'static OptedOut = Box::leak(Box::new(out));
    let (id, why) = (subscription(), forbidden());
    let rows = [
        plan::Row {
            subscription: &id,
            name: Some(&staging),
            plans: Some(Ok(of(
                Plan::P2,
                Some(Duration::from_secs(30 * 24 * 3600)),
                vec![out],
            ))),
            unread: None,
            stale_since: None,
        },
        plan::Row {
            subscription: &id,
            name: Some(&playground),
            plans: Some(Ok(Shown {
                hidden: 0,
                ..of(Plan::Free, None, Vec::new())
            })),
            unread: Some(&Trouble::NoAnswer),
            stale_since: Some(at(-30)),
        },
        plan::Row {
            subscription: &id,
            name: None,
            plans: None,
            unread: Some(&why),
            stale_since: None,
        },
    ];
    assert_snapshot!(shown(&plan::plan(&rows, None)), @r"
        == Defender for Servers ==
        **Staging**: Defender for Servers Plan 2, JIT works. The free trial has 30 days left. 3 machines have plans of their own: build-02 (Defender for Servers Plan 1), and 2 that no rule shows to you.
        **Playground**: no plan, JIT does not work. It cannot be read now. Azure did not answer in time. Try again in a minute; if it stays so, let an administrator run `portcullis doctor`. Read <t:1799998200:R>.
        **`11111111-1111-1111-1111-111111111111`**: Azure does not let Portcullis do `Microsoft.Security/locations/jitNetworkAccessPolicies/initiate/action` on `/subscriptions/11111111-1111-1111-1111-111111111111`. Assign its identity there the role that `portcullis azure role --features request` prints; a new assignment takes up to ten minutes.

        JIT works only where Plan 2 is on. It costs money for every server and hour, so it is switched on at the command line of Portcullis only: `portcullis azure plan enable --subscription ID`.
        --
        ");
    assert_snapshot!(shown(&plan::plan(&[], Some(&Trouble::Unreachable))), @r"Portcullis has not read the subscriptions from Azure yet. Azure cannot be reached from where Portcullis runs. Try again in a minute; if it stays so, let an administrator check the network and run `portcullis doctor`.");
    assert_snapshot!(plan::price(&subscription(), Plan::P1, Some("7 machines")), @r"
        Defender for Servers Plan 2 is about to be switched on for the subscription 11111111-1111-1111-1111-111111111111, which has Defender for Servers Plan 1 now.
        It costs money: Microsoft bills every server of the subscription by the hour, for as long as the plan is on, whether or not JIT is used there. It has 7 machines now.
        Where a plan of Defender was never on before, the first 30 days are usually free. The prices are on https://azure.microsoft.com/pricing/details/defender-for-cloud/.
        ");
}
