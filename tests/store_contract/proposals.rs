//! Proposals, their steps, and how their administrator is kept informed.

use std::time::Duration;

use portcullis::{
    clock::fresh_uuid,
    domain::{
        configuration::{Proposal, ProposalState, Step, StepState, VmChange, Wish},
        ids::{ChannelId, MessageId, ProposalId},
        port::Port,
        vm::{AllowedSources, JitPort, Protocol},
    },
    store::{AnswerToken, StoreError},
};
use secrecy::ExposeSecret as _;

use crate::{databases::Database, on_both, samples::*};

on_both!(
    a_proposal_and_its_steps_are_read_back,
    the_step_that_was_confirmed_first_is_written_first,
    who_was_slower_changes_nothing,
    a_token_is_kept_for_its_time,
);

fn proposal(seconds: i64) -> Proposal {
    Proposal {
        id: ProposalId(fresh_uuid(after(seconds))),
        by: alice(),
        lapses_at: after(900),
        state: ProposalState::Waiting {
            cautions: Vec::new(),
            left_out: Vec::new(),
        },
    }
}

fn step() -> Step {
    let before = JitPort {
        port: Port::new(22).unwrap(),
        protocol: Protocol::Tcp,
        sources: AllowedSources::Only(vec!["198.51.100.0/24".parse().unwrap()]),
        max: Duration::from_secs(5400),
    };
    Step {
        policy: policy(),
        is_new: false,
        changes: vec![VmChange {
            vm: vm("web-01"),
            before: vec![before],
            wish: Wish::Unguard,
        }],
        state: StepState::Queued { tries: 0, sends: 0 },
    }
}

async fn a_proposal_and_its_steps_are_read_back(database: Database) {
    let store = database.open().await;
    let proposal = proposal(0);
    let mut work = store.begin().await.unwrap();
    work.insert_proposal(&proposal).await.unwrap();
    work.insert_steps(proposal.id, &[step(), step()]).await.unwrap();
    let (read, _) = work.proposal(proposal.id).await.unwrap().unwrap();
    assert_eq!(read, proposal);
    let rows = work.steps(proposal.id).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.place).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(rows[1].step, step());
    assert_eq!(
        work.step_to_write(&policy()).await.unwrap(),
        None,
        "nothing is done before it is confirmed"
    );
    assert!(
        work.proposal(ProposalId(fresh_uuid(start())))
            .await
            .unwrap()
            .is_none()
    );
}

async fn the_step_that_was_confirmed_first_is_written_first(database: Database) {
    let store = database.open().await;
    let (early, late) = (proposal(0), proposal(1));
    let mut work = store.begin().await.unwrap();
    for proposal in [&early, &late] {
        work.insert_proposal(proposal).await.unwrap();
        work.insert_steps(proposal.id, &[step()]).await.unwrap();
    }
    work.confirm_steps(late.id, after(2)).await.unwrap();
    work.confirm_steps(early.id, after(3)).await.unwrap();
    assert_eq!(work.steps_to_write().await.unwrap().len(), 2);
    for expected in [late.id, early.id] {
        let row = work.step_to_write(&policy()).await.unwrap().unwrap();
        assert_eq!(row.proposal, expected);
        let over = Step {
            state: StepState::Done {
                at: after(4),
                call: None,
                crossed: None,
            },
            ..row.step.clone()
        };
        let saved = work.save_step(&row, over).await.unwrap();
        assert!(saved.step.is_over());
    }
    assert!(work.step_to_write(&policy()).await.unwrap().is_none());
}

async fn who_was_slower_changes_nothing(database: Database) {
    let store = database.open().await;
    let mut proposal = proposal(0);
    let mut work = store.begin().await.unwrap();
    work.insert_proposal(&proposal).await.unwrap();
    work.insert_steps(proposal.id, &[step()]).await.unwrap();
    let (_, version) = work.proposal(proposal.id).await.unwrap().unwrap();
    proposal.state = ProposalState::Confirmed { at: after(1) };
    work.save_proposal(&proposal, version).await.unwrap();
    let late = work.save_proposal(&proposal, version).await;
    assert!(matches!(late, Err(StoreError::LostRace { .. })));
    let row = work.steps(proposal.id).await.unwrap().remove(0);
    let newer = work.save_step(&row, step().back(false)).await.unwrap();
    let late = work.save_step(&row, step()).await;
    assert!(matches!(late, Err(StoreError::LostRace { .. })));
    work.save_step(&newer, step()).await.unwrap();
}

async fn a_token_is_kept_for_its_time(database: Database) {
    let store = database.open().await;
    let proposal = proposal(0);
    let mut work = store.begin().await.unwrap();
    work.insert_proposal(&proposal).await.unwrap();
    work.set_proposal_shown(proposal.id, "old").await.unwrap();
    let token = AnswerToken {
        application: 42,
        token: "secret".into(),
        expires_at: after(60),
    };
    work.set_proposal_token(proposal.id, &token).await.unwrap();
    let kept = work
        .proposal_answer(proposal.id, after(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(kept.token.unwrap().token.expose_secret(), "secret");
    assert_eq!(kept.shown, "", "nothing is shown there yet");
    let kept = work
        .proposal_answer(proposal.id, after(60))
        .await
        .unwrap()
        .unwrap();
    assert!(kept.token.is_none());
    assert_eq!(work.forget_proposal_tokens(after(60)).await.unwrap(), 1);
    work.set_proposal_message(proposal.id, ChannelId(8), MessageId(9), "new")
        .await
        .unwrap();
    let kept = work
        .proposal_answer(proposal.id, after(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(kept.message, Some((ChannelId(8), MessageId(9))));
    assert_eq!(kept.shown, "new");
}
