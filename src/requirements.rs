//! What every reader of pip's requirements needs: the lines of a file, and names as they are compared.
//!
//! Owns: joining lines and dropping comments as pip does. Does not own: what a line means.

/// Joins lines that end in a backslash and removes comments. Each comes with the number of its first line.
pub(crate) fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (index, raw) in text.lines().enumerate() {
        let (number, mut line) = open.take().unwrap_or((index + 1, String::new()));
        // A comment ends a continuation, as it does for pip.
        let comment = raw.trim_start().starts_with('#');
        if let (false, Some(head)) = (comment, raw.strip_suffix('\\')) {
            line.push_str(head);
            open = Some((number, line));
            continue;
        }
        line.push_str(if comment { "" } else { raw });
        lines.push((number, strip_comment(&line).trim().to_owned()));
    }
    lines.extend(open.map(|(number, line)| (number, strip_comment(&line).trim().to_owned())));
    lines
}

/// A comment starts with `#` at the beginning or after white space; `#egg=x` in a URL is none.
fn strip_comment(line: &str) -> &str {
    let mut before = ' ';
    for (index, c) in line.char_indices() {
        if c == '#' && before.is_whitespace() {
            return &line[..index];
        }
        before = c;
    }
    line
}

/// The normalized form of a distribution's name (PEP 503): lower case, runs of `-`, `_` and `.` become one `-`.
pub(crate) fn normalize_name(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.trim().chars() {
        if matches!(c, '-' | '_' | '.') {
            if !out.ends_with('-') {
                out.push('-');
            }
        } else {
            out.push(c.to_ascii_lowercase());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_begin_after_any_white_space() {
        for text in ["-r base.txt\t# base", "-r base.txt # base", "# note\n-r base.txt", "-r \\\nbase.txt\u{a0}#"] {
            let lines: Vec<String> = logical_lines(text).into_iter().map(|(_, line)| line).collect();
            assert_eq!(lines.iter().filter(|line| !line.is_empty()).collect::<Vec<_>>(), ["-r base.txt"], "{text:?}");
        }
        assert_eq!(
            logical_lines("a#egg=x\n\nb \\\n# no\nc"),
            [(1, "a#egg=x".to_owned()), (2, String::new()), (3, "b".to_owned()), (5, "c".to_owned())]
        );
    }

    #[test]
    fn names_are_compared_by_their_normal_form() {
        for name in ["Strands_Agents", " strands.agents ", "strands-._agents"] {
            assert_eq!(normalize_name(name), "strands-agents");
        }
    }
}
