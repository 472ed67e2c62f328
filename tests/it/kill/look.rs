//! A look at the bot's database from outside: what is really stored, whatever the bot says.

use std::{collections::BTreeSet, path::Path};

use portcullis::{
    domain::{
        Instant,
        ids::{RecordNumber, RequestNumber, UserId},
        record::{Fact, Record},
        vote::Door,
    },
    store::{Cursor, OpenMode, Phase, Place, RecordFilter, RequestFilter, Store},
};

/// What the database holds at one instant.
pub(super) struct Look {
    pub records: Vec<Record>,
    /// Waiting for votes, and who asked.
    pub pending: Vec<(RequestNumber, UserId)>,
    /// With windows that may be open, and who asked.
    pub active: Vec<(RequestNumber, UserId)>,
    /// Asked for or open.
    pub busy: BTreeSet<Door>,
    pub windows_not_over: usize,
    pub trail: Cursor,
    pub next_due: Option<Instant>,
}

impl Look {
    pub(super) async fn at(database: &Path) -> Self {
        let store = Store::open(&Place::Sqlite(database.to_owned()), OpenMode::ReadOnly)
            .await
            .unwrap();
        let mut view = store.read().await.unwrap();
        let stored = view
            .records(RecordFilter::All, RecordNumber(0), 100_000)
            .await
            .unwrap();
        let mut busy = BTreeSet::new();
        let mut listed = Vec::new();
        for phase in [Phase::Pending, Phase::Active] {
            let filter = RequestFilter {
                phase: Some(phase),
                requester: None,
                before: None,
            };
            let requests = view.list_requests(filter, 1000).await.unwrap();
            for (request, _) in &requests {
                busy.extend(request.terms.iter().flat_map(|terms| terms.doors.clone()));
            }
            let known = requests
                .iter()
                .map(|(request, _)| (request.number, request.requester.id));
            listed.push(known.collect());
        }
        let (Some(active), Some(pending)) = (listed.pop(), listed.pop()) else {
            panic!("both phases were listed");
        };
        let look = Self {
            records: stored.into_iter().map(|stored| stored.record).collect(),
            pending,
            active,
            busy,
            windows_not_over: view.windows_not_over().await.unwrap().len(),
            trail: view.trail_cursor().await.unwrap(),
            next_due: view.next_due().await.unwrap(),
        };
        drop(view);
        store.close().await;
        look
    }

    /// Whether a request with this reason is recorded.
    pub(super) fn asked(&self, reason: &str) -> bool {
        self.records.iter().any(|record| match &record.entry.fact {
            Fact::Asked { request, .. } => request
                .reason
                .as_ref()
                .is_some_and(|text| text.as_str() == reason),
            _ => false,
        })
    }

    /// Whether all windows are over, all records are posted, and no job is due before `soon`.
    pub(super) fn is_quiet(&self, soon: Instant) -> bool {
        let last = self
            .records
            .last()
            .map_or(RecordNumber(0), |record| record.number);
        self.windows_not_over == 0
            && self.trail.batch.is_none()
            && self.trail.last_posted == last
            && self.next_due.is_none_or(|due| due > soon)
    }
}
