//! How a plan reads: a line for each resource with a sign, below it what changes, and the totals with the command that
//! applies it. The same for a launch and a destroy, on a terminal of 80 columns and in a log.

use serde_json::Value;

use crate::cloud::CallerIdentity;
use crate::report::{Document, Role};
use crate::resources::plan::{Action, FieldChange, ResourceKind, Step, Values};

/// The column of the explanations, for changes that are short enough.
const MEANING_COLUMN: usize = 46;
/// Digits of a digest that tell it from others.
const SHORT_DIGEST: usize = 12;

/// The plan itself. `verb` is what it is a plan for, as in "Plan to launch".
pub(crate) fn plan(verb: &str, agent: &str, identity: &CallerIdentity, steps: &[Step]) -> Document {
    let CallerIdentity { account, region, principal, .. } = identity;
    let caller = principal.rsplit_once(':').map_or(principal.as_str(), |(_, caller)| caller);
    let head = format!("Plan to {verb} {agent} in account {account}, {region}, as {caller}");
    steps_document(Document::new().styled(Role::Heading, head), steps)
}

/// The steps alone, for a report of what was done.
pub(crate) fn steps_document(document: Document, steps: &[Step]) -> Document {
    let width = steps.iter().map(|step| step.kind.as_str().len()).max().unwrap_or_default();
    steps.iter().fold(document, |document, step| lines(document, step, width))
}

fn lines(document: Document, step: &Step, width: usize) -> Document {
    let role = match step.action {
        Action::Create => Role::Good,
        Action::Update => Role::Attention,
        Action::Delete => Role::Bad,
        Action::Unchanged | Action::Keep => Role::Dim,
    };
    let head = format!("  {} {:width$}  {}", step.action.sign(), step.kind, short_name(step));
    let (beside, below): (Vec<&String>, Vec<&String>) = match step.notes.as_slice() {
        [one] if head.chars().count() + one.chars().count() < 78 => (vec![one], Vec::new()),
        more => (Vec::new(), more.iter().collect()),
    };
    let mut spans = vec![(role, head)];
    spans.extend(beside.into_iter().map(|note| (Role::Dim, format!("  {note}"))));
    let document = document.spans(spans);
    let document =
        below.into_iter().fold(document, |document, note| document.styled(Role::Dim, format!("      {note}")));
    step.changes.iter().fold(document, |document, change| change_lines(document, step.kind, change))
}

fn change_lines(document: Document, kind: ResourceKind, change: &FieldChange) -> Document {
    let sentence = sentence(change);
    let Some(meaning) = &change.meaning else { return document.line(format!("      {sentence}")) };
    if kind == ResourceKind::ExecutionRole || kind == ResourceKind::BuildRole {
        // The allowed actions are clearer than the name of the policy.
        return meaning.split(", may ").enumerate().fold(document, |document, (index, part)| {
            let part = if index == 0 { part.to_owned() } else { format!("may {part}") };
            let sign = if part.starts_with("may no longer") { '-' } else { '+' };
            document.line(format!("      {sign} {part}"))
        });
    }
    let line = format!("      {sentence}");
    if change.values == Values::Unsaid {
        return document.spans(vec![(Role::Plain, line), (Role::Dim, format!("  {meaning}"))]);
    }
    let column = line.chars().count().max(MEANING_COLUMN) + 2;
    if column + meaning.chars().count() > 80 {
        return document.line(line).styled(Role::Attention, format!("        {meaning}"));
    }
    let padded = format!("{line:width$}", width = column);
    document.spans(vec![(Role::Plain, padded), (Role::Attention, meaning.clone())])
}

/// The name without what is the same for all: of an image its digest, of an archive its key's own part.
fn short_name(step: &Step) -> String {
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
fn short_digests(text: &str) -> String {
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
            FieldChange::of("permissions").meaning("may read the API key `weather`, may no longer call Bedrock models"),
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
            FieldChange::secret("environment.FOO", crate::resources::plan::Presence::Added),
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
}
