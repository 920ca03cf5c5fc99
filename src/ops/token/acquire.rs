//! Getting a token from its source, without a cache.
//!
//! Owns: what each grant needs and the error when it is missing, how the client authenticates, the prompts. Does not
//! own: the protocol (`auth::grants`), Cognito's own sign-in (`cloud`).

use std::time::Duration;

use super::command;
use super::consent;
use super::source::TokenGrantSource;
use super::{SIGN_IN, TokenContext};
use crate::auth;
use crate::auth::grants::{
    ClientAuth, ClientKey, DevicePrompt, IssuedTokens, Metadata, OauthClient, Redirect, RequestedAccess, workload,
};
use crate::cloud::{Cloud, ConnectOptions, TokenSet, UserSignIn};
use crate::config::{TokenClientAuth, TokenGrant};
use crate::error::{Code, Error, Kind, Result};
use crate::ops::target;
use crate::process::{self, Child};
use crate::redact::SecretString;

/// Gets a token, with `refresh` where an earlier refresh token is cached.
///
/// # Errors
/// [`Kind::Usage`] naming what is missing, [`Kind::Credentials`] with the provider's words when it refuses.
pub(super) async fn acquire(
    session: &TokenContext<'_>,
    source: &TokenGrantSource,
    refresh: Option<&SecretString>,
) -> Result<IssuedTokens> {
    match source.grant {
        TokenGrant::UserPassword => user(session, source, refresh).await,
        TokenGrant::GithubActions => github(session, source).await,
        TokenGrant::GitlabCi => variable(session, source),
        TokenGrant::Command => {
            if source.command_is_configured {
                consent::require(session, &source.command, &source.command_dir).await?;
            }
            command::run(session.env, &source.command, &source.command_dir).await
        }
        TokenGrant::File => {
            let file =
                source.file.as_deref().ok_or_else(|| missing("token file", "--token-file", "agentcore.token.file"))?;
            command::from_file(file)
        }
        TokenGrant::ClientCredentials
        | TokenGrant::AuthorizationCode
        | TokenGrant::DeviceCode
        | TokenGrant::RefreshToken => provider(session, source, refresh).await,
    }
}

fn missing(what: &str, flag: &str, elsewhere: &str) -> Error {
    Error::usage(format!("no {what}")).code(Code::InputMissing).hint(format!("pass `{flag}`, or set {elsewhere}"))
}

fn client_id(source: &TokenGrantSource) -> Result<&str> {
    source.client_id.as_deref().ok_or_else(|| {
        Error::usage("no app client id").code(Code::InputMissing).hint(
            "pass `--client-id`, set RUNTIME_CLIENT_ID or `agentcore.token.client_id`, or run `agentcore identity \
             setup-cognito` in this folder",
        )
    })
}

/// The grants that every provider may have.
async fn provider(
    session: &TokenContext<'_>,
    source: &TokenGrantSource,
    refresh: Option<&SecretString>,
) -> Result<IssuedTokens> {
    let id = client_id(source)?;
    if source.needs_person() && refresh.is_none() {
        // Checked before any request or prompt.
        session.require_person(source)?;
    }
    let url = match (&source.discovery_url, &source.pool_id) {
        (Some(url), _) => url.clone(),
        (None, Some(pool)) => connect(session, source).await?.pool_discovery_url(pool),
        (None, None) => {
            return Err(missing(
                "provider",
                "--discovery-url",
                "`agentcore.token.discovery_url` or RUNTIME_DISCOVERY_URL",
            ));
        }
    };
    let metadata = Metadata::fetch(session.http, &url).await?.or_token_endpoint(source.token_endpoint.as_deref())?;
    let wanted = requested_access(source);
    let auth = client_auth(source, &metadata)?;
    let client = OauthClient { http: session.http, metadata: &metadata, id, auth: &auth, wanted: &wanted };
    if let Some(token) = refresh {
        match client.refresh(token).await {
            // A machine or a person can start over; a given refresh token cannot be replaced.
            Err(error) if error.is(Code::TokenInvalidGrant) && source.grant != TokenGrant::RefreshToken => {}
            other => return other,
        }
    }
    match source.grant {
        TokenGrant::ClientCredentials => {
            if matches!(auth, ClientAuth::Public) {
                return Err(missing(
                    "client secret",
                    "--client-secret-file",
                    "RUNTIME_CLIENT_SECRET or `agentcore.token.client_secret_env`",
                )
                .hint("a client that signs instead has `--private-key-file`"));
            }
            client.client_credentials().await
        }
        TokenGrant::RefreshToken => {
            let token = source.refresh_token.as_ref();
            let token = token.ok_or_else(|| {
                missing("refresh token", "--refresh-token-file", "`agentcore.token.refresh_token_env`")
            })?;
            client.refresh(token).await
        }
        TokenGrant::DeviceCode => {
            session.require_person(source)?;
            let waited = client.device(|prompt| tell_device(session, prompt));
            tokio::time::timeout(session.patience(), waited).await.map_err(|_| nobody_came(session))?
        }
        TokenGrant::AuthorizationCode => {
            session.require_person(source)?;
            sign_in(session, source, &client).await
        }
        _ => password(source, &client).await,
    }
}

async fn password(source: &TokenGrantSource, client: &OauthClient<'_>) -> Result<IssuedTokens> {
    let (name, word) = user_and_password(source)?;
    if client.metadata.offers("password") != Some(true) {
        return Err(Error::usage(format!(
            "{} does not offer signing in with a user's password",
            client.metadata.issuer
        ))
        .code(Code::TokenGrantNotOffered)
        .hint("sign in through a browser: `--grant authorization-code`, or with a code: `--grant device-code`"));
    }
    client.password(name, word).await
}

/// The default scope of a sign-in, where no other is requested.
fn requested_access(source: &TokenGrantSource) -> RequestedAccess {
    let mut wanted = source.wanted.clone();
    let lacks = !wanted.scopes.iter().any(|scope| scope == "openid");
    if lacks && (source.id_token || (source.needs_person() && wanted.scopes.is_empty())) {
        wanted.scopes.insert(0, "openid".to_owned());
    }
    wanted
}

/// How the client authenticates: as configured, else by what it has and what the provider accepts.
fn client_auth(source: &TokenGrantSource, metadata: &Metadata) -> Result<ClientAuth> {
    let key =
        |pem: &SecretString| ClientKey::from_pem(pem, source.key_id.as_deref()).map(Box::new).map(ClientAuth::Key);
    let takes = |method: &str| metadata.auth_methods.iter().any(|known| known == method);
    let secret = || {
        source.client_secret.clone().ok_or_else(|| {
            missing(
                "client secret",
                "--client-secret-file",
                "RUNTIME_CLIENT_SECRET or `agentcore.token.client_secret_env`",
            )
        })
    };
    Ok(match source.client_auth {
        TokenClientAuth::Public => ClientAuth::Public,
        TokenClientAuth::Basic => ClientAuth::Basic(secret()?),
        TokenClientAuth::Post => ClientAuth::Post(secret()?),
        TokenClientAuth::PrivateKey => {
            let pem = source.private_key.as_ref();
            key(pem.ok_or_else(|| missing("private key", "--private-key-file", "`agentcore.token.private_key_file`"))?)?
        }
        TokenClientAuth::Auto => match (&source.private_key, &source.client_secret) {
            (Some(pem), _) => key(pem)?,
            (None, Some(secret)) if takes("client_secret_basic") || !takes("client_secret_post") => {
                ClientAuth::Basic(secret.clone())
            }
            (None, Some(secret)) => ClientAuth::Post(secret.clone()),
            (None, None) => ClientAuth::Public,
        },
    })
}

fn user_and_password(source: &TokenGrantSource) -> Result<(&str, &SecretString)> {
    let hint = "or run `agentcore identity setup-cognito` in this folder";
    let name =
        source.username.as_deref().ok_or_else(|| missing("user name", "--username", "RUNTIME_USERNAME").hint(hint))?;
    let word = source
        .password
        .as_ref()
        .ok_or_else(|| missing("password", "--password-file", "RUNTIME_PASSWORD").hint(hint))?;
    Ok((name, word))
}

/// A user's password goes to Cognito, or to a provider that says it takes passwords.
async fn user(
    session: &TokenContext<'_>,
    source: &TokenGrantSource,
    refresh: Option<&SecretString>,
) -> Result<IssuedTokens> {
    let id = client_id(source)?;
    let (username, password) = user_and_password(source)?;
    let Some(cloud) = cognito(session, source).await? else {
        return provider(session, source, refresh).await;
    };
    let request = UserSignIn {
        client_id: id,
        client_secret: source.client_secret.as_ref(),
        username,
        password,
        new_password: source.new_password.as_ref(),
    };
    if let Some(token) = refresh
        && let Ok(tokens) = cloud.renew(&request, token).await
    {
        return Ok(from_cognito(tokens));
    }
    cloud.sign_in(&request).await.map(from_cognito).map_err(|error| refused_sign_in(error, cloud.region()))
}

/// What to do about a refusal of Cognito. Only who signs in is a matter of credentials; a client that does not exist is not
/// found, like anything else.
fn refused_sign_in(error: Error, region: &str) -> Error {
    let hint = match error.code_str() {
        "NotAuthorizedException" | "UserNotFoundException" => {
            "check the user name and the password, or run `agentcore identity setup-cognito` again"
        }
        "UserNotConfirmedException" => "confirm the user first: `aws cognito-idp admin-confirm-sign-up`",
        "PasswordResetRequiredException" => {
            "set a password first: `aws cognito-idp admin-set-user-password --permanent`"
        }
        "ResourceNotFoundException" => {
            return error.hint(format!(
                    "check the client (`--client-id` or RUNTIME_CLIENT_ID), and that its pool is in {region}: a pool's id (`--pool-id` or \
                     RUNTIME_POOL_ID) begins with its region"
                ));
        }
        _ => return error,
    };
    error.with_kind(Kind::Credentials).hint(hint)
}

fn from_cognito(tokens: TokenSet) -> IssuedTokens {
    IssuedTokens {
        access_token: tokens.access_token,
        id_token: tokens.id_token,
        refresh_token: tokens.refresh_token,
        expires_in: u64::try_from(tokens.expires_in).ok().map(Duration::from_secs),
    }
}

async fn connect(session: &TokenContext<'_>, source: &TokenGrantSource) -> Result<Cloud> {
    // A pool id begins with its region, which takes precedence over the environment.
    let pool = source.pool_id.as_deref().or_else(|| pool_in(source.discovery_url.as_deref()?));
    let of_pool = pool.and_then(|pool| pool.split_once('_')).map(|(region, _)| region.to_owned());
    let env = session.env;
    let region = match (session.region, of_pool) {
        (None, Some(region)) => Some(region),
        (flag, _) => target::region(flag, env, None)?.map(|region| region.value),
    };
    let http = std::sync::Arc::clone(session.http);
    Cloud::connect(ConnectOptions { env, http, profile: session.profile, region: region.as_deref() }).await
}

/// The connection to Cognito when the user is in a pool: by its id, by a discovery URL that is exactly a pool's, or
/// when nothing at all is said of a provider.
async fn cognito(session: &TokenContext<'_>, source: &TokenGrantSource) -> Result<Option<Cloud>> {
    let Some(url) = source.discovery_url.as_deref() else { return connect(session, source).await.map(Some) };
    let Some(pool) = pool_in(url) else { return Ok(None) };
    let cloud = connect(session, source).await?;
    let known = cloud.pool_discovery_url(pool) == url || source.pool_id.as_deref() == Some(pool);
    Ok((known || is_stand_ins(session, &cloud, url, pool).await).then_some(cloud))
}

/// Whether the pool is one of the stand-in for AWS that the environment configures, under the stand-in's own address.
async fn is_stand_ins(session: &TokenContext<'_>, cloud: &Cloud, url: &str, pool: &str) -> bool {
    let Some(endpoint) = cloud.pools_endpoint() else { return false };
    auth::own_discovery_url(session.http, &endpoint, pool).await.is_ok_and(|own| own == url)
}

/// The pool id in a discovery URL of Cognito's form: `https://HOST/us-west-2_AbC/.well-known/…`.
fn pool_in(url: &str) -> Option<&str> {
    let pool = url.strip_suffix("/.well-known/openid-configuration")?.rsplit('/').next()?;
    let (region, name) = pool.split_once('_')?;
    let fits =
        region.split('-').count() >= 3 && !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    fits.then_some(pool)
}

async fn github(session: &TokenContext<'_>, source: &TokenGrantSource) -> Result<IssuedTokens> {
    let var = |name: &str| {
        session.env.var(name).ok_or_else(|| {
            Error::usage(format!("{name} is not set: this is no GitHub Actions job that may have a token"))
                .code(Code::InputMissing)
                .hint("give the job `permissions: {id-token: write}`")
        })
    };
    let url = var("ACTIONS_ID_TOKEN_REQUEST_URL")?;
    let token = SecretString::from(var("ACTIONS_ID_TOKEN_REQUEST_TOKEN")?.to_owned());
    workload::github(session.http, url, &token, source.wanted.audience.as_deref()).await
}

/// GitLab puts a job's token into a variable that the pipeline names (`id_tokens:`).
fn variable(session: &TokenContext<'_>, source: &TokenGrantSource) -> Result<IssuedTokens> {
    let name = source
        .variable
        .as_deref()
        .ok_or_else(|| missing("variable with the job's token", "--ci-variable", "`agentcore.token.variable`"))?;
    let text = session.env.var(name).ok_or_else(|| {
        Error::usage(format!("the variable {name} is not set"))
            .code(Code::InputMissing)
            .hint("declare it in the job: `id_tokens: {NAME: {aud: …}}`")
    })?;
    Ok(IssuedTokens {
        access_token: SecretString::from(text.to_owned()),
        id_token: None,
        refresh_token: None,
        expires_in: None,
    })
}

fn tell_device(session: &TokenContext<'_>, prompt: &DevicePrompt) {
    (session.tell)(&format!(
        "Open {} and enter the code {} (good for {} minutes)",
        prompt.url,
        prompt.code,
        prompt.expires_in.as_secs().div_ceil(60)
    ));
    if let Some(url) = &prompt.complete_url {
        (session.tell)(&format!("or open {url}"));
    }
}

fn nobody_came(session: &TokenContext<'_>) -> Error {
    let limit = if session.deadline.limit().is_zero() { SIGN_IN } else { session.deadline.limit() };
    Error::new(Kind::Deadline, format!("nobody signed in within {} s", limit.as_secs()))
        .code(Code::TokenTimeout)
        .hint("`--timeout SECONDS` waits longer")
}

async fn sign_in(
    session: &TokenContext<'_>,
    source: &TokenGrantSource,
    client: &OauthClient<'_>,
) -> Result<IssuedTokens> {
    let redirect = Redirect::listen(source.redirect_uri.as_deref()).await?;
    let sign_in = client.sign_in(redirect.uri())?;
    (session.tell)(&format!("Sign in at {}", sign_in.url));
    if session.interactive && session.browser {
        open(session, &sign_in.url);
    }
    let waited = tokio::time::timeout(session.patience(), redirect.code(&sign_in, client.metadata)).await;
    let code = waited.map_err(|_| {
        nobody_came(session)
            .hint(format!("the provider must know {} as a redirect address of the client", redirect.uri()))
    })??;
    client.exchange(sign_in, &code).await
}

/// Opens a browser where there is one. The address is printed anyway.
fn open(session: &TokenContext<'_>, url: &str) {
    let openers: &[&str] = if cfg!(target_os = "macos") { &["open"] } else { &["xdg-open", "wslview"] };
    let Some(program) = openers.iter().find_map(|name| process::find(session.env, name)) else { return };
    let child = Child::inheriting(program).arg(url);
    tokio::spawn(async move { child.output().await });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::source::{TokenDefaults, TokenFlags, resolve};
    use super::*;

    #[test]
    fn refused_sign_in_says_what_to_check() {
        let refused = |code: &'static str, kind| {
            refused_sign_in(Error::new(kind, "could not sign in").aws_code(code), "eu-west-1")
        };
        for (code, before, after, word) in [
            ("UserNotFoundException", Kind::Failed, Kind::Credentials, "user name"),
            ("ResourceNotFoundException", Kind::NotFound, Kind::NotFound, "--client-id"),
        ] {
            let error = refused(code, before);
            assert_eq!((error.kind(), error.code_str()), (after, code));
            assert!(error.hints()[0].contains(word), "{error}");
        }
        assert!(refused("ResourceNotFoundException", Kind::NotFound).hints()[0].contains("eu-west-1"));
    }
    use crate::env::Env;

    fn source(given: TokenFlags) -> TokenGrantSource {
        resolve(given, &TokenDefaults::default(), &Env::fake(std::path::Path::new("/"), &[])).unwrap()
    }

    fn metadata(methods: &[&str]) -> Metadata {
        let document = json!({"issuer": "https://i.example", "jwks_uri": "https://i.example/j",
            "token_endpoint_auth_methods_supported": methods});
        Metadata::from_document("https://i.example/.well-known/openid-configuration", document.as_object().unwrap())
            .unwrap()
    }

    #[test]
    fn the_provider_decides_how_a_secret_is_sent() {
        let with = |client_auth| {
            source(TokenFlags {
                client_secret: Some(SecretString::from("s".to_owned())),
                client_auth,
                ..TokenFlags::default()
            })
        };
        let chosen = |methods: &[&str], auth| match client_auth(&with(auth), &metadata(methods)).unwrap() {
            ClientAuth::Basic(_) => "basic",
            ClientAuth::Post(_) => "post",
            ClientAuth::Public => "public",
            ClientAuth::Key(_) => "key",
        };
        assert_eq!(chosen(&["client_secret_post", "client_secret_basic"], None), "basic");
        assert_eq!(chosen(&["client_secret_post"], None), "post");
        assert_eq!(chosen(&["client_secret_jwt"], None), "basic");
        assert_eq!(chosen(&["client_secret_basic"], Some(TokenClientAuth::Post)), "post");
        assert_eq!(chosen(&["client_secret_basic"], Some(TokenClientAuth::Public)), "public");
    }

    #[test]
    fn only_a_pools_own_address_counts_as_cognito() {
        let end = "/.well-known/openid-configuration";
        assert_eq!(
            pool_in(&format!("https://cognito-idp.us-west-2.example/us-west-2_AbC{end}")),
            Some("us-west-2_AbC")
        );
        for other in [
            "https://idp.example/realms/my_realm",
            "https://idp.example",
            "https://idp.example/us-west-2_",
            "https://x/us-west-2_a-b",
        ] {
            assert_eq!(pool_in(&format!("{other}{end}")), None, "{other}");
        }
    }

    #[test]
    fn sign_in_requests_openid_scope_by_default() {
        let of = |grant, scopes: &[&str], id_token| {
            let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
            requested_access(&source(TokenFlags { grant: Some(grant), scopes, id_token, ..TokenFlags::default() }))
                .scopes
        };
        assert_eq!(of(TokenGrant::DeviceCode, &[], false), ["openid"]);
        assert_eq!(of(TokenGrant::DeviceCode, &["a"], false), ["a"]);
        assert_eq!(of(TokenGrant::AuthorizationCode, &["a"], true), ["openid", "a"]);
        assert!(of(TokenGrant::ClientCredentials, &[], false).is_empty());
    }
}
