//! The error envelope, read leniently: services answer it, or half of it, or HTML.

use serde_json::Value;

use super::error::{Correlation, Said};
use crate::domain::text::FreeText;

/// What the answer `body` with `status` says.
pub(super) fn read(status: u16, body: &[u8], correlation: Correlation) -> Said {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    // `{"error":{"code","message"}}` by the specification; some providers leave the wrapper out.
    let error = field(&value, "error")
        .filter(|error| error.is_object())
        .unwrap_or(&value);
    let detail = field(error, "details")
        .and_then(|details| details.get(0))
        .and_then(|detail| text(detail, "message"));
    let code = text(error, "code").unwrap_or_else(|| format!("HTTP {status}"));
    let message = match (text(error, "message"), detail) {
        (Some(message), Some(detail)) if message != detail => {
            FreeText::new(&format!("{message} {detail}")).map_or(message, |both| both.to_string())
        }
        (Some(message), _) => message,
        (None, Some(detail)) => detail,
        (None, None) => "Azure gave no reason.".to_owned(),
    };
    Said {
        status,
        code,
        message,
        correlation,
    }
}

/// The field `name` in any case: `Message` occurs.
fn field<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value
        .as_object()?
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

fn text(value: &Value, name: &str) -> Option<String> {
    FreeText::new(field(value, name)?.as_str()?).map(|text| text.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(body: &str) -> (String, String) {
        let said = read(400, body.as_bytes(), Correlation::default());
        (said.code, said.message)
    }

    fn pair(code: &str, message: &str) -> (String, String) {
        (code.to_owned(), message.to_owned())
    }

    #[test]
    fn every_known_shape_of_an_error_is_read() {
        assert_eq!(said(r#"{"error":{"code":"A","message":"b"}}"#), pair("A", "b"));
        assert_eq!(said(r#"{"code":"A","message":"b"}"#), pair("A", "b"));
        assert_eq!(said(r#"{"Message":"b"}"#), pair("HTTP 400", "b"));
        assert_eq!(
            said(
                r#"{"error":{"code":"BadRequest","message":"Bad.","details":[{"code":"InvalidQuery","message":"Near x."}]}}"#
            ),
            pair("BadRequest", "Bad. Near x.")
        );
        let nothing = pair("HTTP 400", "Azure gave no reason.");
        for rubbish in [
            "",
            "<html>",
            "[]",
            "null",
            "42",
            r#"{"error":null}"#,
            r#"{"error":{"code":7}}"#,
        ] {
            assert_eq!(said(rubbish), nothing, "{rubbish}");
        }
    }

    #[test]
    fn what_azure_says_is_cleaned() {
        let long = format!(
            r#"{{"error":{{"code":"A\u202e","message":"x\n{}"}}}}"#,
            "y".repeat(10_000)
        );
        let (code, message) = said(&long);
        assert_eq!(code, "A");
        assert!(message.chars().count() <= FreeText::MAX && !message.contains('\n'));
    }
}
