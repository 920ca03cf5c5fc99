//! `agentcore explain`: what the code of an error means, with which exit status it comes, and what to do.

use serde_json::{Value, json};

use super::args::ExplainArgs;
use super::{CommandResult, Result};
use crate::config::nearest;
use crate::error::{Code, Error};
use crate::report::{Document, Report, Role, schemas};

pub(super) fn run(args: &ExplainArgs) -> Result<CommandResult> {
    let Some(text) = &args.code else { return CommandResult::report(Listing) };
    match Code::find(text) {
        Some(code) => CommandResult::report(Explanation { code }),
        None => Err(unknown(text)),
    }
}

fn unknown(text: &str) -> Error {
    let near = nearest(text, Code::ALL.iter().map(|code| code.text()));
    let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    let error = Error::not_found(format!("`{}` is not an error code of this program{near}", text.escape_debug()));
    // Names such as `ValidationException`.
    if text.starts_with(|first: char| first.is_ascii_uppercase()) {
        return error.hint("codes of AWS begin with a capital letter, and the service's documentation explains them");
    }
    error.hint("`agentcore explain` lists all codes")
}

struct Explanation {
    code: Code,
}

impl Report for Explanation {
    fn schema(&self) -> &'static str {
        schemas::EXPLAIN
    }

    fn data(&self) -> Value {
        data(self.code)
    }

    fn document(&self) -> Document {
        Document::new()
            .styled(Role::Heading, self.code.text())
            .field("meaning", self.code.meaning())
            .field("exit status", statuses(self.code))
            .field("what to do", self.code.remedy())
    }
}

struct Listing;

impl Report for Listing {
    fn schema(&self) -> &'static str {
        schemas::EXPLAIN_LIST
    }

    fn data(&self) -> Value {
        json!({ "codes": Code::ALL.iter().map(|code| data(*code)).collect::<Vec<_>>() })
    }

    fn document(&self) -> Document {
        let rows = Code::ALL.iter().map(|code| {
            vec![
                (Role::Code, code.text().to_owned()),
                (Role::Plain, statuses(*code)),
                (Role::Plain, code.meaning().to_owned()),
            ]
        });
        Document::new().table(vec!["CODE", "EXIT", "MEANING"], rows.collect())
    }
}

fn data(code: Code) -> Value {
    json!({
        "code": code.text(),
        "section": code.section(),
        "exitStatuses": code.exit_codes(),
        "meaning": code.meaning(),
        "remedy": code.remedy(),
    })
}

/// `1, 7`.
pub(super) fn statuses(code: Code) -> String {
    code.exit_codes().iter().map(u8::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_code_names_the_nearest_one() {
        let error = unknown("config.mising-key");
        assert_eq!(error.kind().exit_code(), 5);
        assert!(error.message().ends_with("did you mean `config.missing-key`?"), "{error}");
        assert!(unknown("ValidationException").hints()[0].contains("AWS"));
    }
}
