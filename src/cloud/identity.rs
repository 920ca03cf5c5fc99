//! Who is calling: STS GetCallerIdentity, asked once before anything is changed.

use serde::Serialize;

use super::connect::Cloud;
use super::error::{convert, missing_member};
use crate::error::Result;

/// Account, region and principal of this connection.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CallerIdentity {
    pub(crate) account: String,
    pub(crate) region: String,
    /// ARN of the user or assumed role.
    pub(crate) principal: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) profile: Option<String>,
}

impl Cloud {
    /// # Errors
    /// [`crate::error::Kind::Credentials`] when there are none or AWS refuses them.
    pub(crate) async fn identity(&self) -> Result<CallerIdentity> {
        let client = aws_sdk_sts::Client::new(&self.sdk);
        let what = "find out which AWS account this is";
        let answer = client.get_caller_identity().send().await.map_err(|error| convert(what, &error))?;
        let account = answer.account().ok_or_else(|| missing_member(what, "STS", "account id"))?.to_owned();
        Ok(CallerIdentity {
            account,
            region: self.region().to_owned(),
            principal: answer.arn().unwrap_or("unknown").to_owned(),
            profile: self.profile().map(str::to_owned),
        })
    }
}
