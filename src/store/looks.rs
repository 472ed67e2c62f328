//! What somebody looks at, and what was found: so that a crash loses no answer, and a page can be turned.

use secrecy::ExposeSecret as _;
use sqlx::FromRow;

use super::{
    AnswerToken, View, Work,
    cell::{Cells, clean, millis},
    error::Result,
    link::{run, texts},
};
use crate::domain::{Instant, ids::LookId};

texts! {
    INSERT_LOOK = "INSERT INTO looks (id, body, application, token, token_expires_at, made_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    SAVE_LOOK = "UPDATE looks SET body = $1 WHERE id = $2";
    LOAD_LOOK = "SELECT id, body, application, token, token_expires_at FROM looks WHERE id = $1";
    FORGET_LOOK_TOKENS = "UPDATE looks SET application = NULL, token = NULL, token_expires_at = NULL
        WHERE token_expires_at IS NOT NULL AND token_expires_at <= $1";
    FORGET_LOOKS = "DELETE FROM looks WHERE made_at < $1";
}

/// A look as it is stored. What it is about, only the engine knows.
#[derive(Debug, Clone)]
pub struct LookRow {
    pub body: String,
    /// `None` once it has expired.
    pub token: Option<AnswerToken>,
}

#[derive(FromRow)]
struct Row {
    id: String,
    body: String,
    application: Option<String>,
    token: Option<String>,
    token_expires_at: Option<i64>,
}

impl Row {
    fn look(self, now: Instant) -> Result<LookRow> {
        let cells = Cells {
            table: "looks",
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
        Ok(LookRow {
            body: self.body,
            token: token.filter(|token| token.expires_at > now),
        })
    }
}

impl Work {
    /// Keeps a new look, and how to answer it.
    pub async fn insert_look(
        &mut self,
        id: LookId,
        body: &str,
        answer: &AnswerToken,
        now: Instant,
    ) -> Result<()> {
        run!(
            self,
            execute,
            INSERT_LOOK,
            id.to_string(),
            clean(body).into_owned(),
            answer.application.to_string(),
            answer.token.expose_secret(),
            millis(answer.expires_at),
            millis(now),
        )?;
        Ok(())
    }

    /// Keeps what was found.
    pub async fn save_look(&mut self, id: LookId, body: &str) -> Result<()> {
        run!(self, execute, SAVE_LOOK, clean(body).into_owned(), id.to_string())?;
        Ok(())
    }

    /// Deletes the interaction tokens that are past their time, and says how many.
    pub async fn forget_look_tokens(&mut self, now: Instant) -> Result<u64> {
        run!(self, execute, FORGET_LOOK_TOKENS, millis(now))
    }

    /// Forgets the looks from before an instant, and says how many.
    pub async fn forget_looks(&mut self, before: Instant) -> Result<u64> {
        run!(self, execute, FORGET_LOOKS, millis(before))
    }
}

impl View {
    /// A look; a token past its time is not given out.
    pub async fn look(&mut self, id: LookId, now: Instant) -> Result<Option<LookRow>> {
        run!(self, fetch_optional::<Row>, LOAD_LOOK, id.to_string())?
            .map(|row| row.look(now))
            .transpose()
    }
}
