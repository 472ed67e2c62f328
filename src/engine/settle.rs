//! When all windows of a request have ended, the request is settled, in the same transaction.

use super::{extend::lapse_extensions_of, write};
use crate::{
    domain::{
        Change, Instant,
        request::Request,
        window::{Window, WindowState},
    },
    store::{StoreError, Version, Work},
};

/// Writes a window's change, and settles its request if this was the last window.
pub(super) async fn write_window(
    work: &mut Work,
    (request, request_version): (&Request, Version),
    change: Change<Window>,
    window_version: Version,
    now: Instant,
) -> Result<Window, StoreError> {
    let window = write(work, change, now).await?;
    work.save_window(&window, window_version).await?;
    if !matches!(
        window.state,
        WindowState::Opening { .. } | WindowState::Open { .. }
    ) {
        // What is closing or over is not made longer any more.
        lapse_extensions_of(work, request.id, now).await?;
    }
    if window.state.is_over() {
        let windows: Vec<_> = work
            .windows_of(request.id)
            .await?
            .into_iter()
            .map(|(window, _)| window)
            .collect();
        if let Ok(change) = request.clone().settle(&windows, now) {
            let request = write(work, change, now).await?;
            work.save_request(&request, request_version).await?;
        }
    }
    Ok(window)
}
