//! Extensions: requests that are linked to an older one.

use super::{Version, row::RequestRow};
use crate::{
    domain::{ids::RequestId, request::Request},
    store::{
        View,
        error::Result,
        link::{run, texts},
    },
};

texts! {
    OF = "SELECT id, number, version, requester, requester_name, targets, length_seconds, reason, terms, asked_at,
            asked_in, state, extension, narrowed,
            starts_at
        FROM requests WHERE extends = $1 ORDER BY number";
}

impl View {
    /// The extensions that were ever asked of a request, oldest first.
    pub async fn extensions_of(&mut self, id: RequestId) -> Result<Vec<(Request, Version)>> {
        let rows = run!(self, fetch_all::<RequestRow>, OF, id.to_string())?;
        rows.into_iter().map(RequestRow::request).collect()
    }
}
