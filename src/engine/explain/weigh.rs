//! What the rules alone do not know: what the person has already, who is there, and whether a rule would approve alone.

use std::collections::BTreeSet;

use crate::{
    chat::message::explain::Explanation,
    domain::{actor::Principal, quorum::Quorum},
    engine::{Engine, alone::judge_alone},
    policy::{AskedAlone, Refusal},
    store::StoreError,
};

impl Engine {
    /// Adds it to what `found` says, as of now.
    pub async fn weigh(&self, mut found: Explanation) -> Result<Explanation, StoreError> {
        let Ok(allowed) = &mut found.verdict else {
            return Ok(found);
        };
        let person = found.subject.person.id;
        let mut view = self.store.read().await?;
        let room = self
            .has_room(&mut view, &found.book, person, &allowed.terms, found.now)
            .await?;
        if let Err(why) = room {
            found.verdict = Err(Refusal::TooMuch { why });
            return Ok(found);
        }
        if let Some(source) = found.source {
            let asked = AskedAlone {
                requester: &found.subject,
                source,
                length: allowed.length,
                frozen: false,
                now: found.now,
                starts_at: None,
            };
            judge_alone(&mut view, &found.book, &mut allowed.terms, asked).await?;
        }
        drop(view);
        let (mut called, mut lack) = (Vec::new(), None);
        for terms in &allowed.terms {
            let first = terms.attention.called_first(terms.quorum.approvers());
            called.extend(first.copied());
            let alone = found
                .book
                .named(&terms.rule)
                .is_some_and(|rule| rule.auto_approve.is_some());
            if !alone && lack.is_none() {
                lack = self.lack(person, terms).await;
            }
        }
        if let Some(members) = self.members(false).await {
            let people: BTreeSet<Principal> = members
                .in_person(&Quorum::sole(called, 1))
                .approvers()
                .copied()
                .collect();
            found.pinged = Some(
                people
                    .iter()
                    .filter(|one| **one != Principal::User(person))
                    .count(),
            );
        }
        if let Some(lack) = lack {
            found.verdict = Err(Refusal::NobodyThere { lack });
        }
        Ok(found)
    }
}
