//! A model of Discord: REST, gateway and the people in it.
