//! The VPC of an agent, looked at before anything is made.
//!
//! Owns: what is asked, which of it makes a launch impossible, and what may keep the agent from working. Does not own: the requests
//! (`cloud`), the form of ids (`config`).
//!
//! The service takes a network with such a fault, and the version fails minutes later, or the agent never gets an answer. What is
//! certain ends a launch; what depends on the agent, or on facts that change, is a warning; where EC2 says nothing, a note says so.

use crate::cloud::{Cloud, RouteTable, RouteTarget, SecurityGroup, Subnet, VpcEndpoint};
use crate::config::{Agent, NetworkMode};
use crate::error::{Code, Error, Result};
use crate::events::Events;
use crate::facts::network::{CODE_ENDPOINTS, CONTAINER_ENDPOINTS, supported_zones};

/// What is wanted, and what EC2 says of it. `None` where it did not answer.
#[derive(Debug, Default)]
pub(super) struct ObservedNetwork {
    region: String,
    wanted_subnets: Vec<String>,
    wanted_groups: Vec<String>,
    subnets: Option<Vec<Subnet>>,
    groups: Option<Vec<SecurityGroup>>,
    tables: Option<Vec<RouteTable>>,
    endpoints: Option<Vec<VpcEndpoint>>,
    /// Why, for the first that it did not answer.
    unanswered: Option<String>,
}

/// What is found out about a network.
#[derive(Debug, Default, PartialEq, Eq)]
struct Findings {
    /// A launch cannot succeed.
    faults: Vec<String>,
    warnings: Vec<String>,
    notes: Vec<String>,
}

/// Asks EC2 about the network of an agent in a VPC, everything at once; no request for any other agent. Never fails: a caller may be
/// allowed to launch and not to look at networks.
pub(super) async fn observe(cloud: &Cloud, agent: &Agent) -> Option<ObservedNetwork> {
    let network = &agent.aws.network_configuration;
    let vpc = network.network_mode_config.as_ref().filter(|_| network.network_mode == NetworkMode::Vpc)?;
    let (subnets, groups, tables, endpoints) = tokio::join!(
        cloud.subnets(&vpc.subnets),
        cloud.security_groups(&vpc.security_groups),
        cloud.route_tables(&vpc.subnets),
        cloud.vpc_endpoints()
    );
    let errors = [subnets.as_ref().err(), groups.as_ref().err(), tables.as_ref().err(), endpoints.as_ref().err()];
    let unanswered = errors.into_iter().flatten().next().map(|error| match error.causes().first() {
        Some(cause) => format!("{}: {cause}", error.message()),
        None => error.message().to_owned(),
    });
    Some(ObservedNetwork {
        region: cloud.region().to_owned(),
        wanted_subnets: vpc.subnets.clone(),
        wanted_groups: vpc.security_groups.clone(),
        subnets: subnets.ok(),
        groups: groups.ok(),
        tables: tables.ok(),
        endpoints: endpoints.ok(),
        unanswered,
    })
}

impl ObservedNetwork {
    /// Says what is odd about it.
    ///
    /// # Errors
    /// Usage for a network in which no agent can run, with each fault as a cause.
    pub(super) fn check(&self, agent: &Agent, is_container: bool, events: &Events) -> Result<()> {
        let found = self.findings(if is_container { CONTAINER_ENDPOINTS } else { CODE_ENDPOINTS });
        if !found.faults.is_empty() {
            let error =
                Error::usage(format!("the agent `{}` cannot run in the network of its configuration", agent.name));
            let error = found.faults.into_iter().fold(error.code(Code::RuntimeNetwork), Error::cause);
            return Err(error.hint(format!(
                "name subnets and security groups of one VPC in {}: `agentcore configure --name {} --vpc --subnets ID,ID \
                 --security-groups ID`",
                self.region, agent.name
            )));
        }
        for warning in found.warnings {
            events.warning(warning);
        }
        for note in found.notes {
            events.note(note);
        }
        if let Some(why) = &self.unanswered {
            events.note(format!("not everything about the agent's VPC was checked: {why}"));
        }
        Ok(())
    }

    /// `required` are the endpoints that the runtime needs where nothing leads to the internet.
    fn findings(&self, required: &[&str]) -> Findings {
        let mut found = Findings::default();
        let subnets = self.subnets.as_deref().unwrap_or_default();
        let groups = self.groups.as_deref().unwrap_or_default();
        if self.subnets.is_some() {
            let missing = self.wanted_subnets.iter().filter(|id| subnets.iter().all(|subnet| subnet.id != **id));
            found.faults.extend(missing.map(|id| format!("the subnet `{id}` does not exist in {}", self.region)));
        }
        if self.groups.is_some() {
            let missing = self.wanted_groups.iter().filter(|id| groups.iter().all(|group| group.id != **id));
            found
                .faults
                .extend(missing.map(|id| format!("the security group `{id}` does not exist in {}", self.region)));
        }
        found.faults.extend(several_vpcs(subnets));
        found.warnings.extend(foreign_groups(subnets, groups));
        found.warnings.extend(self.zones(subnets));
        if !groups.is_empty() && groups.iter().all(|group| !group.lets_out) {
            let (names, verb) =
                listed("the security group", groups.iter().map(|group| group.id.as_str()), ("has", "have"));
            found.warnings.push(format!("{names} {verb} no outbound rule, so the agent reaches nothing"));
        }
        self.ways_out(subnets, required, &mut found);
        found
    }

    fn zones(&self, subnets: &[Subnet]) -> Option<String> {
        let known = supported_zones(&self.region)?;
        let outside = subnets.iter().filter(|subnet| !subnet.zone.is_empty() && !known.contains(&subnet.zone.as_str()));
        let outside: Vec<String> = outside.map(|subnet| format!("`{}` ({})", subnet.id, subnet.zone)).collect();
        (!outside.is_empty()).then(|| {
            format!(
                "as far as this version knows, AgentCore does not support the Availability Zone of {}; in {} it supports {}",
                outside.join(" and "),
                self.region,
                known.join(", ")
            )
        })
    }

    /// Which subnets lead nowhere, and what is missing there.
    fn ways_out(&self, subnets: &[Subnet], required: &[&str], found: &mut Findings) {
        let Some(tables) = &self.tables else { return };
        let mut public = Vec::new();
        let mut closed: Vec<(&Subnet, &RouteTable)> = Vec::new();
        for subnet in subnets {
            let own = tables.iter().find(|table| table.subnets.contains(&subnet.id));
            let table = own.or_else(|| tables.iter().find(|table| table.is_main && table.vpc == subnet.vpc));
            // The table of a shared subnet may be hidden from those whom it is shared with.
            let Some(table) = table else { continue };
            match table.default {
                Some(RouteTarget::Nat | RouteTarget::Elsewhere) => continue,
                Some(RouteTarget::InternetGateway) => public.push(subnet.id.as_str()),
                Some(RouteTarget::Gone) | None => {}
            }
            closed.push((subnet, table));
        }
        if !public.is_empty() {
            let (names, verb) = listed("the subnet", public, ("is", "are"));
            found.warnings.push(format!(
                "{names} {verb} public, but the agent has a private address only, which an internet gateway does not serve: use \
                 private subnets with a route to a NAT gateway"
            ));
        }
        let (false, Some(endpoints)) = (closed.is_empty(), &self.endpoints) else { return };
        let (names, verb) = listed("the subnet", closed.iter().map(|(subnet, _)| subnet.id.as_str()), ("has", "have"));
        let is_served = |service: &str, subnet: &Subnet, table: &RouteTable| {
            let mut of_service = endpoints.iter().filter(|endpoint| short(&endpoint.service, &self.region) == service);
            of_service.any(|endpoint| serves(endpoint, subnet, table))
        };
        let lacks = |service: &&&str| !closed.iter().all(|(subnet, table)| is_served(service, subnet, table));
        let lacking: Vec<&str> = required.iter().filter(lacks).copied().collect();
        if lacking.is_empty() {
            let mut there: Vec<&str> = endpoints
                .iter()
                .filter(|endpoint| closed.iter().any(|(subnet, _)| subnet.vpc == endpoint.vpc))
                .map(|endpoint| short(&endpoint.service, &self.region))
                .collect();
            there.sort_unstable();
            there.dedup();
            found.notes.push(format!(
                "{names} {verb} no route to a NAT gateway: the agent reaches only its VPC and the services with an endpoint there, {}",
                there.join(", ")
            ));
        } else {
            found.warnings.push(format!(
                "{names} {verb} no route to a NAT gateway and no VPC endpoints for {}: the agent needs these to start and to write \
                 its log, and others for what it calls, such as `bedrock-runtime`",
                lacking.join(", ")
            ));
        }
    }
}

fn several_vpcs(subnets: &[Subnet]) -> Option<String> {
    let first = subnets.first()?;
    subnets.iter().any(|subnet| subnet.vpc != first.vpc).then(|| {
        let each: Vec<String> = subnets.iter().map(|subnet| format!("`{}` in `{}`", subnet.id, subnet.vpc)).collect();
        format!("the subnets are in several VPCs: {}", each.join(", "))
    })
}

/// Groups of another VPC than the subnets'. No fault: a group can be associated with VPCs besides its own, which is not asked.
fn foreign_groups(subnets: &[Subnet], groups: &[SecurityGroup]) -> Vec<String> {
    let Some(first) = subnets.first() else { return Vec::new() };
    let other = groups.iter().filter(|group| subnets.iter().all(|subnet| subnet.vpc != group.vpc));
    let text = |group: &SecurityGroup| {
        format!(
            "the security group `{}` is of `{}`, and the subnets are in `{}`: that works only if the group is associated with \
             that VPC too",
            group.id, group.vpc, first.vpc
        )
    };
    other.map(text).collect()
}

/// Whether an endpoint is one that the subnet can use.
fn serves(endpoint: &VpcEndpoint, subnet: &Subnet, table: &RouteTable) -> bool {
    endpoint.vpc == subnet.vpc && (!endpoint.is_gateway || endpoint.route_tables.contains(&table.id))
}

/// `ecr.api` of `com.amazonaws.us-west-2.ecr.api`.
fn short<'a>(service: &'a str, region: &str) -> &'a str {
    service.split_once(&format!(".{region}.")).map_or(service, |(_, name)| name)
}

/// ``the subnets `a` and `b` ``, with the verb that follows: one for a single subnet, one for several.
fn listed<'a>(
    what: &str,
    ids: impl IntoIterator<Item = &'a str>,
    verbs: (&'static str, &'static str),
) -> (String, &'static str) {
    let ids: Vec<String> = ids.into_iter().map(|id| format!("`{id}`")).collect();
    let (plural, verb) = if ids.len() == 1 { ("", verbs.0) } else { ("s", verbs.1) };
    (format!("{what}{plural} {}", ids.join(" and ")), verb)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subnet(id: &str, vpc: &str) -> Subnet {
        Subnet { id: id.into(), vpc: vpc.into(), zone: "usw2-az1".into() }
    }

    fn table(subnets: &[&str], default: Option<RouteTarget>) -> RouteTable {
        let subnets: Vec<String> = subnets.iter().map(|id| (*id).to_owned()).collect();
        RouteTable { id: "rtb-1".into(), vpc: "vpc-1".into(), is_main: subnets.is_empty(), subnets, default }
    }

    fn endpoint(service: &str, is_gateway: bool) -> VpcEndpoint {
        let route_tables = if is_gateway { vec!["rtb-1".to_owned()] } else { Vec::new() };
        VpcEndpoint {
            service: format!("com.amazonaws.us-west-2.{service}"),
            vpc: "vpc-1".into(),
            is_gateway,
            route_tables,
        }
    }

    /// One subnet and one group of one VPC, with a NAT gateway.
    fn network() -> ObservedNetwork {
        ObservedNetwork {
            region: "us-west-2".into(),
            wanted_subnets: vec!["subnet-1".into()],
            wanted_groups: vec!["sg-1".into()],
            subnets: Some(vec![subnet("subnet-1", "vpc-1")]),
            groups: Some(vec![SecurityGroup { id: "sg-1".into(), vpc: "vpc-1".into(), lets_out: true }]),
            tables: Some(vec![table(&[], Some(RouteTarget::Nat))]),
            endpoints: Some(Vec::new()),
            unanswered: None,
        }
    }

    fn found(change: impl FnOnce(&mut ObservedNetwork)) -> Findings {
        let mut network = network();
        change(&mut network);
        network.findings(CONTAINER_ENDPOINTS)
    }

    #[test]
    fn a_private_subnet_with_nat_is_fine() {
        assert_eq!(found(|_| {}), Findings::default());
    }

    #[test]
    fn what_does_not_exist_is_named_each() {
        let none = found(|network| {
            network.wanted_subnets.push("subnet-2".into());
            network.groups = Some(Vec::new());
        });
        let wanted = [
            "the subnet `subnet-2` does not exist in us-west-2",
            "the security group `sg-1` does not exist in us-west-2",
        ];
        assert_eq!(none.faults, wanted);
    }

    #[test]
    fn everything_is_in_one_vpc() {
        let subnets = found(|network| network.subnets.as_mut().unwrap().push(subnet("subnet-2", "vpc-2")));
        assert_eq!(subnets.faults, ["the subnets are in several VPCs: `subnet-1` in `vpc-1`, `subnet-2` in `vpc-2`"]);
        let group = found(|network| network.groups.as_mut().unwrap()[0].vpc = "vpc-2".into());
        assert!(group.faults.is_empty(), "a group may be associated with other VPCs: {group:?}");
        assert!(
            group.warnings[0].starts_with("the security group `sg-1` is of `vpc-2`, and the subnets are in `vpc-1`"),
            "{group:?}"
        );
    }

    #[test]
    fn silence_is_no_fault() {
        let silent = found(|network| {
            (network.subnets, network.groups, network.tables, network.endpoints) = (None, None, None, None);
        });
        assert_eq!(silent, Findings::default());
    }

    #[test]
    fn an_unknown_zone_is_a_warning() {
        let outside = found(|network| network.subnets.as_mut().unwrap()[0].zone = "usw2-az4".into());
        assert!(outside.faults.is_empty() && outside.warnings[0].contains("`subnet-1` (usw2-az4)"), "{outside:?}");
        let elsewhere = found(|network| {
            network.region = "mars-east-1".into();
            network.subnets.as_mut().unwrap()[0].zone = "me1-az1".into();
        });
        assert_eq!(elsewhere, Findings::default());
    }

    #[test]
    fn an_own_route_table_beats_the_main_one() {
        let own = found(|network| {
            network.tables.as_mut().unwrap().push(RouteTable { id: "rtb-2".into(), ..table(&["subnet-1"], None) });
        });
        assert_eq!(own.warnings.len(), 1);
        assert!(own.warnings[0].contains("ecr.api, ecr.dkr, s3, logs"), "{own:?}");
    }

    #[test]
    fn a_public_subnet_leads_nowhere() {
        let public = found(|network| network.tables = Some(vec![table(&[], Some(RouteTarget::InternetGateway))]));
        assert_eq!(public.warnings.len(), 2);
        assert!(public.warnings[0].starts_with("the subnet `subnet-1` is public"), "{public:?}");
    }

    #[test]
    fn endpoints_stand_in_for_a_way_out() {
        let closed = |endpoints: Vec<VpcEndpoint>| {
            found(|network| {
                network.tables = Some(vec![table(&[], None)]);
                network.endpoints = Some(endpoints);
            })
        };
        let all = || {
            vec![endpoint("ecr.api", false), endpoint("ecr.dkr", false), endpoint("s3", true), endpoint("logs", false)]
        };
        let enough = closed(all());
        assert!(
            enough.warnings.is_empty() && enough.notes[0].ends_with("there, ecr.api, ecr.dkr, logs, s3"),
            "{enough:?}"
        );
        let mut elsewhere = all();
        elsewhere[2].route_tables = vec!["rtb-9".into()];
        elsewhere[3].vpc = "vpc-2".into();
        let lacking = closed(elsewhere);
        assert!(lacking.warnings[0].contains("for s3, logs:"), "{lacking:?}");
    }

    #[test]
    fn groups_that_let_nothing_out_are_told() {
        let shut = found(|network| network.groups.as_mut().unwrap()[0].lets_out = false);
        assert!(shut.warnings[0].starts_with("the security group `sg-1` has no outbound rule"), "{shut:?}");
    }
}
