//! Links from reports to pages of the AWS console: texts of a document and where they lead, for terminals that have hyperlinks.
//!
//! Owns: which texts lead where. Does not own: whether links show (`ui`), the host of a partition's console (`partition`).
//!
//! The addresses are those that the console itself has in its address bar; no page of AWS lists them (November 2026).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::cloud::{Cloud, Service};
use crate::facts::{DEFAULT_ENDPOINT, log_group};
use crate::partition::{Arn, Partition};
use crate::report::Document;

/// What stays as it is in a part of an address.
const PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

/// The AWS console, where there is one: a sandbox has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Console {
    partition: Partition,
}

impl Console {
    pub(crate) fn of_cloud(cloud: &Cloud) -> Option<Self> {
        let partition = Partition::of_region(cloud.region());
        let suffix = format!(".{}", partition.dns_suffix);
        // Of an address in a VPC, too.
        let is_aws = |url: &str| {
            url::Url::parse(url).is_ok_and(|url| url.host_str().is_some_and(|host| host.ends_with(&suffix)))
        };
        cloud.endpoint_override(Service::CONTROL).is_none_or(|url| is_aws(&url)).then_some(Self { partition })
    }

    /// The document with links from the runtime's ID, its log group and its role to their pages.
    pub(crate) fn link_runtime(self, document: Document, runtime: &str, role: Option<&str>) -> Document {
        let Ok(arn) = runtime.parse::<Arn>() else { return document };
        let Some(host) = self.partition.console_host(&arn.region) else { return document };
        let group = log_group(arn.resource_id(), DEFAULT_ENDPOINT);
        let logs = log_group_page(&host, &arn.region, &group);
        let document = document.link(arn.resource_id(), runtime_page(&host, arn.resource_id())).link(group, logs);
        match role.and_then(|role| Some((role, role.rsplit_once('/')?.1))) {
            Some((role, name)) => document.link(role, role_page(&host, &arn.region, name)),
            None => document,
        }
    }
}

fn runtime_page(host: &str, id: &str) -> String {
    format!("https://{host}/bedrock-agentcore/agents/{}", utf8_percent_encode(id, PART))
}

/// CloudWatch escapes what is behind `#` twice, the second time with `$` for `%`.
fn log_group_page(host: &str, region: &str, group: &str) -> String {
    let group = utf8_percent_encode(group, PART).to_string().replace('%', "$25");
    format!("https://{host}/cloudwatch/home?region={region}#logsV2:log-groups/log-group/{group}")
}

fn role_page(host: &str, region: &str, name: &str) -> String {
    format!("https://{host}/iam/home?region={region}#/roles/details/{}", utf8_percent_encode(name, PART))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_a_runtime_lead_to_their_pages() {
        let linked = |region: &str| {
            let partition = Partition::of_region(region);
            let arn = partition.arn("bedrock-agentcore", region, "123456789012", "runtime/desk-0123456789");
            let role = partition.arn("iam", "", "123456789012", "role/service-role/desk+1");
            Console { partition }.link_runtime(Document::new(), &arn.to_string(), Some(&role.to_string())).links
        };
        let host = "https://eu-west-1.console.aws.amazon.com";
        let addresses: Vec<String> = linked("eu-west-1").into_iter().map(|link| link.url).collect();
        let expected = [
            format!("{host}/bedrock-agentcore/agents/desk-0123456789"),
            format!(
                "{host}/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/$252Faws$252Fbedrock-agentcore$252Fruntimes$252Fdesk-0123456789-DEFAULT"
            ),
            format!("{host}/iam/home?region=eu-west-1#/roles/details/desk%2B1"),
        ];
        assert_eq!(addresses, expected);
        assert!(linked("us-gov-west-1").is_empty(), "its console has another host");
    }
}
