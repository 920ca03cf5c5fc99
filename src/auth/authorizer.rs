//! The authorizer of a runtime, `customJWTAuthorizer`, as a value; and how two of them compare.
//!
//! Owns: the value, the `--authorizer-config` blob, the JSON form (read by `wire`), the comparison that guards against
//! letting more callers in by accident. Does not own: what a token must look like to pass (`evaluate`).

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

pub(crate) use super::claim_rule::ClaimRule;
pub(crate) use super::wire::Problem;
use super::wire::{self, MEMBER};
use crate::error::{Error, Result};

/// Who may call: tokens of one provider that pass every group that is not empty. At least one group is not empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Authorizer {
    pub(crate) discovery_url: String,
    /// Any one of these in `aud`.
    pub(crate) allowed_audience: Vec<String>,
    /// Any one of these as `client_id`.
    pub(crate) allowed_clients: Vec<String>,
    /// Any one of these in `scope` or `scp`.
    pub(crate) allowed_scopes: Vec<String>,
    /// All of these.
    pub(crate) custom_claims: Vec<ClaimRule>,
    /// Members that this program does not know or does not evaluate, as they were.
    pub(crate) extra: Map<String, Value>,
}

impl Authorizer {
    /// Reads the object inside `customJWTAuthorizer`, as the control plane sends and takes it. Strict about everything
    /// it knows; members it does not know are kept, because a live runtime may have them.
    ///
    /// # Errors
    /// Every problem at once, in the order of the members.
    pub(crate) fn from_wire(inner: &Value) -> Result<Self, Vec<Problem>> {
        wire::read(inner)
    }

    /// Reads `{"customJWTAuthorizer": {...}}`, the form of the configuration file. Unlike [`Authorizer::from_wire`] it
    /// refuses members that the service is not known to have: here they are slips of the pen.
    ///
    /// # Errors
    /// Every problem at once.
    pub(crate) fn from_document(document: &Value) -> Result<Self, Vec<Problem>> {
        let Value::Object(object) = document else {
            let found = wire::type_name(document);
            return Err(vec![
                Problem::new("authorizer", format!("must be an object, but it is {found}"))
                    .hint(format!("write `{{\"{MEMBER}\": {{\"discoveryUrl\": …, \"allowedClients\": [\"…\"]}}}}`")),
            ]);
        };
        let mut problems = Vec::new();
        for name in object.keys().filter(|name| *name != MEMBER) {
            let problem = Problem::new(name.as_str(), "is not a kind of authorizer");
            problems.push(if wire::known_members().any(|known| known == name) {
                problem.hint(format!("put it inside `{MEMBER}`"))
            } else {
                with_nearest(problem, name, [MEMBER])
            });
        }
        match object.get(MEMBER) {
            Some(inner) => {
                let unknown = inner.as_object().into_iter().flat_map(Map::keys).filter(|name| !is_known(name));
                problems.extend(unknown.map(|name| {
                    let problem = Problem::new(format!("{MEMBER}.{name}"), "is not a member of the authorizer");
                    with_nearest(problem, name, wire::known_members())
                }));
                match wire::read(inner) {
                    Ok(authorizer) if problems.is_empty() => return Ok(authorizer),
                    Ok(_) => {}
                    Err(found) => problems.extend(found),
                }
            }
            None if object.is_empty() => problems.push(
                Problem::new(MEMBER, "is missing")
                    .hint("for callers with AWS credentials only, leave the authorizer out"),
            ),
            None => {}
        }
        Err(problems)
    }

    /// Reads the JSON that `--authorizer-config` takes.
    ///
    /// # Errors
    /// [`crate::error::Kind::Usage`], code `auth.authorizer-config`: not JSON (with line and column), or every problem
    /// of [`Authorizer::from_document`] as a cause.
    pub(crate) fn from_configuration(json: &str) -> Result<Self> {
        const FLAG: &str = "`--authorizer-config`";
        let document: Value = serde_json::from_str(json).map_err(|error| {
            Error::usage(format!("{FLAG} is not JSON"))
                .code("auth.authorizer-config")
                .cause(error.to_string())
                .hint("quote it for the shell: `--authorizer-config '{\"customJWTAuthorizer\": {…}}'`")
                .hint("or use `--discovery-url` and `--allowed-client` instead")
        })?;
        Self::from_document(&document).map_err(|problems| problems_error(FLAG, problems))
    }

    /// The object inside `customJWTAuthorizer`, without empty groups.
    pub(crate) fn to_wire(&self) -> Value {
        let mut object = Map::new();
        object.insert("discoveryUrl".to_owned(), json!(self.discovery_url));
        let groups = [
            ("allowedAudience", &self.allowed_audience),
            ("allowedClients", &self.allowed_clients),
            ("allowedScopes", &self.allowed_scopes),
        ];
        for (name, values) in groups {
            if !values.is_empty() {
                object.insert(name.to_owned(), json!(values));
            }
        }
        if !self.custom_claims.is_empty() {
            let rules = self.custom_claims.iter().map(ClaimRule::to_wire).collect();
            object.insert("customClaims".to_owned(), Value::Array(rules));
        }
        object.extend(self.extra.iter().map(|(name, value)| (name.clone(), value.clone())));
        Value::Object(object)
    }

    /// `{"customJWTAuthorizer": {...}}`, the form of the configuration file.
    pub(crate) fn to_document(&self) -> Value {
        json!({ MEMBER: self.to_wire() })
    }

    /// What is wrong with an authorizer that was put together from flags or answers.
    pub(crate) fn check(&self) -> Vec<Problem> {
        wire::read(&self.to_wire()).err().unwrap_or_default()
    }

    /// Members that may refuse a caller and that [`super::evaluate::evaluate`] does not know how to judge.
    pub(crate) fn unevaluated(&self) -> impl Iterator<Item = &str> {
        self.extra.keys().map(String::as_str).filter(|name| !wire::is_neutral(name))
    }
}

fn is_known(name: &str) -> bool {
    wire::known_members().any(|known| known == name)
}

fn with_nearest(problem: Problem, name: &str, known: impl IntoIterator<Item = &'static str>) -> Problem {
    let lower = name.to_ascii_lowercase();
    let nearest = known
        .into_iter()
        .map(|known| (strsim::damerau_levenshtein(&lower, &known.to_ascii_lowercase()), known))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, known)| *distance <= known.len() / 3);
    match nearest {
        Some((_, known)) => problem.hint(format!("did you mean `{known}`?")),
        None => problem,
    }
}

/// All problems as one usage error; `what` names the place they were read from.
pub(crate) fn problems_error(what: &str, problems: Vec<Problem>) -> Error {
    let error = Error::usage(format!("{what} is not a valid authorizer")).code("auth.authorizer-config");
    problems.into_iter().fold(error, |error, problem| {
        let error = error.cause(problem.to_string());
        match problem.hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    })
}

/// What replacing the live authorizer by the wanted one means for callers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// The same callers, and nothing to send.
    Same,
    /// They differ, and nobody gets in who is refused today. A first authorizer counts here: callers with AWS
    /// credentials are refused from then on.
    Stricter,
    /// Somebody may get in who is refused today; each reason is a clause.
    Weaker(Vec<String>),
    /// Tokens of another provider decide.
    OtherIssuer { live: String, wanted: String },
}

/// Compares by meaning: the order of values does not count. Where the effect of a member is not known, the change counts
/// as weaker.
pub(crate) fn compare(live: Option<&Authorizer>, wanted: Option<&Authorizer>) -> Change {
    let (live, wanted) = match (live, wanted) {
        (None, None) => return Change::Same,
        (None, Some(_)) => return Change::Stricter,
        (Some(_), None) => {
            return Change::Weaker(vec![
                "the authorizer is removed, so that AWS credentials are enough and no token is asked for".to_owned(),
            ]);
        }
        (Some(live), Some(wanted)) => (live, wanted),
    };
    if live.discovery_url != wanted.discovery_url {
        return Change::OtherIssuer { live: live.discovery_url.clone(), wanted: wanted.discovery_url.clone() };
    }
    let mut difference = Difference::default();
    difference.list("allowedAudience", &live.allowed_audience, &wanted.allowed_audience);
    difference.list("allowedClients", &live.allowed_clients, &wanted.allowed_clients);
    difference.list("allowedScopes", &live.allowed_scopes, &wanted.allowed_scopes);
    difference.claims(&live.custom_claims, &wanted.custom_claims);
    difference.extra(&live.extra, &wanted.extra);
    if !difference.weaker.is_empty() {
        Change::Weaker(difference.weaker)
    } else if difference.other {
        Change::Stricter
    } else {
        Change::Same
    }
}

#[derive(Default)]
struct Difference {
    weaker: Vec<String>,
    /// Something differs that does not weaken.
    other: bool,
}

impl Difference {
    fn list(&mut self, name: &str, live: &[String], wanted: &[String]) {
        let live: BTreeSet<&String> = live.iter().collect();
        let wanted: BTreeSet<&String> = wanted.iter().collect();
        if live.is_empty() {
            self.other |= !wanted.is_empty();
            return;
        }
        if wanted.is_empty() {
            self.weaker.push(format!("`{name}` no longer restricts anything"));
            return;
        }
        self.weaker.extend(wanted.difference(&live).map(|value| format!("`{name}` also lets in `{value}`")));
        self.other |= live.difference(&wanted).next().is_some();
    }

    /// All rules of a list must hold, so a rule that goes or takes more values weakens.
    fn claims(&mut self, live: &[ClaimRule], wanted: &[ClaimRule]) {
        for rule in live.iter().filter(|rule| !wanted.iter().any(|other| implies(other, rule))) {
            self.weaker.push(format!("the custom claim `{}` is no longer required", rule.short()));
        }
        self.other |= wanted.iter().any(|rule| !live.iter().any(|other| implies(other, rule)));
    }

    fn extra(&mut self, live: &Map<String, Value>, wanted: &Map<String, Value>) {
        let names: BTreeSet<&String> = live.keys().chain(wanted.keys()).collect();
        for name in names {
            match (live.get(name), wanted.get(name)) {
                (before, after) if before == after => {}
                // Only what is shown to clients.
                _ if name == "advertisedScopeMapping" => self.other = true,
                (None, Some(_)) if name == "allowedWorkloadConfiguration" => self.other = true,
                (Some(_), None) => self.weaker.push(format!("`{name}` is dropped")),
                _ => self.weaker.push(format!("`{name}` changes, with an effect that cannot be judged here")),
            }
        }
    }
}

/// True when every claim that satisfies `strict` satisfies `lax`.
fn implies(strict: &ClaimRule, lax: &ClaimRule) -> bool {
    strict.name == lax.name
        && strict.value_type == lax.value_type
        && strict.values.iter().all(|value| lax.values.contains(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://idp.example/pool/.well-known/openid-configuration";

    fn authorizer(clients: &[&str], scopes: &[&str], claims: &[&str]) -> Authorizer {
        Authorizer {
            discovery_url: URL.to_owned(),
            allowed_clients: clients.iter().map(|s| (*s).to_owned()).collect(),
            allowed_scopes: scopes.iter().map(|s| (*s).to_owned()).collect(),
            custom_claims: claims.iter().map(|text| ClaimRule::parse(text).unwrap()).collect(),
            ..Authorizer::default()
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let mut value = authorizer(&["c", "d"], &["a/b"], &["x=y", "groups~=a,b"]);
        value.extra.insert("somethingNew".into(), json!({"deep": [1, {"a": null}]}));
        assert_eq!(Authorizer::from_wire(&value.to_wire()).unwrap(), value);
        assert_eq!(value.to_wire()["somethingNew"], json!({"deep": [1, {"a": null}]}));
        assert!(value.to_wire().get("allowedAudience").is_none());
        value.extra.clear();
        assert_eq!(Authorizer::from_configuration(&value.to_document().to_string()).unwrap(), value);
    }

    #[test]
    fn bad_configuration_blobs() {
        let with = |inner: &str| format!(r#"{{"customJWTAuthorizer": {inner}}}"#);
        let url = format!(r#""discoveryUrl": "{URL}""#);
        let cases = [
            ("{bad json".to_owned(), "line 1 column 2"),
            (with(r#"{"discoveryUrl": "http://nope", "allowedClients": ["c"]}"#), "does not use https"),
            (r#"{"foo": 1}"#.to_owned(), "`foo`: is not a kind of authorizer"),
            ("123".to_owned(), "must be an object, but it is a number"),
            ("{}".to_owned(), "`customJWTAuthorizer`: is missing"),
            (String::new(), "EOF"),
            ("null".to_owned(), "it is null"),
            (with("{}"), "`customJWTAuthorizer.discoveryUrl`: is missing"),
            (with("[]"), "must be an object, but it is a list"),
            (with(&format!("{{{url}}}")), "names nobody"),
            (with(&format!("{{{url}, \"allowedClients\": [\"c\"]}}")).replacen('}', "", 1), "EOF"),
            (with(&format!("{{{url}, \"allowedClients\": [\"c\"], \"x\": 1}}")), "`customJWTAuthorizer.x`"),
        ];
        for (text, expected) in cases {
            let error = Authorizer::from_configuration(&text).unwrap_err();
            assert_eq!((error.kind().exit_code(), error.code_str()), (2, "auth.authorizer-config"), "{text}");
            assert!(error.to_string().contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn misspelt_members_name_the_nearest() {
        let cases = [
            (r#"{"customJwtAuthoriser": {}}"#.to_owned(), "did you mean `customJWTAuthorizer`?"),
            (
                format!(r#"{{"customJWTAuthorizer": {{"discoveryURL": "{URL}", "allowedClients": ["c"]}}}}"#),
                "did you mean `discoveryUrl`?",
            ),
            (
                format!(r#"{{"customJWTAuthorizer": {{"discoveryUrl": "{URL}", "allowedClient": ["c"]}}}}"#),
                "did you mean `allowedClients`?",
            ),
            (format!(r#"{{"discoveryUrl": "{URL}", "allowedClients": ["c"]}}"#), "put it inside `customJWTAuthorizer`"),
        ];
        for (text, hint) in cases {
            let error = Authorizer::from_configuration(&text).unwrap_err();
            assert!(error.hints().iter().any(|h| h == hint), "{text}: {:?}", error.hints());
        }
    }

    #[test]
    fn check_finds_what_from_wire_would() {
        assert_eq!(authorizer(&["c"], &[], &[]).check(), []);
        assert_eq!(authorizer(&[], &[], &[]).check().len(), 1);
        assert_eq!(authorizer(&[""], &["a b"], &[]).check().len(), 2);
        let mut bad = authorizer(&[], &[], &["a=b"]);
        bad.custom_claims[0].values.push("c".to_owned());
        assert_eq!(bad.check().len(), 1);
        bad.custom_claims[0].values.clear();
        assert_eq!(bad.check().len(), 1);
    }

    #[test]
    fn comparisons() {
        let a = authorizer;
        let other = Authorizer { discovery_url: URL.replace("pool", "other"), ..a(&["c"], &[], &[]) };
        let weaker = |change: &Change| matches!(change, Change::Weaker(reasons) if !reasons.is_empty());
        assert_eq!(compare(None, None), Change::Same);
        assert_eq!(compare(None, Some(&other)), Change::Stricter);
        assert!(weaker(&compare(Some(&other), None)));
        assert!(matches!(compare(Some(&a(&["c"], &[], &[])), Some(&other)), Change::OtherIssuer { .. }));
        let same = [
            (a(&["c", "d"], &["s"], &["x=y"]), a(&["d", "c", "c"], &["s"], &["x=y"])),
            (a(&[], &[], &["g~=a,b", "x=y"]), a(&[], &[], &["x=y", "g~=b,a"])),
        ];
        let stricter = [
            (a(&["c", "d"], &[], &[]), a(&["c"], &[], &[])),
            (a(&["c"], &[], &[]), a(&["c"], &["s"], &[])),
            (a(&["c"], &[], &[]), a(&["c"], &[], &["x=y"])),
            (a(&[], &[], &["x=y"]), a(&[], &[], &["x=y", "z=w"])),
            (a(&[], &[], &["g~=a,b"]), a(&[], &[], &["g~=a"])),
        ];
        let weak = [
            (a(&["c"], &[], &[]), a(&["c", "d"], &[], &[])),
            (a(&["c"], &["s"], &[]), a(&["c"], &[], &[])),
            (a(&["c"], &[], &["x=y"]), a(&["c"], &[], &[])),
            (a(&[], &[], &["g~=a"]), a(&[], &[], &["g~=a,b"])),
            (a(&[], &[], &["x=y"]), a(&[], &[], &["x=z"])),
            (a(&[], &[], &["x=y"]), a(&[], &[], &["x~=y"])),
            // Mixtures.
            (a(&["c", "d"], &[], &[]), a(&["c", "e"], &[], &[])),
            (a(&["c"], &["s"], &[]), a(&[], &["s"], &["x=y"])),
            (a(&["c", "d"], &["s"], &[]), a(&["c"], &["s", "t"], &[])),
        ];
        for (live, wanted) in &same {
            assert_eq!(compare(Some(live), Some(wanted)), Change::Same, "{live:?} {wanted:?}");
        }
        for (live, wanted) in &stricter {
            assert_eq!(compare(Some(live), Some(wanted)), Change::Stricter, "{live:?} {wanted:?}");
        }
        for (live, wanted) in &weak {
            assert!(weaker(&compare(Some(live), Some(wanted))), "{live:?} {wanted:?}");
        }
    }

    #[test]
    fn members_that_are_not_evaluated_count() {
        let with = |name: &str, value: Value| {
            let mut value_with = authorizer(&["c"], &[], &[]);
            value_with.extra.insert(name.to_owned(), value);
            value_with
        };
        let plain = authorizer(&["c"], &[], &[]);
        let mapping = with("advertisedScopeMapping", json!({}));
        let workload = with("allowedWorkloadConfiguration", json!({}));
        let unknown = with("unheardOf", json!(1));
        assert_eq!(compare(Some(&mapping), Some(&mapping)), Change::Same);
        assert_eq!(compare(Some(&mapping), Some(&plain)), Change::Stricter);
        assert_eq!(compare(Some(&plain), Some(&workload)), Change::Stricter);
        for (live, wanted) in [(&workload, &plain), (&plain, &unknown), (&unknown, &plain)] {
            assert!(matches!(compare(Some(live), Some(wanted)), Change::Weaker(_)), "{live:?}");
        }
        assert_eq!(mapping.unevaluated().count(), 0);
        assert_eq!(workload.unevaluated().collect::<Vec<_>>(), ["allowedWorkloadConfiguration"]);
        assert_eq!(unknown.unevaluated().collect::<Vec<_>>(), ["unheardOf"]);
    }
}
