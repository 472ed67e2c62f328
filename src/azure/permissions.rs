//! What the identity may do, asked of Azure itself.

use futures::{StreamExt as _, stream};
use serde::Deserialize;

use super::arm::{Arm, ArmError, Call, Operation, Quota};
use crate::domain::{
    permission::{Missing, Permissions, Role},
    right::{Feature, Scope},
    vm::SubscriptionId,
};

static LIST: Operation = Operation {
    name: "permissions",
    method: reqwest::Method::GET,
    api_version: "2022-04-01",
    action: "Microsoft.Authorization/permissions/read",
    quota: Quota::Reads,
};

/// How many resource groups are asked at the same time.
const AT_ONCE: usize = 4;
/// With more groups than this, those that are left out could only repeat what the others say.
const GROUPS_MAX: usize = 100;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Item {
    actions: Vec<String>,
    not_actions: Vec<String>,
}

/// What the identity may do in one subscription, and what it lacks there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights {
    pub subscription: SubscriptionId,
    pub missing: Vec<Missing>,
    /// Rights beyond need, see [`Permissions::excess`].
    pub excess: Vec<&'static str>,
}

impl Arm {
    /// The roles that reach `scope`.
    ///
    /// Documented for resource groups and resources; subscriptions answer too in practice.
    pub async fn permissions(&self, scope: &Scope) -> Result<Permissions, ArmError> {
        let around = match scope {
            Scope::Tenant => String::new(),
            scope => scope.to_string(),
        };
        let mut call = Call::new(
            &LIST,
            format!("{around}/providers/Microsoft.Authorization/permissions"),
        )
        .in_background();
        if let Some(subscription) = scope.subscription() {
            call = call.of(subscription);
        }
        let found = self.all(&call).await?;
        let roles = found.into_iter().filter_map(|value| {
            let item: Item = serde_json::from_value(value).ok()?;
            Some(Role {
                actions: item.actions,
                not_actions: item.not_actions,
            })
        });
        Ok(Permissions {
            roles: roles.collect(),
        })
    }

    /// What the identity lacks in `subscription`, whose machines are in `groups`.
    ///
    /// Reading is needed on the whole subscription. Everything else may be granted on the groups alone, so they are
    /// asked where the subscription does not grant it.
    pub async fn rights(&self, subscription: &SubscriptionId, groups: &[String]) -> Result<Rights, ArmError> {
        let scope = Scope::Subscription {
            subscription: subscription.clone(),
        };
        let whole = self.permissions(&scope).await?;
        let mut missing = Vec::new();
        let mut to_ask = Vec::new();
        for feature in Feature::ALL {
            for action in whole.lacking(feature) {
                let missed = Missing {
                    feature,
                    action,
                    scope: scope.clone(),
                };
                if action.ends_with("/read") || feature == Feature::Plan || groups.is_empty() {
                    missing.push(missed);
                } else {
                    to_ask.push(missed);
                }
            }
        }
        let mut excess = whole.excess();
        // More than is needed may be granted on a group alone, so the groups are asked in any case.
        if !groups.is_empty() {
            let asked = groups.iter().take(GROUPS_MAX).map(|group| Scope::Group {
                subscription: subscription.clone(),
                group: group.clone(),
            });
            let calls: Vec<_> = asked.map(|scope| self.of_group(scope)).collect();
            let answers: Vec<_> = stream::iter(calls).buffered(AT_ONCE).collect().await;
            let answers: Vec<(Scope, Permissions)> = answers.into_iter().collect::<Result<_, _>>()?;
            for (_, permissions) in &answers {
                excess.extend(permissions.excess());
            }
            for missed in to_ask {
                let lacking: Vec<_> = answers
                    .iter()
                    .filter(|(_, permissions)| !permissions.allow(missed.action))
                    .map(|(scope, _)| scope.clone())
                    .collect();
                if lacking.len() == answers.len() {
                    missing.push(missed);
                } else {
                    missing.extend(lacking.into_iter().map(|scope| Missing {
                        scope,
                        ..missed.clone()
                    }));
                }
            }
        }
        excess.sort_unstable();
        excess.dedup();
        Ok(Rights {
            subscription: subscription.clone(),
            missing,
            excess,
        })
    }

    async fn of_group(&self, scope: Scope) -> Result<(Scope, Permissions), ArmError> {
        let permissions = self.permissions(&scope).await?;
        Ok((scope, permissions))
    }
}
