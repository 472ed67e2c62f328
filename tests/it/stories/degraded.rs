//! Azure asks to wait: `doctor` and the metrics say so.

use portcullis::sandbox::azure::{Fault, FaultKind, Matcher, STAGING_SUBSCRIPTION};

use crate::harness::World;

const GAUGE: &str = "portcullis_azure_degraded";

fn throttled() -> Fault {
    let pricing = Matcher::operation("pricing-get").in_subscription(STAGING_SUBSCRIPTION);
    Fault::on(pricing, FaultKind::Throttled { retry_after: 3000 })
}

#[test]
fn doctor_names_the_quota_that_is_used_up() {
    let world = World::new();
    let (_, printed) = world.runs(&["doctor"], "");
    assert!(!printed.contains("Azure's quota"), "{printed}");
    world.azure.fault(throttled());
    let (code, printed) = world.runs(&["doctor"], "");
    assert_eq!(code, 1, "{printed}");
    assert!(
        printed.contains(&format!("Azure's quota for reads in {STAGING_SUBSCRIPTION}"))
            && printed.contains("Azure asks to wait until"),
        "{printed}"
    );
}

#[test]
fn the_metrics_count_what_is_held_back() {
    let world = World::new();
    let serving = world.serves();
    serving.logs(&["Discord is connected"]);
    assert!(serving.shows(GAUGE, |_| true).abs() < f64::EPSILON);
    drop(serving);
    world.azure.fault(throttled());
    let serving = world.serves();
    assert!(serving.shows(GAUGE, |value| value > 0.5) < 1.5);
}
