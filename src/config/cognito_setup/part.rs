//! The words of a set-up: its flow, its pools, and the parts that it makes.

use std::borrow::Cow;

use crate::shell::quoted;

/// Which set-up a store belongs to. A folder has at most one of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SetupFlow {
    /// People: a client without a secret and a test user.
    User,
    /// Machines: a client with a secret, a resource server and a domain.
    Machine,
    /// Both of them, a role for a gateway and parameters.
    Team,
}

impl SetupFlow {
    pub(crate) const ALL: [Self; 3] = [Self::User, Self::Machine, Self::Team];

    /// The toolkit's word, which is part of the files' names.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Machine => "m2m",
            Self::Team => "team",
        }
    }

    /// Name of the file that holds the set-up, mode 0600.
    pub(crate) fn store_file(self) -> String {
        format!(".agentcore_identity_cognito_{}.json", self.as_str())
    }

    /// Name of the file that holds the same as variables for a shell, mode 0600.
    pub(crate) fn env_file(self) -> String {
        format!(".agentcore_identity_{}.env", self.as_str())
    }

    /// The command that made the store.
    pub(crate) fn command(self, name: Option<&str>) -> String {
        match self {
            Self::User => "agentcore identity setup-cognito".to_owned(),
            Self::Machine => "agentcore identity setup-cognito --auth-flow m2m".to_owned(),
            Self::Team => format!("agentcore identity setup-cognito --team {}", quoted(name.unwrap_or("NAME"))),
        }
    }
}

/// Which of a set-up's pools. The words are the toolkit's, in its file and in its variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SetupPool {
    /// Callers of the agent sign in here; of a set-up with one pool it is that one.
    Runtime,
    /// The agent gets tokens for outside services here.
    Identity,
}

impl SetupPool {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Runtime => "runtime",
            Self::Identity => "identity",
        }
    }
}

/// Something that set-up makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SetupPart {
    Pool,
    Domain,
    ResourceServer,
    UserClient,
    MachineClient,
    WebClient,
    User,
    Role,
    /// By its full name.
    Parameter(String),
}

impl SetupPart {
    /// Everything that goes with the pool.
    pub(super) const IN_POOL: [Self; 6] =
        [Self::Domain, Self::ResourceServer, Self::UserClient, Self::MachineClient, Self::WebClient, Self::User];

    /// The word in the file.
    pub(super) fn word(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Pool => "pool",
            Self::Domain => "domain",
            Self::ResourceServer => "resource server",
            Self::UserClient => "user client",
            Self::MachineClient => "machine client",
            Self::WebClient => "web client",
            Self::User => "user",
            Self::Role => "role",
            Self::Parameter(name) => return Cow::Owned(format!("parameter {name}")),
        })
    }
}
