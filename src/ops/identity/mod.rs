//! Identity: what callers of an agent sign in at, and what the agent itself gets keys and tokens from.
//!
//! Set-up of Amazon Cognito (`settings` says what was asked for, `list` which resources that is, `setup` makes them,
//! `verify` compares and tries, `cleanup` takes them away), credential providers, workload identities, and AWS's own tokens
//! for outside services. Does not own: how a token is obtained for a call, or what judges it (`auth`).

pub(crate) mod aws_jwt;
pub(crate) mod cleanup;
mod list;
pub(crate) mod providers;
mod settings;
pub(crate) mod setup;
mod single_resource;
pub(crate) mod verify;
pub(crate) mod workloads;

pub(crate) use settings::SetupRequest;

pub(crate) use crate::resources::owner::{ensure_identity, proposed_identity};
pub(crate) use crate::resources::provider_body::{ProviderRequest, ProviderSecret};
pub(crate) use crate::resources::provider_vendor::{ClientSettings, ProviderType};
pub(crate) use crate::resources::record::AgentRecord;
pub(crate) use crate::resources::workload_identity::ReturnUrls;
