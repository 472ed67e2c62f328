//! What people ask to see: one request, or lists of them. Nothing is written here.

use super::Engine;
use crate::{
    domain::{
        ids::{RequestId, RequestNumber, UserId},
        request::Request,
        review::Review,
        window::Window,
    },
    store::{Phase, RequestFilter, StoreError},
};

/// Rows of one page of a list.
pub const PAGE: u32 = 10;

/// A request with its windows.
#[derive(Debug, Clone)]
pub struct Row {
    pub request: Request,
    pub windows: Vec<Window>,
}

/// One page of a list, newest first.
#[derive(Debug, Clone)]
pub struct Page {
    pub rows: Vec<Row>,
    /// Where the next page begins, if there is one.
    pub next: Option<RequestNumber>,
}

impl Engine {
    /// The request with this number.
    pub async fn look_up(&self, number: RequestNumber) -> Result<Option<Row>, StoreError> {
        match self.store.read().await?.find_request(number).await? {
            Some((request, _)) => self.with_windows(request).await.map(Some),
            None => Ok(None),
        }
    }

    /// The request with this id.
    pub async fn look_at(&self, id: RequestId) -> Result<Option<Row>, StoreError> {
        match self.store.read().await?.load_request(id).await? {
            Some((request, _)) => self.with_windows(request).await.map(Some),
            None => Ok(None),
        }
    }

    /// The newest request of a person.
    pub async fn newest_of(&self, person: UserId) -> Result<Option<Row>, StoreError> {
        let filter = RequestFilter {
            phase: None,
            requester: Some(person),
            before: None,
        };
        match self.store.read().await?.list_requests(filter, 1).await?.pop() {
            Some((request, _)) => self.with_windows(request).await.map(Some),
            None => Ok(None),
        }
    }

    /// Requests of one phase, of one person or of all.
    pub async fn list(
        &self,
        phase: Phase,
        of: Option<UserId>,
        before: Option<RequestNumber>,
    ) -> Result<Page, StoreError> {
        let filter = RequestFilter {
            phase: Some(phase),
            requester: of,
            before: before.map(|number| number.0),
        };
        let found = self.store.read().await?.list_requests(filter, PAGE + 1).await?;
        let mut requests: Vec<_> = found.into_iter().map(|(request, _)| request).collect();
        let next = if requests.len() > PAGE as usize {
            requests.truncate(PAGE as usize);
            requests.last().map(|request| request.number)
        } else {
            None
        };
        let mut rows = Vec::with_capacity(requests.len());
        for request in requests {
            rows.push(self.with_windows(request).await?);
        }
        Ok(Page { rows, next })
    }

    /// What was opened without an approval and nobody has reviewed, whosever it is; the oldest of them.
    pub async fn unsigned_reviews(&self) -> Result<Vec<Review>, StoreError> {
        self.store.read().await?.unsigned_reviews(PAGE).await
    }

    async fn with_windows(&self, request: Request) -> Result<Row, StoreError> {
        let windows = self
            .store
            .read()
            .await?
            .windows_of(request.id)
            .await?
            .into_iter()
            .map(|(window, _)| window)
            .collect();
        Ok(Row { request, windows })
    }
}
