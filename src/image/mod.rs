//! OCI images: names, deterministic layers, manifests, a registry client, and the builders.
//!
//! Owns: everything between a list of files and an image in a registry. Does not own: AWS (credentials for a registry
//! arrive as values), what a project's image contains (`project` lists the files), when to build (`ops`).

pub(crate) mod layer;
pub(crate) mod manifest;
pub(crate) mod reference;
pub(crate) mod registry;
