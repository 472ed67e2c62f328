//! Following `nextLink`.

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::error::{ArmError, Correlation};

/// More pages than this are an error: a server that never ends must not keep the inventory for ever.
pub(super) const PAGES_MAX: usize = 1_000;

/// One page of an ARM list.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page {
    pub(super) value: Vec<Value>,
    pub(super) next_link: Option<String>,
}

/// The address of the next page, verbatim, but only on the host that the token is meant for.
pub(super) fn next(
    base: &Url,
    current: &Url,
    link: &str,
    correlation: &Correlation,
) -> Result<Url, ArmError> {
    let refusal = |detail: &str| ArmError::Malformed {
        detail: detail.to_owned(),
        correlation: correlation.clone(),
    };
    let url = Url::parse(link).map_err(|_| refusal("its nextLink is no address"))?;
    if url.origin() != base.origin() || !url.username().is_empty() || url.password().is_some() {
        return Err(refusal("its nextLink leads to another host"));
    }
    if url == *current {
        return Err(refusal("its nextLink leads to itself"));
    }
    Ok(url)
}

pub(super) fn endless() -> ArmError {
    ArmError::Malformed {
        detail: format!("it has more than {PAGES_MAX} pages"),
        correlation: Correlation::default(),
    }
}
