//! The files that the output of this run goes to: `launch > launch.log`, `launch | tee launch.log`. They lie in the
//! project, change while it is packed, and are no part of it.
//!
//! Owns: finding them. Behind a pipe they are found on Linux, where `/proc` says who reads it and what that process
//! writes. Windows tells neither.

use std::fs::Metadata;

/// Files by device and number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outputs(Vec<(u64, u64)>);

#[cfg(unix)]
impl Outputs {
    pub(crate) fn of_this_process() -> Self {
        use std::os::fd::AsFd;
        use std::os::unix::fs::{FileTypeExt, MetadataExt};

        let mut outputs = Self::default();
        let mut pipes = Vec::new();
        let (stdout, stderr) = (std::io::stdout(), std::io::stderr());
        for stream in [stdout.as_fd(), stderr.as_fd()] {
            let meta = stream.try_clone_to_owned().and_then(|own| std::fs::File::from(own).metadata());
            match meta {
                Ok(meta) if meta.is_file() => outputs.0.push((meta.dev(), meta.ino())),
                Ok(meta) if meta.file_type().is_fifo() => pipes.push(meta.ino()),
                _ => {}
            }
        }
        #[cfg(target_os = "linux")]
        outputs.0.extend(behind_pipes(pipes));
        outputs
    }

    pub(crate) fn has(&self, meta: &Metadata) -> bool {
        use std::os::unix::fs::MetadataExt;
        self.0.contains(&(meta.dev(), meta.ino()))
    }
}

#[cfg(not(unix))]
impl Outputs {
    pub(crate) fn of_this_process() -> Self {
        Self::default()
    }

    pub(crate) fn has(&self, _meta: &Metadata) -> bool {
        false
    }
}

/// The files that the readers of these pipes only write to, and those of the readers behind them.
#[cfg(target_os = "linux")]
fn behind_pipes(pipes: Vec<u64>) -> Vec<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;

    let own = std::process::id().to_string();
    let mut known = pipes.clone();
    let mut open = pipes;
    let mut files = Vec::new();
    while !open.is_empty() {
        let mut next = Vec::new();
        let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        for process in processes.filter(|entry| entry.file_name().to_str().is_some_and(|name| name != own)) {
            let descriptors = descriptors(&process.path());
            let reads =
                |one: &Descriptor| one.access == Access::Read && one.pipe().is_some_and(|pipe| open.contains(&pipe));
            if !descriptors.iter().any(reads) {
                continue;
            }
            for descriptor in descriptors.iter().filter(|one| one.access == Access::Write) {
                match descriptor.pipe() {
                    Some(pipe) if !known.contains(&pipe) => next.push(pipe),
                    Some(_) => {}
                    None => {
                        let meta = std::fs::metadata(&descriptor.path).ok().filter(Metadata::is_file);
                        files.extend(meta.map(|meta| (meta.dev(), meta.ino())));
                    }
                }
            }
        }
        known.extend(&next);
        open = next;
    }
    files
}

#[cfg(target_os = "linux")]
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
    Both,
}

/// An open file of a process.
#[cfg(target_os = "linux")]
struct Descriptor {
    /// In `/proc`; stands for the file.
    path: std::path::PathBuf,
    /// What it is, such as `pipe:[4711]`.
    target: String,
    access: Access,
}

#[cfg(target_os = "linux")]
impl Descriptor {
    fn pipe(&self) -> Option<u64> {
        self.target.strip_prefix("pipe:[")?.strip_suffix(']')?.parse().ok()
    }
}

/// None of a process that belongs to somebody else.
#[cfg(target_os = "linux")]
fn descriptors(process: &std::path::Path) -> Vec<Descriptor> {
    let entries = std::fs::read_dir(process.join("fd")).into_iter().flatten().flatten();
    let read = |path: std::path::PathBuf| {
        let target = std::fs::read_link(&path).ok()?.to_str()?.to_owned();
        let info = std::fs::read_to_string(process.join("fdinfo").join(path.file_name()?)).ok()?;
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:"))?;
        // The last octal digit has the access mode.
        let access = match flags.trim().chars().last()?.to_digit(8)? & 3 {
            0 => Access::Read,
            1 => Access::Write,
            _ => Access::Both,
        };
        Some(Descriptor { path, target, access })
    };
    entries.filter_map(|entry| read(entry.path())).collect()
}
