//! Resource Graph: one query endpoint over rows of many subscriptions.
//!
//! The language is a small subset of KQL, see [`query`]; anything outside it is refused as the service
//! refuses what it cannot parse. Rows are made only for the page that is answered.

mod expression;
mod language;
mod rows;

use axum::http::StatusCode;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    answer::{Answer, Refusal, Result},
    call::Call,
    model::{Model, identity::Identity},
};

use self::language::Query;

const PAGE_SIZE_DEFAULT: usize = 100;
const PAGE_SIZE_MAX: usize = 1000;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    subscriptions: Option<Vec<String>>,
    query: String,
    #[serde(default)]
    options: Options,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Options {
    #[serde(rename = "$top")]
    top: Option<usize>,
    #[serde(rename = "$skipToken")]
    skip_token: Option<String>,
    result_format: Option<String>,
}

/// Answers a query with the rows that the caller may read; the rest is left out without a word.
///
/// `Table | where column == 'x' [and …] | extend a = f(path) | project a, b = f(path) | order by id asc`,
/// with `==`, `=~`, `!=`, `!~`, `in`, `in~`, `has`, `contains`, `startswith` and the functions `tolower`,
/// `toupper`, `tostring`, `isnotempty`, `isempty`, and `mv-expand a = path`. Tables: `Resources`,
/// `ResourceContainers`, `SecurityResources`.
pub(super) fn query(model: &Model, call: &Call, who: &Identity) -> Result<Answer> {
    let body: Body = call.json()?;
    let query = Query::parse(&body.query).map_err(|problem| invalid(call, &problem))?;
    if body
        .options
        .result_format
        .as_deref()
        .is_some_and(|format| !format.eq_ignore_ascii_case("objectArray"))
    {
        return Err(invalid(call, "Only the result format objectArray is known here."));
    }
    let skip = match &body.options.skip_token {
        None => 0,
        Some(token) => decode(token).ok_or_else(|| invalid(call, "The skip token is not valid."))?,
    };
    let top = body.options.top.unwrap_or(PAGE_SIZE_DEFAULT);
    if !(1..=PAGE_SIZE_MAX).contains(&top) {
        return Err(invalid(call, "$top must be between 1 and 1000."));
    }
    let asked = body.subscriptions.map(|ids| {
        let lower = ids.into_iter().map(|id| id.to_ascii_lowercase());
        lower.collect::<Vec<_>>()
    });
    let rows = rows::select(model, who, asked.as_deref(), &query);
    let rows = rows.map_err(|problem| invalid(call, &problem))?;
    let total = rows.len();
    let data: Vec<Value> = rows
        .into_iter()
        .skip(skip)
        .take(top)
        .map(|row| row.render(model, &query))
        .collect();
    let end = skip.saturating_add(top);
    let mut answer = Map::new();
    answer.insert("totalRecords".to_owned(), json!(total));
    answer.insert("count".to_owned(), json!(data.len()));
    // Without a projected id the service cannot page, and says so with this string.
    let cut = end < total && !query.has_id();
    answer.insert(
        "resultTruncated".to_owned(),
        json!(if cut { "true" } else { "false" }),
    );
    answer.insert("facets".to_owned(), json!([]));
    answer.insert("data".to_owned(), Value::Array(data));
    if end < total && query.has_id() {
        let token = URL_SAFE_NO_PAD.encode(format!("rows:{end}"));
        answer.insert("$skipToken".to_owned(), json!(token));
    }
    Ok(Answer::ok(Value::Object(answer)))
}

fn decode(token: &str) -> Option<usize> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    std::str::from_utf8(&bytes)
        .ok()?
        .strip_prefix("rows:")?
        .parse()
        .ok()
}

fn invalid(call: &Call, problem: &str) -> Refusal {
    let stamp = super::model::stamp(call.now);
    Refusal::shaped(
        StatusCode::BAD_REQUEST,
        json!({"error": {
            "code": "BadRequest",
            "message": format!(
                "Please provide below info when asking for support: timestamp = {stamp}, correlationId = {}.",
                call.correlation
            ),
            "details": [
                {
                    "code": "InvalidQuery",
                    "message": "Query is invalid. Please refer to the documentation for the Azure Resource Graph service and fix the error before retrying.",
                },
                {"code": "ParserFailure", "message": problem},
            ],
        }}),
    )
}
