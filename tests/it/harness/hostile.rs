//! Texts that have broken other programs, and whether any of them came alive.

use portcullis::sandbox::discord::{
    Live, SeenMessage, live,
    world::{AUDITOR_ROLE, GENERAL_CHANNEL, MALLORY},
};
use serde::Deserialize;
use serde_json::Value;

use super::World;

#[derive(Deserialize)]
struct Entry {
    name: String,
    text: String,
    /// How often the text stands there, or what follows it.
    times: Option<usize>,
    then: Option<String>,
}

/// A text with its name.
#[derive(Debug, Clone)]
pub(crate) struct Hostile {
    pub name: String,
    pub text: String,
}

impl Hostile {
    /// As much of it as an input of so many characters takes.
    pub(crate) fn within(&self, most: usize) -> String {
        self.text.chars().take(most).collect()
    }
}

/// The whole corpus.
pub(crate) fn corpus() -> Vec<Hostile> {
    let entries: Vec<Entry> =
        serde_json::from_str(include_str!("../../data/hostile.json")).expect("the corpus is JSON");
    let told = entries.into_iter().map(|entry| {
        let times = entry.times.unwrap_or(1);
        let text = match entry.then {
            Some(then) => entry.text + &then.repeat(times),
            None => entry.text.repeat(times),
        };
        Hostile {
            name: entry.name,
            text,
        }
    });
    told.collect()
}

/// Every text of a message that Discord reads as markdown, in each of its states.
fn texts(message: &SeenMessage) -> Vec<String> {
    let mut found = vec![message.content.clone()];
    found.extend(message.history.iter().map(|edit| edit.content.clone()));
    let embeds = message.history.iter().flat_map(|edit| &edit.embeds);
    for embed in embeds.chain(&message.embeds) {
        let at = |path: &str| embed.pointer(path).and_then(Value::as_str).map(str::to_owned);
        found.extend(
            ["/title", "/description", "/author/name", "/footer/text"]
                .iter()
                .filter_map(|path| at(path)),
        );
        for field in embed["fields"].as_array().into_iter().flatten() {
            found.extend(
                ["name", "value"]
                    .iter()
                    .filter_map(|name| field[name].as_str().map(str::to_owned)),
            );
        }
    }
    found
}

/// Words of buttons, menus and their choices: plain text, in which only characters can do harm.
fn labels(message: &SeenMessage) -> Vec<String> {
    let mut found = Vec::new();
    message
        .components
        .iter()
        .for_each(|row| strings_in(row, &mut found));
    found
}

/// What is alive in a message, without what is in it, sorted.
pub(crate) fn kinds(text: &str) -> Vec<&'static str> {
    let mut found: Vec<_> = live(text).iter().map(Live::kind).collect();
    found.sort_unstable();
    found
}

/// What a message does that no message of the bot may do.
fn complaints(message: &SeenMessage) -> Vec<String> {
    let mut found = Vec::new();
    for text in texts(message) {
        for alive in live(&text) {
            let ours = match &alive {
                // The bot writes these itself; that they are no more than it wrote is compared elsewhere.
                Live::Bold(_) | Live::Code(_) | Live::Fence(_) | Live::Timestamp(_) | Live::List(_) => true,
                // It names those whom it means; the corpus names people and places whom it never means.
                Live::User(id) => *id != MALLORY.0,
                Live::Role(id) => *id != AUDITOR_ROLE.0,
                Live::Channel(channel) => !channel.contains(&GENERAL_CHANNEL.to_string()),
                _ => false,
            };
            if !ours {
                found.push(format!("{alive:?} in {text:?}"));
            }
        }
    }
    for label in labels(message) {
        let bad = live(&label).into_iter();
        let bad = bad.filter(|alive| matches!(alive, Live::Hidden(_) | Live::Flood(_)));
        found.extend(bad.map(|alive| format!("{alive:?} in the label {label:?}")));
    }
    if message.pings.everyone || message.pings.people.contains(&MALLORY) {
        found.push(format!("it pings: {:?}", message.pings));
    }
    found
}

/// Every message in the whole of Discord is the bot's own doing and nobody else's.
pub(crate) fn nothing_is_alive(world: &World) {
    let people = ["alice", "bob", "carol", "dan", "mallory"];
    let channels = world.discord.channels();
    let threads = channels
        .iter()
        .flat_map(|channel| world.discord.threads(channel.id));
    let places: Vec<_> = channels.iter().map(|channel| channel.id).collect();
    let places = places.into_iter().chain(threads.map(|thread| thread.id));
    let mut messages: Vec<SeenMessage> = places.flat_map(|place| world.discord.messages(place)).collect();
    for person in people {
        messages.extend(world.discord.dms(person));
        messages.extend(world.discord.ephemerals(person));
    }
    messages.retain(|message| message.author == "portcullis");
    assert!(!messages.is_empty());
    let found: Vec<_> = messages.iter().flat_map(complaints).take(5).collect();
    assert!(found.is_empty(), "{found:#?}");
}

/// Every line of the trail is one record, and no text has made a line of its own.
pub(crate) fn one_line_for_each_record(world: &World) {
    let threads = world.discord.threads("jit-trail");
    let messages = threads
        .iter()
        .flat_map(|thread| world.discord.messages(thread.id));
    let texts: Vec<_> = messages
        .filter(|message| message.author == "portcullis")
        .map(|message| message.content)
        .collect();
    let lines = texts
        .iter()
        .flat_map(|text| text.lines())
        .filter(|line| !line.is_empty());
    let numbered: Vec<_> = lines.filter(|line| line.starts_with('#')).collect();
    assert_eq!(numbered.len(), world.records().len());
    for (line, record) in numbered.iter().zip(world.records()) {
        assert!(
            line.starts_with(&format!("#{} · ", record.number.0)),
            "record {}: {line}",
            record.number.0
        );
    }
}

/// What is kept has no character that could do harm later, wherever it is shown.
pub(crate) fn what_is_kept_is_clean(world: &World) {
    for record in world.records() {
        let json = serde_json::to_value(&record.entry).unwrap();
        let mut all = Vec::new();
        strings_in(&json, &mut all);
        for text in all {
            let bad: Vec<_> = live(&text)
                .into_iter()
                .filter(|alive| matches!(alive, Live::Hidden(_) | Live::Flood(_)))
                .collect();
            assert!(bad.is_empty() && !text.contains('\n'), "{bad:?} in {text:?}");
        }
    }
}

fn strings_in(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| strings_in(value, found)),
        Value::Object(members) => members.values().for_each(|value| strings_in(value, found)),
        _ => {}
    }
}
