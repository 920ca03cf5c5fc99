//! The network of every sandbox: one VPC that an agent can be in, and one in which something is wrong with everything.
//!
//! Owns: what there is, with ids that never change, and its XML. Docs: docs/sandbox-reference.md.
//!
//! | VPC | subnet | zone | leads to |
//! |---|---|---|---|
//! | `…0` | `…0`, `…1` | supported | a NAT gateway |
//! | `…0` | `…2` | supported | an internet gateway: public |
//! | `…1` | `…3` | not supported | nowhere |

use super::Item;
use crate::facts::network::supported_zones;
use crate::partition::Partition;
use crate::sandbox::SandboxInfo;
use crate::sandbox::reply::Xml;

/// What ids end in, before their number.
const STEM: &str = "0123456789abcdef";

/// VPCs, with the block of their addresses.
const VPCS: [(u8, &str); 2] = [(0, "10.0.0.0/16"), (1, "10.1.0.0/16")];

struct SubnetRow {
    number: u8,
    vpc: u8,
    block: &'static str,
    /// Index of its zone; [`UNSUPPORTED`] for one that AgentCore does not support.
    zone: usize,
}

const UNSUPPORTED: usize = 3;

const SUBNETS: [SubnetRow; 4] = [
    SubnetRow { number: 0, vpc: 0, block: "10.0.0.0/20", zone: 0 },
    SubnetRow { number: 1, vpc: 0, block: "10.0.16.0/20", zone: 1 },
    SubnetRow { number: 2, vpc: 0, block: "10.0.128.0/20", zone: 0 },
    SubnetRow { number: 3, vpc: 1, block: "10.1.0.0/20", zone: UNSUPPORTED },
];

/// Security groups: number, VPC, name, whether they let anything out.
const GROUPS: [(u8, u8, &str, bool); 3] = [(0, 0, "default", true), (1, 1, "default", true), (2, 1, "closed", false)];

struct TableRow {
    number: u8,
    vpc: u8,
    /// Those that have it as their own; without any it is the VPC's main one.
    subnets: &'static [u8],
    /// Member and id's prefix of where `0.0.0.0/0` goes.
    default: Option<(&'static str, &'static str)>,
}

const TABLES: [TableRow; 3] = [
    TableRow { number: 0, vpc: 0, subnets: &[0, 1], default: Some(("natGatewayId", "nat")) },
    TableRow { number: 1, vpc: 0, subnets: &[], default: Some(("gatewayId", "igw")) },
    TableRow { number: 2, vpc: 1, subnets: &[], default: None },
];

fn id(prefix: &str, number: u8) -> String {
    format!("{prefix}-{STEM}{number}")
}

/// The id and the name of the zone with this index.
fn zone(region: &str, index: usize) -> (String, String) {
    let letter = ["a", "b", "c", "d"].get(index).copied().unwrap_or("a");
    let known = supported_zones(region).unwrap_or_default();
    let prefix = match known.first().and_then(|zone| zone.split_once("-az")) {
        Some((prefix, _)) => prefix.to_owned(),
        // Of a region that the table of zones does not have, nothing is known to be wrong.
        None => region.replace('-', ""),
    };
    let id = match known.get(index) {
        Some(zone) => (*zone).to_owned(),
        None if known.is_empty() => format!("{prefix}-az{}", index + 1),
        None => {
            let free = (1..).map(|number| format!("{prefix}-az{number}")).find(|zone| !known.contains(&zone.as_str()));
            free.unwrap_or_default()
        }
    };
    (id, format!("{region}{letter}"))
}

/// With what every description ends: no tags.
fn untagged(xml: &mut Xml) {
    xml.element("tagSet", |_| {});
}

pub(super) fn vpcs(info: &SandboxInfo) -> Vec<Item> {
    let vpc = |(number, block): (u8, &str)| {
        let mut xml = Xml::default();
        let (vpc, is_default) = (id("vpc", number), (number == 0).to_string());
        xml.text("vpcId", &vpc)
            .text("ownerId", &info.account)
            .text("state", "available")
            .text("cidrBlock", block)
            .text("dhcpOptionsId", &id("dopt", 0))
            .text("instanceTenancy", "default")
            .text("isDefault", &is_default);
        untagged(&mut xml);
        let facts =
            vec![("vpc-id", vec![vpc.clone()]), ("is-default", vec![is_default]), ("state", vec!["available".into()])];
        Item { id: vpc, xml, facts }
    };
    VPCS.into_iter().map(vpc).collect()
}

pub(super) fn subnets(info: &SandboxInfo) -> Vec<Item> {
    let subnet = |row: &SubnetRow| {
        let (subnet, vpc, (zone, zone_name)) =
            (id("subnet", row.number), id("vpc", row.vpc), zone(&info.region, row.zone));
        let is_public = row.vpc == 0 && !TABLES[0].subnets.contains(&row.number);
        let mut xml = Xml::default();
        xml.text("subnetId", &subnet)
            .text("subnetArn", &info.arn("ec2", &format!("subnet/{subnet}")).to_string())
            .text("state", "available")
            .text("ownerId", &info.account)
            .text("vpcId", &vpc)
            .text("cidrBlock", row.block)
            .text("availableIpAddressCount", "4091")
            .text("availabilityZone", &zone_name)
            .text("availabilityZoneId", &zone)
            .text("defaultForAz", "false")
            .text("mapPublicIpOnLaunch", &is_public.to_string())
            .text("assignIpv6AddressOnCreation", "false");
        untagged(&mut xml);
        let facts = vec![
            ("subnet-id", vec![subnet.clone()]),
            ("vpc-id", vec![vpc]),
            ("availability-zone", vec![zone_name]),
            ("availability-zone-id", vec![zone]),
            ("state", vec!["available".into()]),
        ];
        Item { id: subnet, xml, facts }
    };
    SUBNETS.iter().map(subnet).collect()
}

pub(super) fn groups(info: &SandboxInfo) -> Vec<Item> {
    let group = |(number, vpc, name, lets_out): (u8, u8, &str, bool)| {
        let (group, vpc) = (id("sg", number), id("vpc", vpc));
        let mut xml = Xml::default();
        xml.text("ownerId", &info.account)
            .text("groupId", &group)
            .text("groupName", name)
            .text("groupDescription", "A security group of the sandbox")
            .text("vpcId", &vpc)
            .element("ipPermissions", |_| {})
            .element("ipPermissionsEgress", |xml| {
                if lets_out {
                    xml.element("item", |xml| {
                        xml.text("ipProtocol", "-1").element("groups", |_| {}).element("ipRanges", |xml| {
                            xml.element("item", |xml| {
                                xml.text("cidrIp", "0.0.0.0/0");
                            });
                        });
                    });
                }
            });
        untagged(&mut xml);
        let facts =
            vec![("group-id", vec![group.clone()]), ("group-name", vec![name.to_owned()]), ("vpc-id", vec![vpc])];
        Item { id: group, xml, facts }
    };
    GROUPS.into_iter().map(group).collect()
}

pub(super) fn route_tables(info: &SandboxInfo) -> Vec<Item> {
    TABLES.iter().map(|row| route_table(info, row)).collect()
}

fn route_table(info: &SandboxInfo, row: &TableRow) -> Item {
    let (table, vpc) = (id("rtb", row.number), id("vpc", row.vpc));
    let block = VPCS.iter().find(|(number, _)| *number == row.vpc).map_or("", |(_, block)| *block);
    let subnets: Vec<String> = row.subnets.iter().map(|number| id("subnet", *number)).collect();
    let is_main = subnets.is_empty();
    let route = |xml: &mut Xml, destination: &str, (member, target): (&str, &str), origin: &str| {
        xml.element("item", |xml| {
            xml.text("destinationCidrBlock", destination)
                .text(member, target)
                .text("state", "active")
                .text("origin", origin);
        });
    };
    let association = |xml: &mut Xml, number: usize, subnet: Option<&str>| {
        xml.element("item", |xml| {
            xml.text("routeTableAssociationId", &format!("rtbassoc-{STEM}{}{number}", row.number))
                .text("routeTableId", &table);
            if let Some(subnet) = subnet {
                xml.text("subnetId", subnet);
            }
            xml.text("main", &subnet.is_none().to_string()).element("associationState", |xml| {
                xml.text("state", "associated");
            });
        });
    };
    let mut xml = Xml::default();
    xml.text("routeTableId", &table)
        .text("vpcId", &vpc)
        .text("ownerId", &info.account)
        .element("routeSet", |xml| {
            route(xml, block, ("gatewayId", "local"), "CreateRouteTable");
            if let Some((member, prefix)) = row.default {
                route(xml, "0.0.0.0/0", (member, &id(prefix, 0)), "CreateRoute");
            }
        })
        .element("associationSet", |xml| {
            for (number, subnet) in subnets.iter().enumerate() {
                association(xml, number, Some(subnet));
            }
            if is_main {
                association(xml, 0, None);
            }
        })
        .element("propagatingVgwSet", |_| {});
    untagged(&mut xml);
    let facts = vec![
        ("route-table-id", vec![table.clone()]),
        ("vpc-id", vec![vpc]),
        ("association.main", vec![is_main.to_string()]),
        ("association.subnet-id", subnets),
    ];
    Item { id: table, xml, facts }
}

/// One: S3, for the private subnets of the first VPC.
pub(super) fn endpoints(info: &SandboxInfo) -> Vec<Item> {
    let (endpoint, vpc) = (id("vpce", 0), id("vpc", 0));
    let service = Partition::of_region(&info.region).endpoint_service(&info.region, "s3");
    let mut xml = Xml::default();
    xml.text("vpcEndpointId", &endpoint)
        .text("vpcEndpointType", "Gateway")
        .text("vpcId", &vpc)
        .text("serviceName", &service)
        .text("state", "available")
        .element("routeTableIdSet", |xml| {
            xml.text("item", &id("rtb", 0));
        })
        .element("subnetIdSet", |_| {})
        .element("groupSet", |_| {})
        .text("privateDnsEnabled", "false")
        .text("requesterManaged", "false")
        .element("networkInterfaceIdSet", |_| {})
        .text("ownerId", &info.account);
    untagged(&mut xml);
    let facts = vec![
        ("vpc-endpoint-id", vec![endpoint.clone()]),
        ("vpc-id", vec![vpc]),
        ("service-name", vec![service]),
        ("vpc-endpoint-type", vec!["Gateway".into()]),
        ("vpc-endpoint-state", vec!["available".into()]),
    ];
    vec![Item { id: endpoint, xml, facts }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_zone_is_not_supported() {
        for region in ["us-west-2", "us-east-1", "ap-northeast-1"] {
            let supported = supported_zones(region).unwrap();
            let is_supported = |index| supported.contains(&zone(region, index).0.as_str());
            assert!(is_supported(0) && is_supported(1) && !is_supported(UNSUPPORTED), "{region}");
        }
        assert_eq!(zone("us-east-1", UNSUPPORTED), ("use1-az3".to_owned(), "us-east-1d".to_owned()));
        assert_eq!(zone("mars-east-1", 0), ("marseast1-az1".to_owned(), "mars-east-1a".to_owned()));
    }
}
