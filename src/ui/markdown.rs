//! Documents as GitHub's Markdown, for the summary of a pipeline's run.
//!
//! Owns: which block becomes what, and escaping: a name or a remote message is text there, never markup. Does not own: where it
//! goes (`ci`).

use super::style::printable;
use crate::report::{Block, Document, Role};

type Span = (Role, String);

/// The document, each block with an empty line behind it.
pub(super) fn document(document: &Document) -> String {
    let mut out = String::new();
    for block in &document.blocks {
        let text = match block {
            Block::Line(spans) => line(spans),
            Block::Fields(fields) => {
                let rows = fields.iter().map(|(key, value)| row([cell(&[(Role::Plain, key.clone())]), cell(value)]));
                format!("| | |\n|---|---|\n{}", rows.collect::<String>())
            }
            Block::Table { head, rows } => table(head, rows),
            Block::Item { lead, text } => line(&[lead.as_slice(), std::slice::from_ref(text)].concat()),
            Block::Verbatim(text) => fenced(text),
        };
        if !text.is_empty() {
            out.push_str(text.trim_end());
            out.push_str("\n\n");
        }
    }
    out
}

fn line(spans: &[Span]) -> String {
    match spans {
        [(Role::Heading, text)] => format!("### {}", escaped(&printable(text, false))),
        spans => spans.iter().map(span).collect::<String>().replace('\n', "<br>"),
    }
}

fn table(head: &[&'static str], rows: &[Vec<Span>]) -> String {
    let columns = rows.iter().map(Vec::len).chain([head.len()]).max().unwrap_or(0);
    let titles = (0..columns).map(|at| escaped(head.get(at).unwrap_or(&"")));
    let mut out = row(titles);
    out.push_str(&format!("|{}\n", "---|".repeat(columns)));
    for cells in rows {
        let filled =
            (0..columns).map(|at| cells.get(at).map_or_else(String::new, |one| cell(std::slice::from_ref(one))));
        out.push_str(&row(filled));
    }
    out
}

fn row(cells: impl IntoIterator<Item = String>) -> String {
    let cells: Vec<String> = cells.into_iter().collect();
    format!("| {} |\n", cells.join(" | "))
}

fn cell(spans: &[Span]) -> String {
    spans.iter().map(span).collect::<String>().replace('\n', "<br>")
}

fn span((role, text): &Span) -> String {
    let text = printable(text, true);
    match role {
        Role::Code if !text.trim().is_empty() && !text.contains(['`', '\n', '|']) => format!("`{}`", text.trim()),
        Role::Bad | Role::Attention if !text.trim().is_empty() => format!("**{}**", escaped(text.trim())),
        _ => escaped(&text),
    }
}

/// Text that Markdown and HTML leave as it is.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        // Within a word they mean nothing, and in a URL a backslash would belong to the address.
        let is_within = (c == '_' && is_word(before) && is_word(chars.peek().copied()))
            || (c == '#' && before.is_some_and(|c| !c.is_whitespace()));
        before = Some(c);
        match c {
            '_' | '#' if is_within => out.push(c),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // It would call people by their names.
            '@' => out.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// Text in a fence that it does not contain.
fn fenced(text: &str) -> String {
    let text = printable(text, true);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}\n{}\n{fence}", text.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_never_becomes_markup() {
        let evil = "<img src=x> [a](b) `c` *d* | e\n@someone ![x](y)";
        let doc = Document::new()
            .styled(Role::Heading, evil)
            .line(evil)
            .field("k|", evil)
            .table(vec!["a", "b"], vec![vec![(Role::Code, evil.to_owned()), (Role::Bad, "x".to_owned())]])
            .verbatim("```\n</details>");
        let text = document(&doc);
        let outside = text.split("\n````\n").next().unwrap();
        let bare = outside.replace("<br>", "").replace("\\]", "");
        for mark in ["<", "@", "](b", " `c", " *d"] {
            assert!(!bare.contains(mark), "{mark} in {text}");
        }
        assert!(outside.starts_with("### &lt;img src=x&gt; \\[a\\](b) \\`c\\`"), "{text}");
        assert!(text.ends_with("````\n```\n</details>\n````\n\n"), "{text}");
        for row in outside.lines().filter(|line| line.starts_with('|')) {
            let bars = row.replace("\\|", "").matches('|').count();
            assert_eq!(bars, 3, "{row}");
        }
    }

    #[test]
    fn addresses_stay_whole() {
        let text = document(&Document::new().line("# _a_ https://x/us-west-2_rrTW/#k __init__"));
        assert_eq!(text.trim_end(), r"\# \_a\_ https://x/us-west-2_rrTW/#k \_\_init\_\_");
    }

    #[test]
    fn blocks_have_their_form() {
        let doc = Document::new()
            .styled(Role::Heading, "Plan")
            .styled(Role::Code, "  agentcore launch")
            .blank()
            .table(vec!["", "resource"], vec![vec![(Role::Good, "+".to_owned()), (Role::Plain, "role".to_owned())]]);
        assert_eq!(document(&doc), "### Plan\n\n`agentcore launch`\n\n|  | resource |\n|---|---|\n| + | role |\n\n");
    }
}
