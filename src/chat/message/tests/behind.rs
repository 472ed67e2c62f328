//! The lines of what others did, of who they were, and of the day's look.

use std::time::Duration;

use insta::assert_snapshot;

use crate::{
    chat::message::{
        sample::{self, at, port, vm_id},
        trail::line,
    },
    domain::{
        digest::{AnySource, Digest, LongLimit, OpenDoor},
        ids::RecordNumber,
        jit_policy::{Contents, Noticed, Stale},
        record::{By, Entry, Fact, Record, Told},
        right::Scope,
        text::FreeText,
        trouble::Trouble,
        vm::{AllowedSources, JitPolicyId, JitPort, Protocol},
    },
};

fn said(fact: Fact) -> String {
    line(&Record {
        number: RecordNumber(1042),
        at: at(5),
        entry: Entry { by: By::Azure, fact },
    })
}

fn policy() -> JitPolicyId {
    sample::pending(&["web-01"]).targets[0].ports[0].policy.clone()
}

fn jit(number: u16, hours: u64) -> JitPort {
    JitPort {
        port: port(number),
        protocol: Protocol::Any,
        sources: AllowedSources::Any,
        max: Duration::from_secs(hours * 3600),
    }
}

/// A change of more machines than one record names.
pub(super) fn big_change() -> Noticed {
    let before =
        Contents::new((0..60).map(|number| (vm_id(&format!("vm-{number}")), vec![jit(22, 3), jit(443, 3)])));
    Noticed::changed(&before, &Contents::default()).unwrap()
}

/// A look that found more than one line can tell.
pub(super) fn big_digest(text: &str) -> Digest {
    let many = 0..60_u16;
    Digest {
        taken_at: Some(at(1)),
        vms: 60,
        reviews: Vec::new(),
        open: many
            .clone()
            .map(|number| OpenDoor {
                vm: vm_id(&format!("vm-{number}")),
                port: port(number + 1),
                rule: text.to_owned(),
                source: text.to_owned(),
            })
            .collect::<Vec<_>>()
            .into(),
        long: many
            .clone()
            .map(|number| LongLimit {
                policy: policy(),
                ports: u32::from(number),
                longest: Duration::from_secs(86_400),
                vm: vm_id("web-01"),
                port: port(22),
            })
            .collect::<Vec<_>>()
            .into(),
        any_source: many
            .clone()
            .map(|_| AnySource {
                policy: policy(),
                ports: 2,
            })
            .collect::<Vec<_>>()
            .into(),
        stale: many
            .map(|number| Stale {
                policy: policy(),
                vm: vm_id(&format!("gone-{number}")),
            })
            .collect::<Vec<_>>()
            .into(),
    }
}

#[test]
fn a_jit_policy_of_somebody_else_is_told_with_what_changed() {
    let noticed = |noticed| {
        said(Fact::JitPolicyNoticed {
            policy: policy(),
            noticed,
        })
    };
    let narrow = JitPort {
        protocol: Protocol::Tcp,
        sources: AllowedSources::Only(vec!["198.51.100.0/24".parse().unwrap()]),
        ..jit(3389, 1)
    };
    let before = Contents::new([
        (vm_id("web-01"), vec![jit(22, 3), jit(443, 3)]),
        (vm_id("web-02"), vec![jit(22, 3)]),
        (vm_id("win-01"), vec![narrow]),
    ]);
    let after = Contents::new([
        (vm_id("web-01"), vec![jit(22, 8), jit(8443, 1)]),
        (vm_id("web-03"), vec![jit(22, 3)]),
        (vm_id("win-01"), vec![jit(3389, 1)]),
    ]);
    assert_snapshot!(noticed(Noticed::created(&before)), @r"#1042 · JIT policy created · default of group prod-web in westeurope · not by Portcullis · web-01: SSH 22 up to 3h from any source over any protocol and 443 up to 3h from any source over any protocol; web-02: SSH 22 up to 3h from any source over any protocol; win-01: RDP 3389 up to 1h from `198.51.100.0/24` over TCP");
    assert_snapshot!(noticed(Noticed::changed(&before, &after).unwrap()), @r"#1042 · JIT policy changed · default of group prod-web in westeurope · not by Portcullis · web-01: SSH 22 up to 8h instead of up to 3h; web-01: 8443 up to 1h from any source over any protocol added; web-01: 443 removed; web-02 removed, so JIT does not guard it any more; web-03 added with SSH 22 up to 3h from any source over any protocol; win-01: RDP 3389 from any source instead of `198.51.100.0/24` and any protocol instead of TCP");
    assert_snapshot!(noticed(Noticed::created(&Contents::default())), @r"#1042 · JIT policy created · default of group prod-web in westeurope · not by Portcullis · it lists no machine");
    assert_snapshot!(noticed(Noticed::Deleted), @r"#1042 · JIT policy deleted · default of group prod-web in westeurope · not by Portcullis · JIT guards none of its machines any more");
    assert_snapshot!(noticed(big_change()), @r"#1042 · JIT policy changed · default of group prod-web in westeurope · not by Portcullis · vm-0 removed, so JIT does not guard it any more; vm-1 removed, so JIT does not guard it any more; vm-10 removed, so JIT does not guard it any more; vm-11 removed, so JIT does not guard it any more; vm-12 removed, so JIT does not guard it any more; vm-13 removed, so JIT does not guard it any more; vm-14 removed, so JIT does not guard it any more; vm-15 removed, so JIT does not guard it any more; vm-16 removed, so JIT does not guard it any more; vm-17 removed, so JIT does not guard it any more; vm-18 removed, so JIT does not guard it any more; vm-19 removed, so JIT does not guard it any more; vm-2 removed, so JIT does not guard it any more; vm-20 removed, so JIT does not guard it any more; vm-21 removed, so JIT does not guard it any more; vm-22 removed, so JIT does not guard it any more; vm-23 removed, so JIT does not guard it any more; vm-24 removed, so JIT does not guard it any more; vm-25 removed, so JIT does not guard it any more; vm-26 removed, so JIT does not guard it any more · and 40 more that are not named here");
}

#[test]
fn who_it_was_is_told_as_the_log_says_it() {
    let who = |told| {
        said(Fact::Who {
            about: RecordNumber(1041),
            told,
        })
    };
    let by = |caller| Told::By {
        caller,
        operation: "Microsoft.Security/locations/jitNetworkAccessPolicies/write".to_owned(),
        at: at(2),
    };
    let forbidden = Trouble::Forbidden {
        action: "Microsoft.Insights/eventtypes/values/read".to_owned(),
        scope: Scope::Subscription {
            subscription: policy().subscription().clone(),
        },
    };
    assert_snapshot!(who(by(FreeText::new("0f5b2c1e-eve"))), @r"#1042 · who it was · about record #1041 · Azure's Activity Log names 0f5b2c1e-eve for `Microsoft.Security/locations/jitNetworkAccessPolicies/write` <t:1800000120:t>");
    assert_snapshot!(who(by(None)), @r"#1042 · who it was · about record #1041 · Azure's Activity Log names nobody for `Microsoft.Security/locations/jitNetworkAccessPolicies/write` <t:1800000120:t>");
    assert_snapshot!(who(Told::Silent), @r"#1042 · who it was · about record #1041 · not known: Azure's Activity Log has no entry that fits");
    assert_snapshot!(who(Told::Unreadable { why: forbidden }), @r"#1042 · who it was · about record #1041 · not known, because Azure's Activity Log could not be read: Azure does not let Portcullis do `Microsoft.Insights/eventtypes/values/read` on `/subscriptions/11111111-1111-1111-1111-111111111111`. Assign its identity there the role that `portcullis azure role --features trace` prints, or Azure's own role Reader; a new assignment takes up to ten minutes");
    assert_snapshot!(who(Told::Unreadable { why: Trouble::Unreachable }), @r"#1042 · who it was · about record #1041 · not known, because Azure's Activity Log could not be read: Azure cannot be reached from where Portcullis runs. Try again in a minute; if it stays so, let an administrator check the network and run `portcullis doctor`");
}

#[test]
fn the_digest_says_what_it_found_or_that_it_found_nothing() {
    let digest = |digest| said(Fact::Digest { digest });
    assert_snapshot!(digest(Digest::of(&[], Vec::new(), None)), @r"#1042 · daily digest · no machine could be read from Azure yet, so there is nothing to look at");
    assert_snapshot!(digest(Digest::of(&[sample::vm("web-01")], Vec::new(), Some(at(1)))), @r"#1042 · daily digest · 1 machine, as read from Azure <t:1800000060:F> (<t:1800000060:R>) · nothing to say: no port is open without JIT, no limit is over 3h, no JIT policy allows any source, and none lists a machine that is gone");
    assert_snapshot!(digest(big_digest("open-ssh")), @r"#1042 · daily digest · 60 machines, as read from Azure <t:1800000060:F> (<t:1800000060:R>) · open without JIT: vm-0 1 to `open-ssh` by rule `open-ssh`; vm-1 2 to `open-ssh` by rule `open-ssh`; vm-2 3 to `open-ssh` by rule `open-ssh`; vm-3 4 to `open-ssh` by rule `open-ssh`; vm-4 5 to `open-ssh` by rule `open-ssh`; vm-5 6 to `open-ssh` by rule `open-ssh`; vm-6 7 to `open-ssh` by rule `open-ssh`; vm-7 8 to `open-ssh` by rule `open-ssh`; vm-8 9 to `open-ssh` by rule `open-ssh`; and 51 more · JIT policies with limits over 3h: default of group prod-web in westeurope (0 ports, the longest 24h on web-01 SSH 22); default of group prod-web in westeurope (1 port, the longest 24h on web-01 SSH 22); default of group prod-web in westeurope (2 ports, the longest 24h on web-01 SSH 22); default of group prod-web in westeurope (3 ports, the longest 24h on web-01 SSH 22); and 56 more · JIT policies that allow any source: default of group prod-web in westeurope (2 ports); default of group prod-web in westeurope (2 ports); default of group prod-web in westeurope (2 ports); default of group prod-web in westeurope (2 ports); default of group prod-web in westeurope (2 ports); default of group prod-web in westeurope (2 ports); default of group prod-web in westeurope (2 ports); and 53 more · listed in a JIT policy and not among the machines: gone-0 in default of group prod-web in westeurope; gone-1 in default of group prod-web in westeurope; gone-2 in default of group prod-web in westeurope; gone-3 in default of group prod-web in westeurope; gone-4 in default of group prod-web in westeurope; gone-5 in default of group prod-web in westeurope; gone-6 in default of group prod-web in westeurope; and 53 more");
}
