//! Which calls a fault or a hold is meant for.

use serde::{Deserialize, Serialize};

use super::call::Call;

/// An operation by name (`initiate`, `jit-get`, `token`, …; `any` is all), perhaps in one subscription only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Matcher {
    pub operation: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription: Option<String>,
}

impl Matcher {
    pub fn operation(name: &str) -> Self {
        Self {
            operation: name.to_owned(),
            subscription: None,
        }
    }

    pub fn any() -> Self {
        Self::operation("any")
    }

    #[must_use]
    pub fn in_subscription(mut self, id: &str) -> Self {
        self.subscription = Some(id.to_owned());
        self
    }

    pub(crate) fn fits(&self, call: &Call) -> bool {
        let operation = self.operation == "any" || self.operation == call.route.operation();
        let subscription = self.subscription.as_ref().is_none_or(|wanted| {
            let mut named = call.subscriptions().into_iter();
            named.any(|found| found.eq_ignore_ascii_case(wanted))
        });
        operation && subscription
    }
}

impl From<&str> for Matcher {
    fn from(name: &str) -> Self {
        Self::operation(name)
    }
}
