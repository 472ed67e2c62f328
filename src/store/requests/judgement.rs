//! What the rules said of a request when it was sent, where that is later than when it was stored.

use crate::{
    domain::request::Request,
    store::{
        Work,
        cell::json,
        error::Result,
        link::{run, texts},
    },
};

texts! {
    SAVE_JUDGEMENT = "UPDATE requests SET targets = $1, terms = $2 WHERE id = $3";
}

impl Work {
    /// Keeps the targets and terms with which a draft was sent. The row is guarded by the save of its state.
    pub async fn save_judgement(&mut self, request: &Request) -> Result<()> {
        run!(
            self,
            execute,
            SAVE_JUDGEMENT,
            json(&request.targets)?,
            json(&request.terms)?,
            request.id.to_string(),
        )?;
        Ok(())
    }
}
