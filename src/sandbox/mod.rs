//! Placeholder of the room `sandbox`.
mod jwt;
mod runner;
