//! The user's source: so far, the files that are generated into it.

pub(crate) mod generated;
