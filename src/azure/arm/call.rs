//! What is to be called.

use reqwest::Method;
use serde_json::Value;

use crate::domain::vm::SubscriptionId;

/// One kind of call to Azure.
#[derive(Debug)]
pub(crate) struct Operation {
    /// The name in logs and metrics.
    pub(crate) name: &'static str,
    pub(crate) method: Method,
    pub(crate) api_version: &'static str,
    /// The RBAC action that it needs, for people to grant.
    pub(crate) action: &'static str,
    pub(crate) quota: Quota,
}

/// Which of Azure's quotas a call counts against; also whether it may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Quota {
    Reads,
    /// Never repeated here.
    Writes,
    /// Resource Graph has its own quota per identity.
    Graph,
}

impl Quota {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Writes => "writes",
            Self::Graph => "graph",
        }
    }
}

/// One call.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) operation: &'static Operation,
    /// Starts with a slash; made of parsed ids only.
    pub(crate) path: String,
    pub(crate) query: Vec<(&'static str, String)>,
    /// The body's JSON, exactly as it is sent.
    pub(crate) body: Option<String>,
    /// The subscription whose quota it counts against; `None` is the tenant's.
    pub(crate) subscription: Option<SubscriptionId>,
    /// Steps back early when a quota runs low, so that windows are never kept waiting by the inventory.
    pub(crate) background: bool,
}

impl Call {
    pub(crate) fn new(operation: &'static Operation, path: String) -> Self {
        Self {
            operation,
            path,
            query: Vec::new(),
            body: None,
            subscription: None,
            background: false,
        }
    }

    pub(crate) fn of(mut self, subscription: &SubscriptionId) -> Self {
        self.subscription = Some(subscription.clone());
        self
    }

    pub(crate) fn with_body(self, body: Value) -> Self {
        self.with_json(body.to_string())
    }

    /// A body whose parts are to stay as the bytes that Azure sent.
    pub(crate) fn with_json(mut self, body: String) -> Self {
        self.body = Some(body);
        self
    }

    pub(crate) fn in_background(mut self) -> Self {
        self.background = true;
        self
    }
}
