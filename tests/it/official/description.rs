//! The descriptions, read as schemas: one set for what is asked, one for what is answered.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use boon::{Compiler, Draft, SchemaIndex, Schemas};
use serde_json::{Value, json};

/// Where the real service is known to differ from its description: the place in the description of JIT policies, what
/// stands there in addition, and how it is known. Every other difference is a fault.
pub(crate) const DEVIATIONS: &[Deviation] = &[
    // The 202 of a recorded `initiate` has this status, which the enumeration does not list.
    Deviation {
        place: "/definitions/JitNetworkAccessRequestPort/properties/status/enum/-",
        value: "\"Initiating\"",
    },
    // Recorded answers to a PUT carry it, always `false`; nothing describes it.
    Deviation {
        place: "/definitions/JitNetworkAccessPolicyProperties/properties/appendMode",
        value: "{\"type\": \"boolean\"}",
    },
];
// `provisioningState: Updating` of recorded PUTs needs none: the description lets it be any text.

/// One known difference.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deviation {
    /// A JSON pointer; `-` at its end appends to a list, as in JSON Patch.
    place: &'static str,
    value: &'static str,
}

/// The descriptions of JIT policies and of plans.
pub(crate) struct Description {
    schemas: Schemas,
    operations: Vec<Operation>,
}

struct Operation {
    method: String,
    path: Vec<String>,
    version: String,
    body: Option<SchemaIndex>,
    /// By status; `None` where the answer has no body.
    answers: BTreeMap<u16, Option<SchemaIndex>>,
    otherwise: SchemaIndex,
}

/// The names that references inside the documents lead to, as they lie beside each other at Microsoft.
const DOCUMENTS: [(&str, &str); 3] = [
    ("jitNetworkAccessPolicies.json", "/a/b/c/jit.json"),
    ("pricings.json", "/a/b/c/pricings.json"),
    ("common-v1-types.json", "/common/v1/types.json"),
];

impl Description {
    pub(crate) fn read(folder: &Path, deviations: &[Deviation]) -> Self {
        let documents = DOCUMENTS.map(|(file, at)| {
            let path = folder.join(file);
            let text =
                std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
            (at, serde_json::from_str::<Value>(&text).unwrap())
        });
        let mut compiler = Compiler::new();
        // The oldest draft that can refuse what no part of a composed schema names.
        compiler.set_default_draft(Draft::V2019_09);
        compiler.enable_format_assertions();
        for (at, document) in &documents {
            let mut answers = strict(document.clone(), false);
            if at.ends_with("/jit.json") {
                for deviation in deviations {
                    deviation.apply(&mut answers);
                }
            }
            for (side, document) in [("asked", strict(document.clone(), true)), ("answered", answers)] {
                compiler
                    .add_resource(&format!("http://{side}{at}"), document)
                    .unwrap();
            }
        }
        let mut schemas = Schemas::new();
        let mut operations = Vec::new();
        for (at, document) in documents.iter().take(2) {
            for (path, methods) in document["paths"].as_object().unwrap() {
                for (method, about) in methods.as_object().unwrap() {
                    let pointer = format!("#/paths/{}/{method}", path.replace('/', "~1"));
                    let mut schema = |side: &str, rest: &str| {
                        let place = format!("http://{side}{at}{rest}");
                        compiler
                            .compile(&place, &mut schemas)
                            .unwrap_or_else(|why| panic!("{place}: {why:#}"))
                    };
                    let mut answers = BTreeMap::new();
                    for (status, answer) in about["responses"].as_object().unwrap() {
                        let Ok(number) = status.parse() else { continue };
                        let has_body = answer.get("schema").is_some();
                        let place = format!("{pointer}/responses/{status}/schema");
                        answers.insert(number, has_body.then(|| schema("answered", &place)));
                    }
                    let otherwise = schema("answered", &format!("{pointer}/responses/default/schema"));
                    let body = body_parameter(document, about)
                        .map(|name| schema("asked", &format!("#/parameters/{name}/schema")));
                    operations.push(Operation {
                        method: method.to_uppercase(),
                        path: segments(path),
                        version: document["info"]["version"].as_str().unwrap().to_owned(),
                        body,
                        answers,
                        otherwise,
                    });
                }
            }
        }
        Self { schemas, operations }
    }

    /// What is wrong with a call; nothing for a call to another service.
    pub(crate) fn asked(&self, method: &str, target: &str, body: Option<&Value>) -> Vec<String> {
        let Some(found) = self.find(method, target) else {
            return Vec::new();
        };
        let Some(operation) = found else {
            return vec!["there is no such operation".to_owned()];
        };
        let mut faults = Vec::new();
        let version = format!("api-version={}", operation.version);
        if !target
            .split(['?', '&'])
            .any(|part| part.eq_ignore_ascii_case(&version))
        {
            faults.push(format!("the description is of {version}"));
        }
        match (operation.body, body) {
            (Some(schema), Some(body)) => faults.extend(self.differs(schema, body)),
            (Some(_), None) => faults.push("the body is missing".to_owned()),
            (None, Some(_)) => faults.push("there is a body".to_owned()),
            (None, None) => {}
        }
        faults
    }

    /// What is wrong with an answer.
    pub(crate) fn answered(
        &self,
        method: &str,
        target: &str,
        status: u16,
        body: Option<&Value>,
    ) -> Vec<String> {
        let Some(Some(operation)) = self.find(method, target) else {
            return Vec::new();
        };
        let described = operation.answers.get(&status);
        if described.is_none() && status < 400 {
            return vec![format!("{status} is not described")];
        }
        match (described.unwrap_or(&Some(operation.otherwise)), body) {
            (Some(schema), Some(body)) => self.differs(*schema, body),
            (Some(_), None) => vec![format!("{status} has no body")],
            (None, Some(_)) => vec![format!("{status} has a body")],
            (None, None) => Vec::new(),
        }
        .into_iter()
        .map(|fault| format!("the answer: {fault}"))
        .collect()
    }

    fn differs(&self, schema: SchemaIndex, body: &Value) -> Vec<String> {
        match self.schemas.validate(body, schema) {
            Ok(()) => Vec::new(),
            Err(why) => vec![format!("{why:#} in {body}")],
        }
    }

    /// The operation of a call; the outer `None` where the call is none of these services.
    fn find(&self, method: &str, target: &str) -> Option<Option<&Operation>> {
        let path = segments(target.split('?').next().unwrap_or_default());
        let ours = path.windows(2).any(|pair| {
            pair[0].eq_ignore_ascii_case("Microsoft.Security")
                && ["jitNetworkAccessPolicies", "pricings", "locations"]
                    .iter()
                    .any(|name| pair[1].eq_ignore_ascii_case(name))
        });
        let found = self
            .operations
            .iter()
            .find(|operation| operation.method.eq_ignore_ascii_case(method) && operation.is_at(&path));
        ours.then_some(found)
    }
}

impl Operation {
    fn is_at(&self, path: &[String]) -> bool {
        let is_same = |(template, segment): (&String, &String)| {
            template.starts_with('{') || template.eq_ignore_ascii_case(segment)
        };
        // A scope is an id of several segments.
        if let Some((_, rest)) = self.path.split_first().filter(|(first, _)| *first == "{scopeId}") {
            let Some(start) = path.len().checked_sub(rest.len()).filter(|start| *start > 0) else {
                return false;
            };
            return rest.iter().zip(&path[start..]).all(is_same);
        }
        self.path.len() == path.len() && self.path.iter().zip(path).all(is_same)
    }
}

impl Deviation {
    fn apply(&self, document: &mut Value) {
        let value: Value = serde_json::from_str(self.value).unwrap();
        let (parent, last) = self.place.rsplit_once('/').unwrap();
        let parent = document
            .pointer_mut(parent)
            .expect("the description has the place of the deviation");
        match parent {
            Value::Array(list) => list.push(value),
            Value::Object(members) => _ = members.insert(last.to_owned(), value),
            other => panic!("{other} cannot be added to"),
        }
    }
}

fn segments(path: &str) -> Vec<String> {
    path.split('/')
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The name of the operation's body among the document's parameters.
fn body_parameter(document: &Value, about: &Value) -> Option<String> {
    about["parameters"].as_array()?.iter().find_map(|parameter| {
        let name = parameter["$ref"].as_str()?.strip_prefix("#/parameters/")?;
        (document["parameters"][name]["in"] == "body").then(|| name.to_owned())
    })
}

/// A schema names all members there are. Where others are built of it with `allOf`, they see to that. What is read-only is
/// no part of what is asked.
fn strict(mut document: Value, asked: bool) -> Value {
    let mut composed = BTreeSet::new();
    collect_composed(&document, &mut composed);
    // The shared types are composed by the other documents.
    composed.extend(["Resource", "Kind", "Location"].map(str::to_owned));
    if let Some(definitions) = document["definitions"].as_object_mut() {
        for (name, schema) in definitions {
            tighten(schema, asked, composed.contains(name));
        }
    }
    document
}

fn collect_composed(value: &Value, into: &mut BTreeSet<String>) {
    if let Some(parts) = value.get("allOf").and_then(Value::as_array) {
        let names = parts.iter().filter_map(|part| part["$ref"].as_str());
        into.extend(
            names
                .filter_map(|name| name.rsplit('/').next())
                .map(str::to_owned),
        );
    }
    match value {
        Value::Array(list) => list.iter().for_each(|value| collect_composed(value, into)),
        Value::Object(members) => members.values().for_each(|value| collect_composed(value, into)),
        _ => {}
    }
}

fn tighten(schema: &mut Value, asked: bool, composed: bool) {
    let Some(members) = schema.as_object_mut() else {
        return;
    };
    if let Some(properties) = members.get_mut("properties").and_then(Value::as_object_mut) {
        if asked {
            properties.retain(|_, property| property["readOnly"] != json!(true));
        }
        properties
            .values_mut()
            .for_each(|property| tighten(property, asked, false));
        if !composed {
            members.insert("unevaluatedProperties".to_owned(), json!(false));
        }
    }
    if let Some(items) = members.get_mut("items") {
        tighten(items, asked, false);
    }
}
