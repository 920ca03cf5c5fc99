//! The only room that speaks the AWS SDK.
//!
//! Owns: credentials, regions, endpoints, retries, and one file per service with our own nouns; SDK types stop here.
//! Does not own: what to create or when (`ops`).

mod builds;
mod cognito;
mod connect;
mod dataplane;
mod error;
mod identity;
mod logs;
mod objects;
mod parameters;
mod registry;
mod roles;
mod runtime;
mod sandbox;
mod sign_in;
mod socket;
mod transport;
mod vault;
mod wire;

#[cfg(test)]
pub(crate) use builds::PhaseFailure;
pub(crate) use builds::{Build, BuildProject, BuildProjectSpec, BuildRequest};
pub(crate) use cognito::{ResourceServer, UserPool};
pub(crate) use connect::{Cloud, Connect};
pub(crate) use dataplane::{CallerAuth, DataPlane, Invocation, Payload, Reply};
pub(crate) use identity::Identity;
pub(crate) use logs::LogReader;
pub(crate) use objects::{Bucket, BucketSpec, Expire, ObjectInfo, ObjectUpload};
pub(crate) use registry::{Login, Repository};
pub(crate) use roles::{Role, RoleSpec};
pub(crate) use runtime::{Endpoint, Runtime};
pub(crate) use sandbox::LocalSandbox;
pub(crate) use sign_in::{TokenSet, UserSignIn};
pub(crate) use socket::{Heard, Opened, Socket};
pub(crate) use vault::ProviderKind;
