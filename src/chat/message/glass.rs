//! Breaking the glass: the form for it, what the card says of it, and the review that must be signed.

use serenity::all::{ButtonStyle, CreateActionRow, CreateInputText, CreateModal, InputTextStyle};

use super::{button::Button, limit::joined, phrase, quote::quoted_within, rendered::Rendered, when};
use crate::{
    domain::{
        actor::Principal,
        ids::{RequestId, RequestNumber},
        request::Request,
        review::{NotSigned, Review},
        text::FreeText,
    },
    policy::GlassRefusal,
};

pub const VM_FIELD: &str = "vm";
pub const PORT_FIELD: &str = "port";
pub const FROM_FIELD: &str = "from";
pub const REASON_FIELD: &str = "reason";
pub const WORD_FIELD: &str = "word";
pub const NOTE_FIELD: &str = "note";

/// How many people are named and pinged at most: Discord takes 100, and the text must stay readable.
const PINGS: usize = 60;

/// What somebody has typed so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Typed<'a> {
    pub vm: &'a str,
    pub port: &'a str,
    pub from: &'a str,
    pub reason: &'a str,
}

/// Repeats what was typed and wants a reason and a word. Built from memory: who sends it is judged then.
pub fn form(typed: &Typed<'_>) -> CreateModal {
    let field = |style, label: &str, name: &str, value: &str, most: u16| {
        let field = CreateInputText::new(style, label, name)
            .required(true)
            .max_length(most);
        let value: String = value.chars().take(usize::from(most)).collect();
        if value.is_empty() {
            field
        } else {
            field.value(value)
        }
    };
    let short = |label: &str, name: &str, value: &str, most| {
        CreateActionRow::InputText(field(InputTextStyle::Short, label, name, value, most))
    };
    let from = field(
        InputTextStyle::Short,
        "From which IPv4 address?",
        FROM_FIELD,
        typed.from,
        60,
    )
    .placeholder("198.51.100.7");
    let reason = field(
        InputTextStyle::Paragraph,
        "Why can nobody be waited for?",
        REASON_FIELD,
        typed.reason,
        u16::try_from(FreeText::MAX).unwrap_or(300),
    )
    .placeholder("Every approver and administrator is told at once, and somebody else must sign a review.");
    let word = field(
        InputTextStyle::Short,
        "Type BREAK GLASS to open it at once",
        WORD_FIELD,
        "",
        20,
    )
    .placeholder("BREAK GLASS");
    CreateModal::new(Button::BreakGlass.id(), "Open without an approval").components(vec![
        short("Which machines?", VM_FIELD, typed.vm, 600),
        short("Which ports?", PORT_FIELD, typed.port, 100),
        CreateActionRow::InputText(from),
        CreateActionRow::InputText(reason),
        CreateActionRow::InputText(word),
    ])
}

/// The form for signing a review.
pub fn review_form(request: RequestId) -> CreateModal {
    let note = CreateInputText::new(InputTextStyle::Paragraph, "What did you find?", NOTE_FIELD)
        .placeholder("What was done, whether it was right, and what should change. Everybody can read it.")
        .required(true)
        .min_length(1)
        .max_length(u16::try_from(FreeText::MAX).unwrap_or(300));
    CreateModal::new(Button::ReviewForm(request).id(), "Sign the review")
        .components(vec![CreateActionRow::InputText(note)])
}

/// The row that signs a review.
pub(super) fn review_row(request: RequestId) -> CreateActionRow {
    CreateActionRow::Buttons(vec![
        Button::SignReview(request).face("Sign the review", ButtonStyle::Primary),
    ])
}

/// Whom a broken glass calls: every approver of the request, also of a quiet rule, and the administrators.
pub(super) fn called(request: &Request, administrators: &[Principal]) -> Vec<Principal> {
    let approvers = request.terms.iter().flat_map(|terms| terms.quorum.approvers());
    request.others_among(approvers.chain(administrators), PINGS)
}

/// What the card says of it.
pub(super) fn on_card(review: &Review) -> String {
    let broke = format!(
        "{} opened this at {} without an approval, and everybody who could have approved was told.",
        phrase::person(&review.broke),
        when::time(review.broken_at)
    );
    match &review.signed {
        None => format!("{broke} Somebody else must look at it and sign the review."),
        Some(signed) => format!(
            "{broke} {} signed the review at {}: {}",
            phrase::person(&signed.by),
            when::time(signed.at),
            quoted_within(signed.note.as_str(), 300)
        ),
    }
}

/// The reviews that nobody has signed, for the top of a list; `None` where there is none.
pub fn waiting(reviews: &[Review]) -> Option<String> {
    let each: Vec<_> = reviews
        .iter()
        .map(|review| {
            format!(
                "request {} by {}, {}",
                review.number,
                phrase::person(&review.broke),
                when::relative(review.broken_at)
            )
        })
        .collect();
    (!each.is_empty()).then(|| {
        format!(
            "Opened without an approval, and no review signed yet: {}. The button stands on the request's card.",
            joined(&each, "; ", 800)
        )
    })
}

/// Why the glass stays whole.
pub fn refused(why: &GlassRefusal) -> Rendered {
    let (rule, why) = match why {
        GlassRefusal::NotHere { rule } => (rule, "lets nobody open without an approval"),
        GlassRefusal::OtherPeople { rule } => (rule, "lets other people than you open without an approval"),
        GlassRefusal::Frozen { rule } => {
            return Rendered::text(format!(
                "Nothing was opened, because a freeze is on and the rule “{}” opens nothing in one. Ask an \
                 administrator of Portcullis to lift it; what you ask for with `/jit request` meanwhile opens only \
                 after that.",
                quoted_within(&rule.0, 80)
            ));
        }
    };
    Rendered::text(format!(
        "Nothing was opened, because the rule “{}” {why}. Ask the approvers with `/jit request`.",
        quoted_within(&rule.0, 80)
    ))
}

/// The word was not typed.
pub fn no_word() -> Rendered {
    Rendered::text(
        "Nothing was opened, because BREAK GLASS was not typed in the last field. Use `/jit break-glass` again if \
         nobody can be waited for, or `/jit request` to ask the approvers.",
    )
}

/// There is no source.
pub fn no_source() -> Rendered {
    Rendered::text(
        "Nothing was opened, because the IPv4 address from which you connect was not given; use `/jit break-glass` \
         again.",
    )
}

/// There is no reason.
pub fn no_reason() -> Rendered {
    Rendered::text(
        "Nothing was opened, because no reason was given. Whoever reviews it has to know why nobody could be waited \
         for; use `/jit break-glass` again.",
    )
}

/// A review is signed.
pub fn signed(number: RequestNumber) -> Rendered {
    Rendered::text(format!(
        "You have signed the review of request {number}. Your note stands on its card and in the trail."
    ))
}

/// Why a review is not signed.
pub fn not_signed(number: RequestNumber, why: &NotSigned) -> Rendered {
    let why = match why {
        NotSigned::Own => "you opened it yourself, so somebody else must look at it".to_owned(),
        NotSigned::NotAReviewer => {
            "only its approvers and the administrators of Portcullis sign reviews".to_owned()
        }
        NotSigned::Already(signed) => format!(
            "{} has signed it already, at {}",
            phrase::person(&signed.by),
            when::time(signed.at)
        ),
        NotSigned::NoNote => "the note is empty; write what you found".to_owned(),
    };
    Rendered::text(format!("The review of request {number} was not signed: {why}."))
}
