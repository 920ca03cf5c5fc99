//! STS: GetCallerIdentity only. Roles are not assumed in the sandbox.

use super::SharedSandbox;
use super::caller::Caller;
use super::reply::{Fault, Xml};
use crate::partition::Partition;

/// The API version that its clients send.
pub(crate) const VERSION: &str = "2011-06-15";

/// Operations that carry no signature. None of them is here, and they are refused by name. Source: the service model.
pub(crate) fn is_unsigned(action: &str) -> bool {
    matches!(action, "AssumeRoleWithSAML" | "AssumeRoleWithWebIdentity")
}

/// The XML namespace of its answers.
pub(crate) fn namespace() -> String {
    format!("https://{}/doc/{VERSION}/", Partition::principal("sts"))
}

/// Answers `action` with the XML inside its result element.
pub(crate) fn call(sandbox: &SharedSandbox, caller: &Caller, action: &str) -> Result<Option<String>, Fault> {
    match action {
        "GetCallerIdentity" => {
            let mut xml = Xml::default();
            xml.text("Arn", &caller.arn(&sandbox.info))
                .text("UserId", &caller.id(sandbox))
                .text("Account", &sandbox.info.account);
            Ok(Some(xml.0))
        }
        _ => Err(Fault::unknown_operation(&format!("STS `{action}`"))),
    }
}
