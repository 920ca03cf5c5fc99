//! Rows of the table of codes: inbound authorization, tokens and identity set-ups.

macro_rules! auth_codes {
    ($($next:ident)*; $($rows:tt)*) => {
        chain! {
            $($next)*; $($rows)*
            "Inbound authorization" {
                AuthAuthorizerConfig = "auth.authorizer-config" [Usage] "The text is not a valid authorizer."
                    "Correct what the causes name.";
                AuthChangeRefused = "auth.change-refused" [Usage] "The launch would weaken who may call the agent."
                    "If it is meant, pass `--allow-auth-change`; else configure what is deployed.";
                AuthCustomClaim = "auth.custom-claim" [Usage] "The text is not a rule about a claim."
                    "Write `NAME=VALUE`, `NAME~=VALUE` or JSON; the causes say what is wrong.";
                AuthDiscoveryUrl = "auth.discovery-url" [Usage] "An authorizer needs a discovery URL."
                    "Add `--discovery-url https://ISSUER/.well-known/openid-configuration`.";
                AuthDocuments = "auth.documents" [Usage] "A saved discovery document or key set cannot be read."
                    "Save it again, as `agentcore auth explain` shows.";
                AuthNoAuthorizer = "auth.no-authorizer" [Usage] "The agent has no authorizer to test."
                    "Configure one: `agentcore configure --discovery-url URL --allowed-client ID`.";
                AuthNoSandbox = "auth.no-sandbox" [Usage] "No sandbox runs at the endpoint in effect."
                    "Start one: `agentcore sandbox start`, then `eval \"$(agentcore sandbox env)\"`.";
                DiscoveryAlgorithms = "discovery.algorithms" [Usage, Failed]
                    "The provider signs tokens only in ways that are not accepted." "Let it sign with RS256.";
                DiscoveryIncomplete = "discovery.incomplete" [Usage, Failed]
                    "The discovery document lacks something, or names a key set that is not https."
                    "Check that the URL is that of the discovery document.";
                DiscoveryIssuerMismatch = "discovery.issuer-mismatch" [Usage, Failed]
                    "The discovery document is of another issuer than its address says."
                    "Use the discovery URL of the issuer that the message names.";
                DiscoveryKeySet = "discovery.key-set" [Usage, Failed] "The key set has no list of keys."
                    "Check `jwks_uri` of the provider.";
                DiscoveryNoKey = "discovery.no-key" [Usage, Failed] "The key set has no key that can verify a token."
                    "Let the provider publish a signing key, such as an RSA one.";
                DiscoveryNotJson = "discovery.not-json" [Usage, Failed]
                    "The discovery URL was answered with something that is not a JSON object."
                    "Check that it is the address of the document itself, and `HTTPS_PROXY`.";
                DiscoveryPrivate = "discovery.private" [Failed]
                    "The provider is behind a private endpoint, so it was not asked from here."
                    "Run the command where the provider can be reached, or pass its documents as files.";
                DiscoveryStatus = "discovery.status" [Usage, Failed]
                    "The discovery URL was answered with an HTTP error or a redirect."
                    "Check the address; with a server error (exit status 1), try again later.";
                DiscoveryTooLarge = "discovery.too-large" [Usage, Failed]
                    "The discovery document or key set is larger than is read."
                    "Check that the URL is that of the discovery document.";
                DiscoveryUnreachable = "discovery.unreachable" [Failed, Deadline] "The provider could not be reached."
                    "Check the address, the network and `HTTPS_PROXY`.";
            }
            "Verdicts on a caller" {
                AlgorithmNone = "algorithm-none" [Refused] "The token is not signed." "Get one from the provider.";
                AlgorithmRefused = "algorithm-refused" [Refused] "The token is signed with an algorithm that is not accepted."
                    "Let the provider sign tokens with RS256.";
                AudienceMismatch = "audience-mismatch" [Refused] "`aud` of the token has none of `allowedAudience`."
                    "Ask for a token of the right audience, or allow its own.";
                AuthorizationRepeated = "authorization-repeated" [Refused]
                    "The request has more than one `Authorization` header, which the sandbox alone refuses." "Send one.";
                AuthorizerEmpty = "authorizer-empty" [Refused]
                    "The authorizer allows nobody in particular, which the service refuses."
                    "Configure an allowed client, audience, scope or custom claim.";
                BearerNotAccepted = "bearer-not-accepted" [Refused]
                    "The runtime takes AWS credentials, and the caller sent a token."
                    "Leave the token out, or configure an authorizer.";
                ClaimMismatch = "claim-mismatch" [Refused] "A claim of the token does not satisfy a rule of `customClaims`."
                    "Let the provider issue the claim, or change the rule.";
                ClientMismatch = "client-mismatch" [Refused] "`client_id` of the token is none of `allowedClients`."
                    "Use a token of an allowed client, or allow this one.";
                ExpiryMissing = "expiry-missing" [Refused] "The token has no numeric `exp`."
                    "Let the provider issue tokens that expire.";
                IssuerMismatch = "issuer-mismatch" [Refused] "`iss` of the token is not the issuer of the authorizer."
                    "Use a token of that provider, or its discovery URL; a final slash counts.";
                KeyUnknown = "key-unknown" [Refused] "The token names a key that the provider does not publish."
                    "Get a fresh token from the provider of the authorizer.";
                KeyUnusable = "key-unusable" [Refused] "The key that the token names cannot verify signatures."
                    "Let the provider sign with a signing key that it publishes.";
                KeysUnavailable = "keys-unavailable" [Failed, Refused]
                    "The provider's keys could not be fetched, so the signature was not judged."
                    "Check that the provider can be reached, and run the command again.";
                NotYetValid = "not-yet-valid" [Refused] "`nbf` of the token is in the future, or not a number."
                    "Wait, or correct the clock of the provider or of this machine.";
                RuleUnknown = "rule-unknown" [Refused] "The authorizer has a rule that this version does not judge."
                    "Test it against the deployed agent: `agentcore auth test`.";
                ScopeMissing = "scope-missing" [Refused]
                    "Neither `scope` nor the list `scp` of the token has one of `allowedScopes`."
                    "Ask for one of the allowed scopes: `--scope`.";
                SignatureInvalid = "signature-invalid" [Refused] "The provider's key did not make the signature of the token."
                    "Get a fresh token from the provider.";
                SignatureMissing = "signature-missing" [Refused]
                    "The runtime takes AWS credentials, and the request was not signed."
                    "Sign it, for example by calling with `agentcore invoke`.";
                Sigv4NotAccepted = "sigv4-not-accepted" [Refused]
                    "The runtime takes tokens, and the caller sent an AWS signature."
                    "Send a token: `agentcore invoke --auth` or `--bearer-token-file FILE`.";
                TokenExpired = "token-expired" [Refused] "The token has expired." "Get a fresh one.";
                TokenExpiring = "token-expiring" [Refused]
                    "The token expires within the minute in which the service refuses it already." "Get a fresh one.";
                TokenMissing = "token-missing" [Refused, Credentials] "The runtime takes tokens, and the caller sent none."
                    "Send one: `agentcore invoke --auth` or `--bearer-token-file FILE`.";
                TokenUnparsable = "token-unparsable" [Refused] "What was sent is not a signed JWT."
                    "Send the `access_token` of the provider alone.";
            }
            "Tokens" {
                TokenRefused = "token.*" [Failed, Usage, Credentials, Deadline]
                    "The identity provider refused to give a token; the code is its OAuth error, with hyphens."
                    "Read the provider's words in the cause, and its documentation.";
                TokenAccessDenied = "token.access-denied" [Credentials]
                    "The person, or a rule of the provider, said no (`access_denied`)."
                    "Ask whoever manages the provider, or sign in as somebody else.";
                TokenAnswer = "token.answer" [Failed] "The answer of the token endpoint is not a token."
                    "Check the provider's token endpoint and `HTTPS_PROXY`.";
                TokenCommand = "token.command" [Failed, Usage] "The token command cannot be run, failed, or printed no token."
                    "Run the command yourself; it runs without a shell.";
                TokenDiscoveryUrl = "token.discovery-url" [Usage] "The discovery URL for tokens is not https."
                    "Use the provider's https address.";
                GivenTokenExpired = "token.expired" [Credentials] "The token that a file, variable or command gave has expired."
                    "Get a new one where this one came from.";
                TokenExpiredToken = "token.expired-token" [Deadline] "Nobody confirmed the code in time (`expired_token`)."
                    "Run the command again and confirm the code.";
                TokenGithub = "token.github" [Failed, Usage, Deadline] "GitHub gave no token for this job."
                    "Give the job `permissions: {id-token: write}`.";
                TokenGrantNotOffered = "token.grant-not-offered" [Usage] "The provider does not offer this grant."
                    "Choose another with `--grant`.";
                TokenIdToken = "token.id-token" [Failed] "The ID token is not for this sign-in."
                    "Run the command again; if it stays so, check the provider's issuer and client.";
                TokenInsecureEndpoint = "token.insecure-endpoint" [Usage]
                    "The token endpoint, or another one of the provider, is not https."
                    "Let the provider publish https addresses.";
                TokenInvalidClient = "token.invalid-client" [Credentials]
                    "The provider does not accept the client (`invalid_client`)."
                    "Check the client id, its secret or key, and `--client-auth`.";
                TokenInvalidGrant = "token.invalid-grant" [Credentials]
                    "The password, code or refresh token is wrong or used up (`invalid_grant`)."
                    "Start afresh: `agentcore identity token --forget`.";
                TokenInvalidRequest = "token.invalid-request" [Usage] "The provider wants other parameters (`invalid_request`)."
                    "Compare the flags of `agentcore identity token --help` with the provider's documentation.";
                TokenInvalidScope = "token.invalid-scope" [Usage] "The client may not have one of the scopes (`invalid_scope`)."
                    "Ask for others: `--scope`.";
                TokenInvalidTarget = "token.invalid-target" [Usage]
                    "The provider does not know the audience or resource (`invalid_target`)."
                    "Check `--audience` and `--resource`.";
                TokenIssuer = "token.issuer" [Failed]
                    "The sign-in was answered by another provider than the one that was asked."
                    "Start the sign-in again, and check the discovery URL.";
                TokenKeychain = "token.keychain" [Failed]
                    "A token is still in the system's keychain, which cannot be reached or is locked."
                    "Run `agentcore identity token --forget` again in a session where the keychain is open.";
                TokenNeedsPerson = "token.needs-person" [Usage] "The grant needs a person, and there is no terminal."
                    "Sign in once at a terminal, or choose another grant with `--grant`.";
                TokenNewPassword = "token.new-password" [Usage] "Cognito wants a new password of the user."
                    "Choose one with `--new-password-file FILE` or RUNTIME_NEW_PASSWORD.";
                TokenNoEndpoint = "token.no-endpoint" [Usage] "The provider does not have the endpoint that the grant needs."
                    "Choose another grant with `--grant`; a Cognito pool needs a domain.";
                TokenNoIdToken = "token.no-id-token" [Failed] "The provider gave no ID token."
                    "Ask for one: `--scope openid`, with a grant that a person is part of.";
                TokenPrivateKey = "token.private-key" [Usage, Failed] "The client's private key cannot be used."
                    "Give a PEM file with an unencrypted RSA, P-256, P-384 or Ed25519 private key.";
                TokenRedirectUri = "token.redirect-uri" [Usage]
                    "The redirect address is not one of this machine, or nothing can listen there."
                    "Use `http://127.0.0.1:PORT/callback`, as it is registered at the provider.";
                TokenServerError = "token.server-error" [Failed] "The provider failed (`server_error`)."
                    "Try again in a moment.";
                TokenSlowDown = "token.slow-down" [Failed] "The provider is limiting requests (`slow_down`)."
                    "Try again in a moment.";
                TokenTemporarilyUnavailable = "token.temporarily-unavailable" [Failed]
                    "The provider cannot answer at the moment (`temporarily_unavailable`)." "Try again in a moment.";
                TokenTimeout = "token.timeout" [Deadline] "Nobody signed in in time." "`--timeout SECONDS` waits longer.";
                TokenUnauthorizedClient = "token.unauthorized-client" [Credentials]
                    "The client may not use this grant (`unauthorized_client`)."
                    "Enable it at the provider, or choose another with `--grant`.";
                TokenUnreachable = "token.unreachable" [Failed, Deadline] "The token endpoint could not be reached."
                    "Check the address, the network and `HTTPS_PROXY`.";
                TokenUnsupportedGrantType = "token.unsupported-grant-type" [Usage]
                    "The provider does not have this grant (`unsupported_grant_type`)." "Choose another with `--grant`.";
            }
            "Identity set-up" {
                IdentityCleanupIncomplete = "identity.cleanup-incomplete" [Failed, Usage, Credentials, NotFound, Deadline]
                    "Something of the set-up could not be deleted; the causes list it."
                    "Correct the cause and run `agentcore identity cleanup` again.";
                IdentityIncomplete = "identity.incomplete" [NotFound] "The set-up was begun and not finished."
                    "Finish it with the command of the hint.";
                IdentityNoAwsJwt = "identity.no-aws-jwt" [NotFound] "No AWS tokens are set up for the agent."
                    "Set one up: `agentcore identity setup-aws-jwt --audience URL`.";
                IdentityNoProvider = "identity.no-provider" [NotFound] "There is no credential provider of this name."
                    "List those that are there: `agentcore identity list-credential-providers`.";
                IdentityNoSecret = "identity.no-secret" [Usage] "The app client has no secret, so no machine can use it."
                    "Choose another name with `--machine-client-name`.";
                IdentityNoWorkload = "identity.no-workload" [NotFound] "There is no workload identity of this name."
                    "List those that are there: `agentcore identity list-workload-identities`.";
                IdentityNotSetUp = "identity.not-set-up" [NotFound] "Nothing was set up in this folder."
                    "Run `agentcore identity setup-cognito`.";
                IdentityOtherPool = "identity.other-pool" [Usage] "This folder has a set-up with another pool or region."
                    "Continue with that one, as the hint shows, or use another folder.";
                IdentityOwner = "identity.owner" [Usage] "The stored set-up belongs to another user, so it is not used."
                    "If you trust it, name its folder's configuration with `--config`.";
                IdentityParameterTaken = "identity.parameter-taken" [Usage] "A parameter exists that this set-up did not make."
                    "Choose another `--team` or `--ssm-prefix`.";
                IdentityProviderTaken = "identity.provider-taken" [Usage] "There is another credential provider of this name."
                    "Choose another `--name`.";
                IdentityStore = "identity.store" [Usage] "The file of the set-up cannot be read, or belongs to another user."
                    "Run the set-up again, or delete the file.";
                IdentityWorkloadTaken = "identity.workload-taken" [Failed]
                    "There is a workload identity of this name with other return URLs."
                    "Change them with the command of the hint.";
            }
        }
    };
}
