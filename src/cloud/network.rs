//! Amazon EC2: the network that a runtime is to be in. It is looked at and never changed.
//!
//! Owns: the questions in EC2's query protocol, page by page. They are signed here: the SDK's crate for EC2 is larger than all others of
//! this program together. Does not own: what is wrong with a network (`ops::deploy`).

use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, StatusCode};

use super::connect::{Cloud, Service};
use super::dataplane::{Payload, sign_for, transport_error};
use super::error::{ErrorResponse, missing_member, service_error};
use crate::deadline::Waiting;
use crate::error::{Code, Error, Kind, Result, is_passing};
use crate::http::ATTEMPTS;
use crate::xml::{self, Element};

const VERSION: &str = "2016-11-15";
/// Items of a page: the most that every operation here gives.
const PAGE: &str = "100";
/// For an attempt. Where EC2 cannot be reached, a launch goes on without its answer, and should not stand still for long.
const PATIENCE: Duration = Duration::from_secs(10);
/// Before another attempt.
const PAUSE: Duration = Duration::from_millis(300);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Subnet {
    pub(crate) id: String,
    pub(crate) vpc: String,
    /// The id of its Availability Zone, which is the same in every account: `usw2-az1`.
    pub(crate) zone: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SecurityGroup {
    pub(crate) id: String,
    pub(crate) vpc: String,
    /// Whether any rule lets something out.
    pub(crate) lets_out: bool,
}

/// Where the traffic of subnets goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RouteTable {
    pub(crate) id: String,
    pub(crate) vpc: String,
    /// It serves the subnets of the VPC that have no table of their own.
    pub(crate) is_main: bool,
    /// Subnets that have it as their own.
    pub(crate) subnets: Vec<String>,
    /// Where `0.0.0.0/0` goes.
    pub(crate) default: Option<RouteTarget>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RouteTarget {
    Nat,
    InternetGateway,
    /// What it led to is gone.
    Gone,
    /// A transit gateway, a firewall, an instance: what is behind it cannot be seen from here.
    Elsewhere,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct VpcEndpoint {
    /// `com.amazonaws.us-west-2.ecr.api`
    pub(crate) service: String,
    pub(crate) vpc: String,
    /// A gateway endpoint serves the subnets of these; any other one the whole VPC.
    pub(crate) is_gateway: bool,
    pub(crate) route_tables: Vec<String>,
}

type Filter<'a> = (&'a str, &'a [String]);

impl Cloud {
    /// Those of the subnets that exist.
    ///
    /// # Errors
    /// EC2's refusal; no answer.
    pub(crate) async fn subnets(&self, ids: &[String]) -> Result<Vec<Subnet>> {
        // By filter: named as ids, one that does not exist would be all that is heard of.
        let found = self.ec2("DescribeSubnets", "subnetSet", &[("subnet-id", ids)]).await?;
        let subnet = |item: &Element| Subnet {
            id: text(item, "subnetId"),
            vpc: text(item, "vpcId"),
            zone: text(item, "availabilityZoneId"),
        };
        Ok(found.iter().map(subnet).collect())
    }

    /// Those of the security groups that exist.
    ///
    /// # Errors
    /// As [`Self::subnets`].
    pub(crate) async fn security_groups(&self, ids: &[String]) -> Result<Vec<SecurityGroup>> {
        let found = self.ec2("DescribeSecurityGroups", "securityGroupInfo", &[("group-id", ids)]).await?;
        let group = |item: &Element| SecurityGroup {
            id: text(item, "groupId"),
            vpc: text(item, "vpcId"),
            lets_out: item.child("ipPermissionsEgress").is_some_and(|rules| rules.child("item").is_some()),
        };
        Ok(found.iter().map(group).collect())
    }

    /// The route tables of these subnets, and the main ones of all VPCs: which VPC the subnets are in is not known yet, and there
    /// are few VPCs.
    ///
    /// # Errors
    /// As [`Self::subnets`].
    pub(crate) async fn route_tables(&self, subnets: &[String]) -> Result<Vec<RouteTable>> {
        let operation = "DescribeRouteTables";
        let main = ["true".to_owned()];
        let (main, own) = ([("association.main", &main[..])], [("association.subnet-id", subnets)]);
        let (own, main) =
            tokio::try_join!(self.ec2(operation, "routeTableSet", &own), self.ec2(operation, "routeTableSet", &main))?;
        // A main table may also be the own one of a subnet.
        let mut tables: Vec<RouteTable> = Vec::new();
        for table in own.iter().chain(&main).map(route_table) {
            if tables.iter().all(|known| known.id != table.id) {
                tables.push(table);
            }
        }
        Ok(tables)
    }

    /// The VPC endpoints of the region that work.
    ///
    /// # Errors
    /// As [`Self::subnets`].
    pub(crate) async fn vpc_endpoints(&self) -> Result<Vec<VpcEndpoint>> {
        let available = ["available".to_owned()];
        let filter = [("vpc-endpoint-state", &available[..])];
        let found = self.ec2("DescribeVpcEndpoints", "vpcEndpointSet", &filter).await?;
        let endpoint = |item: &Element| VpcEndpoint {
            service: text(item, "serviceName"),
            vpc: text(item, "vpcId"),
            is_gateway: text(item, "vpcEndpointType") == "Gateway",
            route_tables: items(item, "routeTableIdSet").map(|item| item.text.trim().to_owned()).collect(),
        };
        Ok(found.iter().map(endpoint).collect())
    }

    /// All items of an operation's answer.
    async fn ec2(&self, operation: &str, set: &str, filters: &[Filter<'_>]) -> Result<Vec<Element>> {
        let (mut all, mut token) = (Vec::new(), None::<String>);
        loop {
            let body = form(operation, filters, token.as_deref());
            let mut answer = self.ec2_page(operation, &body).await?;
            token = answer.get("nextToken").filter(|token| !token.is_empty()).map(str::to_owned);
            let at = answer.children.iter().position(|child| child.name == set);
            let set = at.map(|at| answer.children.swap_remove(at));
            all.extend(set.into_iter().flat_map(|set| set.children).filter(|item| item.name == "item"));
            if token.is_none() {
                return Ok(all);
            }
        }
    }

    /// One page, asked for again where EC2 only limits its pace.
    async fn ec2_page(&self, operation: &str, body: &str) -> Result<Element> {
        let mut attempt = 1;
        loop {
            match self.ec2_attempt(operation, body).await {
                Err(error) if attempt < ATTEMPTS && is_passing(error.code_str()) => {
                    let _waiting = Waiting::on(format!("another attempt ({error})"));
                    tokio::time::sleep(PAUSE * attempt).await;
                    attempt += 1;
                }
                other => return other,
            }
        }
    }

    async fn ec2_attempt(&self, operation: &str, body: &str) -> Result<Element> {
        let what = format!("look at the network ({operation})");
        let region = self.region();
        let base = self
            .endpoint_override(Service::NETWORK)
            .unwrap_or_else(|| format!("https://{}", self.partition().host("ec2", region)));
        let url = format!("{base}/");
        let mut headers = HeaderMap::new();
        let form = HeaderValue::from_static("application/x-www-form-urlencoded; charset=utf-8");
        headers.insert(http::header::CONTENT_TYPE, form);
        let payload = Payload::Bytes(body.to_owned().into());
        sign_for(self, ("ec2", region), (&Method::POST, &url), &mut headers, &payload).await?;
        let _waiting = Waiting::on("an answer from EC2");
        let request = self.http.client(&url)?.post(&url).headers(headers).body(body.to_owned());
        let whole = async {
            let answer = request.send().await.map_err(|error| transport_error(&url, &error))?;
            let status = answer.status();
            let body = answer.bytes().await.map_err(|error| transport_error(&url, &error))?;
            Ok::<_, Error>((status, body))
        };
        let (status, body) = tokio::time::timeout(PATIENCE, whole).await.map_err(|_| {
            let seconds = PATIENCE.as_secs();
            Error::new(Kind::Deadline, format!("could not {what}: no answer within {seconds} s")).code(Code::AwsTimeout)
        })??;
        let root = xml::parse(&body);
        match root {
            Some(root) if status.is_success() => Ok(root),
            Some(root) => Err(refusal(&what, status, &root)),
            None => Err(missing_member(&what, &format!("EC2 (HTTP {})", status.as_u16()), "XML")),
        }
    }
}

/// `Action=…&Filter.1.Name=…&Filter.1.Value.1=…`
fn form(operation: &str, filters: &[Filter<'_>], token: Option<&str>) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("Action", operation).append_pair("Version", VERSION).append_pair("MaxResults", PAGE);
    for (filter, (name, values)) in filters.iter().enumerate() {
        let filter = filter + 1;
        form.append_pair(&format!("Filter.{filter}.Name"), name);
        for (value, text) in values.iter().enumerate() {
            form.append_pair(&format!("Filter.{filter}.Value.{}", value + 1), text);
        }
    }
    if let Some(token) = token {
        form.append_pair("NextToken", token);
    }
    form.finish()
}

fn text(item: &Element, name: &str) -> String {
    item.get(name).unwrap_or_default().trim().to_owned()
}

/// The items of a set within an item.
fn items<'a>(item: &'a Element, set: &str) -> impl Iterator<Item = &'a Element> + use<'a> {
    item.child(set).into_iter().flat_map(|set| &set.children).filter(|item| item.name == "item")
}

fn route_table(item: &Element) -> RouteTable {
    let associations = || items(item, "associationSet");
    RouteTable {
        id: text(item, "routeTableId"),
        vpc: text(item, "vpcId"),
        is_main: associations().any(|association| text(association, "main") == "true"),
        subnets: associations().map(|association| text(association, "subnetId")).filter(|id| !id.is_empty()).collect(),
        default: items(item, "routeSet").find(|route| text(route, "destinationCidrBlock") == "0.0.0.0/0").map(target),
    }
}

fn target(route: &Element) -> RouteTarget {
    if text(route, "state") == "blackhole" {
        RouteTarget::Gone
    } else if route.get("natGatewayId").is_some() {
        RouteTarget::Nat
    } else if text(route, "gatewayId").starts_with("igw-") {
        RouteTarget::InternetGateway
    } else {
        RouteTarget::Elsewhere
    }
}

/// `<Response><Errors><Error><Code>…</Code><Message>…</Message></Error></Errors><RequestID>…</RequestID></Response>`
fn refusal(what: &str, status: StatusCode, root: &Element) -> Error {
    let error = root.child("Errors").and_then(|errors| errors.child("Error")).or_else(|| root.child("Error"));
    let request_id = ["RequestID", "RequestId"].iter().find_map(|name| root.get(name)).map(str::to_owned);
    let message = error.and_then(|error| error.get("Message")).unwrap_or_default();
    let code = error.and_then(|error| error.get("Code"));
    service_error(what, &ErrorResponse { status: status.as_u16(), code, message, request_id })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_numbered_from_one() {
        let ids = ["subnet-1".to_owned(), "subnet-2".to_owned()];
        assert_eq!(
            form("DescribeSubnets", &[("subnet-id", &ids)], Some("t/1")),
            "Action=DescribeSubnets&Version=2016-11-15&MaxResults=100&Filter.1.Name=subnet-id&Filter.1.Value.1=subnet-1\
             &Filter.1.Value.2=subnet-2&NextToken=t%2F1"
        );
    }

    /// In the form of the API reference's examples.
    #[test]
    fn a_route_table_says_where_its_default_goes() {
        let table = |route: &str| {
            let text = format!(
                "<item><routeTableId>rtb-1</routeTableId><vpcId>vpc-1</vpcId><routeSet><item><destinationCidrBlock>10.0.0.0/16\
                 </destinationCidrBlock><gatewayId>local</gatewayId><state>active</state></item><item><destinationCidrBlock>0.0.0.0/0\
                 </destinationCidrBlock>{route}</item></routeSet><associationSet><item><main>true</main></item><item><subnetId>\
                 subnet-1</subnetId><main>false</main></item></associationSet></item>"
            );
            route_table(&xml::parse(text.as_bytes()).unwrap())
        };
        let nat = table("<natGatewayId>nat-1</natGatewayId><state>active</state>");
        let wanted = RouteTable {
            id: "rtb-1".into(),
            vpc: "vpc-1".into(),
            is_main: true,
            subnets: vec!["subnet-1".into()],
            default: Some(RouteTarget::Nat),
        };
        assert_eq!(nat, wanted);
        let target = |route: &str| table(route).default.unwrap();
        assert_eq!(target("<gatewayId>igw-1</gatewayId><state>active</state>"), RouteTarget::InternetGateway);
        assert_eq!(target("<natGatewayId>nat-1</natGatewayId><state>blackhole</state>"), RouteTarget::Gone);
        assert_eq!(target("<transitGatewayId>tgw-1</transitGatewayId>"), RouteTarget::Elsewhere);
        assert_eq!(target("<gatewayId>vpce-1</gatewayId>"), RouteTarget::Elsewhere);
    }

    #[test]
    fn a_refusal_keeps_the_words_of_ec2() {
        let text = "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized</Message></Error>\
                    </Errors><RequestID>r-1</RequestID></Response>";
        let error = refusal("look", StatusCode::FORBIDDEN, &xml::parse(text.as_bytes()).unwrap());
        assert_eq!(error.kind(), Kind::Credentials);
        assert_eq!(error.causes(), ["UnauthorizedOperation: You are not authorized"]);
        assert_eq!(error.request_id_str(), Some("r-1"));
    }
}
