//! Results as JUnit XML, for pipelines. Elements and attributes are those of the schema that Jenkins publishes, in its order.
//!
//! Owns: the form. Does not own: what is tested, or the file.

use std::fmt::Write;

/// One test.
pub(crate) struct TestCase<'a> {
    pub(crate) name: &'a str,
    pub(crate) seconds: f64,
    pub(crate) result: TestOutcome<'a>,
}

pub(crate) enum TestOutcome<'a> {
    Passed,
    Failed(&'a str),
    Skipped(&'a str),
}

/// A document with one suite.
pub(crate) fn document(suite: &str, cases: &[TestCase<'_>]) -> String {
    let count = |wanted: fn(&TestOutcome<'_>) -> bool| cases.iter().filter(|case| wanted(&case.result)).count();
    let failed = count(|outcome| matches!(outcome, TestOutcome::Failed(_)));
    let skipped = count(|outcome| matches!(outcome, TestOutcome::Skipped(_)));
    let seconds: f64 = cases.iter().map(|case| case.seconds).sum();
    let suite = escaped(suite);
    let counts = format!("tests=\"{}\" failures=\"{failed}\" errors=\"0\" skipped=\"{skipped}\"", cases.len());
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {counts} time=\"{seconds:.3}\">\n  \
         <testsuite name=\"{suite}\" {counts} time=\"{seconds:.3}\">\n"
    );
    for case in cases {
        let name = escaped(case.name);
        let head = format!("    <testcase classname=\"{suite}\" name=\"{name}\" time=\"{:.3}\"", case.seconds);
        // Writing to a string cannot fail.
        let _ = match case.result {
            TestOutcome::Passed => writeln!(out, "{head}/>"),
            TestOutcome::Failed(text) => {
                // Some readers show the attribute, others the content.
                let message = escaped(text.lines().next().unwrap_or_default());
                writeln!(
                    out,
                    "{head}>\n      <failure message=\"{message}\">{}</failure>\n    </testcase>",
                    content(text)
                )
            }
            TestOutcome::Skipped(text) => {
                writeln!(out, "{head}>\n      <skipped message=\"{}\"/>\n    </testcase>", escaped(text))
            }
        };
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

/// Text between two tags: as [`escaped`], with its line breaks.
fn content(text: &str) -> String {
    text.lines().map(escaped).collect::<Vec<_>>().join("\n")
}

/// Text for an attribute. Characters that XML cannot hold are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\r' | '\t' => out.push(' '),
            char if char.is_control() || matches!(char, '\u{fffe}' | '\u{ffff}') => {}
            char => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_text_are_those_of_the_cases() {
        let cases = [
            TestCase { name: "a", seconds: 0.25, result: TestOutcome::Passed },
            TestCase { name: "b", seconds: 0.5, result: TestOutcome::Failed("expected <401> & found \"200\"\n\u{1}") },
            TestCase { name: "c", seconds: 0.0, result: TestOutcome::Skipped("no such rule") },
        ];
        let text = document("x & y", &cases);
        let counts = "tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\" time=\"0.750\"";
        assert_eq!(text.matches(counts).count(), 2, "{text}");
        let shown = "expected &lt;401&gt; &amp; found &quot;200&quot;";
        assert!(text.contains(&format!("<failure message=\"{shown}\">{shown}\n</failure>")), "{text}");
        let tokens: Vec<_> = xmlparser::Tokenizer::from(text.as_str()).collect::<Result<_, _>>().unwrap();
        let tests = tokens.iter().filter(
            |token| matches!(token, xmlparser::Token::ElementStart { local, .. } if local.as_str() == "testcase"),
        );
        assert_eq!(tests.count(), 3);
    }
}
