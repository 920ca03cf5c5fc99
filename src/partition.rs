//! AWS partitions, ARNs and host names: the only place with a literal partition or domain.
//!
//! Source of the table: botocore's `partitions.json` (regions by pattern) and the endpoint rule sets of the services.

use std::fmt;
use std::str::FromStr;

use crate::error::{Code, Error, Result};

/// A group of regions with its own ARN prefix and domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Partition {
    /// Second field of an ARN.
    pub(crate) id: &'static str,
    pub(crate) dns_suffix: &'static str,
    prefixes: &'static [&'static str],
}

const PARTITIONS: &[Partition] = &[
    Partition { id: "aws-cn", dns_suffix: "amazonaws.com.cn", prefixes: &["cn-"] },
    Partition { id: "aws-us-gov", dns_suffix: "amazonaws.com", prefixes: &["us-gov-"] },
    Partition { id: "aws-iso", dns_suffix: "c2s.ic.gov", prefixes: &["us-iso-"] },
    Partition { id: "aws-iso-b", dns_suffix: "sc2s.sgov.gov", prefixes: &["us-isob-"] },
    Partition { id: "aws-eusc", dns_suffix: "amazonaws.eu", prefixes: &["eusc-"] },
];

/// Regions that a shell is offered to complete: of the commercial partition those that need no opt-in, and those of two others.
/// Source: botocore's `partitions.json`. A region that is not here works all the same.
pub(crate) const REGIONS: &[&str] = &[
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "cn-north-1",
    "cn-northwest-1",
];

const COMMERCIAL: Partition = Partition { id: "aws", dns_suffix: "amazonaws.com", prefixes: &[] };

impl Partition {
    /// The partition of a region; an unknown region is taken as commercial, and the service decides.
    pub(crate) fn of_region(region: &str) -> Self {
        PARTITIONS
            .iter()
            .find(|partition| partition.prefixes.iter().any(|prefix| region.starts_with(prefix)))
            .copied()
            .unwrap_or(COMMERCIAL)
    }

    /// `service.region.suffix`, the usual form of a regional host.
    pub(crate) fn host(self, service: &str, region: &str) -> String {
        format!("{service}.{region}.{}", self.dns_suffix)
    }

    /// Host of IAM, which is one for all regions. `None` where it is not known here.
    pub(crate) fn iam_host(self) -> Option<String> {
        let place = match self.id {
            "aws" => "iam",
            "aws-cn" => "iam.cn-north-1",
            "aws-us-gov" => "iam.us-gov",
            _ => return None,
        };
        Some(format!("{place}.{}", self.dns_suffix))
    }

    /// The name of a service for VPC endpoints: `com.amazonaws.us-west-2.s3`; with `cn.` before it in China.
    pub(crate) fn endpoint_service(self, region: &str, service: &str) -> String {
        let mut domain: Vec<&str> = self.dns_suffix.split('.').collect();
        domain.reverse();
        format!("{}.{region}.{service}", domain.join("."))
    }

    /// Host of the sign-in pages and token endpoint of a Cognito user pool with a prefix domain.
    pub(crate) fn cognito_domain(self, prefix: &str, region: &str) -> String {
        // GovCloud has only the FIPS form. Source: the Cognito developer guide, "Using your own domain".
        let auth = if self.id == "aws-us-gov" { "auth-fips" } else { "auth" };
        let suffix = self.dns_suffix.replace("amazonaws", "amazoncognito");
        format!("{prefix}.{auth}.{region}.{suffix}")
    }

    /// Host of a region's pages in the console. `None` where it is not known here.
    pub(crate) fn console_host(self, region: &str) -> Option<String> {
        (self.id == COMMERCIAL.id).then(|| format!("{region}.console.aws.amazon.com"))
    }

    /// The host part of an ECR repository URI: `123456789012.dkr.ecr.us-west-2.amazonaws.com`.
    pub(crate) fn ecr_host(self, account: &str, region: &str) -> String {
        format!("{account}.dkr.ecr.{region}.{}", self.dns_suffix)
    }

    /// A service principal for a trust policy, such as `bedrock-agentcore.amazonaws.com`. Principals keep the
    /// commercial domain in every partition.
    pub(crate) fn principal(service: &str) -> String {
        format!("{service}.{}", COMMERCIAL.dns_suffix)
    }

    pub(crate) fn arn(self, service: &str, region: &str, account: &str, resource: &str) -> Arn {
        Arn {
            partition: self.id.to_owned(),
            service: service.to_owned(),
            region: region.to_owned(),
            account: account.to_owned(),
            resource: resource.to_owned(),
        }
    }
}

/// An Amazon Resource Name, split at its first five colons.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Arn {
    pub(crate) partition: String,
    pub(crate) service: String,
    pub(crate) region: String,
    pub(crate) account: String,
    pub(crate) resource: String,
}

impl Arn {
    /// Reads the ARN of an agent runtime, or of one of its endpoints, whose name is the second part of the result.
    ///
    /// # Errors
    /// A usage error that says which part has another form than the service's. Source: the patterns `AgentRuntimeArn`
    /// and `AgentRuntimeEndpointArn` of the model.
    pub(crate) fn of_runtime(text: &str) -> Result<(Self, Option<String>)> {
        let wrong = |why: &str| {
            Error::usage(format!("`{}` is not the ARN of an agent runtime: {why}", text.escape_debug()))
                .code(Code::InputArn)
                .hint(
                    "it has the form `arn:aws:bedrock-agentcore:REGION:ACCOUNT:runtime/ID`, and `agentcore status` shows \
                     it as `Agent ARN`",
                )
        };
        let mut arn: Self = text.parse().map_err(|_| wrong("it does not have the six parts of an ARN"))?;
        if !arn.has_known_partition() {
            return Err(wrong("the partition does not begin with `aws`"));
        }
        if arn.service != "bedrock-agentcore" {
            return Err(wrong("the service is not `bedrock-agentcore`"));
        }
        let is_region_part =
            |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if arn.region.split('-').count() < 3 || !arn.region.split('-').all(is_region_part) {
            return Err(wrong("the region is not one"));
        }
        if !is_account(&arn.account) {
            return Err(wrong("the account does not have 12 digits"));
        }
        let Some(rest) = arn.resource.strip_prefix("runtime/") else {
            return Err(wrong("the resource does not begin with `runtime/`"));
        };
        let (id, endpoint) = match rest.split_once("/runtime-endpoint/") {
            Some((id, endpoint)) => (id.to_owned(), Some(endpoint.to_owned())),
            None => (rest.to_owned(), None),
        };
        if !is_runtime_id(&id) {
            return Err(wrong("the runtime's id is not a name, a dash and ten letters or digits"));
        }
        if endpoint.as_deref().is_some_and(|name| !is_runtime_name(name)) {
            return Err(wrong("the endpoint's name has other characters than letters, digits and underscores"));
        }
        arn.resource = format!("runtime/{id}");
        Ok((arn, endpoint))
    }

    /// Whether it is a role's: `arn:aws:iam::123456789012:role/path/name`.
    pub(crate) fn is_role(&self) -> bool {
        is_account(&self.account) && self.is_of_iam("role/")
    }

    /// Whether it is a managed policy's, AWS's own included.
    pub(crate) fn is_policy(&self) -> bool {
        (is_account(&self.account) || self.account == "aws") && self.is_of_iam("policy/")
    }

    fn is_of_iam(&self, kind: &str) -> bool {
        let is_part = |part: &str| {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
            !part.is_empty() && part.bytes().all(allowed)
        };
        self.has_known_partition()
            && self.service == "iam"
            && self.region.is_empty()
            && self.resource.strip_prefix(kind).is_some_and(|path| path.split('/').all(is_part))
    }

    fn has_known_partition(&self) -> bool {
        self.partition.strip_prefix("aws").is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }

    /// What follows the first `/` of the resource: `name-abc` in `runtime/name-abc`.
    pub(crate) fn resource_id(&self) -> &str {
        self.resource.split_once('/').map_or(self.resource.as_str(), |(_, id)| id)
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether the text can be the id of a runtime: its name, a dash and ten letters or digits.
pub(crate) fn is_runtime_id(text: &str) -> bool {
    text.rsplit_once('-').is_some_and(|(name, suffix)| {
        is_runtime_name(name) && suffix.len() == 10 && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// `[a-zA-Z][a-zA-Z0-9_]{0,47}`, of runtimes and endpoints alike.
fn is_runtime_name(text: &str) -> bool {
    text.len() <= 48
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "arn:{}:{}:{}:{}:{}", self.partition, self.service, self.region, self.account, self.resource)
    }
}

impl FromStr for Arn {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut parts = text.splitn(6, ':');
        let mut next = || parts.next().map(str::to_owned);
        match (next().as_deref(), next(), next(), next(), next(), next()) {
            (Some("arn"), Some(partition), Some(service), Some(region), Some(account), Some(resource))
                if !partition.is_empty() && !service.is_empty() && !resource.is_empty() =>
            {
                Ok(Self { partition, service, region, account, resource })
            }
            _ => Err(Error::usage(format!("`{text}` is not an ARN"))
                .hint("an ARN has the form `arn:partition:service:region:account:resource`")),
        }
    }
}

/// A repository of ECR, wherever it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EcrRepository {
    pub(crate) account: String,
    pub(crate) region: String,
    /// With its namespace, as in `team/agent`.
    pub(crate) name: String,
}

impl EcrRepository {
    /// Reads a URI with or without scheme, tag and digest, by any of ECR's host names (plain, FIPS, dual-stack), or an ARN.
    /// `None` for anything else, such as a bare name.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Ok(arn) = text.parse::<Arn>() {
            let name = arn.resource.strip_prefix("repository/").filter(|name| !name.is_empty())?;
            let is_ecr = arn.service == "ecr" && is_account(&arn.account);
            return is_ecr.then(|| Self {
                name: name.to_owned(),
                account: arn.account.clone(),
                region: arn.region.clone(),
            });
        }
        let lower = text.to_ascii_lowercase();
        let scheme = ["https://", "http://"].into_iter().find(|scheme| lower.starts_with(scheme)).map_or(0, str::len);
        let (host, name) = text[scheme..].split_once('/')?;
        let name = name.split([':', '@']).next().filter(|name| !name.is_empty())?;
        let host = host.to_ascii_lowercase();
        let (account, rest) = host.split_once('.')?;
        let services = ["dkr.ecr.", "dkr.ecr-fips.", "dkr-ecr.", "dkr-ecr-fips."];
        let rest = services.into_iter().find_map(|service| rest.strip_prefix(service))?;
        let (region, _) = rest.split_once('.')?;
        let is_number = !account.is_empty() && account.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| Self { account: account.to_owned(), region: region.to_owned(), name: name.to_owned() })
    }

    /// The form that AgentCore takes, without tag or digest.
    pub(crate) fn uri(&self) -> String {
        format!("{}/{}", Partition::of_region(&self.region).ecr_host(&self.account, &self.region), self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_find_their_partition() {
        assert_eq!(Partition::of_region("us-west-2").id, "aws");
        assert_eq!(
            Partition::of_region("cn-north-1").ecr_host("1", "cn-north-1"),
            "1.dkr.ecr.cn-north-1.amazonaws.com.cn"
        );
        assert_eq!(Partition::of_region("us-gov-west-1").id, "aws-us-gov");
        let service = |region: &str| Partition::of_region(region).endpoint_service(region, "s3");
        assert_eq!(service("us-west-2"), "com.amazonaws.us-west-2.s3");
        assert_eq!(service("cn-north-1"), "cn.com.amazonaws.cn-north-1.s3");
        let domain = |region: &str| Partition::of_region(region).cognito_domain("p", region);
        assert_eq!(domain("us-west-2"), "p.auth.us-west-2.amazoncognito.com");
        assert_eq!(domain("us-gov-west-1"), "p.auth-fips.us-gov-west-1.amazoncognito.com");
        assert_eq!(Partition::of_region("us-isob-east-1").id, "aws-iso-b");
        assert_eq!(Partition::of_region("mars-east-1").id, "aws");
    }

    #[test]
    fn arns_round_trip() {
        let text = "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/a-1234567890";
        let arn: Arn = text.parse().unwrap();
        assert_eq!(arn.to_string(), text);
        assert_eq!(arn.resource_id(), "a-1234567890");
        assert!("arn:aws:s3".parse::<Arn>().is_err());
    }

    #[test]
    fn a_runtimes_arn_is_checked_in_every_part() {
        let good = "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/my_agent-0123456789";
        let (arn, endpoint) = Arn::of_runtime(good).unwrap();
        assert_eq!((arn.to_string().as_str(), endpoint), (good, None));
        let (arn, endpoint) = Arn::of_runtime(&format!("{good}/runtime-endpoint/prod")).unwrap();
        assert_eq!((arn.to_string().as_str(), endpoint.as_deref()), (good, Some("prod")));
        assert!(Arn::of_runtime(&good.replace("arn:aws:", "arn:aws-cn:")).is_ok());
        for (from, to) in [
            ("arn:", ""),
            ("arn:aws:", "arn:azure:"),
            (":bedrock-agentcore:", ":bedrock:"),
            ("us-west-2", ""),
            ("us-west-2", "us west-2"),
            ("us-west-2", "nowhere"),
            ("123456789012", ""),
            ("123456789012", "12345678901"),
            ("123456789012", "YOUR_ACCOUNT"),
            ("runtime/", "memory/"),
            ("runtime/my_agent-0123456789", "runtime"),
            ("my_agent-0123456789", ""),
            ("-0123456789", ""),
            ("-0123456789", "-01234"),
            ("0123456789", "0123456789 Endpoint: DEFAULT"),
            ("my_agent", "my agent"),
            ("0123456789", "0123456789/runtime-endpoint/"),
            ("0123456789", "0123456789/runtime-endpoint/a b"),
            ("0123456789", "0123456789\n"),
        ] {
            let bad = good.replacen(from, to, 1);
            let error = Arn::of_runtime(&bad).unwrap_err();
            assert_eq!((error.kind().exit_code(), error.code_str()), (2, "input.arn"), "{bad}");
        }
    }

    #[test]
    fn iam_arns_name_roles_or_policies() {
        let parsed = |text: &str| text.parse::<Arn>().unwrap();
        assert!(parsed("arn:aws:iam::123456789012:role/service-role/mine").is_role());
        assert!(parsed("arn:aws:iam::aws:policy/ReadOnlyAccess").is_policy());
        for bad in [
            "arn:aws:iam::123456789012:role/",
            "arn:aws:iam::123456789012:role/a b",
            "arn:aws:iam::1234:role/mine",
            "arn:aws:iam:us-west-2:123456789012:role/mine",
            "arn:aws:sts::123456789012:role/mine",
            "arn:aws:iam::123456789012:user/mine",
            "arn:foo:iam::123456789012:role/mine",
        ] {
            assert!(!parsed(bad).is_role() && !parsed(bad).is_policy(), "{bad}");
        }
    }
}
