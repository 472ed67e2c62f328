//! What one person has and has asked for, counted in the transaction that would add to it: writers take turns, so two
//! requests at once cannot both take the last place.

use super::Engine;
use crate::{
    domain::{
        Instant,
        ids::{RequestId, UserId},
        request::RequestState,
        vote::{Door, Terms},
        window::Window,
    },
    policy::{Account, RuleBook, TooMuch},
    store::{Phase, RequestFilter, StoreError, View, Work},
};

/// More than this a person cannot have open: their windows would not fit on any list.
const OPEN_MAX: u32 = 500;

impl Engine {
    /// Whether this person has to wait before they ask for what `terms` are about, and counts that they have to.
    pub(super) async fn has_too_much(
        &self,
        work: &mut Work,
        rules: &RuleBook,
        person: UserId,
        terms: &[Terms],
        now: Instant,
    ) -> Result<Option<TooMuch>, StoreError> {
        Ok(counted(self.has_room(work, rules, person, terms, now).await?))
    }

    /// Whether there is room for what `terms` are about.
    pub(super) async fn has_room(
        &self,
        view: &mut View,
        rules: &RuleBook,
        person: UserId,
        terms: &[Terms],
        now: Instant,
    ) -> Result<Result<(), TooMuch>, StoreError> {
        let account = self.account(view, person, None).await?;
        Ok(self.settings.flood.lets_ask(&account, now).and_then(|()| {
            terms.iter().try_for_each(|terms| match rules.named(&terms.rule) {
                Some(rule) => rule.per_person.lets_ask(&account, terms, now),
                None => Ok(()),
            })
        }))
    }

    /// Whether what `terms` are about would be too much at once beside all that this person has apart from `request`.
    pub(super) async fn has_too_much_open(
        &self,
        work: &mut Work,
        rules: &RuleBook,
        person: UserId,
        request: RequestId,
        terms: &[Terms],
    ) -> Result<Option<TooMuch>, StoreError> {
        let account = self.account(work, person, Some(request)).await?;
        let judged = terms.iter().try_for_each(|terms| match rules.named(&terms.rule) {
            Some(rule) => rule.per_person.lets_open(&account, terms),
            None => Ok(()),
        });
        Ok(counted(judged))
    }

    async fn account(
        &self,
        view: &mut View,
        person: UserId,
        without: Option<RequestId>,
    ) -> Result<Account, StoreError> {
        let guard = self.settings.flood;
        let filter = |phase| RequestFilter {
            requester: Some(person),
            phase,
            before: None,
        };
        let mut account = Account::default();
        // The guard bounds how many an hour can hold, so this is all of the last hour.
        let newest = view
            .list_requests(filter(None), u32::from(guard.requests_per_hour) + 1)
            .await?;
        for (request, _) in &newest {
            let rules = request.terms.iter().map(|terms| terms.rule.clone()).collect();
            account.asked.push((request.asked_at, rules));
        }
        let most_waiting = u32::from(guard.waiting) + 1;
        for phase in [Phase::Draft, Phase::Pending] {
            for (request, _) in view.list_requests(filter(Some(phase)), most_waiting).await? {
                let over = match request.state {
                    RequestState::Draft { lapses_at, .. } => lapses_at,
                    RequestState::Pending { answer_by, .. } => answer_by,
                    _ => continue,
                };
                account.waiting.push(over);
                if Some(request.id) == without {
                    continue;
                }
                account.take(&request, over);
            }
        }
        for (request, _) in view.list_requests(filter(Some(Phase::Active)), OPEN_MAX).await? {
            if let RequestState::Scheduled { ends_at, .. } = request.state {
                // It has no windows yet, and will.
                if Some(request.id) != without {
                    account.take(&request, ends_at);
                }
                continue;
            }
            let windows: Vec<Window> = view
                .windows_of(request.id)
                .await?
                .into_iter()
                .map(|(window, _)| window)
                .collect();
            for window in windows.iter().filter(|window| !window.state.is_over()) {
                let door = Door {
                    vm: window.vm.clone(),
                    port: window.port,
                };
                if let Some(terms) = Terms::of(&request.terms, &door) {
                    account.doors.push((terms.rule.clone(), door, window.ends_at));
                }
            }
        }
        Ok(account)
    }
}

fn counted(judged: Result<(), TooMuch>) -> Option<TooMuch> {
    let too_much = judged.err()?;
    metrics::counter!("portcullis_requests_held_back_total", "limit" => too_much.code()).increment(1);
    Some(too_much)
}
