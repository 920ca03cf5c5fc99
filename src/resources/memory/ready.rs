//! What others are given of a memory once it is there.

use crate::facts;
use crate::resources::engine::Late;

/// What others are given of the memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MemoryReady {
    pub(crate) id: String,
    pub(crate) arn: String,
    pub(crate) name: String,
}

/// The variables that tell an agent of its memory.
#[derive(Clone, Debug)]
pub(crate) struct MemoryVariables {
    pub(crate) ready: Late<MemoryReady>,
    /// Those that the user does not set.
    pub(crate) names: Vec<&'static str>,
}

impl MemoryVariables {
    /// `None` as long as there is no memory.
    pub(crate) fn values(&self) -> Option<Vec<(String, String)>> {
        let MemoryReady { id, name, .. } = self.ready.get()?;
        let value = |variable: &str| if variable == facts::MEMORY_ID_VARIABLE { id.clone() } else { name.clone() };
        Some(self.names.iter().map(|variable| ((*variable).to_owned(), value(variable))).collect())
    }
}
