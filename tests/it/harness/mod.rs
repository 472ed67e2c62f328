//! What stories are told with.

pub(crate) mod command;
pub(crate) mod crash;
pub(crate) mod hostile;
pub(crate) mod life;
pub(crate) mod log;
pub(crate) mod look;
pub(crate) mod people;
pub(crate) mod promises;
pub(crate) mod story;
pub(crate) mod visitor;
pub(crate) mod world;

pub(crate) use self::{story::Story, visitor::Visit, world::World};
