//! What each kind writes down is taken out again, and nothing else.

use super::bucket::{Bucket, Purpose};
use super::build_project::BuildProject;
use super::build_role::BuildRole;
use super::engine::Resource;
use super::execution_role::ExecutionRole;
use super::record::AgentRecord;
use super::repository::Repository;
use super::runtime::Runtime;
use crate::config::{Agent, Created, Store};

fn record(dir: &tempfile::TempDir, rest: &str) -> AgentRecord {
    let path = dir.path().join(".bedrock_agentcore.yaml");
    std::fs::write(&path, format!("agents:\n  a:\n    name: a\n    entrypoint: a.py\n{rest}")).unwrap();
    let store = Store::open(&path).unwrap();
    let agent = store.agent(None).unwrap().clone();
    AgentRecord::new(store, agent)
}

fn file(dir: &tempfile::TempDir) -> String {
    std::fs::read_to_string(dir.path().join(".bedrock_agentcore.yaml")).unwrap()
}

fn agent(dir: &tempfile::TempDir) -> Agent {
    Store::open(&dir.path().join(".bedrock_agentcore.yaml")).unwrap().agent(None).unwrap().clone()
}

fn bucket<'r>(record: &'r AgentRecord, purpose: Purpose<'r>) -> Bucket<'r> {
    let (account, region) = ("123456789012".to_owned(), "us-west-2".to_owned());
    Bucket { record, purpose, name: "b".to_owned(), account, region, is_managed: true, lenient: true }
}

fn archives(agent: &Agent) -> super::archive::Archives {
    super::archive::Archives::from_setting(agent, "b".to_owned(), "123456789012").unwrap()
}

const RECORDED: &str = "    aws:
      execution_role: arn:aws:iam::123456789012:role/R
      execution_role_auto_create: false
      ecr_repository: 123456789012.dkr.ecr.us-west-2.amazonaws.com/r
      ecr_auto_create: false
      s3_path: s3://bbb
      s3_auto_create: false
    agentcore:
      created:
        bucket: bbb
        repository: r
        execution_role: R
";

#[test]
fn what_was_never_recorded_is_not_written() {
    let dir = tempfile::tempdir().unwrap();
    let record = record(&dir, "");
    let before = file(&dir);
    Runtime::on_record(&record).erase().unwrap();
    Repository::on_record(&record, ("123456789012", "us-west-2"), true).erase().unwrap();
    ExecutionRole::on_record(&record, "us-west-2").erase().unwrap();
    BuildProject::on_record(&record).erase().unwrap();
    BuildRole::on_record(&record, "us-west-2").erase().unwrap();
    bucket(&record, Purpose::Sources).erase().unwrap();
    assert_eq!(file(&dir), before);
}

#[test]
fn erasing_the_last_record_removes_its_mappings() {
    let dir = tempfile::tempdir().unwrap();
    let record = record(&dir, RECORDED);
    Repository::on_record(&record, ("123456789012", "us-west-2"), true).erase().unwrap();
    assert_eq!(agent(&dir).created().execution_role.as_deref(), Some("R"));
    assert_eq!(agent(&dir).repository_setting(), None);
    let place = archives(record.agent());
    bucket(&record, Purpose::Archives { place: &place, older: false }).erase().unwrap();
    assert_eq!(agent(&dir).bucket_setting(), None);
    ExecutionRole::on_record(&record, "us-west-2").erase().unwrap();
    assert_eq!(agent(&dir).execution_role_setting(), None);
    assert!(!file(&dir).contains("agentcore:"), "{}", file(&dir));
}

#[test]
fn build_resources_are_forgotten_but_users_own_stay() {
    let erase_all = |record: &AgentRecord| {
        bucket(record, Purpose::Sources).erase().unwrap();
        BuildProject::on_record(record).erase().unwrap();
        BuildRole::on_record(record, "us-west-2").erase().unwrap();
    };
    let dir = tempfile::tempdir().unwrap();
    let made = "    codebuild:\n      project_name: bedrock-agentcore-a-builder\n      execution_role: arn:aws:iam::123456789012:role/B\n      source_bucket: s\n    agentcore:\n      created:\n        build_project: bedrock-agentcore-a-builder\n        build_role: B\n        source_bucket: s\n";
    erase_all(&record(&dir, made));
    assert_eq!((&agent(&dir).codebuild, agent(&dir).created()), (&Default::default(), &Created::default()));

    // A run that was cut off wrote down no more than the name that it was about to use.
    let intended = record(&dir, "    codebuild:\n      project_name: bedrock-agentcore-a-builder\n");
    BuildProject::on_record(&intended).erase().unwrap();
    assert_eq!(agent(&dir).codebuild.project_name, None);

    let theirs =
        record(&dir, "    codebuild:\n      project_name: theirs\n      execution_role: R\n      source_bucket: s\n");
    let before = file(&dir);
    erase_all(&theirs);
    assert_eq!(file(&dir), before);
}

#[test]
fn erasing_a_runtime_removes_its_id_and_variables() {
    let dir = tempfile::tempdir().unwrap();
    let rest = "    bedrock_agentcore:\n      agent_id: a-1\n      agent_arn: arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/a-1\n    agentcore:\n      created:\n        environment: [A]\n";
    Runtime::on_record(&record(&dir, rest)).erase().unwrap();
    assert!(agent(&dir).runtime_id().is_none() && !agent(&dir).is_deployed());
    assert!(!file(&dir).contains("agentcore:\n      created"), "{}", file(&dir));
}

#[test]
fn what_earlier_versions_recorded_is_known_and_erased() {
    let dir = tempfile::tempdir().unwrap();
    let recorded = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded/bedrock_agentcore.yaml");
    let path = dir.path().join(".bedrock_agentcore.yaml");
    std::fs::copy(recorded, &path).unwrap();
    let store = Store::open(&path).unwrap();
    let agent = store.agent(None).unwrap().clone();
    let record = AgentRecord::new(store, agent);
    let created = record.agent().created();
    assert_eq!(created.repository.as_deref(), Some("bedrock-agentcore-cross"));
    assert_eq!(record.agent().runtime_id(), Some("cross-tvgXfhcBQQ"));
    let workloads: Vec<&String> = super::identity_record::workloads(created).collect();
    assert_eq!(workloads, ["wcross"]);

    let provider = created.credential_providers.first().and_then(|key| super::identity_record::parse_provider_key(key));
    let (kind, name) = provider.unwrap();
    super::identity_record::remove_provider(&record, kind, name).unwrap();
    super::identity_record::remove_workload(&record, "wcross").unwrap();
    Runtime::on_record(&record).erase().unwrap();
    ExecutionRole::on_record(&record, "us-west-2").erase().unwrap();
    Repository::on_record(&record, ("123456789012", "us-west-2"), true).erase().unwrap();
    let left = record.into_store().agent(None).unwrap().clone();
    assert_eq!(*left.created(), Created::default());
    assert!(!left.is_deployed() && left.identity.workload.is_none() && left.identity.credential_providers.is_empty());
}
