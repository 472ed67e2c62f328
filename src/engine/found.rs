//! Windows in Azure that this bot did not open: each is recorded once, and those that are open now are remembered, for
//! whoever asks for the same port.

use std::{collections::BTreeMap, sync::Arc};

use arc_swap::ArcSwap;
use ipnet::Ipv4Net;

use super::{Engine, write};
use crate::{
    azure::jit::{JitPolicyState, JitRequest, JitStatus, Marker},
    domain::{
        Change, Instant,
        record::{By, Entry, Fact},
        text::FreeText,
        vm::{SubscriptionId, VmId},
        vote::Door,
        window::FoundWindow,
    },
    store::StoreError,
};

/// Those that the last comparison saw, by subscription.
#[derive(Debug, Default)]
pub(crate) struct FoundWindows(ArcSwap<BTreeMap<SubscriptionId, Vec<FoundWindow>>>);

impl FoundWindows {
    /// What is open on any of `doors`.
    pub(super) fn at(&self, doors: &[Door], now: Instant) -> Vec<FoundWindow> {
        self.open(now, |found| {
            doors
                .iter()
                .any(|door| door.vm == found.vm && door.port == found.port)
        })
    }

    /// What is open on a machine.
    pub(super) fn on(&self, vm: &VmId, now: Instant) -> Vec<FoundWindow> {
        self.open(now, |found| found.vm == *vm)
    }

    fn open(&self, now: Instant, is_wanted: impl Fn(&FoundWindow) -> bool) -> Vec<FoundWindow> {
        let all = self.0.load();
        let open = all.values().flatten().filter(|found| found.ends_at > now);
        open.filter(|found| is_wanted(found)).cloned().collect()
    }

    fn set(&self, subscription: &SubscriptionId, found: Vec<FoundWindow>) {
        self.0.rcu(|known| {
            let mut known = BTreeMap::clone(known);
            known.insert(subscription.clone(), found.clone());
            Arc::new(known)
        });
    }
}

impl Engine {
    /// Records, once, every open window that no record of ours explains.
    pub(super) async fn compare_windows(
        &self,
        subscription: &SubscriptionId,
        states: &[JitPolicyState],
    ) -> Result<(), StoreError> {
        let now = self.now();
        let mut windows = Vec::new();
        for state in states {
            for request in &state.requests {
                let open = request.status == JitStatus::Initiated && request.ends_at > now;
                let text = request.justification.as_ref().map_or("", FreeText::as_str);
                if !open || self.is_ours(text).await? {
                    continue;
                }
                let window = found(request);
                self.record_found(state, request, &window, now).await?;
                windows.push(window);
            }
        }
        self.found.set(subscription, windows);
        Ok(())
    }

    /// Whether `justification` names a request or a window of this store; a marker of another one does not.
    async fn is_ours(&self, justification: &str) -> Result<bool, StoreError> {
        let mut view = self.store.read().await?;
        Ok(match Marker::read(justification) {
            Some(Marker::Open(request)) => view.load_request(request).await?.is_some(),
            Some(Marker::Close(window)) => view.load_window(window).await?.is_some(),
            None => false,
        })
    }

    async fn record_found(
        &self,
        state: &JitPolicyState,
        request: &JitRequest,
        window: &FoundWindow,
        now: Instant,
    ) -> Result<(), StoreError> {
        let start = request
            .start
            .map(|start| start.timestamp_micros())
            .unwrap_or_default();
        let key = format!("found:{}:{}:{start}", window.vm.key(), window.port.number());
        let mut work = self.store.begin().await?;
        if !work.first_time(&key, now).await? {
            return Ok(());
        }
        let fact = Fact::Found {
            policy: state.id.clone(),
            vm: window.vm.clone(),
            port: window.port,
            source: window.source.clone(),
            ends_at: window.ends_at,
            requestor: window.requestor.clone(),
            started_at: request.start,
        };
        metrics::counter!("portcullis_behind_our_back_total", "what" => "window_found").increment(1);
        let change = Change {
            after: (),
            records: vec![Entry { by: By::Azure, fact }],
            effects: Vec::new(),
        };
        write(&mut work, change, now).await?;
        work.commit().await
    }
}

fn found(request: &JitRequest) -> FoundWindow {
    let sources: Vec<_> = request.sources.iter().map(written).collect();
    FoundWindow {
        vm: request.vm.clone(),
        port: request.port,
        source: if sources.is_empty() {
            "*".to_owned()
        } else {
            sources.join(", ")
        },
        ends_at: request.ends_at,
        requestor: request.requestor.clone(),
    }
}

/// A single address without its prefix, as people write it.
fn written(source: &Ipv4Net) -> String {
    if source.prefix_len() == 32 {
        source.addr().to_string()
    } else {
        source.to_string()
    }
}
