use insta::assert_snapshot;

use super::world::World;
use crate::{
    chat::message::{
        card,
        sample::{self, at, shown},
        status::{Rights, status},
    },
    domain::{
        actor::Principal,
        ids::{RoleId, UserId},
        quorum::{Group, Quorum},
        request::{Request, RequestState},
        vm::{OpenAnyway, Power},
        window::{CloseWhy, Ended, WindowState},
    },
};

fn later(world: &World) -> String {
    shown(&world.view(card::later))
}

#[test]
fn a_new_card_says_everything_and_pings_the_approvers_once() {
    let mut world = World::of(sample::pending(&["web-01"]));
    assert_snapshot!(shown(&world.view(|view| card::first(view, &[]))), @r"
        <@&333>: <@101> asks for SSH 22 on **web-01**.
        == Request 17: waiting for an answer ==
        1 more approval is needed. Answer with the buttons, or react with ✅ or ❌.
        [Who asks] <@101>
        [How long] 1h
        [From] `8.8.4.7`
        [Machines and ports] **web-01** (group prod-web, Linux, running): SSH 22
        [Why] INC-42 the disk is full
        [Rules] **production ssh**: 0 of 1 approval. <@&333> may answer.
        [An answer counts until] <t:1800001800:F> (<t:1800001800:R>)
        -- Request 17 · 00000000-0000-0000-0000-000000000011
        (Approve) (Approve with less) (Deny) (Claim)
        pings [Role(RoleId(333))]
        ");
    assert!(world.view(card::later).pings.is_empty());

    let named = vec![
        Principal::User(UserId(101)),
        Principal::Role(RoleId(333)),
        Principal::Role(RoleId(333)),
    ];
    world.request.terms[0].quorum = Quorum::sole(named, 1);
    let pings = world.view(|view| card::first(view, &[])).pings;
    assert_eq!(
        pings,
        [Principal::Role(RoleId(333))],
        "who asks is not pinged, and nobody twice"
    );
}

#[test]
fn a_card_warns_of_what_the_inventory_knows() {
    let mut world = World::of(sample::request_for(&["web-01", "web-02"], &[22, 3389]));
    world.vms[0].power = Power::Deallocated;
    world.vms[0].open_anyway = vec![OpenAnyway {
        port: sample::port(3389),
        rule: "allow-all".to_owned(),
        source: "*".to_owned(),
    }];
    world.vms[0].beside_jit = vec![OpenAnyway {
        port: sample::port(22),
        rule: "office".to_owned(),
        source: "203.0.113.0/24".to_owned(),
    }];
    world.vms.pop();
    world.others = sample::windows(&sample::approved(&["web-01"]));
    world.stale_since = Some(at(-90));
    world.freeze = Some(sample::freeze());
    assert_snapshot!(later(&world), @r"
        <@&333>: <@101> asks for SSH 22 and RDP 3389 on **web-01** and SSH 22 and RDP 3389 on **web-02**.
        == Request 17: waiting for an answer ==
        1 more approval is needed. Answer with the buttons, or react with ✅ or ❌.
        [Who asks] <@101>
        [How long] 1h
        [From] `8.8.4.7`
        [Machines and ports] **web-01** (group prod-web, Linux, stopped (deallocated)): SSH 22, RDP 3389
        **web-02** (group prod-web, not in the inventory): SSH 22, RDP 3389
        [Why] INC-42 the disk is full
        [Rules] **production ssh**: 0 of 1 approval. <@&333> may answer.
        [An answer counts until] <t:1800001800:F> (<t:1800001800:R>)
        [Warnings] A freeze by <@404> is on: an approval waits until it is lifted.
        **web-01** is stopped (deallocated): the port can be opened, but nobody answers there until it runs.
        SSH 22 on **web-01** is also open to `203.0.113.0/24` without JIT, by the network rule `office`.
        RDP 3389 on **web-01** is open to `*` all the time by the network rule `allow-all`, so JIT protects nothing there.
        **web-02** is not in the inventory, so nothing is known of its state.
        SSH 22 on **web-01** has a window for `8.8.4.7` until <t:1800003720:t> already. Azure keeps one request per port: opening this one may replace it.
        What is said of the machines was read from Azure <t:1799994600:R>; it may have changed.
        -- Request 17 · 00000000-0000-0000-0000-000000000011
        (Approve) (Approve with less) (Deny) (Claim)
        ");
}

#[test]
fn a_card_with_groups_says_of_which_one_is_missing() {
    let mut world = World::of(sample::pending(&["web-01"]));
    let group = |name: &str, role| Group {
        name: Some(name.to_owned()),
        approvers: vec![Principal::Role(RoleId(role))],
        approvals: 1,
    };
    let quorum = Quorum::of_groups(vec![group("on-call", sample::ON_CALL), group("leads", 444)]);
    world.request.terms[0].quorum = quorum;
    let changed = |world: &World| {
        let card = later(world);
        let lines = card
            .lines()
            .filter(|line| line.contains("needed") || line.starts_with("[Rules]"));
        lines.collect::<Vec<_>>().join("\n")
    };
    world.today = Some(world.request.terms.clone());
    assert_snapshot!(changed(&world), @r"
        2 more approvals are needed: 1 of on-call and 1 of leads. Answer with the buttons, or react with ✅ or ❌.
        [Rules] **production ssh**: 0 of 2 approvals. It needs 1 of on-call (<@&333>) and 1 of leads (<@&444>); one person counts for one group only.
        ");
    world.request.state = RequestState::Pending {
        source: sample::source(),
        answer_by: at(30),
        escalated: Vec::new(),
        votes: vec![sample::vote(&world.request)],
        claimed: None,
        taken_back: Vec::new(),
    };
    assert_snapshot!(changed(&world), @r"
        1 more approval is needed: 1 of leads. Answer with the buttons, or react with ✅ or ❌.
        [Rules] **production ssh**: 1 of 2 approvals. Approved by <@202>. It needs 1 of on-call (<@&333>) and 1 of leads (<@&444>); one person counts for one group only.
        ");
    world.request.state = sample::approved(&["web-01"]).state;
    assert_snapshot!(changed(&world), @"[Rules] **production ssh**: 1 of 2 approvals. Approved by <@202>.");
}

#[test]
fn a_card_counts_votes_and_says_when_no_rule_is_left() {
    let mut world = World::of(sample::pending(&["web-01"]));
    world.request.terms[0].quorum = Quorum::sole(vec![Principal::Role(RoleId(333))], 2);
    world.request.state = RequestState::Pending {
        source: "10.1.0.0/24".parse().unwrap(),
        answer_by: at(30),
        escalated: Vec::new(),
        votes: vec![sample::vote(&world.request)],
        claimed: None,
        taken_back: Vec::new(),
    };
    assert_snapshot!(later(&world), @r"
        <@&333>: <@101> asks for SSH 22 on **web-01**.
        == Request 17: waiting for an answer ==
        1 more approval is needed. Answer with the buttons, or react with ✅ or ❌.
        [Who asks] <@101>
        [How long] 1h
        [From] `10.1.0.0/24`. This is a private address: it only reaches the machine from inside the network or a VPN. This is a network of 256 addresses.
        [Machines and ports] **web-01** (group prod-web, Linux, running): SSH 22
        [Why] INC-42 the disk is full
        [Rules] **production ssh**: 1 of 2 approvals. Approved by <@202>. <@&333> may answer.
        [An answer counts until] <t:1800001800:F> (<t:1800001800:R>)
        -- Request 17 · 00000000-0000-0000-0000-000000000011
        (Approve) (Approve with less) (Deny) (Claim)
        ");
    world.today = None;
    let card = later(&world);
    assert!(card.contains("No rule allows this request any more"), "{card}");
}

#[test]
fn opening_is_never_called_open() {
    let mut world = World::of(sample::approved(&["web-01"]));
    assert_snapshot!(later(&world), @r"
        Request 17: approved, opening. <@101> asked for SSH 22 on **web-01**.
        == Request 17: approved, opening ==
        Approved by <@202>. It is not open yet: this card says so when Azure does. The access ends <t:1800003720:F> (<t:1800003720:R>).
        [Who asks] <@101>
        [How long] 1h
        [From] `8.8.4.7`
        [Machines and ports] **web-01** (group prod-web, Linux, running): SSH 22
        [Why] INC-42 the disk is full
        [Rules] **production ssh**: 1 of 1 approval. Approved by <@202>.
        [Windows] SSH 22 on **web-01**: opening, not open yet
        -- Request 17 · 00000000-0000-0000-0000-000000000011
        (Close now)
        ");
    world.freeze = Some(sample::freeze());
    assert_snapshot!(later(&world).lines().next().unwrap_or_default(), @r"Request 17: approved, held back by a freeze. <@101> asked for SSH 22 on **web-01**.");
    world.freeze = None;
    let stuck = world.with(WindowState::Opening {
        since: at(2),
        asked_at: Some(at(2)),
        stuck_at: Some(at(12)),
        rule_missing: false,
    });
    assert_snapshot!(later(&stuck), @r"
        Request 17: still opening, Azure takes long. <@101> asked for SSH 22 on **web-01**.
        == Request 17: still opening, Azure takes long ==
        Approved by <@202>. Azure was asked and has not said that it is open. Portcullis keeps looking until <t:1800003720:F> (<t:1800003720:R>).
        [Who asks] <@101>
        [How long] 1h
        [From] `8.8.4.7`
        [Machines and ports] **web-01** (group prod-web, Linux, running): SSH 22
        [Why] INC-42 the disk is full
        [Rules] **production ssh**: 1 of 1 approval. Approved by <@202>.
        [Windows] SSH 22 on **web-01**: still opening; Azure has not said that it is open
        -- Request 17 · 00000000-0000-0000-0000-000000000011
        (Close now)
        ");
}

#[test]
fn an_open_card_can_be_closed_and_a_closed_one_has_no_buttons() {
    let open = World::of(sample::approved(&["web-01"])).with(sample::open());
    assert_snapshot!(later(&open), @r"
        Request 17: open. <@101> asked for SSH 22 on **web-01**.
        == Request 17: open ==
        Approved by <@202>. Azure says that it is open, until <t:1800003720:F> (<t:1800003720:R>). Sessions already open are not cut when it ends.
        [Who asks] <@101>
        [How long] 1h
        [From] `8.8.4.7`
        [Machines and ports] **web-01** (group prod-web, Linux, running): SSH 22
        [Why] INC-42 the disk is full
        [Rules] **production ssh**: 1 of 1 approval. Approved by <@202>.
        [Windows] SSH 22 on **web-01**: open until <t:1800003720:t>
        -- Request 17 · 00000000-0000-0000-0000-000000000011
        (Close now)
        ");
    let closed = open.with(WindowState::Closed {
        opened_at: Some(at(3)),
        at: at(62),
        how: Ended::Expired,
    });
    assert_snapshot!(later(&closed), @r"
        Request 17: closed. <@101> asked for SSH 22 on **web-01**.
        == Request 17: closed ==
        Approved by <@202>. Every window is over. Sessions that were open are not cut.
        [Who asks] <@101>
        [How long] 1h
        [From] `8.8.4.7`
        [Machines and ports] **web-01** (group prod-web, Linux, running): SSH 22
        [Why] INC-42 the disk is full
        [Rules] **production ssh**: 1 of 1 approval. Approved by <@202>.
        [Windows] SSH 22 on **web-01**: closed at its end, <t:1800003720:t>
        -- Request 17 · 00000000-0000-0000-0000-000000000011
        ");
}

#[test]
fn every_other_end_is_said_in_words() {
    let failed = World::of(sample::approved(&["web-01"])).with(sample::failed());
    assert_snapshot!(later(&failed), @r"
        Request 17: failed, not opened. <@101> asked for SSH 22 on **web-01**.
        == Request 17: failed, not opened ==
        Approved by <@202>, but nothing was opened. The reason stands below; a new request is needed.
        [Who asks] <@101>
        [How long] 1h
        [From] `8.8.4.7`
        [Machines and ports] **web-01** (group prod-web, Linux, running): SSH 22
        [Why] INC-42 the disk is full
        [Rules] **production ssh**: 1 of 1 approval. Approved by <@202>.
        [Windows] SSH 22 on **web-01**: not opened. Azure refused with `AuthorizationFailed` (HTTP 403): The client has no right to do \`initiate\`.
        -- Request 17 · 00000000-0000-0000-0000-000000000011
        ");

    let unconfirmed = failed.with(WindowState::Closing {
        opened_at: Some(at(3)),
        since: at(62),
        why: CloseWhy::Expired,
        unconfirmed_at: Some(at(77)),
        way: Default::default(),
    });
    assert_snapshot!(later(&unconfirmed), @r"
        Request 17: end not confirmed by Azure. <@101> asked for SSH 22 on **web-01**.
        == Request 17: end not confirmed by Azure ==
        Approved by <@202>. A window should be shut, but Azure has not confirmed it. Somebody should look at the JIT requests and the network rules in the Azure portal.
        [Who asks] <@101>
        [How long] 1h
        [From] `8.8.4.7`
        [Machines and ports] **web-01** (group prod-web, Linux, running): SSH 22
        [Why] INC-42 the disk is full
        [Rules] **production ssh**: 1 of 1 approval. Approved by <@202>.
        [Windows] SSH 22 on **web-01**: should be shut, but Azure has not confirmed it
        -- Request 17 · 00000000-0000-0000-0000-000000000011
        ");

    assert_snapshot!(later(&World::of(sample::denied(Some("use the bastion")))), @r"
        Request 17: denied. <@101> asked for SSH 22 on **web-01**.
        == Request 17: denied ==
        Denied by <@202> at <t:1800000180:t>. Reason: use the bastion
        [Who asks] <@101>
        [How long] 1h
        [From] `8.8.4.7`
        [Machines and ports] **web-01** (group prod-web, Linux, running): SSH 22
        [Why] INC-42 the disk is full
        [Rules] **production ssh**: 0 of 1 approval.
        -- Request 17 · 00000000-0000-0000-0000-000000000011
        ");

    let over = |state| {
        let request = Request {
            state,
            ..sample::pending(&["web-01"])
        };
        later(&World::of(request))
            .lines()
            .take(3)
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_snapshot!(over(RequestState::Withdrawn { source: Some(sample::source()), at: at(4) }), @r"
        Request 17: withdrawn. <@101> asked for SSH 22 on **web-01**.
        == Request 17: withdrawn ==
        <@101> took the request back at <t:1800000240:t>. Nothing was opened.
        ");
    assert_snapshot!(over(RequestState::Lapsed { source: Some(sample::source()), at: at(30) }), @r"
        Request 17: lapsed, not answered in time. <@101> asked for SSH 22 on **web-01**.
        == Request 17: lapsed, not answered in time ==
        Too few approvals came by <t:1800001800:t>, so the request lapsed. Nothing was opened.
        ");
}

#[test]
fn a_status_has_the_buttons_that_its_reader_may_press() {
    let open = World::of(sample::approved(&["web-01"])).with(sample::open());
    let buttons = |world: &World, rights| world.view(|view| status(view, rights)).components.len();
    assert_eq!(buttons(&open, Rights::default()), 0);
    assert_eq!(
        buttons(
            &open,
            Rights {
                close: true,
                withdraw: true,
                requester: false
            }
        ),
        1
    );
    let mine = open.view(|view| {
        status(
            view,
            Rights {
                requester: true,
                ..Rights::default()
            },
        )
    });
    assert!(mine.content.contains("ssh azureuser@203.0.113.10"));
    let theirs = open.view(|view| status(view, Rights::default()));
    assert_eq!(theirs.content, "");
}
