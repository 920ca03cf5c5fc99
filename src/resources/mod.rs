//! What this program makes, changes and deletes in AWS.

pub(crate) mod owner;
pub(crate) mod patience;
pub(crate) mod policy;
pub(crate) mod sources;
