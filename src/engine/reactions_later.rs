//! Reactions that came or went while nobody listened: read from the card at every comparison.

use serenity::all::ReactionType;
use tracing::warn;

use super::{
    Engine,
    reactions::{LOOK, NO, YES},
};
use crate::{
    chat::snowflake,
    domain::{
        Instant,
        ids::{ChannelId, MessageId, RecordNumber, RequestId, UserId},
        record::{By, Fact},
        request::{Ballot, How, Request, RequestState},
        vote::{Choice, Via},
    },
    store::{CardRow, RecordFilter, StoreError},
};

/// The most people whose reactions on one card are read.
const REACTIONS_MAX: usize = 500;

/// Who reacted with one emoji.
struct Reacted {
    users: Vec<UserId>,
    /// Whether these are all.
    complete: bool,
}

impl Engine {
    /// Counts the reactions that were given while nobody listened, and takes back what those said that are gone.
    /// Lapse comes first, what is gone before what is new, ❌ before ✅, and the roles are those of now, because
    /// Discord does not say what they were.
    pub(super) async fn read_reactions(&self, id: RequestId) -> Result<(), StoreError> {
        let Some(card) = self.store.read().await?.card(id).await? else {
            return Ok(());
        };
        self.run_lapse(id).await?;
        // As it was before the lists are read: what comes while they are read is not missing in them.
        let Some(before) = self.pending(id).await? else {
            return Ok(());
        };
        let read_at = self.now();
        for (emoji, choice) in [(NO, Choice::Deny), (YES, Choice::Approve)] {
            let Some(reacted) = self.who_reacted(&card, emoji).await else {
                continue;
            };
            if choice == Choice::Approve && reacted.complete {
                self.take_back_what_is_gone(&before, &reacted.users, read_at)
                    .await?;
            }
            for user in reacted.users {
                let Some(request) = self.pending(id).await? else {
                    return Ok(());
                };
                let voted = request.votes().iter().any(|vote| vote.voter.id == user);
                if voted || self.was_refused(id, user, Some(choice)).await? {
                    continue;
                }
                let Ok(voter) = self.member(user).await else {
                    continue;
                };
                let ballot = Ballot {
                    read_at: Some(read_at),
                    ..Ballot::new(voter, choice, Via::ReactionReadLater)
                };
                let _ = self.vote(id, &ballot).await?;
            }
        }
        self.read_claims(&before, &card, read_at).await
    }

    async fn take_back_what_is_gone(
        &self,
        before: &Request,
        users: &[UserId],
        read_at: Instant,
    ) -> Result<(), StoreError> {
        for vote in before.votes() {
            if vote.via.is_reaction() && !users.contains(&vote.voter.id) {
                let _ = self
                    .take_back(before.id, vote.voter.id, How::FoundGone, Some(read_at))
                    .await?;
            }
        }
        Ok(())
    }

    async fn read_claims(
        &self,
        before: &Request,
        card: &CardRow,
        read_at: Instant,
    ) -> Result<(), StoreError> {
        let Some(reacted) = self.who_reacted(card, LOOK).await else {
            return Ok(());
        };
        let gone = before.claimed().filter(|claim| {
            claim.via.is_reaction() && reacted.complete && !reacted.users.contains(&claim.by.id)
        });
        if let Some(claim) = gone {
            let _ = self.let_go(before.id, claim.by.id, How::FoundGone).await?;
        }
        for user in reacted.users {
            match self.pending(before.id).await? {
                Some(request) if request.claimed().is_none() => {}
                _ => return Ok(()),
            }
            if self.was_refused(before.id, user, None).await? {
                continue;
            }
            if let Ok(actor) = self.member(user).await {
                let _ = self
                    .claim_request(before.id, &actor, Via::ReactionReadLater, Some(read_at))
                    .await?;
            }
        }
        Ok(())
    }

    async fn pending(&self, id: RequestId) -> Result<Option<Request>, StoreError> {
        let found = self.store.read().await?.load_request(id).await?;
        Ok(found
            .map(|(request, _)| request)
            .filter(|request| matches!(request.state, RequestState::Pending { .. })))
    }

    /// Whether this reaction was refused before: it still stands on the card, and once told is enough. `None` is a
    /// reaction that claims.
    async fn was_refused(
        &self,
        id: RequestId,
        user: UserId,
        choice: Option<Choice>,
    ) -> Result<bool, StoreError> {
        const READ_MAX: u32 = 500;
        let records = self
            .store
            .read()
            .await?
            .records(RecordFilter::Request(id), RecordNumber(0), READ_MAX)
            .await?;
        Ok(records.iter().any(|stored| {
            let By::Person(person) = &stored.record.entry.by else {
                return false;
            };
            let refused = match &stored.record.entry.fact {
                Fact::VoteRefused { choice: refused, .. } => choice == Some(*refused),
                Fact::ClaimRefused { .. } => choice.is_none(),
                _ => false,
            };
            person.id == user && refused
        }))
    }

    /// `None`: they could not be read, which does not mean that there are none.
    async fn who_reacted(&self, card: &CardRow, emoji: &str) -> Option<Reacted> {
        let reaction = ReactionType::Unicode(emoji.to_owned());
        let (channel, message): (ChannelId, MessageId) = (card.channel, card.message);
        match self
            .rest
            .reaction_users(
                snowflake::channel(channel),
                snowflake::message(message),
                &reaction,
                REACTIONS_MAX,
            )
            .await
        {
            Ok(users) => Some(Reacted {
                complete: users.len() < REACTIONS_MAX,
                users: users
                    .iter()
                    .filter(|user| !user.bot && user.id.get() != self.settings.bot.0)
                    .map(|user| UserId(user.id.get()))
                    .collect(),
            }),
            Err(why) => {
                warn!(error = %why, "The reactions on a card could not be read; they are read at the next look.");
                None
            }
        }
    }
}
