//! What the roles of an identity allow at one scope, as Azure lists it.

use super::right::{Feature, Scope};

/// The roles that reach one scope.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permissions {
    pub roles: Vec<Role>,
}

/// What one role allows: actions, with `*` for anything between, less those that it takes back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Role {
    pub actions: Vec<String>,
    pub not_actions: Vec<String>,
}

/// An action that something of Portcullis needs and that the identity lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    pub feature: Feature,
    pub action: &'static str,
    pub scope: Scope,
}

/// Rights beyond anything that Portcullis does.
///
/// With them whoever takes over the bot's machine can do more than open windows that close again.
const DANGEROUS: [&str; 9] = [
    "Microsoft.Authorization/roleAssignments/write",
    "Microsoft.Authorization/roleDefinitions/write",
    "Microsoft.Network/networkSecurityGroups/write",
    "Microsoft.Network/networkSecurityGroups/securityRules/write",
    "Microsoft.Compute/virtualMachines/delete",
    "Microsoft.Compute/virtualMachines/runCommand/action",
    "Microsoft.Compute/virtualMachines/extensions/write",
    "Microsoft.Compute/virtualMachines/write",
    "Microsoft.Security/pricings/write",
];

impl Permissions {
    /// Whether some role allows `action`. Deny assignments are not seen here.
    pub fn allow(&self, action: &str) -> bool {
        self.roles.iter().any(|role| role.allows(action))
    }

    /// The actions of `feature` that no role allows.
    pub fn lacking(&self, feature: Feature) -> impl Iterator<Item = &'static str> + '_ {
        let actions = feature.actions().iter().copied();
        actions.filter(|action| !self.allow(action))
    }

    /// What is allowed beyond need: a role for everything, or single rights that do harm in wrong hands.
    pub fn excess(&self) -> Vec<&'static str> {
        if self.allow("Microsoft.Authorization/roleAssignments/write")
            && self.allow("Microsoft.Web/sites/write")
        {
            return vec!["*"];
        }
        let configures = self.allow("Microsoft.Security/locations/jitNetworkAccessPolicies/write");
        DANGEROUS
            .into_iter()
            .filter(|action| self.allow(action))
            // Azure asks for this one where a JIT policy is written.
            .filter(|action| !(configures && *action == "Microsoft.Compute/virtualMachines/write"))
            .collect()
    }
}

impl Role {
    fn allows(&self, action: &str) -> bool {
        self.actions.iter().any(|pattern| covers(pattern, action))
            && !self.not_actions.iter().any(|pattern| covers(pattern, action))
    }
}

/// Whether `pattern` covers `action`, without regard to case; a `*` stands for anything, slashes too.
fn covers(pattern: &str, action: &str) -> bool {
    let (pattern, action) = (pattern.to_ascii_lowercase(), action.to_ascii_lowercase());
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|start| action.strip_prefix(start)) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::right::INITIATE;

    fn role(actions: &[&str], not_actions: &[&str]) -> Role {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Role {
            actions: owned(actions),
            not_actions: owned(not_actions),
        }
    }

    fn of(roles: &[Role]) -> Permissions {
        Permissions {
            roles: roles.to_vec(),
        }
    }

    #[test]
    fn a_star_stands_for_anything_between() {
        for (pattern, action, is_covered) in [
            ("*", INITIATE, true),
            ("*/read", "Microsoft.Compute/virtualMachines/read", true),
            ("*/read", INITIATE, false),
            ("microsoft.security/*", INITIATE, true),
            ("Microsoft.Security/*/initiate/action", INITIATE, true),
            ("Microsoft.Security/*/*/action", INITIATE, true),
            ("Microsoft.Network/*/read", "Microsoft.Network/read", false),
            (
                "Microsoft.Security/locations/jitNetworkAccessPolicies/*/read",
                "Microsoft.Security/locations/jitNetworkAccessPolicies/read",
                false,
            ),
            ("a*b*b", "ab", false),
            ("a*b*b", "abb", true),
            ("", INITIATE, false),
            ("", "", true),
            (INITIATE, INITIATE, true),
            (
                INITIATE,
                "Microsoft.Security/locations/jitNetworkAccessPolicies/initiate/actions",
                false,
            ),
        ] {
            assert_eq!(covers(pattern, action), is_covered, "{pattern} {action}");
        }
    }

    #[test]
    fn what_one_role_takes_back_another_may_give() {
        let contributor = role(
            &["*"],
            &["Microsoft.Authorization/*/Write", "Microsoft.Security/*"],
        );
        assert!(!of(std::slice::from_ref(&contributor)).allow(INITIATE));
        assert!(of(std::slice::from_ref(&contributor)).allow("Microsoft.Compute/virtualMachines/read"));
        assert!(of(&[contributor, role(&[INITIATE], &[])]).allow(INITIATE));
        assert!(!Permissions::default().allow(INITIATE));
    }

    #[test]
    fn what_is_lacking_is_named_by_feature() {
        let reader = of(&[role(&["*/read"], &[])]);
        assert_eq!(reader.lacking(Feature::Request).collect::<Vec<_>>(), [INITIATE]);
        assert_eq!(reader.lacking(Feature::Trace).count(), 0);
        assert_eq!(reader.lacking(Feature::Plan).count(), 1);
        assert!(reader.excess().is_empty());
    }

    #[test]
    fn what_is_too_much_is_named() {
        assert_eq!(of(&[role(&["*"], &[])]).excess(), ["*"]);
        let contributor = of(&[role(&["*"], &["Microsoft.Authorization/*/Write"])]);
        assert!(
            contributor
                .excess()
                .contains(&"Microsoft.Network/networkSecurityGroups/write")
        );
        assert!(!contributor.excess().contains(&"*"));
        let vm_write = "Microsoft.Compute/virtualMachines/write";
        assert_eq!(of(&[role(&[vm_write], &[])]).excess(), [vm_write]);
        for feature in [
            Feature::Request,
            Feature::Configure,
            Feature::Rules,
            Feature::Trace,
        ] {
            assert!(
                of(&[role(feature.actions(), &[])]).excess().is_empty(),
                "{feature:?}"
            );
        }
    }
}
