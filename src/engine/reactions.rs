//! Reactions on a card: ✅, ❌ and 👀 say what the buttons say, and what is taken off is taken back.

use serenity::all::ReactionType;

use super::{Engine, worker::Outcome};
use crate::{
    chat::snowflake,
    domain::{
        actor::Actor,
        effect::{Effect, Task},
        ids::{ChannelId, MessageId, RequestId, UserId},
        request::{Ballot, How},
        text::FreeText,
        vote::{Choice, Via},
    },
    store::{StoreError, Work},
};

/// U+2705, U+274C and U+1F440; a variation selector behind them changes nothing.
pub(super) const YES: &str = "\u{2705}";
pub(super) const NO: &str = "\u{274C}";
pub(super) const LOOK: &str = "\u{1F440}";

/// What a reaction says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Vote(Choice),
    Look,
}

/// What a reaction says, if it says anything here.
fn sign(emoji: &str) -> Option<Sign> {
    match emoji.trim_end_matches('\u{FE0F}') {
        YES => Some(Sign::Vote(Choice::Approve)),
        NO => Some(Sign::Vote(Choice::Deny)),
        LOOK => Some(Sign::Look),
        _ => None,
    }
}

/// The reaction that stands for a choice.
pub(super) fn emoji(choice: Choice) -> &'static str {
    match choice {
        Choice::Approve => YES,
        Choice::Deny => NO,
    }
}

/// The effect that takes a person's reaction off the card of `request`, if it has one.
pub(super) async fn off_the_card(
    work: &mut Work,
    request: RequestId,
    voter: UserId,
    emoji: &str,
) -> Result<Option<Effect>, StoreError> {
    Ok(work.card(request).await?.map(|card| {
        Effect::now(Task::RemoveReaction {
            channel: card.channel,
            message: card.message,
            voter,
            emoji: emoji.to_owned(),
        })
    }))
}

impl Engine {
    /// Somebody reacted to a message. Whether it is a card is asked first: most messages are none.
    pub async fn reacted(&self, voter: Actor, message: MessageId, emoji: &str) -> Result<(), StoreError> {
        let Some(sign) = sign(emoji) else {
            return Ok(());
        };
        let Some(card) = self.store.read().await?.card_of_message(message).await? else {
            return Ok(());
        };
        // Whoever may not do it is told by direct message, from a job.
        match sign {
            Sign::Vote(choice) => {
                let ballot = Ballot::new(voter, choice, Via::Reaction);
                let _ = self.vote(card.request, &ballot).await?;
            }
            Sign::Look => {
                let _ = self
                    .claim_request(card.request, &voter, Via::Reaction, None)
                    .await?;
            }
        }
        Ok(())
    }

    /// A reaction was taken off a message, by whom it was or by a moderator: Discord does not say. What it said is
    /// taken back; a denial has decided, and stands.
    pub async fn unreacted(&self, user: UserId, message: MessageId, emoji: &str) -> Result<(), StoreError> {
        self.taken_off(user, message, emoji, How::Reaction).await
    }

    /// All reactions were cleared from a message, or all of one emoji.
    pub async fn cleared(&self, message: MessageId, emoji: Option<&str>) -> Result<(), StoreError> {
        let mut view = self.store.read().await?;
        let Some(card) = view.card_of_message(message).await? else {
            return Ok(());
        };
        let Some((request, _)) = view.load_request(card.request).await? else {
            return Ok(());
        };
        drop(view);
        let signs = emoji.map_or_else(|| vec![YES, LOOK], |emoji| vec![emoji]);
        for emoji in signs {
            let said: Vec<UserId> = match sign(emoji) {
                Some(Sign::Vote(Choice::Approve)) => {
                    request.votes().iter().map(|vote| vote.voter.id).collect()
                }
                Some(Sign::Look) => request.claimed().iter().map(|claim| claim.by.id).collect(),
                _ => Vec::new(),
            };
            for user in said {
                self.taken_off(user, message, emoji, How::Cleared).await?;
            }
        }
        Ok(())
    }

    async fn taken_off(
        &self,
        user: UserId,
        message: MessageId,
        emoji: &str,
        how: How,
    ) -> Result<(), StoreError> {
        let Some(sign @ (Sign::Vote(Choice::Approve) | Sign::Look)) = sign(emoji) else {
            return Ok(());
        };
        let Some(card) = self.store.read().await?.card_of_message(message).await? else {
            return Ok(());
        };
        // Where there is nothing to take back, nobody has to be told.
        match sign {
            Sign::Vote(_) => _ = self.take_back(card.request, user, how, None).await?,
            Sign::Look => _ = self.let_go(card.request, user, how).await?,
        }
        Ok(())
    }

    pub(super) async fn run_remove_reaction(
        &self,
        channel: ChannelId,
        message: MessageId,
        voter: UserId,
        emoji: &str,
    ) -> Result<Outcome, StoreError> {
        let reaction = ReactionType::Unicode(emoji.to_owned());
        let (channel, message) = (snowflake::channel(channel), snowflake::message(message));
        match self
            .rest
            .delete_reaction(channel, message, &reaction, snowflake::user(voter))
            .await
        {
            Ok(()) => Ok(Outcome::Done),
            // Removing is a courtesy: without the right, or when it is gone already, nothing is lost.
            Err(why) if why.code().is_some() => Ok(Outcome::Done),
            Err(why) => Ok(Outcome::retry(why)),
        }
    }
}

/// A name as records keep it.
pub fn clean_name(name: &str) -> String {
    FreeText::new(name).map_or_else(
        || "somebody".to_owned(),
        |name| name.as_str().chars().take(64).collect(),
    )
}
