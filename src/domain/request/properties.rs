//! No sequence of events breaks G2, G4, G5 or G8.
