//! One refresh: ask, join, and say for each subscription what was found.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use futures::{StreamExt as _, stream};

use super::{
    Found, Part, Snapshot, Subscription,
    graph::ask,
    join::{Around, classic, join, stale},
    network::Networks,
    patience::patiently,
    query,
    rows::{Assessment, ClassicMachine, Machine},
};
use crate::{
    azure::{
        arm::{Arm, ArmError, SUBSCRIPTIONS_UNREAD},
        jit::JitPolicyState,
    },
    domain::{
        plan::Plans,
        vm::{Classic, SubscriptionId, VmId},
    },
};

/// Resource Graph takes about 300 subscriptions in one question.
const BATCH: usize = 300;
/// How many subscriptions are asked for their JIT policies at the same time.
const AT_ONCE: usize = 8;

/// What Resource Graph knows of some subscriptions.
struct Rows {
    machines: HashMap<SubscriptionId, Vec<Machine>>,
    networks: Networks,
    not_applicable: HashSet<String>,
    classic: Vec<Classic>,
}

impl Arm {
    /// Looks at all VMs of `configured`, or of all subscriptions that the identity can read where it is empty.
    ///
    /// Fails only where the subscriptions cannot be listed; everything else is told for each subscription.
    pub async fn snapshot(&self, configured: &[SubscriptionId]) -> Result<Snapshot, ArmError> {
        let subscriptions = if configured.is_empty() {
            patiently(self, || self.subscriptions()).await?
        } else {
            // Only the names are lost without the list.
            let known = self.subscriptions().await.unwrap_or_default();
            let named = |id: &SubscriptionId| Subscription {
                id: id.clone(),
                name: known
                    .iter()
                    .find(|known| known.id == *id)
                    .and_then(|known| known.name.clone()),
            };
            configured.iter().map(named).collect()
        };
        let mut parts = Vec::new();
        for batch in subscriptions.chunks(BATCH) {
            parts.extend(self.batch(batch).await);
        }
        metrics::gauge!(SUBSCRIPTIONS_UNREAD).set(f64::from(
            u32::try_from(parts.iter().filter(|part| part.found.is_err()).count()).unwrap_or(u32::MAX),
        ));
        Ok(Snapshot { parts })
    }

    async fn batch(&self, batch: &[Subscription]) -> Vec<Part> {
        let ids: Vec<_> = batch.iter().map(|subscription| subscription.id.clone()).collect();
        match self.rows(&ids).await {
            Ok(rows) => self.parts(batch, &rows).await,
            // One subscription may have spoiled the question for all: ask for each, so that it can be named.
            Err(error) if batch.len() > 1 && !error.may_pass() => {
                let mut parts = Vec::new();
                for subscription in batch {
                    let one = std::slice::from_ref(subscription);
                    match self.rows(std::slice::from_ref(&subscription.id)).await {
                        Ok(rows) => parts.extend(self.parts(one, &rows).await),
                        Err(error) => parts.extend(failed(one, error)),
                    }
                }
                parts
            }
            Err(error) => failed(batch, error),
        }
    }

    async fn rows(&self, ids: &[SubscriptionId]) -> Result<Rows, ArmError> {
        let mut machines: HashMap<_, Vec<_>> = HashMap::new();
        for machine in ask::<Machine>(self, ids, query::MACHINES).await? {
            if let Some(id) = SubscriptionId::new(&machine.subscription_id) {
                machines.entry(id).or_default().push(machine);
            }
        }
        let networks = Networks::new(
            ask(self, ids, query::INTERFACES).await?,
            ask(self, ids, query::NETWORKS).await?,
            ask(self, ids, query::PUBLIC_ADDRESSES).await?,
            ask(self, ids, query::GROUPS).await?,
            &ask(self, ids, query::FIREWALLS).await?,
        );
        let assessments = ask::<Assessment>(self, ids, query::ASSESSMENTS).await;
        // Only a hint is lost without them, so that is no reason to show no machine.
        let assessments = assessments.unwrap_or_else(|error| {
            tracing::warn!(%error, "Defender's assessments cannot be read.");
            Vec::new()
        });
        let not_applicable = assessments
            .into_iter()
            .filter(|row| row.verdict.eq_ignore_ascii_case("NotApplicable"))
            .map(|row| row.machine.to_lowercase())
            .collect();
        // Nothing can be opened on them, so that they could not be read hides nothing that matters.
        let classic_rows = ask::<ClassicMachine>(self, ids, query::CLASSIC).await;
        let classic_rows = classic_rows.unwrap_or_else(|error| {
            tracing::warn!(%error, "Classic machines cannot be read.");
            Vec::new()
        });
        Ok(Rows {
            machines,
            networks,
            not_applicable,
            classic: classic_rows.iter().filter_map(classic).collect(),
        })
    }

    async fn parts(&self, batch: &[Subscription], rows: &Rows) -> Vec<Part> {
        // Made before they are streamed: a closure inside the stream would not be `Send` for every lifetime.
        let parts: Vec<_> = batch
            .iter()
            .map(|subscription| self.part(subscription, rows))
            .collect();
        stream::iter(parts).buffered(AT_ONCE).collect().await
    }

    async fn part(&self, subscription: &Subscription, rows: &Rows) -> Part {
        let machines = rows.machines.get(&subscription.id).map(Vec::as_slice);
        let machines = machines.unwrap_or_default();
        let found = self
            .jit(&subscription.id, machines)
            .await
            .map(|(policies, plans)| {
                let around = Around {
                    networks: &rows.networks,
                    not_applicable: &rows.not_applicable,
                    plans: plans.as_ref().ok(),
                    policies: &policies,
                };
                let fetched_at = self.clock().now();
                let classic = rows.classic.iter();
                let vms = join(machines, &around);
                let nics = vms.iter().flat_map(|vm| &vm.nics);
                Found {
                    groups: rows.networks.groups().only(nics),
                    stale: stale(&policies, &vms),
                    vms,
                    policies,
                    plans: plans.map_err(|error| error.trouble(fetched_at)),
                    classic: classic
                        .filter(|classic| classic.subscription == subscription.id)
                        .cloned()
                        .collect(),
                    fetched_at,
                }
            });
        part(subscription, found.map_err(Arc::new))
    }

    /// The JIT policies of a subscription, and the plans in force on its `machines`; without the right to see the
    /// plans they are unknown.
    async fn jit(
        &self,
        id: &SubscriptionId,
        machines: &[Machine],
    ) -> Result<(Vec<JitPolicyState>, Result<Plans, ArmError>), ArmError> {
        let policies = patiently(self, || self.jit_policies(id)).await?;
        let vms: Vec<VmId> = machines
            .iter()
            .filter_map(|machine| machine.id.parse().ok())
            .collect();
        let plans = self.plans(id, &vms).await;
        let plans = plans.inspect_err(|error| {
            tracing::warn!(azure.subscription = id.as_str(), %error, "The Defender plan of a subscription cannot be read.");
        });
        Ok((policies, plans))
    }
}

fn failed(batch: &[Subscription], error: ArmError) -> Vec<Part> {
    let error = Arc::new(error);
    batch
        .iter()
        .map(|subscription| part(subscription, Err(error.clone())))
        .collect()
}

fn part(subscription: &Subscription, found: Result<Found, Arc<ArmError>>) -> Part {
    Part {
        subscription: subscription.id.clone(),
        name: subscription.name.clone(),
        found,
    }
}
