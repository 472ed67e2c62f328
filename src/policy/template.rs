//! Templates: requests that people ask for by a name.

use super::book::RuleBook;
use crate::domain::{length::Length, port::Port, source::Source, text::FreeText};

/// What a template fills in; what is typed beside it goes before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pub name: String,
    /// The machines as people write them: `name`, `group/name` or `subscription/group/name`.
    pub vms: Vec<String>,
    pub ports: Vec<Port>,
    pub length: Option<Length>,
    pub source: Option<Source>,
    /// What stands before the reason that is typed, or alone where none is.
    pub reason: Option<FreeText>,
}

impl Template {
    /// The reason of a request by this template, where `typed` was given.
    pub fn reason(&self, typed: Option<&str>) -> Option<FreeText> {
        let typed = typed.map(str::trim).filter(|typed| !typed.is_empty());
        match (&self.reason, typed) {
            (Some(before), Some(typed)) => FreeText::new(&format!("{before} {typed}")),
            (before, None) => before.clone(),
            (None, Some(typed)) => FreeText::new(typed),
        }
    }
}

impl RuleBook {
    /// The template of this name; case does not matter.
    pub fn template(&self, name: &str) -> Option<&Template> {
        let name = name.trim();
        self.templates
            .iter()
            .find(|template| template.name.to_lowercase() == name.to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_is_put_before_what_is_typed() {
        let template = |reason: Option<&str>| Template {
            name: "deploy".to_owned(),
            vms: vec!["web-01".to_owned()],
            ports: vec!["ssh".parse().unwrap()],
            length: None,
            source: None,
            reason: reason.and_then(FreeText::new),
        };
        let reason = |before: Option<&str>, typed: Option<&str>| {
            template(before).reason(typed).map(|reason| reason.to_string())
        };
        assert_eq!(
            reason(Some("CHG-7 deploy:"), Some(" hotfix ")).as_deref(),
            Some("CHG-7 deploy: hotfix")
        );
        assert_eq!(
            reason(Some("CHG-7 deploy"), Some("  ")).as_deref(),
            Some("CHG-7 deploy")
        );
        assert_eq!(reason(None, Some("hotfix")).as_deref(), Some("hotfix"));
        assert_eq!(reason(None, None), None);
    }
}
