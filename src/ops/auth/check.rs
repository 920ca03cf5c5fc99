//! Evaluates a caller against an authorizer: every rule with its verdict.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::AuthSubject;
use super::rate;
use crate::auth::evaluate::RuleVerdict;
use crate::auth::keys::{Judgement, judge_from_outside};
use crate::auth::token::KeySet;
use crate::auth::{Authorizer, KnownProvider, Presented, Provider};
use crate::clock;
use crate::error::{Code, Error, Kind, Result};
use crate::http::Http;
use crate::report::{Document, FAILS, HOLDS, Report, Role, UNKNOWN, schemas};

/// A provider's documents, saved earlier.
#[derive(Clone, Debug)]
pub(crate) struct Documents {
    pub(crate) discovery: PathBuf,
    pub(crate) jwks: PathBuf,
}

impl Documents {
    /// # Errors
    /// Exit 2, naming the file that is missing or is not what it should be.
    fn load(&self, authorizer: &Authorizer) -> Result<KnownProvider> {
        let discovery = read_object(&self.discovery, "discovery document")?;
        let context = |error: Error, path: &Path| error.context(format!("`{}` cannot be used", path.display()));
        let provider = Provider::from_document(&authorizer.discovery_url, &discovery)
            .map_err(|error| context(error, &self.discovery))?;
        let jwks = read_object(&self.jwks, "key set")?;
        let keys = KeySet::from_json(&Value::Object(jwks)).map_err(|error| context(error, &self.jwks))?;
        Ok(KnownProvider::new(provider, keys))
    }
}

fn read_object(path: &Path, what: &str) -> Result<Map<String, Value>> {
    let wrong = |text: String| {
        Error::usage(text).code(Code::AuthDocuments).hint("`agentcore auth explain` says how to save it")
    };
    let text = std::fs::read(path)
        .map_err(|error| wrong(format!("could not read the {what} in `{}`", path.display())).source(&error))?;
    match serde_json::from_slice(&text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(wrong(format!("the {what} in `{}` is not a JSON object", path.display()))),
        Err(error) => Err(wrong(format!("the {what} in `{}` is not JSON", path.display())).source(&error)),
    }
}

pub(crate) struct CheckRequest<'a> {
    pub(crate) subject: AuthSubject,
    pub(crate) brings: Presented<'a>,
    /// Judged without a network.
    pub(crate) documents: Option<Documents>,
    /// For how long the rate of evaluations is measured.
    pub(crate) repeat: Option<Duration>,
}

/// Judges a caller.
///
/// # Errors
/// Exit 2 for an authorizer or documents that cannot be used. A provider that cannot be asked is no error: nobody is
/// accepted then, and the report says why.
pub(crate) async fn check(http: &Http, request: CheckRequest<'_>) -> Result<CheckReport> {
    let CheckRequest { subject, brings, documents, repeat } = request;
    let authorizer = subject.parsed()?;
    let from_files = documents.is_some();
    // Saved documents are complete: a key that is not in them is not fetched.
    let Judgement { verdict, known, trouble } = match (&documents, &authorizer) {
        (Some(documents), Some(authorizer)) => {
            crate::auth::keys::judge_with(documents.load(authorizer)?, authorizer, brings, clock::unix_now())
        }
        _ => judge_from_outside(http, authorizer.as_ref(), brings, clock::unix_now()).await,
    };
    let rate = match (repeat, &authorizer, &known, brings) {
        (Some(limit), Some(authorizer), Some(known), Presented::Token(token)) => {
            Some(rate::measure(authorizer, known, token, (clock::unix_now(), limit)))
        }
        _ => None,
    };
    let documents = match (&known, from_files) {
        (Some(_), true) => Some("files"),
        (Some(_), false) => Some("fetched"),
        (None, _) if trouble.is_some() => Some("unavailable"),
        (None, _) => None,
    };
    let issuer = known.map(|known| known.provider.issuer.clone());
    Ok(CheckReport { subject, verdict, issuer, documents, trouble, rate })
}

/// The verdict on a caller.
#[derive(Debug)]
pub(crate) struct CheckReport {
    subject: AuthSubject,
    verdict: crate::auth::Verdict,
    issuer: Option<String>,
    /// Where the provider's documents came from; `None` where they were not needed.
    documents: Option<&'static str>,
    trouble: Option<Error>,
    rate: Option<Value>,
}

impl CheckReport {
    /// Why the provider could not be asked, for a warning.
    pub(crate) fn trouble(&self) -> Option<&Error> {
        self.trouble.as_ref()
    }
}

/// A row of the picture: what holds in one line, and where a rule fails the two values that differ, one above the other.
fn row(document: Document, rule: &RuleVerdict, width: usize) -> Document {
    let (role, mark, text) = match (rule.passed, rule.skipped) {
        (true, _) => (Role::Good, HOLDS, rule.found.clone()),
        (false, true) => (Role::Attention, UNKNOWN, format!("not judged: {}", rule.expected)),
        (false, false) => {
            let key = rule.config_key.map(|key| format!(" ({})", key.trim_start_matches("authorizer_configuration.")));
            let key = key.unwrap_or_default();
            (Role::Bad, FAILS, format!("found     {}\nexpected  {}{key}", rule.found, rule.expected))
        }
    };
    let lead = vec![(role, format!("{mark} ")), (Role::Key, format!("{:width$}  ", rule.rule.name()))];
    document.item(lead, Role::Plain, text)
}

impl Report for CheckReport {
    fn schema(&self) -> &'static str {
        schemas::AUTH_CHECK
    }

    fn data(&self) -> Value {
        let rules: Vec<Value> = self.verdict.rules.iter().map(RuleVerdict::data).collect();
        json!({
            "accepted": self.verdict.accepted(),
            "code": self.verdict.code(),
            "agent": self.subject.agent,
            "arn": self.subject.arn.as_ref().map(ToString::to_string),
            "authorizer": self.subject.data(),
            "provider": { "issuer": self.issuer, "documents": self.documents,
                          "problem": self.trouble.as_ref().map(ToString::to_string) },
            "rules": rules,
            "unevaluated": self.verdict.unevaluated,
            "rate": self.rate,
        })
    }

    fn document(&self) -> Document {
        let code = self.verdict.code();
        let answer = if self.verdict.accepted() {
            (Role::Good, "accepted".to_owned())
        } else if self.verdict.failures().next().is_some() {
            (Role::Bad, format!("refused ({code})"))
        } else {
            (Role::Attention, format!("not accepted: it could not be judged ({code})"))
        };
        let mut document = Document::new().field_styled("caller", answer.0, answer.1);
        document = document.field_if("agent", self.subject.name()).field("judged by", self.subject.description());
        document = document.field_if("issuer", self.issuer.clone()).blank();
        let width = self.verdict.rules.iter().map(|rule| rule.rule.name().chars().count()).max().unwrap_or_default();
        document = self.verdict.rules.iter().fold(document, |document, rule| row(document, rule, width));
        for rule in self.verdict.failures() {
            let advice = rule.hint.as_deref().map(|hint| format!(": {hint}")).unwrap_or_default();
            document = document.styled(Role::Attention, format!("{}{advice}", rule.code()));
        }
        for name in &self.verdict.unevaluated {
            document = document.styled(Role::Attention, format!("`{name}` is not judged here, so nobody is accepted"));
        }
        document
    }

    /// 3 for a caller that is refused; 1 for one that could not be judged by every rule, which is not the caller's fault.
    fn exit_code(&self) -> u8 {
        if self.verdict.accepted() {
            0
        } else if self.trouble.is_none() && self.verdict.failures().next().is_some() {
            Kind::Refused.exit_code()
        } else {
            Kind::Failed.exit_code()
        }
    }
}
