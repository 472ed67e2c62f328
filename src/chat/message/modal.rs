//! Forms: the one that asks why a request is denied.

use serenity::all::{CreateActionRow, CreateInputText, CreateModal, InputTextStyle};

use super::button::Button;
use crate::domain::{
    ids::{RequestId, RequestNumber},
    text::FreeText,
};

/// The id of the form's only field.
pub const REASON_FIELD: &str = "reason";

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
    }
}
