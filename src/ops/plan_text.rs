//! How a plan reads: a line for each resource with a sign, below it what changes, and the totals with the command that
//! applies it. The same for a launch and a destroy, on a terminal of 80 columns and in a log.
//!
//! Does not own what is said: what differs is a resource's `diff`, its words are the `From<...Change> for FieldChange` beside it,
//! and those of a role's permissions `resources::policy`.

use serde_json::Value;

use crate::cloud::CallerIdentity;
use crate::report::{Document, Role};
use crate::resources::plan::{Action, FieldChange, Meaning, ResourceKind, Step, Values};

/// Columns of the narrowest terminal that plans are laid out for.
const WIDTH: usize = 80;
/// In front of what is said about a resource.
const INDENT: &str = "      ";
/// The column of the explanations, for changes that are short enough.
const MEANING_COLUMN: usize = 46;
/// Below a change of what the last launch on record did not make.
const CHANGED_ELSEWHERE: &str = "changed elsewhere, and overwritten";
/// Digits of a digest that tell it from others.
const SHORT_DIGEST: usize = 12;

/// The plan itself. `verb` is what it is a plan for, as in "Plan to launch".
pub(crate) fn plan(verb: &str, agent: &str, identity: &CallerIdentity, steps: &[Step]) -> Document {
    steps_document(Document::new().styled(Role::Heading, title(verb, agent, identity)), steps)
}

/// Plan to launch support in account 123456789012, us-west-2, as user/ci
pub(crate) fn title(verb: &str, agent: &str, identity: &CallerIdentity) -> String {
    let CallerIdentity { account, region, principal, .. } = identity;
    let caller = principal.rsplit_once(':').map_or(principal.as_str(), |(_, caller)| caller);
    format!("Plan to {verb} {agent} in account {account}, {region}, as {caller}")
}

/// The steps alone, for a report of what was done.
pub(crate) fn steps_document(document: Document, steps: &[Step]) -> Document {
    let width = steps.iter().map(|step| step.kind.as_str().len()).max().unwrap_or_default();
    steps.iter().fold(document, |document, step| lines(document, step, width))
}

/// The steps as a table, for the summary of a pipeline's run: what needs no attention has no details there.
pub(crate) fn steps_table(document: Document, steps: &[Step]) -> Document {
    let rows = steps.iter().map(|step| {
        let details: Vec<String> = step.details().iter().map(|detail| short_digests(detail)).collect();
        let role = match step.action {
            Action::Delete => Role::Attention,
            _ => Role::Plain,
        };
        let name = (Role::Code, short_name(step));
        vec![
            (role, step.action.as_str().to_owned()),
            (Role::Plain, step.kind.as_str().to_owned()),
            name,
            (Role::Plain, details.join("\n")),
        ]
    });
    document.table(vec!["action", "resource", "name", "details"], rows.collect())
}

fn lines(document: Document, step: &Step, width: usize) -> Document {
    let role = match step.action {
        Action::Create => Role::Good,
        Action::Update => Role::Attention,
        Action::Delete => Role::Bad,
        Action::Unchanged | Action::Keep => Role::Dim,
    };
    let head = format!("  {} {:width$}  {}", step.action.sign(), step.kind, short_name(step));
    let document = match step.notes.as_slice() {
        [one] if columns(&head) + 2 + columns(one) <= WIDTH => {
            document.spans(vec![(role, head), (Role::Dim, format!("  {one}"))])
        }
        notes => {
            notes.iter().fold(document.styled(role, head), |document, note| wrapped(document, Role::Dim, "", note))
        }
    };
    step.changes.iter().fold(document, |document, change| {
        let document = change_lines(document, change);
        if change.is_elsewhere { wrapped(document, Role::Attention, "  ", CHANGED_ELSEWHERE) } else { document }
    })
}

fn change_lines(document: Document, change: &FieldChange) -> Document {
    let line = format!("{INDENT}{}", sentence(change));
    match &change.meaning {
        None => document.line(line),
        // What becomes possible is clearer than the name of the policy.
        Some(Meaning::Permissions(permissions)) => permissions.iter().fold(document, |document, permission| {
            let sign = if permission.is_granted { "+ " } else { "- " };
            wrapped(document, Role::Plain, sign, &permission.to_string())
        }),
        Some(Meaning::Effect(effect)) => {
            let is_named = change.values == Values::Unsaid;
            let (role, column) = if is_named { (Role::Dim, 0) } else { (Role::Attention, MEANING_COLUMN) };
            let column = columns(&line).max(column) + 2;
            if column + columns(effect) > WIDTH {
                return wrapped(document.line(line), role, "  ", effect);
            }
            document.spans(vec![(Role::Plain, format!("{line:column$}")), (role, effect.clone())])
        }
    }
}

/// Lines below a resource, broken between words. What has no spaces, such as an ARN, stays whole, so that it can be copied.
pub(super) fn wrapped(document: Document, role: Role, sign: &str, text: &str) -> Document {
    let first = format!("{INDENT}{sign}");
    let others = " ".repeat(first.len());
    let options = textwrap::Options::new(WIDTH).initial_indent(&first).subsequent_indent(&others).break_words(false);
    let options = options.word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::wrap(text, options).into_iter().fold(document, |document, line| document.styled(role, line))
}

fn columns(text: &str) -> usize {
    textwrap::core::display_width(text)
}

/// The name without what is the same for all: of an image its digest, of an archive its key's own part.
pub(super) fn short_name(step: &Step) -> String {
    match step.kind {
        ResourceKind::Image => match step.name.rsplit_once('@') {
            Some((_, digest)) => short_digests(digest),
            None => step.name.split_once('/').map_or(step.name.as_str(), |(_, name)| name).to_owned(),
        },
        ResourceKind::Archive => {
            let mut parts = step.name.rsplit('/');
            let (file, id) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            format!("{id}/{file}")
        }
        _ => step.name.clone(),
    }
}

/// Digests cut to a length that people compare.
pub(super) fn short_digests(text: &str) -> String {
    let mut parts = text.split("sha256:");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_hexdigit).count();
        out.push_str("sha256:");
        out.push_str(&part[..digits.min(SHORT_DIGEST)]);
        out.push_str(&part[digits..]);
    }
    out
}

/// The change in one line, without what is the same before and after.
fn sentence(change: &FieldChange) -> String {
    let Values::Shown(Some(Value::String(before)), Some(Value::String(after))) = &change.values else {
        return short_digests(&change.sentence());
    };
    let same = before.split_once('@').zip(after.split_once('@')).filter(|((old, _), (new, _))| old == new);
    let (before, after) = match same {
        Some(((_, before), (_, after))) => (before, after),
        None => {
            // A key's own part is at its end.
            let folder = before.bytes().zip(after.bytes()).take_while(|(old, new)| old == new).count();
            let folder = before[..before.floor_char_boundary(folder)].rfind('/').map_or(0, |at| at + 1);
            match change.path.as_str() {
                "code.key" => {
                    let own = |key: &'_ str| key.rsplit_once('/').map_or(key.len(), |(own, _)| own.len());
                    let end = |key: &str| own(key).max(folder);
                    (&before[folder..end(before)], &after[folder..end(after)])
                }
                _ => (before.as_str(), after.as_str()),
            }
        }
    };
    format!("{}: {} -> {}", change.path, short_digests(before), short_digests(after))
}

/// `1 to create, 2 to change, 1 unchanged`
pub(crate) fn totals(steps: &[Step]) -> String {
    let count = |actions: &[Action]| steps.iter().filter(|step| actions.contains(&step.action)).count();
    let counts = [
        (count(&[Action::Create]), "to create"),
        (count(&[Action::Update]), "to change"),
        (count(&[Action::Delete]), "to delete"),
        (count(&[Action::Unchanged]), "unchanged"),
        (count(&[Action::Keep]), "kept"),
    ];
    let said: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    said.join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::report::Block;
    use crate::resources::plan::{Permission, Presence};

    fn text(document: &Document) -> String {
        let line = |block: &Block| match block {
            Block::Line(spans) => spans.iter().map(|(_, text)| text.as_str()).collect::<String>(),
            other => panic!("{other:?}"),
        };
        document.blocks.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_plan_reads_at_eighty_columns() {
        let uri = "123456789012.dkr.ecr.us-west-2.amazonaws.com/bedrock-agentcore-perf1";
        let digest = |digit: char| format!("sha256:{}", digit.to_string().repeat(64));
        let mut role = Step::new(
            ResourceKind::ExecutionRole,
            "AmazonBedrockAgentCoreSDKRuntime-us-west-2-750da8ece8",
            Action::Update,
        );
        role.changes = vec![
            FieldChange::of("permissions").permissions(vec![
                Permission { is_granted: true, ability: "read the API key `weather`".into() },
                Permission { is_granted: false, ability: "call Bedrock models".into() },
            ]),
            FieldChange::of("trust policy"),
        ];
        let mut runtime = Step::new(ResourceKind::Runtime, "perf1", Action::Update);
        runtime.changes = vec![
            FieldChange::shown("authorizer.allowedClients", Some(&json!(["a"])), Some(&json!(["a", "b"])))
                .meaning("lets more callers in"),
            FieldChange::shown(
                "image",
                Some(&json!(format!("{uri}@{}", digest('a')))),
                Some(&json!(format!("{uri}@{}", digest('b')))),
            ),
            FieldChange::shown(
                "image",
                Some(&json!(format!("{uri}@{}", digest('a')))),
                Some(&json!(format!("other@{}", digest('a')))),
            ),
            FieldChange::shown(
                "code.key",
                Some(&json!("agent/0b0f1f4e-0000-4000-8000-000000000000/1111111111111111/deployment.zip")),
                Some(&json!("agent/0b0f1f4e-0000-4000-8000-000000000000/2222222222222222/deployment.zip")),
            ),
            FieldChange::secret("environment.FOO", Presence::Added),
        ];
        let steps = [
            Step::new(ResourceKind::Repository, "bedrock-agentcore-perf1", Action::Unchanged),
            Step::new(ResourceKind::Image, format!("{uri}@{}", digest('b')), Action::Create)
                .note("33.5 MB linux/arm64"),
            role,
            runtime,
        ];
        let identity = CallerIdentity {
            account: "123456789012".into(),
            region: "us-west-2".into(),
            principal: "arn:aws:iam::123456789012:user/ci".into(),
            profile: None,
        };
        let text = text(&plan("launch", "perf1", &identity, &steps));
        assert_eq!(
            text,
            "\
Plan to launch perf1 in account 123456789012, us-west-2, as user/ci
  = repository  bedrock-agentcore-perf1
  + image       sha256:bbbbbbbbbbbb  33.5 MB linux/arm64
  ~ role        AmazonBedrockAgentCoreSDKRuntime-us-west-2-750da8ece8
      + may read the API key `weather`
      - may no longer call Bedrock models
      trust policy
  ~ runtime     perf1
      authorizer.allowedClients: a -> a, b      lets more callers in
      image: sha256:aaaaaaaaaaaa -> sha256:bbbbbbbbbbbb
      image: 123456789012.dkr.ecr.us-west-2.amazonaws.com/bedrock-agentcore-perf1@sha256:aaaaaaaaaaaa -> other@sha256:aaaaaaaaaaaa
      code.key: 1111111111111111 -> 2222222222222222
      environment.FOO: added"
        );
        let long: Vec<&str> = text.lines().filter(|line| line.chars().count() > 80).collect();
        assert!(matches!(long.as_slice(), [one] if one.contains("-> other@")), "two repositories in full: {long:?}");
        assert_eq!(totals(&steps), "1 to create, 2 to change, 1 unchanged");
    }

    #[test]
    fn long_meanings_are_broken_between_words() {
        let mut role = Step::new(ResourceKind::ExecutionRole, "r", Action::Create)
            .note("may call Bedrock models, get tokens of its workload identity, pull images from `x`, write its logs");
        role.changes = vec![
            FieldChange::shown("status", Some(&json!("UPDATE_FAILED")), Some(&json!("READY"))).meaning(
                "its last update failed: the role arn:aws:iam::123456789012:role/a-name-that-is-as-long-as-names-may-become-0123456789 cannot be assumed",
            ),
        ];
        let document = steps_document(Document::new(), &[role]);
        assert_eq!(
            text(&document),
            [
                "  + role  r",
                "      may call Bedrock models, get tokens of its workload identity, pull images",
                "      from `x`, write its logs",
                "      status: UPDATE_FAILED -> READY",
                "        its last update failed: the role",
                "        arn:aws:iam::123456789012:role/a-name-that-is-as-long-as-names-may-become-0123456789",
                "        cannot be assumed",
            ]
            .join("\n")
        );
    }
}
