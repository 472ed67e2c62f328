//! The freeze, if one is on.

use super::{
    View, Work,
    cell::{Cells, json},
    error::Result,
    link::{run, texts},
};
use crate::domain::freeze::Freeze;

texts! {
    SET = "INSERT INTO freezes (id, body) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET body = excluded.body";
    LIFT = "DELETE FROM freezes WHERE id = 1";
    LOAD = "SELECT body FROM freezes WHERE id = 1";
}

impl Work {
    /// Puts a freeze on, or lifts it with `None`.
    pub async fn set_freeze(&mut self, freeze: Option<&Freeze>) -> Result<()> {
        match freeze {
            Some(freeze) => run!(self, execute, SET, json(freeze)?)?,
            None => run!(self, execute, LIFT)?,
        };
        Ok(())
    }
}

impl View {
    /// The freeze that is on.
    pub async fn freeze(&mut self) -> Result<Option<Freeze>> {
        let cells = Cells {
            table: "freezes",
            id: &1,
        };
        run!(self, fetch_optional::<(String,)>, LOAD)?
            .map(|(body,)| cells.at("body").json(&body))
            .transpose()
    }
}
