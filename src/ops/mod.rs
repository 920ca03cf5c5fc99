//! Placeholder of the room `ops`.
