//! When a kill hits, and how that moment is brought about: a call is held in an emulator.

use std::{collections::BTreeMap, fmt};

use portcullis::{
    domain::record::Record,
    sandbox::{
        azure::{self, AzureEmulator, HoldPoint},
        discord::{self, DiscordEmulator, RouteKind, Side, What},
    },
};

/// The moment of a kill, seen from the job that it interrupts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Somebody's input was acknowledged, and nothing has been done about it outside.
    BeforeClaim,
    /// A call has arrived and has had no effect.
    InCall,
    /// A call has had its effect, and no answer has left.
    AfterEffect,
    /// The answer has left, and what it said is not written yet.
    BeforeResult,
}

impl Phase {
    pub(super) const ALL: [Self; 4] = [
        Self::BeforeClaim,
        Self::InCall,
        Self::AfterEffect,
        Self::BeforeResult,
    ];

    /// Every phase gets its share.
    pub(super) fn of_kill(kill: u64) -> Self {
        match kill % 4 {
            0 => Self::BeforeClaim,
            1 => Self::InCall,
            2 => Self::AfterEffect,
            _ => Self::BeforeResult,
        }
    }
}

/// How often each phase was met.
#[derive(Debug, Default)]
pub(super) struct Tally {
    phases: [u64; 4],
    /// Kills that were to come before the claim and came later.
    late: u64,
    /// Requests that were typed, lost in a crash, and typed again.
    lost: u64,
    /// What was recorded in between, so that nobody takes silence for success.
    records: BTreeMap<&'static str, u64>,
}

impl Tally {
    pub(super) fn count(&mut self, phase: Phase) {
        self.phases[phase as usize] += 1;
    }

    pub(super) fn count_late(&mut self) {
        self.late += 1;
    }

    pub(super) fn count_records(&mut self, records: &[Record], lost: u64) {
        self.lost += lost;
        for record in records {
            *self.records.entry(record.entry.fact.name()).or_default() += 1;
        }
    }

    pub(super) fn recorded(&self, what: &str) -> u64 {
        self.records.get(what).copied().unwrap_or_default()
    }

    pub(super) fn of(&self, phase: Phase) -> u64 {
        self.phases[phase as usize]
    }

    pub(super) fn counted(&self) -> u64 {
        self.phases.iter().sum()
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.phases.iter_mut().zip(other.phases) {
            *mine += theirs;
        }
        self.late += other.late;
        self.lost += other.lost;
        for (what, many) in &other.records {
            *self.records.entry(what).or_default() += many;
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [before_claim, in_call, after_effect, before_result] = self.phases;
        write!(
            f,
            "before claim {before_claim}, in call {in_call}, after effect {after_effect}, \
             before result {before_result} (and {} at other moments)\n\
             in between: {} requests lost and typed again; records: {:?}",
            self.late, self.lost, self.records
        )
    }
}

/// A call that a kill can hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    Azure(&'static str),
    Discord(RouteKind),
}

/// All that people's deeds bring about again and again; what opens doors is hit more often than the rest.
pub(super) const CALLS: [Call; 8] = [
    Call::Azure("initiate"),
    Call::Azure("initiate"),
    Call::Azure("initiate"),
    Call::Azure("jit-get"),
    Call::Discord(RouteKind::CreateMessage),
    Call::Discord(RouteKind::EditMessage),
    Call::Discord(RouteKind::EditOriginal),
    Call::Discord(RouteKind::Callback),
];

/// A call that will be held when it comes.
pub(super) enum Trap {
    Azure {
        emulator: AzureEmulator,
        operation: &'static str,
        hold: azure::Hold,
    },
    Discord {
        emulator: DiscordEmulator,
        hold: discord::Hold,
    },
}

impl Trap {
    /// Holds the next such call, before its effect or after it.
    pub(super) fn set(
        call: Call,
        before_effect: bool,
        azure: &AzureEmulator,
        discord: &DiscordEmulator,
    ) -> Self {
        match call {
            Call::Azure(operation) => {
                let point = if before_effect {
                    HoldPoint::Before
                } else {
                    HoldPoint::After
                };
                Self::Azure {
                    emulator: azure.clone(),
                    operation,
                    hold: azure.hold(operation, point),
                }
            }
            Call::Discord(route) => {
                let side = if before_effect { Side::Before } else { Side::After };
                Self::Discord {
                    emulator: discord.clone(),
                    hold: discord.hold(route, side),
                }
            }
        }
    }

    pub(super) fn is_on(&self, call: Call) -> bool {
        matches!((self, call), (Self::Azure { operation, .. }, Call::Azure(name)) if *operation == name)
    }

    /// Resolves once the call stands still.
    pub(super) async fn sprung(&self) {
        match self {
            Self::Azure { hold, .. } => hold.arrived().await,
            Self::Discord { hold, .. } => {
                hold.arrived().await;
            }
        }
    }

    /// Lets the call go on; a trap that nothing has met is taken away.
    pub(super) fn release(&self) {
        match self {
            Self::Azure { hold, .. } => hold.release(),
            Self::Discord { hold, .. } => hold.release(),
        }
    }

    /// Cuts the call's connection; before its effect, it never has one.
    pub(super) fn cut(&self) {
        match self {
            Self::Azure { hold, .. } => hold.drop_connection(),
            Self::Discord { hold, .. } => hold.drop_connection(),
        }
    }

    /// Lets the held call go on, and resolves once its answer is on its way.
    pub(super) async fn answered(&self) {
        match self {
            Self::Azure {
                emulator,
                operation,
                hold,
            } => {
                let mut changes = emulator.revision();
                hold.release();
                let waits = || {
                    let calls = emulator.calls(operation);
                    calls.iter().any(|call| call.status.is_none() && !call.dropped)
                };
                while waits() {
                    changes.changed().await.unwrap();
                }
            }
            Self::Discord { emulator, hold } => {
                let mut changes = emulator.revision();
                let seq = hold.arrived().await;
                hold.release();
                let waits = || {
                    let mut ledger = emulator.ledger().into_iter();
                    ledger.any(|entry| {
                        entry.seq == seq && matches!(entry.what, What::Rest { status: None, .. })
                    })
                };
                while waits() {
                    changes.changed().await.unwrap();
                }
            }
        }
    }
}
