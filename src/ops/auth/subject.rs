//! The authorizer in question, and where it was read.

use serde_json::{Value, json};

use crate::auth::{Authorizer, problems_error};
use crate::cloud::AgentRuntime;
use crate::config::shell;
use crate::config::{Agent, Store};
use crate::error::Result;
use crate::partition::Arn;

/// Where an authorizer was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AuthorizerOrigin {
    /// The runtime, as it is now.
    Live,
    Configuration,
    /// The command line.
    Argument,
}

impl AuthorizerOrigin {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Configuration => "configuration",
            Self::Argument => "argument",
        }
    }

    const fn description(self) -> &'static str {
        match self {
            Self::Live => "the live runtime's authorizer",
            Self::Configuration => "the configured authorizer",
            Self::Argument => "the given authorizer",
        }
    }
}

/// An agent, or a bare authorizer.
#[derive(Clone, Debug)]
pub(crate) struct AuthSubject {
    /// `None` for a runtime that was named by its ARN, and for a bare authorizer.
    pub(crate) agent: Option<String>,
    pub(crate) arn: Option<Arn>,
    pub(crate) origin: AuthorizerOrigin,
    /// The object inside `customJWTAuthorizer`; `None` means that callers sign.
    pub(crate) authorizer: Option<Value>,
    /// The allowlist; `None` where nothing is known of it.
    pub(crate) headers: Option<Vec<String>>,
    /// ` --agent NAME` where a command needs it, or ` --arn ARN`.
    pub(crate) flag: String,
}

impl AuthSubject {
    /// An agent as it is configured.
    pub(crate) fn configured(store: &Store, agent: &Agent) -> Self {
        Self {
            agent: Some(agent.name.clone()),
            arn: agent.runtime_arn(),
            origin: AuthorizerOrigin::Configuration,
            authorizer: agent.authorizer().cloned(),
            headers: Some(agent.request_headers().unwrap_or_default()),
            flag: shell::agent_flag(store, agent),
        }
    }

    /// The runtime with this ARN, before it was read.
    pub(crate) fn of_arn(arn: Arn) -> Self {
        let flag = format!(" --arn {}", crate::shell::quoted(&arn.to_string()));
        Self { agent: None, arn: Some(arn), origin: AuthorizerOrigin::Live, authorizer: None, headers: None, flag }
    }

    /// An authorizer without an agent.
    pub(crate) fn of_authorizer(authorizer: &Authorizer) -> Self {
        Self {
            agent: None,
            arn: None,
            origin: AuthorizerOrigin::Argument,
            authorizer: Some(authorizer.to_wire()),
            headers: None,
            flag: String::new(),
        }
    }

    /// The same with what the runtime has.
    pub(crate) fn live(mut self, runtime: &AgentRuntime) -> Self {
        self.origin = AuthorizerOrigin::Live;
        self.authorizer = runtime.authorizer().cloned();
        self.headers = Some(runtime.request_headers().into_iter().map(str::to_owned).collect());
        self
    }

    /// The authorizer, read.
    ///
    /// # Errors
    /// Exit 2 with every problem of an authorizer that the service would not take.
    pub(crate) fn parsed(&self) -> Result<Option<Authorizer>> {
        let Some(wire) = &self.authorizer else { return Ok(None) };
        Authorizer::from_wire(wire).map(Some).map_err(|problems| problems_error(self.origin.description(), problems))
    }

    /// For data.
    pub(super) fn data(&self) -> Value {
        json!({
            "source": self.origin.as_str(),
            "method": if self.authorizer.is_some() { "jwt" } else { "sigv4" },
            "customJWTAuthorizer": self.authorizer,
        })
    }

    /// For people: `the live runtime's authorizer`.
    pub(super) fn description(&self) -> String {
        match (&self.authorizer, self.origin) {
            (Some(_), origin) => origin.description().to_owned(),
            (None, AuthorizerOrigin::Live) => "none: the live runtime takes AWS credentials".to_owned(),
            (None, _) => "none: the agent is configured for AWS credentials".to_owned(),
        }
    }

    /// `agent` or the runtime's id.
    pub(super) fn name(&self) -> Option<String> {
        self.agent.clone().or_else(|| Some(self.arn.as_ref()?.resource_id().to_owned()))
    }
}
