//! Patterns that name VMs in a rule.

mod cover;

use std::{fmt, str::FromStr};

use globset::{GlobBuilder, GlobMatcher};

use crate::domain::vm::{SubscriptionId, Vm, VmId};

/// Which VMs a rule is about, as one entry of its `vms`.
///
/// Names and groups are compared without regard to case, as Azure does; so are names of tags. Values of tags
/// keep their case, as in Azure.
#[derive(Debug, Clone)]
pub struct VmPattern {
    text: String,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    Name(Glob),
    GroupAndName(Glob, Glob),
    Full(SubscriptionId, Glob, Glob),
    Tag { name: String, value: Glob },
    Group(Glob),
    Subscription(SubscriptionId),
}

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongPattern {
    #[error("a pattern must not be empty")]
    Empty,
    #[error("{0:?} is no kind of pattern; write a name, group/name, tag:, group: or sub:")]
    UnknownKind(String),
    #[error("a tag pattern is written tag:name=value; the value may be *")]
    NotATag,
    #[error("{0:?} is no subscription id; it is a UUID such as 11111111-1111-1111-1111-111111111111")]
    NotASubscription(String),
    #[error("a pattern has at most two slashes: subscription/group/name")]
    TooManySlashes,
    #[error("{glob:?} is no pattern: {why}")]
    Glob { glob: String, why: String },
}

impl VmPattern {
    /// Whether the pattern names `vm`.
    pub fn matches(&self, vm: &Vm) -> bool {
        let (group, name) = lowered(&vm.id);
        match &self.kind {
            Kind::Name(names) => names.matches(name),
            Kind::GroupAndName(groups, names) => names.matches(name) && groups.matches(group),
            Kind::Full(subscription, groups, names) => {
                names.matches(name) && groups.matches(group) && subscription == vm.id.subscription()
            }
            Kind::Tag { name, value } => vm
                .tags
                .iter()
                .any(|(key, held)| key.eq_ignore_ascii_case(name) && value.matches(held)),
            Kind::Group(groups) => groups.matches(group),
            Kind::Subscription(subscription) => subscription == vm.id.subscription(),
        }
    }
}

impl FromStr for VmPattern {
    type Err = WrongPattern;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let kind = match text.split_once(':') {
            _ if text.is_empty() => return Err(WrongPattern::Empty),
            Some(("tag", tag)) => {
                let (name, value) = tag.split_once('=').ok_or(WrongPattern::NotATag)?;
                if name.trim().is_empty() {
                    return Err(WrongPattern::NotATag);
                }
                Kind::Tag {
                    name: name.trim().to_owned(),
                    value: Glob::new(value)?,
                }
            }
            Some(("group", group)) => Kind::Group(Glob::new(&group.to_lowercase())?),
            Some(("sub", id)) => Kind::Subscription(subscription(id)?),
            Some((other, _)) => return Err(WrongPattern::UnknownKind(format!("{other}:"))),
            None => {
                let lower = text.to_lowercase();
                let parts: Vec<&str> = lower.split('/').collect();
                match parts.as_slice() {
                    [name] => Kind::Name(Glob::new(name)?),
                    [group, name] => Kind::GroupAndName(Glob::new(group)?, Glob::new(name)?),
                    [id, group, name] => Kind::Full(subscription(id)?, Glob::new(group)?, Glob::new(name)?),
                    _ => return Err(WrongPattern::TooManySlashes),
                }
            }
        };
        Ok(Self {
            text: text.to_owned(),
            kind,
        })
    }
}

impl fmt::Display for VmPattern {
    /// The pattern as it was written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn subscription(text: &str) -> Result<SubscriptionId, WrongPattern> {
    SubscriptionId::new(text).ok_or_else(|| WrongPattern::NotASubscription(text.to_owned()))
}

/// The group and the name of `id` in lower case, without a copy: autocomplete asks this 50,000 times a key press.
fn lowered(id: &VmId) -> (&str, &str) {
    // `/subscriptions/{id}/resourcegroups/{group}/providers/{provider}/virtualmachines/{name}`
    let mut parts = id.key().split('/');
    let group = parts.nth(4).unwrap_or_default();
    (group, parts.next_back().unwrap_or_default())
}

/// A glob; the three commonest shapes need no automaton.
#[derive(Debug, Clone)]
enum Glob {
    Any,
    Exact(String),
    Prefix(String),
    Other(GlobMatcher),
}

impl Glob {
    fn new(text: &str) -> Result<Self, WrongPattern> {
        if text.is_empty() {
            return Err(WrongPattern::Empty);
        }
        let matcher = GlobBuilder::new(text)
            .literal_separator(false)
            .build()
            .map_err(|error| WrongPattern::Glob {
                glob: text.to_owned(),
                why: error.kind().to_string(),
            })?
            .compile_matcher();
        let plain = |text: &str| !text.contains(['*', '?', '[', ']', '{', '}', '\\', '!']);
        Ok(match text.strip_suffix('*') {
            Some("") => Self::Any,
            Some(prefix) if plain(prefix) => Self::Prefix(prefix.to_owned()),
            None if plain(text) => Self::Exact(text.to_owned()),
            _ => Self::Other(matcher),
        })
    }

    fn matches(&self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Exact(exact) => exact == text,
            Self::Prefix(prefix) => text.starts_with(prefix),
            Self::Other(matcher) => matcher.is_match(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::sample::{SUBSCRIPTION, vm};

    fn matches(pattern: &str) -> bool {
        pattern
            .parse::<VmPattern>()
            .unwrap_or_else(|error| panic!("{pattern}: {error}"))
            .matches(&vm("Prod-Web", "web-01"))
    }

    #[test]
    fn patterns_name_vms_by_name_group_tag_and_subscription() {
        for pattern in [
            "web-01",
            "WEB-*",
            "*",
            "*-01",
            "web-0[1-3]",
            "{web,api}-*",
            "prod-web/web-01",
            "prod-*/web-*",
            &format!("{SUBSCRIPTION}/prod-web/*"),
            "group:PROD-*",
            "tag:env=prod",
            "tag:ENV=p*",
            "tag:env=*",
            &format!("sub:{}", SUBSCRIPTION.to_uppercase()),
        ] {
            assert!(matches(pattern), "{pattern}");
        }
    }

    #[test]
    fn patterns_leave_other_vms_alone() {
        for pattern in [
            "web-1",
            "eb-01",
            "web",
            "web-01*x",
            "prod/web-01",
            "other-*/web-01",
            "22222222-2222-2222-2222-222222222222/prod-web/web-01",
            "group:web-*",
            "tag:env=PROD",
            "tag:environment=prod",
            "sub:22222222-2222-2222-2222-222222222222",
        ] {
            assert!(!matches(pattern), "{pattern}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        use WrongPattern::*;
        for (text, wrong) in [
            ("", Empty),
            ("  ", Empty),
            ("group:", Empty),
            ("a/", Empty),
            ("vm:web", UnknownKind("vm:".into())),
            ("tag:env", NotATag),
            ("tag:=prod", NotATag),
            ("sub:prod", NotASubscription("prod".into())),
            ("prod/group/name", NotASubscription("prod".into())),
            ("a/b/c/d", TooManySlashes),
        ] {
            assert_eq!(text.parse::<VmPattern>().map(|_| ()), Err(wrong), "{text:?}");
        }
        assert!(matches!("web-[".parse::<VmPattern>(), Err(Glob { .. })));
    }
}
