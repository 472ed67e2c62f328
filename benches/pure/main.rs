//! The parts without I/O: the judgement of the rules, the choices of autocomplete, and the texts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a measurement that cannot go on should fail loudly"
)]

mod autocomplete;
mod policy;
mod render;
mod sample;

fn main() {
    divan::main();
}
