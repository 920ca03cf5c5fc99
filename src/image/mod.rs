//! Placeholder of the room `image`.
