//! `/jit list`: at most ten requests per page, the newest first.

use serenity::all::CreateEmbed;

use super::{
    button::{ListPage, Which, Whose, page_row},
    limit::{DESCRIPTION, joined},
    phase::Phase,
    phrase,
    rendered::Rendered,
    when,
};
use crate::domain::{
    freeze::Freeze,
    request::{Request, RequestState},
    window::Window,
};

/// Requests on one page.
pub const PAGE: usize = 10;

/// A request of a page and all its windows.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    pub request: &'a Request,
    pub windows: &'a [Window],
}

/// One page; `more` says whether older requests follow.
pub fn list(page: ListPage, rows: &[Row<'_>], more: bool, freeze: Option<&Freeze>) -> Rendered {
    let rows = rows.get(..PAGE).unwrap_or(rows);
    let lines: Vec<_> = rows.iter().map(|row| line(row, freeze)).collect();
    let text = if lines.is_empty() {
        nothing(page).to_owned()
    } else {
        joined(&lines, "\n", DESCRIPTION - 600)
    };
    let newest = page.before.is_some().then_some(ListPage { before: None, ..page });
    let older = rows.last().filter(|_| more).map(|row| ListPage {
        before: Some(row.request.number),
        ..page
    });
    Rendered {
        embeds: vec![CreateEmbed::new().title(title(page)).description(text)],
        components: page_row(newest, older).into_iter().collect(),
        ..Rendered::default()
    }
}

fn line(row: &Row<'_>, freeze: Option<&Freeze>) -> String {
    let request = row.request;
    let phase = Phase::of(request, row.windows, freeze);
    let from = request
        .source()
        .map(|source| format!(" from {source}"))
        .unwrap_or_default();
    let until = match &request.state {
        RequestState::Draft { lapses_at, .. } => format!(", lapses {}", when::relative(*lapses_at)),
        RequestState::Pending { answer_by, .. } => {
            format!(", an answer counts until {}", when::time(*answer_by))
        }
        RequestState::Scheduled { starts_at, .. } => format!(", starts {}", when::relative(*starts_at)),
        RequestState::Approved { ends_at, .. } => format!(", ends {}", when::relative(*ends_at)),
        RequestState::Denied { at, .. }
        | RequestState::Withdrawn { at, .. }
        | RequestState::Lapsed { at, .. }
        | RequestState::Settled { at, .. }
        | RequestState::NotStarted { at, .. } => format!(", {}", when::relative(*at)),
    };
    let extends = request
        .extends
        .map(|extends| format!(" (extends {})", extends.number))
        .unwrap_or_default();
    format!(
        "**{}**{extends} · {} · {}{from} · {}{until}",
        request.number,
        phrase::person(&request.requester),
        phrase::doors_of(request, 180),
        phase.words()
    )
}

fn title(page: ListPage) -> String {
    let which = match page.which {
        Which::Active => "Active",
        Which::Pending => "Pending",
        Which::Past => "Past",
    };
    let whose = match page.whose {
        Whose::Mine => "your own",
        Whose::All => "everybody's",
    };
    format!("{which} requests, {whose}")
}

fn nothing(page: ListPage) -> &'static str {
    match (page.which, page.before) {
        (_, Some(_)) => "There are no older ones.",
        (Which::Active, None) => "Nothing is open or opening.",
        (Which::Pending, None) => "Nothing waits for an answer.",
        (Which::Past, None) => "Nothing has ended yet.",
    }
}
