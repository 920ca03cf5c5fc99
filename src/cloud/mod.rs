//! The only room that speaks the AWS SDK.
//!
//! Owns: credentials, regions, endpoints, retries, and one file per service with our own nouns; SDK types stop here.
//! Does not own: what to create or when (`ops`).

mod builds;
mod cognito;
mod connect;
mod credentials;
mod dataplane;
mod endpoints;
pub(crate) mod error;
mod gateway;
mod identity;
mod inside;
mod log_errors;
mod log_events;
mod logs;
mod memory;
mod memory_data;
mod network;
mod objects;
mod observability;
mod parameters;
mod registry;
mod resource_policy;
mod roles;
mod runtime;
mod sandbox;
mod sign_in;
mod socket;
mod traces;
mod transport;
mod vault;
mod wire;

#[cfg(test)]
pub(crate) use builds::PhaseFailure;
pub(crate) use builds::{BuildProjectSpec, BuildRequest, CodeBuildProject, CodeBuildRun};
pub(crate) use cognito::{ResourceServer, UserPool};
pub(crate) use connect::{Cloud, ConnectOptions, Service, ServiceAddress};
pub(crate) use credentials::{CredentialsOrigin, masked as masked_key_id};
pub(crate) use dataplane::{CallerAuth, DataPlane, Invocation, Payload, Reply};
pub(crate) use endpoints::NewEndpoint;
pub(crate) use identity::CallerIdentity;
pub(crate) use log_events::{EventPage, EventQuery, LogEvent, is_passing};
pub(crate) use logs::{LogQuery, LogReader, LogRow, QUERY_ROWS};
pub(crate) use memory::AgentMemory;
pub(crate) use memory_data::{MemoryList, Namespace};
pub(crate) use network::{RouteTable, RouteTarget, SecurityGroup, Subnet, VpcEndpoint};
pub(crate) use objects::{BucketSpec, Expire, ObjectInfo, ObjectUpload, S3Bucket};
pub(crate) use observability::{Delivery, DeliverySource, DeliveryTarget, LogGroupInfo, LogPolicy};
pub(crate) use registry::{Login, RegistryRepository};
pub(crate) use roles::{IamRole, RoleSpec};
pub(crate) use runtime::{AgentRuntime, Endpoint, ListedRuntime};
pub(crate) use sandbox::LocalSandbox;
pub(crate) use sign_in::{TokenSet, UserSignIn};
pub(crate) use socket::{Handshake, Socket, SocketMessage};
pub(crate) use traces::SpansDestination;
pub(crate) use vault::ProviderKind;

/// The crates that speak to each service, by the service's name in them, with their versions.
pub(crate) fn sdk_versions() -> [(&'static str, &'static str); 9] {
    [
        ("bedrockagentcorecontrol", aws_sdk_bedrockagentcorecontrol::meta::PKG_VERSION),
        ("cloudwatchlogs", aws_sdk_cloudwatchlogs::meta::PKG_VERSION),
        ("codebuild", aws_sdk_codebuild::meta::PKG_VERSION),
        ("cognitoidentityprovider", aws_sdk_cognitoidentityprovider::meta::PKG_VERSION),
        ("ecr", aws_sdk_ecr::meta::PKG_VERSION),
        ("iam", aws_sdk_iam::meta::PKG_VERSION),
        ("s3", aws_sdk_s3::meta::PKG_VERSION),
        ("ssm", aws_sdk_ssm::meta::PKG_VERSION),
        ("sts", aws_sdk_sts::meta::PKG_VERSION),
    ]
}
