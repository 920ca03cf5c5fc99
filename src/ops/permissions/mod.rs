//! What the caller of this program must be allowed to do: the smallest policy for a set of commands.
//!
//! Owns: which commands are meant, statements made of needs, documents of them within IAM's limit. Does not own: the table of
//! actions (`facts::actions`), which command needs what (`verbs`), agents and environments (`subjects`), names (`scope`), the languages
//! (`render`), roles (`trust`).
//! No request is made.

mod render;
mod scope;
mod subjects;
mod trust;
mod verbs;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

pub(crate) use render::PolicyLanguage;
pub(crate) use subjects::PolicySubject;
pub(crate) use trust::{TrustedIssuer, TrustedRuns, role};

use crate::config::nearest;
use crate::error::{Error, Result};
use crate::facts::actions;
use crate::report::{Document, Report, schemas};
use scope::{PolicyNames, PolicyPlace, Scope};
use verbs::{GROUPS, VerbNeeds, When, as_configured, verbs};

/// Characters of a managed policy, without white space. Source: IAM's quotas.
const LIMIT: usize = 6_144;
/// Stands for every command.
const ALL: &str = "all";

/// Whom a policy is for.
#[derive(Debug)]
pub(crate) struct PolicyRequest<'a> {
    /// As they are typed after `agentcore`, or the first word of a group.
    pub(crate) verbs: &'a [String],
    /// None: for every agent of the account that this program names.
    pub(crate) subjects: &'a [PolicySubject],
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
    /// Images are built in CodeBuild.
    pub(crate) codebuild: bool,
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Statement {
    sid: String,
    actions: Vec<String>,
    resources: Vec<String>,
    condition: Option<(&'static str, &'static str, Vec<String>)>,
}

/// As policies are written: one text without brackets.
fn listed(items: &[String]) -> Value {
    if let [one] = items { json!(one) } else { json!(items) }
}

impl Statement {
    fn to_json(&self) -> Value {
        let mut statement = json!({
            "Sid": self.sid,
            "Effect": "Allow",
            "Action": listed(&self.actions),
            "Resource": listed(&self.resources),
        });
        if let Some((operator, key, values)) = &self.condition {
            statement["Condition"] = json!({ *operator: { *key: listed(values) } });
        }
        statement
    }
}

/// The policy of a set of commands, in as many documents as it takes.
#[derive(Debug)]
pub(crate) struct PolicyReport {
    /// The agent's name in AWS, or what its environments' names begin with; `None` for any.
    agent: Option<String>,
    /// Patterns of environments.
    environments: Vec<String>,
    account: String,
    region: String,
    verbs: Vec<&'static str>,
    documents: Vec<Value>,
    language: PolicyLanguage,
}

/// Makes the policy.
///
/// # Errors
/// Exit 2 for a command that is not known, and for settings that name no resource.
pub(crate) fn policy(request: &PolicyRequest<'_>, language: PolicyLanguage) -> Result<PolicyReport> {
    let chosen = chosen(request.verbs)?;
    let documents = documents(&statements(&chosen, &names(request)?)?);
    Ok(PolicyReport {
        agent: label(request),
        environments: request.subjects.iter().filter_map(PolicySubject::pattern).collect(),
        account: request.account.to_owned(),
        region: request.region.to_owned(),
        verbs: chosen.iter().map(|verb| verb.verb).collect(),
        documents,
        language,
    })
}

/// What the policies and the role are named after.
fn label(request: &PolicyRequest<'_>) -> Option<String> {
    request.subjects.first().map(PolicySubject::label)
}

/// The names of all subjects. They share the tags, since their statements may become one.
fn names(request: &PolicyRequest<'_>) -> Result<Vec<PolicyNames>> {
    let place = PolicyPlace { account: request.account, region: request.region };
    if request.subjects.is_empty() {
        return Ok(vec![PolicyNames::for_any(place)]);
    }
    let mut all = Vec::new();
    for subject in request.subjects {
        all.extend(subject.names(place, request.codebuild)?);
    }
    let keys: BTreeSet<String> = all.iter().flat_map(|names| names.tag_keys.iter().cloned()).collect();
    for names in &mut all {
        names.tag_keys = keys.iter().cloned().collect();
    }
    Ok(all)
}

/// Every name that can be asked for.
pub(crate) fn verb_names() -> Vec<&'static str> {
    let mut names = vec![ALL];
    names.extend(GROUPS.iter().map(|(name, _)| *name));
    names.extend(verbs().map(|verb| verb.verb));
    names
}

/// Before anybody is asked for the account.
///
/// # Errors
/// Exit 2 for a command that is not known.
pub(crate) fn check_verbs(asked: &[String]) -> Result<()> {
    chosen(asked).map(drop)
}

/// The commands that are meant, each once, in the order of the table.
fn chosen(asked: &[String]) -> Result<Vec<&'static VerbNeeds>> {
    let mut chosen = BTreeSet::new();
    for name in asked {
        let found = meant(name.trim());
        if found.is_empty() {
            return Err(unknown(name.trim()));
        }
        chosen.extend(found);
    }
    Ok(verbs().enumerate().filter(|(at, _)| chosen.contains(at)).map(|(_, verb)| verb).collect())
}

fn unknown(name: &str) -> Error {
    let names = verb_names();
    let near =
        nearest(name, names.iter().copied()).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    Error::usage(format!("`{name}` is not a command that a policy can be for{near}")).hint(
        "leave out commands that call nothing in AWS, such as `configure`; the others: `agentcore iam policy --help`",
    )
}

/// Places in the table of what a name stands for: a group, the first word of several commands, or a command as it is typed, with its
/// arguments.
fn meant(name: &str) -> Vec<usize> {
    if let Some((_, members)) = GROUPS.iter().find(|(group, _)| *group == name) {
        return members.iter().flat_map(|member| meant(member)).collect();
    }
    if name == ALL {
        return (0..verbs().count()).collect();
    }
    let words: Vec<&str> = name.split_whitespace().collect();
    let words = words.strip_prefix(&["agentcore"]).unwrap_or(&words);
    for count in (1..=words.len()).rev() {
        let (command, rest) = words.split_at(count);
        let typed = as_typed(&command.join(" "), rest);
        if !typed.is_empty() {
            return typed;
        }
    }
    let whole = words.join(" ");
    let is_below = |verb: &VerbNeeds| verb.parts().0.strip_prefix(&whole).is_some_and(|rest| rest.starts_with(' '));
    verbs().enumerate().filter(|(_, verb)| !whole.is_empty() && is_below(verb)).map(|(at, _)| at).collect()
}

/// A command with its arguments, in which a comma may have been forgotten.
fn as_typed(command: &str, arguments: &[&str]) -> Vec<usize> {
    let is_command = |argument: &&str| verbs().any(|verb| verb.verb.split(' ').next() == Some(argument));
    if arguments.iter().take_while(|argument| **argument != "--").any(is_command) {
        return Vec::new();
    }
    in_table(command, |flag| arguments.iter().any(|argument| argument.split('=').next() == Some(flag)))
}

/// A command, or it with each of the given flags with which it needs more.
fn in_table(command: &str, is_given: impl Fn(&str) -> bool) -> Vec<usize> {
    let own = |is_wanted: &dyn Fn(Option<&str>) -> bool| -> Vec<usize> {
        let is_own = |verb: &VerbNeeds| verb.parts().0 == command && is_wanted(verb.parts().1);
        verbs().enumerate().filter(|(_, verb)| is_own(verb)).map(|(at, _)| at).collect()
    };
    let with_flags = own(&|flag| flag.is_some_and(&is_given));
    if with_flags.is_empty() { own(&|flag| flag.is_none()) } else { with_flags }
}

/// What `--for` is given for a command that was run; `None` for one that is not in the table.
pub(crate) fn names_of(command: &str, is_given: impl Fn(&str) -> bool) -> Option<String> {
    let found = in_table(command, is_given);
    let names: Vec<&str> = found.iter().filter_map(|at| verbs().nth(*at)).map(|verb| verb.verb).collect();
    (!names.is_empty()).then(|| names.join(","))
}

/// The statements: one for each kind of resource, with the actions of all commands on the resources of all subjects.
fn statements(verbs: &[&'static VerbNeeds], subjects: &[PolicyNames]) -> Result<Vec<Statement>> {
    // By place, so that the runtime comes first.
    let mut found: BTreeMap<Scope, (BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
    for names in subjects {
        let has_smoke = names.holds(When::Smoke);
        let needs = verbs.iter().flat_map(|verb| as_configured(verb, has_smoke).needs());
        for need in needs.filter(|need| names.holds(need.when)) {
            for operation in need.operations {
                let rule = operation.split_once(':').and_then(|(service, name)| actions::rule(service, name));
                let rule =
                    rule.ok_or_else(|| Error::failed(format!("`{operation}` is not in the table of actions")))?;
                let (own_actions, resources) = found.entry(need.scope).or_default();
                own_actions.insert(rule.name());
                for parts in names.of(need.scope) {
                    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
                    resources.extend(rule.resource.arns(names.place_of(need.scope), &parts));
                }
            }
        }
    }
    let listed = found.into_iter().map(|(scope, (actions, resources))| Statement {
        sid: scope.sid().to_owned(),
        actions: actions.into_iter().collect(),
        resources: resources.into_iter().collect(),
        condition: subjects.first().and_then(|names| names.condition(scope)),
    });
    Ok(merged(listed.collect()))
}

/// Statements that differ in nothing but the actions are one. Two of one name get numbers.
fn merged(statements: Vec<Statement>) -> Vec<Statement> {
    let mut all: Vec<Statement> = Vec::new();
    for statement in statements {
        let same =
            |other: &&mut Statement| other.resources == statement.resources && other.condition == statement.condition;
        match all.iter_mut().find(same) {
            Some(other) => {
                other.actions.extend(statement.actions);
                other.actions.sort();
                other.actions.dedup();
            }
            None => all.push(statement),
        }
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for statement in &mut all {
        let times = seen.entry(statement.sid.clone()).or_default();
        *times += 1;
        if *times > 1 {
            statement.sid = format!("{}{times}", statement.sid);
        }
    }
    all
}

/// Documents of at most [`LIMIT`] characters.
fn documents(statements: &[Statement]) -> Vec<Value> {
    let document = |statements: &[Value]| json!({ "Version": "2012-10-17", "Statement": statements });
    let size = |statements: &[Value]| size(&document(statements));
    let mut all: Vec<Vec<Value>> = Vec::new();
    for statement in statements.iter().map(Statement::to_json) {
        match all.last_mut() {
            Some(last) if size(&[last.as_slice(), std::slice::from_ref(&statement)].concat()) <= LIMIT => {
                last.push(statement);
            }
            _ => all.push(vec![statement]),
        }
    }
    all.iter().map(|statements| document(statements)).collect()
}

/// Characters of a document, as IAM counts them: without white space.
fn size(document: &Value) -> usize {
    document.to_string().chars().filter(|char| !char.is_whitespace()).count()
}

/// The name of a policy, or of a part of one.
fn policy_name(agent: Option<&str>, part: Option<usize>) -> String {
    let name = agent.map_or_else(|| "agentcore".to_owned(), |agent| format!("agentcore-{agent}"));
    part.map_or_else(|| name.clone(), |part| format!("{name}-{part}"))
}

impl PolicyReport {
    /// The documents with their names.
    fn named(&self) -> Vec<(String, &Value)> {
        let several = self.documents.len() > 1;
        let name = |at: usize| policy_name(self.agent.as_deref(), several.then_some(at + 1));
        self.documents.iter().enumerate().map(|(at, document)| (name(at), document)).collect()
    }

    /// What is to be told about the result besides it.
    pub(crate) fn remark(&self) -> Option<String> {
        match self.documents.len() {
            0 => Some("no permission is needed: a token takes its place".to_owned()),
            1 => None,
            count => Some(format!("a managed policy may have {LIMIT} characters: this is {count} policies")),
        }
    }
}

impl Report for PolicyReport {
    fn schema(&self) -> &'static str {
        schemas::IAM_POLICY
    }

    fn data(&self) -> Value {
        let policies = self.named().into_iter().map(|(name, document)| json!({ "name": name, "document": document }));
        json!({
            "agent": self.agent,
            "environments": self.environments,
            "account": self.account,
            "region": self.region,
            "for": self.verbs,
            "policies": policies.collect::<Vec<_>>(),
            "language": self.language.as_str(),
            "text": render::policies(self.language, &self.named()),
        })
    }

    fn document(&self) -> Document {
        Document::new().verbatim(render::policies(self.language, &self.named()))
    }
}

/// The policies of a role as JSON.
fn inline(documents: &[Value], agent: Option<&str>) -> Map<String, Value> {
    let several = documents.len() > 1;
    let name = |at: usize| policy_name(agent, several.then_some(at + 1));
    documents.iter().enumerate().map(|(at, document)| (name(at), document.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(verbs: &[&str]) -> PolicyReport {
        let verbs: Vec<String> = verbs.iter().map(|verb| (*verb).to_owned()).collect();
        let request = PolicyRequest {
            verbs: &verbs,
            subjects: &[],
            account: "123456789012",
            region: "eu-central-1",
            codebuild: false,
        };
        policy(&request, PolicyLanguage::Json).unwrap()
    }

    #[test]
    fn every_need_is_in_the_table_of_actions() {
        let names = [PolicyNames::for_any(PolicyPlace { account: "123456789012", region: "us-west-2" })];
        for verb in verbs() {
            let is_empty = statements(&[verb], &names).unwrap().is_empty();
            assert_eq!(is_empty, verb.needs().next().is_none(), "{}", verb.verb);
        }
    }

    #[test]
    fn documents_fit_into_managed_policies() {
        let report = asked(&["all"]);
        for document in &report.documents {
            assert!(size(document) <= LIMIT, "{}", size(document));
            let sids: Vec<&Value> = document["Statement"].as_array().unwrap().iter().map(|it| &it["Sid"]).collect();
            let is_sid = |sid: &str| !sid.is_empty() && sid.bytes().all(|byte| byte.is_ascii_alphanumeric());
            assert!(sids.iter().all(|sid| sid.as_str().is_some_and(is_sid)), "{sids:?}");
            let different: BTreeSet<&str> = sids.iter().filter_map(|sid| sid.as_str()).collect();
            assert_eq!(different.len(), sids.len(), "{sids:?}");
        }
        assert_eq!(report.remark().is_some(), report.documents.len() > 1);
    }

    #[test]
    fn a_group_is_its_commands() {
        assert_eq!(
            asked(&["endpoint"]).verbs,
            ["endpoint list", "endpoint create", "endpoint promote", "endpoint delete"]
        );
        assert_eq!(asked(&["status"]).verbs, ["status"]);
        assert!(asked(&["deploy"]).verbs.contains(&"launch"));
        assert_eq!(asked(&["all"]).verbs.len(), verbs().count());
    }

    #[test]
    fn commands_are_taken_as_they_are_typed() {
        for (typed, meant) in [
            ("launch --plan", &["launch"][..]),
            ("agentcore launch --smoke {\"prompt\":\"ping\"} --env A=b", &["launch --smoke"]),
            (
                "destroy --force --delete-memory --delete-ecr-repo",
                &["destroy --delete-ecr-repo", "destroy --delete-memory"],
            ),
            ("invoke --user-id=u hello", &["invoke --user-id"]),
            ("endpoint promote prod", &["endpoint promote"]),
            ("status --drift", &["status --drift"]),
            ("environments list --remote", &["environments list --remote"]),
        ] {
            assert_eq!(asked(&[typed]).verbs, meant, "{typed}");
        }
        for wrong in ["launch destroy", "", "agentcore", "configure", "environments list", "gateway frobnicate"] {
            assert!(chosen(&[wrong.to_owned()]).is_err(), "{wrong}");
        }
        let near = chosen(&["lunch".to_owned()]).unwrap_err();
        assert!(near.to_string().contains("did you mean `launch`?"), "{near}");
    }

    #[test]
    fn passing_a_role_names_the_service() {
        let report = asked(&["launch"]);
        let statements = report.documents.iter().flat_map(|document| document["Statement"].as_array().unwrap());
        let passing: Vec<&Value> = statements.filter(|it| it["Action"] == "iam:PassRole").collect();
        assert!(!passing.is_empty());
        for statement in passing {
            let service = &statement["Condition"]["StringEquals"]["iam:PassedToService"];
            assert!(service.as_str().is_some_and(|name| name.ends_with(".amazonaws.com")), "{statement}");
            assert_ne!(statement["Resource"], "*");
        }
    }
}
