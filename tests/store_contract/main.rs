//! The contract of the store: every case runs on SQLite, and on PostgreSQL where there is one.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of this is a test, and a test fails by panicking"
)]

mod databases;
mod postgres;
mod proposals;
mod samples;

mod address_links;
mod fixed_state;
mod interleavings;
mod job_life;
mod known_policies;
mod looks;
mod messages;
mod query_plans;
mod record_chain;
mod request_life;
mod trail_cursor;
mod writers;

/// Makes a test of each case for each database.
macro_rules! on_both {
    ($($case:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    super::$case($crate::databases::Database::sqlite()).await;
                }
            )+
        }
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    if let Some(database) = $crate::databases::Database::postgres().await {
                        super::$case(database).await;
                    }
                }
            )+
        }
    };
}

pub(crate) use on_both;
