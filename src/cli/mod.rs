//! The command line: one file per subcommand. `serve` is where the parts are put together.
//!
//! Exit codes: 0 good, 1 a finding, 2 could not run.

mod azure;
mod config;
mod db;
mod doctor;
mod explain;
mod health;
pub mod load;
#[cfg(feature = "sandbox")]
mod sandbox;
pub mod serve;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

/// Opens Azure Just-In-Time access windows after a human, or a rule that allows it, has said yes.
#[derive(Debug, Parser)]
#[command(name = "portcullis", version, about, max_term_width = 100)]
pub struct Cli {
    /// The configuration file. Every key can also be given by environment, e.g. PORTCULLIS_DISCORD__TOKEN_FILE.
    #[arg(long, global = true, env = "PORTCULLIS_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the bot.
    Serve,
    /// Start emulators of Azure and Discord, the bot, and a web page to try it; needs nothing else.
    #[cfg(feature = "sandbox")]
    Sandbox(sandbox::Sandbox),
    /// Check the configuration, show it without secrets, or print its JSON Schema.
    #[command(subcommand)]
    Config(config::Config),
    /// Bring the database up to date, or show how it stands.
    #[command(subcommand)]
    Db(db::Db),
    /// Print the role that the bot needs in Azure, or switch on the Defender plan that JIT is part of.
    #[command(subcommand)]
    Azure(azure::Azure),
    /// Ask a running bot whether it is healthy; for container health checks.
    Health(health::Health),
    /// Say which rule applies to a person, a machine and a port, why, and who could approve.
    Explain(explain::Explain),
    /// Look for everything that would keep the bot from working, and say how to mend it.
    Doctor(doctor::Doctor),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page.
    Man,
}

/// What a subcommand that ran has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Good,
    Finding,
}

/// `1 rule`, `2 rules`.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Runs the subcommand.
pub fn run(cli: Cli) -> ExitCode {
    // The first thing of all: without it the TLS library does not know which cryptography to use.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(why) => return could_not_run(&why.into()),
    };
    match runtime.block_on(dispatch(cli)) {
        Ok(Verdict::Good) => ExitCode::SUCCESS,
        Ok(Verdict::Finding) => ExitCode::from(1),
        Err(why) => could_not_run(&why),
    }
}

async fn dispatch(cli: Cli) -> anyhow::Result<Verdict> {
    let file = cli.config.as_deref();
    match cli.command {
        Command::Serve => serve::run(file).await,
        #[cfg(feature = "sandbox")]
        Command::Sandbox(sandbox) => sandbox.run().await,
        Command::Config(config) => config.run(file).await,
        Command::Db(db) => db.run(file).await,
        Command::Azure(azure) => azure.run(file).await,
        Command::Health(health) => health.run(file).await,
        Command::Explain(explain) => explain.run(file).await,
        Command::Doctor(doctor) => doctor.run(file).await,
        Command::Completions { shell } => {
            use clap::CommandFactory as _;
            clap_complete::generate(shell, &mut Cli::command(), "portcullis", &mut std::io::stdout());
            Ok(Verdict::Good)
        }
        Command::Man => {
            use clap::CommandFactory as _;
            clap_mangen::Man::new(Cli::command()).render(&mut std::io::stdout())?;
            Ok(Verdict::Good)
        }
    }
}

#[expect(
    clippy::print_stderr,
    reason = "the last word before the exit, with or without a log"
)]
fn could_not_run(why: &anyhow::Error) -> ExitCode {
    eprintln!("portcullis: {why:#}");
    ExitCode::from(2)
}
