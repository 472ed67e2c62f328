//! Waiting for a quota: the inventory has time, as long as it does not wait for ever.

use std::{future::Future, time::Duration};

use chrono::TimeDelta;

use crate::azure::arm::{Arm, ArmError};

/// A longer wait is not waited for: the next refresh comes sooner.
const WAIT_MAX: Duration = Duration::from_secs(30);
/// How often one call is put off.
const WAITS_MAX: u32 = 4;

/// Repeats `call` while Azure's quota asks for short waits.
pub(super) async fn patiently<T, F>(arm: &Arm, mut call: impl FnMut() -> F) -> Result<T, ArmError>
where
    F: Future<Output = Result<T, ArmError>>,
{
    let mut waits = 0;
    loop {
        match call().await {
            Err(ArmError::Throttled { retry_after }) if retry_after <= WAIT_MAX && waits < WAITS_MAX => {
                waits += 1;
                let clock = arm.clock();
                let wait = TimeDelta::from_std(retry_after).unwrap_or_default();
                clock.sleep_until(clock.now() + wait).await;
            }
            other => return other,
        }
    }
}
