//! The line about further people who were called.

use super::{asked_by, rule_names};
use crate::{
    chat::message::{limit::listed, phrase},
    domain::{actor::Principal, ids::RuleName, record::RequestFacts},
};

pub(super) fn escalated(request: &RequestFacts, rule: &RuleName, to: &[Principal]) -> Vec<String> {
    let called: Vec<_> = to.iter().map(phrase::principal).collect();
    let mut parts = vec![
        "escalated".to_owned(),
        "nobody has decided yet".to_owned(),
        format!("called: {}", listed(&called, 400)),
        rule_names(std::slice::from_ref(rule)),
    ];
    parts.extend(asked_by(request, &[]));
    parts
}
