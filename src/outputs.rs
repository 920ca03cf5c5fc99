//! The files that the output of this run goes to: `launch > launch.log`, `launch | tee launch.log`. They lie in the
//! project, change while it is packed, and are no part of it.
//!
//! Owns: finding them. In a pipeline they are found on Linux, where `/proc` says whose stdin the pipe is and what that
//! process writes. Windows tells neither.

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

/// The files that the next programs of a pipeline only write to, and the ones after them.
#[cfg(target_os = "linux")]
fn behind_pipes(pipes: Vec<u64>) -> Vec<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;

    let mut known = pipes.clone();
    let mut open = pipes;
    let mut files = Vec::new();
    while !open.is_empty() {
        let mut next = Vec::new();
        for process in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
            let folder = process.path().join("fd");
            // In a pipeline the next program has it as its stdin. A program that started this one and listens to it may
            // write to any file, for reasons of its own.
            if !pipe_at(&folder.join("0")).is_some_and(|pipe| open.contains(&pipe)) {
                continue;
            }
            for path in written(&folder) {
                match pipe_at(&path) {
                    Some(pipe) if !known.contains(&pipe) => next.push(pipe),
                    Some(_) => {}
                    None => {
                        let meta = std::fs::metadata(&path).ok().filter(Metadata::is_file);
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

/// The number of the pipe that a descriptor stands for: `pipe:[4711]`.
#[cfg(target_os = "linux")]
fn pipe_at(descriptor: &std::path::Path) -> Option<u64> {
    std::fs::read_link(descriptor).ok()?.to_str()?.strip_prefix("pipe:[")?.strip_suffix(']')?.parse().ok()
}

/// The descriptors in a process's folder `fd` that are open for writing only.
#[cfg(target_os = "linux")]
fn written(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let is_written = |path: &std::path::Path| {
        let info = std::fs::read_to_string(folder.with_file_name("fdinfo").join(path.file_name()?)).ok()?;
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:"))?;
        // The last octal digit has the access mode.
        Some(flags.trim().chars().last()?.to_digit(8)? & 3 == 1)
    };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.filter(|path| is_written(path) == Some(true)).collect()
}
