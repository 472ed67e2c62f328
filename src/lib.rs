//! Portcullis opens Azure Just-In-Time windows to virtual machines after a human, or a rule that allows it, has said yes.

pub mod azure;
pub mod chat;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod engine;
pub mod gateway;
pub mod http;
pub mod policy;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod store;
pub mod telemetry;
