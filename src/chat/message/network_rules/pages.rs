//! The rules of all groups, cut into pages: each rule is on one of them, in the order in which it is asked.

use super::{Picture, place, rule_line};
use crate::{
    chat::message::{
        limit::{FIELD, counted, width},
        phrase,
    },
    domain::network::{Layer, Way, name_of},
};

/// Room for the rules of one page: with the verdicts a message may have 6000 characters.
const ROOM: usize = 2200;
/// Room for what is said about the ports on one page.
const VERDICTS: usize = 2200;
/// Discord takes 25.
const PARTS: usize = 12;

/// Rules of one group, or a part of them.
pub(super) struct Part {
    pub(super) title: String,
    pub(super) text: String,
}

/// What stands on one page.
#[derive(Default)]
pub(super) struct Page {
    /// One line per port. Where they do not fit on one page, each stands on one of the first pages.
    pub(super) verdicts: Vec<String>,
    pub(super) parts: Vec<Part>,
}

/// At least one page. Verdicts that fit on one page stand on every page.
pub(super) fn pages(picture: &Picture, verdicts: Vec<String>) -> Vec<Page> {
    let mut verdicts = cut(verdicts);
    let rules = pages_of_rules(picture);
    let count = rules.len().max(verdicts.len());
    let stays = (verdicts.len() == 1).then(|| verdicts.remove(0));
    let mut verdicts = verdicts.into_iter();
    let mut rules = rules.into_iter();
    (0..count)
        .map(|_| Page {
            verdicts: stays.clone().or_else(|| verdicts.next()).unwrap_or_default(),
            parts: rules.next().unwrap_or_default(),
        })
        .collect()
}

fn cut(verdicts: Vec<String>) -> Vec<Vec<String>> {
    let mut pages: Vec<Vec<String>> = Vec::new();
    let mut used = 0;
    for line in verdicts {
        let length = width(&line) + 1;
        match pages.last_mut() {
            Some(page) if used + length <= VERDICTS => page.push(line),
            _ => {
                used = 0;
                pages.push(vec![line]);
            }
        }
        used += length;
    }
    pages
}

/// At least one page; the last is the only one that may be short.
fn pages_of_rules(picture: &Picture) -> Vec<Vec<Part>> {
    let mut pages: Vec<Vec<Part>> = vec![Vec::new()];
    let mut used = 0;
    for way in &picture.ways {
        for layer in &way.layers {
            let title = title(picture, way, layer);
            let mut begun = false;
            for line in lines(picture, way, layer) {
                let length = width(&line) + 1;
                let page_is_full = used + length + width(&title) > ROOM
                    || pages.last().is_some_and(|page| page.len() >= PARTS);
                if page_is_full && used > 0 {
                    pages.push(Vec::new());
                    used = 0;
                    begun = false;
                }
                let Some(page) = pages.last_mut() else { continue };
                match page.last_mut() {
                    Some(part) if begun && width(&part.text) + length <= FIELD => {
                        part.text.push('\n');
                        part.text.push_str(&line);
                    }
                    _ => {
                        used += width(&title);
                        page.push(Part {
                            title: title.clone(),
                            text: line,
                        });
                        begun = true;
                    }
                }
                used += length;
            }
        }
    }
    pages
}

fn title(picture: &Picture, way: &Way, layer: &Layer) -> String {
    let of = if picture.ways.len() > 1 {
        format!(", for {}", phrase::name(way.nic.name()))
    } else {
        String::new()
    };
    format!(
        "{} {}{of}",
        place(layer.place),
        phrase::name(name_of(&layer.group))
    )
}

/// The rules of a group that matter for the ports in question, and how many others there are.
fn lines(picture: &Picture, way: &Way, layer: &Layer) -> Vec<String> {
    let Some(rules) = picture.groups.rules(&layer.group) else {
        return vec!["Its rules could not be read.".to_owned()];
    };
    let ports: Vec<_> = picture.verdicts.iter().map(|said| said.port).collect();
    let (matter, others): (Vec<_>, Vec<_>) = rules.iter().partition(|rule| rule.matters(&ports, way.private));
    let mut lines: Vec<_> = matter.into_iter().map(rule_line).collect();
    if lines.is_empty() {
        lines.push("No rule is about these ports.".to_owned());
    }
    if !others.is_empty() {
        lines.push(format!(
            "{} about other ports or machines.",
            counted(others.len(), "rule is", "rules are")
        ));
    }
    lines
}
