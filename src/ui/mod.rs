//! Placeholder of the room `ui`.
