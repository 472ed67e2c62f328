//! The real program against the emulators, with a bare serenity bot as the baseline in the same run.
//!
//! `cargo bench --bench lifecycle` prints one table: what, budget, figure, baseline. Nothing is asserted: figures
//! depend on the machine and on what else runs there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a measurement that cannot go on should fail loudly, and its result is what it prints"
)]

mod acknowledgement;
mod approval;
mod autocomplete;
mod bare;
mod disk;
mod history;
mod process;
mod reads;
mod spread;
mod start;
mod table;
mod world;

use clap::Parser;

/// How much to measure. Each size can also come from the environment.
#[derive(Debug, Parser)]
struct Options {
    /// Interactions of each bot.
    #[arg(long, env = "BENCH_INTERACTIONS", default_value_t = 20_000)]
    interactions: usize,
    /// Requests that are approved, opened and closed.
    #[arg(long, env = "BENCH_APPROVALS", default_value_t = 120)]
    approvals: usize,
    /// Machines for autocomplete.
    #[arg(long, env = "BENCH_MACHINES", default_value_t = 50_000)]
    machines: usize,
    /// Stored requests for the reads.
    #[arg(long, env = "BENCH_REQUESTS", default_value_t = 100_000)]
    requests: u32,
    /// Stored records for the reads.
    #[arg(long, env = "BENCH_RECORDS", default_value_t = 1_000_000)]
    records: u32,
    /// Only the parts whose name contains this: start, acknowledgement, approval, autocomplete, reads.
    #[arg(default_value = "")]
    only: String,
    /// Be the baseline: a bare serenity bot at this address. Used by the benchmark itself.
    #[arg(long, hide = true)]
    bare: Option<String>,
    /// Cargo says this to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let options = Options::parse();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if let Some(address) = options.bare {
        runtime.block_on(bare::run(&address));
        return;
    }
    let wanted = |part: &str| part.contains(&options.only);
    let mut table = table::Table::default();
    runtime.block_on(async {
        if wanted("start") {
            start::measure(&mut table).await;
        }
        if wanted("acknowledgement") {
            acknowledgement::measure(&mut table, options.interactions).await;
        }
        if wanted("approval") {
            approval::measure(&mut table, options.approvals).await;
        }
        if wanted("autocomplete") {
            autocomplete::measure(&mut table, options.machines).await;
        }
        if wanted("reads") {
            reads::measure(&mut table, options.requests, options.records).await;
        }
    });
    print!("\n{table}");
}
