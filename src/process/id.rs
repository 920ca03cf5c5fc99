//! Which process this is, in a form that another process, here or elsewhere, can read and judge.

use std::fmt;

use crate::digest::Digest;

/// A process of a machine. Written `PLACE.PID.START`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProcessId {
    /// Stands for the machine since its last start, and its namespace of processes. Empty where the system does not say it.
    place: String,
    pid: u32,
    /// When it began, in the kernel's ticks: numbers are given again.
    start: u64,
}

impl ProcessId {
    pub(crate) fn own() -> Self {
        let pid = std::process::id();
        Self { place: place(), pid, start: start_of(pid).unwrap_or_default() }
    }

    /// One that has ended.
    #[cfg(test)]
    pub(crate) fn of_ended() -> Self {
        Self { pid: u32::MAX, ..Self::own() }
    }

    /// `None` for a text of another form.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let (place, pid, start) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self { place: place.to_owned(), pid: pid.parse().ok()?, start: start.parse().ok()? })
    }

    /// Whether it has certainly ended. That cannot be said of one elsewhere, nor on a system without `/proc`.
    pub(crate) fn has_ended(&self) -> bool {
        !self.place.is_empty() && self.place == place() && start_of(self.pid) != Some(self.start)
    }
}

impl fmt::Display for ProcessId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.place, self.pid, self.start)
    }
}

fn place() -> String {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
    let namespace = std::fs::read_link("/proc/self/ns/pid");
    match (boot, namespace) {
        (Ok(boot), Ok(namespace)) => {
            Digest::of_bytes(format!("{boot}{}", namespace.display()).as_bytes()).hex()[..12].to_owned()
        }
        _ => String::new(),
    }
}

fn start_of(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is a name in parentheses and may hold anything.
    stat.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ended_processes_of_here_have_ended() {
        let own = ProcessId::own();
        assert_eq!(ProcessId::parse(&own.to_string()), Some(own.clone()));
        assert!(!own.has_ended());
        let elsewhere = ProcessId { place: "elsewhere".to_owned(), pid: u32::MAX, start: 1 };
        assert!(!elsewhere.has_ended());
        if cfg!(target_os = "linux") {
            assert!(ProcessId { pid: u32::MAX, ..own.clone() }.has_ended());
            assert!(ProcessId { start: own.start + 1, ..own }.has_ended(), "the number was given again");
        }
        assert_eq!(ProcessId::parse("elsewhere"), None);
    }
}
