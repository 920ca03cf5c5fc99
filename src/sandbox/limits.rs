//! How many connections and agents at once this process's limit on open files allows.
//!
//! Owns: raising the limit as far as is sensible, and dividing it. Does not own: what happens when a share is used up
//! (`listener`, `runner`). Logs, blobs, objects and uploads need no share: their files are open only while a request or an
//! agent's line is being handled.

/// As many as a large test needs. A much higher limit makes programs slow that close every possible file at their start.
const WANTED: u64 = 16_384;
/// Where the limit cannot be read.
const ASSUMED: u64 = 256;
/// Files of the process itself, and those that are open briefly: listener, lock, event queue, files of agents being
/// unpacked, state being written.
const OWN: u64 = 40;
/// A connection, the connection to the agent or provider behind it, and a file for its body.
const PER_CONNECTION: u64 = 3;
/// Three pipes, the handle of the process, and the connection of a health check.
const PER_AGENT: u64 = 5;

/// The shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ResourceShares {
    pub(crate) files: u64,
    pub(crate) connections: usize,
    pub(crate) agents: usize,
}

impl ResourceShares {
    /// The shares of this process.
    pub(crate) fn of_process() -> Self {
        Self::from_file_limit(raised().unwrap_or(ASSUMED))
    }

    fn from_file_limit(files: u64) -> Self {
        let connections = (files / 8).max(8);
        let agents = files.saturating_sub(OWN + connections * PER_CONNECTION) / PER_AGENT;
        let number = |share: u64| usize::try_from(share).unwrap_or(usize::MAX);
        Self { files, connections: number(connections), agents: number(agents.max(2)) }
    }
}

/// The limit on open files, raised towards [`WANTED`] where it is lower and the system allows it.
#[cfg(unix)]
fn raised() -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let current = limit.current.unwrap_or(WANTED);
    let wanted = limit.maximum.unwrap_or(WANTED).min(WANTED);
    if wanted > current && setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), ..limit }).is_ok() {
        return Some(wanted);
    }
    Some(current.min(WANTED))
}

#[cfg(not(unix))]
fn raised() -> Option<u64> {
    Some(WANTED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_fit_into_the_limit() {
        for files in [64, 128, 256, 1024, 16_384] {
            let ResourceShares { connections, agents, .. } = ResourceShares::from_file_limit(files);
            assert!(connections >= 8 && agents >= 2, "{files}: {connections} {agents}");
            let used = OWN + PER_CONNECTION * connections as u64 + PER_AGENT * agents as u64;
            assert!(files < 128 || used <= files, "{files}: {used}");
        }
        assert_eq!(ResourceShares::from_file_limit(256), ResourceShares { files: 256, connections: 32, agents: 24 });
    }
}
