//! The modules of Python's standard library, by version. Source: `sys.stdlib_module_names` of CPython 3.10 to 3.14.
//!
//! Owns: which of them an agent can import on Linux. Does not own: names that begin with an underscore, which are the
//! interpreter's own affair.

/// The minor versions of Python 3 that the tables are about.
const KNOWN: std::ops::RangeInclusive<u8> = 10..=14;

/// In all of them.
const ALWAYS: &str = "\
     abc antigravity argparse array ast asyncio atexit base64 bdb binascii bisect builtins bz2 cProfile calendar cmath cmd \
     code codecs codeop collections colorsys compileall concurrent configparser contextlib contextvars copy copyreg csv \
     ctypes curses dataclasses datetime dbm decimal difflib dis doctest email encodings ensurepip enum errno faulthandler \
     fcntl filecmp fileinput fnmatch fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib grp \
     gzip hashlib heapq hmac html http idlelib imaplib importlib inspect io ipaddress itertools json keyword linecache \
     locale logging lzma mailbox marshal math mimetypes mmap modulefinder multiprocessing netrc ntpath nturl2path numbers \
     opcode operator optparse os pathlib pdb pickle pickletools pkgutil platform plistlib poplib posix posixpath pprint \
     profile pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re readline reprlib resource \
     rlcompleter runpy sched secrets select selectors shelve shlex shutil signal site smtplib socket socketserver sqlite3 \
     sre_compile sre_constants sre_parse ssl stat statistics string stringprep struct subprocess symtable sys sysconfig \
     syslog tabnanny tarfile tempfile termios textwrap this threading time timeit tkinter token tokenize trace traceback \
     tracemalloc tty turtle turtledemo types typing unicodedata unittest urllib uuid venv warnings wave weakref webbrowser \
     wsgiref xml xmlrpc zipapp zipfile zipimport zlib zoneinfo";

/// In some of them: the first minor version that has the module, and the first that has it no more.
const CHANGED: &[(&str, u8, Option<u8>)] = &[
    ("aifc", 10, Some(13)),
    ("annotationlib", 14, None),
    ("asynchat", 10, Some(12)),
    ("asyncore", 10, Some(12)),
    ("audioop", 10, Some(13)),
    ("binhex", 10, Some(11)),
    ("cgi", 10, Some(13)),
    ("cgitb", 10, Some(13)),
    ("chunk", 10, Some(13)),
    ("compression", 14, None),
    ("crypt", 10, Some(13)),
    ("distutils", 10, Some(12)),
    ("imghdr", 10, Some(13)),
    ("imp", 10, Some(12)),
    ("lib2to3", 10, Some(13)),
    ("mailcap", 10, Some(13)),
    ("nis", 10, Some(13)),
    ("nntplib", 10, Some(13)),
    ("ossaudiodev", 10, Some(13)),
    ("pipes", 10, Some(13)),
    ("smtpd", 10, Some(12)),
    ("sndhdr", 10, Some(13)),
    ("spwd", 10, Some(13)),
    ("sunau", 10, Some(13)),
    ("telnetlib", 10, Some(13)),
    ("tomllib", 11, None),
    ("uu", 10, Some(13)),
    ("xdrlib", 10, Some(13)),
];

/// In the standard library of Windows alone.
const WINDOWS: [&str; 5] = ["msilib", "msvcrt", "nt", "winreg", "winsound"];

/// What the standard library has under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StandardModule {
    Present,
    /// Another version than the one that was asked for has it, or may have it.
    Doubtful,
    /// It left with this minor version.
    Removed(u8),
    /// It comes with this minor version.
    Later(u8),
    WindowsOnly,
    Absent,
}

/// What the standard library of Python 3.`minor` has under the first part of a module's name; of no version in
/// particular for `None`.
pub(crate) fn standard_module(name: &str, minor: Option<u8>) -> StandardModule {
    if name.starts_with('_') || ALWAYS.split_ascii_whitespace().any(|own| own == name) {
        return StandardModule::Present;
    }
    if WINDOWS.contains(&name) {
        return StandardModule::WindowsOnly;
    }
    let changed = CHANGED.iter().find(|(own, ..)| *own == name);
    match (changed, minor) {
        (None, None) => StandardModule::Absent,
        (None, Some(minor)) if KNOWN.contains(&minor) => StandardModule::Absent,
        (None, Some(_)) | (Some(_), None) => StandardModule::Doubtful,
        (Some((_, since, _)), Some(minor)) if minor < *since => StandardModule::Later(*since),
        (Some((_, _, Some(gone))), Some(minor)) if minor >= *gone => StandardModule::Removed(*gone),
        (Some(_), Some(_)) => StandardModule::Present,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_come_and_go_with_versions() {
        use StandardModule::{Absent, Doubtful, Later, Present, Removed, WindowsOnly};
        for (name, minor, expected) in [
            ("json", Some(12), Present),
            ("_ssl", Some(12), Present),
            ("tomllib", Some(10), Later(11)),
            ("tomllib", Some(11), Present),
            ("imp", Some(11), Present),
            ("imp", Some(12), Removed(12)),
            ("cgi", Some(14), Removed(13)),
            ("cgi", None, Doubtful),
            ("winreg", Some(13), WindowsOnly),
            ("requests", Some(13), Absent),
            ("requests", None, Absent),
            ("profiling", Some(15), Doubtful),
        ] {
            assert_eq!(standard_module(name, minor), expected, "{name} {minor:?}");
        }
    }
}
