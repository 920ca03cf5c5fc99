//! The execution role: whether AgentCore may assume it, what it lacks, and its permissions boundary.
//!
//! Owns: reading a trust policy as far as doctor has to. Does not own: what an agent needs (`resources::policy`), or IAM's
//! decision on permissions, which IAM is asked for.

use futures_util::future::try_join_all;
use serde_json::{Value, json};

use super::{DoctorRequest, Finding, FindingStatus, LIMIT};
use crate::cloud::{CallerIdentity, Cloud, IamRole};
use crate::config::{Agent, MemoryMode, shell};
use crate::error::{Error, Kind, Result};
use crate::ops::deploy::ResourceNames;
use crate::partition::{Arn, Partition};
use crate::resources::policy;
use crate::shell::quoted;

const ROLE: &str = "role";
const TRUST: &str = "role.trust";
const PERMISSIONS: &str = "role.permissions";
const BOUNDARY: &str = "role.boundary";

/// Statements of the execution policy that an agent cannot start without.
const TO_START: &[&str] = &["ImagePull", "ImageLogin"];
/// Of those: the one that no policy of a repository can give.
const LOGIN: &str = "ecr:GetAuthorizationToken";
/// Statements without which nobody sees what it does. Models and tokens are not among them: whether it uses any is its own.
const TO_BE_SEEN: &[&str] = &["LogGroups", "LogStreams", "Traces"];

/// The role of a configured agent, where it is not looked at.
pub(super) fn not_looked_at(request: &DoctorRequest<'_>, why: &str) -> Vec<Finding> {
    request.agent().map(|_| Finding::skipped(ROLE, why)).into_iter().collect()
}

pub(super) async fn check(request: &DoctorRequest<'_>, cloud: &Cloud, identity: &CallerIdentity) -> Vec<Finding> {
    if request.agent().is_none() {
        return Vec::new();
    }
    match tokio::time::timeout(LIMIT, look(request, cloud, identity)).await {
        Ok(Ok(found)) => found,
        // That the caller may not look is nothing that a launch needs.
        Ok(Err(error)) if error.kind() == Kind::Credentials => vec![Finding::note(ROLE, error.to_string())],
        Ok(Err(error)) => vec![Finding::of_error(ROLE, FindingStatus::Warning, &error)],
        Err(_) => vec![Finding::warning(ROLE, format!("IAM did not answer within {} s", LIMIT.as_secs()))],
    }
}

async fn look(request: &DoctorRequest<'_>, cloud: &Cloud, identity: &CallerIdentity) -> Result<Vec<Finding>> {
    let Some((store, agent)) = request.agent() else { return Ok(Vec::new()) };
    let names = ResourceNames::for_agent(agent, cloud, &identity.account)?;
    let other = names.role_arn.as_ref().and_then(|arn| arn.parse::<Arn>().ok());
    if let Some(arn) = other.filter(|arn| arn.account != identity.account) {
        return Ok(vec![Finding::skipped(ROLE, format!("`{arn}` is of another account"))]);
    }
    let launch = shell::command("launch", store, agent);
    let Some(role) = cloud.role(&names.role).await? else {
        return Ok(vec![match (names.role_to_create.is_some(), agent.is_deployed()) {
            (true, false) => Finding::ok(ROLE, format!("`{}` is made by the first launch", names.role)),
            (true, true) => Finding::problem(ROLE, format!("`{}` is gone", names.role)).fix(launch),
            (false, _) => Finding::problem(ROLE, format!("`{}` does not exist", names.role))
                .fix(format!("agentcore configure --name {} --execution-role ARN", quoted(&agent.name))),
        }]);
    };
    let of = ExaminedRole { agent, names: &names, role: &role, launch };
    let mut found = vec![of.trust()];
    found.extend(of.permissions(cloud).await?);
    found.extend(of.boundary());
    Ok(found)
}

/// A role that exists, and whose it is.
struct ExaminedRole<'a> {
    agent: &'a Agent,
    names: &'a ResourceNames,
    role: &'a IamRole,
    /// The command that puts a role of ours in order.
    launch: String,
}

/// Actions on a resource, and whether the agent starts without them.
struct NeededActions {
    actions: Vec<String>,
    /// As a policy has it, `*` included.
    resource: String,
    to_start: bool,
}

impl ExaminedRole<'_> {
    fn is_ours(&self) -> bool {
        self.names.role_to_create.is_some()
    }

    fn trust(&self) -> Finding {
        let name = &self.role.name;
        let wanted = policy::trust(&self.names.scope());
        let live = self.agent.runtime_arn().map(|arn| arn.to_string());
        let sample = || Partition::of_region(&self.names.region);
        let source = live.unwrap_or_else(|| {
            sample()
                .arn("bedrock-agentcore", &self.names.region, &self.names.account, "runtime/any-0123456789")
                .to_string()
        });
        let trust = self.role.trust.as_ref().unwrap_or(&Value::Null);
        let fix = || match self.is_ours() {
            true => self.launch.clone(),
            false => format!(
                "aws iam update-assume-role-policy --role-name {} --policy-document {}",
                quoted(name),
                quoted(&with_statements(trust, &wanted).to_string())
            ),
        };
        match trusts(trust, &Partition::principal("bedrock-agentcore"), (&self.names.account, &source)) {
            Trusted::Yes => Finding::ok(TRUST, format!("AgentCore may assume `{name}`")),
            Trusted::Unsure(what) => {
                Finding::note(TRUST, format!("the trust policy of `{name}` has {what}, which is not judged here"))
            }
            Trusted::No(why) => Finding::problem(TRUST, format!("AgentCore may not assume `{name}`: {why}")).fix(fix()),
        }
    }

    /// What the agent needs of the role, by what is judged alike.
    fn needs(&self) -> Vec<NeededActions> {
        let scope = self.names.scope();
        let document = if self.names.archives.is_some() { policy::code(&scope) } else { policy::execution(&scope) };
        let mut needs: Vec<NeededActions> = statements(&document)
            .filter_map(|statement| {
                let sid = statement["Sid"].as_str()?;
                let to_start = TO_START.contains(&sid) && self.names.is_private();
                let is_traces = sid == "Traces" && !self.agent.observability();
                ((to_start || TO_BE_SEEN.contains(&sid)) && !is_traces).then(|| needed(statement, to_start))
            })
            .flatten()
            .collect();
        if let Some(id) = self.agent.memory_id() {
            let is_long_term = self.agent.memory.mode == MemoryMode::ShortAndLongTerm;
            let calls = policy::memory_calls(&scope.memory_arn(id), is_long_term);
            needs.extend(statements(&calls).flat_map(|statement| needed(statement, false)));
        }
        needs
    }

    async fn permissions(&self, cloud: &Cloud) -> Result<Vec<Finding>> {
        let needs = self.needs();
        let answers = try_join_all(needs.iter().map(|need| async move {
            let actions: Vec<&str> = need.actions.iter().map(String::as_str).collect();
            Ok::<_, Error>((need, cloud.simulate(&self.role.arn, &actions, &example(&need.resource)).await?))
        }));
        let (mut to_start, mut others) = (Vec::new(), Vec::new());
        for (need, verdicts) in answers.await? {
            let Some(verdicts) = verdicts else {
                let text = "not looked at: the caller lacks `iam:SimulatePrincipalPolicy`";
                return Ok(vec![Finding::note(PERMISSIONS, text)]);
            };
            let lacks: Vec<String> = verdicts.into_iter().filter(|it| !it.allowed).map(|it| it.action).collect();
            if !lacks.is_empty() {
                let all = if need.to_start { &mut to_start } else { &mut others };
                all.push((lacks, need.resource.clone()));
            }
        }
        let name = &self.role.name;
        let mut found = Vec::new();
        if !to_start.is_empty() {
            let text = format!("`{name}` may not pull the image: it lacks {}", told(&to_start));
            // Nobody but an identity's own policies can allow the login, which is for no repository.
            let finding = match to_start.iter().any(|(actions, _)| actions.iter().any(|action| action == LOGIN)) {
                true => Finding::problem(PERMISSIONS, text),
                false => Finding::warning(PERMISSIONS, format!("{text}, unless the repository's own policy lets it")),
            };
            found.push(finding.fix(self.give(&to_start, "image")));
        }
        if !others.is_empty() {
            let text = format!("`{name}` lacks {}, so what the agent does is not seen or kept", told(&others));
            found.push(Finding::warning(PERMISSIONS, text).fix(self.give(&others, "logs")));
        }
        if found.is_empty() {
            found.push(Finding::ok(PERMISSIONS, format!("`{name}` has what the agent needs")));
        }
        Ok(found)
    }

    /// The command that gives the role what it lacks.
    fn give(&self, lacks: &[(Vec<String>, String)], what: &str) -> String {
        if self.is_ours() {
            return self.launch.clone();
        }
        let statements: Vec<Value> = lacks
            .iter()
            .map(|(actions, resource)| json!({ "Effect": "Allow", "Action": actions, "Resource": resource }))
            .collect();
        let document = json!({ "Version": "2012-10-17", "Statement": statements });
        format!(
            "aws iam put-role-policy --role-name {} --policy-name agentcore-{what} --policy-document {}",
            quoted(&self.role.name),
            quoted(&document.to_string())
        )
    }

    fn boundary(&self) -> Option<Finding> {
        let wanted = self.agent.own.permissions_boundary.as_deref().filter(|_| self.is_ours());
        match (self.role.permissions_boundary.as_deref(), wanted) {
            (live, Some(wanted)) if live != Some(wanted) => Some(
                Finding::warning(
                    BOUNDARY,
                    format!("it is {}, and the configuration says `{wanted}`", live.unwrap_or("not set")),
                )
                .fix(self.launch.clone()),
            ),
            // What it takes away is in the decisions on permissions.
            (Some(live), _) => Some(Finding::ok(BOUNDARY, live.to_owned())),
            (None, _) => None,
        }
    }
}

fn told(lacks: &[(Vec<String>, String)]) -> String {
    let parts: Vec<String> = lacks.iter().map(|(actions, on)| format!("{} on `{on}`", actions.join(", "))).collect();
    parts.join("; ")
}

fn statements(document: &Value) -> impl Iterator<Item = &Value> {
    listed(&document["Statement"])
}

/// A trust policy and what is missing in it. IAM replaces the whole document, so what the role trusts besides stays in it.
fn with_statements<'a>(live: &'a Value, wanted: &'a Value) -> Value {
    let is_replaced = |own: &Value| own["Sid"].is_string() && statements(wanted).any(|new| new["Sid"] == own["Sid"]);
    let kept = statements(live).filter(|own| !is_replaced(own));
    let all: Vec<Value> = kept.chain(statements(wanted)).cloned().collect();
    json!({ "Version": "2012-10-17", "Statement": all })
}

/// One value, or a list of them.
fn listed(value: &Value) -> impl Iterator<Item = &Value> {
    let slice = match value {
        Value::Array(all) => all.as_slice(),
        Value::Null => &[],
        one => std::slice::from_ref(one),
    };
    slice.iter()
}

fn texts(value: &Value) -> Vec<String> {
    listed(value).filter_map(Value::as_str).map(str::to_owned).collect()
}

/// One of the things that a pattern of ours stands for: IAM decides on the ARN of a thing.
fn example(pattern: &str) -> String {
    match pattern {
        "*" => pattern.to_owned(),
        pattern => pattern.replace("-*", "-0123456789-DEFAULT").replace(":*", ":any"),
    }
}

fn needed(statement: &Value, to_start: bool) -> Vec<NeededActions> {
    let actions = texts(&statement["Action"]);
    let resources = texts(&statement["Resource"]).into_iter();
    resources.map(|resource| NeededActions { actions: actions.clone(), resource, to_start }).collect()
}

/// Whether a trust policy lets a service assume the role.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Trusted {
    Yes,
    /// As far as can be judged, it does; what cannot.
    Unsure(String),
    No(String),
}

/// `account` and `source` are those of the runtime that the service assumes it for.
fn trusts(document: &Value, principal: &str, of: (&str, &str)) -> Trusted {
    let mut best = Trusted::No(format!("no statement of its trust policy lets {principal} do so"));
    for statement in statements(document).filter(|statement| applies(statement, principal)) {
        let verdict = conditions(&statement["Condition"], of);
        if statement["Effect"] == "Deny" {
            match verdict {
                Trusted::Yes => return Trusted::No("a statement of its trust policy denies it".to_owned()),
                Trusted::Unsure(what) => return Trusted::Unsure(what),
                Trusted::No(_) => {}
            }
        } else if !matches!((&best, &verdict), (Trusted::Yes, _) | (Trusted::Unsure(_), Trusted::No(_))) {
            best = verdict;
        }
    }
    best
}

fn applies(statement: &Value, principal: &str) -> bool {
    let is_action = |action: &str| ["sts:assumerole", "sts:*", "*"].contains(&action.to_ascii_lowercase().as_str());
    let names = &statement["Principal"];
    let is_principal = names == "*" || texts(&names["Service"]).iter().any(|name| name == principal);
    is_principal && texts(&statement["Action"]).iter().any(|action| is_action(action))
}

fn conditions(all: &Value, (account, source): (&str, &str)) -> Trusted {
    let mut unsure = None;
    for (operator, keys) in all.as_object().into_iter().flatten() {
        for (key, expected) in keys.as_object().into_iter().flatten() {
            let actual = match key.to_ascii_lowercase().as_str() {
                "aws:sourceaccount" => account,
                "aws:sourcearn" => source,
                _ => {
                    unsure = Some(format!("a condition on `{key}`"));
                    continue;
                }
            };
            let operator = operator.trim_end_matches("IfExists");
            let is_positive = ["StringEquals", "StringLike", "ArnEquals", "ArnLike"];
            if !is_positive.contains(&operator) {
                unsure = Some(format!("`{operator}`"));
                continue;
            }
            let expected = texts(expected);
            let is_literal = operator == "StringEquals";
            if expected.iter().any(|pattern| pattern.contains("${") || (pattern.contains('?') && !is_literal)) {
                unsure = Some(format!("a pattern for `{key}`"));
                continue;
            }
            if !expected.iter().any(|pattern| if is_literal { pattern == actual } else { like(pattern, actual) }) {
                return Trusted::No(format!(
                    "its trust policy wants {key} {}, and it is {actual}",
                    expected.join(" or ")
                ));
            }
        }
    }
    unsure.map_or(Trusted::Yes, Trusted::Unsure)
}

/// `*` stands for any text.
fn like(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVICE: &str = "service.example";
    const ARN: &str = "arn:x:bedrock-agentcore:us-west-2:123456789012:runtime/a-0123456789";

    fn judged(statements: &Value) -> Trusted {
        trusts(&json!({ "Statement": statements }), SERVICE, ("123456789012", ARN))
    }

    fn allow(condition: &Value) -> Value {
        json!({ "Effect": "Allow", "Principal": { "Service": SERVICE }, "Action": "sts:AssumeRole", "Condition": condition })
    }

    #[test]
    fn a_trust_policy_names_service_account_and_source() {
        let right = json!({ "StringEquals": { "aws:SourceAccount": "123456789012" },
                            "ArnLike": { "aws:SourceArn": "arn:x:bedrock-agentcore:us-west-2:123456789012:*" } });
        assert_eq!(judged(&json!([allow(&right)])), Trusted::Yes);
        assert_eq!(judged(&allow(&json!({}))), Trusted::Yes);
        let account = json!({ "StringEquals": { "AWS:SourceAccount": ["999999999999"] } });
        assert!(matches!(judged(&allow(&account)), Trusted::No(why) if why.contains("999999999999")));
        let region = json!({ "ArnLike": { "aws:SourceArn": "arn:x:bedrock-agentcore:eu-west-1:123456789012:*" } });
        assert!(matches!(judged(&allow(&region)), Trusted::No(_)));
        let star = json!({ "StringEquals": { "aws:SourceArn": "arn:x:bedrock-agentcore:us-west-2:123456789012:*" } });
        assert!(matches!(judged(&allow(&star)), Trusted::No(_)), "a star is itself there");
        assert_eq!(judged(&json!([allow(&account), allow(&right)])), Trusted::Yes);
        assert!(matches!(judged(&json!([])), Trusted::No(_)));
        let other =
            json!({ "Effect": "Allow", "Principal": { "Service": "lambda.example" }, "Action": "sts:AssumeRole" });
        assert!(matches!(judged(&other), Trusted::No(_)));
    }

    #[test]
    fn trust_in_others_stays() {
        let other = json!({ "Sid": "Other", "Effect": "Allow" });
        let (old, new) = (json!({ "Sid": "Agents", "Effect": "Deny" }), json!({ "Sid": "Agents", "Effect": "Allow" }));
        let merged = with_statements(&json!({ "Statement": [other, old] }), &json!({ "Statement": [new] }));
        assert_eq!(merged["Statement"], json!([other, new]));
        assert_eq!(with_statements(&Value::Null, &json!({ "Statement": new }))["Statement"], json!([new]));
    }

    #[test]
    fn what_is_not_understood_is_unsure() {
        let tag = json!({ "StringEquals": { "aws:PrincipalTag/team": "x" } });
        assert!(matches!(judged(&allow(&tag)), Trusted::Unsure(_)));
        let not = json!({ "StringNotEquals": { "aws:SourceAccount": "999999999999" } });
        assert!(matches!(judged(&allow(&not)), Trusted::Unsure(_)));
        let letter = json!({ "ArnLike": { "aws:SourceArn": "arn:x:bedrock-agentcore:us-west-?:123456789012:*" } });
        assert!(matches!(judged(&allow(&letter)), Trusted::Unsure(_)));
        let deny = json!({ "Effect": "Deny", "Principal": "*", "Action": "*" });
        assert!(matches!(judged(&json!([allow(&json!({})), deny])), Trusted::No(_)));
    }

    #[test]
    fn star_stands_for_any_text() {
        for (pattern, text, is_like) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("a*", "ab", true),
            ("*b", "ab", true),
            ("a*c*e", "abcde", true),
            ("a*c*e", "ace", true),
            ("a*d", "abc", false),
            ("*", "", true),
        ] {
            assert_eq!(like(pattern, text), is_like, "{pattern} {text}");
        }
    }
}
