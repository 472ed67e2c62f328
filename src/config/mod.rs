//! The configuration: one TOML file, every key of a section also by environment variable, secrets from files.
//!
//! One struct for each section. What is written (`…Input`) is checked once, whole, into what is meant; all
//! problems are told at once, each with its place. Must not know: the store, Azure, Discord, or how anything
//! here is used. Nothing here prints a secret.

mod azure;
mod decode;
mod discord;
mod document;
mod endpoint;
mod environment;
mod findings;
mod flood;
mod http;
mod keys;
mod log;
mod problem;
mod rule;
mod rules;
mod secret;
mod show;
mod store;
mod template;
#[cfg(test)]
mod tests;
mod trail;
mod word;

use std::path::Path;

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::Deserialize;
use serde_json::Value;

use self::{
    azure::AzureInput,
    discord::DiscordInput,
    flood::FloodInput,
    http::HttpInput,
    log::LogInput,
    problem::{Origins, Problems},
    rule::RuleInput,
    store::StoreInput,
    template::TemplateInput,
    trail::TrailInput,
};
pub use self::{
    azure::{Azure, Cloud, Credential},
    discord::Discord,
    environment::Environment,
    http::{Http, PublicPage},
    log::{Log, LogFormat},
    problem::{Invalid, Place, Problem},
    store::Store,
    trail::Trail,
};
use crate::policy::{FloodGuard, RuleBook};

/// All that is configured, checked.
#[derive(Debug, Clone)]
pub struct Config {
    pub discord: Discord,
    pub azure: Azure,
    pub store: Store,
    pub http: Http,
    pub log: Log,
    pub trail: Trail,
    pub flood: FloodGuard,
    /// The only part that a reload replaces.
    pub rules: RuleBook,
    /// What the rules say that can never come true.
    pub findings: Vec<Problem>,
    /// What works, but was hardly meant so.
    pub warnings: Vec<Problem>,
}

/// The configuration of Portcullis.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Input {
    discord: DiscordInput,
    azure: AzureInput,
    store: StoreInput,
    http: HttpInput,
    log: LogInput,
    trail: TrailInput,
    flood: FloodInput,
    /// The rules, in the order in which they are tried.
    rule: Vec<RuleInput>,
    /// Requests that people can ask for by a name.
    template: Vec<TemplateInput>,
}

impl Config {
    /// Reads `file` (none: all comes from the environment) and checks everything.
    pub fn load(file: Option<&Path>, environment: &Environment) -> Result<Self, Invalid> {
        let text = match file.map(std::fs::read_to_string).transpose() {
            Ok(text) => text.unwrap_or_default(),
            Err(error) => {
                let problem = Problem {
                    place: file.map_or(Place::Nowhere, |file| Place::File(file.to_owned())),
                    key: String::new(),
                    what: format!("the file cannot be read: {error}"),
                };
                return Err(Invalid {
                    problems: vec![problem],
                });
            }
        };
        Self::read(&text, file, environment)
    }

    /// Like [`Config::load`], from a text that stands (or could stand) in `file`.
    pub fn read(text: &str, file: Option<&Path>, environment: &Environment) -> Result<Self, Invalid> {
        let mut origins = Origins {
            file: file.map(Path::to_owned),
            text: text.to_owned(),
            ..Origins::default()
        };
        let mut tree = document::read(&mut origins)?;
        let mut problems = Problems::new(origins);
        let schema = schema();
        environment.overlay(&mut tree, &schema, &mut problems);
        keys::refuse_unknown(&mut tree, &schema, "", &mut problems);
        for list in ["rule", "template"] {
            if tree.get(list).is_some_and(Value::is_object) {
                problems.at(
                    list,
                    format!("a {list} has two brackets on each side: [[{list}]]"),
                );
                tree.remove(list);
            }
        }
        let input: Input = decode::decode(Value::Object(tree), &mut problems);

        let rules = rules::check(input.rule, input.template, &mut problems);
        let discord = input.discord.check(environment, &mut problems);
        let azure = input.azure.check(environment, &mut problems);
        let store = input.store.check(environment, &mut problems);
        let http = input.http.check(&mut problems);
        let log = input.log.check(&mut problems);
        let trail = input.trail.check(&mut problems);
        let flood = input.flood.check(&mut problems);
        let mut warnings = Vec::new();
        if rules.rules.is_empty() {
            warnings.push(problems.noted("rule", "there is no rule, so nobody may ask for anything"));
        }
        let findings = findings::findings(&rules, &problems);
        if let Some(invalid) = problems.into_invalid() {
            return Err(invalid);
        }
        match (discord, azure, store, http, log, trail, flood) {
            (Some(discord), Some(azure), Some(store), Some(http), Some(log), Some(trail), Some(flood)) => {
                Ok(Self {
                    discord,
                    azure,
                    store,
                    http,
                    log,
                    trail,
                    flood,
                    rules,
                    findings,
                    warnings,
                })
            }
            // Whoever gives no section has told why, so this is never read; were it, it must not be empty.
            _ => Err(Invalid {
                problems: vec![Problem {
                    place: file.map_or(Place::Nowhere, |file| Place::File(file.to_owned())),
                    key: String::new(),
                    what: "the configuration is not complete".to_owned(),
                }],
            }),
        }
    }

    /// Reads the rules again. Everything is checked, so that a file which could not start is not half in force.
    pub fn reload_rules(file: Option<&Path>, environment: &Environment) -> Result<RuleBook, Invalid> {
        Self::load(file, environment).map(|config| config.rules)
    }
}

/// The JSON Schema of the configuration file, for editors.
pub fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    settings
        .into_generator()
        .into_root_schema_for::<Input>()
        .to_value()
}
