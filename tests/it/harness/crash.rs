//! Crash points: every call of a story to the outside, before and after its effect.

use std::fmt;

use portcullis::sandbox::{
    azure::HoldPoint,
    discord::{Matcher, RouteKind, Side, What},
};
use tokio_util::sync::CancellationToken;

use super::World;

/// Whether the call had its effect when the bot died.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    Before,
    After,
}

/// One call of a story: the how-manieth of its kind, counted from zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Call {
    Azure { operation: &'static str, nth: usize },
    Discord { route: RouteKind, nth: u32 },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Point {
    pub call: Call,
    pub when: When,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?}", self.when, self.call)
    }
}

/// How many calls of each kind have arrived by now.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mark {
    azure: usize,
    discord: usize,
}

/// Where a world's ledgers end now.
pub(crate) fn mark(world: &World) -> Mark {
    Mark {
        azure: world.azure.ledger().len(),
        discord: rest_calls(world).len(),
    }
}

fn rest_calls(world: &World) -> Vec<RouteKind> {
    world
        .discord
        .ledger()
        .into_iter()
        .filter_map(|entry| match entry.what {
            What::Rest { route, .. } => Some(route),
            _ => None,
        })
        .collect()
}

/// All crash points of what happened since `from`.
pub(crate) fn points(world: &World, from: &Mark) -> Vec<Point> {
    let mut calls = Vec::new();
    for entry in world.azure.ledger().into_iter().skip(from.azure) {
        let nth = calls
            .iter()
            .filter(|call| matches!(call, Call::Azure { operation, .. } if *operation == entry.operation))
            .count();
        calls.push(Call::Azure {
            operation: entry.operation,
            nth,
        });
    }
    for route in rest_calls(world).into_iter().skip(from.discord) {
        let nth = calls
            .iter()
            .filter(|call| matches!(call, Call::Discord { route: known, .. } if *known == route))
            .count();
        calls.push(Call::Discord {
            route,
            nth: u32::try_from(nth).unwrap(),
        });
    }
    calls
        .into_iter()
        .flat_map(|call| {
            [When::Before, When::After].map(|when| Point {
                call: call.clone(),
                when,
            })
        })
        .collect()
}

/// Holds one call, and says so.
pub(crate) struct Trap {
    sprung: CancellationToken,
    let_go: CancellationToken,
}

impl Trap {
    /// Sets a trap for calls from now on.
    pub(crate) fn set(world: &World, point: &Point) -> Self {
        let sprung = CancellationToken::new();
        let let_go = CancellationToken::new();
        let trap = Self {
            sprung: sprung.clone(),
            let_go: let_go.clone(),
        };
        match &point.call {
            Call::Azure { operation, nth } => {
                let (azure, operation, nth) = (world.azure.clone(), *operation, *nth);
                let at = match point.when {
                    When::Before => HoldPoint::Before,
                    When::After => HoldPoint::After,
                };
                let mut hold = azure.hold(operation, at);
                world.outside.spawn(async move {
                    for _ in 0..nth {
                        hold.arrived().await;
                        // The next one is armed before this one goes on, so that none slips through.
                        let next = azure.hold(operation, at);
                        hold.release();
                        hold = next;
                    }
                    hold.arrived().await;
                    sprung.cancel();
                    let_go.cancelled().await;
                    hold.drop_connection();
                });
            }
            Call::Discord { route, nth } => {
                let side = match point.when {
                    When::Before => Side::Before,
                    When::After => Side::After,
                };
                let hold = world.discord.hold(Matcher::from(*route).after(*nth), side);
                world.outside.spawn(async move {
                    hold.arrived().await;
                    sprung.cancel();
                    let_go.cancelled().await;
                    hold.drop_connection();
                });
            }
        }
        trap
    }

    /// Cancelled once the call is held.
    pub(crate) fn sprung(&self) -> CancellationToken {
        self.sprung.clone()
    }

    /// The bot is dead: its connection goes too.
    pub(crate) fn let_go(self) {
        self.let_go.cancel();
    }
}
