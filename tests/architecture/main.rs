//! The shape of the program, checked on its own text: who may name whom, how long a file may be, and what
//! never appears.
//!
//! Every rule is also tried on a wrong sample, so that a rule that finds nothing finds it for the right reason.

mod arrows;
mod files;
mod habits;
mod names;
mod sources;
