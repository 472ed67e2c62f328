//! Messages that are full of hostile names.

use crate::{
    chat::message::{
        needle::Needle,
        network_rules::{NotTold, Origin},
        plan,
        rendered::Rendered,
        sample::{self, at},
        vms::{self, Around, Detail, Machine, RuleLine, Slow, Tab, Unread, VmsPage},
    },
    domain::{
        actor::Principal,
        ids::{RuleName, UserId},
        network::Access,
        quorum::{Group, Quorum},
        right::Scope,
        text::FreeText,
        trouble::{Remedy, Trouble},
        vm::{Classic, OpenAnyway, SubscriptionId},
        window::FoundWindow,
    },
};

use super::network_rules::{self as of_network, picture};

/// Machines with hostile names around them, and many subscriptions that fail.
pub(super) fn pages(hostile: &str, failing: usize) -> Vec<Rendered> {
    let id = SubscriptionId::new(&uuid::Uuid::nil().to_string()).unwrap();
    let name = FreeText::new(hostile);
    let mut vm = sample::vm("a");
    vm.open_anyway = vec![
        OpenAnyway {
            port: sample::port(22),
            rule: hostile.to_owned(),
            source: hostile.to_owned(),
        };
        40
    ];
    vm.location = hostile.to_owned();
    let classic = Classic {
        subscription: id.clone(),
        group: hostile.to_owned(),
        name: hostile.to_owned(),
    };
    let troubles = troubles(hostile);
    let unread = troubles.iter().cycle().take(failing).map(|why| Unread {
        subscription: Some((&id, name.as_ref())),
        why,
        shown_from: Some(at(1)),
    });
    let around = Around {
        counts: [100, 200, 300],
        hidden: 400,
        unread: unread.collect(),
        slow: vec![
            Slow {
                scope: id.to_string(),
                calls: "reads",
                until: at(9),
            };
            failing
        ],
        stale_since: Some(at(1)),
    };
    let row = |machine| vms::Row {
        machine,
        subscription: name.as_ref(),
    };
    let mut rows: Vec<_> = (0..9)
        .map(|number| {
            row(Machine::Vm {
                written: format!("{number}{}", "x".repeat(99)),
                vm: &vm,
            })
        })
        .collect();
    rows.push(row(Machine::Classic(&classic)));
    let page = VmsPage {
        tab: Tab::Unsupported,
        page: 3,
        search: Needle::new(&hostile.chars().take(16).collect::<String>()).unwrap_or(Needle::EMPTY),
    };
    let rule = RuleName(hostile.to_owned());
    let people = vec![Principal::User(UserId(u64::MAX)); 40];
    let group = |approvals| Group {
        name: Some(hostile.to_owned()),
        approvers: people.clone(),
        approvals,
    };
    let quorum = Quorum::of_groups(vec![group(1), group(2)]);
    let rules = vec![
        RuleLine {
            name: &rule,
            ports: Some((1..40).map(sample::port).collect()),
            requesters: &people,
            quorum: &quorum,
            yours: true,
            extends_once: true,
            approves_alone: true,
            break_glass: &[],
        };
        failing
    ];
    let request = sample::request_for(&["a"], &[22, 80, 443]);
    let windows = sample::windows(&request);
    let found = vec![
        FoundWindow {
            vm: vm.id.clone(),
            port: sample::port(22),
            source: hostile.to_owned(),
            ends_at: at(90),
            requestor: FreeText::new(hostile),
        };
        failing
    ];
    let own = vec![of_network::rule(
        300,
        hostile,
        Access::Allow,
        hostile,
        "*",
        "22,443",
    )];
    let network = picture(
        own,
        Origin::Inventory {
            read_at: None,
            why: NotTold::NotAsked,
        },
    );
    let detail = vms::detail(&Detail {
        vm: &vm,
        written: &"x".repeat(100),
        subscription: name.as_ref(),
        windows: &windows,
        found: &found,
        freeze: None,
        rules: &rules,
        network: &network,
        read_at: Some(at(1)),
        back: Some(page),
    });
    let plans: Vec<_> = troubles
        .iter()
        .cycle()
        .take(failing)
        .map(|why| plan::Row {
            subscription: &id,
            name: name.as_ref(),
            plans: Some(Err(why)),
            unread: Some(why),
            stale_since: Some(at(1)),
        })
        .collect();
    vec![
        vms::vms(page, &rows, &around),
        vms::nothing_read(&around),
        detail,
        plan::plan(&plans, troubles.first()),
    ]
}

/// Every kind of trouble whose words come from outside.
pub(super) fn troubles(hostile: &str) -> Vec<Trouble> {
    let text = || FreeText::new(hostile).unwrap_or_else(FreeText::unreadable);
    let code = || hostile.to_owned();
    vec![
        Trouble::Forbidden {
            action: code(),
            scope: Scope::Group {
                subscription: SubscriptionId::new(&uuid::Uuid::nil().to_string()).unwrap(),
                group: code(),
            },
        },
        Trouble::SignIn {
            remedy: Remedy::AllowInConditionalAccess,
            detail: text(),
        },
        Trouble::TokenRefused { message: text() },
        Trouble::NotFound {
            code: code(),
            message: text(),
        },
        Trouble::NotRegistered { message: text() },
        Trouble::Failing {
            status: 500,
            code: code(),
            message: text(),
        },
        Trouble::Refused {
            status: 400,
            code: code(),
            message: text(),
        },
        Trouble::Malformed { detail: text() },
    ]
}
