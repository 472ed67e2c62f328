//! One subject, one file.

mod address;
mod address_guard;
mod address_refused;
mod again;
mod answers;
mod approve;
mod auditors;
mod auto_approve;
mod azure_faults;
mod behind_our_back;
mod break_glass;
mod check;
mod claim;
mod close;
mod clouds;
mod configure;
mod configure_menu;
mod configure_others;
mod configure_ports;
mod conflict;
mod connect;
mod crashes;
mod degraded;
mod deny;
mod digest;
mod discord_faults;
mod draft;
mod explain;
mod extend;
mod flood;
mod found_in_azure;
mod freeze;
mod groups;
mod hostile;
mod hours;
mod input;
mod lapse;
mod later;
mod later_judged;
mod limits;
mod main_story;
mod members;
mod narrow;
mod nobody;
mod not_obeyed;
mod nothing;
mod notice;
mod opening;
mod plan;
mod plan_crash;
mod policies;
mod quota;
mod races;
mod races_decided;
mod reasons;
mod registration;
mod reminders;
mod replicas;
mod rights;
mod rules;
mod second_look;
mod several;
mod strangers;
mod take_back;
mod templates;
mod twice;
mod two_groups;
mod vms;
mod while_down;
mod withdraw;

use crate::harness::{Story, World};

/// What most stories begin with.
const ASK: &str = "/jit request vm:web-01 port:22 for:1h from:198.51.100.7 reason:INC-42 disk full";

/// The life of a request that one approver approves, as the trail tells it.
const TOLD: &[&str] = &["asked", "approval", "approved", "opening", "opened", "closed"];

/// The same life, closed early by taking the window's network rule out.
const TOLD_BY_RULE: &[&str] = &[
    "asked",
    "approval",
    "approved",
    "opening",
    "opened",
    "closing",
    "closing by rule",
    "closed",
];

/// The same life, where neither way closes it early.
const TOLD_BY_NO_WAY: &[&str] = &[
    "asked",
    "approval",
    "approved",
    "opening",
    "opened",
    "closing",
    "closing by rule",
    "not closed early",
    "closed",
];

/// Asked by Alice, approved by Bob, and open.
fn opens(world: &mut World) {
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(5);
    assert!(world.is_open("web-01", 22), "{:#?}", world.trail());
}

/// The text of a rule for every machine under which a network may be asked for; `with` is what else it says.
macro_rules! risky_rule {
    (approvals = $approvals:literal, $with:literal) => {
        concat!(
            r#"
[[rule]]
name = "risky"
vms = ["*"]
requesters = ["role:100000000000005001", "role:100000000000005002"]
approvers = ["role:100000000000005002", "role:100000000000005003"]
approvals = "#,
            $approvals,
            r#"
max_for = "4h"
sources = { widest = "/28", within = ["198.51.100.0/24"] }
"#,
            $with,
            "\n"
        )
    };
}
use risky_rule;

/// Every story that comes to the same end whenever the bot dies, besides the main one.
fn all() -> Vec<&'static Story> {
    [
        again::STORIES,
        address::STORIES,
        answers::STORIES,
        approve::STORIES,
        auto_approve::STORIES,
        azure_faults::STORIES,
        behind_our_back::STORIES,
        break_glass::STORIES,
        claim::STORIES,
        close::STORIES,
        configure::STORIES,
        configure_menu::STORIES,
        configure_others::STORIES,
        configure_ports::STORIES,
        conflict::STORIES,
        connect::STORIES,
        deny::STORIES,
        digest::STORIES,
        draft::STORIES,
        explain::STORIES,
        extend::STORIES,
        flood::STORIES,
        found_in_azure::STORIES,
        freeze::STORIES,
        groups::STORIES,
        lapse::STORIES,
        not_obeyed::STORIES,
        hours::STORIES,
        nobody::STORIES,
        later::STORIES,
        later_judged::STORIES,
        notice::STORIES,
        narrow::STORIES,
        opening::STORIES,
        races::STORIES,
        races_decided::STORIES,
        reminders::STORIES,
        rights::STORIES,
        limits::STORIES,
        reasons::STORIES,
        rules::STORIES,
        second_look::STORIES,
        several::STORIES,
        take_back::STORIES,
        two_groups::STORIES,
        templates::STORIES,
        vms::STORIES,
        while_down::STORIES,
        withdraw::STORIES,
    ]
    .into_iter()
    .flatten()
    .collect()
}
