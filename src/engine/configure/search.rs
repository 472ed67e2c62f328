//! The machines that an administrator can choose from.

use super::{NotProposed, VMS_MAX};
use crate::{
    domain::vm::{Vm, VmId},
    engine::inventory::View,
};

/// Those that are like `search` and fit.
pub(super) fn found(
    view: &View,
    search: Option<&str>,
    fits: impl Fn(&Vm) -> bool,
) -> Result<Vec<VmId>, NotProposed> {
    if view.vms().is_empty() {
        return Err(NotProposed::NoInventory);
    }
    let search = search.unwrap_or_default();
    let vms: Vec<_> = view
        .near(search.trim(), VMS_MAX, fits)
        .into_iter()
        .map(|vm| vm.id.clone())
        .collect();
    if vms.is_empty() {
        return Err(NotProposed::NothingFound {
            search: search.to_owned(),
        });
    }
    Ok(vms)
}
