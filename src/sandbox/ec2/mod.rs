//! EC2: the sandbox's network, to be looked at.
//!
//! Owns: the Describe operations listed in `answer`, with their ids, filters and pages, in EC2's query protocol. Does not own: what
//! there is (`network`). Nothing can be made or changed, and agents are in none of it: they run on this machine.

mod network;

use super::reply::{self, Fault, Protocol, Response, Xml};
use super::request::{QueryForm, Request};
use super::{SharedSandbox, iam, router, sigv4};
use crate::partition::Partition;

/// The API version that its clients send.
pub(crate) const VERSION: &str = "2016-11-15";
const SERVICE: &str = "ec2";
/// The fewest and the most items of a page.
const PAGES: std::ops::RangeInclusive<usize> = 5..=1000;

/// One thing that there is: its XML, and what filters can ask about.
struct Item {
    id: String,
    xml: Xml,
    /// Filters with the values that the item has.
    facts: Vec<(&'static str, Vec<String>)>,
}

/// How an operation names what it describes.
struct Described {
    /// The element around its items.
    set: &'static str,
    /// The parameter with ids, and what EC2 says of one that is not there.
    ids: &'static str,
    code: &'static str,
    noun: &'static str,
}

/// Answers an operation whose form was read.
pub(crate) fn handle(
    sandbox: &SharedSandbox,
    request: &Request,
    (action, form): (&str, &QueryForm),
    body: &[u8],
) -> Response {
    let answer = || {
        let caller = router::caller(sandbox, request, &sigv4::sha256(body), SERVICE)
            .map_err(|refusal| refusal.fault(&Protocol::Ec2))?;
        caller.require(sandbox, &format!("ec2:{action}"), &["*"]).map_err(|_| denied())?;
        answer(sandbox, action, form)
    };
    match answer() {
        Ok(inner) => {
            let namespace = format!("http://{}/doc/{VERSION}/", Partition::principal(SERVICE));
            let body = format!(
                "<{action}Response xmlns=\"{namespace}\"><requestId>{}</requestId>{}</{action}Response>",
                request.id, inner.0
            );
            reply::with_body(200, "text/xml;charset=UTF-8", body)
        }
        Err(fault) => reply::fault(&Protocol::Ec2, fault, &request.id),
    }
}

fn denied() -> Fault {
    Fault::new(403, "UnauthorizedOperation", "You are not authorized to perform this operation.")
}

fn answer(sandbox: &SharedSandbox, action: &str, form: &QueryForm) -> Result<Xml, Fault> {
    let info = &sandbox.info;
    match action {
        "DescribeVpcs" => {
            let kind = Described { set: "vpcSet", ids: "VpcId", code: "InvalidVpcID.NotFound", noun: "vpc ID" };
            described(&kind, network::vpcs(info), form)
        }
        "DescribeSubnets" => {
            let kind =
                Described { set: "subnetSet", ids: "SubnetId", code: "InvalidSubnetID.NotFound", noun: "subnet ID" };
            described(&kind, network::subnets(info), form)
        }
        "DescribeSecurityGroups" => {
            let kind = Described {
                set: "securityGroupInfo",
                ids: "GroupId",
                code: "InvalidGroup.NotFound",
                noun: "security group",
            };
            described(&kind, network::groups(info), form)
        }
        "DescribeRouteTables" => {
            let code = "InvalidRouteTableID.NotFound";
            let kind = Described { set: "routeTableSet", ids: "RouteTableId", code, noun: "routeTable ID" };
            described(&kind, network::route_tables(info), form)
        }
        "DescribeVpcEndpoints" => {
            let code = "InvalidVpcEndpointId.NotFound";
            let kind = Described { set: "vpcEndpointSet", ids: "VpcEndpointId", code, noun: "Vpc Endpoint Id" };
            described(&kind, network::endpoints(info), form)
        }
        // Agents are in no network of the sandbox's.
        "DescribeNetworkInterfaces" => {
            let code = "InvalidNetworkInterfaceID.NotFound";
            let kind =
                Described { set: "networkInterfaceSet", ids: "NetworkInterfaceId", code, noun: "networkInterface ID" };
            described(&kind, Vec::new(), form)
        }
        _ => Err(Fault::unknown_operation(&format!("EC2 `{action}`"))),
    }
}

/// The items that are asked for, a page of them.
fn described(kind: &Described, mut items: Vec<Item>, form: &QueryForm) -> Result<Xml, Fault> {
    let ids = numbered(form, kind.ids);
    if let Some(unknown) = ids.iter().find(|id| items.iter().all(|item| item.id != **id)) {
        return Err(Fault::new(400, kind.code, format!("The {} '{unknown}' does not exist", kind.noun)));
    }
    items.retain(|item| ids.is_empty() || ids.contains(&item.id));
    for filter in 1.. {
        let Some(name) = form.get(&format!("Filter.{filter}.Name")) else { break };
        let wanted = numbered(form, &format!("Filter.{filter}.Value"));
        // An empty list says nothing of its filters.
        if items.iter().any(|item| item.values(name).is_none()) {
            return Err(Fault::new(400, "InvalidParameterValue", format!("The filter '{name}' is invalid")));
        }
        let fits = |value: &String| wanted.iter().any(|wanted| iam::wildcard(wanted, value));
        items.retain(|item| item.values(name).is_some_and(|values| values.iter().any(fits)));
    }
    let (page, next) = page(items, (form, ids.is_empty()))?;
    let mut xml = Xml::default();
    xml.element(kind.set, |xml| {
        for item in &page {
            xml.element("item", |xml| xml.0.push_str(&item.xml.0));
        }
    });
    if let Some(next) = next {
        xml.text("nextToken", &next);
    }
    Ok(xml)
}

/// A page of the items, and the token of the next one.
fn page(items: Vec<Item>, (form, may_be_paged): (&QueryForm, bool)) -> Result<(Vec<Item>, Option<String>), Fault> {
    let wrong = |code: &'static str, text: String| Fault::new(400, code, text);
    let start = match form.get("NextToken") {
        None => 0,
        Some(token) => {
            let start = token.parse().ok().filter(|start| *start < items.len());
            start.ok_or_else(|| wrong("InvalidNextToken", "The token is not valid".to_owned()))?
        }
    };
    let size = match form.get("MaxResults") {
        None => items.len(),
        Some(_) if !may_be_paged => {
            let text = "The parameter MaxResults cannot be used with a list of ids".to_owned();
            return Err(wrong("InvalidParameterCombination", text));
        }
        Some(text) => {
            let size = text.parse().ok().filter(|size| PAGES.contains(size));
            let (least, most) = (PAGES.start(), PAGES.end());
            let complaint = || {
                format!(
                    "Value ( {text} ) for parameter maxResults is invalid. Expecting a value between {least} and {most}."
                )
            };
            size.ok_or_else(|| wrong("InvalidParameterValue", complaint()))?
        }
    };
    let (total, end) = (items.len(), start.saturating_add(size));
    let page = items.into_iter().skip(start).take(size).collect();
    Ok((page, (end < total).then(|| end.to_string())))
}

impl Item {
    fn values(&self, filter: &str) -> Option<&[String]> {
        self.facts.iter().find(|(name, _)| *name == filter).map(|(_, values)| values.as_slice())
    }
}

/// `NAME.1`, `NAME.2`, …
fn numbered(form: &QueryForm, name: &str) -> Vec<String> {
    (1..).map_while(|index| form.get(&format!("{name}.{index}"))).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::tests::TestSandbox;

    fn asked(form: &str) -> Result<String, (String, String)> {
        let (sandbox, _dir) = TestSandbox::bare();
        let form = QueryForm::parse(form.as_bytes());
        let action = form.get("Action").unwrap();
        answer(&sandbox, action, &form).map(|xml| xml.0).map_err(|fault| (fault.code.into_owned(), fault.message))
    }

    fn ids(xml: &str, element: &str) -> Vec<String> {
        let root = crate::xml::parse(format!("<r>{xml}</r>").as_bytes()).unwrap();
        root.children[0].children.iter().map(|item| item.get(element).unwrap().to_owned()).collect()
    }

    #[test]
    fn an_unknown_id_is_refused_and_filtered_out() {
        let refused = asked("Action=DescribeSubnets&SubnetId.1=subnet-99999999").unwrap_err();
        assert_eq!(
            refused,
            ("InvalidSubnetID.NotFound".into(), "The subnet ID 'subnet-99999999' does not exist".into())
        );
        let group = asked("Action=DescribeSecurityGroups&GroupId.1=sg-99999999").unwrap_err();
        assert_eq!(group.0, "InvalidGroup.NotFound");
        let none = asked("Action=DescribeSubnets&Filter.1.Name=subnet-id&Filter.1.Value.1=subnet-99999999").unwrap();
        assert!(ids(&none, "subnetId").is_empty(), "{none}");
    }

    #[test]
    fn filters_are_all_kept() {
        let form = "Action=DescribeRouteTables&Filter.1.Name=association.main&Filter.1.Value.1=true";
        assert_eq!(ids(&asked(form).unwrap(), "vpcId").len(), 2);
        let one = format!("{form}&Filter.2.Name=vpc-id&Filter.2.Value.1=vpc-0123456789abcdef0");
        assert_eq!(ids(&asked(&one).unwrap(), "vpcId"), ["vpc-0123456789abcdef0"]);
        let wrong = asked("Action=DescribeSubnets&Filter.1.Name=colour&Filter.1.Value.1=red").unwrap_err();
        assert_eq!(wrong.1, "The filter 'colour' is invalid");
    }

    #[test]
    fn pages_follow_each_other() {
        let items = || {
            let item = |index: usize| Item { id: index.to_string(), xml: Xml::default(), facts: Vec::new() };
            (0..12).map(item).collect::<Vec<_>>()
        };
        let (mut seen, mut token) = (Vec::new(), None::<String>);
        loop {
            let next = token.map_or_else(String::new, |token| format!("&NextToken={token}"));
            let form = QueryForm::parse(format!("MaxResults=5{next}").as_bytes());
            let (page, more) = page(items(), (&form, true)).unwrap();
            assert!(page.len() <= 5);
            seen.extend(page.into_iter().map(|item| item.id));
            token = more;
            if token.is_none() {
                break;
            }
        }
        assert_eq!(seen, (0..12).map(|index| index.to_string()).collect::<Vec<_>>());
        assert!(page(items(), (&QueryForm::parse(b"MaxResults=2"), true)).is_err());
        assert!(page(items(), (&QueryForm::parse(b"NextToken=99"), true)).is_err());
        assert!(page(items(), (&QueryForm::parse(b"MaxResults=5"), false)).is_err());
    }
}
