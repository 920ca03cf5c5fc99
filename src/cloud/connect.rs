//! The one place that builds an AWS client configuration: profile, region, endpoints, proxies, certificates, retries.

use std::sync::Arc;
use std::time::Duration;

use aws_config::identity::IdentityCache;
use aws_config::meta::region::ProvideRegion;
use aws_config::profile::{self, ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::ProvideCredentials;
use aws_smithy_http_client::{Builder, Connector, proxy::ProxyConfig, tls};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::os_shim_internal::{Env as OsEnv, Fs};
use aws_types::service_config::ServiceConfigKey;

use super::transport::Watched;
use crate::env::Env;
use crate::error::{Code, Context, Error, Kind, Result};
use crate::http::{ATTEMPTS, CONNECT, FIRST_BYTE, Http, is_loopback};
use crate::partition::Partition;
use crate::wait::{Pace, Schedule};

/// How long credentials may take. Longer than two silent answers of a token service, whose error says more.
const CREDENTIALS: Duration = Duration::from_secs(75);

/// Settings of a profile that say where credentials come from.
const CREDENTIAL_SETTINGS: &[&str] = &[
    "aws_access_key_id",
    "credential_process",
    "login_session",
    "role_arn",
    "sso_session",
    "sso_start_url",
    "web_identity_token_file",
];

/// The options of a connection. `region` is already resolved from flag, environment, ARN or file; without one the
/// profile's region is used.
pub(crate) struct ConnectOptions<'a> {
    pub(crate) env: &'a Env,
    pub(crate) http: Arc<Http>,
    pub(crate) profile: Option<&'a str>,
    pub(crate) region: Option<&'a str>,
}

/// A configured connection to one account and region. Makes no request until asked to.
#[derive(Clone)]
pub(crate) struct Cloud {
    pub(super) sdk: SdkConfig,
    pub(super) http: Arc<Http>,
    region: String,
    profile: Option<String>,
}

impl Cloud {
    /// A connection for tests that make no request.
    #[cfg(test)]
    pub(crate) fn nowhere() -> Self {
        let http = Arc::new(Http::new(&Env::fake(std::path::Path::new("/"), &[])));
        Self { sdk: SdkConfig::builder().build(), http, region: "us-west-2".to_owned(), profile: None }
    }

    /// A connection for tests, to a stand-in at `url`.
    #[cfg(test)]
    pub(crate) async fn stand_in(env: &Env, url: &str, (id, secret): (&str, &str)) -> Self {
        let keys = aws_credential_types::Credentials::new(id, secret, None, None, "test");
        let loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http_client(env).unwrap())
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
            .credentials_provider(keys)
            .endpoint_url(url)
            .region(Region::new("us-west-2"));
        Self { sdk: loader.load().await, ..Self::nowhere() }
    }

    /// # Errors
    /// [`Kind::Usage`] when no region can be found, or `AWS_CA_BUNDLE` is unreadable.
    pub(crate) async fn connect(request: ConnectOptions<'_>) -> Result<Self> {
        check_endpoints(request.env)?;
        let profile = request.profile.or_else(|| request.env.var("AWS_PROFILE")).map(str::to_owned);
        if let Some(name) = &profile
            && (request.profile.is_some() || !has_other_credentials(request.env))
        {
            check_profile(name).await?;
        }
        let client = http_client(request.env)?;
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(client.clone())
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
            .timeout_config(TimeoutConfig::builder().connect_timeout(CONNECT).read_timeout(FIRST_BYTE).build())
            .identity_cache(IdentityCache::lazy().load_timeout(CREDENTIALS).build());
        if let Some(profile) = &profile {
            loader = loader.profile_name(profile);
        }
        let region = match request.region {
            Some(region) => Some(Region::new(region.to_owned())),
            // Not the default chain: its last link asks the instance metadata service, a second lost on a laptop.
            None => {
                let mut provider = ProfileFileRegionProvider::builder();
                if let Some(profile) = &profile {
                    provider = provider.profile_name(profile);
                }
                provider.build().region().await
            }
        };
        let region = region.ok_or_else(no_region)?;
        if let Some(profile) = request.profile {
            // The SDK's default chain takes keys from the environment first; a flag must take precedence.
            let settings = ProviderConfig::default().with_http_client(client).with_region(Some(region.clone()));
            loader = loader.credentials_provider(
                ProfileFileCredentialsProvider::builder().configure(&settings).profile_name(profile).build(),
            );
        }
        let sdk = loader.region(region.clone()).load().await;
        Ok(Self { sdk, http: request.http, region: region.as_ref().to_owned(), profile })
    }

    pub(crate) fn region(&self) -> &str {
        &self.region
    }

    pub(crate) fn http(&self) -> &Arc<Http> {
        &self.http
    }

    pub(crate) fn partition(&self) -> Partition {
        Partition::of_region(&self.region)
    }

    pub(crate) fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }

    /// How often a state is asked for that is waited for: a sandbox on this machine may be asked more often than a service.
    pub(crate) fn schedule(&self, deadline: Duration) -> Schedule {
        Schedule { pace: self.pace(), ..Schedule::until(deadline) }
    }

    pub(crate) fn pace(&self) -> Pace {
        let url = self.endpoint_override(Service::CONTROL).and_then(|url| url::Url::parse(&url).ok());
        if url.as_ref().is_some_and(is_loopback) { Pace::Here } else { Pace::Service }
    }

    /// Whether a variable or a profile says where credentials come from. Where none does, the SDK asks for those of an
    /// instance, and on other machines it takes seconds until nobody has answered.
    pub(crate) async fn has_named_credentials(env: &Env, profile: Option<&str>) -> bool {
        if has_other_credentials(env) {
            return true;
        }
        let loaded = profile::load(&Fs::default(), &OsEnv::default(), &Default::default(), None).await;
        let name = profile.or_else(|| env.var("AWS_PROFILE")).unwrap_or("default");
        loaded.is_ok_and(|profiles| {
            let found = profiles.get_profile(name);
            found.is_some_and(|found| CREDENTIAL_SETTINGS.iter().any(|setting| found.get(setting).is_some()))
        })
    }

    /// Whether there are credentials to sign with, valid or not.
    pub(crate) async fn has_credentials(&self) -> bool {
        match self.sdk.credentials_provider() {
            Some(provider) => provider.provide_credentials().await.is_ok(),
            None => false,
        }
    }

    /// The configured endpoint of a service, without a trailing slash: `AWS_ENDPOINT_URL_<SERVICE>`,
    /// `AWS_ENDPOINT_URL` or the profile's equivalents; `None` when the service's own address is to be used.
    pub(crate) fn endpoint_override(&self, service: Service) -> Option<String> {
        let specific = self.sdk.service_config().and_then(|config| {
            let key = ServiceConfigKey::builder()
                .service_id(service.id)
                .profile("endpoint_url")
                .env("AWS_ENDPOINT_URL")
                .build()
                .ok()?;
            config.load_config(key)
        });
        let url = specific.or_else(|| self.sdk.endpoint_url().map(str::to_owned))?;
        Some(url.trim_end_matches('/').to_owned())
    }
}

/// Whether the default chain finds credentials elsewhere than in a profile.
fn has_other_credentials(env: &Env) -> bool {
    [
        "AWS_ACCESS_KEY_ID",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ]
    .iter()
    .any(|name| env.var(name).is_some())
}

/// The SDK takes a profile that does not exist for one without credentials, and looks for an instance role instead.
async fn check_profile(name: &str) -> Result<()> {
    let loaded = profile::load(&Fs::default(), &OsEnv::default(), &Default::default(), None).await;
    let profiles = loaded.map_err(|error| {
        Error::new(Kind::Credentials, "could not read the AWS configuration files")
            .code(Code::AwsProfile)
            .source(&error)
    })?;
    if profiles.get_profile(name).is_some() {
        return Ok(());
    }
    let mut known: Vec<String> = profiles.profiles().map(|name| format!("`{name}`")).collect();
    known.sort();
    let error =
        Error::new(Kind::Credentials, format!("there is no AWS profile `{name}`")).code(Code::AwsProfileMissing);
    let create = format!("`aws configure --profile {name}`");
    Err(if known.is_empty() {
        error.hint(format!("create it: {create}"))
    } else {
        error
            .hint(format!("choose another with `--profile` or AWS_PROFILE: {}", known.join(", ")))
            .hint(format!("or create it: {create}"))
    })
}

/// Variables that set the endpoint of a service that this program calls.
const ENDPOINT_VARIABLES: &[&str] = &[
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_STS",
    "AWS_ENDPOINT_URL_IAM",
    Service::REGISTRY.variable,
    "AWS_ENDPOINT_URL_CODEBUILD",
    "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS",
    Service::TRACES.variable,
    Service::NETWORK.variable,
    "AWS_ENDPOINT_URL_SSM",
    Service::OBJECTS.variable,
    Service::COGNITO.variable,
    Service::DATA_PLANE.variable,
    Service::CONTROL.variable,
];

/// An invalid URL is refused here, because the SDK would fail with the whole request in the message.
///
/// # Errors
/// [`Kind::Usage`] naming the variable.
pub(super) fn check_endpoints(env: &Env) -> Result<()> {
    for name in ENDPOINT_VARIABLES {
        let Some(text) = env.var(name) else { continue };
        let fits = url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !fits {
            return Err(Error::usage(format!("{name} is not the address of a service: `{text}`"))
                .code(Code::AwsEndpoint)
                .hint(format!("write it as `{name}=https://host:port`, or unset it")));
        }
    }
    Ok(())
}

fn no_region() -> Error {
    Error::usage("no AWS region is set")
        .code(Code::AwsRegionMissing)
        .hint("pass `--region us-west-2`, set `AWS_REGION`, add `region` to the AWS profile or `aws.region` to the agent's configuration")
}

/// A service whose address the program needs outside the SDK.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Service {
    id: &'static str,
    variable: &'static str,
    host: &'static str,
}

impl Service {
    pub(crate) const DATA_PLANE: Self =
        Self { id: "Bedrock AgentCore", variable: "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE", host: "bedrock-agentcore" };
    pub(crate) const REGISTRY: Self = Self { id: "ECR", variable: "AWS_ENDPOINT_URL_ECR", host: "api.ecr" };
    pub(crate) const OBJECTS: Self = Self { id: "S3", variable: "AWS_ENDPOINT_URL_S3", host: "s3" };
    pub(super) const TRACES: Self = Self { id: "XRay", variable: "AWS_ENDPOINT_URL_XRAY", host: "xray" };
    pub(crate) const STS: Self = Self { id: "STS", variable: "AWS_ENDPOINT_URL_STS", host: "sts" };
    pub(crate) const IAM: Self = Self { id: "IAM", variable: "AWS_ENDPOINT_URL_IAM", host: "iam" };
    pub(crate) const LOGS: Self =
        Self { id: "CloudWatch Logs", variable: "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", host: "logs" };
    pub(crate) const CONTROL: Self = Self {
        id: "Bedrock AgentCore Control",
        variable: "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE_CONTROL",
        host: "bedrock-agentcore-control",
    };
    pub(super) const NETWORK: Self = Self { id: "EC2", variable: "AWS_ENDPOINT_URL_EC2", host: "ec2" };
    pub(crate) const COGNITO: Self = Self {
        id: "Cognito Identity Provider",
        variable: "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER",
        host: "cognito-idp",
    };
}

impl Cloud {
    /// Where requests to a service go, and the setting that says so where it is not the service's own address. `None` where
    /// that address is not known here.
    pub(crate) fn address(&self, service: Service, env: &Env) -> Option<ServiceAddress> {
        if let Some(url) = self.endpoint_override(service) {
            let variables = [service.variable, "AWS_ENDPOINT_URL"];
            let is_it = |variable: &&str| env.var(variable).is_some_and(|set| set.trim_end_matches('/') == url);
            let set_by = variables.into_iter().find(is_it).unwrap_or("the AWS profile");
            return Some(ServiceAddress { url, set_by: Some(set_by) });
        }
        let host = match service.id {
            "IAM" => self.partition().iam_host()?,
            _ => self.partition().host(service.host, self.region()),
        };
        Some(ServiceAddress { url: format!("https://{host}"), set_by: None })
    }
}

/// Where requests to a service go.
#[derive(Clone, Debug)]
pub(crate) struct ServiceAddress {
    /// Without a final slash.
    pub(crate) url: String,
    /// The variable that sets it, or the profile.
    pub(crate) set_by: Option<&'static str>,
}

/// A service's base URL from the environment alone, for callers without AWS credentials or profile.
pub(crate) fn regional_endpoint(env: &Env, service: Service, region: &str) -> String {
    env.var(service.variable)
        .or_else(|| env.var("AWS_ENDPOINT_URL"))
        .map(|url| url.trim_end_matches('/').to_owned())
        .unwrap_or_else(|| format!("https://{}", Partition::of_region(region).host(service.host, region)))
}

/// Whether every AWS request of this process goes to a plain `http:` address, so that no certificate is ever looked at.
/// Should one be needed after all, there is none to trust and the connection is refused.
fn only_plain_endpoints(env: &Env) -> bool {
    let mut endpoints = env.vars().filter(|(name, _)| name.starts_with("AWS_ENDPOINT_URL"));
    let proxied = env
        .vars()
        .any(|(name, _)| name.to_ascii_lowercase().ends_with("_proxy") && !name.eq_ignore_ascii_case("no_proxy"));
    !proxied
        && env.var("AWS_ENDPOINT_URL").is_some()
        && endpoints.all(|(_, url)| url.to_str().is_some_and(|url| url.starts_with("http://")))
}

fn http_client(env: &Env) -> Result<SharedHttpClient> {
    // Reading the system's certificates takes longer than the request to a local endpoint, which needs none.
    let mut trust = tls::TrustStore::default().with_native_roots(!only_plain_endpoints(env));
    if let Some(path) = env.var_os("AWS_CA_BUNDLE") {
        let path = env.cwd().join(path);
        let bundle = std::fs::read(&path)
            .with_context(|| format!("could not read the certificates in `{}` (AWS_CA_BUNDLE)", path.display()))
            .map_err(|error| error.with_kind(Kind::Usage))?;
        trust = trust.with_pem_certificate(bundle);
    }
    let context = tls::TlsContext::builder().with_trust_store(trust).build().context("could not set up TLS")?;
    let proxy = ProxyConfig::from_env();
    let client = Builder::new().build_with_connector_fn(move |settings, components| {
        let mut builder: aws_smithy_http_client::ConnectorBuilder<_> = Connector::builder()
            .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc))
            .tls_context(context.clone())
            .proxy_config(proxy.clone());
        if let Some(settings) = settings {
            builder = builder.connector_settings(settings.clone());
        }
        if let Some(components) = components {
            builder.set_sleep_impl(components.sleep_impl());
        }
        builder.build()
    });
    Ok(SharedHttpClient::new(Watched(client)))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn invalid_endpoint_is_refused_by_name() {
        let env = |value: &str| Env::fake(Path::new("/"), &[("AWS_ENDPOINT_URL_STS", value)]);
        for good in ["http://127.0.0.1:4566", "https://sts.example"] {
            check_endpoints(&env(good)).unwrap();
        }
        for bad in ["foo:bar", "localhost:4566", "//x", "ftp://x"] {
            let error = check_endpoints(&env(bad)).unwrap_err();
            assert!(error.message().contains("AWS_ENDPOINT_URL_STS"), "{error}");
        }
    }
}
