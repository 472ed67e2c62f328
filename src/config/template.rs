//! `[[template]]`: a request that people can ask for by its name.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    problem::Problems,
    word::{List, Word, each, length},
};
use crate::{
    domain::{port::Port, source::Source, text::FreeText},
    policy::Template,
};

/// The name stands in a choice, of which Discord takes 100 characters.
const NAME_MAX: usize = 40;
/// As many as one request can have.
const LIST_MAX: usize = 10;
/// As long as a reason can be typed, less some room for what is typed behind it.
const REASON_MAX: usize = 200;

/// A request that people can ask for by its name. It gives no right: the rules judge it as if it were typed.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TemplateInput {
    /// The name, which people choose; every template has its own.
    name: Option<String>,
    /// The VMs: "name", "group/name" or "subscription/group/name".
    #[schemars(with = "Vec<String>")]
    vms: List,
    /// The ports, by number or as "ssh", "rdp", "winrm", "winrm-https".
    #[schemars(with = "Vec<Word>")]
    ports: List,
    /// How long, such as "1h"; left out, what the rule says is usual.
    r#for: Option<String>,
    /// The IPv4 address or network from which access is asked; left out, each person says it.
    from: Option<String>,
    /// What stands before the reason that somebody types, or alone where none is typed.
    reason: Option<String>,
}

/// All templates as they are written.
pub(super) fn check(inputs: Vec<TemplateInput>, problems: &mut Problems) -> Vec<Template> {
    let mut names = BTreeSet::new();
    let mut templates = Vec::new();
    for (index, input) in inputs.into_iter().enumerate() {
        let key = format!("template[{index}]");
        let name = input.name.as_deref().map(|name| name.trim().to_lowercase());
        if let Some(name) = name.filter(|name| !names.insert(name.clone())) {
            problems.at(
                &format!("{key}.name"),
                format!("{name:?} is the name of an earlier template; every template has its own"),
            );
        }
        templates.extend(input.check(&key, problems));
    }
    templates
}

impl TemplateInput {
    fn check(self, key: &str, problems: &mut Problems) -> Option<Template> {
        let at = |name: &str| format!("{key}.{name}");
        let name = self.name.map(|name| name.trim().to_owned());
        let name = problems.required(
            &at("name"),
            name.filter(|name| !name.is_empty()),
            "people choose by it",
        );
        if let Some(name) = &name {
            let clean = FreeText::new(name).is_some_and(|clean| clean.as_str() == name);
            if !clean || name.chars().count() > NAME_MAX {
                problems.at(
                    &at("name"),
                    format!("a name is one line of 1 to {NAME_MAX} visible characters"),
                );
            }
        }
        let list = |name: &str, list: &List, why: &str, problems: &mut Problems| {
            let given = (!list.is_empty()).then(|| list.clone());
            let list = problems.required(&at(name), given, why)?;
            if list.len() > LIST_MAX {
                problems.at(
                    &at(name),
                    format!("one request can have at most {LIST_MAX} of them"),
                );
            }
            Some(list)
        };
        let vms = list("vms", &self.vms, "it says which machines", problems);
        let vms = vms.map(|vms| {
            each(&at("vms"), &vms, problems, |key, text, problems| {
                let text = text.trim();
                if text.is_empty() || text.contains(['*', '?', ',', ':']) {
                    problems.at(
                        key,
                        format!("{text:?} is no machine; write \"name\", \"group/name\" or \"subscription/group/name\""),
                    );
                }
                Some(text.to_owned())
            })
        });
        let ports = list("ports", &self.ports, "it says which ports", problems);
        let ports = ports.map(|ports| {
            each(&at("ports"), &ports, problems, |key, text, problems| {
                problems.parsed::<Port>(key, text)
            })
        });
        let length = self
            .r#for
            .map(|text| length(&at("for"), Some(&text), None, problems));
        let source = self.from.map(|text| {
            text.parse::<Source>()
                .map_err(|_| {
                    problems.at(
                        &at("from"),
                        format!(
                            "{text:?} is no source; write an IPv4 address or network such as \"198.51.100.7\""
                        ),
                    );
                })
                .ok()
        });
        let reason = self.reason.and_then(|text| {
            if text.chars().count() > REASON_MAX {
                problems.at(&at("reason"), format!("it has at most {REASON_MAX} characters"));
            }
            FreeText::new(&text)
        });
        Some(Template {
            name: name?,
            vms: vms?,
            ports: ports?,
            length: length.map_or(Some(None), |read| read.map(Some))?,
            source: source.map_or(Some(None), |read| read.map(Some))?,
            reason,
        })
    }
}

/// What a template says: equal templates are equal here, however they are written.
pub(super) fn describe(template: &Template) -> Value {
    let ports: Vec<u16> = template.ports.iter().map(|port| port.number()).collect();
    let mut described = json!({ "name": template.name, "vms": template.vms, "ports": ports });
    let mut set = |key: &str, value: Option<String>| {
        if let (Some(value), Value::Object(table)) = (value, &mut described) {
            table.insert(key.to_owned(), Value::from(value));
        }
    };
    set("for", template.length.map(|length| length.to_string()));
    set("from", template.source.map(|source| source.to_string()));
    set(
        "reason",
        template.reason.as_ref().map(|reason| reason.to_string()),
    );
    described
}
