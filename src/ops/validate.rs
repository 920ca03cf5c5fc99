//! `configure validate`: the findings of the configuration file for people, as data, and as SARIF 2.1.0.
//!
//! Owns: how they are shown. Does not own: what is found (`config`).

use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::config::{self, ConfigFinding};
use crate::error::{Code, ErrorPlace, Kind, Result};
use crate::fsx;
use crate::report::{Document, Report, ReportFault, Role, schemas};

/// What a path in a URI keeps: RFC 3986's unreserved characters, and the slash.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

/// SARIF wants a rule for every result, and a warning has no code.
const WARNING: &str = "config.warning";

/// What is wrong with a file.
#[derive(Debug)]
pub(crate) struct ValidationReport {
    /// From where the command runs, where it is below it.
    path: String,
    findings: Vec<ConfigFinding>,
    as_sarif: bool,
}

/// # Errors
/// As [`config::validate`]; a file with faults is a report, which ends with exit status 2.
pub(crate) fn validate(path: &Path, cwd: &Path, as_sarif: bool) -> Result<ValidationReport> {
    let findings = config::validate(path)?;
    let path = fsx::relative(path, cwd).unwrap_or_else(|| path.display().to_string());
    Ok(ValidationReport { path, findings, as_sarif })
}

impl ValidationReport {
    fn errors(&self) -> usize {
        self.findings.iter().filter(|finding| finding.is_error()).count()
    }

    fn warnings(&self) -> usize {
        self.findings.len() - self.errors()
    }

    fn sarif(&self) -> Value {
        let mut rules: Vec<Value> = Vec::new();
        let results: Vec<Value> = self
            .findings
            .iter()
            .map(|finding| {
                let rule = rule(finding);
                let index = rules.iter().position(|known| known["id"] == rule["id"]).unwrap_or_else(|| {
                    rules.push(rule.clone());
                    rules.len() - 1
                });
                json!({
                    "ruleId": rule["id"],
                    "ruleIndex": index,
                    "level": level(finding),
                    "message": { "text": finding.text },
                    "locations": [{ "physicalLocation": {
                        "artifactLocation": { "uri": utf8_percent_encode(&self.path, PATH).to_string() },
                        "region": {
                            "startLine": finding.line,
                            "startColumn": finding.column,
                            "endColumn": finding.end_column,
                        },
                    } }],
                })
            })
            .collect();
        json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": {
                    "name": "agentcore",
                    "version": env!("CARGO_PKG_VERSION"),
                    "rules": rules,
                } },
                "columnKind": "unicodeCodePoints",
                "results": results,
            }],
        })
    }
}

fn rule(finding: &ConfigFinding) -> Value {
    let (id, meaning, remedy) = match finding.code {
        Some(code) => (code.text(), code.meaning(), code.remedy()),
        None => (WARNING, "Something in the configuration is odd, and is taken all the same.", "Read the message."),
    };
    json!({ "id": id, "shortDescription": { "text": meaning }, "help": { "text": remedy } })
}

const fn level(finding: &ConfigFinding) -> &'static str {
    if finding.is_error() { "error" } else { "warning" }
}

/// As much of a long line as is shown, in characters: what is meant has to stand above its carets.
const MOST_SHOWN: usize = 100;

/// The line, and below it what is meant. Signs of East Asian scripts are two columns wide.
fn excerpt(finding: &ConfigFinding) -> Option<String> {
    let signs: Vec<char> = finding.source.as_deref()?.chars().collect();
    let (start, end) = ((finding.column - 1).min(signs.len()), (finding.end_column - 1).min(signs.len()));
    let first = if end <= MOST_SHOWN { 0 } else { start.saturating_sub(MOST_SHOWN / 2) };
    let last = signs.len().min(first + MOST_SHOWN);
    let cut = |is_cut: bool| if is_cut { "…" } else { "" };
    let before: String = cut(first > 0).chars().chain(signs[first..start].iter().copied()).collect();
    let meant: String = signs[start..end.clamp(start, last)].iter().collect();
    let after: String = signs[(start + meant.chars().count())..last].iter().collect();
    let source = format!("{before}{meant}{after}{}", cut(last < signs.len()));
    let indent: String = before.chars().map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    let wide = textwrap::core::display_width(&before).saturating_sub(before.chars().filter(|c| *c != '\t').count());
    let indent = format!("{indent}{}", " ".repeat(wide));
    let carets = "^".repeat(textwrap::core::display_width(&meant).max(1));
    Some(format!("    {source}\n    {indent}{carets}\n"))
}

fn count(number: usize, what: &str) -> String {
    match number {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        number => format!("{number} {what}s"),
    }
}

impl Report for ValidationReport {
    fn schema(&self) -> &'static str {
        schemas::CONFIGURE_VALIDATE
    }

    fn data(&self) -> Value {
        let findings = self.findings.iter().map(|finding| {
            json!({
                "severity": level(finding),
                "code": finding.code.map(Code::text),
                "message": finding.text,
                "line": finding.line,
                "column": finding.column,
                "endColumn": finding.end_column,
                "source": finding.source,
            })
        });
        json!({
            "config": self.path,
            "valid": self.errors() == 0,
            "errors": self.errors(),
            "warnings": self.warnings(),
            "findings": findings.collect::<Vec<_>>(),
        })
    }

    fn document(&self) -> Document {
        if self.as_sarif {
            return Document::new().verbatim(format!("{:#}\n", self.sarif()));
        }
        let mut document = Document::new();
        for finding in &self.findings {
            let role = if finding.is_error() { Role::Bad } else { Role::Attention };
            let code = finding.code.map_or_else(String::new, |code| format!(" [{}]", code.text()));
            document = document.spans(vec![
                (Role::Plain, format!("{}:{}:{}: ", self.path, finding.line, finding.column)),
                (role, level(finding).to_owned()),
                (Role::Plain, format!(": {}{code}", finding.text)),
            ]);
            if let Some(excerpt) = excerpt(finding) {
                document = document.verbatim(excerpt);
            }
        }
        let summary =
            format!("{}: {}, {}", self.path, count(self.errors(), "error"), count(self.warnings(), "warning"));
        document.styled(if self.errors() == 0 { Role::Good } else { Role::Bad }, summary)
    }

    fn faults(&self) -> Vec<ReportFault> {
        let fault = |finding: &ConfigFinding| ReportFault {
            is_error: finding.is_error(),
            title: finding.code.map_or(WARNING, Code::text),
            place: ErrorPlace {
                path: self.path.clone().into(),
                line: finding.line,
                column: finding.column,
                text: finding.text.clone(),
            },
        };
        self.findings.iter().map(fault).collect()
    }

    fn exit_code(&self) -> u8 {
        if self.errors() == 0 { 0 } else { Kind::Usage.exit_code() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets_stand_below_wide_signs() {
        let finding = ConfigFinding {
            code: None,
            text: String::new(),
            line: 1,
            column: 5,
            end_column: 7,
            source: Some("날씨: 서울".to_owned()),
        };
        assert_eq!(excerpt(&finding).unwrap(), "    날씨: 서울\n          ^^^^\n");
        // A long line is cut around what is meant.
        let (before, after) = ("x".repeat(3000), "y".repeat(3000));
        let source = Some(format!("{before}language: ruby{after}"));
        let long = ConfigFinding { column: 3011, end_column: 3015, source, ..finding };
        let shown = excerpt(&long).unwrap();
        let (line, carets) = shown.trim_end().split_once('\n').unwrap();
        assert_eq!(line, format!("    …{}language: ruby{}…", "x".repeat(40), "y".repeat(46)));
        assert_eq!(carets, format!("    {}^^^^", " ".repeat(51)));
    }
}
