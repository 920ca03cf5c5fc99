//! Placeholder of the room `cloud`.
