//! Policies and roles in the languages of other tools.
//!
//! Owns: their text. Does not own: what is in them.

use serde_json::{Map, Value, json};

/// What a policy is printed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum PolicyLanguage {
    /// The document itself; a list of documents where one is too long.
    #[default]
    Json,
    Terraform,
    CloudFormation,
}

impl PolicyLanguage {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Terraform => "terraform",
            Self::CloudFormation => "cloudformation",
        }
    }
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

/// An identifier of CloudFormation: letters and digits.
fn logical(name: &str) -> String {
    let mut out = String::new();
    for word in name.split(|c: char| !c.is_ascii_alphanumeric()) {
        let mut letters = word.chars();
        out.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        out.extend(letters);
    }
    out
}

/// An identifier of Terraform.
fn identifier(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// JSON in a heredoc, in which `${` and `%{` would be templates.
fn heredoc(document: &Value, margin: &str) -> String {
    let text = format!("{document:#}").replace("${", "$${").replace("%{", "%%{");
    let lines: Vec<String> = text.lines().map(|line| format!("{margin}{line}")).collect();
    format!("<<-JSON\n{}\n{margin}JSON", lines.join("\n"))
}

/// A text in HCL, in which a quote would end it and `${` and `%{` would be templates.
fn quoted(text: &str) -> String {
    Value::from(text).to_string().replace("${", "$${").replace("%{", "%%{")
}

/// Managed policies.
pub(super) fn policies(language: PolicyLanguage, policies: &[(String, &Value)]) -> String {
    match language {
        PolicyLanguage::Json => match policies {
            [(_, document)] => pretty(document),
            several => pretty(&several.iter().map(|(_, document)| (*document).clone()).collect()),
        },
        PolicyLanguage::Terraform => {
            let one = |(name, document): &(String, &Value)| {
                format!(
                    "resource \"aws_iam_policy\" \"{}\" {{\n  name   = \"{name}\"\n  policy = {}\n}}\n",
                    identifier(name),
                    heredoc(document, "    ")
                )
            };
            policies.iter().map(one).collect::<Vec<_>>().join("\n")
        }
        PolicyLanguage::CloudFormation => {
            let one = |(name, document): &(String, &Value)| {
                let properties = json!({ "ManagedPolicyName": name, "PolicyDocument": document });
                (logical(name), json!({ "Type": "AWS::IAM::ManagedPolicy", "Properties": properties }))
            };
            let resources: Map<String, Value> = policies.iter().map(one).collect();
            pretty(&json!({ "AWSTemplateFormatVersion": "2010-09-09", "Resources": resources }))
        }
    }
}

/// A role for the tokens of an OpenID Connect provider.
pub(super) struct RoleText<'a> {
    pub(super) name: &'a str,
    pub(super) trust: &'a Value,
    /// By name.
    pub(super) policies: &'a Map<String, Value>,
    /// URL and audience of the provider.
    pub(super) provider: (&'a str, &'a str),
    pub(super) provider_arn: &'a str,
}

/// The role with its policies, and the provider.
pub(super) fn role(language: PolicyLanguage, role: &RoleText<'_>) -> String {
    let (url, audience) = role.provider;
    match language {
        PolicyLanguage::Json => pretty(&json!({
            "provider": { "Url": url, "ClientIDList": [audience] },
            "role": { "RoleName": role.name, "AssumeRolePolicyDocument": role.trust },
            "policies": role.policies,
        })),
        PolicyLanguage::Terraform => {
            let (url, audience) = (quoted(url), quoted(audience));
            let provider = format!(
                "# An account has one provider for an issuer. Where it has this one already, remove the block.\nresource \
                 \"aws_iam_openid_connect_provider\" \"tokens\" {{\n  url            = {url}\n  client_id_list = \
                 [{audience}]\n}}\n"
            );
            let own = format!(
                "resource \"aws_iam_role\" \"pipeline\" {{\n  name               = \"{}\"\n  assume_role_policy = {}\n}}\n",
                role.name,
                heredoc(role.trust, "    ")
            );
            let policy = |(name, document): (&String, &Value)| {
                format!(
                    "resource \"aws_iam_role_policy\" \"{}\" {{\n  name   = \"{name}\"\n  role   = \
                     aws_iam_role.pipeline.id\n  policy = {}\n}}\n",
                    identifier(name),
                    heredoc(document, "    ")
                )
            };
            let policies = role.policies.iter().map(policy);
            let output = "output \"role_arn\" {\n  value = aws_iam_role.pipeline.arn\n}\n".to_owned();
            [provider, own].into_iter().chain(policies).chain([output]).collect::<Vec<_>>().join("\n")
        }
        PolicyLanguage::CloudFormation => {
            let policies = role.policies.iter();
            let policies: Vec<Value> =
                policies.map(|(name, document)| json!({ "PolicyName": name, "PolicyDocument": document })).collect();
            let properties = json!({
                "RoleName": role.name,
                "AssumeRolePolicyDocument": role.trust,
                "Policies": policies,
            });
            pretty(&json!({
                "AWSTemplateFormatVersion": "2010-09-09",
                "Parameters": {
                    "MakeProvider": {
                        "Type": "String",
                        "Default": "yes",
                        "AllowedValues": ["yes", "no"],
                        "Description": format!("no where the account has {} already", role.provider_arn),
                    },
                },
                "Conditions": { "WithProvider": { "Fn::Equals": [{ "Ref": "MakeProvider" }, "yes"] } },
                "Resources": {
                    "Provider": {
                        "Type": "AWS::IAM::OIDCProvider",
                        "Condition": "WithProvider",
                        "Properties": { "Url": url, "ClientIdList": [audience] },
                    },
                    "Role": { "Type": "AWS::IAM::Role", "Properties": properties },
                },
                "Outputs": { "RoleArn": { "Value": { "Fn::GetAtt": ["Role", "Arn"] } } },
            }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_of_terraform_are_escaped() {
        let document = json!({ "Resource": "arn:${x}:%{y}" });
        let text = policies(PolicyLanguage::Terraform, &[("agentcore-my_agent".to_owned(), &document)]);
        assert!(text.contains("arn:$${x}:%%{y}"), "{text}");
        assert!(text.starts_with("resource \"aws_iam_policy\" \"agentcore_my_agent\" {"), "{text}");
        assert_eq!(quoted("a\"${b}"), r#""a\"$${b}""#);
    }

    /// It is what a pipeline is given.
    #[test]
    fn templates_tell_the_roles_arn() {
        let (trust, policies) = (json!({}), Map::new());
        let provider = ("https://idp.example", "aws");
        let text = RoleText { name: "r", trust: &trust, policies: &policies, provider, provider_arn: "arn" };
        assert!(role(PolicyLanguage::Terraform, &text).contains("value = aws_iam_role.pipeline.arn"));
        let template: Value = serde_json::from_str(&role(PolicyLanguage::CloudFormation, &text)).unwrap();
        assert_eq!(template["Outputs"]["RoleArn"]["Value"], json!({ "Fn::GetAtt": ["Role", "Arn"] }));
    }

    #[test]
    fn logical_names_have_letters_and_digits() {
        assert_eq!(logical("agentcore-my_agent-2"), "AgentcoreMyAgent2");
    }
}
