//! Workload access tokens: whom an agent acts for. Opaque, sealed by the sandbox, valid for an hour.
//!
//! Owns: making them for a caller of an agent (`for_call`) and for the three GetWorkloadAccessToken operations, and
//! opening them again. Does not own: what they are exchanged for (`exchange`).

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{VaultContext, identities, not_found};
use crate::auth::token::Token;
use crate::error::Result;
use crate::sandbox::control::check::{TextRule, Violations};
use crate::sandbox::control::invalid;
use crate::sandbox::dataplane::headers::USER;
use crate::sandbox::gate::Admitted;
use crate::sandbox::reply::Fault;
use crate::sandbox::request::Request;
use crate::sandbox::{Sandbox, seal, sigv4};

const PURPOSE: &str = "workload access token";
/// Seconds. The lifetime of the service's tokens is not documented.
const LIFE: i64 = 3600;
const USER_TOKEN: TextRule =
    TextRule::length(1, 131_072).with_pattern("[A-Za-z0-9-_=]+.[A-Za-z0-9-_=]+.[A-Za-z0-9-_=]+").sensitive();
const USER_ID: TextRule = TextRule::length(1, 128);
const TOKEN: TextRule = TextRule::length(1, 131_072).sensitive();

/// Whom a token was made for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TokenUser {
    /// Issuer and subject of a JWT, or the id that was given.
    pub(super) key: String,
    /// What proved it: a digest of the JWT, or the id. The end of a consent must come with the same.
    pub(super) artifact: String,
}

/// What a workload access token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct WorkloadAccess {
    pub(super) workload: String,
    /// `None`: the workload itself.
    pub(super) user: Option<TokenUser>,
    /// Seconds since 1970.
    expires: i64,
}

impl WorkloadAccess {
    /// Stands in until a token was opened; no identity has an empty name.
    pub(super) fn nobody() -> Self {
        Self { workload: String::new(), user: None, expires: 0 }
    }
}

impl TokenUser {
    fn of_id(id: &str) -> Self {
        Self { key: format!("id:{id}"), artifact: format!("id:{id}") }
    }

    /// The user of a JWT. Its signature is not checked: at the service the token is the caller's word, and what it opens
    /// is kept under this user only.
    pub(super) fn of_jwt(text: &str) -> Option<Self> {
        let token = Token::parse(text).ok()?;
        let (issuer, subject) = (token.issuer()?, token.text("sub")?);
        let key = format!("jwt:{}", json!([issuer, subject]));
        Some(Self { key, artifact: format!("jwt:{}", sigv4::sha256(text.as_bytes())) })
    }

    /// The user of CompleteResourceTokenAuth's `userIdentifier`.
    pub(super) fn of_identifier(check: &mut Violations, identifier: Option<&Value>) -> Option<Self> {
        const PATH: &str = "userIdentifier";
        let identifier = check.present(PATH, identifier)?;
        let token = check.text("userIdentifier.userToken", identifier.get("userToken"), USER_TOKEN);
        let id = check.text("userIdentifier.userId", identifier.get("userId"), USER_ID);
        match (token, id) {
            (Some(token), None) => Self::of_jwt(token),
            (None, Some(id)) => Some(Self::of_id(id)),
            _ => {
                check.problem(PATH, "userIdentifier must have exactly one of userToken and userId");
                None
            }
        }
    }
}

fn mint(sandbox: &Sandbox, workload: &str, user: Option<TokenUser>) -> Result<String> {
    let access = WorkloadAccess { workload: workload.to_owned(), user, expires: sandbox.clock.unix() + LIFE };
    seal::seal(&sandbox.info, PURPOSE, &access)
}

/// The token that goes to an agent along with a call that was let pass: for the user of the caller's JWT, or for the one
/// that a signed call names. `None` where the call names no user, as at the service.
///
/// # Errors
/// When the system has no random source to offer.
pub(crate) fn for_call(
    sandbox: &Sandbox,
    request: &Request,
    admitted: &Admitted,
    runtime: &str,
) -> Result<Option<String>> {
    // A token counts only where it was judged: a presigned call may carry one that nobody looked at.
    let judged = matches!(admitted, Admitted::Token);
    let bearer = request.header("authorization").filter(|_| judged).and_then(|header| header.trim().split_once(' '));
    let user = match bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")) {
        Some((_, token)) => TokenUser::of_jwt(token.trim()),
        None => match request.header(USER) {
            Some(id) => Some(TokenUser::of_id(id)),
            None => return Ok(None),
        },
    };
    mint(sandbox, runtime, user).map(Some)
}

/// GetWorkloadAccessToken and its two forms for users.
///
/// # Errors
/// ValidationException, also for the identity of a runtime: only the runtime gets tokens for it.
pub(super) fn get(context: &VaultContext<'_>, operation: &str, input: &Value) -> Result<Value, Fault> {
    let mut check = Violations::default();
    let workload = check.required("workloadName", input.get("workloadName"), identities::NAME).unwrap_or_default();
    let user = match operation {
        "GetWorkloadAccessTokenForJWT" => {
            check.required("userToken", input.get("userToken"), USER_TOKEN).map(TokenUser::of_jwt)
        }
        "GetWorkloadAccessTokenForUserId" => {
            check.required("userId", input.get("userId"), USER_ID).map(|id| Some(TokenUser::of_id(id)))
        }
        _ => None,
    };
    check.finish()?;
    context.require(operation, &[&context.directory(), &context.identity(workload)])?;
    let vault = &context.sandbox.state.vault;
    if vault.read(|state| identities::is_linked(state, context, workload)) {
        return Err(invalid(
            "WorkloadIdentity is linked to a service and cannot retrieve an access token by the caller",
        ));
    }
    if !vault.read(|state| identities::find(state, context, workload).is_some()) {
        return Err(not_found(&format!("WorkloadIdentity '{workload}'")));
    }
    if user == Some(None) {
        return Err(invalid("userToken must be a JSON web token with the claims 'iss' and 'sub'"));
    }
    let token = mint(context.sandbox, workload, user.flatten())?;
    Ok(json!({ "workloadAccessToken": token }))
}

/// Reads the member `workloadIdentityToken`, which must be there.
pub(super) fn checked<'v>(check: &mut Violations, input: &'v Value) -> Option<&'v str> {
    check.required("workloadIdentityToken", input.get("workloadIdentityToken"), TOKEN)
}

/// What a token says, when it is this sandbox's, not too old, and its identity still exists.
///
/// # Errors
/// UnauthorizedException (401). The words are the sandbox's own.
pub(super) fn open(context: &VaultContext<'_>, token: &str) -> Result<WorkloadAccess, Fault> {
    let refuse = |text: &str| Fault::new(401, "UnauthorizedException", text);
    let access: WorkloadAccess = seal::open(&context.sandbox.info, PURPOSE, token)
        .ok_or_else(|| refuse("The workload access token is not valid"))?;
    if access.expires <= context.sandbox.clock.unix() {
        return Err(refuse("The workload access token has expired"));
    }
    if !context.sandbox.state.vault.read(|state| identities::find(state, context, &access.workload).is_some()) {
        return Err(refuse("The workload identity of the workload access token does not exist any more"));
    }
    Ok(access)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::caller::Caller;
    use crate::sandbox::tests::TestSandbox;
    use crate::sandbox::vault::Vault;

    fn jwt(claims: &Value, signature: &str) -> String {
        use base64::Engine;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.{signature}", part(&json!({ "alg": "RS256" })), part(claims))
    }

    #[tokio::test]
    async fn token_works_one_hour_in_its_own_sandbox() {
        let (sandbox, _dir) = TestSandbox::bare();
        let (other, _other) = TestSandbox::bare();
        let add = |state: &mut Vault| {
            state.identities.insert("own".to_owned(), identities::WorkloadIdentity::default());
            Ok(())
        };
        for sandbox in [&sandbox, &other] {
            sandbox.state.vault.update(add).await.unwrap();
        }
        let context = VaultContext { sandbox: &sandbox, caller: &Caller::User, now: 0.0 };
        let user = TokenUser::of_id("alice");
        let token = mint(&sandbox, "own", Some(user.clone())).unwrap();
        let access = open(&context, &token).unwrap();
        assert_eq!((access.workload.as_str(), access.user), ("own", Some(user)));
        let late = seal::seal(
            &sandbox.info,
            PURPOSE,
            &WorkloadAccess { workload: "own".into(), user: None, expires: sandbox.clock.unix() },
        )
        .unwrap();
        let wrong = VaultContext { sandbox: &other, ..context };
        let gone = mint(&sandbox, "gone", None).unwrap();
        for (context, token) in [(&context, &late), (&wrong, &token), (&context, &gone), (&context, &"x".to_owned())] {
            let fault = open(context, token).unwrap_err();
            assert_eq!((fault.status.as_u16(), fault.code.as_ref()), (401, "UnauthorizedException"));
        }
    }

    #[test]
    fn a_jwt_user_is_issuer_plus_subject() {
        let alice = json!({ "iss": "https://a", "sub": "alice" });
        let (one, two) =
            (TokenUser::of_jwt(&jwt(&alice, "AAAA")).unwrap(), TokenUser::of_jwt(&jwt(&alice, "BBBB")).unwrap());
        assert_eq!(one.key, two.key);
        assert_ne!(one.artifact, two.artifact, "another token is another proof");
        let elsewhere = TokenUser::of_jwt(&jwt(&json!({ "iss": "https://b", "sub": "alice" }), "AAAA")).unwrap();
        assert_ne!(one.key, elsewhere.key);
        assert_ne!(one.key, TokenUser::of_id("alice").key);
        assert_eq!(TokenUser::of_jwt(&jwt(&json!({ "iss": "https://a" }), "AAAA")), None);
        assert_eq!(TokenUser::of_jwt("a.b.c"), None);
    }
}
