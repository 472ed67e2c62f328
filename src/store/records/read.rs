//! Reading records: for the trail, and for whoever audits.

use sqlx::FromRow;

use crate::{
    domain::{
        ids::{RecordNumber, RequestId, UserId},
        record::Record,
    },
    store::{
        View,
        cell::Cells,
        error::Result,
        link::{run, texts},
    },
};

texts! {
    AFTER = "SELECT number, body, hash FROM records WHERE number > $1 ORDER BY number LIMIT $2";
    OF_REQUEST = "SELECT number, body, hash FROM records WHERE number > $1 AND request = $3 ORDER BY number LIMIT $2";
    OF_REQUESTER = "SELECT number, body, hash FROM records WHERE number > $1 AND requester = $3
        ORDER BY number LIMIT $2";
    HEAD = "SELECT number, hash FROM record_head WHERE id = 1";
}

/// Which records to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordFilter {
    All,
    Request(RequestId),
    Requester(UserId),
}

/// A record with the bytes and the hash that vouch for it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRecord {
    pub record: Record,
    /// The exact canonical JSON that was hashed.
    pub body: String,
    /// As [`crate::store::chain_hash`] makes it.
    pub hash: String,
}

#[derive(FromRow)]
struct Row {
    number: i64,
    body: String,
    hash: String,
}

impl Row {
    fn record(self) -> Result<StoredRecord> {
        let cells = Cells {
            table: "records",
            id: &self.number,
        };
        Ok(StoredRecord {
            record: cells.at("body").json(&self.body)?,
            body: self.body,
            hash: self.hash,
        })
    }
}

impl View {
    /// At most `limit` records after a number, in order.
    pub async fn records(
        &mut self,
        filter: RecordFilter,
        after: RecordNumber,
        limit: u32,
    ) -> Result<Vec<StoredRecord>> {
        let (after, limit) = (after.0, i64::from(limit));
        let rows = match filter {
            RecordFilter::All => run!(self, fetch_all::<Row>, AFTER, after, limit)?,
            RecordFilter::Request(id) => {
                run!(self, fetch_all::<Row>, OF_REQUEST, after, limit, id.to_string())?
            }
            RecordFilter::Requester(id) => {
                run!(self, fetch_all::<Row>, OF_REQUESTER, after, limit, id.to_string())?
            }
        };
        rows.into_iter().map(Row::record).collect()
    }

    /// The number and the hash of the last record; zero and zeros before the first.
    pub async fn record_head(&mut self) -> Result<(RecordNumber, String)> {
        let (number, hash) = run!(self, fetch_one::<(i64, String)>, HEAD)?;
        Ok((RecordNumber(number), hash))
    }
}
