//! Where this connection's credentials come from and how long they last. Their secret parts never leave here.

use std::time::UNIX_EPOCH;

use aws_credential_types::Credentials;
use aws_credential_types::credential_feature::AwsCredentialFeature as Feature;
use aws_credential_types::provider::ProvideCredentials;

use super::connect::Cloud;
use super::error::{chain, no_credentials, places_of_credentials};
use crate::error::{Error, Result};

/// The credentials that requests are signed with, as far as they can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CredentialsOrigin {
    /// The access key id, of which only both ends are left.
    pub(crate) key_id: String,
    /// What provided them, for a sentence: `variables of the environment`.
    pub(crate) origin: &'static str,
    /// Seconds since 1970; `None` where the provider does not say.
    pub(crate) expires_at: Option<i64>,
    /// They belong to a session, and so end some time.
    pub(crate) is_temporary: bool,
}

/// What credentials carry of how they were made, and its name here. The first that applies counts: a role that is assumed with the
/// keys of a profile carries both.
const ORIGINS: &[(Feature, &str)] = &[
    (Feature::CredentialsImds, "the role of this instance"),
    (Feature::CredentialsHttp, "the container's credentials endpoint"),
    (Feature::CredentialsProfileStsWebIdToken, "a web identity token"),
    (Feature::CredentialsStsAssumeRoleWebId, "a web identity token"),
    (Feature::CredentialsEnvVarsStsWebIdToken, "a web identity token"),
    (Feature::CredentialsStsAssumeRole, "a role that the profile assumes"),
    (Feature::CredentialsSso, "IAM Identity Center"),
    (Feature::CredentialsProcess, "the profile's `credential_process`"),
    (Feature::CredentialsProfileLogin, "`aws login`"),
    (Feature::CredentialsProfile, "the profile"),
    (Feature::CredentialsEnvVars, "variables of the environment"),
];

/// Origins whose credentials end for good: somebody has to sign in again, or to bring others. The SDK renews those of all others.
const ENDING: [&str; 4] = ["IAM Identity Center", "`aws login`", "the profile", "variables of the environment"];

impl CredentialsOrigin {
    /// Whether new ones come by themselves before these end.
    pub(crate) fn is_renewed(&self) -> bool {
        !ENDING.contains(&self.origin)
    }
}

impl Cloud {
    /// Asks whoever provides the credentials, which may be a request to IAM Identity Center, to STS or to the instance.
    ///
    /// # Errors
    /// [`crate::error::Kind::Credentials`] when nobody provides any.
    pub(crate) async fn credentials(&self) -> Result<CredentialsOrigin> {
        let what = "find AWS credentials";
        let Some(provider) = self.sdk.credentials_provider() else { return Err(no_credentials(what)) };
        let found = provider.provide_credentials().await;
        found.map(|found| origin(&found)).map_err(|error| refused(what, &error))
    }
}

fn refused(what: &str, error: &(dyn std::error::Error + 'static)) -> Error {
    no_credentials(what).cause(places_of_credentials(&chain(error)))
}

fn origin(found: &Credentials) -> CredentialsOrigin {
    let features = found.get_property::<Vec<Feature>>();
    let has = |feature: &Feature| features.is_some_and(|all| all.contains(feature));
    let known = ORIGINS.iter().find(|(feature, _)| has(feature)).map(|(_, name)| *name);
    let seconds = |at: std::time::SystemTime| i64::try_from(at.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok();
    CredentialsOrigin {
        key_id: masked(found.access_key_id()),
        origin: known.unwrap_or("the AWS SDK's chain"),
        expires_at: found.expiry().and_then(seconds),
        is_temporary: found.session_token().is_some(),
    }
}

/// Both ends of an access key id, so that somebody who has several knows which it is.
pub(crate) fn masked(key_id: &str) -> String {
    match (key_id.get(..4), key_id.len().checked_sub(4).and_then(|at| key_id.get(at..))) {
        (Some(start), Some(end)) if key_id.len() >= 16 => format!("{start}…{end}"),
        _ => "…".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_ids_keep_their_ends_alone() {
        assert_eq!(masked("AKIAEXAMPLEEXAMPLE00"), "AKIA…LE00");
        for short in ["", "AKIA", "AKIAEXAMPLE"] {
            assert_eq!(masked(short), "…");
        }
    }

    #[test]
    fn nearest_provider_names_the_origin() {
        let mut made = Credentials::new("AKIAEXAMPLEEXAMPLE00", "s", Some("t".into()), None, "test");
        assert_eq!(origin(&made).origin, "the AWS SDK's chain");
        made.set_property(vec![Feature::CredentialsProfile, Feature::CredentialsStsAssumeRole]);
        let found = origin(&made);
        assert_eq!((found.origin, found.is_temporary), ("a role that the profile assumes", true));
    }
}
