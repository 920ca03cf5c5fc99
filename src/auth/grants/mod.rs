//! How a token is obtained from an OpenID provider: the OAuth 2.0 grants, without a terminal.
//!
//! Owns: what a provider's metadata offers (`metadata`), client authentication (`client`, and `assertion` for signed
//! ones), the requests to the token endpoint (`client`, on the oauth2 crate), the redirect of a sign-in in the browser
//! (`code`), a CI job's own token (`workload`). Does not own: which grant, client or secret is used, caching, what a person is shown (`ops::token`), nor
//! whether a token passes an authorizer (`evaluate`).

pub(crate) mod assertion;
pub(crate) mod client;
pub(crate) mod code;
pub(crate) mod metadata;
pub(crate) mod workload;

pub(crate) use assertion::ClientKey;
pub(crate) use client::{ClientAuth, DevicePrompt, IssuedTokens, OauthClient, RequestedAccess};
pub(crate) use code::Redirect;
pub(crate) use metadata::Metadata;
