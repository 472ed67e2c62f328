//! Parses, runs, and turns what came of it into an exit code.

use std::process::ExitCode;

use clap::Parser as _;
use portcullis::cli::Cli;

fn main() -> ExitCode {
    portcullis::cli::run(Cli::parse())
}
