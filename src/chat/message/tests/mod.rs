//! The messages as people read them, and that no input breaks them.

mod alone;
mod answers;
mod any;
mod behind;
mod cards;
mod commands;
mod extensions;
mod hostile;
mod later;
mod machines;
mod network_rules;
mod properties;
mod refusals;
mod reminders;
mod trail_lines;
mod troubles;
mod voting;
mod world;
