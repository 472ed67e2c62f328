//! Everything that is read, on a database that has grown for years.

use std::{future::Future, time::Instant};

use portcullis::{
    domain::ids::{MessageId, RecordNumber, RequestNumber},
    store::{OpenMode, Phase, Place, RecordFilter, RequestFilter, Result, Store, View},
};
use tempfile::TempDir;

use crate::{
    history::{self, PEOPLE, door, instant, person, request_id, window_id},
    spread::Spread,
    table::Table,
};

const TIMES: u32 = 300;
/// A page of the trail's worker and of an export.
const RECORDS: u32 = 100;
/// A page of `/jit list`, and one more to know whether there is another page.
const PAGE: u32 = 11;

pub(crate) async fn measure(table: &mut Table, requests: u32, records: u32) {
    let folder = TempDir::new().unwrap();
    let path = history::build(folder.path(), requests, records).await;
    let store = Store::open(&Place::Sqlite(path), OpenMode::Serve).await.unwrap();
    let reads = Reads {
        store,
        requests,
        records,
    };
    let mut found = reads.all().await;
    found.sort_by_key(|(_, spread)| std::cmp::Reverse(spread.percentile(99)));
    let kinds = found.len();
    let within = found
        .iter()
        .filter(|(_, spread)| spread.percentile(99).as_millis() < 10)
        .count();
    table.row(
        &format!("reads on {requests} requests and {records} records"),
        "p99 ≤ 10 ms",
        format!("{within} of {kinds} kinds of read are within it"),
        String::new(),
    );
    for (name, spread) in found {
        table.row(
            &format!("read: {name}"),
            "p99 ≤ 10 ms",
            spread.to_string(),
            String::new(),
        );
    }
}

struct Reads {
    store: Store,
    requests: u32,
    records: u32,
}

impl Reads {
    /// Numbers all over the table, the same ones in every run (Knuth's multiplicative hash).
    fn spots(most: u32) -> impl Iterator<Item = u32> {
        (1..=TIMES).map(move |turn| turn.wrapping_mul(2_654_435_761) % most.max(1) + 1)
    }

    async fn time<T, F>(&self, most: u32, read: impl Fn(View, u32) -> F) -> Spread
    where
        F: Future<Output = Result<T>>,
    {
        let mut times = Vec::new();
        for spot in Self::spots(most) {
            let begun = Instant::now();
            let view = self.store.read().await.unwrap();
            read(view, spot).await.unwrap();
            times.push(begun.elapsed());
        }
        times.into_iter().collect()
    }

    async fn list(&self, phase: Option<Phase>, of_one: bool) -> Spread {
        self.time(self.requests, |mut view, spot| async move {
            let filter = RequestFilter {
                requester: of_one.then(|| person(u64::from(spot) % PEOPLE).id),
                phase,
                before: Some(i64::from(spot) + i64::from(PAGE)),
            };
            view.list_requests(filter, PAGE).await
        })
        .await
    }

    async fn all(&self) -> Vec<(&'static str, Spread)> {
        let mut found = vec![
            ("list, all", self.list(None, false).await),
            ("list, one person", self.list(None, true).await),
            ("list, pending", self.list(Some(Phase::Pending), false).await),
            (
                "list, active, one person",
                self.list(Some(Phase::Active), true).await,
            ),
            ("list, past, one person", self.list(Some(Phase::Past), true).await),
        ];
        found.extend(self.of_requests().await);
        found.extend(self.of_records().await);
        found.extend(self.of_everything().await);
        found
    }

    async fn of_requests(&self) -> Vec<(&'static str, Spread)> {
        let most = self.requests;
        vec![
            (
                "request by number",
                self.time(most, |mut view, spot| async move {
                    view.find_request(RequestNumber(i64::from(spot))).await
                })
                .await,
            ),
            (
                "request by id",
                self.time(most, |mut view, spot| async move {
                    view.load_request(request_id(spot)).await
                })
                .await,
            ),
            (
                "windows of a request",
                self.time(most, |mut view, spot| async move {
                    view.windows_of(request_id(spot)).await
                })
                .await,
            ),
            (
                "window by id",
                self.time(most, |mut view, spot| async move {
                    view.load_window(window_id(spot)).await
                })
                .await,
            ),
            (
                "windows at a door",
                self.time(
                    most,
                    |mut view, _| async move { view.windows_at(&[door()]).await },
                )
                .await,
            ),
            (
                "card of a request",
                self.time(
                    most,
                    |mut view, spot| async move { view.card(request_id(spot)).await },
                )
                .await,
            ),
            (
                "card of a message",
                self.time(most, |mut view, spot| async move {
                    view.card_of_message(MessageId(u64::from(spot))).await
                })
                .await,
            ),
            (
                "answer of a request",
                self.time(most, |mut view, spot| async move {
                    view.answer(request_id(spot), instant()).await
                })
                .await,
            ),
            (
                "last source of a person",
                self.time(most, |mut view, spot| async move {
                    view.last_source_of(person(u64::from(spot)).id).await
                })
                .await,
            ),
        ]
    }

    async fn of_records(&self) -> Vec<(&'static str, Spread)> {
        let records = self.records;
        let most = self.requests;
        vec![
            (
                "100 records after a number",
                self.time(records, |mut view, spot| async move {
                    view.records(RecordFilter::All, RecordNumber(i64::from(spot)), RECORDS)
                        .await
                })
                .await,
            ),
            (
                "records of a request",
                self.time(most, |mut view, spot| async move {
                    let filter = RecordFilter::Request(request_id(spot));
                    view.records(filter, RecordNumber(0), RECORDS).await
                })
                .await,
            ),
            (
                "100 records of a person",
                self.time(most, |mut view, spot| async move {
                    let filter = RecordFilter::Requester(person(u64::from(spot)).id);
                    view.records(filter, RecordNumber(0), RECORDS).await
                })
                .await,
            ),
            (
                "trail message of a record",
                self.time(records, |mut view, spot| async move {
                    view.trail_message_of(RecordNumber(i64::from(spot))).await
                })
                .await,
            ),
            (
                "trail cursor",
                self.time(1, |mut view, _| async move { view.trail_cursor().await })
                    .await,
            ),
        ]
    }

    /// What looks at all that is alive, however long the past is.
    async fn of_everything(&self) -> Vec<(&'static str, Spread)> {
        vec![
            (
                "windows that are not over",
                self.time(1, |mut view, _| async move { view.windows_not_over().await })
                    .await,
            ),
            (
                "overdue requests",
                self.time(1, |mut view, _| async move {
                    view.overdue_requests(instant(), 100).await
                })
                .await,
            ),
            (
                "cards of pending requests",
                self.time(
                    1,
                    |mut view, _| async move { view.cards_in(Phase::Pending).await },
                )
                .await,
            ),
            (
                "cards of active requests",
                self.time(1, |mut view, _| async move { view.cards_in(Phase::Active).await })
                    .await,
            ),
            (
                "next due job",
                self.time(1, |mut view, _| async move { view.next_due().await })
                    .await,
            ),
            (
                "100 living jobs",
                self.time(1, |mut view, _| async move { view.living_jobs(100).await })
                    .await,
            ),
            (
                "counts for metrics",
                self.time(1, |mut view, _| async move { view.statistics().await })
                    .await,
            ),
        ]
    }
}
