//! The requester's own message, brought up to date through the whole life of the request.

use crate::domain::{
    actor::Principal,
    request::RequestState,
    window::{Window, WindowState},
};

use super::{
    again,
    button::{again_row, close_row, open_row, withdraw_row},
    card, connect, extend,
    limit::{CONTENT, joined, width},
    narrow,
    phase::Phase,
    phrase, quorum,
    rendered::Rendered,
    schedule, source,
    view::View,
    warning, when, window,
};

/// Where the requester reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The ephemeral answer or a direct message: only the requester reads it.
    Private,
    /// The channel where it was asked, because the requester's inbox is closed: it mentions and pings the
    /// requester, and leaves out how to connect.
    Channel,
}

/// The requester's message as it stands now.
pub fn answer(view: &View<'_>, place: Place) -> Rendered {
    let request = view.request;
    let phase = Phase::of(request, view.windows, view.freeze);
    let components = match (&request.state, phase) {
        (RequestState::Draft { offered, .. }, _) => vec![source::plain_row(request.id, *offered)],
        (RequestState::Pending { .. } | RequestState::Scheduled { .. }, _) => vec![withdraw_row(request.id)],
        (_, Phase::Open | Phase::PartlyOpen) => vec![open_row(request.id)],
        (_, phase) if phase.can_close() => vec![close_row(request.id)],
        _ => Vec::new(),
    };
    let offer = offered_again(view, phase);
    let again = if offer.is_some() {
        Again::Offered
    } else {
        Again::Typed
    };
    let components = match &offer {
        Some(_) => vec![again_row(request.id)],
        None => components,
    };
    let offer = offer.map(|offer| format!("\n{offer}")).unwrap_or_default();
    let (mention, pings) = match place {
        Place::Private => (String::new(), Vec::new()),
        Place::Channel => (
            format!("{} ", phrase::person(&request.requester)),
            vec![Principal::User(request.requester.id)],
        ),
    };
    let less = less(view, phase);
    let room = CONTENT.saturating_sub(width(&mention) + width(&less) + width(&offer));
    Rendered {
        content: format!("{mention}{}{less}{offer}", text(view, phase, place, again, room)),
        components,
        pings,
        ..Rendered::default()
    }
}

/// What can be asked again, once it is over and does not go on as a longer one.
pub(super) fn offered_again(view: &View<'_>, phase: Phase) -> Option<String> {
    let over = matches!(
        phase,
        Phase::Closed | Phase::Failed | Phase::Denied | Phase::Withdrawn | Phase::Lapsed | Phase::NotStarted
    );
    (over && window::goes_on(view.windows).is_none())
        .then(|| again::offer(view.request))
        .flatten()
}

/// How the same is asked once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    /// The offer in the same message says it.
    Offered,
    Typed,
}

impl Again {
    /// `sentence` where nothing else says how to ask again.
    fn unless_offered(self, sentence: &'static str) -> &'static str {
        match self {
            Self::Offered => "",
            Self::Typed => sentence,
        }
    }
}

/// At most `room` wide.
fn text(view: &View<'_>, phase: Phase, place: Place, again: Again, room: usize) -> String {
    let request = view.request;
    let number = request.number;
    let doors = phrase::doors_of(request, 500);
    let approvers = phrase::deciders(request, 300);
    let ends = match &request.state {
        RequestState::Approved { ends_at, .. } | RequestState::Settled { ends_at, .. } => {
            when::full(*ends_at)
        }
        _ => String::new(),
    };
    match phase {
        Phase::Draft => source::wanted(view, None),
        Phase::Pending => {
            let answer_by = match &request.state {
                RequestState::Pending { answer_by, .. } => when::full(*answer_by),
                _ => String::new(),
            };
            let source = request.source().map(phrase::source).unwrap_or_default();
            let access = extend::line(request)
                .unwrap_or_else(|| format!("Access is for {} from {source}.", request.length));
            let start = schedule::line(request)
                .map(|line| format!(" {line}"))
                .unwrap_or_default();
            let facts = format!(
                "Request {number} for {doors} was sent to the approvers. {}\nAn answer counts until {answer_by}.\n\
                 {access}{start}",
                quorum::missing(view),
            );
            let left = room.saturating_sub(width(&facts) + 1);
            let warnings = warning::for_requester(view, left.min(700))
                .map(|warnings| format!("\n{warnings}"))
                .unwrap_or_default();
            facts + &warnings
        }
        Phase::Held => format!(
            "Request {number} was approved by {approvers}, but a freeze is on and nothing is opened. {doors} opens \
             when the freeze is lifted. The time is running all the same: the access ends {ends}."
        ),
        Phase::Opening => format!(
            "Request {number} was approved by {approvers}. Azure is opening {doors}; it is not open yet. This \
             message says so when it is. The access ends {ends}."
        ),
        Phase::Stuck => format!(
            "Request {number} for {doors} was approved by {approvers}. {} Portcullis keeps looking until the access \
             ends, {ends}. You can wait, or close it and ask again.",
            window::stuck(view.windows)
        ),
        Phase::Open | Phase::PartlyOpen => open(view, phase, place, &approvers, &ends),
        Phase::Closing => format!(
            "Request {number}: {doors} is closing. {}\n{}",
            window::sessions(view.vms),
            window::lines(view.windows, view.freeze, 1000)
        ),
        Phase::Unconfirmed => format!(
            "Request {number}: a window should be shut by now, but Azure has not confirmed it. It stands in the \
             trail, for the administrators to look at. You need not do anything.\n{}",
            window::lines(view.windows, view.freeze, 1000)
        ),
        Phase::Closed => closed(view, again),
        Phase::Failed => format!(
            "Request {number} was approved by {approvers}, but it could not be opened.\n{}\n{}If it fails again, \
             show this message to an administrator of Portcullis.",
            window::lines(view.windows, view.freeze, 1000),
            again.unless_offered("You can ask again with `/jit request`. ")
        ),
        Phase::Denied => format!(
            "Request {number} for {doors} was not granted. {}\nYou can {}talk to who denied it.",
            card::over(request),
            again.unless_offered("ask again with `/jit request`, or ")
        ),
        Phase::Withdrawn => format!("Request {number} for {doors} was withdrawn. Nothing was opened."),
        Phase::Lapsed => format!(
            "Request {number} for {doors} is over. {}{}",
            card::over(request),
            again.unless_offered(" You can ask again with `/jit request`.")
        ),
        Phase::Scheduled => format!(
            "Request {number} for {doors} was approved by {approvers}. {} You can withdraw it until then.",
            schedule::waits(request)
        ),
        Phase::NotStarted => format!(
            "Request {number} for {doors} is over. {}",
            schedule::over(request)
        ),
    }
}

/// What approvers took off the request, while that matters.
fn less(view: &View<'_>, phase: Phase) -> String {
    let matters = matches!(
        phase,
        Phase::Pending | Phase::Scheduled | Phase::Open | Phase::PartlyOpen
    ) || phase.can_close();
    let note = narrow::note(view.request).filter(|_| matters);
    note.map(|note| format!("\n{note}")).unwrap_or_default()
}

fn closed(view: &View<'_>, again: Again) -> String {
    let number = view.request.number;
    let lines = window::lines(view.windows, view.freeze, 1200);
    match window::goes_on(view.windows) {
        Some(longer) => format!(
            "Request {number} was made longer: it goes on as request {longer}. `/jit status request:{longer}` shows how \
             it stands.\n{lines}"
        ),
        None => format!(
            "Request {number} is over; nothing of it is open any more. {}\n{lines}{}",
            window::sessions_after(view.vms),
            again.unless_offered("\nIf you need more time, ask again with `/jit request`.")
        ),
    }
}

/// How to find one's address. The bot cannot know it: Discord does not tell.
pub(super) const FIND_ADDRESS: &str =
    "a web search for “what is my IPv4 address” shows it, and so does your network administrator.";

fn open(view: &View<'_>, phase: Phase, place: Place, approvers: &str, ends: &str) -> String {
    let head = if phase == Phase::Open {
        format!(
            "Request {} is open. Approved by {approvers}. It ends {ends}.",
            view.request.number
        )
    } else {
        format!(
            "Request {} is partly open. Approved by {approvers}. It ends {ends}.\n{}",
            view.request.number,
            window::partly_open(view.windows, view.freeze, 700)
        )
    };
    let ways = match place {
        Place::Private => ways(view, CONTENT - 1700),
        Place::Channel => {
            "How to connect stands in your own messages only; open your inbox for the bot, or use \
                           `/jit status`."
                .to_owned()
        }
    };
    format!("{head}\n{ways}\n{}", window::sessions(view.vms))
}

/// How to reach every open window, one after the other; empty while none is open.
pub(super) fn ways(view: &View<'_>, room: usize) -> String {
    let ways: Vec<_> = view
        .windows
        .iter()
        .filter_map(|window| way(view, window))
        .collect();
    joined(&ways, "\n", room)
}

fn way(view: &View<'_>, open: &Window) -> Option<String> {
    let WindowState::Open { kept_out_since, .. } = open.state else {
        return None;
    };
    let door = phrase::door(&open.vm, open.port);
    let kept_out = if kept_out_since.is_some() {
        format!(
            "{door}: {}. `/jit rules` shows what keeps it out.\n",
            window::KEPT_OUT
        )
    } else {
        String::new()
    };
    let way = match connect::way(open, view.vm(&open.vm)) {
        Some(way) => {
            let note = if way.inside {
                " This is a private address: connect through your VPN or from inside the network."
            } else {
                ""
            };
            format!(
                "{door}: host `{}`, port `{}`.{note}\n```\n{}\n```",
                way.host,
                way.port.number(),
                way.line
            )
        }
        None => format!(
            "{door}: the inventory has no address of this machine. Look it up in the Azure portal, and connect to \
             port {}.",
            open.port.number()
        ),
    };
    Some(kept_out + &way)
}
