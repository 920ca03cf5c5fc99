//! The module through its public functions: files in; agents, errors and changed files out.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::*;
use crate::env::Env;
use crate::error::Kind;

/// In the layout that the toolkit dumps, with every section it writes.
pub(super) const DUMPED: &str = "\
default_agent: first
agents:
  first:
    name: first
    language: python
    node_version: '20'
    entrypoint: /home/dev/projects/p/src/agent.py
    deployment_type: container
    runtime_type: null
    platform: linux/arm64
    container_runtime: podman
    source_path: /home/dev/projects/p
    aws:
      execution_role: arn:aws:iam::123456789012:role/MyRole
      execution_role_auto_create: false
      account: '123456789012'
      region: us-west-2
      ecr_repository: 123456789012.dkr.ecr.us-west-2.amazonaws.com/team/my-agent
      ecr_auto_create: false
      s3_path: null
      s3_auto_create: false
      network_configuration:
        network_mode: VPC
        network_mode_config:
          security_groups:
          - sg-0123456789abcdef0
          subnets:
          - subnet-0123456789abcdef0
          - subnet-0123456789abcdef1
      protocol_configuration:
        server_protocol: MCP
      observability:
        enabled: true
      lifecycle_configuration:
        idle_runtime_session_timeout: 300
        max_lifetime: 7200
    bedrock_agentcore:
      agent_id: null
      agent_arn: null
      agent_session_id: null
    codebuild:
      project_name: null
      execution_role: null
      source_bucket: null
    memory:
      mode: STM_ONLY
      memory_id: null
      memory_arn: null
      memory_name: first_memory
      event_expiry_days: 30
      first_invoke_memory_check_done: false
      was_created_by_toolkit: false
    identity:
      credential_providers: []
      workload: null
    aws_jwt:
      enabled: false
      audiences: []
      signing_algorithm: ES384
      issuer_url: null
      duration_seconds: 300
    authorizer_configuration:
      customJWTAuthorizer:
        discoveryUrl: https://issuer.example/.well-known/openid-configuration
        allowedClients:
        - client1
        - client2
    request_header_configuration:
      requestHeaderAllowlist:
      - Authorization
    oauth_configuration: null
    api_key_env_var_name: null
    api_key_credential_provider_name: null
    is_generated_by_agentcore_create: false
";

/// As a person keeps it: comments everywhere, flow collections, other indentation, quotes, unknown keys.
pub(super) const KEPT: &str = "\
# our agents

default_agent:   \"support\"   # the one for CI
agents:
    # answers customers
    support:
        name: support
        entrypoint: 'src/agent.py'  # relative
        aws: # where
            region: us-west-2
            account: \"123456789012\"   # prod
            # role is made by launch
            execution_role_auto_create: yes

            network_configuration: {network_mode: PUBLIC} # open
        authorizer_configuration:
            customJWTAuthorizer:
                discoveryUrl: https://issuer.example/.well-known/openid-configuration
                allowedClients:
                    # the app
                    - web   # browser
                    # the job
                    - nightly
        agentcore:
            environment: {A: '1', B: two,
                # second line
                C: x}
            notes: |
                first # not a comment
                  second
            team: [a,
              b]   # unknown, kept
        # end of support
    # between
    second:
        name: second
        entrypoint: b/bot.py
        aws:
# end of file
";

pub(super) const LEGACY: &str = "\
# old
name: old
entrypoint: agent.py   # main
aws:
  execution_role: arn:aws:iam::123456789012:role/R
  region: us-west-2
  # trailing
memory:
  mode: NO_MEMORY
";

struct TempProject {
    dir: tempfile::TempDir,
}

impl TempProject {
    fn new(text: &str) -> Self {
        let place = Self { dir: tempfile::tempdir().unwrap() };
        fs::write(place.path(), text).unwrap();
        place
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join(FILE_NAME)
    }

    fn text(&self) -> String {
        fs::read_to_string(self.path()).unwrap()
    }

    fn open(&self) -> Store {
        Store::open(&self.path()).unwrap()
    }

    /// The message and causes of the error, without the folder.
    fn faults(text: &str) -> Vec<String> {
        let place = Self::new(text);
        let error = Store::open(&place.path()).unwrap_err();
        assert_eq!(error.kind().exit_code(), 2);
        assert!(error.code_str().starts_with("config."), "{}", error.code_str());
        let prefix = format!("{}/", place.dir.path().display());
        std::iter::once(error.message())
            .chain(error.causes().iter().map(String::as_str))
            .map(|line| line.replace(&prefix, ""))
            .collect()
    }
}

fn edited(text: &str, edits: &[Edit]) -> String {
    let place = TempProject::new(text);
    let mut store = place.open();
    assert!(store.edit(edits).unwrap());
    place.text()
}

/// The lines that `-` and `+` mark in a diff, common start and end left out.
pub(super) fn changed<'a>(old: &'a str, new: &'a str) -> (Vec<&'a str>, Vec<&'a str>) {
    let (old, new): (Vec<_>, Vec<_>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    (old[head..old.len() - tail].to_vec(), new[head..new.len() - tail].to_vec())
}

#[test]
fn a_dumped_file_is_read_completely() {
    let place = TempProject::new(DUMPED);
    let store = place.open();
    assert_eq!(store.warnings(), [] as [String; 0]);
    let agent = store.agent(None).unwrap();
    assert_eq!(agent.protocol(), Protocol::Mcp);
    assert_eq!(agent.node_version.as_deref(), Some("20"));
    assert_eq!(agent.account(), Some("123456789012"));
    assert_eq!(agent.aws.network_configuration.network_mode_config.as_ref().unwrap().subnets.len(), 2);
    assert_eq!(agent.aws.lifecycle_configuration.max_lifetime, Some(7200));
    assert_eq!(agent.memory.mode, MemoryMode::ShortTerm);
    assert_eq!(agent.authorizer().unwrap()["allowedClients"], json!(["client1", "client2"]));
    assert_eq!(agent.request_headers().unwrap(), ["Authorization"]);
    assert_eq!(agent.entrypoint_path(store.root()), Path::new("/home/dev/projects/p/src/agent.py"));
    assert!(!agent.is_deployed());
    assert_eq!(store.line_of(&["agents", "first", "aws", "region"]), Some(17));
    assert_eq!(store.line_of(&["agents", "first", "aws", "s3_path"]), Some(20));
}

#[test]
fn handwritten_file_is_read_with_its_own_keys() {
    let place = TempProject::new(KEPT);
    let store = place.open();
    let agent = store.agent(None).unwrap();
    assert_eq!(agent.name, "support");
    assert!(agent.aws.execution_role_auto_create);
    assert_eq!(agent.own.environment["C"], "x");
    assert_eq!(agent.own.other["team"], json!(["a", "b"]));
    assert_eq!(agent.entrypoint_path(store.root()), place.dir.path().join("src/agent.py"));
    assert_eq!(store.warnings().len(), 2, "{:?}", store.warnings());
    assert!(
        store.warnings()[0].ends_with(":28:13: unknown key `agents.support.agentcore.notes`"),
        "{:?}",
        store.warnings()
    );
}

#[test]
fn old_layout_loads_and_is_renewed_when_changed() {
    let place = TempProject::new(LEGACY);
    let mut store = place.open();
    assert_eq!(store.project().default_agent.as_deref(), Some("old"));
    assert_eq!(store.line_of(&["agents", "old", "aws", "region"]), Some(6));
    assert!(
        !store
            .edit(&[Edit::set(&["agents", "old", "aws", "region"], "us-west-2"), Edit::set(&["default_agent"], "old")])
            .unwrap()
    );
    assert_eq!(place.text(), LEGACY);
    assert!(store.edit(&[Edit::set(&["agents", "old", "aws", "region"], "eu-west-1")]).unwrap());
    let expected = "\
# old
default_agent: old
agents:
  old:
    name: old
    entrypoint: agent.py   # main
    aws:
      execution_role: arn:aws:iam::123456789012:role/R
      region: eu-west-1
      # trailing
    memory:
      mode: NO_MEMORY
";
    assert_eq!(place.text(), expected);
    assert_eq!(store.line_of(&["agents", "old", "aws", "region"]), Some(9));
    assert_eq!(place.open().agent(Some("old")).unwrap().region(), Some("eu-west-1"));
}

#[test]
fn every_fault_is_listed_with_its_place() {
    let text = "\
default_agent: frist
agents:
  first:
    name: other
    entrypiont: agent.py
    language: pyton
    aws:
      account: 'xyz'
      execution_role: arn:aws:s3:::bucket
      ecr_auto_create: maybe
      network_configuration:
        network_mode: vpc
      lifecycle_configuration: {idle_runtime_session_timeout: 600, max_lifetime: 300}
    bedrock_agentcore: [a]
  second:
    name: second
    entrypoint: a.py
    aws:
      lifecycle_configuration: {idle_runtime_session_timeout: 59}
    authorizer_configuration:
      custom_jwt_authorizer: {}
    agentcore:
      environment: {9X: a, OK: [b]}
";
    let file = FILE_NAME;
    assert_eq!(
        TempProject::faults(text),
        [
            format!("{file}:1:16: `default_agent` names `frist`, which is not under `agents`; did you mean `first`?"),
            format!("{file}:3:3: missing `entrypoint` in `agents.first`; is it `entrypiont`?"),
            format!("{file}:4:11: the agent under the key `first` is named `other`; they must be the same"),
            format!(
                "{file}:6:15: `agents.first.language`: `pyton` is not one of `python`, `typescript`; did you mean `python`?"
            ),
            format!("{file}:8:16: `agents.first.aws.account`: `xyz` is not an AWS account id: 12 digits, in quotes"),
            format!(
                "{file}:9:23: `agents.first.aws.execution_role`: `arn:aws:s3:::bucket` is neither the ARN of an IAM role nor a role name"
            ),
            format!(
                "{file}:10:24: `agents.first.aws.ecr_auto_create` must be true or false, but it is the text `maybe`"
            ),
            format!(
                "{file}:12:23: `agents.first.aws.network_configuration.network_mode` is VPC, which needs `network_mode_config` with `subnets` and `security_groups`"
            ),
            format!(
                "{file}:13:63: `agents.first.aws.lifecycle_configuration.idle_runtime_session_timeout` (600 s) is longer than `max_lifetime` (300 s)"
            ),
            format!("{file}:14:24: `agents.first.bedrock_agentcore` must be a mapping, but it is a list"),
            format!(
                "{file}:19:63: `agents.second.aws.lifecycle_configuration.idle_runtime_session_timeout`: 59 is not between 60 and 28800"
            ),
            format!("{file}:20:5: `agents.second.authorizer_configuration` has no `customJWTAuthorizer`"),
            format!(
                "{file}:23:21: `agents.second.agentcore.environment`: `9X` is not a name for an environment variable"
            ),
            format!("{file}:23:28: `agents.second.agentcore.environment.OK` must be text, but it is a list"),
        ]
    );
}

#[test]
fn broken_documents_are_one_clean_line() {
    let first = |text: &str| {
        let faults = TempProject::faults(text);
        assert_eq!(faults.len(), 1, "{faults:?}");
        faults[0].strip_prefix(FILE_NAME).unwrap().to_owned()
    };
    assert_eq!(
        first("agents: [\n  a: b: c\n"),
        ":2:7: not valid YAML: while parsing a flow mapping, did not find expected ',' or '}'"
    );
    assert_eq!(
        first("agents:\n\tfirst: 1\n"),
        ":2:2: not valid YAML: a tab in the indentation; YAML allows spaces only"
    );
    assert_eq!(first("- a\n- b\n"), ":1:1: the file must be a mapping with `agents`, but it is a list");
    assert_eq!(first("just text\n"), ":1:1: the file must be a mapping with `agents`, but it is the text `just text`");
    assert_eq!(first("agents:\n- a\n"), ":2:3: `agents` must be a mapping, but it is a list");
    assert_eq!(first("agents:\n  a: 5\n"), ":2:3: `agents.a` must be a mapping, but it is the number 5");
    assert_eq!(first("agents: {}\nagents: {}\n"), ":2:1: the key `agents` stands twice in this mapping");
    assert_eq!(
        first("agents:\n  ../x: {name: ../x, entrypoint: a.py}\n"),
        ":2:16: `agents.../x.name`: `../x` is not an agent name: a letter, then letters, digits and underscores, 48 at most"
    );
}

#[test]
fn unusable_config_file_is_a_usage_error() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(FILE_NAME);
    let error = Store::open(&path).unwrap_err();
    assert_eq!((error.kind(), error.code_str()), (Kind::Usage, "config.missing"));
    fs::write(&path, "# nothing yet\n").unwrap();
    let error = Store::open(&path).unwrap_err();
    assert_eq!((error.kind(), error.code_str()), (Kind::Usage, "config.empty"));
    assert!(error.hints()[0].contains("agentcore configure"));
    assert!(Store::open_or_new(&path).unwrap().project().agents.is_empty());
    fs::write(&path, b"\xff\xfe").unwrap();
    assert_eq!(Store::open(&path).unwrap_err().code_str(), "config.unreadable");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    for error in [Store::open(&path).unwrap_err(), Store::open_or_new(&path).unwrap_err()] {
        assert_eq!((error.kind(), error.code_str()), (Kind::Usage, "config.is-directory"));
    }
}

#[test]
fn lenient_where_the_meaning_is_clear() {
    let text = "\
agents:
  a:
    name: a
    entrypoint: a.py
    language: Python
    node_version: 20
    deployment_type: DIRECT-CODE-DEPLOY
    aws:
      account: 123456789012
      region: uswest2
      ecr_auto_create: 'true'
      lifecycle_configuration: {max_lifetime: '600'}
      protocol_configuration: {server_protocol: mcp}
    identity:
    runtme_type: x
    x-note: {}
    agentcore: {environment: {PORT: 0080, ON: yes}}
";
    let place = TempProject::new(text);
    let store = place.open();
    let agent = store.agent(None).unwrap();
    assert_eq!(agent.account(), Some("123456789012"));
    assert_eq!(agent.deployment_type, DeploymentType::DirectCodeDeploy);
    assert!(agent.aws.ecr_auto_create);
    assert_eq!(agent.aws.lifecycle_configuration.max_lifetime, Some(600));
    assert_eq!(agent.own.environment["PORT"], "0080");
    assert_eq!(agent.own.environment["ON"], "yes");
    let warnings = store.warnings().join("\n");
    assert_eq!(store.warnings().len(), 4, "{warnings}");
    for words in [
        ":6:19: `agents.a.node_version` is text",
        ":9:16:",
        ":10:15: `agents.a.aws.region`: `uswest2` does not look",
        "unknown key `agents.a.runtme_type`; did you mean `runtime_type`?",
    ] {
        assert!(warnings.contains(words), "{words}\n{warnings}");
    }
}

#[test]
fn agent_is_picked_by_name_default_or_alone() {
    let two = "agents:\n  one: {name: one, entrypoint: a.py}\n  two: {name: two, entrypoint: b.py}\n";
    let place = TempProject::new(two);
    let mut store = place.open();
    let error = store.agent(None).unwrap_err();
    assert_eq!((error.kind(), error.code_str()), (Kind::Usage, "config.no-default"));
    let error = store.agent(Some("twoo")).unwrap_err();
    assert_eq!((error.kind(), error.code_str()), (Kind::NotFound, "config.unknown-agent"));
    assert!(error.message().ends_with("; did you mean `two`?"), "{error}");
    assert!(error.hints()[0].contains("`one`, `two`"));
    store.edit(&[Edit::set(&["default_agent"], "two")]).unwrap();
    assert_eq!(store.agent(None).unwrap().name, "two");
    store.edit(&[Edit::remove(&["default_agent"]), Edit::remove(&["agents", "two"])]).unwrap();
    assert_eq!(store.agent(None).unwrap().name, "one");
    store.edit(&[Edit::remove(&["agents", "one"])]).unwrap();
    assert_eq!(store.agent(None).unwrap_err().code_str(), "config.no-agents");
    assert_eq!(place.text(), "agents: {}\n");
}

#[test]
fn a_change_touches_its_line_only() {
    let at = |keys: &[&str], value: Value| {
        let mut path = vec!["agents", "support"];
        path.extend(keys);
        edited(KEPT, &[Edit::set(&path, value)])
    };
    let new = at(&["aws", "account"], json!("210987654321"));
    let line = "            account: \"210987654321\"   # prod\n";
    assert_eq!(changed(KEPT, &new), (vec!["            account: \"123456789012\"   # prod\n"], vec![line]));
    let new = edited(KEPT, &[Edit::set(&["default_agent"], "second")]);
    assert_eq!(changed(KEPT, &new).1, ["default_agent:   \"second\"   # the one for CI\n"]);
    let new = at(&["entrypoint"], json!("yes"));
    assert_eq!(changed(KEPT, &new).1, ["        entrypoint: 'yes'  # relative\n"]);
    // A missing key goes to the end of its mapping, a missing mapping with it.
    let new = at(&["aws", "lifecycle_configuration", "max_lifetime"], json!(600));
    let lines = ["            lifecycle_configuration:\n", "                max_lifetime: 600\n"];
    assert_eq!(changed(KEPT, &new), (vec![], lines.to_vec()));
    // An empty mapping is filled.
    let new = edited(KEPT, &[Edit::set(&["agents", "second", "aws", "region"], "us-west-2")]);
    assert_eq!(changed(KEPT, &new), (vec![], vec!["            region: us-west-2\n"]));
    // A flow mapping stays one.
    let new = at(&["agentcore", "environment", "C"], json!("a, b"));
    let line = "            environment: {A: '1', B: two, C: 'a, b'}\n";
    assert_eq!(changed(KEPT, &new).1, ["            # second line\n", line]);
    // A block becomes a scalar and keeps the comment of its key.
    let new = at(&["aws"], json!({}));
    assert!(new.contains("        aws: {} # where\n        authorizer"), "{new}");
    let new = at(&["agentcore", "notes"], json!("one\ntwo"));
    assert!(new.contains("            notes: \"one\\ntwo\"\n            team:"), "{new}");
    // List items change on their own.
    let clients = ["authorizer_configuration", "customJWTAuthorizer", "allowedClients"];
    let new = at(&clients, json!(["web", "new", "nightly"]));
    assert_eq!(changed(KEPT, &new), (vec![], vec!["                    - new\n"]));
    let new = at(&clients, json!(["app", "nightly"]));
    assert_eq!(changed(KEPT, &new).1, ["                    - app   # browser\n"]);
    let new = at(&clients, json!(["web"]));
    assert_eq!(changed(KEPT, &new), (vec!["                    - nightly\n"], vec![]));
}

#[test]
fn removing_an_agent_removes_only_its_comments() {
    let new = edited(KEPT, &[Edit::remove(&["agents", "support"]), Edit::set(&["default_agent"], Value::Null)]);
    let expected = "\
# our agents

default_agent:   null   # the one for CI
agents:
    # answers customers
    # between
    second:
        name: second
        entrypoint: b/bot.py
        aws:
# end of file
";
    assert_eq!(new, expected);
}

#[test]
fn new_file_has_a_header_and_readable_block() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(FILE_NAME);
    let mut store = Store::open_or_new(&path).unwrap();
    assert!(!path.exists());
    let agent = json!({
        "name": "a", "entrypoint": "src/agent.py", "node_version": "20",
        "aws": {"account": "123456789012", "network_configuration": {"network_mode": "VPC", "network_mode_config": {"security_groups": ["sg-1"], "subnets": ["subnet-1", "subnet-2"]}}},
        "identity": {"credential_providers": [{"name": "idp", "arn": "arn:aws:x:us-west-2:123456789012:y/z", "type": "t"}]},
        "aws_jwt": {"audiences": []},
        "agentcore": {"environment": {"TEXT": "a\nb", "NO": "no"}},
    });
    store.edit(&[Edit::set(&["default_agent"], "a"), Edit::set(&["agents", "a"], agent.clone())]).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let (header, body) = text.split_at(text.find("default_agent").unwrap());
    assert!(header.lines().all(|line| line.starts_with("# ")) && header.contains("agentcore configure show"));
    let expected = "\
default_agent: a
agents:
  a:
    name: a
    entrypoint: src/agent.py
    node_version: '20'
    aws:
      account: '123456789012'
      network_configuration:
        network_mode: VPC
        network_mode_config:
          security_groups:
          - sg-1
          subnets:
          - subnet-1
          - subnet-2
    identity:
      credential_providers:
      - name: idp
        arn: arn:aws:x:us-west-2:123456789012:y/z
        type: t
    aws_jwt:
      audiences: []
    agentcore:
      environment:
        TEXT: \"a\\nb\"
        'NO': 'no'
";
    assert_eq!(body, expected);
    assert_eq!(store.agent(None).unwrap().own.environment["NO"], "no");
    assert!(!store.edit(&[Edit::set(&["agents", "a"], agent)]).unwrap());
}

#[test]
fn newline_style_and_byte_order_mark_survive_edits() {
    let crlf = KEPT.replace('\n', "\r\n");
    let edits = [
        Edit::set(&["agents", "support", "aws", "region"], "eu-west-1"),
        Edit::set(&["agents", "third"], json!({"name": "third", "entrypoint": "c.py"})),
    ];
    let expected = edited(KEPT, &edits);
    assert_eq!(edited(&crlf, &edits), expected.replace('\n', "\r\n"));
    assert_eq!(edited(&format!("\u{feff}{KEPT}"), &edits), format!("\u{feff}{expected}"));
    let cut = DUMPED.trim_end();
    let new = edited(cut, &[Edit::set(&["agents", "first", "agentcore", "builder"], "native")]);
    assert_eq!(new, format!("{DUMPED}    agentcore:\n      builder: native"));
}

#[test]
fn anchors_and_merge_keys_are_respected_or_refused() {
    let text = "\
x-aws: &aws
  region: us-west-2
  account: '123456789012'
agents:
  a: {name: a, entrypoint: a.py, aws: *aws}
  b:
    name: b
    entrypoint: b.py
    aws:
      <<: *aws
      s3_path: null
";
    let new = edited(text, &[Edit::set(&["agents", "b", "aws", "region"], "eu-west-1")]);
    assert_eq!(changed(text, &new), (vec![], vec!["      region: eu-west-1\n"]));
    let new = edited(text, &[Edit::set(&["agents", "a", "aws", "region"], "eu-west-1")]);
    assert_eq!(
        changed(text, &new).1,
        ["  a: {name: a, entrypoint: a.py, aws: {region: eu-west-1, account: '123456789012'}}\n"]
    );
    let new = edited(text, &[Edit::remove(&["agents", "b", "aws", "region"])]);
    assert_eq!(changed(text, &new).1, ["      s3_path: null\n", "      account: '123456789012'\n"]);
    // Changing the anchor itself would change the others.
    let place = TempProject::new(text);
    let error = place.open().edit(&[Edit::set(&["x-aws", "region"], "eu-west-1")]).unwrap_err();
    assert_eq!(error.code_str(), "config.edit");
    assert_eq!(place.text(), text);
}

#[test]
fn change_that_breaks_a_rule_is_not_written() {
    let place = TempProject::new(DUMPED);
    let mut store = place.open();
    let error = store.edit(&[Edit::set(&["agents", "first", "aws", "account"], "12")]).unwrap_err();
    assert_eq!(error.kind(), Kind::Usage);
    assert!(error.causes()[0].contains(":16:"), "{error:?}");
    assert_eq!(place.text(), DUMPED);
}

#[test]
fn edits_apply_to_the_file_on_disk() {
    let place = TempProject::new(DUMPED);
    let (mut one, mut two) = (place.open(), place.open());
    one.edit(&[Edit::set(&["agents", "first", "aws", "region"], "eu-west-1")]).unwrap();
    two.edit(&[Edit::set(&["agents", "first", "platform"], "linux/amd64")]).unwrap();
    let agent = place.open().agent(None).unwrap().clone();
    assert_eq!((agent.region(), agent.platform.as_deref()), (Some("eu-west-1"), Some("linux/amd64")));
    assert_eq!(fs::read_dir(place.dir.path()).unwrap().count(), 1);
    fs::remove_file(place.path()).unwrap();
    assert_eq!(one.edit(&[Edit::set(&["default_agent"], "first")]).unwrap_err().code_str(), "config.missing");
}

#[test]
fn concurrent_edits_are_all_kept() {
    let place = TempProject::new(DUMPED);
    std::thread::scope(|scope| {
        for index in 0..8 {
            let mut store = place.open();
            scope.spawn(move || {
                let key = format!("K{index}");
                store.edit(&[Edit::set(&["agents", "first", "agentcore", "environment", &key], "v")]).unwrap();
            });
        }
    });
    assert_eq!(place.open().agent(None).unwrap().own.environment.len(), 8);
}

#[test]
fn config_found_by_flag_variable_or_work_tree() {
    let dir = tempfile::tempdir().unwrap();
    let top = dir.path().canonicalize().unwrap();
    let deep = top.join("project/src/inner");
    fs::create_dir_all(&deep).unwrap();
    fs::write(top.join(FILE_NAME), "").unwrap();
    fs::write(top.join("project").join(FILE_NAME), "").unwrap();
    let env = Env::fake(&deep, &[]);
    // Without a work tree, only the current folder counts.
    let located = locate(&env, None).unwrap();
    assert_eq!((located.found.clone(), located.searched.len()), (None, 1));
    assert_eq!(located.require().unwrap_err().kind(), Kind::Usage);
    fs::create_dir(top.join("project/.git")).unwrap();
    let located = locate(&env, None).unwrap();
    assert_eq!(located.require().unwrap(), top.join("project").join(FILE_NAME));
    assert_eq!(located.searched.len(), 3);
    fs::remove_file(top.join("project").join(FILE_NAME)).unwrap();
    let located = locate(&env, None).unwrap();
    assert_eq!((located.found, located.searched.len(), located.fresh), (None, 3, deep.join(FILE_NAME)));
    let env = Env::fake(&deep, &[(VARIABLE, "../../..")]);
    assert_eq!(locate(&env, None).unwrap().found, Some(top.join(FILE_NAME)));
    let located = locate(&env, Some(Path::new("other.yaml"))).unwrap();
    assert_eq!((located.found, located.fresh), (None, deep.join("other.yaml")));
}

#[cfg(unix)]
#[test]
fn foreign_owner_along_the_path_is_detected() {
    use std::os::unix::fs::{MetadataExt, chown, symlink};
    let dir = tempfile::tempdir().unwrap();
    let top = dir.path().canonicalize().unwrap();
    let deep = top.join("project/src");
    fs::create_dir_all(&deep).unwrap();
    fs::create_dir(top.join("project/.git")).unwrap();
    let file = top.join("project").join(FILE_NAME);
    fs::write(top.join("kept"), "").unwrap();
    symlink(top.join("kept"), &file).unwrap();
    let env = Env::fake(&deep, &[]);
    assert_eq!(locate(&env, None).unwrap().found().unwrap(), Some(file.as_path()));
    if fs::metadata(&top).unwrap().uid() != 0 {
        // Only root can give a file away.
        return;
    }
    let stranger = || locate(&env, None).unwrap().stranger.map(|stranger| (stranger.path, stranger.user));
    for part in ["kept", "project", "project/src", "project/.git"] {
        chown(top.join(part), Some(4711), None).unwrap();
        let expected = if part == "kept" { file.clone() } else { top.join(part) };
        assert_eq!(stranger(), Some((expected, 4711)), "{part}");
        chown(top.join(part), Some(0), None).unwrap();
    }
    std::os::unix::fs::lchown(&file, Some(4711), None).unwrap();
    assert_eq!(stranger(), Some((file.clone(), 4711)));
    // The user who called `sudo` is trusted, and so is a file that was named.
    let sudo = Env::fake(&deep, &[("SUDO_UID", "4711")]);
    assert_eq!(locate(&sudo, None).unwrap().stranger, None);
    assert_eq!(locate(&env, Some(&file)).unwrap().require().unwrap(), file);
    // A new file in the current folder does not ask whose the one above it is.
    let located = locate(&env, None).unwrap();
    assert_eq!((located.above(), located.to_fill().unwrap()), (None, deep.join(FILE_NAME).as_path()));
}

#[test]
fn a_placeholder_of_a_region_is_none() {
    for (written, region) in [("''", None), ("YOUR_REGION", None), ("XXXX", None), ("us-east-2", Some("us-east-2"))] {
        let place = TempProject::new(&format!(
            "agents:\n  a:\n    name: a\n    entrypoint: a.py\n    aws: {{region: {written}}}\n"
        ));
        let store = place.open();
        assert_eq!(store.agent(None).unwrap().region(), region, "{written}");
        assert_eq!(store.warnings().len(), usize::from(region.is_none()), "{:?}", store.warnings());
    }
}
