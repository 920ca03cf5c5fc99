//! Compares every resource of a set-up with what it was asked to be, then gets a token for each client and tries it
//! against the agent's authorizer. Changes nothing.

use std::path::Path;

use serde_json::{Value, json};

use super::list::{Compared, SetupChoices, SetupResources, SetupScope};
use crate::auth::grants::{ClientAuth, Metadata, OauthClient, RequestedAccess};
use crate::auth::{self, Authorizer, Evaluation, Token, Verdict};
use crate::clock;
use crate::cloud::{Cloud, UserSignIn};
use crate::config::{CognitoSetup, MachineAccess, SetupFlow, SetupPool};
use crate::error::{Code, Error, Kind, Result};
use crate::events::Events;
use crate::http::Http;
use crate::redact::{ExposeSecret, SecretString};
use crate::report::{Document, Report, Role as Style, schemas};
use crate::resources::engine;
use crate::resources::plan::{FieldChange, Meaning, Presence, Values};
use crate::resources::setup_record::{SetupRecord, SetupVerb};
use crate::shell::CommandLine;

/// What verification works with.
pub(crate) struct Inspector<'a> {
    pub(crate) cloud: &'a Cloud,
    pub(crate) http: &'a Http,
    /// Folder of the stored set-up.
    pub(crate) dir: &'a Path,
    pub(crate) account: &'a str,
    pub(crate) events: &'a Events,
    /// Name and authorizer of the agent that the tokens are tried against.
    pub(crate) agent: Option<(&'a str, &'a Authorizer)>,
}

/// One resource of a set-up.
#[derive(Debug)]
struct Checked {
    flow: &'static str,
    compared: Compared,
}

/// One token of a set-up.
#[derive(Debug)]
struct Tried {
    flow: &'static str,
    /// A token of the identity pool is not for the agent: that pool's own clients judge it.
    pool: SetupPool,
    client: &'static str,
    /// What the authorizer says of it, or why there is none.
    outcome: std::result::Result<Verdict, Error>,
}

/// What verification found.
#[derive(Debug)]
pub(crate) struct VerifyReport {
    checked: Vec<Checked>,
    tried: Vec<Tried>,
    /// The agent, or the clients of the set-up themselves where there is none.
    against: String,
    /// The commands that bring back what differs, one for each set-up that has drifted.
    repairs: Vec<String>,
}

/// Verifies one set-up.
pub(crate) async fn verify(stored: &CognitoSetup, inspector: &Inspector<'_>) -> Result<VerifyReport> {
    let events = inspector.events;
    events.started("resources", "compare the resources");
    let checked = compare(stored, inspector).await?;
    events.started("tokens", "get a token for each client");
    let own = own_authorizer(stored);
    let (against, authorizer) = match (&inspector.agent, &own) {
        (Some((name, authorizer)), _) => (format!("the agent `{name}`"), Some(*authorizer)),
        (None, Some(own)) => ("the clients of the set-up".to_owned(), Some(own)),
        (None, None) => (String::new(), None),
    };
    let mut tried = Vec::new();
    if let Some(authorizer) = authorizer {
        tried.extend(try_tokens((stored, SetupPool::Runtime), authorizer, inspector).await);
    }
    if let Some(pool) = stored.identity_pool.as_deref()
        && let Some(own) = own_authorizer(pool)
    {
        tried.extend(try_tokens((pool, SetupPool::Identity), &own, inspector).await);
    }
    let drifted = checked.iter().any(Checked::has_drifted);
    Ok(VerifyReport { checked, tried, against, repairs: drifted.then(|| repair(stored)).into_iter().collect() })
}

/// A token of each client of the pool, judged by the authorizer.
async fn try_tokens(
    (stored, pool): (&CognitoSetup, SetupPool),
    authorizer: &Authorizer,
    inspector: &Inspector<'_>,
) -> Vec<Tried> {
    let tokens = tokens(stored, inspector).await;
    if tokens.is_empty() {
        return Vec::new();
    }
    let judge = Judge::of(authorizer, inspector.http).await;
    let each = tokens.into_iter().map(|(client, token)| {
        let outcome = match (&judge, token) {
            (Ok(judge), Ok(token)) => Ok(judge.evaluate(&token)),
            (Err(error), _) => Err(error.clone()),
            (_, Err(error)) => Err(error),
        };
        Tried { flow: stored.flow.as_str(), pool, client, outcome }
    });
    each.collect()
}

/// The set-up again: it makes what is missing and updates what is its own.
fn repair(stored: &CognitoSetup) -> String {
    let mut line = CommandLine::new("agentcore identity setup-cognito");
    line.value("--team", stored.settings.team.as_ref());
    line.value("--auth-flow", (stored.flow == SetupFlow::Machine).then_some("m2m"));
    line.into_string()
}

impl VerifyReport {
    /// Puts another set-up's findings behind these.
    pub(crate) fn append(&mut self, other: Self) {
        self.checked.extend(other.checked);
        self.tried.extend(other.tried);
        self.repairs.extend(other.repairs);
    }

    fn drifted(&self) -> bool {
        self.checked.iter().any(Checked::has_drifted)
    }

    /// Every client has a token, and the authorizer takes one of the callers' at least: which ones is the authorizer's
    /// business. What the identity pool's machine gets has to be good at that pool.
    fn tokens_good(&self) -> bool {
        let is_accepted = |tried: &Tried| tried.outcome.as_ref().is_ok_and(Verdict::accepted);
        let (callers, agents): (Vec<_>, Vec<_>) = self.tried.iter().partition(|tried| tried.pool == SetupPool::Runtime);
        callers.iter().all(|tried| tried.outcome.is_ok())
            && (callers.is_empty() || callers.iter().any(|tried| is_accepted(tried)))
            && agents.iter().all(|tried| is_accepted(tried))
    }
}

/// What an agent behind this set-up would have when nothing else is said.
fn own_authorizer(stored: &CognitoSetup) -> Option<Authorizer> {
    let machine = stored.machine_client.as_ref().map(|client| client.id.as_str());
    let clients: Vec<&str> = stored.user_client.as_deref().into_iter().chain(machine).collect();
    if clients.is_empty() && stored.web_client.is_some() {
        // Its tokens are those of people who sign in with a browser.
        return None;
    }
    let wire = json!({ "discoveryUrl": stored.discovery_url.as_deref()?, "allowedClients": clients });
    Authorizer::from_wire(&wire).ok()
}

/// What differs of each resource, whoever it belongs to.
async fn compare(stored: &CognitoSetup, inspector: &Inspector<'_>) -> Result<Vec<Checked>> {
    let Inspector { cloud, http, dir, account, .. } = *inspector;
    let records = SetupRecord::of_pools(dir, stored.clone(), SetupVerb::Verify);
    let scope = SetupScope { records: &records, cloud, http, account };
    let mut resources = SetupResources::new(&scope, &SetupChoices::default());
    engine::observe(resources.nodes(), cloud).await?;
    let flow = stored.flow.as_str();
    let each = resources.compare().into_iter().map(|compared| Checked { flow, compared });
    Ok(each.collect())
}

/// A token for each client of the set-up, or why there is none.
async fn tokens(stored: &CognitoSetup, inspector: &Inspector<'_>) -> Vec<(&'static str, Result<SecretString>)> {
    let mut out = Vec::new();
    if stored.settings.user_client_name.is_some() {
        let token = match stored.user_access() {
            Some(user) => {
                let request = UserSignIn {
                    client_id: user.client_id,
                    client_secret: None,
                    username: user.username,
                    password: user.password,
                    new_password: None,
                };
                inspector.cloud.sign_in(&request).await.map(|tokens| tokens.access_token)
            }
            None => Err(incomplete(stored)),
        };
        out.push(("user", token));
    }
    if stored.settings.machine_client_name.is_some() {
        let token = match (stored.machine_access(), &stored.discovery_url) {
            (Some(machine), Some(url)) => {
                machine_token(inspector.http, (url, stored.token_endpoint.as_deref()), &machine).await
            }
            _ => Err(incomplete(stored)),
        };
        out.push(("machine", token));
    }
    out
}

/// The discovery document decides where the secret goes; the stored endpoint counts where it names none, as stand-ins for
/// Cognito do.
async fn machine_token(
    http: &Http,
    (url, endpoint): (&str, Option<&str>),
    machine: &MachineAccess<'_>,
) -> Result<SecretString> {
    let metadata = Metadata::fetch(http, url).await?.or_token_endpoint(endpoint)?;
    let client = OauthClient {
        http,
        metadata: &metadata,
        id: machine.client_id,
        auth: &ClientAuth::Basic(machine.client_secret.clone()),
        wanted: &RequestedAccess { scopes: machine.scopes.clone(), ..RequestedAccess::default() },
    };
    client.client_credentials().await.map(|tokens| tokens.access_token)
}

fn incomplete(stored: &CognitoSetup) -> Error {
    Error::not_found("set-up was not finished")
        .code(Code::IdentityIncomplete)
        .hint(format!("finish it: `{}`", stored.flow.command(stored.settings.team.as_deref())))
}

/// The authorizer with its provider's keys.
struct Judge<'a> {
    authorizer: &'a Authorizer,
    issuer: String,
    keys: auth::token::KeySet,
}

impl<'a> Judge<'a> {
    async fn of(authorizer: &'a Authorizer, http: &Http) -> Result<Self> {
        if authorizer.is_private(&authorizer.discovery_url) {
            return Err(Error::failed(
                "the provider of the agent's authorizer is behind a private endpoint, so it was not asked",
            )
            .code(Code::DiscoveryPrivate));
        }
        let provider = auth::discover(http, &authorizer.discovery_url).await?;
        let keys = auth::fetch_jwks(http, &provider).await?;
        Ok(Self { authorizer, issuer: provider.issuer, keys })
    }

    fn evaluate(&self, token: &SecretString) -> Verdict {
        match Token::parse(token.expose_secret()) {
            Ok(token) => auth::evaluate(&Evaluation {
                authorizer: self.authorizer,
                issuer: Some(&self.issuer),
                keys: Some(&self.keys),
                token: &token,
                now: clock::unix_now(),
            }),
            Err(error) => Verdict::unparsable(&error),
        }
    }
}

impl Checked {
    fn has_drifted(&self) -> bool {
        self.compared.drift.as_ref().is_none_or(|changes| !changes.is_empty())
    }

    fn word(&self) -> (&'static str, Style) {
        match self.compared.drift.as_deref() {
            Some([]) => ("ok", Style::Good),
            Some(_) => ("differs", Style::Bad),
            None => ("missing", Style::Bad),
        }
    }
}

impl Tried {
    fn row(&self) -> Vec<(Style, String)> {
        let (style, word, why) = match &self.outcome {
            Ok(verdict) if verdict.accepted() => (Style::Good, "accepted", String::new()),
            Ok(verdict) => {
                let why = verdict
                    .failures()
                    .next()
                    .map(|rule| format!("{}: expected {}, found {}", rule.code(), rule.expected, rule.found));
                (Style::Attention, "refused", why.unwrap_or_else(|| verdict.unevaluated.join(", ")))
            }
            Err(error) => (Style::Bad, "no token", error.to_string()),
        };
        vec![(style, word.to_owned()), (Style::Plain, self.client.to_owned()), (Style::Plain, why)]
    }
}

/// What a part should be and what it is.
fn expected_and_found(change: &FieldChange) -> (Value, Value) {
    match &change.values {
        Values::Unsaid => (Value::Null, Value::Null),
        Values::Secret(Presence::Added) => (json!("as stored"), Value::Null),
        Values::Secret(Presence::Changed | Presence::Removed) => (json!("as stored"), json!("another one")),
        Values::Shown(before, after) => (json!(after), json!(before)),
    }
}

impl Report for VerifyReport {
    fn schema(&self) -> &'static str {
        schemas::VERIFY
    }

    fn data(&self) -> Value {
        let resources = self.checked.iter().map(|checked| {
            let differences = checked.compared.drift.iter().flatten().map(|change| {
                let (expected, found) = expected_and_found(change);
                json!({ "part": change.path, "expected": expected, "found": found, "meaning": change.meaning.as_ref().map(Meaning::to_string) })
            });
            json!({
                "flow": checked.flow, "pool": checked.compared.pool.as_str(), "resource": checked.compared.resource, "name": checked.compared.name, "state": checked.word().0,
                "differences": differences.collect::<Vec<_>>(),
            })
        });
        let tokens = self.tried.iter().map(|tried| match &tried.outcome {
            Ok(verdict) => {
                let rules = verdict.rules.iter().map(|rule| {
                    json!({
                        "code": rule.code(), "passed": rule.passed, "expected": rule.expected, "found": rule.found,
                        "configKey": rule.config_key,
                    })
                });
                json!({
                    "flow": tried.flow, "pool": tried.pool.as_str(), "client": tried.client, "issued": true, "accepted": verdict.accepted(),
                    "rules": rules.collect::<Vec<_>>(), "unevaluated": verdict.unevaluated, "error": Value::Null,
                    "code": Value::Null,
                })
            }
            Err(error) => json!({
                "flow": tried.flow, "pool": tried.pool.as_str(), "client": tried.client, "issued": false, "accepted": false, "rules": [],
                "unevaluated": [], "error": error.to_string(), "code": error.code_str(),
            }),
        });
        json!({
            "verified": !self.drifted() && self.tokens_good(),
            "resources": resources.collect::<Vec<_>>(),
            "against": self.against,
            "tokens": tokens.collect::<Vec<_>>(),
        })
    }

    fn document(&self) -> Document {
        let mut rows = Vec::new();
        for checked in &self.checked {
            let (word, style) = checked.word();
            let row = |part: String| {
                vec![
                    (style, word.to_owned()),
                    (Style::Plain, checked.compared.resource.to_owned()),
                    (Style::Plain, checked.compared.name.clone()),
                    (Style::Plain, part),
                ]
            };
            match checked.compared.drift.as_deref() {
                None | Some([]) => rows.push(row(String::new())),
                Some(changes) => rows.extend(changes.iter().map(|change| {
                    row(match (&change.values, expected_and_found(change)) {
                        (Values::Unsaid, _) => change.to_string(),
                        (_, (expected, found)) => {
                            format!("{}: expected {expected}, found {found}", change.path)
                        }
                    })
                })),
            }
        }
        let mut document = Document::new().table(vec!["", "RESOURCE", "NAME", ""], rows);
        for (pool, against) in
            [(SetupPool::Runtime, self.against.as_str()), (SetupPool::Identity, "the clients of the identity pool")]
        {
            let rows: Vec<_> = self.tried.iter().filter(|tried| tried.pool == pool).map(Tried::row).collect();
            if !rows.is_empty() {
                document = document.blank().line(format!("Tokens against {against}:"));
                document = document.table(vec!["", "CLIENT", ""], rows);
            }
        }
        if !self.repairs.is_empty() {
            document = document.blank().styled(Style::Dim, "Next, to make what is missing and update what is its own:");
        }
        for command in &self.repairs {
            document = document.styled(Style::Code, format!("  {command}"));
        }
        document
    }

    fn exit_code(&self) -> u8 {
        if self.drifted() {
            Kind::Pending.exit_code()
        } else if self.tokens_good() {
            0
        } else {
            Kind::Failed.exit_code()
        }
    }
}
