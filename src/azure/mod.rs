//! Outbound Azure: tokens, Resource Manager, Just-In-Time access, and the inventory.
//!
//! Everything here is a call that somebody above decided to make: this module never decides whether a window
//! may be opened, never writes down what it did, and never makes a sentence for a person. Must not know: the
//! store, chat, the engine, or the emulators (tests swap the base URL, not the code).

pub mod activity;
pub mod arm;
pub mod credential;
pub mod effective_rules;
pub mod inventory;
pub mod jit;
pub mod network;
pub mod options;
pub mod permissions;
mod rule;
mod trouble;

pub use self::{
    arm::{Arm, ArmError, Correlation, Degraded, Said},
    credential::{Credential, CredentialError, Remedy},
    options::{AzureOptions, Cloud, CredentialOptions, NotAnEndpoint},
};

#[cfg(test)]
mod testing;
#[cfg(test)]
#[cfg(feature = "sandbox")]
mod tests;
