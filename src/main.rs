//! Parse, telemetry, run, exit code.

fn main() {}
