//! Finds the port that a starting agent listens on when it is not the required one.
//!
//! Owns: reading Linux's tables of processes and sockets, and finding a port in what servers print, which is all there
//! is for containers and on other systems. Does not own: how long is waited (`session`).

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use regex_lite::Regex;

/// What the processes of an agent do at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Activity {
    /// TCP ports that they listen on.
    pub(super) ports: BTreeSet<u16>,
    /// Processor time that they have used, in the kernel's ticks (a hundredth of a second nearly everywhere).
    pub(super) ticks: u64,
}

/// What the process group `group`, with everything that its members started, does now. Empty where `proc` (the folder
/// `/proc`) has no such tables. Blocking.
pub(super) fn activity(proc: &Path, group: u32) -> Activity {
    let all = processes(proc);
    let mut members: BTreeSet<u32> = all.iter().filter(|one| one.group == group).map(|one| one.pid).collect();
    // A member can have made a group of its own for what it starts.
    loop {
        let before = members.len();
        let children = all.iter().filter(|one| members.contains(&one.parent)).map(|one| one.pid).collect::<Vec<_>>();
        members.extend(children);
        if members.len() == before {
            break;
        }
    }
    let sockets: BTreeSet<String> = members.iter().flat_map(|pid| sockets(&proc.join(pid.to_string()))).collect();
    let tables = ["net/tcp", "net/tcp6"].map(|table| std::fs::read_to_string(proc.join(table)).unwrap_or_default());
    let ports = tables.iter().flat_map(|table| table.lines().skip(1)).filter_map(listener);
    Activity {
        ports: ports.filter(|(_, socket)| sockets.contains(*socket)).map(|(port, _)| port).collect(),
        ticks: all.iter().filter(|one| members.contains(&one.pid)).map(|one| one.ticks).sum(),
    }
}

struct Process {
    pid: u32,
    parent: u32,
    group: u32,
    ticks: u64,
}

fn processes(proc: &Path) -> Vec<Process> {
    let entries = std::fs::read_dir(proc).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            // The name in brackets can hold anything; the last bracket ends it.
            let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
            let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
            Some(Process {
                pid,
                parent: u32::try_from(number(1)?).ok()?,
                group: u32::try_from(number(2)?).ok()?,
                ticks: number(11)? + number(12)?,
            })
        })
        .collect()
}

/// The numbers of a process's open sockets.
fn sockets(process: &Path) -> Vec<String> {
    let files = std::fs::read_dir(process.join("fd")).into_iter().flatten().flatten();
    files
        .filter_map(|file| {
            let target = std::fs::read_link(file.path()).ok()?;
            Some(target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned())
        })
        .collect()
}

/// Port and socket number of a line of `/proc/net/tcp` that is about a listener.
fn listener(line: &str) -> Option<(u16, &str)> {
    const LISTEN: &str = "0A";
    let fields: Vec<&str> = line.split_whitespace().collect();
    let (address, state, socket) = (fields.get(1)?, fields.get(3)?, fields.get(9)?);
    let port = u16::from_str_radix(address.rsplit_once(':')?.1, 16).ok()?;
    (*state == LISTEN).then_some((port, socket))
}

/// The port that a server says it listens on, in the way that servers say it.
pub(super) fn port_in(line: &str) -> Option<u16> {
    static SAID: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let verb = "(?:running|listening|serving|started|ready|available|bound)";
        let place = r"(?:https?://(?:\[[^\]]*\]|[^\s:/]+):|(?:^|[\s:=])(?:0\.0\.0\.0|127\.0\.0\.1|localhost|\[::\]|\*)?:|port[ :=]+)";
        Regex::new(&format!(r"(?i)\b{verb}\b.*?{place}(\d{{2,5}})\b")).ok()
    });
    SAID.as_ref()?.captures(line)?.get(1)?.as_str().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_say_their_port_in_many_ways() {
        for (line, port) in [
            ("INFO:     Uvicorn running on http://0.0.0.0:8000 (Press CTRL+C to quit)", Some(8000)),
            (" * Running on http://127.0.0.1:5000", Some(5000)),
            ("[2026-01-01 00:00:00 +0000] [7] [INFO] Listening at: http://127.0.0.1:8001 (7)", Some(8001)),
            ("[2026-01-01 00:00:00 +0000] [7] [INFO] Running on http://[::]:8002 (CTRL + C to quit)", Some(8002)),
            ("Server listening on port 3000", Some(3000)),
            ("server is listening on :3001", Some(3001)),
            ("Express app listening on 0.0.0.0:3002", Some(3002)),
            ("Server ready at http://localhost:4111/api", Some(4111)),
            ("listening (port=3003)", Some(3003)),
            ("connecting to http://10.0.0.1:5432", None),
            ("started 12345 workers", None),
            ("INFO:     Started server process [4242]", None),
            ("2026-01-01 10:30:15 ready", None),
            ("Uvicorn running on unix socket /x", None),
        ] {
            assert_eq!(port_in(line), port, "{line}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn only_listeners_of_the_group_are_found() {
        let dir = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &str| {
            let path = dir.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        let stat = |pid: u32, parent: u32, group: u32, ticks: u64| {
            put(&format!("{pid}/stat"), &format!("{pid} (a ) b) S {parent} {group} 1 0 -1 0 0 0 0 0 {ticks} 1 0 0"));
        };
        let socket = |pid: u32, number: u32| {
            let fd = dir.path().join(format!("{pid}/fd"));
            std::fs::create_dir_all(&fd).unwrap();
            std::os::unix::fs::symlink(format!("socket:[{number}]"), fd.join(number.to_string())).unwrap();
        };
        stat(10, 1, 10, 5);
        stat(11, 10, 10, 7);
        // A child in its own group, and an unrelated process.
        stat(12, 11, 12, 1);
        stat(99, 1, 99, 1000);
        socket(11, 501);
        socket(12, 502);
        socket(99, 503);
        let row = |port: u16, state: &str, inode: u32| {
            format!(
                "   0: 0100007F:{port:04X} 00000000:0000 {state} 00000000:00000000 00:00000000 00000000  0 0 {inode} 1 0\n"
            )
        };
        put("net/tcp", &format!("header\n{}{}{}", row(8000, "0A", 501), row(9999, "0A", 503), row(443, "01", 501)));
        put("net/tcp6", &format!("header\n{}", row(9000, "0A", 502)));
        let found = activity(dir.path(), 10);
        assert_eq!((found.ports, found.ticks), ([8000, 9000].into(), 5 + 1 + 7 + 1 + 1 + 1));
        assert_eq!(activity(&dir.path().join("none"), 10), Activity::default());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_real_listener_is_in_the_systems_tables() {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let own = std::fs::read_to_string("/proc/self/stat").unwrap();
        let group = own.rsplit_once(')').unwrap().1.split_whitespace().nth(2).unwrap().parse().unwrap();
        let found = activity(Path::new("/proc"), group);
        assert!(found.ports.contains(&listener.local_addr().unwrap().port()), "{found:?}");
    }
}
