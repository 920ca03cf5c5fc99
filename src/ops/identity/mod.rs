//! Identity: what callers of an agent sign in at, and what the agent itself gets keys and tokens from.
//!
//! Set-up of Amazon Cognito (`settings` says what, `observe` what is there, `setup` makes it, `verify` compares and
//! tries, `cleanup` takes it away, `store` remembers), credential providers, workload identities, and AWS's own tokens
//! for outside services. Does not own: how a token is obtained for a call, or what judges it (`auth`).

pub(crate) mod aws_jwt;
pub(crate) mod cleanup;
mod foreign;
mod observe;
pub(crate) mod providers;
mod record;
mod settings;
pub(crate) mod setup;
mod store;
pub(crate) mod vendor;
pub(crate) mod verify;
pub(crate) mod workloads;

pub(crate) use settings::SetupRequest;
pub(crate) use store::{Flow, Stored};
#[cfg(test)]
pub(crate) use store::{MachineClient, Settings};

/// The identity of a project whose configuration has none: that of a set-up in its folder, else a new one.
pub(crate) fn proposed_identity(dir: &std::path::Path) -> String {
    let stored = Stored::load_all(dir).unwrap_or_default().into_iter().find_map(|stored| stored.project);
    stored.unwrap_or_else(crate::resources::owner::new_identity)
}

/// How long a user pool's tokens live when nothing is said: the journey's two hours.
pub(crate) const DEFAULT_TOKEN_MINUTES: u16 = 120;

/// The app client of the `user` flow when nothing is said.
const USER_CLIENT: &str = "agentcore-user-client";

/// Words for what set-up made, as the store has them.
mod made {
    pub(super) const POOL: &str = "pool";
    pub(super) const DOMAIN: &str = "domain";
    pub(super) const SERVER: &str = "resource server";
    pub(super) const USER_CLIENT: &str = "user client";
    pub(super) const MACHINE_CLIENT: &str = "machine client";
    pub(super) const USER: &str = "user";
    pub(super) const ROLE: &str = "role";

    /// Everything that goes with the pool.
    pub(super) const IN_POOL: [&str; 5] = [DOMAIN, SERVER, USER_CLIENT, MACHINE_CLIENT, USER];

    pub(super) fn parameter(name: &str) -> String {
        format!("parameter {name}")
    }
}
