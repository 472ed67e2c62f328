//! The JIT policies as they were last known, so that what others change is noticed, and what the bot itself
//! changes is not told as somebody else's.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::{
    View, Work,
    cell::{Cells, json, millis},
    error::Result,
    link::{run, texts},
};
use crate::domain::{
    Instant,
    jit_policy::Contents,
    vm::{JitPolicyId, SubscriptionId},
};

texts! {
    KNOW = "INSERT INTO jit_policies (policy, subscription, id, fingerprint, expected, body, known_since)
        VALUES ($1, $2, $3, $4, NULL, $5, $6)
        ON CONFLICT (policy) DO UPDATE SET id = excluded.id, fingerprint = excluded.fingerprint, expected = NULL,
            body = excluded.body, known_since = excluded.known_since";
    EXPECT = "INSERT INTO jit_policies (policy, subscription, id, fingerprint, expected, body, known_since)
        VALUES ($1, $2, $3, '', $4, '[]', $5)
        ON CONFLICT (policy) DO UPDATE SET expected = excluded.expected";
    FORGET_POLICY = "DELETE FROM jit_policies WHERE policy = $1";
    LOAD_POLICY = "SELECT id, fingerprint, expected, body, known_since FROM jit_policies WHERE policy = $1";
    OF_SUBSCRIPTION = "SELECT id, fingerprint, expected, body, known_since FROM jit_policies
        WHERE subscription = $1 ORDER BY policy";
    BEGIN_COMPARING = "INSERT INTO compared_subscriptions (subscription, since) VALUES ($1, $2)
        ON CONFLICT (subscription) DO NOTHING";
    COMPARED_SINCE = "SELECT since FROM compared_subscriptions WHERE subscription = $1";
}

/// Stands for a JIT policy that is not there.
const GONE: &str = "gone";

/// A JIT policy as it was last known.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownPolicy {
    pub id: JitPolicyId,
    /// `None`: it was not known to exist, and a write of ours is about to make it.
    pub contents: Option<Contents>,
    /// Since when it is known to be so.
    pub since: Instant,
    fingerprint: String,
    expected: Option<String>,
}

impl KnownPolicy {
    /// Whether `now` (`None`: it is gone) is what was known, or what a write of ours that is under way leads to.
    pub fn explains(&self, now: Option<&Contents>) -> Result<bool> {
        let now = fingerprint(now)?;
        Ok(self.fingerprint == now || self.expected.as_ref() == Some(&now))
    }
}

impl Work {
    /// A write of ours is about to lead to `contents` (`None`: to delete it). Call it in the transaction of the
    /// record that goes before the call, so that nobody takes the change for somebody else's while the call is out.
    pub async fn expect_jit_policy(
        &mut self,
        policy: &JitPolicyId,
        contents: Option<&Contents>,
        now: Instant,
    ) -> Result<()> {
        run!(
            self,
            execute,
            EXPECT,
            policy.key(),
            policy.subscription().as_str(),
            policy.to_string(),
            fingerprint(contents)?,
            millis(now),
        )?;
        Ok(())
    }

    /// The JIT policy has `contents` now (`None`: it is gone), and whoever should be told has been told. Call it in
    /// the transaction that records what came of a write of ours, with what the read-back showed.
    pub async fn know_jit_policy(
        &mut self,
        policy: &JitPolicyId,
        contents: Option<&Contents>,
        now: Instant,
    ) -> Result<()> {
        let Some(known) = contents else {
            run!(self, execute, FORGET_POLICY, policy.key())?;
            return Ok(());
        };
        run!(
            self,
            execute,
            KNOW,
            policy.key(),
            policy.subscription().as_str(),
            policy.to_string(),
            fingerprint(contents)?,
            json(known)?,
            millis(now),
        )?;
        Ok(())
    }

    /// From now on a JIT policy of this subscription that is not known is a new one.
    pub async fn begin_comparing(&mut self, subscription: &SubscriptionId, now: Instant) -> Result<()> {
        run!(self, execute, BEGIN_COMPARING, subscription.as_str(), millis(now))?;
        Ok(())
    }
}

type Row = (String, String, Option<String>, String, i64);

impl View {
    /// A JIT policy as it was last known.
    pub async fn known_jit_policy(&mut self, policy: &JitPolicyId) -> Result<Option<KnownPolicy>> {
        run!(self, fetch_optional::<Row>, LOAD_POLICY, policy.key())?
            .map(read)
            .transpose()
    }

    /// The JIT policies of a subscription as they were last known.
    pub async fn known_jit_policies(&mut self, subscription: &SubscriptionId) -> Result<Vec<KnownPolicy>> {
        run!(self, fetch_all::<Row>, OF_SUBSCRIPTION, subscription.as_str())?
            .into_iter()
            .map(read)
            .collect()
    }

    /// Since when the JIT policies of a subscription are compared; `None`: what is found first is how it was.
    pub async fn compared_since(&mut self, subscription: &SubscriptionId) -> Result<Option<Instant>> {
        let cells = Cells {
            table: "compared_subscriptions",
            id: subscription,
        };
        run!(
            self,
            fetch_optional::<(i64,)>,
            COMPARED_SINCE,
            subscription.as_str()
        )?
        .map(|(since,)| cells.at("since").instant(since))
        .transpose()
    }
}

fn read((id, fingerprint, expected, body, since): Row) -> Result<KnownPolicy> {
    let cells = Cells {
        table: "jit_policies",
        id: &id,
    };
    Ok(KnownPolicy {
        contents: (!fingerprint.is_empty())
            .then(|| cells.at("body").json(&body))
            .transpose()?,
        since: cells.at("known_since").instant(since)?,
        id: cells.at("id").parse(&id)?,
        fingerprint,
        expected,
    })
}

/// Without regard to the case of ids, which Azure changes.
fn fingerprint(contents: Option<&Contents>) -> Result<String> {
    let Some(contents) = contents else {
        return Ok(GONE.to_owned());
    };
    let plain: Vec<_> = contents
        .listed()
        .iter()
        .map(|listed| (listed.vm.key(), &listed.ports))
        .collect();
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(json(&plain)?.as_bytes()) {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text)
}
