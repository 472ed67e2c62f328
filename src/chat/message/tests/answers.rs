use insta::assert_snapshot;

use super::world::World;
use crate::{
    chat::message::{
        answer::{Place, answer},
        sample::{self, at, shown},
        vote, withdraw,
    },
    domain::{
        actor::Principal,
        ids::{RoleId, UserId},
        quorum::Quorum,
        request::{Request, RequestState},
        window::{Ended, WindowState},
    },
};

fn private(world: &World) -> String {
    shown(&world.view(|view| answer(view, Place::Private)))
}

#[test]
fn the_requester_reads_every_step() {
    assert_snapshot!(private(&World::of(sample::draft())), @r"
        Request 17 for SSH 22 on **web-01** waits for its source: the address from which you connect. Until it is named, nobody is asked.
        Last time you used `8.8.4.7`. Press its button if you connect from there now; otherwise type the address. To find it: a web search for “what is my IPv4 address” shows it, and so does your network administrator.
        This draft ends <t:1800000900:F> (<t:1800000900:R>).
        (Use 8.8.4.7) (Type another address) (Withdraw)
        ");
    let mut first = sample::draft();
    if let RequestState::Draft { offered, .. } = &mut first.state {
        *offered = None;
    }
    assert_snapshot!(private(&World::of(first)), @r"
        Request 17 for SSH 22 on **web-01** waits for its source: the address from which you connect. Until it is named, nobody is asked.
        Type the IPv4 address. To find it: a web search for “what is my IPv4 address” shows it, and so does your network administrator.
        This draft ends <t:1800000900:F> (<t:1800000900:R>).
        (Type the address) (Withdraw)
        ");
    assert_snapshot!(private(&World::of(sample::pending(&["web-01"]))), @r"
        Request 17 for SSH 22 on **web-01** was sent to the approvers. 1 more approval is needed.
        An answer counts until <t:1800001800:F> (<t:1800001800:R>).
        Access is for 1h from `8.8.4.7`.
        (Withdraw)
        ");

    let opening = World::of(sample::approved(&["web-01"]));
    assert_snapshot!(private(&opening), @r"
        Request 17 was approved by <@202>. Azure is opening SSH 22 on **web-01**; it is not open yet. This message says so when it is. The access ends <t:1800003720:F> (<t:1800003720:R>).
        (Close now)
        ");

    let open = opening.with(sample::open());
    assert_snapshot!(private(&open), @r"
        Request 17 is open. Approved by <@202>. It ends <t:1800003720:F> (<t:1800003720:R>).
        SSH 22 on **web-01**: host `203.0.113.10`, port `22`.
        ```
        ssh azureuser@203.0.113.10
        ```
        Sessions already open are not cut when it ends.
        (Connect) (Extend) (I'm done)
        ");

    let closed = open.with(WindowState::Closed {
        opened_at: Some(at(3)),
        at: at(40),
        how: Ended::ClosedBy(sample::bob()),
    });
    assert_snapshot!(private(&closed), @r"
        Request 17 is over; nothing of it is open any more. Sessions that were open are not cut.
        SSH 22 on **web-01**: closed early by <@202>, <t:1800002400:t>
        If you need more time, ask again with `/jit request`.
        ");
}

#[test]
fn what_goes_wrong_is_told_with_what_to_do_next() {
    let mut held = World::of(sample::approved(&["web-01"]));
    held.freeze = Some(sample::freeze());
    assert_snapshot!(private(&held), @r"
        Request 17 was approved by <@202>, but a freeze is on and nothing is opened. SSH 22 on **web-01** opens when the freeze is lifted. The time is running all the same: the access ends <t:1800003720:F> (<t:1800003720:R>).
        (Close now)
        ");
    held.freeze = None;

    let stuck = held.with(WindowState::Opening {
        since: at(2),
        asked_at: Some(at(2)),
        stuck_at: Some(at(12)),
        rule_missing: false,
    });
    assert_snapshot!(private(&stuck), @r"
        Request 17 for SSH 22 on **web-01** was approved by <@202>. Azure was asked and has not said that it is open. Portcullis keeps looking until the access ends, <t:1800003720:F> (<t:1800003720:R>). You can wait, or close it and ask again.
        (Close now)
        ");
    assert_snapshot!(private(&stuck.with(sample::failed())), @r"
        Request 17 was approved by <@202>, but it could not be opened.
        SSH 22 on **web-01**: not opened. Azure refused with `AuthorizationFailed` (HTTP 403): The client has no right to do \`initiate\`.
        You can ask again with `/jit request`. If it fails again, show this message to an administrator of Portcullis.
        ");
    assert_snapshot!(private(&World::of(sample::denied(None))), @r"
        Request 17 for SSH 22 on **web-01** was not granted. Denied by <@202> at <t:1800000180:t>. No reason was given.
        You can talk to who denied it.
        If you still need it, press **Ask again**: it asks for SSH 22 on **web-01** from `8.8.4.7` for 1h, because: INC-42 the disk is full
        (Ask again)
        ");
    let lapsed = Request {
        state: RequestState::Lapsed {
            source: Some(sample::source()),
            at: at(30),
        },
        ..sample::pending(&["web-01"])
    };
    assert_snapshot!(private(&World::of(lapsed)), @r"
        Request 17 for SSH 22 on **web-01** is over. Too few approvals came by <t:1800001800:t>, so the request lapsed. Nothing was opened.
        If you still need it, press **Ask again**: it asks for SSH 22 on **web-01** from `8.8.4.7` for 1h, because: INC-42 the disk is full
        (Ask again)
        ");
}

#[test]
fn a_part_that_is_open_can_be_used_while_the_rest_is_missing() {
    let mut world = World::of(sample::approved(&["web-01", "web-02"])).with(sample::open());
    world.windows[1].state = sample::failed();
    world.vms[0].address.public = None;
    assert_snapshot!(private(&world), @r"
        Request 17 is partly open. Approved by <@202>. It ends <t:1800003720:F> (<t:1800003720:R>).
        SSH 22 on **web-02**: not opened. Azure refused with `AuthorizationFailed` (HTTP 403): The client has no right to do \`initiate\`.
        Open: SSH 22 on **web-01**.
        SSH 22 on **web-01**: host `10.0.0.4`, port `22`. This is a private address: connect through your VPN or from inside the network.
        ```
        ssh azureuser@10.0.0.4
        ```
        Sessions already open are not cut when it ends.
        (Connect) (Extend) (I'm done)
        ");
}

#[test]
fn in_the_channel_only_the_requester_is_mentioned_and_no_address_is_told() {
    let open = World::of(sample::approved(&["web-01"])).with(sample::open());
    let rendered = open.view(|view| answer(view, Place::Channel));
    assert_eq!(rendered.pings, [Principal::User(UserId(101))]);
    assert!(rendered.content.starts_with("<@101> "));
    assert!(!rendered.content.contains("203.0.113.10"));
}

#[test]
fn the_voter_reads_what_the_vote_did() {
    let told = |world: &World| shown(&world.view(vote::counted));
    assert_snapshot!(told(&World::of(sample::approved(&["web-01"]))), @r"You approved request 17, and it was the last approval needed. Opening SSH 22 on **web-01** now; the card says when Azure reports it as open.");
    let mut frozen = World::of(sample::approved(&["web-01"]));
    frozen.freeze = Some(sample::freeze());
    assert_snapshot!(told(&frozen), @r"You approved request 17 for SSH 22 on **web-01**, and it was the last approval needed. A freeze is on, so it opens only when the freeze is lifted.");
    let mut half = World::of(sample::pending(&["web-01"]));
    half.request.terms[0].quorum = Quorum::sole(vec![Principal::Role(RoleId(sample::ON_CALL))], 2);
    half.request.state = RequestState::Pending {
        source: sample::source(),
        answer_by: at(30),
        escalated: Vec::new(),
        votes: vec![sample::vote(&half.request)],
        claimed: None,
        taken_back: Vec::new(),
    };
    assert_snapshot!(told(&half), @r"
        You approved request 17 for SSH 22 on **web-01**. 1 more approval is needed. Nothing is opened until then.
        (Take my vote back)
        ");
    assert_snapshot!(told(&World::of(sample::denied(Some("use the bastion")))), @r"You denied request 17 for SSH 22 on **web-01**, with the reason: use the bastion. Nothing is opened.");
    assert_snapshot!(shown(&withdraw::withdrawn(&sample::pending(&["web-01"]))), @r"You withdrew request 17 for SSH 22 on **web-01**. Nothing was opened, and nobody needs to answer it any more.");
}
