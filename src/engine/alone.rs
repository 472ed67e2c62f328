//! The rules may decide alone: judged and counted in the transaction in which it is asked, and again at a later start.

use std::collections::BTreeMap;

use super::{Engine, conflict, measure, write};
use crate::{
    domain::{
        Instant,
        actor::Actor,
        alone::{Alone, NotAlone},
        ids::{RequestId, RuleName, UserId},
        length::Length,
        request::{NotStarted, Request},
        source::Source,
        vote::Terms,
        window::Window,
    },
    policy::{AskedAlone, RuleBook, approves_alone},
    store::{RequestFilter, StoreError, View, Work},
};

/// Whether the rules approve alone what is about to be asked under `terms`, which keep why not. Whether a freeze is on
/// is looked up here.
///
/// There is one writer at a time, so of two requests at once the second counts the first.
pub(super) async fn judge_alone(
    view: &mut View,
    rules: &RuleBook,
    terms: &mut [Terms],
    asked: AskedAlone<'_>,
) -> Result<bool, StoreError> {
    if !terms.iter().any(|terms| ever(rules, &terms.rule)) {
        return Ok(false);
    }
    let frozen = view.freeze().await?.is_some();
    let asked = AskedAlone { frozen, ..asked };
    weigh(view, rules, terms, &asked, None).await
}

/// Why the rules of now, which allow `request` under `terms`, would not approve it alone as they did, if they would not.
///
/// A freeze is not asked for: it holds the windows back, as it does with those that were approved a moment before it.
pub(super) async fn still_alone(
    view: &mut View,
    rules: &RuleBook,
    mut terms: Vec<Terms>,
    (request, source): (&Request, Source),
    requester: &Actor,
    now: Instant,
) -> Result<Result<(), NotStarted>, StoreError> {
    let asked = AskedAlone {
        requester,
        source,
        length: request.length,
        frozen: false,
        now,
        starts_at: None,
    };
    if weigh(view, rules, &mut terms, &asked, Some(request.id)).await? {
        return Ok(Ok(()));
    }
    let why = |terms: &Terms| match &terms.alone {
        Some(Alone::NotApproved {
            why: NotAlone::AnotherRule { .. },
        }) => None,
        Some(Alone::NotApproved { why }) => Some((terms.rule.clone(), Some(why.clone()))),
        None => Some((terms.rule.clone(), None)),
        Some(_) => None,
    };
    let Some((rule, why)) = terms.iter().find_map(why) else {
        return Ok(Err(NotStarted::MoreApprovals));
    };
    Ok(Err(NotStarted::NotAlone { rule, why }))
}

fn ever(rules: &RuleBook, rule: &RuleName) -> bool {
    rules.named(rule).is_some_and(|rule| rule.auto_approve.is_some())
}

/// Whether all of them approve alone; of what they approved before, `but` does not count.
async fn weigh(
    view: &mut View,
    rules: &RuleBook,
    terms: &mut [Terms],
    asked: &AskedAlone<'_>,
    but: Option<RequestId>,
) -> Result<bool, StoreError> {
    // What is dear is asked last: how often they did so is counted only where everything else holds.
    if !approves_alone(rules, terms, asked, |_| 0) {
        return Ok(false);
    }
    let mut used = BTreeMap::new();
    for terms in terms.iter() {
        if let Some(auto) = rules
            .named(&terms.rule)
            .and_then(|rule| rule.auto_approve.as_ref())
        {
            let count = approved_alone(
                view,
                (asked.requester.person.id, but),
                &terms.rule,
                auto.per,
                asked.now,
            )
            .await?;
            used.insert(terms.rule.clone(), count);
        }
    }
    Ok(approves_alone(rules, terms, asked, |rule| {
        used.get(rule).copied().unwrap_or(u32::MAX)
    }))
}

/// How often `rule` has approved alone for this person in the last `per`, without `but`.
async fn approved_alone(
    view: &mut View,
    (person, but): (UserId, Option<RequestId>),
    rule: &RuleName,
    per: Length,
    now: Instant,
) -> Result<u32, StoreError> {
    const PAGE: u32 = 100;
    /// A draft may be asked long before it is decided.
    const DRAFT_LIFE: chrono::TimeDelta = chrono::TimeDelta::hours(1);
    let since = now - per.delta();
    let mut count: u32 = 0;
    let mut before = None;
    loop {
        let filter = RequestFilter {
            phase: None,
            requester: Some(person),
            before,
        };
        let page = view.list_requests(filter, PAGE).await?;
        let found = page
            .iter()
            .filter(|(request, _)| Some(request.id) != but && request.was_automatic(rule, since));
        count = count.saturating_add(u32::try_from(found.count()).unwrap_or(u32::MAX));
        match page.last() {
            Some((oldest, _)) if oldest.asked_at > since - DRAFT_LIFE && page.len() == PAGE as usize => {
                before = Some(oldest.number.0);
            }
            _ => return Ok(count),
        }
    }
}

impl Engine {
    /// Keeps the windows of a request that was approved alone, and tells whoever has one there already; the request's
    /// own row is the caller's.
    pub(super) async fn keep_alone(
        &self,
        work: &mut Work,
        request: &Request,
        windows: &[Window],
        now: Instant,
    ) -> Result<(), StoreError> {
        work.insert_windows(windows).await?;
        let told = conflict::owners_are_told(work, request).await?;
        write(work, told, now).await?;
        // What waits for its start is decided all the same.
        if !windows.is_empty() || request.is_scheduled() {
            measure::decision(request, now);
        }
        Ok(())
    }
}
