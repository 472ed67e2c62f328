//! Proposals to change JIT policies ⇄ rows, their steps, and how their administrator is kept informed.

use secrecy::ExposeSecret as _;
use sqlx::FromRow;

use super::{
    AnswerToken, StoreError, Version, View, Work,
    cell::{Cells, clean, json, millis},
    error::Result,
    link::{run, texts},
};
use crate::domain::{
    Instant,
    actor::Person,
    configuration::{Proposal, Step},
    ids::{ChannelId, MessageId, ProposalId},
    vm::JitPolicyId,
};

texts! {
    INSERT = "INSERT INTO proposals (id, version, by_user, by_name, lapses_at, state, shown)
        VALUES ($1, 1, $2, $3, $4, $5, '')";
    SAVE = "UPDATE proposals SET version = version + 1, state = $1 WHERE id = $2 AND version = $3";
    LOAD = "SELECT id, version, by_user, by_name, lapses_at, state FROM proposals WHERE id = $1";
    SET_TOKEN = "UPDATE proposals SET application = $1, token = $2, token_expires_at = $3, shown = '' WHERE id = $4";
    SET_SHOWN = "UPDATE proposals SET shown = $1 WHERE id = $2";
    SET_MESSAGE = "UPDATE proposals SET channel = $1, message = $2, shown = $3 WHERE id = $4";
    LOAD_ANSWER = "SELECT id, application, token, token_expires_at, channel, message, shown FROM proposals
        WHERE id = $1";
    FORGET_TOKENS = "UPDATE proposals SET application = NULL, token = NULL, token_expires_at = NULL
        WHERE token_expires_at IS NOT NULL AND token_expires_at <= $1";
    INSERT_STEP = "INSERT INTO proposal_steps (proposal, place, policy, is_over, version, body)
        VALUES ($1, $2, $3, 0, 1, $4)";
    CONFIRM_STEPS = "UPDATE proposal_steps SET confirmed_at = $1 WHERE proposal = $2";
    SAVE_STEP = "UPDATE proposal_steps SET version = version + 1, body = $1, is_over = $2
        WHERE proposal = $3 AND place = $4 AND version = $5";
    STEPS = "SELECT proposal, place, version, body FROM proposal_steps WHERE proposal = $1 ORDER BY place";
    TO_WRITE = "SELECT proposal, place, version, body FROM proposal_steps
        WHERE policy = $1 AND confirmed_at IS NOT NULL AND is_over = 0 ORDER BY confirmed_at, proposal, place LIMIT 1";
    POLICIES_TO_WRITE = "SELECT proposal, place, version, body FROM proposal_steps
        WHERE confirmed_at IS NOT NULL AND is_over = 0 ORDER BY confirmed_at, proposal, place";
}

/// A stored step: whose it is, and what a save has to know.
#[derive(Debug, Clone, PartialEq)]
pub struct StepRow {
    pub proposal: ProposalId,
    pub place: i64,
    pub version: Version,
    pub step: Step,
}

/// How the administrator is kept informed.
#[derive(Debug, Clone)]
pub struct ProposalAnswer {
    /// `None` once it has expired.
    pub token: Option<AnswerToken>,
    /// The direct message that took over.
    pub message: Option<(ChannelId, MessageId)>,
    /// The fingerprint of what is shown; empty if nothing is.
    pub shown: String,
}

#[derive(FromRow)]
struct Row {
    id: String,
    version: i64,
    by_user: String,
    by_name: String,
    lapses_at: i64,
    state: String,
}

impl Row {
    fn proposal(self) -> Result<(Proposal, Version)> {
        let cells = Cells {
            table: "proposals",
            id: &self.id,
        };
        let proposal = Proposal {
            id: cells.at("id").parse(&self.id)?,
            by: Person {
                id: cells.at("by_user").parse(&self.by_user)?,
                name: self.by_name,
            },
            lapses_at: cells.at("lapses_at").instant(self.lapses_at)?,
            state: cells.at("state").json(&self.state)?,
        };
        Ok((proposal, Version(self.version)))
    }
}

#[derive(FromRow)]
struct AnswerCells {
    id: String,
    application: Option<String>,
    token: Option<String>,
    token_expires_at: Option<i64>,
    channel: Option<String>,
    message: Option<String>,
    shown: String,
}

impl AnswerCells {
    fn answer(self, now: Instant) -> Result<ProposalAnswer> {
        let cells = Cells {
            table: "proposals",
            id: &self.id,
        };
        let token = match (self.application, self.token, self.token_expires_at) {
            (Some(application), Some(token), Some(expires_at)) => Some(AnswerToken {
                application: cells.at("application").parse(&application)?,
                token: token.into(),
                expires_at: cells.at("token_expires_at").instant(expires_at)?,
            }),
            _ => None,
        };
        let message = match (self.channel, self.message) {
            (Some(channel), Some(message)) => Some((
                cells.at("channel").parse(&channel)?,
                cells.at("message").parse(&message)?,
            )),
            _ => None,
        };
        Ok(ProposalAnswer {
            token: token.filter(|token| token.expires_at > now),
            message,
            shown: self.shown,
        })
    }
}

#[derive(FromRow)]
struct StepCells {
    proposal: String,
    place: i64,
    version: i64,
    body: String,
}

impl StepCells {
    fn step(self) -> Result<StepRow> {
        let cells = Cells {
            table: "proposal_steps",
            id: &self.proposal,
        };
        Ok(StepRow {
            proposal: cells.at("proposal").parse(&self.proposal)?,
            place: self.place,
            version: Version(self.version),
            step: cells.at("body").json(&self.body)?,
        })
    }
}

impl Work {
    /// Keeps a new proposal.
    pub async fn insert_proposal(&mut self, proposal: &Proposal) -> Result<()> {
        run!(
            self,
            execute,
            INSERT,
            proposal.id.to_string(),
            proposal.by.id.to_string(),
            clean(&proposal.by.name).into_owned(),
            millis(proposal.lapses_at),
            json(&proposal.state)?,
        )?;
        Ok(())
    }

    /// Keeps what a proposal will do, in its order. Nothing of it is done before [`Work::confirm_steps`].
    pub async fn insert_steps(&mut self, proposal: ProposalId, steps: &[Step]) -> Result<()> {
        for (place, step) in (0_i64..).zip(steps) {
            run!(
                self,
                execute,
                INSERT_STEP,
                proposal.to_string(),
                place,
                step.policy.key(),
                json(step)?,
            )?;
        }
        Ok(())
    }

    /// Lets all steps of a proposal be written.
    pub async fn confirm_steps(&mut self, proposal: ProposalId, now: Instant) -> Result<()> {
        run!(self, execute, CONFIRM_STEPS, millis(now), proposal.to_string())?;
        Ok(())
    }

    /// Keeps the proposal's new state, if nobody changed it since it was read.
    ///
    /// # Errors
    /// [`StoreError::LostRace`].
    pub async fn save_proposal(&mut self, proposal: &Proposal, version: Version) -> Result<()> {
        let touched = run!(
            self,
            execute,
            SAVE,
            json(&proposal.state)?,
            proposal.id.to_string(),
            version.0,
        )?;
        unchanged(touched, proposal.id)
    }

    /// Keeps the step's new state, if nobody changed it since it was read, and gives the row as it is now.
    ///
    /// # Errors
    /// [`StoreError::LostRace`].
    pub async fn save_step(&mut self, row: &StepRow, step: Step) -> Result<StepRow> {
        let touched = run!(
            self,
            execute,
            SAVE_STEP,
            json(&step)?,
            i64::from(step.is_over()),
            row.proposal.to_string(),
            row.place,
            row.version.0,
        )?;
        unchanged(touched, row.proposal)?;
        Ok(StepRow {
            version: Version(row.version.0 + 1),
            step,
            ..*row
        })
    }

    /// Keeps a newer way to edit the administrator's ephemeral message; nothing counts as shown there yet.
    pub async fn set_proposal_token(&mut self, id: ProposalId, token: &AnswerToken) -> Result<()> {
        run!(
            self,
            execute,
            SET_TOKEN,
            token.application.to_string(),
            token.token.expose_secret(),
            millis(token.expires_at),
            id.to_string(),
        )?;
        Ok(())
    }

    /// Remembers what the administrator's message shows now.
    pub async fn set_proposal_shown(&mut self, id: ProposalId, shown: &str) -> Result<()> {
        run!(
            self,
            execute,
            SET_SHOWN,
            clean(shown).into_owned(),
            id.to_string()
        )?;
        Ok(())
    }

    /// Remembers the direct message that took over, and the fingerprint of what it shows.
    pub async fn set_proposal_message(
        &mut self,
        id: ProposalId,
        channel: ChannelId,
        message: MessageId,
        shown: &str,
    ) -> Result<()> {
        run!(
            self,
            execute,
            SET_MESSAGE,
            channel.to_string(),
            message.to_string(),
            clean(shown).into_owned(),
            id.to_string(),
        )?;
        Ok(())
    }

    /// Deletes the interaction tokens of proposals that are past their time, and says how many.
    pub async fn forget_proposal_tokens(&mut self, now: Instant) -> Result<u64> {
        run!(self, execute, FORGET_TOKENS, millis(now))
    }
}

impl View {
    /// A proposal.
    pub async fn proposal(&mut self, id: ProposalId) -> Result<Option<(Proposal, Version)>> {
        run!(self, fetch_optional::<Row>, LOAD, id.to_string())?
            .map(Row::proposal)
            .transpose()
    }

    /// The steps of a proposal, in their order.
    pub async fn steps(&mut self, proposal: ProposalId) -> Result<Vec<StepRow>> {
        run!(self, fetch_all::<StepCells>, STEPS, proposal.to_string())?
            .into_iter()
            .map(StepCells::step)
            .collect()
    }

    /// The step that is to be written to a JIT policy next: the one that was confirmed first.
    pub async fn step_to_write(&mut self, policy: &JitPolicyId) -> Result<Option<StepRow>> {
        run!(self, fetch_optional::<StepCells>, TO_WRITE, policy.key())?
            .map(StepCells::step)
            .transpose()
    }

    /// All confirmed steps that are not over.
    pub async fn steps_to_write(&mut self) -> Result<Vec<StepRow>> {
        run!(self, fetch_all::<StepCells>, POLICIES_TO_WRITE)?
            .into_iter()
            .map(StepCells::step)
            .collect()
    }

    /// How the administrator is kept informed; a token past its time is not given out.
    pub async fn proposal_answer(&mut self, id: ProposalId, now: Instant) -> Result<Option<ProposalAnswer>> {
        run!(self, fetch_optional::<AnswerCells>, LOAD_ANSWER, id.to_string())?
            .map(|row| row.answer(now))
            .transpose()
    }
}

fn unchanged(touched: u64, id: ProposalId) -> Result<()> {
    if touched == 1 {
        Ok(())
    } else {
        Err(StoreError::LostRace {
            what: format!("proposal {id}"),
        })
    }
}
