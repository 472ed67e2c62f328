//! The inventory of each subscription as it was last read, for a start without Azure.

use super::{
    View, Work,
    cell::{Cells, clean, millis},
    error::Result,
    link::{run, texts},
};
use crate::domain::{Instant, vm::SubscriptionId};

texts! {
    SAVE = "INSERT INTO inventories (subscription, body, taken_at) VALUES ($1, $2, $3)
        ON CONFLICT (subscription) DO UPDATE SET body = excluded.body, taken_at = excluded.taken_at";
    LOAD = "SELECT subscription, body, taken_at FROM inventories ORDER BY subscription";
    FORGET = "DELETE FROM inventories WHERE subscription = $1";
}

/// One subscription's inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InventoryRow {
    pub subscription: SubscriptionId,
    /// JSON that only the engine understands.
    pub body: String,
    pub taken_at: Instant,
}

impl Work {
    /// Keeps the newest inventory of a subscription.
    pub async fn save_inventory(&mut self, inventory: &InventoryRow) -> Result<()> {
        run!(
            self,
            execute,
            SAVE,
            inventory.subscription.as_str(),
            clean(&inventory.body).into_owned(),
            millis(inventory.taken_at),
        )?;
        Ok(())
    }

    /// Forgets a subscription that is not configured any more.
    pub async fn forget_inventory(&mut self, subscription: &SubscriptionId) -> Result<()> {
        run!(self, execute, FORGET, subscription.as_str())?;
        Ok(())
    }
}

impl View {
    /// The last inventory of every subscription.
    pub async fn inventories(&mut self) -> Result<Vec<InventoryRow>> {
        let rows = run!(self, fetch_all::<(String, String, i64)>, LOAD)?;
        rows.into_iter()
            .map(|(subscription, body, taken_at)| {
                let cells = Cells {
                    table: "inventories",
                    id: &subscription,
                };
                Ok(InventoryRow {
                    taken_at: cells.at("taken_at").instant(taken_at)?,
                    subscription: SubscriptionId::new(&subscription)
                        .ok_or_else(|| cells.at("subscription").bad("it is no UUID"))?,
                    body,
                })
            })
            .collect()
    }
}
