//! What the commands of the toolkit say. `tests/outside/test_commands.py` puts each of them through the AWS CLI.

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches};

use super::*;
use crate::cli::{Cli, expand};

/// The error of a command line, with the region and agent that its configuration would give.
fn pointed(line: &[&str]) -> Error {
    let command = Cli::command();
    let args = ["agentcore"].iter().chain(line).map(OsString::from).collect();
    let matches = command.clone().try_get_matches_from(expand(&command, args)).unwrap();
    let pointer = ToolkitPointer::<TopLevel>::from_arg_matches(&matches).unwrap();
    let region = matches.try_get_one::<String>("region").ok().flatten().cloned();
    let around = Surroundings {
        region: region.or_else(|| Some("us-west-2".to_owned())),
        agent_id: Some("support-a1b2c3d4e5".to_owned()),
        ..Surroundings::default()
    };
    replacement::pointer(pointer.command, &pointer.given, &around)
}

/// The last hint, without the words before the command.
fn line_of(line: &[&str]) -> String {
    let error = pointed(line);
    let hint = error.hints().last().unwrap().clone();
    hint.split_once('`').unwrap().1.trim_end_matches('`').to_owned()
}

#[test]
fn values_are_passed_on_in_the_operations_words() {
    for (line, expected) in [
        (
            &[
                "policy",
                "create-policy",
                "-e",
                "e-1",
                "-n",
                "p",
                "-def",
                r#"{"cedar":{"statement":"permit(x);"}}"#,
                "-d",
                "it's",
            ][..],
            r#"aws bedrock-agentcore-control create-policy --policy-engine-id e-1 --name p --definition '{"cedar":{"statement":"permit(x);"}}' --description 'it'\''s' --region us-west-2"#,
        ),
        (
            &["policy", "start-policy-generation", "-e", "e", "-n", "n", "--resource-arn", "arn:x", "-c", "say \"no\""],
            r#"aws bedrock-agentcore-control start-policy-generation --policy-engine-id e --name n --resource '{"arn":"arn:x"}' --content '{"rawText":"say \"no\""}' --region us-west-2"#,
        ),
        (
            &["policy", "create-policy-from-generation", "-e", "e", "-n", "n", "-g", "g", "-a", "a", "-r", "eu-west-1"],
            r#"aws bedrock-agentcore-control create-policy --policy-engine-id e --name n --definition '{"policyGeneration":{"policyGenerationId":"g","policyGenerationAssetId":"a"}}' --region eu-west-1"#,
        ),
        (
            &["policy", "update-policy-engine", "-e", "e", "-d", "new"],
            r#"aws bedrock-agentcore-control update-policy-engine --policy-engine-id e --description '{"optionalValue":"new"}' --region us-west-2"#,
        ),
        (
            &["eval", "evaluator", "get", "--evaluator-id", "Builtin.Helpfulness", "-o", "my file.json"],
            "aws bedrock-agentcore-control get-evaluator --evaluator-id Builtin.Helpfulness --region us-west-2 > 'my file.json'",
        ),
        (
            &["eval", "evaluator", "create", "--name", "n", "--config", "c.json"],
            "aws bedrock-agentcore-control create-evaluator --evaluator-name n --evaluator-config file://c.json --level TRACE --region us-west-2",
        ),
        (
            &["eval", "online", "update", "--config-id", "c", "-e", "a", "-e", "b", "-s", "5"],
            r#"aws bedrock-agentcore-control update-online-evaluation-config --online-evaluation-config-id c --rule '{"samplingConfig":{"samplingPercentage":5.0}}' --evaluators '[{"evaluatorId":"a"},{"evaluatorId":"b"}]' --region us-west-2"#,
        ),
        (
            &[
                "import-agent",
                "--agent-id",
                "A",
                "--agent-alias-id",
                "B",
                "--target-platform",
                "langchain",
                "--disable-memory",
            ],
            "npx @aws/agentcore create --type import --name NAME --agent-id A --agent-alias-id B --framework LangChain_LangGraph --memory none --region us-west-2",
        ),
        (
            &["create", "import", "--agent-id", "A", "--agent-alias-id", "B"],
            "npx @aws/agentcore create --type import --name NAME --agent-id A --agent-alias-id B --framework Strands --region us-west-2",
        ),
    ] {
        assert_eq!(line_of(line), expected);
    }
}

#[test]
fn online_evaluation_watches_the_configured_agent() {
    let line = line_of(&["eval", "online", "create", "-n", "n", "--execution-role", "arn:r"]);
    for part in [
        r#""logGroupNames":["/aws/bedrock-agentcore/runtimes/support-a1b2c3d4e5-DEFAULT"]"#,
        r#""serviceNames":["support.DEFAULT"]"#,
        r#"--evaluators '[{"evaluatorId":"Builtin.GoalSuccessRate"}]'"#,
        " --enable-on-create ",
    ] {
        assert!(line.contains(part), "{line}");
    }
    let line = line_of(&[
        "eval",
        "online",
        "create",
        "-n",
        "n",
        "--agent-id",
        "x_y-0123456789",
        "--endpoint",
        "prod",
        "--disabled",
    ]);
    assert!(line.contains(r#"runtimes/x_y-0123456789-prod"],"serviceNames":["x_y.prod"]"#), "{line}");
    assert!(line.contains(" --no-enable-on-create "), "{line}");
}

#[test]
fn what_is_missing_stands_there_by_name() {
    let error = pointed(&["policy", "get-policy", "-e", "e"]);
    assert_eq!(error.kind().exit_code(), 2);
    assert_eq!(error.causes(), ["POLICY_ID stands for --policy-id, which was not given"]);
    assert!(error.hints()[0].contains(" --policy-id POLICY_ID "), "{error:?}");
}

#[test]
fn what_has_no_counterpart_is_said() {
    let command = COMMANDS.iter().find(|command| command.path == ["create"]).unwrap();
    let given = [("iac", "Terraform"), ("template", "production"), ("provider-api-key", "sk-secret")];
    let given = given.map(|(flag, value)| (flag, vec![value.to_owned()])).into();
    let error = replacement::pointer(command, &given, &Surroundings::default());
    assert_eq!(
        error.causes(),
        [
            "`--template production` has no counterpart",
            "the key is not repeated here",
            "`--iac Terraform` has no counterpart",
            "NAME stands for --project-name, which was not given"
        ]
    );
    assert!(!format!("{error:?} {:?}", error.hints()).contains("sk-secret"));
    let error = pointed(&["eval", "online", "list", "-a", "x", "--agent-id", "y"]);
    assert_eq!(error.causes().len(), 1, "{error:?}");
}

#[test]
fn an_import_names_what_nothing_gives() {
    let command = COMMANDS.iter().find(|command| command.path == ["import-agent"]).unwrap();
    let error = replacement::pointer(command, &GivenValues::new(), &Surroundings::default());
    assert_eq!(
        error.causes(),
        [
            "NAME stands for the new project's name, which the toolkit does not ask for",
            "AGENT_ID stands for --agent-id, which was not given",
            "AGENT_ALIAS_ID stands for --agent-alias-id, which was not given",
            "REGION stands for --region, which was not given",
        ]
    );
    assert!(error.hints()[0].contains(" --name NAME ") && error.hints()[0].contains(" --region REGION"), "{error:?}");
}

#[test]
fn an_evaluators_update_has_its_configuration() {
    let error = pointed(&["eval", "evaluator", "update", "--evaluator-id", "e", "--description", "d"]);
    assert_eq!(error.causes(), ["the service may want the configuration too: take it from `get-evaluator`"]);
    assert!(!error.hints()[0].contains("--evaluator-config"), "{error:?}");
    let error = pointed(&["eval", "evaluator", "update", "--evaluator-id", "e"]);
    assert_eq!(error.causes(), ["evaluator.json stands for --config, which was not given"]);
    assert!(error.hints()[0].contains(" --evaluator-config file://evaluator.json "), "{error:?}");
    let error = pointed(&["eval", "evaluator", "update", "--evaluator-id", "e", "--config", "{}"]);
    assert!(error.causes().is_empty(), "{error:?}");
}

#[test]
fn an_agent_that_is_not_there_is_named() {
    let command = COMMANDS.iter().find(|command| command.path == ["eval", "online", "create"]).unwrap();
    let given = GivenValues::from([("agent", vec!["typo".to_owned()])]);
    let around = Surroundings { unknown_agent: Some("typo".to_owned()), ..Surroundings::default() };
    let error = replacement::pointer(command, &given, &around);
    assert_eq!(error.causes()[0], "the configuration has no agent `typo`", "{error:?}");
}

#[test]
fn every_command_says_what_to_use() {
    for command in COMMANDS.iter().filter(|command| !REAL_GROUPS.contains(&command.path[0])) {
        let error = pointed(command.path);
        let name = format!("agentcore {}", command.path.join(" "));
        assert!(error.message().contains(&format!("`{name}` is")) && !error.hints().is_empty(), "{error:?}");
        assert_eq!(error.code_str(), "usage.toolkit-command");
    }
}

#[test]
fn the_help_names_each_group() {
    let help = Cli::command().render_long_help().to_string();
    let listed = first_words(&[]).join(", ");
    assert!(
        help.contains(&format!("  {listed}\n")) || help.trim_end().ends_with(&listed),
        "{listed} is not in:\n{help}"
    );
}
