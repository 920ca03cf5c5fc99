//! Pools, clients and sign-in, without a server.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::model::{Cognito, CognitoContext};
use super::password::PasswordHash;
use super::*;

struct CognitoFixture {
    state: Cognito,
    context: CognitoContext,
    pool: String,
}

impl CognitoFixture {
    fn new() -> Self {
        let context = CognitoContext {
            url: "http://127.0.0.1:4566".into(),
            region: "us-west-2".into(),
            account: "123456789012".into(),
            partition: crate::partition::Partition::of_region("us-west-2"),
            now: 1_700_000_000,
        };
        let key = || SigningKey::generate().unwrap().to_stored().unwrap();
        let pool =
            pools::new_pool(&context, &json!({ "PoolName": "p", "Novel": { "kept": 1 } }), [key(), key()]).unwrap();
        let id = pool.id.clone();
        let mut state = Cognito::default();
        state.pools.insert(id.clone(), pool);
        Self { state, context, pool: id }
    }

    fn input(&self, mut input: Value) -> Value {
        input["UserPoolId"] = json!(self.pool);
        input
    }

    fn change(&mut self, operation: &str, input: Value) -> Result<Value, Fault> {
        let input = self.input(input);
        change(&mut self.state, &self.context, operation, &input)
    }

    #[expect(clippy::needless_pass_by_value, reason = "given as a literal")]
    fn client(&mut self, extra: Value) -> Value {
        let mut input = json!({ "ClientName": "c" });
        input.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        self.change("CreateUserPoolClient", input).unwrap()["UserPoolClient"].clone()
    }

    fn user(&mut self, name: &str, password: &str, permanent: bool) {
        let hash = PasswordHash::new(password).unwrap();
        let input = self.input(json!({ "Username": name, "Permanent": permanent, "UserAttributes": [
            { "Name": "email", "Value": "u@example.com" }, { "Name": "email_verified", "Value": "true" }
        ] }));
        users::create(&mut self.state, &self.context, &input, hash.clone()).unwrap();
        users::set_password(&mut self.state, &self.context, &input, hash).unwrap();
    }

    fn sign_in(&mut self, input: &Value) -> Result<Value, Fault> {
        let attempt = sign_in::begin(&self.state, &self.context, input, false)?;
        attempt.verify()?;
        let outcome = sign_in::complete(&self.state, &self.context, &attempt)?;
        sign_in::store_result(&mut self.state, &self.context, attempt.pool(), outcome)
    }

    fn password(&mut self, client: &Value, user: &str, password: &str) -> Result<Value, Fault> {
        self.sign_in(&json!({
            "ClientId": client["ClientId"], "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": { "USERNAME": user, "PASSWORD": password },
        }))
    }
}

fn claims(token: &Value) -> Value {
    let part = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn code(result: Result<Value, Fault>) -> (String, String) {
    let fault = result.unwrap_err();
    assert_eq!(fault.status.as_u16(), 400);
    (fault.code.into_owned(), fault.message)
}

const PASSWORD_FLOWS: [&str; 2] = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];

#[test]
fn user_tokens_have_the_claims_of_their_kind() {
    let mut world = CognitoFixture::new();
    let client = world.client(json!({
        "ExplicitAuthFlows": PASSWORD_FLOWS, "AccessTokenValidity": 120, "TokenValidityUnits": { "AccessToken": "minutes" },
    }));
    world.user("Test", "Aa1!Aa1!", true);
    let pool = world.pool.clone();
    let group = json!({ "GroupName": "admins", "Username": "test" });
    world.change("CreateGroup", group.clone()).unwrap();
    world.change("AdminAddUserToGroup", group).unwrap();

    let answer = world.password(&client, "test", "Aa1!Aa1!").unwrap();
    let result = &answer["AuthenticationResult"];
    assert_eq!(result["ExpiresIn"], 7200);
    let access = claims(&result["AccessToken"]);
    assert_eq!(access["iss"], format!("http://127.0.0.1:4566/{pool}"));
    assert_eq!(access["exp"], world.context.now + 7200);
    assert_eq!(access["client_id"], client["ClientId"]);
    assert_eq!(access["scope"], "aws.cognito.signin.user.admin");
    assert_eq!((&access["token_use"], &access["username"]), (&json!("access"), &json!("Test")));
    assert_eq!(access["cognito:groups"], json!(["admins"]));
    assert!(access.get("aud").is_none());
    let id = claims(&result["IdToken"]);
    assert_eq!(id["aud"], client["ClientId"]);
    assert_eq!((&id["email"], &id["email_verified"]), (&json!("u@example.com"), &json!(true)));
    assert_eq!(id["exp"], world.context.now + 3600);
    assert!(id.get("client_id").is_none());
    assert_eq!(id["sub"], access["sub"]);

    world.context.now += 100;
    let refresh = json!({
        "ClientId": client["ClientId"], "AuthFlow": "REFRESH_TOKEN_AUTH",
        "AuthParameters": { "REFRESH_TOKEN": result["RefreshToken"] },
    });
    let again = world.sign_in(&refresh).unwrap();
    let fresh = claims(&again["AuthenticationResult"]["AccessToken"]);
    assert_eq!(fresh["iat"], world.context.now);
    assert_eq!(fresh["auth_time"], access["auth_time"]);
    assert_eq!(fresh["origin_jti"], access["origin_jti"]);
    assert!(again["AuthenticationResult"].get("RefreshToken").is_none());
    world.context.now += 31 * 86_400;
    assert_eq!(code(world.sign_in(&refresh)).1, "Refresh Token has expired");
}

#[test]
fn each_token_is_signed_by_its_published_key() {
    let mut world = CognitoFixture::new();
    let client = world.client(json!({ "ExplicitAuthFlows": PASSWORD_FLOWS }));
    world.user("u", "Aa1!Aa1!", true);
    let answer = world.password(&client, "u", "Aa1!Aa1!").unwrap();
    let keys = oauth::jwks(world.state.pool(&world.pool).unwrap()).unwrap();
    let kid = |token: &Value| jsonwebtoken::decode_header(token.as_str().unwrap()).unwrap().kid.unwrap();
    let result = &answer["AuthenticationResult"];
    assert_eq!(kid(&result["IdToken"]), keys["keys"][0]["kid"]);
    assert_eq!(kid(&result["AccessToken"]), keys["keys"][1]["kid"]);
    assert_ne!(keys["keys"][0]["n"], keys["keys"][1]["n"]);
}

#[test]
fn bad_sign_ins_are_refused_in_service_words() {
    let mut world = CognitoFixture::new();
    let client = world.client(json!({ "ExplicitAuthFlows": PASSWORD_FLOWS }));
    let strict = world.client(json!({ "ExplicitAuthFlows": PASSWORD_FLOWS, "PreventUserExistenceErrors": "ENABLED" }));
    let default = world.client(json!({}));
    world.user("u", "Aa1!Aa1!", true);
    let wrong = ("NotAuthorizedException".to_owned(), "Incorrect username or password.".to_owned());
    assert_eq!(code(world.password(&client, "u", "Aa1!Aa1?")), wrong);
    assert_eq!(code(world.password(&strict, "nobody", "x")), wrong);
    assert_eq!(code(world.password(&client, "nobody", "x")).0, "UserNotFoundException");
    assert_eq!(
        code(world.password(&default, "u", "Aa1!Aa1!")),
        ("InvalidParameterException".into(), "USER_PASSWORD_AUTH flow not enabled for this client".into())
    );
    assert_eq!(code(world.password(&json!({ "ClientId": "x" }), "u", "x")).0, "ResourceNotFoundException");
    world.change("AdminDisableUser", json!({ "Username": "u" })).unwrap();
    assert_eq!(code(world.password(&client, "u", "Aa1!Aa1!")).1, "User is disabled.");
    let stranger = json!({
        "ClientId": client["ClientId"], "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": { "REFRESH_TOKEN": "x" },
    });
    assert_eq!(code(world.sign_in(&stranger)).1, "Invalid Refresh Token");
}

#[test]
fn a_client_with_a_secret_needs_its_hash() {
    let mut world = CognitoFixture::new();
    let client = world.client(json!({ "ExplicitAuthFlows": PASSWORD_FLOWS, "GenerateSecret": true }));
    world.user("u", "Aa1!Aa1!", true);
    assert!(code(world.password(&client, "u", "Aa1!Aa1!")).1.contains("SECRET_HASH was not received"));
    let secret = client["ClientSecret"].as_str().unwrap();
    let mut input = json!({
        "ClientId": client["ClientId"], "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": { "USERNAME": "u", "PASSWORD": "Aa1!Aa1!" },
    });
    let tag = |message: String| {
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret.as_bytes());
        json!(STANDARD.encode(aws_lc_rs::hmac::sign(&key, message.as_bytes())))
    };
    let id = client["ClientId"].as_str().unwrap();
    input["AuthParameters"]["SECRET_HASH"] = tag(format!("x{id}"));
    assert!(code(world.sign_in(&input)).1.starts_with("Unable to verify secret hash"));
    input["AuthParameters"]["SECRET_HASH"] = tag(format!("u{id}"));
    assert!(world.sign_in(&input).is_ok());
}

#[test]
fn a_temporary_password_must_be_changed_once() {
    let mut world = CognitoFixture::new();
    let client = world.client(json!({ "ExplicitAuthFlows": PASSWORD_FLOWS }));
    world.user("u", "Aa1!Aa1!", false);
    let challenge = world.password(&client, "u", "Aa1!Aa1!").unwrap();
    assert_eq!(challenge["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    assert!(challenge.get("AuthenticationResult").is_none());
    let respond = |world: &mut CognitoFixture, password: &str| {
        let input = json!({
            "ClientId": client["ClientId"], "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": challenge["Session"],
            "ChallengeResponses": { "USERNAME": "u", "NEW_PASSWORD": password },
        });
        let (_, password) = sign_in::new_password(&world.state, &world.context, &input)?;
        let hash = PasswordHash::new(password).unwrap();
        sign_in::respond(&mut world.state, &world.context, &input, hash)
    };
    assert_eq!(code(respond(&mut world, "short")).0, "InvalidPasswordException");
    assert!(respond(&mut world, "Bb2!Bb2!").unwrap()["AuthenticationResult"]["AccessToken"].is_string());
    assert_eq!(code(respond(&mut world, "Cc3!Cc3!")).1, "Invalid session for the user.");
    assert!(world.password(&client, "u", "Bb2!Bb2!").unwrap()["AuthenticationResult"].is_object());
    assert_eq!(code(world.password(&client, "u", "Aa1!Aa1!")).0, "NotAuthorizedException");
}

#[test]
fn machines_get_tokens_where_a_domain_exists() {
    let mut world = CognitoFixture::new();
    let server = json!({ "Identifier": "api", "Name": "api", "Scopes": [
        { "ScopeName": "read", "ScopeDescription": "r" }, { "ScopeName": "write", "ScopeDescription": "w" }
    ] });
    world.change("CreateResourceServer", server).unwrap();
    let machine = json!({
        "GenerateSecret": true, "AllowedOAuthFlows": ["client_credentials"],
        "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthScopes": ["api/read", "api/write"],
    });
    let client = world.client(machine);
    let (id, secret) = (client["ClientId"].as_str().unwrap(), client["ClientSecret"].as_str().unwrap());
    let body = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    let ask = |world: &CognitoFixture, body: &str| {
        oauth::token(&world.state, &world.context, &TokenRequest::read(None, body.as_bytes())?)
    };
    assert_eq!(ask(&world, &body).unwrap_err(), "invalid_client");
    let pool = world.state.pool(&world.pool).unwrap();
    assert!(oauth::discovery(&world.context, pool).get("token_endpoint").is_none());

    world.change("CreateUserPoolDomain", json!({ "Domain": "team-a" })).unwrap();
    let token = ask(&world, &format!("{body}&scope=api%2Fwrite")).unwrap();
    assert!(token.get("refresh_token").is_none() && token.get("id_token").is_none());
    let found = claims(&token["access_token"]);
    assert_eq!((&found["sub"], &found["client_id"]), (&json!(id), &json!(id)));
    assert_eq!((&found["scope"], &found["version"]), (&json!("api/write"), &json!(2)));
    assert!(found.get("aud").is_none() && found.get("username").is_none());
    assert_eq!(claims(&ask(&world, &body).unwrap()["access_token"])["scope"], "api/read api/write");
    let header = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    let by_header = TokenRequest::read(Some(&header), b"grant_type=client_credentials").unwrap();
    assert!(oauth::token(&world.state, &world.context, &by_header).is_ok());
    for (body, error) in [
        (format!("{body}&scope=api%2Fother"), "invalid_scope"),
        (format!("grant_type=client_credentials&client_id={id}&client_secret=x"), "invalid_client"),
        (format!("grant_type=password&client_id={id}&client_secret={secret}"), "unsupported_grant_type"),
        (format!("client_id={id}"), "invalid_request"),
    ] {
        assert_eq!(ask(&world, &body).unwrap_err(), error, "{body}");
    }
    let pool = world.state.pool(&world.pool).unwrap();
    assert_eq!(oauth::discovery(&world.context, pool)["token_endpoint"], "http://127.0.0.1:4566/oauth2/token");
}

#[test]
fn bad_clients_domains_and_scopes_are_refused() {
    let mut world = CognitoFixture::new();
    let mut refused = |operation: &str, input: Value| code(world.change(operation, input)).0;
    let client = |extra: Value| {
        let mut input = json!({ "ClientName": "c" });
        input.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        input
    };
    let invalid = "InvalidParameterException";
    for (extra, expected) in [
        (json!({ "ExplicitAuthFlows": ["NO_SUCH_FLOW"] }), invalid),
        (json!({ "ExplicitAuthFlows": ["USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] }), invalid),
        (json!({ "AccessTokenValidity": 25 }), invalid),
        (json!({ "AccessTokenValidity": 299, "TokenValidityUnits": { "AccessToken": "seconds" } }), invalid),
        (json!({ "AllowedOAuthFlowsUserPoolClient": true }), "InvalidOAuthFlowException"),
        (json!({ "AllowedOAuthFlows": ["client_credentials"] }), "InvalidOAuthFlowException"),
        (json!({ "AllowedOAuthScopes": ["api/none"] }), "ScopeDoesNotExistException"),
    ] {
        assert_eq!(refused("CreateUserPoolClient", client(extra.clone())), expected, "{extra}");
    }
    for domain in ["-a", "A", "my-aws-team", "cognito"] {
        assert_eq!(refused("CreateUserPoolDomain", json!({ "Domain": domain })), invalid, "{domain}");
    }
    assert_eq!(refused("CreateResourceServer", json!({ "Identifier": "a b", "Name": "x" })), invalid);
}

#[test]
fn pool_keeps_unknown_settings_and_guards_its_deletion() {
    let mut world = CognitoFixture::new();
    let input = world.input(json!({}));
    let shown = pools::describe_user_pool(&world.state, &world.context, &input).unwrap();
    assert_eq!(shown["UserPool"]["Novel"], json!({ "kept": 1 }));
    assert_eq!(shown["UserPool"]["Name"], "p");
    world.change("CreateUserPoolDomain", json!({ "Domain": "d1" })).unwrap();
    assert!(code(world.change("DeleteUserPool", json!({}))).1.contains("domain"));
    world.change("DeleteUserPoolDomain", json!({ "Domain": "d1" })).unwrap();
    world.change("DeleteUserPool", json!({})).unwrap();
    assert_eq!(
        code(pools::describe_user_pool(&world.state, &world.context, &input)),
        ("ResourceNotFoundException".into(), format!("User pool {} does not exist.", world.pool))
    );
}

#[test]
fn wrong_types_and_huge_numbers_are_refused() {
    let mut world = CognitoFixture::new();
    let keys = world.state.pools[&world.pool].keys.clone();
    for policies in [json!("x"), json!([]), json!(1), json!(true)] {
        let input = json!({ "PoolName": "p", "Policies": policies });
        assert!(pools::new_pool(&world.context, &input, keys.clone()).is_err(), "{policies}");
        assert_eq!(code(world.change("UpdateUserPool", input)).0, "SerializationException");
    }
    let kept = pools::describe_user_pool(&world.state, &world.context, &world.input(json!({}))).unwrap();
    assert_eq!(kept["UserPool"]["Policies"]["PasswordPolicy"]["MinimumLength"], 8, "a refused update changes nothing");

    let far = json!({ "NextToken": usize::MAX.to_string() });
    assert_eq!(pools::list_user_pools(&world.state, &far).unwrap(), json!({ "UserPools": [] }));

    let client = world.client(json!({
        "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"], "AuthSessionValidity": i64::MAX,
    }));
    let days = json!({ "PasswordPolicy": { "TemporaryPasswordValidityDays": i64::MAX } });
    world.change("UpdateUserPool", json!({ "Policies": days })).unwrap();
    world.user("u", "Aa1!Aa1!", false);
    let challenged = world.password(&client, "u", "Aa1!Aa1!").unwrap();
    assert_eq!(challenged["ChallengeName"], "NEW_PASSWORD_REQUIRED");
}
