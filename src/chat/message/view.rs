//! The state from which cards, answers and status are made.

use crate::domain::{
    Instant,
    freeze::Freeze,
    request::Request,
    review::Review,
    vm::{Vm, VmId},
    vote::Terms,
    window::{FoundWindow, Window},
};

/// A request and everything around it that a reader should know.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    pub request: &'a Request,
    /// All windows of the request.
    pub windows: &'a [Window],
    /// The terms under the rules as they are now; `None` where no rule allows the request any more.
    pub today: Option<&'a [Terms]>,
    /// The machines of the request, as far as the inventory has them.
    pub vms: &'a [&'a Vm],
    /// When the inventory was read, if that is so long ago that a reader should know; `None` is fresh.
    pub stale_since: Option<Instant>,
    /// Windows of other requests on the same doors that are not over.
    pub others: &'a [Window],
    /// Windows on the same doors that were opened in Azure without Portcullis, and are open.
    pub found: &'a [FoundWindow],
    /// The freeze, if one is on.
    pub freeze: Option<&'a Freeze>,
    /// The review that it waits for or has, where it was opened without an approval.
    pub review: Option<&'a Review>,
}

impl<'a> View<'a> {
    /// The machine in the inventory.
    pub(super) fn vm(&self, id: &VmId) -> Option<&'a Vm> {
        self.vms.iter().copied().find(|vm| &vm.id == id)
    }
}
