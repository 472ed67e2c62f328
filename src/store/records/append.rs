//! Appending records.

use super::chain::chain_hash;
use crate::{
    domain::{
        Instant,
        effect::Effect,
        ids::{RecordNumber, RequestId, UserId},
        record::{Entry, Fact, Record},
    },
    store::{
        Work,
        cell::{Cells, json, millis},
        error::Result,
        link::{run, texts},
    },
};

texts! {
    /// Takes the numbers; its row lock holds other writers back until this transaction ends.
    TAKE_NUMBERS = "UPDATE record_head SET number = number + $1 WHERE id = 1 RETURNING number, hash";
    INSERT = "INSERT INTO records (number, at, fact, request, requester, body, hash)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    SET_HASH = "UPDATE record_head SET hash = $1 WHERE id = 1";
}

impl Work {
    /// Appends `records` and enqueues `effects`: the second half of every transition. Gives the records' numbers.
    pub async fn apply(
        &mut self,
        records: Vec<Entry>,
        effects: &[Effect],
        now: Instant,
    ) -> Result<Vec<RecordNumber>> {
        let numbers = self.append(records, now).await?;
        for effect in effects {
            self.enqueue(effect, now).await?;
        }
        Ok(numbers)
    }

    async fn append(&mut self, entries: Vec<Entry>, now: Instant) -> Result<Vec<RecordNumber>> {
        let count = i64::try_from(entries.len()).unwrap_or(i64::MAX);
        if count == 0 {
            return Ok(Vec::new());
        }
        let (last, mut hash) = run!(self, fetch_one::<(i64, String)>, TAKE_NUMBERS, count)?;
        let mut numbers = Vec::with_capacity(entries.len());
        for (number, entry) in (last - count + 1..).zip(entries) {
            let (request, requester) = about(&entry.fact);
            let fact = entry.fact.name();
            let record = Record {
                number: RecordNumber(number),
                at: now,
                entry,
            };
            let body = json(&record)?;
            let head = Cells {
                table: "record_head",
                id: &1,
            };
            hash = chain_hash(&hash, &body).ok_or_else(|| head.at("hash").bad("it is no SHA-256 hash"))?;
            run!(
                self,
                execute,
                INSERT,
                number,
                millis(now),
                fact,
                request.map(|id| id.to_string()),
                requester.map(|id| id.to_string()),
                body,
                hash.clone(),
            )?;
            numbers.push(record.number);
        }
        run!(self, execute, SET_HASH, hash)?;
        Ok(numbers)
    }
}

/// The request and the requester by which a record can be found.
fn about(fact: &Fact) -> (Option<RequestId>, Option<UserId>) {
    let request = match fact {
        Fact::Asked { request, .. }
        | Fact::Voted { request, .. }
        | Fact::VoteRefused { request, .. }
        | Fact::Approved { request, .. }
        | Fact::Denied { request, .. }
        | Fact::TakenBack { request, .. }
        | Fact::Claimed { request, .. }
        | Fact::LetGo { request, .. }
        | Fact::ClaimRefused { request, .. }
        | Fact::Narrowed { request, .. }
        | Fact::Withdrawn { request }
        | Fact::Lapsed { request }
        | Fact::Escalated { request, .. }
        | Fact::BrokeGlass { request }
        | Fact::ReviewSigned { request, .. }
        | Fact::Started { request, .. }
        | Fact::NotStarted { request, .. } => Some(request),
        Fact::Opening { windows, .. } => windows.first().map(|window| &window.request),
        Fact::Opened { window, .. }
        | Fact::Stuck { window, .. }
        | Fact::Failed { window, .. }
        | Fact::KeptOut { window }
        | Fact::LetInAgain { window }
        | Fact::CloseAsked { window }
        | Fact::Closed { window, .. }
        | Fact::CloseUnconfirmed { window }
        | Fact::ClosingByRules { window, .. }
        | Fact::LeftToItsEnd { window, .. } => Some(&window.request),
        Fact::Frozen { .. }
        | Fact::Unfrozen { .. }
        | Fact::Found { .. }
        | Fact::RulesReloaded { .. }
        | Fact::GaveUp { .. }
        | Fact::ConfigureAsked { .. }
        | Fact::Configured { .. }
        | Fact::ConfigureFailed { .. }
        | Fact::JitPolicyNoticed { .. }
        | Fact::Who { .. }
        | Fact::Digest { .. }
        | Fact::PlanAsked { .. }
        | Fact::PlanSet { .. }
        | Fact::PlanNotSet { .. }
        | Fact::ConfigureCrossed { .. }
        | Fact::NobodyToApprove { .. } => None,
    };
    (
        request.map(|request| request.id),
        request.map(|request| request.requester.id),
    )
}
