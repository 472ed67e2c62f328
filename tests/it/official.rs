//! Microsoft's own descriptions as judges: every call of a story to Defender for Cloud, and every answer of the
//! emulator, must be as they say.
//!
//! The descriptions are no part of the repository; `PORTCULLIS_AZURE_SWAGGER` names the folder that holds them. Members
//! that they do not name are refused, so that neither side makes something up.

mod description;

use std::io::Write as _;

use portcullis::sandbox::azure::LedgerEntry;

pub(crate) use self::description::{DEVIATIONS, Description};

/// The folder with the descriptions, the recordings' neighbour.
pub(crate) const FOLDER: &str = "PORTCULLIS_AZURE_SWAGGER";

thread_local! {
    // Each test has a thread of its own, and many worlds on it.
    static OFFICIAL: Option<Description> = folder().map(|folder| Description::read(&folder, DEVIATIONS));
}

/// Where the descriptions are; `None`, with a notice, where nobody says; an error if they are required.
pub(crate) fn folder() -> Option<std::path::PathBuf> {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return Some(folder.into());
    }
    let required = std::env::var("PORTCULLIS_REQUIRE").unwrap_or_default();
    assert!(
        !required.split(',').any(|part| part == "swagger"),
        "{FOLDER} is not set, and PORTCULLIS_REQUIRE asks for it"
    );
    static TOLD: std::sync::Once = std::sync::Once::new();
    TOLD.call_once(|| {
        // Written past the test's capture, so that everybody sees it.
        let _ = std::io::stderr().write_all(
            b"PORTCULLIS_AZURE_SWAGGER is not set; calls to Azure were not held against Microsoft's descriptions.\n",
        );
    });
    None
}

/// What the descriptions have against these calls and answers, in words.
pub(crate) fn complaints(entries: &[LedgerEntry]) -> Vec<String> {
    OFFICIAL.with(|official| {
        let Some(official) = official else {
            return Vec::new();
        };
        entries
            .iter()
            .flat_map(|entry| {
                let mut found = official.asked(&entry.method, &entry.path, entry.body.as_ref());
                if let Some(status) = entry.status {
                    found.extend(official.answered(
                        &entry.method,
                        &entry.path,
                        status,
                        entry.answer.as_ref(),
                    ));
                }
                found
                    .into_iter()
                    .map(|what| format!("call {} ({} {}): {what}", entry.seq, entry.method, entry.path))
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// The real service's answers in the recordings beside the descriptions: method, target, status, body.
    fn recorded(folder: &std::path::Path) -> Vec<(String, String, u16, Option<Value>)> {
        let mut found = Vec::new();
        for file in std::fs::read_dir(folder.join("../recorded")).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let session: Value = serde_json::from_str(&text).unwrap();
            for entry in session["Entries"].as_array().unwrap() {
                let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
                let status = entry["StatusCode"].as_u64().unwrap();
                found.push((
                    text("RequestMethod"),
                    text("RequestUri"),
                    u16::try_from(status).unwrap(),
                    serde_json::from_str(&text("ResponseBody")).ok(),
                ));
            }
        }
        found
    }

    fn against(description: &Description, recorded: &[(String, String, u16, Option<Value>)]) -> Vec<String> {
        recorded
            .iter()
            .flat_map(|(method, target, status, body)| {
                description.answered(method, target, *status, body.as_ref())
            })
            .collect()
    }

    #[test]
    fn the_real_service_differs_in_each_deviation_and_in_nothing_else() {
        let Some(folder) = folder() else { return };
        let recorded = recorded(&folder);
        assert!(recorded.len() > 5);
        let found = against(&Description::read(&folder, DEVIATIONS), &recorded);
        assert!(found.is_empty(), "{found:#?}");
        for left_out in 0..DEVIATIONS.len() {
            let mut others = DEVIATIONS.to_vec();
            let deviation = others.remove(left_out);
            let found = against(&Description::read(&folder, &others), &recorded);
            assert!(!found.is_empty(), "{deviation:?} is needed no more");
        }
    }

    #[test]
    fn what_is_made_up_or_missing_is_found() {
        let Some(folder) = folder() else { return };
        let description = Description::read(&folder, DEVIATIONS);
        let policy = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Security/locations/l/jitNetworkAccessPolicies/p";
        let right = format!("{policy}?api-version=2020-01-01");
        let port = json!({"number": 22, "protocol": "*", "maxRequestAccessDuration": "PT1H"});
        let body = |port: &Value| json!({"properties": {"virtualMachines": [{"id": "x", "ports": [port]}]}});
        let asked = |target: &str, body: Option<&Value>| description.asked("PUT", target, body);
        assert_eq!(asked(&right, Some(&body(&port))), [""; 0]);

        let mut wrong = vec![body(
            &json!({"number": 70_000, "protocol": "*", "maxRequestAccessDuration": "PT1H"}),
        )];
        for (name, value) in [
            ("duration", json!("PT1H")),
            ("protocol", json!("Tcp")),
            ("number", json!("22")),
        ] {
            let mut port = port.clone();
            port[name] = value;
            wrong.push(body(&port));
        }
        // What only the service says is no part of what is asked.
        for name in ["id", "location"] {
            let mut named = body(&port);
            named[name] = json!("x");
            wrong.push(named);
        }
        for wrong in &wrong {
            assert_eq!(asked(&right, Some(wrong)).len(), 1, "{wrong}");
        }
        assert_eq!(asked(&right, None).len(), 1);
        assert_eq!(
            asked(&format!("{policy}?api-version=2026-01-01"), Some(&body(&port))).len(),
            1
        );
        assert_eq!(
            description.asked("PATCH", &right, None),
            ["there is no such operation"]
        );
        assert_eq!(
            description.answered("PUT", &right, 201, Some(&body(&port))).len(),
            1
        );
        assert_eq!(
            description
                .answered("PUT", &right, 400, Some(&json!({"oops": 1})))
                .len(),
            1
        );
        assert_eq!(description.answered("PUT", &right, 200, None).len(), 1);
        assert_eq!(
            description.asked("GET", "/subscriptions/s/resourcegroups", None),
            [""; 0]
        );
    }
}
