//! The choice of a source: what a requester reads while a draft waits for it, and the form in which one is typed.

use serenity::all::{
    ButtonStyle, CreateActionRow, CreateButton, CreateInputText, CreateModal, InputTextStyle,
};
use url::Url;

use super::{answer::FIND_ADDRESS, button::Button, phrase, rendered::Rendered, view::View, when};
use crate::domain::{ids::RequestId, request::RequestState, source::Source};

/// The id of the field for a source.
pub const SOURCE_FIELD: &str = "source";

/// The ways to name it: the last one, another one, the page that sees it, or none.
fn row(request: RequestId, offered: Option<Source>, link: Option<&Url>) -> CreateActionRow {
    let last =
        offered.map(|source| Button::UseSource(request).face(&format!("Use {source}"), ButtonStyle::Primary));
    let typed = if offered.is_some() {
        Button::TypeSource(request).face("Type another address", ButtonStyle::Secondary)
    } else {
        Button::TypeSource(request).face("Type the address", ButtonStyle::Primary)
    };
    let withdraw = Button::Withdraw(request).face("Withdraw", ButtonStyle::Secondary);
    let page = link.map(|link| CreateButton::new_link(link.as_str()).label("Use my address"));
    let buttons = last.into_iter().chain([typed]).chain(page).chain([withdraw]);
    CreateActionRow::Buttons(buttons.collect())
}

/// The row of a draft's message, without a page.
pub(super) fn plain_row(request: RequestId, offered: Option<Source>) -> CreateActionRow {
    row(request, offered, None)
}

/// The message of a draft, with a link to the page that sees the requester's address. For nobody else's eyes.
pub fn choice(view: &View<'_>, link: &Url) -> Rendered {
    let request = view.request;
    let offered = match &request.state {
        RequestState::Draft { offered, .. } => *offered,
        _ => None,
    };
    Rendered {
        content: wanted(view, Some(link)),
        components: vec![row(request.id, offered, Some(link))],
        ..Rendered::default()
    }
}

/// What is wanted, and how to give it.
pub(super) fn wanted(view: &View<'_>, link: Option<&Url>) -> String {
    let request = view.request;
    let doors = phrase::doors_of(request, 500);
    let RequestState::Draft {
        offered, lapses_at, ..
    } = &request.state
    else {
        return String::new();
    };
    let ways = match offered {
        Some(last) => format!(
            "Last time you used {}. Press its button if you connect from there now; otherwise type the address. To \
             find it: {FIND_ADDRESS}",
            phrase::source(*last)
        ),
        None => format!("Type the IPv4 address. To find it: {FIND_ADDRESS}"),
    };
    let page = match link {
        Some(_) => {
            "\n**Use my address** opens a page that sees the address from which your browser comes, and asks before it takes \
             it. The link works once, and is yours alone: do not pass it on."
        }
        None => "",
    };
    format!(
        "Request {} for {doors} waits for its source: the address from which you connect. Until it is named, nobody \
         is asked.\n{ways}{page}\nThis draft ends {}.",
        request.number,
        when::full(*lapses_at)
    )
}

/// Asks for the source of a draft. It is built from memory, and promises nothing.
pub fn form(request: RequestId) -> CreateModal {
    let field = CreateInputText::new(InputTextStyle::Short, "From which IPv4 address?", SOURCE_FIELD)
        .placeholder("198.51.100.7")
        .required(true)
        .min_length(1)
        .max_length(60);
    CreateModal::new(
        Button::SourceForm(request).id(),
        "The address from which you connect",
    )
    .components(vec![CreateActionRow::InputText(field)])
}

/// A source was refused, and the draft waits as before.
pub fn still_waits(why: Rendered) -> Rendered {
    Rendered {
        content: format!(
            "{}\nThe request waits for its source as before: choose again in its message.",
            why.content
        ),
        ..why
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::message::sample;

    #[test]
    fn discord_takes_the_form() {
        let request = sample::draft();
        let form = serde_json::to_value(form(request.id)).unwrap();
        assert!(form["title"].as_str().unwrap().len() <= 45);
        assert_eq!(
            Button::parse(form["custom_id"].as_str().unwrap()),
            Some(Button::SourceForm(request.id))
        );
        let field = &form["components"][0]["components"][0];
        assert!(field["label"].as_str().unwrap().len() <= 45);
    }
}
