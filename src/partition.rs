//! AWS partitions, ARNs and host names: the only place with a literal partition or domain.
//!
//! Source of the table: botocore's `partitions.json` (regions by pattern) and the endpoint rule sets of the services.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};

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

    /// Host of the sign-in pages and token endpoint of a Cognito user pool with a prefix domain.
    pub(crate) fn cognito_domain(self, prefix: &str, region: &str) -> String {
        // GovCloud has only the FIPS form. Source: the Cognito developer guide, "Using your own domain".
        let auth = if self.id == "aws-us-gov" { "auth-fips" } else { "auth" };
        let suffix = self.dns_suffix.replace("amazonaws", "amazoncognito");
        format!("{prefix}.{auth}.{region}.{suffix}")
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
    /// What follows the first `/` of the resource: `name-abc` in `runtime/name-abc`.
    pub(crate) fn resource_id(&self) -> &str {
        self.resource.split_once('/').map_or(self.resource.as_str(), |(_, id)| id)
    }
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
}
