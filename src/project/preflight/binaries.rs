//! Compiled files of the source that are for another machine.
//!
//! Owns: what the first bytes of a library say. Only warnings come of it: nobody knows whether the file is used.

use std::io::Read;
use std::path::Path;

use super::super::python::reach::PackedFiles;
use super::{CheckCode, CheckFinding};

/// How many libraries are looked into.
const MOST: usize = 2_000;

/// One finding for all of them, which names the first.
pub(super) fn finding(files: &PackedFiles, architecture: &str) -> Option<CheckFinding> {
    let libraries = files.paths().filter(|(path, _)| is_library(path)).take(MOST);
    let strange: Vec<(&str, &str)> = libraries
        .filter_map(|(path, file)| Some((path, machine_of(file).filter(|own| *own != architecture)?)))
        .collect();
    let (path, machine) = strange.first()?;
    let others = match strange.len() - 1 {
        0 => String::new(),
        1 => " (as is 1 other file)".to_owned(),
        others => format!(" (as are {others} other files)"),
    };
    Some(CheckFinding {
        is_error: false,
        code: CheckCode::Platform,
        file: Some((*path).to_owned()),
        at: None,
        text: format!("is compiled for {machine}{others}, and the agent runs on Linux, {architecture}"),
        fix: "list its package in the requirements, and leave the file out (`.dockerignore`)".to_owned(),
    })
}

fn is_library(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    ["so", "pyd", "dylib", "dll", "node"].iter().any(|ending| name.ends_with(&format!(".{ending}")))
        || name.contains(".so.")
}

/// The machine of a library, in the names of image indexes where it is Linux's; `None` for what is none, and for
/// machines that are not told apart here.
fn machine_of(file: &Path) -> Option<&'static str> {
    let mut head = [0; 20];
    std::fs::File::open(file).ok()?.read_exact(&mut head).ok()?;
    match head {
        [0x7f, b'E', b'L', b'F', .., low, high] => match u16::from_le_bytes([low, high]) {
            0x3e => Some("amd64"),
            0xb7 => Some("arm64"),
            _ => None,
        },
        [b'M', b'Z', ..] => Some("Windows"),
        [0xcf, 0xfa, 0xed, 0xfe, ..] | [0xca, 0xfe, 0xba, 0xbe, ..] => Some("macOS"),
        _ => None,
    }
}
