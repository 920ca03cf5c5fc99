//! Documents and errors as text.
//!
//! Owns: layout (aligned fields, tables, indentation). Does not own: colours (`style`), or where the text goes.

use super::style::{Painter, printable, width, without_commands};
use crate::error::Error;
use crate::report::{Block, Document, FAILS, HOLDS, Role, UNKNOWN};

type Span = (Role, String);

/// Spaces between the columns of a table.
const GAP: usize = 2;

/// How a document is laid out.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Layout<'a> {
    pub(super) painter: Painter<'a>,
    /// Columns of the terminal; `None` elsewhere, where lines may be of any length and verbatim text stays as it is.
    pub(super) width: Option<usize>,
    /// The locale's character set may not have the marks of rows.
    pub(super) ascii: bool,
    /// Whether the terminal has hyperlinks.
    pub(super) hyperlinks: bool,
}

impl Layout<'_> {
    /// The text with its mark as this locale can show it. Each takes one column.
    fn marked(self, text: &str) -> String {
        let marks = [(HOLDS, "+"), (FAILS, "x"), (UNKNOWN, "-")];
        let found =
            marks.iter().filter(|_| self.ascii).find_map(|(mark, plain)| Some((plain, text.strip_prefix(mark)?)));
        found.map_or_else(|| text.to_owned(), |(plain, rest)| format!("{plain}{rest}"))
    }
}

/// The document with a final newline, or nothing when it is empty.
pub(super) fn document(document: &Document, layout: Layout<'_>) -> String {
    let links = if layout.hyperlinks { document.links.as_slice() } else { &[] };
    let layout = Layout { painter: Painter { links, ..layout.painter }, ..layout };
    let mut out = String::new();
    for block in &document.blocks {
        match block {
            Block::Line(spans) => {
                out.push_str(&without_commands(&paint(spans, layout.painter, true)));
                out.push('\n');
            }
            Block::Fields(fields) => {
                let mut text = String::new();
                push_fields(&mut text, fields, layout.painter);
                out.push_str(&without_commands(&text));
            }
            Block::Table { head, rows } => {
                let mut text = String::new();
                push_table(&mut text, head, rows, layout);
                out.push_str(&without_commands(&text));
            }
            Block::Item { lead, text } => {
                let mut item = String::new();
                push_item(&mut item, lead, text, layout);
                out.push_str(&without_commands(&item));
            }
            Block::Verbatim(text) => {
                match layout.width {
                    Some(_) => out.push_str(&printable(text, true)),
                    None => out.push_str(text),
                }
                if !text.is_empty() && !text.ends_with('\n') {
                    out.push('\n');
                }
            }
        }
    }
    out
}

fn paint(spans: &[Span], painter: Painter<'_>, lines: bool) -> String {
    spans.iter().map(|(role, text)| painter.paint(*role, &printable(text, lines))).collect()
}

/// Narrower than this, a folded text is harder to read than one that the terminal folds.
const LEAST: usize = 24;

/// The lead, and the text beside it in lines of what is left of the terminal's width.
fn push_item(out: &mut String, lead: &[Span], (role, text): &Span, layout: Layout<'_>) {
    let lead: Vec<Span> = lead.iter().map(|(role, text)| (*role, layout.marked(text))).collect();
    let shown: String = lead.iter().map(|(_, text)| printable(text, false)).collect();
    let column = width(&shown);
    let text = printable(text, true);
    let lines: Vec<_> = match layout.width.map(|all| all.saturating_sub(column)).filter(|left| *left >= LEAST) {
        Some(left) => {
            let options = textwrap::Options::new(left).break_words(false);
            textwrap::wrap(&text, options.word_splitter(textwrap::WordSplitter::NoHyphenation))
        }
        None => text.lines().map(std::borrow::Cow::Borrowed).collect(),
    };
    out.push_str(&paint(&lead, layout.painter, false));
    for (index, line) in lines.iter().enumerate() {
        if index > 0 {
            out.push('\n');
            out.push_str(&" ".repeat(column));
        }
        out.push_str(&layout.painter.paint(*role, line));
    }
    out.push('\n');
}

/// `key: value` with the values in one column; further lines of a value are indented to it.
fn push_fields(out: &mut String, fields: &[(String, Vec<Span>)], painter: Painter<'_>) {
    let keys: Vec<String> = fields.iter().map(|(key, _)| format!("{}:", printable(key, false))).collect();
    let column = keys.iter().map(|key| width(key)).max().unwrap_or(0) + 1;
    for (key, (_, value)) in keys.iter().zip(fields) {
        let value = paint(value, painter, true).replace('\n', &format!("\n{}", " ".repeat(column)));
        out.push_str(&painter.paint(Role::Key, key));
        if !value.is_empty() {
            out.push_str(&" ".repeat(column - width(key)));
            out.push_str(&value);
        }
        out.push('\n');
    }
}

/// Columns aligned by display width, two spaces apart. Where a table is too wide for the terminal, the columns that fit
/// stay one and the rest of each row follows below it as fields, because wrapped rows cannot be read.
fn push_table(out: &mut String, head: &[&'static str], rows: &[Vec<Span>], layout: Layout<'_>) {
    let columns = rows.iter().map(Vec::len).chain([head.len()]).max().unwrap_or(0);
    let cells: Vec<Vec<Span>> = rows
        .iter()
        .map(|row| {
            row.iter().map(|(role, text)| (*role, printable(&layout.marked(text), false).into_owned())).collect()
        })
        .collect();
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            let title = head.get(column).map_or(0, |title| width(title));
            cells.iter().filter_map(|row| row.get(column)).map(|(_, text)| width(text)).fold(title, usize::max)
        })
        .collect();
    let mut total = 0;
    let fitting = widths.iter().take_while(|width| {
        total += **width + GAP;
        layout.width.is_none_or(|available| total - GAP <= available)
    });
    let fitting = fitting.count().max(1);
    let titles: Vec<Span> = head.iter().map(|title| (Role::Heading, (*title).to_owned())).collect();
    push_row(out, &titles[..titles.len().min(fitting)], &widths, layout.painter);
    for mut row in cells {
        let rest = row.split_off(row.len().min(fitting));
        push_row(out, &row, &widths, layout.painter);
        let titles =
            head.iter().skip(fitting).map(|title| title.to_lowercase()).chain(std::iter::repeat(String::new()));
        push_rest(out, titles.zip(rest).filter(|(_, (_, text))| !text.is_empty()).collect(), layout.painter);
    }
}

/// A line of a table; nothing for a row without any text.
fn push_row(out: &mut String, row: &[Span], widths: &[usize], painter: Painter<'_>) {
    let Some(last) = row.iter().rposition(|(_, text)| !text.is_empty()) else { return };
    for (column, (role, text)) in row.iter().enumerate().take(last + 1) {
        out.push_str(&painter.paint(*role, text));
        if column != last {
            out.push_str(&" ".repeat(widths[column] - width(text) + GAP));
        }
    }
    out.push('\n');
}

/// What does not fit into a row, indented below it; a column without a title has no key.
fn push_rest(out: &mut String, rest: Vec<(String, Span)>, painter: Painter<'_>) {
    const INDENT: &str = "    ";
    let (named, bare): (Vec<_>, Vec<_>) = rest.into_iter().partition(|(title, _)| !title.is_empty());
    let fields: Vec<(String, Vec<Span>)> = named.into_iter().map(|(title, cell)| (title, vec![cell])).collect();
    let mut text = String::new();
    push_fields(&mut text, &fields, painter);
    for (_, (role, cell)) in bare {
        text.push_str(&painter.paint(role, &cell));
        text.push('\n');
    }
    for line in text.lines() {
        out.push_str(INDENT);
        out.push_str(line);
        out.push('\n');
    }
}

/// `error: …`, the causes indented below it, then the request id and the hints.
pub(super) fn error(error: &Error, painter: Painter<'_>) -> String {
    let mut out = labelled(Role::Bad, "error", error.message(), painter);
    for cause in error.causes() {
        for line in printable(cause, true).lines() {
            out.push_str("  ");
            out.push_str(line);
            out.push('\n');
        }
    }
    if let Some(id) = error.request_id_str() {
        out.push_str(&labelled(Role::Dim, "request id", id, painter));
    }
    for hint in error.hints() {
        out.push_str(&labelled(Role::Code, "hint", hint, painter));
    }
    // Hints know more than the table: they are about this very case.
    if error.hints().is_empty() && error.own_code().is_some_and(|code| code != error.kind().code()) {
        let hint = format!("`agentcore explain {}` says what to do", error.code_str());
        out.push_str(&labelled(Role::Code, "hint", &hint, painter));
    }
    out
}

/// `label: text` with a newline; further lines are indented by two.
pub(super) fn labelled(role: Role, label: &str, text: &str, painter: Painter<'_>) -> String {
    let text = printable(text, true);
    format!("{} {}\n", painter.paint(role, &format!("{label}:")), text.trim_end().replace('\n', "\n  "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    fn plain(value: &Document) -> String {
        document(value, Layout::default())
    }

    fn cell(text: &str) -> Span {
        (Role::Plain, text.to_owned())
    }

    #[test]
    fn an_error_without_a_hint_names_its_explanation() {
        let told = |error: &Error| super::error(error, Painter::default()).contains("agentcore explain config.type");
        let error = Error::usage("x").code(Code::ConfigType);
        assert!(told(&error));
        assert!(!told(&error.hint("do y")));
        let own = super::error(&Error::usage("x"), Painter::default());
        let aws = super::error(&Error::failed("x").aws_code("ValidationException"), Painter::default());
        assert_eq!((own.as_str(), aws.as_str()), ("error: x\n", "error: x\n"));
    }

    #[test]
    fn text_of_an_item_hangs_beside_its_lead() {
        let doc =
            Document::new().item(vec![(Role::Good, "ok  ".to_owned())], Role::Plain, "one two three four five six");
        assert_eq!(plain(&doc), "ok  one two three four five six\n", "a pipe has no width");
        let narrow = |columns| document(&doc, Layout { width: Some(columns), ..Layout::default() });
        assert_eq!(narrow(28), "ok  one two three four five\n    six\n");
        assert_eq!(narrow(20), "ok  one two three four five six\n", "too narrow to fold");
    }

    #[test]
    fn marks_are_ascii_where_the_locale_is() {
        let doc = Document::new()
            .item(vec![(Role::Good, "✓ client  ".to_owned())], Role::Plain, "a ✗ of somebody else's")
            .table(vec![""], vec![vec![cell("✗ failed")], vec![cell("– skipped")]]);
        assert_eq!(plain(&doc), "✓ client  a ✗ of somebody else's\n✗ failed\n– skipped\n");
        let ascii = document(&doc, Layout { ascii: true, ..Layout::default() });
        assert_eq!(ascii, "+ client  a ✗ of somebody else's\nx failed\n- skipped\n");
    }

    #[test]
    fn fields_share_a_column() {
        let doc = Document::new()
            .styled(Role::Heading, "Agent")
            .field("name", "a")
            .field("상태", "READY")
            .field("reason", "one\ntwo")
            .field("empty", "")
            .blank()
            .field("x", "y");
        assert_eq!(plain(&doc), "Agent\nname:   a\n상태:   READY\nreason: one\n        two\nempty:\n\nx: y\n");
    }

    #[test]
    fn tables_are_aligned_by_display_width() {
        let doc = Document::new().table(
            vec!["NAME", "STATE"],
            vec![vec![cell("날씨"), cell("READY")], vec![cell("b"), cell("")], vec![cell("a\nb"), cell("x")]],
        );
        assert_eq!(plain(&doc), "NAME  STATE\n날씨  READY\nb\na\\nb  x\n");
    }

    #[test]
    fn columns_that_do_not_fit_stand_below() {
        let rows = vec![vec![cell("a"), cell("0123456789"), cell("")], vec![cell("b"), cell("9"), cell("not there")]];
        let doc = Document::new().table(vec!["NAME", "ARN"], rows);
        let narrow = |columns| document(&doc, Layout { width: Some(columns), ..Layout::default() });
        let beside = "NAME  ARN\na     0123456789\nb     9\n    not there\n";
        assert_eq!(narrow(15), "NAME\na\n    arn: 0123456789\nb\n    arn: 9\n    not there\n");
        assert_eq!((narrow(16).as_str(), narrow(26).as_str()), (beside, beside));
        assert_eq!(narrow(27), "NAME  ARN\na     0123456789\nb     9           not there\n");
        assert_eq!(narrow(1), narrow(15));
    }

    #[test]
    fn an_empty_table_keeps_its_head() {
        assert_eq!(plain(&Document::new().table(vec!["NAME", "ARN"], vec![])), "NAME  ARN\n");
        assert_eq!(plain(&Document::new()), "");
    }

    #[test]
    fn verbatim_text_is_escaped_on_terminals_only() {
        let doc = Document::new().verbatim("a\x1b[31m\nb");
        assert_eq!(plain(&doc), "a\x1b[31m\nb\n");
        assert_eq!(document(&doc, Layout { width: Some(80), ..Layout::default() }), "a\\x1b[31m\nb\n");
    }

    #[test]
    fn colour_changes_nothing_but_colour() {
        let doc = Document::new()
            .spans(vec![(Role::Good, "READY".into()), cell(" now")])
            .field_styled("key", Role::Code, "v")
            .table(vec!["A", "B"], vec![vec![(Role::Bad, "x".into()), cell("y")]]);
        let colored =
            document(&doc, Layout { painter: Painter { color: true, ..Painter::default() }, ..Layout::default() });
        assert_ne!(colored, plain(&doc));
        assert_eq!(dialoguer::console::strip_ansi_codes(&colored), plain(&doc));
    }

    #[test]
    fn links_leave_the_columns_as_they_are() {
        let rows = vec![vec![cell("a"), cell("x")], vec![cell("logs"), cell("y")]];
        let doc =
            Document::new().table(vec!["NAME", "B"], rows).fact("Logs", "logs").link("logs", "https://a.example/");
        let link = "\x1b]8;;https://a.example/\x1b\\logs\x1b]8;;\x1b\\";
        let linked = document(&doc, Layout { hyperlinks: true, ..Layout::default() });
        assert_eq!(linked, format!("NAME  B\na     x\n{link}  y\n Logs: {link}\n"));
        assert_eq!(plain(&doc), linked.replace(link, "logs"));
    }

    #[test]
    fn an_error_with_everything() {
        let value = Error::failed("could not create `x`")
            .cause("AccessDenied: no\nreally")
            .cause("evil \x1b[2J")
            .request_id(Some("abc".into()))
            .hint("run `agentcore status`")
            .hint("or wait");
        assert_eq!(
            error(&value, Painter::default()),
            "error: could not create `x`\n  AccessDenied: no\n  really\n  evil \\x1b[2J\nrequest id: abc\n\
             hint: run `agentcore status`\nhint: or wait\n"
        );
    }
}
