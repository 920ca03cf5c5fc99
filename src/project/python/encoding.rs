//! The text of a Python file, from its bytes.
//!
//! Owns: what Python refuses before it reads the first line. Files in other encodings than UTF-8 are not read here.

use super::syntax::TextPlace;

/// The text; `None` for another encoding.
///
/// # Errors
/// Where Python gives up, and why.
pub(super) fn decode(bytes: Vec<u8>) -> Result<Option<String>, (TextPlace, String)> {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    let declared = declared(&bytes);
    let is_utf8 =
        declared.as_deref().is_none_or(|name| ["utf-8", "utf8"].contains(&name) || name.starts_with("utf-8-"));
    if let (Some(name), false, true) = (&declared, is_utf8, bytes.starts_with(MARK)) {
        return Err((
            START,
            format!("it begins with the byte order mark of UTF-8, and says that its encoding is `{name}`"),
        ));
    }
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) if !is_utf8 => return Ok(None),
        Err(error) => {
            let (at, bytes) = (error.utf8_error().valid_up_to(), error.as_bytes());
            return Err((place(&bytes[..at]), "it is not UTF-8, and names no other encoding".to_owned()));
        }
    };
    match text.find('\0') {
        Some(at) => Err((place(&text.as_bytes()[..at]), "source code cannot contain null bytes".to_owned())),
        None => Ok(Some(text)),
    }
}

const START: TextPlace = TextPlace { line: 1, column: 1 };

/// The place behind these bytes, which are UTF-8.
fn place(before: &[u8]) -> TextPlace {
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    TextPlace { line, column: String::from_utf8_lossy(&before[start..]).chars().count() + 1 }
}

/// The encoding that a comment of the first two lines names, as PEP 263 has it.
fn declared(bytes: &[u8]) -> Option<String> {
    let lines = bytes.split(|byte| *byte == b'\n').take(2).map(|line| String::from_utf8_lossy(line).into_owned());
    for line in lines {
        let line = line.trim_start_matches('\u{feff}').trim();
        if let Some(comment) = line.strip_prefix('#') {
            let named = comment.match_indices("coding").find_map(|(at, word)| {
                let name = comment[at + word.len()..].strip_prefix([':', '='])?.trim_start();
                let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(name.len());
                Some(name[..end].to_ascii_lowercase().replace('_', "-")).filter(|name| !name.is_empty())
            });
            if named.is_some() {
                return named;
            }
        } else if !line.is_empty() {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_python_refuses_is_an_error() {
        let read = |bytes: &[u8]| decode(bytes.to_vec());
        for (bytes, line, column) in [
            (&b"# ok\nx = 'caf\xe9'\n"[..], 2, 9),
            (b"\xff\xfei\0m\0", 1, 1),
            (b"x = 1\ny = '\0'\n", 2, 6),
            (b"\xef\xbb\xbf# coding: latin-1\n", 1, 1),
            (b"import os\n# coding: latin-1\nx = '\xe9'\n", 3, 6),
        ] {
            let (at, _) = read(bytes).unwrap_err();
            assert_eq!((at.line, at.column), (line, column), "{bytes:?}");
        }
        for bytes in
            [&b"# -*- coding: latin-1 -*-\nx = '\xe9'\n"[..], b"#!/x\n# vim: set fileencoding=cp1252 :\n\xe9\n"]
        {
            assert_eq!(read(bytes), Ok(None), "{bytes:?}");
        }
        for bytes in [&b""[..], "x = 'é'".as_bytes(), b"\xef\xbb\xbf# coding: utf-8\n", b"# coding=UTF_8\n"] {
            assert!(read(bytes).unwrap().is_some(), "{bytes:?}");
        }
    }
}
