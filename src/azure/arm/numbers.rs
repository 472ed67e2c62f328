//! The names of the numbers about calls to Azure, and what they mean.

pub(super) const CALLS_TOTAL: &str = "portcullis_azure_calls_total";
pub(super) const CALL_SECONDS: &str = "portcullis_azure_call_seconds";
pub(super) const THROTTLED_TOTAL: &str = "portcullis_azure_throttled_total";
pub(super) const QUOTA_REMAINING: &str = "portcullis_azure_quota_remaining";
pub(crate) const SUBSCRIPTIONS_UNREAD: &str = "portcullis_azure_subscriptions_unread";

/// Says what the numbers mean, for whoever reads them.
pub(super) fn describe() {
    metrics::describe_counter!(
        CALLS_TOTAL,
        "Calls to Azure, by operation and by what became of them."
    );
    metrics::describe_histogram!(
        CALL_SECONDS,
        metrics::Unit::Seconds,
        "Time of a call to Azure, with its second try where there was one."
    );
    metrics::describe_counter!(
        THROTTLED_TOTAL,
        "Answers of Azure that asked to wait, by subscription and kind of call."
    );
    metrics::describe_gauge!(
        QUOTA_REMAINING,
        "Calls that Azure last said are left, by subscription and kind of call."
    );
    metrics::describe_gauge!(
        SUBSCRIPTIONS_UNREAD,
        "Subscriptions that the last refresh of the inventory could not read."
    );
}
