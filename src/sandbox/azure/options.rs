//! How an emulator behaves where the service leaves room.

use std::{net::SocketAddr, time::Duration};

use chrono::TimeDelta;

use crate::sandbox::tls::ServerIdentity;

/// Where to listen and how to behave.
#[derive(Debug, Clone)]
pub struct Options {
    pub address: SocketAddr,
    /// Given: HTTPS. Real clients other than curl refuse to send a token without it.
    pub tls: Option<ServerIdentity>,
    /// Whether it listens on a second port as well, without TLS.
    pub also_without_tls: bool,
    pub cloud: Cloud,
    pub timing: Timing,
    pub throttle: Throttle,
    /// How many JIT policies a page of a list holds; small, so that paging is exercised.
    pub page_size: usize,
    /// Whether the ledger keeps what was answered: a long-lived sandbox has no use for it.
    pub keep_answers: bool,
    /// Real time that a token lives.
    pub token_life: Duration,
    /// What `x-identity-header` must hold at the App Service managed identity endpoint.
    pub identity_header: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            tls: None,
            also_without_tls: false,
            cloud: Cloud::default(),
            timing: Timing::default(),
            throttle: Throttle::generous(),
            page_size: 3,
            keep_answers: true,
            token_life: Duration::from_secs(3599),
            identity_header: "sandbox-identity-header".to_owned(),
        }
    }
}

/// Which of the clouds it plays. A token is for the Resource Manager of one cloud, and no other takes it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Cloud {
    #[default]
    Public,
    UsGovernment,
    China,
}

impl Cloud {
    /// The names that its Resource Manager has as the audience of a token.
    pub(crate) fn audiences(self) -> &'static [&'static str] {
        match self {
            Self::Public => &[
                "https://management.azure.com",
                "https://management.core.windows.net",
            ],
            Self::UsGovernment => &[
                "https://management.usgovcloudapi.net",
                "https://management.core.usgovcloudapi.net",
            ],
            Self::China => &[
                "https://management.chinacloudapi.cn",
                "https://management.core.chinacloudapi.cn",
            ],
        }
    }
}

/// Delays in world time.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    pub opening: Opening,
    /// From a window's end until the service removes the rule.
    pub closing_lag: TimeDelta,
    /// From a PUT until the JIT policy is `Succeeded`.
    pub updating: TimeDelta,
    /// From the registration of a provider until it counts.
    pub registering: TimeDelta,
    /// From an event until the Activity Log shows it.
    pub activity_lag: TimeDelta,
    /// How often the effective rules answer 202 before they are there.
    pub effective_rules_polls: u32,
    /// How often the deletion of a network rule says `InProgress`; zero: 200 at once, no operation.
    pub rule_delete_polls: u32,
    /// What `Retry-After` says while a long-running operation runs.
    pub retry_after_seconds: u32,
}

/// When a requested port turns from `Initiating` to `Initiated`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    After(TimeDelta),
    /// After so many reads of the JIT policy that still said `Initiating`; needs no clock.
    AfterReads(u32),
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            opening: Opening::After(TimeDelta::seconds(2)),
            closing_lag: TimeDelta::zero(),
            updating: TimeDelta::seconds(2),
            registering: TimeDelta::seconds(10),
            activity_lag: TimeDelta::minutes(2),
            effective_rules_polls: 1,
            rule_delete_polls: 0,
            retry_after_seconds: 1,
        }
    }
}

/// Token buckets per subscription, caller and kind of call, refilled in real time.
#[derive(Debug, Clone, Copy)]
pub struct Throttle {
    pub reads: Bucket,
    pub writes: Bucket,
    pub deletes: Bucket,
    pub graph: Bucket,
    /// Reads that Defender for Cloud counts by itself: the JIT policies of a subscription, and its plans.
    pub security: Bucket,
}

#[derive(Debug, Clone, Copy)]
pub struct Bucket {
    pub size: u32,
    pub refill_per_second: u32,
}

impl Throttle {
    /// The limits that Azure documents for Resource Manager and Resource Graph.
    pub fn azure() -> Self {
        let bucket = |size, refill_per_second| Bucket {
            size,
            refill_per_second,
        };
        Self {
            reads: bucket(250, 25),
            writes: bucket(200, 10),
            deletes: bucket(200, 10),
            graph: bucket(15, 3),
            // The size is recorded; how fast it fills up is written nowhere.
            security: bucket(750, 25),
        }
    }

    /// Limits that a fast-forwarded world does not reach.
    pub fn generous() -> Self {
        let bucket = Bucket {
            size: 100_000,
            refill_per_second: 10_000,
        };
        Self {
            reads: bucket,
            writes: bucket,
            deletes: bucket,
            graph: bucket,
            security: bucket,
        }
    }
}
