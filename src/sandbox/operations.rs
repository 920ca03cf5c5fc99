//! The operations that the sandbox has, read off the code that answers them: for the reference and for the test below.
//!
//! An operation is an arm of a `match` on its name, at the beginning of a line.

use std::collections::BTreeSet;

const SERVICES: &[(&str, &[&str])] = &[
    ("STS", &[include_str!("sts.rs")]),
    ("IAM", &[include_str!("iam/mod.rs")]),
    ("EC2 networks", &[include_str!("ec2/mod.rs")]),
    ("ECR", &[include_str!("ecr/mod.rs")]),
    ("CodeBuild", &[include_str!("codebuild/mod.rs")]),
    ("Cognito user pools", &[include_str!("cognito/mod.rs")]),
    ("SSM parameters", &[include_str!("ssm/mod.rs")]),
    ("Secrets Manager", &[include_str!("secrets/mod.rs")]),
    ("CloudWatch Logs", &[include_str!("logs/mod.rs"), include_str!("logs/delivery.rs")]),
    ("X-Ray", &[include_str!("xray.rs")]),
    ("AgentCore Memory", &[include_str!("memory/mod.rs")]),
    ("AgentCore Identity", &[include_str!("vault/mod.rs")]),
];

/// Services with their operations, sorted.
pub(crate) fn all() -> Vec<(&'static str, Vec<&'static str>)> {
    let of = |sources: &[&'static str]| {
        let found: BTreeSet<&str> = sources.iter().flat_map(|source| source.lines()).flat_map(arm).collect();
        found.into_iter().collect()
    };
    SERVICES.iter().map(|(service, sources)| (*service, of(sources))).collect()
}

/// The names in `"One" | "Two" => …`.
fn arm(line: &'static str) -> Vec<&'static str> {
    let Some((names, _)) = line.trim_start().split_once(" =>") else { return Vec::new() };
    let name = |text: &'static str| {
        let name = text.trim().strip_prefix('"')?.strip_suffix('"')?;
        let is_name =
            name.starts_with(|c: char| c.is_ascii_uppercase()) && name.bytes().all(|b| b.is_ascii_alphanumeric());
        is_name.then_some(name)
    };
    names.split('|').map(name).collect::<Option<Vec<_>>>().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::sandbox::caller::Caller;
    use crate::sandbox::request::QueryForm;
    use crate::sandbox::tests::TestSandbox;
    use crate::sandbox::{codebuild, cognito, ecr, iam, logs, secrets, ssm};

    #[tokio::test]
    async fn every_operation_that_is_named_is_answered() {
        let (sandbox, _dir) = TestSandbox::bare();
        let input = json!({});
        for (service, operations) in super::all() {
            assert!(!operations.is_empty(), "{service}");
            for operation in operations {
                let answer = match service {
                    "IAM" => iam::call(&sandbox, operation, &QueryForm::parse(b"")).await.map(drop),
                    "CodeBuild" => codebuild::call(&sandbox, &Caller::User, operation, &input).await.map(drop),
                    "ECR" => ecr::call(&sandbox, operation, &input).await.map(drop),
                    "Cognito user pools" => cognito::call(&sandbox, operation, &input).await.map(drop),
                    "SSM parameters" => ssm::call(&sandbox, &Caller::User, operation, &input).await.map(drop),
                    "Secrets Manager" => secrets::call(&sandbox, &Caller::User, operation, &input).await.map(drop),
                    "CloudWatch Logs" => logs::call(&sandbox, operation, &input).await.map(drop),
                    // They are asked with a request.
                    _ => continue,
                };
                let unknown = answer.is_err_and(|fault| fault.code == "UnknownOperationException");
                assert!(!unknown, "{service} does not have {operation}");
            }
        }
    }
}
