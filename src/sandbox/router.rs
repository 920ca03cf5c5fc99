//! Which service a request is for, and the checks that are the same for all operations of a service.
//!
//! Owns: the table from target prefix, path and form to a service; signature checks of the signed APIs; the request id
//! header. Does not own: operations (each service has its own file); the authentication of the registry, of the data
//! plane and of Cognito's pages, which have rules of their own.
//!
//! A new service has a folder beside this file, its state in `state.rs`, its name in `operations.rs`, a row in
//! docs/sandbox-reference.md, and here an arm: in [`route`] for one with paths of its own, in `signer` and `call` for
//! JSON 1.1, in `query` for forms.

use futures_util::future::BoxFuture;
use http::HeaderValue;
use serde_json::{Value, json};

use super::caller::{self, Caller};
use super::reply::{self, Fault, Protocol, Response};
use super::request::{API_BODY_LIMIT, QueryForm, Request, json_object};
use super::sigv4::{self, SignatureError};
use super::{
    SharedSandbox, bedrock, browser, codebuild, cognito, control, dataplane, dev, ec2, ecr, iam, logs, memory, mint,
    permissions, registry, s3, secrets, ssm, sts, vault, xray,
};
use crate::redact::{ExposeSecret, SecretString};

/// Answers one request.
pub(crate) async fn handle(sandbox: SharedSandbox, request: axum::extract::Request) -> Response {
    let Some(recording) = dataplane::page::record(&sandbox, &request) else { return answer(sandbox, request).await };
    let response = answer(sandbox, recording.request(request)).await;
    recording.response(response)
}

/// The same for a request that the page makes. Boxed, because [`handle`] calls the page, which calls this.
pub(crate) fn handle_own(sandbox: SharedSandbox, request: axum::extract::Request) -> BoxFuture<'static, Response> {
    Box::pin(handle(sandbox, request))
}

async fn answer(sandbox: SharedSandbox, request: axum::extract::Request) -> Response {
    let request = Request::new(request, sandbox.options.patience);
    let id = HeaderValue::from_str(&request.id);
    let origin = browser::origin(&request);
    let mut response = match browser::preflight(&request) {
        Some(response) => response,
        None => route(&sandbox, request).await,
    };
    if origin {
        browser::allow(&mut response);
    }
    if let Ok(id) = id {
        response.headers_mut().insert("x-amzn-requestid", id);
    }
    response
}

async fn route(sandbox: &SharedSandbox, mut request: Request) -> Response {
    if s3::is_for(&request) {
        return s3::handle(sandbox, request).await;
    }
    if let Some(target) = request.header("x-amz-target").map(str::to_owned) {
        return json11(sandbox, request, &target).await;
    }
    match *request.path().as_slice() {
        ["_sandbox", "tokens"] if request.method == "POST" => mint::page(sandbox, request).await,
        ["_sandbox", "starts"] if request.method == "POST" => dataplane::trial::page(sandbox, request).await,
        ["_sandbox", ..] => own(sandbox, &mut request).await,
        ["_dev", ..] if dev::is_for(&request.raw_path) => dataplane::page::answer(sandbox, &mut request).await,
        ["v1", ..] if dataplane::exported::is_for(&request.raw_path) && !from_page(&request) => {
            dataplane::exported::answer(sandbox, &mut request).await
        }
        // Other services have a second version too; theirs is signed, and a registry's requests never are.
        ["v2", ..] if !sigv4::is_signed(&request) => registry::handle(sandbox, request).await,
        [""] | [] => query(sandbox, request).await,
        ["oauth2", "token"] if request.method == "POST" => cognito::token_endpoint(sandbox, &mut request).await,
        ["oauth2", "authorize"] if request.method == "GET" => cognito::authorize(sandbox, &request),
        ["login"] if matches!(request.method.as_str(), "GET" | "POST") => cognito::login(sandbox, &mut request).await,
        [pool, ".well-known", document] if request.method == "GET" => match cognito::page(sandbox, pool, document) {
            Some(page) => page,
            None => unknown(&mut request).await,
        },
        // Clients look for a provider's document in several places, and go on after a 404 alone.
        [".well-known", ..] => {
            let text = format!("there is no document at {}", request.raw_path);
            reply::fault(&Protocol::RestJson, Fault::new(404, "NotFoundException", text), &request.id)
        }
        [operation] if xray::is_operation(operation) => xray::handle(sandbox, &mut request).await,
        ["model", ..] => bedrock::handle(sandbox, &mut request).await,
        ["identities", ..] => vault::handle(sandbox, &mut request).await,
        ["memories", ..] => memory::handle(sandbox, &mut request).await,
        ["tags", arn] if memory::has_tags(arn) => memory::tags(sandbox, &mut request).await,
        ["tags", arn] if vault::has_tags(arn) => vault::tags(sandbox, &mut request).await,
        ["gateways", ..] => gateways(sandbox, &mut request).await,
        ["tags", arn] if control::gateways::has_tags(arn) => gateways(sandbox, &mut request).await,
        ["runtimes" | "tags" | "resourcepolicy", ..] => match control::handle(sandbox, &mut request).await {
            Some(response) => response,
            None => dataplane::handle(sandbox, request).await,
        },
        _ => unknown(&mut request).await,
    }
}

/// Whether a browser sends it for a web page. Agents export their spans, pages do not.
fn from_page(request: &Request) -> bool {
    request.headers.contains_key(http::header::ORIGIN)
}

async fn gateways(sandbox: &SharedSandbox, request: &mut Request) -> Response {
    match control::gateways::handle(sandbox, request).await {
        Some(response) => response,
        None => unknown(request).await,
    }
}

/// Checks the AWS signature of a request whose body has this hash, where it does not matter who signed.
///
/// # Errors
/// Why it is refused; [`SignatureError::fault`] puts it in the words of a protocol.
pub(crate) fn authenticate(
    sandbox: &SharedSandbox,
    request: &Request,
    body_sha256: &str,
    service: &str,
) -> Result<(), SignatureError> {
    caller(sandbox, request, body_sha256, service).map(|_| ())
}

/// Checks the AWS signature of a request whose body has this hash, and says who made it: the user, or an agent with the
/// credentials of its role.
///
/// # Errors
/// As [`authenticate`].
pub(crate) fn caller(
    sandbox: &SharedSandbox,
    request: &Request,
    body_sha256: &str,
    service: &str,
) -> Result<Caller, SignatureError> {
    let info = &sandbox.info;
    let signed = signed(request, body_sha256);
    let session = match sigv4::session_token(&signed) {
        Some(token) => Some(caller::session(info, &token).ok_or(SignatureError::UnknownKey)?),
        None => None,
    };
    let key = match &session {
        Some((_, keys)) => sigv4::AccessKey { id: &keys.id, secret: &keys.secret, token: Some(&keys.token) },
        None => sigv4::AccessKey { id: &info.access_key_id, secret: &info.secret_access_key, token: None },
    };
    let global = matches!(service, "iam" | "sts");
    sigv4::verify(
        &signed,
        key,
        sigv4::SigningScope { service, region: &info.region, global, now: sandbox.clock.now() },
    )?;
    match session {
        Some((session, _)) if session.expires <= sandbox.clock.unix() => Err(SignatureError::ExpiredToken),
        Some((session, _)) => Ok(Caller::Role(session)),
        None => Ok(Caller::User),
    }
}

/// Who made a request whose signature was verified.
pub(crate) fn verified_caller(sandbox: &SharedSandbox, request: &Request) -> Caller {
    match sigv4::session_token(&signed(request, "")) {
        Some(token) => {
            caller::session(&sandbox.info, &token).map_or(Caller::Anonymous, |(session, _)| Caller::Role(session))
        }
        None => Caller::User,
    }
}

/// The secret key that a request whose signature was verified is signed with.
pub(crate) fn signing_secret(sandbox: &SharedSandbox, request: &Request) -> SecretString {
    let token = sigv4::session_token(&signed(request, ""));
    let session = token.and_then(|token| caller::session(&sandbox.info, &token));
    session.map_or_else(|| sandbox.info.secret_access_key.clone(), |(_, keys)| keys.secret)
}

fn signed<'a>(request: &'a Request, body_sha256: &'a str) -> sigv4::Signed<'a> {
    sigv4::Signed {
        method: &request.method,
        path: &request.raw_path,
        query: &request.raw_query,
        headers: &request.headers,
        body_sha256,
    }
}

/// Services that name their operation in `X-Amz-Target`, as `Prefix.Operation`.
async fn json11(sandbox: &SharedSandbox, mut request: Request, target: &str) -> Response {
    let protocol = protocol(&request);
    let answer = async {
        let (prefix, operation) = target.split_once('.').unwrap_or((target, ""));
        let signer = signer(prefix, operation).ok_or_else(|| Fault::unknown_operation(&format!("`{target}`")))?;
        let body = request.bytes(API_BODY_LIMIT).await?;
        let caller = match signer {
            Signer::Service(service) => {
                caller(sandbox, &request, &sigv4::sha256(&body), service).map_err(|r| r.fault(&protocol))?
            }
            Signer::Nobody => Caller::Anonymous,
        };
        let input = json_object(&body)?;
        if let Signer::Service(service) = signer {
            permissions::json11(sandbox, &caller, (service, operation), &input)?;
        }
        call(sandbox, &caller, (prefix, operation), &input).await
    };
    match answer.await {
        Ok(value) => reply::json11(&value),
        Err(fault) => reply::fault(&protocol, fault, &request.id),
    }
}

/// Who must have signed an operation.
enum Signer {
    /// The account's user, for the service of this signing name.
    Service(&'static str),
    /// Nobody: Cognito's operations for end users.
    Nobody,
}

/// How the operation of a json-1.1 service is signed; `None` for a service that is not here.
fn signer(prefix: &str, operation: &str) -> Option<Signer> {
    match prefix {
        cognito::PREFIX if cognito::is_unsigned(operation) => Some(Signer::Nobody),
        codebuild::TARGET => Some(Signer::Service("codebuild")),
        cognito::PREFIX => Some(Signer::Service("cognito-idp")),
        ecr::TARGET => Some(Signer::Service("ecr")),
        logs::TARGET => Some(Signer::Service("logs")),
        secrets::TARGET => Some(Signer::Service("secretsmanager")),
        ssm::TARGET => Some(Signer::Service("ssm")),
        _ => None,
    }
}

/// Hands an operation to its json-1.1 service.
async fn call(
    sandbox: &SharedSandbox,
    caller: &Caller,
    (prefix, operation): (&str, &str),
    input: &Value,
) -> Result<Value, Fault> {
    match prefix {
        codebuild::TARGET => codebuild::call(sandbox, caller, operation, input).await,
        cognito::PREFIX => cognito::call(sandbox, operation, input).await,
        ecr::TARGET if operation == "GetAuthorizationToken" => ecr::authorization(sandbox, caller),
        ecr::TARGET => ecr::call(sandbox, operation, input).await,
        logs::TARGET => logs::call(sandbox, operation, input).await,
        secrets::TARGET => secrets::call(sandbox, caller, operation, input).await,
        ssm::TARGET => ssm::call(sandbox, caller, operation, input).await,
        _ => Err(Fault::unknown_operation(&format!("`{prefix}.{operation}`"))),
    }
}

/// EC2, IAM and STS: a form, or a query string, with `Action` and `Version`.
async fn query(sandbox: &SharedSandbox, mut request: Request) -> Response {
    let body = match request.bytes(API_BODY_LIMIT).await {
        Ok(body) => body,
        Err(fault) => return reply::fault(&protocol(&request), fault, &request.id),
    };
    let form = QueryForm::parse(if body.is_empty() { request.raw_query.as_bytes() } else { &body });
    let Some(action) = form.get("Action") else { return unknown(&mut request).await };
    if form.get("Version") == Some(ec2::VERSION) {
        return ec2::handle(sandbox, &request, (action, &form), &body);
    }
    let (service, namespace) = match form.get("Version").unwrap_or_default() {
        sts::VERSION => ("sts", sts::namespace()),
        iam::VERSION => ("iam", iam::namespace()),
        _ => {
            let service = signed_for(&request).map(|name| format!(" of the service `{name}`")).unwrap_or_default();
            let fault = Fault::unknown_operation(&format!("`{action}`{service}"));
            return reply::fault(&protocol(&request), fault, &request.id);
        }
    };
    let protocol = Protocol::Query(namespace.clone());
    let answer = async {
        let caller = match service {
            "sts" if sts::is_unsigned(action) => Caller::Anonymous,
            _ => caller(sandbox, &request, &sigv4::sha256(&body), service).map_err(|r| r.fault(&protocol))?,
        };
        permissions::query(sandbox, &caller, (service, action), &form)?;
        match service {
            "iam" => iam::call(sandbox, action, &form).await,
            _ => sts::call(sandbox, &caller, action, &form).await,
        }
    };
    match answer.await {
        Ok(inner) => reply::query(&namespace, action, inner.as_deref(), &request.id),
        Err(fault) => reply::fault(&protocol, fault, &request.id),
    }
}

/// The sandbox's own pages: status and stop.
async fn own(sandbox: &SharedSandbox, request: &mut Request) -> Response {
    let info = &sandbox.info;
    match (request.method.as_str(), request.path().as_slice()) {
        ("GET", ["_sandbox", "health"]) => reply::json(
            200,
            &json!({"status": "ok", "instance": info.instance, "pid": info.pid, "version": info.version}),
        ),
        ("POST", ["_sandbox", "shutdown"]) => {
            let expected = format!("Bearer {}", info.token.expose_secret());
            let given = request.header("authorization").unwrap_or_default();
            if aws_lc_rs::constant_time::verify_slices_are_equal(given.as_bytes(), expected.as_bytes()).is_err() {
                let fault = Fault::new(
                    403,
                    "AccessDeniedException",
                    "the shutdown token of `sandbox.json` is missing or wrong",
                );
                return reply::fault(&Protocol::RestJson, fault, &request.id);
            }
            sandbox.request_stop();
            reply::json(202, &json!({"status": "stopping"}))
        }
        _ => unknown(request).await,
    }
}

/// The refusal of an unknown request; names the operation. The body is read, or its sender might never see the answer.
async fn unknown(request: &mut Request) -> Response {
    request.discard_body().await;
    let service = signed_for(request).map(|name| format!(" of the service `{name}`")).unwrap_or_default();
    let what = format!("`{} {}`{service}", request.method, request.raw_path);
    reply::fault(&protocol(request), Fault::unknown_operation(&what), &request.id)
}

/// Services whose requests look like those of REST with JSON, and whose answers are XML.
const REST_XML: [&str; 3] = ["cloudfront", "route53", "s3"];

/// The protocol that a client speaks, as far as its request tells.
fn protocol(request: &Request) -> Protocol {
    let kind = request.header("content-type").unwrap_or_default();
    let service = signed_for(request).unwrap_or_default();
    if request.header("smithy-protocol") == Some("rpc-v2-cbor") {
        Protocol::Cbor
    } else if request.headers.contains_key("x-amz-target") {
        if kind.contains("json-1.0") { Protocol::Json10 } else { Protocol::Json11 }
    } else if service == "ec2" {
        Protocol::Ec2
    } else if kind.starts_with("application/x-www-form-urlencoded") || request.query("Action").is_some() {
        Protocol::Query(String::new())
    } else if REST_XML.contains(&service.as_str()) {
        Protocol::RestXml
    } else {
        Protocol::RestJson
    }
}

/// The refusal of a request that is signed for another region than this sandbox's.
pub(crate) fn other_region(sandbox: &SharedSandbox, request: &Request) -> Option<SignatureError> {
    let [_, _, asked, _, _] = credential(request)?;
    let own = sandbox.info.region.clone();
    (asked != own).then_some(SignatureError::Region { asked, own })
}

/// The signing name in the request's credential scope.
fn signed_for(request: &Request) -> Option<String> {
    credential(request).map(|[_, _, _, service, _]| service)
}

/// The credential scope of a request, in its header or its query string; not verified.
fn credential(request: &Request) -> Option<[String; 5]> {
    let header = request.header("authorization").and_then(|header| header.split_once("Credential="));
    let text = match header {
        Some((_, rest)) => rest.split([',', ' ']).next()?,
        None => request.query("X-Amz-Credential")?,
    };
    let parts: Vec<String> = text.split('/').map(str::to_owned).collect();
    parts.try_into().ok()
}
