use insta::assert_snapshot;

use crate::{
    chat::message::{
        sample::{self, at, person},
        trail::{batch, line},
    },
    domain::{
        actor::Person,
        ids::{RecordNumber, RequestNumber, RuleName},
        record::{By, Entry, Fact, Record, WindowFacts},
        text::FreeText,
        trouble::Trouble,
        vote::{Choice, Via},
        window::{Ended, FailReason, NotObeyed, Proof, RulesKept},
    },
};

fn said(by: By, fact: Fact) -> String {
    line(&record(1042, by, fact))
}

fn record(number: i64, by: By, fact: Fact) -> Record {
    Record {
        number: RecordNumber(number),
        at: at(5),
        entry: Entry { by, fact },
    }
}

fn bob() -> By {
    By::Person(sample::bob())
}

fn window() -> WindowFacts {
    let request = sample::approved(&["web-01"]);
    sample::windows(&request)[0].facts(&request)
}

#[test]
fn the_main_story_reads_in_order() {
    let request = sample::approved(&["web-01"]);
    let asked = Fact::Asked {
        request: request.facts(),
        doors: request.doors().collect(),
        source: sample::source(),
        length: request.length,
        rules: vec![RuleName("production ssh".to_owned())],
        answer_by: at(30),
        extends: None,
        starts_at: None,
    };
    let voted = Fact::Voted {
        request: request.facts(),
        choice: Choice::Approve,
        via: Via::Reaction,
        missing: 0,
        needs: Vec::new(),
    };
    let approved = Fact::Approved {
        request: request.facts(),
        approvers: request.approvers(),
        doors: request.doors().collect(),
        source: sample::source(),
        ends_at: at(62),
        automatic: false,
        starts_at: None,
    };
    let opening = Fact::Opening {
        windows: vec![window()],
        policy: request.targets[0].ports[0].policy.clone(),
    };
    let closed = Fact::Closed {
        window: window(),
        how: Ended::Expired,
    };
    let story: Vec<_> = [
        (By::Person(sample::alice()), asked),
        (bob(), voted),
        (By::Rules(vec![RuleName("production ssh".to_owned())]), approved),
        (By::Bot, opening),
        (
            By::Azure,
            Fact::Opened {
                window: window(),
                proof: Proof::RuleStands,
            },
        ),
        (By::Azure, closed),
    ]
    .into_iter()
    .zip(1042..)
    .map(|((by, fact), number)| record(number, by, fact))
    .collect();
    let (text, taken) = batch(&story);
    assert_eq!(taken, 6);
    assert_snapshot!(text, @r"
        #1042 · asked · web-01 · SSH 22 from 8.8.4.7 for 1h · rule production ssh · an answer counts until <t:1800001800:t> · asked by <@101> · INC-42 the disk is full · request 17
        #1043 · approval · by <@202> with a reaction · the last one that was needed · asked by <@101> · INC-42 the disk is full · request 17
        #1044 · approved · web-01 · SSH 22 from 8.8.4.7 until <t:1800003720:t> · asked by <@101> · approved by <@202> · INC-42 the disk is full · request 17
        #1045 · opening · web-01 · SSH 22 from 8.8.4.7 until <t:1800003720:t> · asked by <@101> · approved by <@202> · INC-42 the disk is full · request 17
        #1046 · opened · web-01 · SSH 22 from 8.8.4.7 until <t:1800003720:t> · its network rule stands · asked by <@101> · approved by <@202> · INC-42 the disk is full · request 17
        #1047 · closed · web-01 · SSH 22 from 8.8.4.7 until <t:1800003720:t> · at its end, <t:1800000300:t> · asked by <@101> · approved by <@202> · INC-42 the disk is full · request 17
        ");
}

#[test]
fn every_other_fact_has_its_line() {
    let facts = || sample::pending(&["web-01"]).facts();
    assert_snapshot!(said(bob(), Fact::Voted { request: facts(), choice: Choice::Approve, via: Via::Button, missing: 1, needs: Vec::new() }), @r"#1042 · approval · by <@202> with a button · 1 more approval is needed · asked by <@101> · INC-42 the disk is full · request 17");
    assert_snapshot!(said(By::Person(person(66, "mallory")), Fact::VoteRefused { request: facts(), choice: Choice::Approve, via: Via::Reaction, why: "not_an_approver".to_owned() }), @r"#1042 · vote not counted · approval by <@66> with a reaction · not an approver of this request · asked by <@101> · INC-42 the disk is full · request 17");
    assert_snapshot!(said(bob(), Fact::Denied { request: facts(), via: Via::ReactionReadLater, why: None }), @r"#1042 · denied · by <@202> with a reaction that was read later · no reason given · asked by <@101> · INC-42 the disk is full · request 17");
    assert_snapshot!(said(bob(), Fact::Denied { request: facts(), via: Via::Button, why: FreeText::new("use the *bastion*") }), @r"#1042 · denied · by <@202> with a button · because: use the \*bastion\* · asked by <@101> · INC-42 the disk is full · request 17");
    assert_snapshot!(said(By::Person(sample::alice()), Fact::Withdrawn { request: facts() }), @r"#1042 · withdrawn · asked by <@101> · INC-42 the disk is full · request 17");
    assert_snapshot!(said(By::Time, Fact::Lapsed { request: facts() }), @r"#1042 · lapsed · asked by <@101> · INC-42 the disk is full · request 17");
    assert_snapshot!(said(By::Azure, Fact::Stuck { window: window(), rule_missing: false }), @r"#1042 · still opening · web-01 · SSH 22 from 8.8.4.7 until <t:1800003720:t> · Azure has not said that it is open · asked by <@101> · approved by <@202> · INC-42 the disk is full · request 17");
    assert_snapshot!(said(By::Azure, Fact::Stuck { window: window(), rule_missing: true }), @"#1042 · still opening · web-01 · SSH 22 from 8.8.4.7 until <t:1800003720:t> · Azure says that it is open, but the network rules do not let it in: its own rule is missing, or another one keeps it out · asked by <@101> · approved by <@202> · INC-42 the disk is full · request 17");
    assert_snapshot!(said(By::Azure, Fact::Opened { window: window(), proof: Proof::AzureSays }), @"#1042 · opened · web-01 · SSH 22 from 8.8.4.7 until <t:1800003720:t> · on Azure's word; the network rules were not readable · asked by <@101> · approved by <@202> · INC-42 the disk is full · request 17");
    assert_snapshot!(said(By::Azure, Fact::Failed { window: window(), why: FailReason::ProvenAbsent }), @r"#1042 · failed · web-01 · SSH 22 from 8.8.4.7 until <t:1800003720:t> · Azure did not answer, and shows no request from Portcullis · asked by <@101> · approved by <@202> · INC-42 the disk is full · request 17");
    assert_snapshot!(said(By::Azure, Fact::KeptOut { window: window() }), @"#1042 · open, and kept out · web-01 · SSH 22 from 8.8.4.7 until <t:1800003720:t> · the network rules do not let its source in any more · asked by <@101> · approved by <@202> · INC-42 the disk is full · request 17");
    assert_snapshot!(said(By::Azure, Fact::LetInAgain { window: window() }), @"#1042 · let in again · web-01 · SSH 22 from 8.8.4.7 until <t:1800003720:t> · the network rules let its source in · asked by <@101> · approved by <@202> · INC-42 the disk is full · request 17");
    assert_snapshot!(said(bob(), Fact::CloseAsked { window: window() }), @r"#1042 · closing · web-01 · SSH 22 from 8.8.4.7 until <t:1800003720:t> · by <@202> · asked by <@101> · approved by <@202> · INC-42 the disk is full · request 17");
    assert_snapshot!(said(By::Azure, Fact::Closed { window: window(), how: Ended::ClosedBy(sample::bob()) }), @r"#1042 · closed · web-01 · SSH 22 from 8.8.4.7 until <t:1800003720:t> · early, by <@202>, <t:1800000300:t> · asked by <@101> · approved by <@202> · INC-42 the disk is full · request 17");
    assert_snapshot!(said(By::Azure, Fact::Closed { window: window(), how: Ended::Superseded }), @r"#1042 · closed · web-01 · SSH 22 from 8.8.4.7 until <t:1800003720:t> · a newer request in Azure took its place, <t:1800000300:t> · asked by <@101> · approved by <@202> · INC-42 the disk is full · request 17");
    assert_snapshot!(said(By::Azure, Fact::Closed { window: window(), how: Ended::Vanished }), @r"#1042 · closed · web-01 · SSH 22 from 8.8.4.7 until <t:1800003720:t> · gone from Azure without Portcullis, <t:1800000300:t> · asked by <@101> · approved by <@202> · INC-42 the disk is full · request 17");
    assert_snapshot!(said(By::Azure, Fact::Closed { window: window(), how: Ended::Replaced { by: RequestNumber(18), extension: true } }), @"#1042 · closed · web-01 · SSH 22 from 8.8.4.7 until <t:1800003720:t> · extended by request 18, <t:1800000300:t> · asked by <@101> · approved by <@202> · INC-42 the disk is full · request 17");
    assert_snapshot!(said(By::Azure, Fact::Closed { window: window(), how: Ended::Replaced { by: RequestNumber(18), extension: false } }), @"#1042 · closed · web-01 · SSH 22 from 8.8.4.7 until <t:1800003720:t> · request 18 took its place, <t:1800000300:t> · asked by <@101> · approved by <@202> · INC-42 the disk is full · request 17");
    assert_snapshot!(said(By::Bot, Fact::ClosingByRules { window: window(), rules: vec!["MicrosoftDefenderForCloud-JITRule-1-a".to_owned()], why: NotObeyed::StillOpen }), @"#1042 · closing by rule · web-01 · SSH 22 from 8.8.4.7 until <t:1800003720:t> · Azure was asked to close it, and it stayed open; its network rules are taken out: `MicrosoftDefenderForCloud-JITRule-1-a` · asked by <@101> · approved by <@202> · INC-42 the disk is full · request 17");
    assert_snapshot!(said(By::Bot, Fact::LeftToItsEnd { window: window(), why: NotObeyed::StillOpen, kept: RulesKept::Firewall }), @"#1042 · not closed early · web-01 · SSH 22 from 8.8.4.7 until <t:1800003720:t> · Azure was asked to close it, and it stayed open; the way in leads through an Azure Firewall, whose rules Portcullis does not touch; it ends by itself <t:1800003720:t> · asked by <@101> · approved by <@202> · INC-42 the disk is full · request 17");
    assert_snapshot!(said(By::Bot, Fact::LeftToItsEnd { window: window(), why: NotObeyed::Trouble { why: Trouble::Refused { status: 409, code: "Conflict".to_owned(), message: FreeText::new("no `right`").unwrap() } }, kept: RulesKept::Unreadable }), @r"#1042 · not closed early · web-01 · SSH 22 from 8.8.4.7 until <t:1800003720:t> · the close failed: Azure refused with `Conflict` (HTTP 409): no \`right\`; its network rules cannot be read; it ends by itself <t:1800003720:t> · asked by <@101> · approved by <@202> · INC-42 the disk is full · request 17");
    assert_snapshot!(said(By::Azure, Fact::CloseUnconfirmed { window: window() }), @r"#1042 · not confirmed shut · web-01 · SSH 22 from 8.8.4.7 until <t:1800003720:t> · its end has passed, and Azure does not say that it is shut · asked by <@101> · approved by <@202> · INC-42 the disk is full · request 17");
    assert_snapshot!(said(By::Person(person(404, "carol")), Fact::Frozen { why: FreeText::new("we are under attack") }), @r"#1042 · frozen · nothing new is opened · by <@404> · we are under attack");
    assert_snapshot!(said(By::Operator("root".to_owned()), Fact::Unfrozen { waiting: 2 }), @r"#1042 · freeze lifted · by the operator root · 2 openings that waited go on now");
    assert_snapshot!(said(By::Azure, Fact::Found {
        policy: sample::pending(&["web-01"]).targets[0].ports[0].policy.clone(),
        vm: sample::vm_id("web-01"),
        port: sample::port(22),
        source: "*".to_owned(),
        ends_at: at(62),
        requestor: FreeText::new("a pipeline"),
        started_at: None,
    }), @r"#1042 · found in Azure · web-01 · SSH 22 from `*` until <t:1800003720:t> · not opened by Portcullis · by a pipeline · JIT policy default");
    assert_snapshot!(said(By::Bot, Fact::RulesReloaded { before: "a".repeat(64), after: "b".repeat(64) }), @r"#1042 · rules reloaded · by Portcullis · from `aaaaaaaaaaaa` to `bbbbbbbbbbbb`");
    assert_snapshot!(said(By::Bot, Fact::GaveUp { task: "answer:17".to_owned(), why: FreeText::new("Discord said 403").unwrap(), request: Some(RequestNumber(17)) }), @r"#1042 · gave up · `answer:17` · Discord said 403 · somebody must look · request 17");
}

#[test]
fn a_batch_takes_whole_lines_and_at_least_one() {
    let long = |number| {
        let mut window = window();
        window.request.reason = FreeText::new(&"@everyone ".repeat(40));
        window.approvers = vec![Person { ..sample::bob() }; 40];
        record(
            number,
            By::Azure,
            Fact::Opened {
                window,
                proof: Proof::AzureSays,
            },
        )
    };
    let records: Vec<_> = (1..=20).map(long).collect();
    let (text, taken) = batch(&records);
    assert!((1..20).contains(&taken), "{taken}");
    assert!(text.encode_utf16().count() <= 2000);
    assert_eq!(text.lines().count(), taken);
    assert_eq!(batch(&[]), (String::new(), 0));
}
