//! Forms: the one that asks why a request is denied, and the one that asks how much longer an access is needed.

use serenity::all::{CreateActionRow, CreateInputText, CreateModal, InputTextStyle};

use super::button::Button;
use crate::domain::{
    ids::{RequestId, RequestNumber},
    text::FreeText,
};

/// The id of the field for a reason.
pub const REASON_FIELD: &str = "reason";

/// The id of the field for the length of an extension.
pub const LONGER_FIELD: &str = "longer";

/// Asks how much longer, and why. Built from memory: it promises nothing, and who sends it is judged then.
pub fn extend(request: RequestId) -> CreateModal {
    let longer = CreateInputText::new(InputTextStyle::Short, "How much longer?", LONGER_FIELD)
        .placeholder("30m, 1h or 1h30m; left empty, what the rule gives")
        .required(false)
        .max_length(30);
    let reason = CreateInputText::new(InputTextStyle::Paragraph, "Why?", REASON_FIELD)
        .placeholder("Left empty, the reason of the request")
        .required(false)
        .max_length(u16::try_from(FreeText::MAX).unwrap_or(300));
    CreateModal::new(Button::ExtendForm(request).id(), "Ask for more time").components(vec![
        CreateActionRow::InputText(longer),
        CreateActionRow::InputText(reason),
    ])
}

/// The id of the field for the length of an approval that grants less.
pub const LENGTH_FIELD: &str = "length";

/// The id of the field for the source of an approval that grants less.
pub const LESS_SOURCE_FIELD: &str = "source";

/// Asks for how much less is approved. Built from memory: it promises nothing, and who sends it is judged then.
pub fn less(request: RequestId) -> CreateModal {
    let length = CreateInputText::new(InputTextStyle::Short, "For how long?", LENGTH_FIELD)
        .placeholder("30m or 1h, never longer than asked; left empty, as asked")
        .required(false)
        .max_length(30);
    let source = CreateInputText::new(InputTextStyle::Short, "From which address?", LESS_SOURCE_FIELD)
        .placeholder("an address or network inside what is asked; left empty, as asked")
        .required(false)
        .max_length(60);
    CreateModal::new(Button::LessForm(request).id(), "Approve with less").components(vec![
        CreateActionRow::InputText(length),
        CreateActionRow::InputText(source),
    ])
}

/// Asks for the reason of a denial. It is built from memory, and promises nothing.
///
/// `number` is shown if it is known. The reason must be given here; a reaction denies without one.
pub fn deny_reason(request: RequestId, number: Option<RequestNumber>) -> CreateModal {
    let title = number.map_or_else(
        || "Deny this request".to_owned(),
        |number| format!("Deny request {number}"),
    );
    let field = CreateInputText::new(
        InputTextStyle::Paragraph,
        "Why? Who asked will read it.",
        REASON_FIELD,
    )
    .placeholder("What speaks against it, and what would have to change?")
    .required(true)
    .min_length(1)
    .max_length(u16::try_from(FreeText::MAX).unwrap_or(300));
    CreateModal::new(Button::DenyReason(request).id(), title)
        .components(vec![CreateActionRow::InputText(field)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::message::sample;

    #[test]
    fn discord_takes_the_form() {
        let request = sample::pending(&["web-01"]);
        let modal = serde_json::to_value(deny_reason(request.id, Some(RequestNumber(i64::MAX)))).unwrap();
        assert!(modal["title"].as_str().unwrap().len() <= 45);
        assert_eq!(
            Button::parse(modal["custom_id"].as_str().unwrap()),
            Some(Button::DenyReason(request.id))
        );
        let field = &modal["components"][0]["components"][0];
        assert!(field["label"].as_str().unwrap().len() <= 45);
        assert!(field["placeholder"].as_str().unwrap().len() <= 100);
        let modal = serde_json::to_value(less(request.id)).unwrap();
        assert_eq!(
            Button::parse(modal["custom_id"].as_str().unwrap()),
            Some(Button::LessForm(request.id))
        );
        for row in modal["components"].as_array().unwrap() {
            assert!(row["components"][0]["placeholder"].as_str().unwrap().len() <= 100);
        }
        let modal = serde_json::to_value(extend(request.id)).unwrap();
        assert_eq!(
            Button::parse(modal["custom_id"].as_str().unwrap()),
            Some(Button::ExtendForm(request.id))
        );
        for row in modal["components"].as_array().unwrap() {
            assert!(row["components"][0]["placeholder"].as_str().unwrap().len() <= 100);
        }
    }
}
