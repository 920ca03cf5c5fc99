//! The authorizer of a runtime, `customJWTAuthorizer`, as a value.
//!
//! Owns: the value, the `--authorizer-config` blob, the JSON form (read by `wire`). Does not own: what a token must look
//! like to pass (`evaluate`), how two authorizers compare (`change`).

use serde_json::{Map, Value, json};

pub(crate) use super::claim_rule::ClaimRule;
pub(crate) use super::wire::AuthorizerProblem;
use super::wire::{self, MEMBER};
use crate::error::{Code, Error, Result};

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
    pub(crate) fn from_wire(inner: &Value) -> Result<Self, Vec<AuthorizerProblem>> {
        wire::read(inner)
    }

    /// Reads `{"customJWTAuthorizer": {...}}`, the form of the configuration file. Unlike [`Authorizer::from_wire`] it
    /// refuses members that the service is not known to have: here they are typing errors.
    ///
    /// # Errors
    /// Every problem at once.
    pub(crate) fn from_document(document: &Value) -> Result<Self, Vec<AuthorizerProblem>> {
        let Value::Object(object) = document else {
            let found = wire::type_name(document);
            return Err(vec![
                AuthorizerProblem::new("authorizer", format!("must be an object, but it is {found}"))
                    .hint(format!("write `{{\"{MEMBER}\": {{\"discoveryUrl\": …, \"allowedClients\": [\"…\"]}}}}`")),
            ]);
        };
        let mut problems = Vec::new();
        for name in object.keys().filter(|name| *name != MEMBER) {
            let problem = AuthorizerProblem::new(name.as_str(), "is not a kind of authorizer");
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
                    let problem =
                        AuthorizerProblem::new(format!("{MEMBER}.{name}"), "is not a member of the authorizer");
                    with_nearest(problem, name, wire::known_members())
                }));
                match wire::read(inner) {
                    Ok(authorizer) if problems.is_empty() => return Ok(authorizer),
                    Ok(_) => {}
                    Err(found) => problems.extend(found),
                }
            }
            None if object.is_empty() => problems.push(
                AuthorizerProblem::new(MEMBER, "is missing")
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
                .code(Code::AuthAuthorizerConfig)
                .cause(error.to_string())
                .hint("quote it for the shell: `--authorizer-config '{\"customJWTAuthorizer\": {…}}'`")
                .hint("or use `--discovery-url` and `--allowed-client` instead")
        })?;
        Self::from_document(&document).map_err(|problems| problems_error(FLAG, problems))
    }

    /// The object inside `customJWTAuthorizer`, without empty groups.
    pub(crate) fn to_wire(&self) -> Value {
        // Every field is named, here and wherever a forgotten one would let callers in.
        let Self { discovery_url, allowed_audience, allowed_clients, allowed_scopes, custom_claims, extra } = self;
        let mut object = Map::new();
        object.insert("discoveryUrl".to_owned(), json!(discovery_url));
        let groups = [
            ("allowedAudience", allowed_audience),
            ("allowedClients", allowed_clients),
            ("allowedScopes", allowed_scopes),
        ];
        for (name, values) in groups {
            if !values.is_empty() {
                object.insert(name.to_owned(), json!(values));
            }
        }
        if !custom_claims.is_empty() {
            let rules = custom_claims.iter().map(ClaimRule::to_wire).collect();
            object.insert("customClaims".to_owned(), Value::Array(rules));
        }
        object.extend(extra.iter().map(|(name, value)| (name.clone(), value.clone())));
        Value::Object(object)
    }

    /// `{"customJWTAuthorizer": {...}}`, the form of the configuration file.
    pub(crate) fn to_document(&self) -> Value {
        json!({ MEMBER: self.to_wire() })
    }

    /// Whether the service reaches `url` of the provider through a private endpoint, so that it cannot be expected to be
    /// reached from anywhere else.
    pub(crate) fn is_private(&self, url: &str) -> bool {
        let set = |name: &str| self.extra.get(name).filter(|value| !value.is_null());
        let host = url::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_ascii_lowercase));
        let overrides =
            set("privateEndpointOverrides").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        set("privateEndpoint").is_some()
            || overrides.iter().any(|one| {
                let domain = one.get("domain").and_then(Value::as_str).map(str::to_ascii_lowercase);
                domain.is_some() && domain == host
            })
    }

    /// The problems of an authorizer that was built from flags or answers.
    pub(crate) fn check(&self) -> Vec<AuthorizerProblem> {
        wire::read(&self.to_wire()).err().unwrap_or_default()
    }

    /// Members that may refuse a caller and that [`super::evaluate::evaluate`] cannot evaluate.
    pub(crate) fn unevaluated(&self) -> impl Iterator<Item = &str> {
        self.extra.keys().map(String::as_str).filter(|name| !wire::is_neutral(name))
    }
}

fn is_known(name: &str) -> bool {
    wire::known_members().any(|known| known == name)
}

fn with_nearest(
    problem: AuthorizerProblem,
    name: &str,
    known: impl IntoIterator<Item = &'static str>,
) -> AuthorizerProblem {
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
pub(crate) fn problems_error(what: &str, problems: Vec<AuthorizerProblem>) -> Error {
    let error = Error::usage(format!("{what} is not a valid authorizer")).code(Code::AuthAuthorizerConfig);
    problems.into_iter().fold(error, |error, problem| {
        let error = error.cause(problem.to_string());
        match problem.hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    })
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
    fn private_provider_is_known_by_endpoint_or_domain() {
        let with = |name: &str, value: Value| {
            let mut value_of = authorizer(&["c"], &[], &[]);
            value_of.extra.insert(name.to_owned(), value);
            value_of
        };
        assert!(!authorizer(&["c"], &[], &[]).is_private(URL));
        assert!(with("privateEndpoint", json!({"managedVpcResource": {}})).is_private(URL));
        assert!(!with("privateEndpoint", Value::Null).is_private(URL));
        let overrides = with("privateEndpointOverrides", json!([{"domain": "IDP.example", "privateEndpoint": {}}]));
        assert!(overrides.is_private(URL) && !overrides.is_private("https://keys.example/jwks"));
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
}
