//! The card: the one message per request in the approver channel, edited through the request's whole life.

use serenity::all::{CreateEmbed, CreateEmbedFooter};

use crate::domain::{
    actor::Principal,
    ids::RequestId,
    request::{Request, RequestState},
};

use super::{
    button::{call_off_row, close_row, vote_row},
    extend, glass,
    limit::{joined, listed},
    narrow,
    phase::Phase,
    phrase, quorum,
    quote::quoted_within,
    rendered::Rendered,
    schedule,
    view::View,
    vote, warning, when, window,
};

/// How many approvers are named and pinged at most: Discord takes 100, and the text must stay readable.
const PINGS: usize = 60;

/// Room for each part; together they stay below the 6000 characters of a message's embeds.
mod room {
    pub(super) const CONTENT: usize = 300;
    pub(super) const MACHINES: usize = 900;
    pub(super) const REASON: usize = 640;
    pub(super) const RULES: usize = 900;
    pub(super) const WARNINGS: usize = 900;
    pub(super) const WINDOWS: usize = 900;
    pub(super) const CALLED: usize = 400;
}

/// The card as it is first posted: it pings whoever may answer or, where it was opened without an approval, whoever
/// must know, who are also the `administrators`.
pub fn first(view: &View<'_>, administrators: &[Principal]) -> Rendered {
    let card = later(view);
    if view.request.is_broken_glass() {
        let called = glass::called(view.request, administrators);
        let named: Vec<_> = called.iter().map(phrase::principal).collect();
        return Rendered {
            content: format!("{} {}", named.join(" "), card.content),
            pings: called,
            ..card
        };
    }
    Rendered {
        pings: approvers_in_content(view),
        ..card
    }
}

/// The card as it is edited later: it pings nobody.
pub fn later(view: &View<'_>) -> Rendered {
    let request = view.request;
    let phase = Phase::of(request, view.windows, view.freeze);
    let mut components = match phase {
        Phase::Pending => vec![vote_row(request.id)],
        Phase::Scheduled => vec![call_off_row(request.id)],
        phase if phase.can_close() => vec![close_row(request.id)],
        _ => Vec::new(),
    };
    if view.review.is_some_and(|review| review.signed.is_none()) {
        components.push(glass::review_row(request.id));
    }
    Rendered {
        content: content(view, phase),
        embeds: vec![embed(view)],
        components,
        ..Rendered::default()
    }
}

/// The text by which the card of a request is found again in the channel: it stands in the embed's footer.
pub fn marker(request: RequestId) -> String {
    request.to_string()
}

fn content(view: &View<'_>, phase: Phase) -> String {
    let request = view.request;
    let asks = format!(
        "{} asks for {}.",
        phrase::person(&request.requester),
        phrase::doors_of(request, room::CONTENT)
    );
    if phase != Phase::Pending {
        return format!(
            "Request {}: {}. {}",
            request.number,
            phase.words(),
            asks.replacen(" asks for ", " asked for ", 1)
        );
    }
    let approvers: Vec<_> = approvers_in_content(view).iter().map(phrase::principal).collect();
    match approvers.join(" ") {
        called if called.is_empty() => asks,
        called => format!("{called}: {asks}"),
    }
}

fn approvers_in_content(view: &View<'_>) -> Vec<Principal> {
    match view.request.state {
        RequestState::Pending { .. } => view.request.called_first(PINGS),
        _ => Vec::new(),
    }
}

/// The card without its buttons: also what `/jit status` shows.
pub(super) fn embed(view: &View<'_>) -> CreateEmbed {
    let request = view.request;
    let phase = Phase::of(request, view.windows, view.freeze);
    let mut embed = CreateEmbed::new()
        .title(format!("Request {}: {}", request.number, phase.words()))
        .colour(phase.colour())
        .description(sentence(view, phase))
        .field("Who asks", phrase::person(&request.requester), true)
        .field("How long", request.length.to_string(), true)
        .field("From", source(request), true)
        .field("Machines and ports", machines(view), false)
        .fields(why(request).map(|why| ("Why", why, false)))
        .field("Rules", quorum::lines(view, room::RULES), false)
        .footer(CreateEmbedFooter::new(format!(
            "Request {} · {}",
            request.number,
            marker(request.id)
        )));
    if let Some(longer) = extend::line(request) {
        embed = embed.field("Extension", longer, false);
    }
    if let Some(less) = narrow::note(request) {
        embed = embed.field("Narrowed", less, false);
    }
    if let Some(line) = schedule::line(request) {
        embed = embed.field("When", line, false);
    }
    if let RequestState::Pending { answer_by, .. } = &request.state {
        embed = embed.field("An answer counts until", when::full(*answer_by), false);
    }
    if let Some(review) = view.review {
        embed = embed.field("Opened without an approval", glass::on_card(review), false);
    }
    if let Some(called) = called_since(request) {
        embed = embed.field("Called since", called, false);
    }
    if !view.windows.is_empty() {
        embed = embed.field(
            "Windows",
            window::lines(view.windows, view.freeze, room::WINDOWS),
            false,
        );
    }
    let undecided = matches!(phase, Phase::Draft | Phase::Pending | Phase::Scheduled) || phase.can_close();
    if let Some(warnings) = undecided.then(|| warning::lines(view, room::WARNINGS)).flatten() {
        embed = embed.field("Warnings", warnings, false);
    }
    embed
}

fn sentence(view: &View<'_>, phase: Phase) -> String {
    let request = view.request;
    let approvers = phrase::deciders(request, 300);
    let sessions = window::sessions(view.vms);
    let until = |ends_at: &Option<_>| ends_at.map(when::full).unwrap_or_default();
    let ends_at = match &request.state {
        RequestState::Approved { ends_at, .. } | RequestState::Settled { ends_at, .. } => Some(*ends_at),
        _ => None,
    };
    match phase {
        Phase::Draft => {
            "Portcullis waits until who asks has named the source. Nobody else has been asked yet.".to_owned()
        }
        Phase::Pending => format!("{} {}", quorum::missing(view), ways(view)),
        Phase::Held => format!(
            "Approved by {approvers}. A freeze is on: Azure is asked when it is lifted. The access ends {} in any \
             case.",
            until(&ends_at)
        ),
        Phase::Opening => format!(
            "Approved by {approvers}. It is not open yet: this card says so when Azure does. The access ends {}.",
            until(&ends_at)
        ),
        Phase::Stuck => format!(
            "Approved by {approvers}. {} Portcullis keeps looking until {}.",
            window::stuck(view.windows),
            until(&ends_at)
        ),
        Phase::PartlyOpen => format!(
            "Approved by {approvers}. Not every window is open; see below. The access ends {}. {sessions}",
            until(&ends_at)
        ),
        Phase::Open => format!(
            "Approved by {approvers}. Azure says that it is open, until {}. {sessions}",
            until(&ends_at)
        ),
        Phase::Closing => {
            format!("Approved by {approvers}. Portcullis waits for Azure to say that it is shut. {sessions}")
        }
        Phase::Unconfirmed => format!(
            "Approved by {approvers}. A window should be shut, but Azure has not confirmed it. Somebody should look \
             at the JIT requests and the network rules in the Azure portal."
        ),
        Phase::Closed => match window::goes_on(view.windows) {
            Some(longer) => {
                format!("Approved by {approvers}. It was made longer and goes on as request {longer}.")
            }
            None => format!(
                "Approved by {approvers}. Every window is over. {}",
                window::sessions_after(view.vms)
            ),
        },
        Phase::Failed => format!(
            "Approved by {approvers}, but nothing was opened. The reason stands below; a new request is needed."
        ),
        Phase::Denied | Phase::Withdrawn | Phase::Lapsed => over(request),
        Phase::Scheduled => format!("Approved by {approvers}. {}", schedule::waits(request)),
        Phase::NotStarted => schedule::over(request),
    }
}

/// Whom an escalation has called, beside those whom the card called.
fn called_since(request: &Request) -> Option<String> {
    let steps: Vec<_> = request
        .escalated()
        .iter()
        .map(|step| {
            let called: Vec<_> = step.to.iter().map(phrase::principal).collect();
            format!("{} at {}", listed(&called, 300), when::time(step.at))
        })
        .collect();
    (!steps.is_empty()).then(|| joined(&steps, "\n", room::CALLED))
}

/// How a request ended that was never approved.
pub(super) fn over(request: &Request) -> String {
    match &request.state {
        RequestState::Denied { by, reason, at, .. } => {
            let reason = match reason {
                Some(reason) => format!("Reason: {}", quoted_within(reason.as_str(), room::REASON)),
                None => "No reason was given.".to_owned(),
            };
            format!(
                "Denied by {} at {}. {reason}",
                phrase::person(by),
                when::time(*at)
            )
        }
        RequestState::Withdrawn { at, .. } => format!(
            "{} took the request back at {}. Nothing was opened.",
            phrase::person(&request.requester),
            when::time(*at)
        ),
        RequestState::Lapsed { source: None, at } => {
            format!(
                "No source was confirmed by {}. Nothing was opened.",
                when::time(*at)
            )
        }
        RequestState::Lapsed { at, .. } if request.extends.is_some() => format!(
            "It was not approved by {}, while there was something to extend, so it lapsed. The access keeps its own \
             end.",
            when::time(*at)
        ),
        RequestState::Lapsed { at, .. } => format!(
            "Too few approvals came by {}, so the request lapsed. Nothing was opened.",
            when::time(*at)
        ),
        _ => String::new(),
    }
}

/// How to answer, and who is looking at it.
fn ways(view: &View<'_>) -> String {
    let request = view.request;
    let is_risky = request
        .source()
        .is_some_and(|source| vote::is_looked_at_twice(view, source));
    let mut ways = if is_risky {
        "Approving needs a second look, so answer with the buttons; ✅ does not count here, ❌ denies."
            .to_owned()
    } else {
        "Answer with the buttons, or react with ✅ or ❌.".to_owned()
    };
    if let Some(claim) = request.claimed() {
        ways.push_str(&format!(
            " {} is looking at it, since {}.",
            phrase::person(&claim.by),
            when::time(claim.at)
        ));
    }
    ways
}

fn machines(view: &View<'_>) -> String {
    let parts: Vec<_> = view
        .request
        .targets
        .iter()
        .map(|target| {
            format!(
                "**{}** ({}): {}",
                phrase::machine(&target.vm),
                phrase::about(&target.vm, view.vm(&target.vm)),
                phrase::ports(target, 300)
            )
        })
        .collect();
    joined(&parts, "\n", room::MACHINES)
}

fn source(request: &Request) -> String {
    match (&request.state, request.source()) {
        // The last address of a person is theirs to use, not for others to read.
        (RequestState::Draft { .. }, _) => "not named yet".to_owned(),
        (_, Some(source)) if source.unusual().is_empty() => phrase::source(source),
        (_, Some(source)) => format!("{}.", phrase::source(source)),
        (_, None) => "never named".to_owned(),
    }
}

/// Nothing where no reason was given and none was asked for.
fn why(request: &Request) -> Option<String> {
    match &request.reason {
        Some(reason) => Some(quoted_within(reason.as_str(), room::REASON)),
        None if request.terms.iter().all(|terms| terms.bounds.reason_unasked) => None,
        None => Some("No reason given.".to_owned()),
    }
}
