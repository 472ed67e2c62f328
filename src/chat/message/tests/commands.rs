use insta::assert_snapshot;

use crate::{
    chat::message::{
        button::{ListPage, Which, Whose},
        close, failure, freeze, help,
        limit::CONTENT,
        list::{Row, list},
        sample::{self, shown},
    },
    domain::ids::RequestNumber,
};

#[test]
fn the_help_fits_into_a_message() {
    let help = help::help().content;
    assert!(help.encode_utf16().count() <= CONTENT);
    assert_snapshot!(help, @r"
    Portcullis opens ports of virtual machines for a limited time, after somebody has approved it, or a rule has.

    `/jit request`: Ask the approvers to open a port of a machine for you.
    `/jit status`: Show how a request stands.
    `/jit list`: List requests, ten at a time.
    `/jit withdraw`: Take back a request of yours that is not decided or has not started.
    `/jit close`: Close the windows of a request before their end.
    `/jit extend`: Ask for more time for an access of yours that is open.
    `/jit connect`: Show how to connect to a machine that is open for you.
    `/jit freeze`: Emergency brake for administrators: open nothing new.
    `/jit unfreeze`: Lift the freeze, for administrators; what waits is opened.
    `/jit vms`: Show the machines, and on which just-in-time access works.
    `/jit plan`: Show where the Defender plan is on that just-in-time access needs.
    `/jit enable`: For administrators: bring machines under JIT.
    `/jit disable`: For administrators: take machines out from under JIT.
    `/jit ports`: For administrators: list, add, change and remove JIT ports.
    `/jit rules`: Show what the network lets in to a machine, and which rules say so.
    `/jit break-glass`: Open at once, without an approval: everybody is told, and a review must be signed.
    `/jit explain`: Show which rule applies, and why.
    `/jit help`: Explain how to ask, answer and close.

    **To ask:** `/jit request vm:web-01 port:ssh for:1h from:198.51.100.7 reason:INC-42`. `from` is the IPv4 address from which you connect; leave it out to choose it next. `at:` starts it later; `template:` fills in what your team often asks for.
    **To answer:** press Approve, Approve with less or Deny on the card, or react with ✅ or ❌; ✅ does not count where a second look is needed. Claim or 👀 says that you are looking at it. Nobody can approve their own request.
    **When it is open**, your own message says so, with the line to paste. It ends by itself; sessions already open are not cut.
    Everything that happens stands in the trail, for all to read.
    ");
}

#[test]
fn closing_and_freezing_say_what_happens_and_what_does_not() {
    let windows = sample::windows(&sample::approved(&["web-01"]));
    let said = [
        close::closing(RequestNumber(17), &windows, &[]),
        close::not_allowed(RequestNumber(17)),
        close::nothing_open(RequestNumber(17)),
        close::closing_already(RequestNumber(17), &[]),
        freeze::frozen(0),
        freeze::frozen(2),
        freeze::frozen_already(&sample::freeze()),
        freeze::unfrozen(1),
        freeze::not_frozen(),
        freeze::not_allowed(),
        failure::internal("7f3a9c1e"),
        failure::old_button(),
    ]
    .map(|rendered| rendered.content);
    assert_snapshot!(said.join("\n"), @r"
        Closing SSH 22 on **web-01** of request 17 now. The card says when Azure reports it as shut. Sessions already open are not cut by that.
        Request 17 was not closed. Who asked for it, its approvers and the administrators can close it.
        Request 17 has nothing that can be closed: no window of it is open or opening. `/jit status` shows how it stands.
        Request 17 is being closed already. The card says when Azure reports it as shut. Sessions already open are not cut by that.
        The freeze is on: nothing new is opened. Requests can still be asked and answered, and what is approved waits. No window is open at the moment. `/jit unfreeze` lifts it.
        The freeze is on: nothing new is opened. Requests can still be asked and answered, and what is approved waits. 2 windows stay open until their ends; use `/jit close` to end them now. `/jit unfreeze` lifts it.
        The freeze is on already. It was set by <@404> <t:1800000060:F> (<t:1800000060:R>). Reason: we are under attack
        The freeze is lifted. 1 opening that waited goes on now.
        No freeze is on, so there is nothing to lift.
        Nothing was changed: only the administrators of Portcullis can freeze and unfreeze. In an emergency, tell one of them; an open window can be closed by who asked and by its approvers with `/jit close`.
        Portcullis could not do this, and it is not your fault. Nothing was changed that is not shown on a card or in the trail. Try again; if it happens again, give an administrator this reference: `7f3a9c1e`.
        This button is from another version of Portcullis and does nothing any more. Use the commands of `/jit` instead; `/jit help` lists them.
        ");
}

#[test]
fn a_list_has_ten_rows_and_leads_to_the_next() {
    let requests: Vec<_> = (1..=11)
        .rev()
        .map(|number| {
            let mut request = sample::pending(&["web-01"]);
            request.number = RequestNumber(number);
            request
        })
        .collect();
    let rows: Vec<_> = requests
        .iter()
        .map(|request| Row {
            request,
            windows: &[],
        })
        .collect();
    let page = ListPage {
        which: Which::Pending,
        whose: Whose::All,
        before: Some(RequestNumber(12)),
    };
    let rendered = list(page, &rows, true, None);
    assert_snapshot!(shown(&rendered), @r"
        == Pending requests, everybody's ==
        **11** · <@101> · SSH 22 on **web-01** from 8.8.4.7 · waiting for an answer, an answer counts until <t:1800001800:t>
        **10** · <@101> · SSH 22 on **web-01** from 8.8.4.7 · waiting for an answer, an answer counts until <t:1800001800:t>
        **9** · <@101> · SSH 22 on **web-01** from 8.8.4.7 · waiting for an answer, an answer counts until <t:1800001800:t>
        **8** · <@101> · SSH 22 on **web-01** from 8.8.4.7 · waiting for an answer, an answer counts until <t:1800001800:t>
        **7** · <@101> · SSH 22 on **web-01** from 8.8.4.7 · waiting for an answer, an answer counts until <t:1800001800:t>
        **6** · <@101> · SSH 22 on **web-01** from 8.8.4.7 · waiting for an answer, an answer counts until <t:1800001800:t>
        **5** · <@101> · SSH 22 on **web-01** from 8.8.4.7 · waiting for an answer, an answer counts until <t:1800001800:t>
        **4** · <@101> · SSH 22 on **web-01** from 8.8.4.7 · waiting for an answer, an answer counts until <t:1800001800:t>
        **3** · <@101> · SSH 22 on **web-01** from 8.8.4.7 · waiting for an answer, an answer counts until <t:1800001800:t>
        **2** · <@101> · SSH 22 on **web-01** from 8.8.4.7 · waiting for an answer, an answer counts until <t:1800001800:t>
        -- 
        (Newest) (Older)
        ");
    let json = serde_json::to_string(&rendered.components).unwrap();
    assert!(json.contains("p1:list:pending:all:2"), "{json}");

    let first = ListPage { before: None, ..page };
    assert_snapshot!(shown(&list(first, &[], false, None)), @r"
        == Pending requests, everybody's ==
        Nothing waits for an answer.
        --
        ");
}
