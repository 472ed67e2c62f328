//! What stories are told with.

pub(crate) mod crash;
pub(crate) mod life;
pub(crate) mod promises;
pub(crate) mod world;

pub(crate) use self::world::World;
