//! The reviews of what somebody opened alone.

use sqlx::FromRow;

use super::{
    View, Work,
    cell::{Cells, clean, json, millis},
    error::Result,
    link::{run, texts},
};
use crate::domain::{
    actor::Person,
    ids::{RequestId, RequestNumber},
    review::{Review, Signed},
};

texts! {
    INSERT = "INSERT INTO reviews (request, number, broke, broke_name, broken_at) VALUES ($1, $2, $3, $4, $5)";
    /// Whoever comes second changes nothing.
    SIGN = "UPDATE reviews SET signed = $2 WHERE request = $1 AND signed IS NULL";
    LOAD = "SELECT request, number, broke, broke_name, broken_at, signed FROM reviews WHERE request = $1";
    UNSIGNED = "SELECT request, number, broke, broke_name, broken_at, signed FROM reviews WHERE signed IS NULL
        ORDER BY broken_at LIMIT $1";
    COUNT_UNSIGNED = "SELECT CAST(COUNT(*) AS BIGINT) FROM reviews WHERE signed IS NULL";
}

#[derive(FromRow)]
struct Row {
    request: String,
    number: i64,
    broke: String,
    broke_name: String,
    broken_at: i64,
    signed: Option<String>,
}

impl Row {
    fn review(self) -> Result<Review> {
        let cells = Cells {
            table: "reviews",
            id: &self.request,
        };
        Ok(Review {
            request: cells.at("request").parse(&self.request)?,
            number: RequestNumber(self.number),
            broke: Person {
                id: cells.at("broke").parse(&self.broke)?,
                name: self.broke_name,
            },
            broken_at: cells.at("broken_at").instant(self.broken_at)?,
            signed: match &self.signed {
                Some(signed) => Some(cells.at("signed").json::<Signed>(signed)?),
                None => None,
            },
        })
    }
}

impl Work {
    /// Keeps a review that nobody has signed yet; its request is stored already.
    pub async fn insert_review(&mut self, review: &Review) -> Result<()> {
        run!(
            self,
            execute,
            INSERT,
            review.request.to_string(),
            review.number.0,
            review.broke.id.to_string(),
            clean(&review.broke.name).into_owned(),
            millis(review.broken_at),
        )?;
        Ok(())
    }

    /// Keeps who signed; `false` where somebody had before.
    pub async fn sign_review(&mut self, request: RequestId, signed: &Signed) -> Result<bool> {
        Ok(run!(self, execute, SIGN, request.to_string(), json(signed)?)? == 1)
    }
}

impl View {
    /// The review of a request, where somebody opened it alone.
    pub async fn review(&mut self, request: RequestId) -> Result<Option<Review>> {
        run!(self, fetch_optional::<Row>, LOAD, request.to_string())?
            .map(Row::review)
            .transpose()
    }

    /// How many reviews nobody has signed.
    pub async fn count_unsigned_reviews(&mut self) -> Result<usize> {
        let (count,) = run!(self, fetch_one::<(i64,)>, COUNT_UNSIGNED)?;
        Ok(usize::try_from(count).unwrap_or_default())
    }

    /// At most `limit` reviews that nobody has signed, oldest first.
    pub async fn unsigned_reviews(&mut self, limit: u32) -> Result<Vec<Review>> {
        let rows = run!(self, fetch_all::<Row>, UNSIGNED, i64::from(limit))?;
        rows.into_iter().map(Row::review).collect()
    }
}
