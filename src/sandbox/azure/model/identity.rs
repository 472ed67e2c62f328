//! Who may call: applications, their secrets, their rights and their tokens.
//!
//! Must not know: HTTP.

use serde::{Deserialize, Serialize};

use super::resources::key;

/// An application (or the host's managed identity) with its rights.
#[derive(Debug, Clone)]
pub struct Identity {
    pub client_id: String,
    pub object_id: String,
    pub secret: String,
    /// What a workload's platform would sign; compared as text.
    pub assertion: Option<String>,
    /// Whether the managed identity endpoints give out this identity.
    pub managed: bool,
    pub grants: Vec<Grant>,
}

/// A role at a scope: actions with `*` wildcards that also span `/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Grant {
    /// `/subscriptions/…`, at any depth; `/` is everything.
    pub scope: String,
    pub actions: Vec<String>,
    #[serde(default)]
    pub not_actions: Vec<String>,
}

impl Grant {
    /// The role that may do everything below `scope`.
    pub fn everything(scope: &str) -> Self {
        Self::of(scope, &["*"])
    }

    pub fn of(scope: &str, actions: &[&str]) -> Self {
        Self {
            scope: scope.to_owned(),
            actions: actions.iter().map(|&action| action.to_owned()).collect(),
            not_actions: Vec::new(),
        }
    }

    /// Whether this role is in force at `scope` (it is inherited downwards).
    pub fn reaches(&self, scope: &str) -> bool {
        within(&key(&self.scope), &key(scope))
    }

    /// Whether the role holds `action`, wherever it is in force.
    pub fn holds(&self, action: &str) -> bool {
        self.actions.iter().any(|pattern| matches(pattern, action))
            && !self.not_actions.iter().any(|pattern| matches(pattern, action))
    }
}

impl Identity {
    /// The scopes at which an action is granted, lower-cased: for judging many resources quickly.
    pub(crate) fn scopes_of(&self, action: &str) -> Vec<String> {
        let grants = self.grants.iter().filter(|grant| grant.holds(action));
        grants.map(|grant| key(&grant.scope)).collect()
    }

    pub fn may(&self, action: &str, scope: &str) -> bool {
        self.grants
            .iter()
            .any(|grant| grant.reaches(scope) && grant.holds(action))
    }

    /// Whether anything is granted in this subscription: it is then listed.
    pub fn sees_subscription(&self, subscription: &str) -> bool {
        let scope = format!("/subscriptions/{subscription}");
        let below = format!("{scope}/");
        self.grants
            .iter()
            .any(|grant| grant.reaches(&scope) || grant.scope.to_ascii_lowercase().starts_with(&below))
    }
}

/// A token that was given out. It ends in real time, as a fast-forwarded world does not age it.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub client_id: String,
    pub expires: crate::clock::Instant,
}

/// Whether the resource `asked` is `scope` or below it; both lower-cased and without a slash at the end.
pub(crate) fn within(scope: &str, asked: &str) -> bool {
    asked
        .strip_prefix(scope)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn matches(pattern: &str, action: &str) -> bool {
    let pattern = pattern.to_ascii_lowercase();
    let action = action.to_ascii_lowercase();
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| action.strip_prefix(first)) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        last = Some(part);
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    match last {
        None => rest.is_empty(),
        Some(part) => action.ends_with(part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_spans_slashes_and_an_exact_action_does_not() {
        assert!(matches("*", "Microsoft.Compute/virtualMachines/read"));
        assert!(matches("Microsoft.Network/*/read", "microsoft.network/a/b/read"));
        assert!(!matches("Microsoft.Network/*/read", "Microsoft.Network/read"));
        assert!(!matches(
            "Microsoft.Compute/virtualMachines/read",
            "Microsoft.Compute/virtualMachines/write"
        ));
        assert!(!matches("a/jit/*/read", "a/jit/read"));
    }

    #[test]
    fn a_role_reaches_downwards_only() {
        let grant = Grant::everything("/subscriptions/A/resourceGroups/prod");
        assert!(grant.reaches("/subscriptions/a/resourcegroups/PROD/providers/x"));
        assert!(!grant.reaches("/subscriptions/a/resourcegroups/production"));
        assert!(!grant.reaches("/subscriptions/a"));
    }
}
