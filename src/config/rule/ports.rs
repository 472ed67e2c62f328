//! `ports` of a rule.

use crate::{
    config::{
        problem::Problems,
        word::{List, each},
    },
    domain::port::Port,
    policy::PortSet,
};

pub(super) fn ports(key: &str, list: Option<&List>, problems: &mut Problems) -> Option<PortSet> {
    let Some(list) = list else {
        return Some(PortSet::All);
    };
    if list.is_empty() {
        problems.at(
            key,
            "the list is empty, so the rule would match nothing; leave it out for all ports",
        );
        return None;
    }
    let ports = each(key, list, problems, |key, text, problems| {
        match text.parse::<Port>() {
            Ok(port) => Some(port),
            Err(error) => {
                problems.at(key, error.to_string());
                None
            }
        }
    });
    Some(PortSet::Only(ports.into_iter().collect()))
}
