//! One-time links to the page that sees a requester's address. Only a hash of each is kept: who reads the database
//! cannot use one.

use sha2::{Digest as _, Sha256};

use super::{
    View, Work,
    cell::{Cells, millis},
    error::Result,
    link::{run, texts},
};
use crate::domain::{Instant, address::LinkToken, ids::RequestId};

texts! {
    ADD = "INSERT INTO address_links (hash, request, expires_at) VALUES ($1, $2, $3)";
    FIND = "SELECT hash, request FROM address_links WHERE hash = $1";
    FORGET = "DELETE FROM address_links WHERE expires_at < $1";
}

/// SHA-256 in hex. A token has 192 random bits, so nothing slower is needed.
fn hash(token: &LinkToken) -> String {
    Sha256::digest(token.expose().as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

impl Work {
    /// Keeps a new link to a draft. Older ones lead there, too: one of them may be the one that was shown.
    pub async fn add_address_link(
        &mut self,
        token: &LinkToken,
        request: RequestId,
        expires_at: Instant,
    ) -> Result<()> {
        run!(
            self,
            execute,
            ADD,
            hash(token),
            request.to_string(),
            millis(expires_at)
        )?;
        Ok(())
    }

    /// Forgets the links that expired before an instant, and says how many.
    pub async fn forget_address_links(&mut self, before: Instant) -> Result<u64> {
        run!(self, execute, FORGET, millis(before))
    }
}

impl View {
    /// The request to which a link leads.
    pub async fn find_address_link(&mut self, token: &LinkToken) -> Result<Option<RequestId>> {
        let row = run!(self, fetch_optional::<(String, String)>, FIND, hash(token))?;
        row.map(|(hash, request)| {
            let cells = Cells {
                table: "address_links",
                id: &hash,
            };
            cells.at("request").parse(&request)
        })
        .transpose()
    }
}
