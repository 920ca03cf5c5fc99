//! The web pages of a pool: discovery document, keys, and the token endpoint for machines. Signing in is in `hosted`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::model::{AppClient, Cognito, CognitoContext, Pool, strings};
use super::pools::{STANDARD_SCOPES, custom_scopes};
use super::tokens::machine_claims;
use crate::error::Result;
use crate::sandbox::jwt::SigningKey;
use crate::sandbox::request::parse_pairs;

/// `/{pool}/.well-known/openid-configuration`. It exists without a domain; the endpoints that live on the domain are
/// then left out.
pub(super) fn discovery(context: &CognitoContext, pool: &Pool) -> Value {
    let issuer = pool.issuer(context);
    let mut out = json!({
        "id_token_signing_alg_values_supported": ["RS256"],
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "response_types_supported": ["code", "token"],
        // Custom scopes are not listed, as in the service.
        "scopes_supported": ["openid", "email", "phone", "profile"],
        "subject_types_supported": ["public"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
    });
    if pool.domain.is_some() {
        out["authorization_endpoint"] = json!(format!("{}/oauth2/authorize", context.url));
        out["token_endpoint"] = json!(format!("{}/oauth2/token", context.url));
    }
    out
}

/// `/{pool}/.well-known/jwks.json`: the key of ID tokens and the key of access tokens.
pub(super) fn jwks(pool: &Pool) -> Result<Value> {
    let keys: Result<Vec<Value>> = pool.keys.iter().map(|key| Ok(SigningKey::from_stored(key)?.jwk())).collect();
    Ok(json!({ "keys": keys? }))
}

/// A request to the token endpoint.
pub(super) struct TokenRequest {
    pub(super) grant: String,
    form: Vec<(String, String)>,
    id: String,
    /// Empty where there is none.
    secret: String,
}

impl TokenRequest {
    /// # Errors
    /// The `error` member of a 400.
    pub(super) fn read(authorization: Option<&str>, body: &[u8]) -> Result<Self, &'static str> {
        let form = parse_pairs(&String::from_utf8_lossy(body));
        let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let grant = field("grant_type").ok_or("invalid_request")?;
        let (id, secret) = match authorization {
            Some(header) => basic(header).ok_or("invalid_client")?,
            None => (field("client_id").ok_or("invalid_request")?, field("client_secret").unwrap_or_default()),
        };
        Ok(Self { grant, form, id, secret })
    }

    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether the grant is one of people who have signed in.
    pub(super) fn is_of_person(&self) -> bool {
        matches!(self.grant.as_str(), "authorization_code" | "refresh_token")
    }

    /// The client, authenticated by its secret where it has one. Only a pool with a domain has this endpoint.
    pub(super) fn client<'c>(&self, cognito: &'c Cognito) -> Result<(&'c Pool, &'c AppClient), &'static str> {
        let pool =
            cognito.pool_of_client(&self.id).ok().filter(|pool| pool.domain.is_some()).ok_or("invalid_client")?;
        let client = pool.client(&self.id).map_err(|_| "invalid_client")?;
        let own = client.secret.as_deref().unwrap_or_default();
        let right = aws_lc_rs::constant_time::verify_slices_are_equal(own.as_bytes(), self.secret.as_bytes()).is_ok();
        if right { Ok((pool, client)) } else { Err("invalid_client") }
    }
}

/// `POST /oauth2/token` of a machine. `Err` is the `error` member of a 400.
pub(super) fn token(
    cognito: &Cognito,
    context: &CognitoContext,
    request: &TokenRequest,
) -> Result<Value, &'static str> {
    let (pool, client) = request.client(cognito)?;
    if client.secret.is_none() {
        return Err("invalid_client");
    }
    if request.grant != "client_credentials" {
        return Err("unsupported_grant_type");
    }
    let enabled = client.settings.get("AllowedOAuthFlowsUserPoolClient") == Some(&json!(true));
    if !enabled || !strings(client.settings.get("AllowedOAuthFlows")).contains(&"client_credentials") {
        return Err("unauthorized_client");
    }
    let scope = granted(pool, client, request.field("scope"))?;
    let key = SigningKey::from_stored(&pool.keys[1]).map_err(|_| "server_error")?;
    let token = key.sign(&machine_claims(context, pool, client, &scope)).map_err(|_| "server_error")?;
    Ok(json!({ "access_token": token, "expires_in": client.lifetime("AccessToken"), "token_type": "Bearer" }))
}

/// The scopes of the token: those asked for, or all custom scopes of the client.
fn granted(pool: &Pool, client: &AppClient, asked: Option<&str>) -> Result<String, &'static str> {
    let known = custom_scopes(pool);
    let allowed: Vec<&str> = strings(client.settings.get("AllowedOAuthScopes"))
        .into_iter()
        .filter(|scope| !STANDARD_SCOPES.contains(scope) && known.iter().any(|known| known == scope))
        .collect();
    let asked: Vec<&str> = asked.unwrap_or_default().split_whitespace().collect();
    if asked.iter().any(|scope| !allowed.contains(scope)) {
        return Err("invalid_scope");
    }
    Ok(if asked.is_empty() { allowed } else { asked }.join(" "))
}

fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, value) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}
