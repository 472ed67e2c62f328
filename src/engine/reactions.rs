//! Reactions on a card: ✅ and ❌ count as the buttons do.

use serenity::all::ReactionType;
use tracing::warn;

use super::{Engine, worker::Outcome};
use crate::{
    chat::{rest::JsonCode, snowflake},
    domain::{
        actor::{Actor, Person},
        ids::{ChannelId, MessageId, RecordNumber, RequestId, RoleId, UserId},
        record::{By, Fact},
        request::{Ballot, RequestState},
        text::FreeText,
        vote::{Choice, Via},
    },
    store::{RecordFilter, StoreError},
};

/// U+2705 and U+274C; a variation selector behind them changes nothing.
const YES: &str = "\u{2705}";
const NO: &str = "\u{274C}";

/// The most people whose reactions on one card are read.
const REACTIONS_MAX: usize = 500;

/// What a reaction says, if it says anything here.
pub fn choice(emoji: &str) -> Option<Choice> {
    match emoji.trim_end_matches('\u{FE0F}') {
        YES => Some(Choice::Approve),
        NO => Some(Choice::Deny),
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

impl Engine {
    /// Somebody reacted to a message. Whether it is a card is asked first: most messages are none.
    pub async fn reacted(&self, voter: Actor, message: MessageId, emoji: &str) -> Result<(), StoreError> {
        let Some(choice) = choice(emoji) else {
            return Ok(());
        };
        let Some(card) = self.store.read().await?.card_of_message(message).await? else {
            return Ok(());
        };
        let ballot = Ballot {
            voter,
            choice,
            via: Via::Reaction,
            reason: None,
        };
        // Whoever may not vote is told by direct message, from a job.
        let _ = self.vote(card.request, &ballot).await?;
        Ok(())
    }

    /// Counts the reactions that were given while nobody listened. Lapse comes first, ❌ before ✅, and the
    /// roles are those of now, because Discord does not say what they were.
    pub(super) async fn read_reactions(&self, id: RequestId) -> Result<(), StoreError> {
        let Some(card) = self.store.read().await?.card(id).await? else {
            return Ok(());
        };
        self.run_lapse(id).await?;
        for (emoji, choice) in [(NO, Choice::Deny), (YES, Choice::Approve)] {
            for user in self.who_reacted(card.channel, card.message, emoji).await {
                let Some((request, _)) = self.store.read().await?.load_request(id).await? else {
                    return Ok(());
                };
                if !matches!(request.state, RequestState::Pending { .. }) {
                    return Ok(());
                }
                let voted = request.votes().iter().any(|vote| vote.voter.id == user);
                if user == self.settings.bot || voted || self.was_refused(id, user, choice).await? {
                    continue;
                }
                let Some(voter) = self.member(user).await else {
                    continue;
                };
                let ballot = Ballot {
                    voter,
                    choice,
                    via: Via::ReactionReadLater,
                    reason: None,
                };
                let _ = self.vote(id, &ballot).await?;
            }
        }
        Ok(())
    }

    /// Whether this reaction was refused before: it still stands on the card, and once told is enough.
    async fn was_refused(&self, id: RequestId, user: UserId, choice: Choice) -> Result<bool, StoreError> {
        const READ_MAX: u32 = 500;
        let records = self
            .store
            .read()
            .await?
            .records(RecordFilter::Request(id), RecordNumber(0), READ_MAX)
            .await?;
        Ok(records.iter().any(
            |stored| match (&stored.record.entry.by, &stored.record.entry.fact) {
                (By::Person(person), Fact::VoteRefused { choice: refused, .. }) => {
                    person.id == user && *refused == choice
                }
                _ => false,
            },
        ))
    }

    async fn who_reacted(&self, channel: ChannelId, message: MessageId, emoji: &str) -> Vec<UserId> {
        let reaction = ReactionType::Unicode(emoji.to_owned());
        let (channel, message) = (snowflake::channel(channel), snowflake::message(message));
        match self
            .rest
            .reaction_users(channel, message, &reaction, REACTIONS_MAX)
            .await
        {
            Ok(users) => users
                .iter()
                .filter(|user| !user.bot)
                .map(|user| UserId(user.id.get()))
                .collect(),
            Err(why) => {
                warn!(error = %why, "The reactions on a card could not be read; they are read at the next look.");
                Vec::new()
            }
        }
    }

    /// A member of the guild with the roles of now; `None` if they left or cannot be read.
    pub(super) async fn member(&self, user: UserId) -> Option<Actor> {
        match self
            .rest
            .member(snowflake::guild(self.settings.guild), snowflake::user(user))
            .await
        {
            Ok(member) => Some(Actor {
                person: Person {
                    id: user,
                    name: clean_name(member.display_name()),
                },
                roles: member.roles.iter().map(|role| RoleId(role.get())).collect(),
            }),
            Err(why) => {
                if !why.is(JsonCode::UnknownMember) {
                    warn!(error = %why, "A member of the server could not be read; what they did is looked at again later.");
                }
                None
            }
        }
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
