//! Writing a JIT policy. The call leaves at most once: trying again is the caller's decision, after a read-back.

use serde::de::IgnoredAny;

use super::{
    API_VERSION,
    document::{DocumentBody, JitDocument, Rewritten},
    read::malformed,
};
use crate::{
    azure::arm::{Arm, ArmError, Call, Operation, Quota},
    domain::vm::JitPolicyId,
};

static GET: Operation = Operation {
    name: "jit-get",
    method: reqwest::Method::GET,
    api_version: API_VERSION,
    action: "Microsoft.Security/locations/jitNetworkAccessPolicies/read",
    quota: Quota::Reads,
};
static PUT: Operation = Operation {
    name: "jit-put",
    method: reqwest::Method::PUT,
    api_version: API_VERSION,
    action: "Microsoft.Security/locations/jitNetworkAccessPolicies/write",
    quota: Quota::Writes,
};

/// Azure has taken a write; the network rules follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Azure's id of the call, by which the Activity Log names it.
    pub correlation: Option<String>,
}

impl Arm {
    /// A JIT policy with the bytes of its list; `None` where there is none.
    pub async fn jit_document(&self, id: &JitPolicyId) -> Result<Option<JitDocument>, ArmError> {
        let call = Call::new(&GET, id.to_string()).of(id.subscription());
        let body = match self.one::<DocumentBody>(&call).await {
            Ok(body) => body,
            Err(ArmError::NotFound(_)) => return Ok(None),
            Err(why) => return Err(why),
        };
        let document = JitDocument::read(body).map_err(|error| malformed(error.to_string()))?;
        if document.id == *id {
            Ok(Some(document))
        } else {
            // Written back under the asked id, it would replace the list of one JIT policy by that of another.
            Err(malformed("it is about another JIT policy".to_owned()))
        }
    }

    /// Replaces the list of a JIT policy, or makes it. An error of which [`ArmError::may_have_happened`] is true
    /// leaves open whether Azure took it.
    pub async fn jit_put(&self, id: &JitPolicyId, list: &Rewritten) -> Result<Written, ArmError> {
        let call = Call::new(&PUT, id.to_string())
            .of(id.subscription())
            .with_json(list.body.clone());
        let (_, correlation) = self.one_traced::<IgnoredAny>(&call).await?;
        Ok(Written {
            correlation: correlation.0,
        })
    }
}
