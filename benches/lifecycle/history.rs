//! A database with the past of some years: real rows for one request of each kind, multiplied in the database.

use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use portcullis::{
    domain::{
        actor::{Person, Principal},
        effect::{Effect, Task},
        ids::{
            ChannelId, MessageId, RecordNumber, RequestId, RequestNumber, RoleId, RuleName, UserId, WindowId,
        },
        port::Port,
        quorum::Quorum,
        record::{By, Entry, Fact, Record, WindowFacts},
        request::{Request, RequestState, Target, TargetPort},
        source::Source,
        text::FreeText,
        vote::{Door, Terms},
        window::{Ended, Window, WindowState},
    },
    store::{AnswerToken, CardRow, OpenMode, Place, Store},
};
use sqlx::{ConnectOptions as _, Executor as _, sqlite::SqliteConnectOptions};
use uuid::Uuid;

/// So many people have asked.
pub(crate) const PEOPLE: u64 = 500;
/// One request in so many waits for an answer, and two have an open window.
pub(crate) const ONE_WAITS_IN: u32 = 1000;
/// Stands for a record's number in the text that is multiplied.
const NUMBER: i64 = 987_654_321_987;

pub(crate) fn instant() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_795_000_000_000).unwrap()
}

/// The id of the request with this number; its window's begins with 1 instead of 0.
pub(crate) fn request_id(number: u32) -> RequestId {
    RequestId(Uuid::from_u128(u128::from(number)))
}

pub(crate) fn window_id(number: u32) -> WindowId {
    WindowId(Uuid::from_u128((1 << 124) + u128::from(number)))
}

pub(crate) fn person(number: u64) -> Person {
    Person {
        id: UserId(100_000_000_000_000_000 + number % PEOPLE),
        name: "Alice".to_owned(),
    }
}

pub(crate) fn door() -> Door {
    let group = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/prod-web";
    Door {
        vm: format!("{group}/providers/Microsoft.Compute/virtualMachines/web-01")
            .parse()
            .unwrap(),
        port: Port::new(22).unwrap(),
    }
}

/// One request as it waits (number 1), with an open window (2), and long past (3).
fn templates() -> [(Request, Window); 3] {
    let source: Source = "198.51.100.7".parse().unwrap();
    let at = instant();
    let ends_at = at + TimeDelta::hours(1);
    let waits = RequestState::Pending {
        source,
        answer_by: ends_at,
        escalated: Vec::new(),
        votes: Vec::new(),
        claimed: None,
        taken_back: Vec::new(),
    };
    let active = RequestState::Approved {
        source,
        at,
        votes: Vec::new(),
        ends_at,
    };
    let past = RequestState::Settled {
        source,
        at: ends_at,
        approved_at: at,
        votes: Vec::new(),
        ends_at,
    };
    let open = WindowState::Open {
        opened_at: at,
        mapped_port: None,
        proof: Default::default(),
        kept_out_since: None,
    };
    let closed = WindowState::Closed {
        opened_at: Some(at),
        at: ends_at,
        how: Ended::Expired,
    };
    [(1, waits, closed.clone()), (2, active, open), (3, past, closed)].map(|(number, state, window)| {
        let request = request(number, state);
        let mut opened = Window::opening(
            window_id(number),
            request.id,
            door().vm,
            request
                .targets
                .first()
                .unwrap()
                .ports
                .first()
                .unwrap()
                .policy
                .clone(),
            door().port,
            source,
            ends_at,
            at,
        );
        opened.state = window;
        (request, opened)
    })
}

fn request(number: u32, state: RequestState) -> Request {
    let policy = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/prod-web/providers\
        /Microsoft.Security/locations/westeurope/jitNetworkAccessPolicies/default";
    Request {
        id: request_id(number),
        number: RequestNumber(i64::from(number)),
        requester: person(u64::from(number)),
        targets: vec![Target {
            vm: door().vm,
            ports: vec![TargetPort {
                port: door().port,
                policy: policy.parse().unwrap(),
            }],
        }],
        length: "1h".parse().unwrap(),
        reason: FreeText::new("INC-42 the disk is full"),
        terms: vec![Terms {
            rule: RuleName("production ssh".to_owned()),
            doors: vec![door()],
            quorum: Quorum::sole(vec![Principal::Role(RoleId(333))], 1),
            requester_roles: vec![RoleId(111)],
            attention: Default::default(),
            alone: None,
            second_look: None,
            bounds: Default::default(),
        }],
        asked_at: instant(),
        asked_in: ChannelId(777),
        extends: None,
        narrowed: Vec::new(),
        starts_at: None,
        state,
    }
}

/// Builds the database in `folder`, and says where.
pub(crate) async fn build(folder: &Path, requests: u32, records: u32) -> PathBuf {
    let path = folder.join("history.db");
    let store = Store::open(&Place::Sqlite(path.clone()), OpenMode::Serve)
        .await
        .unwrap();
    let templates = templates();
    let mut work = store.begin().await.unwrap();
    for (request, window) in &templates {
        let answer = AnswerToken {
            application: 1,
            token: "token".into(),
            expires_at: instant(),
        };
        work.insert_request(request, Some(&answer)).await.unwrap();
        work.insert_windows(std::slice::from_ref(window)).await.unwrap();
        let number = u64::try_from(request.number.0).unwrap();
        let card = CardRow {
            request: request.id,
            channel: ChannelId(900),
            message: MessageId(number),
            posted_at: instant(),
            shown: "0".repeat(64),
        };
        work.set_card(&card).await.unwrap();
    }
    let [_, (request, window), _] = &templates;
    for number in 0..2 * requests / ONE_WAITS_IN {
        let end = Effect::at(
            window.ends_at,
            Task::End {
                window: window_id(number),
            },
        );
        work.apply(Vec::new(), &[end], instant()).await.unwrap();
    }
    work.commit().await.unwrap();
    store.close().await;
    drop(store);
    multiply(&path, &record(request, window), requests, records).await;
    path
}

/// A record as it is stored, with a number that can be replaced.
fn record(request: &Request, window: &Window) -> String {
    let record = Record {
        number: RecordNumber(NUMBER),
        at: instant(),
        entry: Entry {
            by: By::Azure,
            fact: Fact::Opened {
                proof: Default::default(),
                window: WindowFacts {
                    id: window.id,
                    vm: window.vm.clone(),
                    port: window.port,
                    source: window.source,
                    ends_at: window.ends_at,
                    request: request.facts(),
                    approvers: vec![person(7)],
                },
            },
        },
    };
    serde_json::to_string(&record).unwrap()
}

/// One row becomes many. Nothing here needs to survive a crash.
async fn multiply(path: &Path, record: &str, requests: u32, records: u32) {
    let mut db = SqliteConnectOptions::new()
        .filename(path)
        .pragma("journal_mode", "OFF")
        .pragma("synchronous", "OFF")
        .pragma("cache_size", "-200000")
        .connect()
        .await
        .unwrap();
    let numbers = |first: u32, last: u32| {
        format!("WITH RECURSIVE n (i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last})")
    };
    let few = numbers(4, requests);
    let many = numbers(1, records);
    let template = format!("CASE i % {ONE_WAITS_IN} WHEN 0 THEN 1 WHEN 1 THEN 2 WHEN 2 THEN 2 ELSE 3 END");
    let request = "printf('00000000-0000-0000-0000-%012x', i)";
    let window = "printf('10000000-0000-0000-0000-%012x', i)";
    let person = format!("CAST(100000000000000000 + i % {PEOPLE} AS TEXT)");
    let join = format!("JOIN requests t ON t.number = {template}");
    let about = format!("1 + i % {requests}");
    let texts = [
        format!(
            "INSERT INTO requests (id, number, version, requester, requester_name, targets, length_seconds, reason, terms,
                asked_at, asked_in, state, state_name, phase, source, answer_by, ends_at)
                {few} SELECT {request}, i, 1, {person}, requester_name, targets, length_seconds,
                reason, terms, asked_at, asked_in, state, state_name, phase, source, answer_by, ends_at
                FROM n {join}"
        ),
        format!(
            "INSERT INTO windows {few} SELECT {window}, {request}, w.place, 1, w.vm, w.vm_key || i, w.policy, w.port,
                w.source, w.ends_at, w.state, w.state_name, w.is_over
                FROM n {join} JOIN windows w ON w.request = t.id"
        ),
        format!(
            "INSERT INTO cards {few} SELECT {request}, '900', CAST(i AS TEXT), c.posted_at, c.shown
                FROM n {join} JOIN cards c ON c.request = t.id"
        ),
        format!(
            "INSERT INTO answers {few} SELECT {request}, NULL, NULL, NULL, 'inbox', '900', CAST(i AS TEXT), ''
                FROM n"
        ),
        format!(
            "INSERT INTO records {many} SELECT i, {at}, 'opened',
                printf('00000000-0000-0000-0000-%012x', {about}), CAST(100000000000000000 + ({about}) % {PEOPLE} AS TEXT),
                replace('{record}', '{NUMBER}', i), '{hash}' FROM n",
            at = instant().timestamp_millis(),
            hash = "0".repeat(64),
        ),
        format!(
            "INSERT INTO trail_messages {} SELECT i * 10 + 1, i * 10 + 10, '901', CAST(i AS TEXT), 0 FROM n",
            numbers(0, records / 10)
        ),
        format!("UPDATE record_head SET number = {records}"),
        format!("UPDATE trail SET last_posted = {records}"),
        format!("UPDATE counters SET value = {requests}"),
    ];
    for text in texts {
        db.execute(sqlx::AssertSqlSafe(text)).await.unwrap();
    }
    sqlx::Connection::close(db).await.unwrap();
}
