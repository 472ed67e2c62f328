//! Whether one pattern names everything that another names.

use super::{Glob, Kind, VmPattern};

impl VmPattern {
    /// Whether every VM that `other` could name is named by this one; false where that cannot be told.
    pub(in crate::policy) fn covers(&self, other: &Self) -> bool {
        if self.text.eq_ignore_ascii_case(&other.text) && !matches!(self.kind, Kind::Tag { .. }) {
            return true;
        }
        match (&self.kind, &other.kind) {
            (Kind::Name(Glob::Any), _) => true,
            (
                Kind::Name(names),
                Kind::Name(other) | Kind::GroupAndName(_, other) | Kind::Full(_, _, other),
            ) => names.covers(other),
            (Kind::GroupAndName(Glob::Any, Glob::Any), _) => true,
            (
                Kind::GroupAndName(groups, names),
                Kind::GroupAndName(other_groups, other) | Kind::Full(_, other_groups, other),
            ) => groups.covers(other_groups) && names.covers(other),
            (Kind::GroupAndName(groups, Glob::Any), Kind::Group(other)) => groups.covers(other),
            (
                Kind::Group(groups),
                Kind::Group(other) | Kind::GroupAndName(other, _) | Kind::Full(_, other, _),
            ) => groups.covers(other),
            (Kind::Subscription(one), Kind::Subscription(other) | Kind::Full(other, ..)) => one == other,
            (Kind::Full(one, groups, names), Kind::Full(other, other_groups, other_names)) => {
                one == other && groups.covers(other_groups) && names.covers(other_names)
            }
            (
                Kind::Tag { name, value },
                Kind::Tag {
                    name: other,
                    value: other_value,
                },
            ) => name.eq_ignore_ascii_case(other) && value.covers(other_value),
            _ => false,
        }
    }
}

impl Glob {
    fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, _) => true,
            (Self::Exact(one), Self::Exact(other)) => one == other,
            (Self::Prefix(one), Self::Exact(other) | Self::Prefix(other)) => other.starts_with(one.as_str()),
            (Self::Other(one), Self::Exact(other)) => one.is_match(other),
            (Self::Other(one), Self::Other(other)) => one.glob() == other.glob(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::policy::sample::{SUBSCRIPTION, vm};

    fn pattern(text: &str) -> VmPattern {
        text.parse().unwrap()
    }

    #[test]
    fn a_pattern_covers_what_is_narrower() {
        let full = format!("{SUBSCRIPTION}/prod/web-01");
        let sub = format!("sub:{SUBSCRIPTION}");
        for (wide, narrow) in [
            ("*", "tag:env=prod"),
            ("*", "group:prod"),
            ("web-*", "web-01"),
            ("WEB-*", "web-0*"),
            ("web-*", "prod/web-01"),
            ("web-0[1-3]", "web-02"),
            ("web-0[1-3]", "web-0[1-3]"),
            ("group:prod-*", "prod-web/api-*"),
            ("prod/*", "group:prod"),
            ("prod-*/web-*", "prod-a/web-1"),
            ("tag:env=*", "tag:ENV=prod"),
            ("web-*", full.as_str()),
            (sub.as_str(), full.as_str()),
        ] {
            assert!(pattern(wide).covers(&pattern(narrow)), "{wide} covers {narrow}");
        }
        for (wide, narrow) in [
            ("web-01", "web-*"),
            ("web-*", "api-*"),
            ("tag:env=prod", "tag:env=PROD"),
            ("tag:env=prod", "*"),
            ("group:prod", "web-*"),
            ("web-0[1-3]", "web-0*"),
            ("prod/web-*", "web-*"),
        ] {
            assert!(
                !pattern(wide).covers(&pattern(narrow)),
                "{wide} does not cover {narrow}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_covers_names_whatever_the_other_names(
            wide in "(\\*|[ab]{1,2}\\*?|group:[ab]{1,2}\\*?|[ab]\\*?/[ab]{1,2}\\*?|tag:env=(\\*|prod))",
            narrow in "(\\*|[ab]{1,2}\\*?|group:[ab]{1,2}\\*?|[ab]\\*?/[ab]{1,2}\\*?|tag:env=(\\*|prod))",
            group in "[ab]{1,2}",
            name in "[ab]{1,3}",
        ) {
            let (wide, narrow, vm) = (pattern(&wide), pattern(&narrow), vm(&group, &name));
            if wide.covers(&narrow) && narrow.matches(&vm) {
                prop_assert!(wide.matches(&vm), "{wide} {narrow} {group}/{name}");
            }
        }
    }
}
