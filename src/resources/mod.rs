//! What this program makes, changes and deletes in AWS: a file for each kind of resource, and the engine that walks them.
//!
//! `engine` observes, plans, applies and destroys; `plan` has the types of a plan; `owner` says whose a resource is; `record`
//! writes down what was made. A new kind is a file here, a line in [`plan::ResourceKind`], and its place in the list of a
//! verb in `ops`.

pub(crate) mod app_client;
pub(crate) mod archive;
mod brought_role;
pub(crate) mod bucket;
pub(crate) mod build_project;
pub(crate) mod build_role;
mod build_run;
pub(crate) mod buildspec;
#[cfg(test)]
mod conformance;
pub(crate) mod credential_provider;
pub(crate) mod deploy_lock;
pub(crate) mod engine;
pub(crate) mod execution_role;
pub(crate) mod gateway;
pub(crate) mod gateway_owner;
pub(crate) mod gateway_policy;
pub(crate) mod gateway_role;
pub(crate) mod gateway_service_role;
pub(crate) mod gateway_target;
pub(crate) mod identity_record;
pub(crate) mod image;
pub(crate) mod kept_values;
pub(crate) mod memory;
pub(crate) mod mounts;
pub(crate) mod outbound;
pub(crate) mod owner;
pub(crate) mod patience;
pub(crate) mod plan;
pub(crate) mod policy;
pub(crate) mod pool_domain;
pub(crate) mod pool_user;
pub(crate) mod provider_body;
pub(crate) mod provider_vendor;
pub(crate) mod record;
#[cfg(test)]
mod record_tests;
pub(crate) mod repository;
pub(crate) mod resource_policy;
pub(crate) mod resource_server;
mod role;
pub(crate) mod runtime;
pub(crate) mod runtime_endpoint;
pub(crate) mod setup_record;
pub(crate) mod sources;
pub(crate) mod team_parameters;
pub(crate) mod user_pool;
mod vault;
pub(crate) mod version_note;
pub(crate) mod workload_identity;

pub(crate) use build_run::RemoteBuild;
