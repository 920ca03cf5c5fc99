//! Identity: pools, tokens, providers of credentials and workload identities.

use super::super::Shape::{Any, Bool, Free, Int, List, Object, OneOf, Text, Texts, Variables};
use super::super::parts::{AGENT, POOL, TOKEN_RULE};
use super::super::{maybe, member};
use super::{REGION, Rows};
use crate::report::schemas as name;

pub(super) const ROWS: Rows = &[
    (
        name::SETUP_COGNITO,
        Some(&[
            member("flow", Text),
            maybe("poolId", Text),
            maybe("poolName", Text),
            maybe("clientId", Text),
            maybe("discoveryUrl", Text),
            REGION,
            member("store", Text),
            member("envFile", Text),
            member(
                "resources",
                List(&[
                    member("pool", Text),
                    member("resource", Text),
                    member("name", Text),
                    member("outcome", Text),
                    member("details", Texts),
                ]),
            ),
            member("changed", Bool),
            maybe("username", Text),
            maybe("machineClientId", Text),
            maybe("scopes", Any),
            maybe("domain", Text),
            maybe("tokenEndpoint", Text),
            maybe("authorizationEndpoint", Text),
            maybe("roleArn", Text),
            maybe("providerName", Text),
            member("parameters", Variables),
            member("runtime", Object(POOL)),
            maybe("identity", Object(POOL)),
        ]),
    ),
    (
        name::TOKEN,
        Some(&[
            member("token", Text),
            member("tokenUse", OneOf(&["id", "access"])),
            maybe("expiresIn", Int),
            member("grant", Text),
            member("cached", Bool),
        ]),
    ),
    (name::TOKEN_FORGET, Some(&[member("forgotten", Int)])),
    (
        name::VERIFY,
        Some(&[
            member("verified", Bool),
            member(
                "resources",
                List(&[
                    member("flow", Any),
                    member("pool", Text),
                    member("resource", Any),
                    maybe("name", Text),
                    member("state", Text),
                    member(
                        "differences",
                        List(&[
                            member("part", Text),
                            maybe("expected", Any),
                            maybe("found", Any),
                            maybe("meaning", Text),
                        ]),
                    ),
                ]),
            ),
            maybe("against", Any),
            member(
                "tokens",
                List(&[
                    member("flow", Any),
                    member("pool", Text),
                    member("client", Any),
                    member("issued", Bool),
                    member("accepted", Bool),
                    member("rules", List(TOKEN_RULE)),
                    member("unevaluated", Any),
                    maybe("error", Text),
                    maybe("code", Text),
                ]),
            ),
        ]),
    ),
    (
        name::CLEANUP,
        Some(&[
            member(
                "resources",
                List(&[member("outcome", Text), member("kind", Text), member("resource", Text), maybe("detail", Text)]),
            ),
            member("applied", Bool),
            member("next", Texts),
        ]),
    ),
    (
        name::CREDENTIAL_PROVIDER,
        Some(&[
            member("name", Text),
            member("arn", Text),
            member("type", Text),
            maybe("callbackUrl", Text),
            maybe("outcome", Text),
            AGENT,
            maybe("callbackRegistered", Any),
            member("provider", Free),
        ]),
    ),
    (
        name::CREDENTIAL_PROVIDERS,
        Some(&[member(
            "providers",
            List(&[
                member("name", Text),
                member("arn", Text),
                member("type", OneOf(&["api-key", "oauth2"])),
                maybe("vendor", Text),
                member("used", Bool),
                maybe("createdTime", Any),
                maybe("lastUpdatedTime", Any),
            ]),
        )]),
    ),
    (
        name::WORKLOAD_IDENTITY,
        Some(&[member("name", Text), member("arn", Text), member("returnUrls", Any), maybe("outcome", Text), AGENT]),
    ),
    (
        name::WORKLOAD_IDENTITIES,
        Some(&[member("workloadIdentities", List(&[member("name", Text), member("arn", Text), member("used", Bool)]))]),
    ),
    (name::IDENTITY_DELETE, Some(&[member("name", Text), member("deleted", Bool)])),
    (
        name::AWS_JWT,
        Some(&[
            AGENT,
            maybe("issuerUrl", Text),
            maybe("audiences", Any),
            maybe("signingAlgorithm", Text),
            maybe("durationSeconds", Int),
            maybe("changed", Bool),
        ]),
    ),
];
