//! Rules between the values of one agent.

use serde_json::{Map, Value};

use super::{Checker, join};
use crate::config::model::{Agent, NetworkMode, TokenGrant};
use crate::config::schema;
use crate::config::syntax::YamlNode;
use crate::error::Code;
use crate::secret_files;

impl Checker<'_> {
    /// Rules between values of one agent.
    pub(super) fn relations(&mut self, agent: &Agent, node: &YamlNode, at: usize, path: &str) {
        let place = |keys: &[&str]| node.find(keys).map_or(at, |entry| entry.value.start);
        let network = &agent.aws.network_configuration;
        let vpc = network.network_mode_config.as_ref();
        if network.network_mode == NetworkMode::Vpc
            && vpc.is_none_or(|vpc| vpc.subnets.is_empty() || vpc.security_groups.is_empty())
        {
            let text = format!(
                "`{}` is VPC, which needs `network_mode_config` with `subnets` and `security_groups`",
                join(path, "aws.network_configuration.network_mode")
            );
            self.bad(place(&["aws", "network_configuration", "network_mode"]), Code::ConfigValue, text);
        }
        let lifecycle = agent.aws.lifecycle_configuration;
        if let (Some(idle), Some(max)) = (lifecycle.idle_runtime_session_timeout, lifecycle.max_lifetime)
            && idle > max
        {
            let text = format!(
                "`{}` ({idle} s) is longer than `max_lifetime` ({max} s)",
                join(path, "aws.lifecycle_configuration.idle_runtime_session_timeout")
            );
            self.bad(
                place(&["aws", "lifecycle_configuration", "idle_runtime_session_timeout"]),
                Code::ConfigValue,
                text,
            );
        }
        for problem in agent.setting_problems() {
            let keys: Vec<&str> = problem.keys().collect();
            self.bad(place(&keys), Code::ConfigValue, format!("`{}`{}", join(path, &problem.key), problem.text));
        }
        self.authorizer(agent, node, path);
        self.token(agent, node, path);
        self.plain_secrets(agent, node, path);
    }

    /// The file is made to be committed, and a variable's value in it may not be a secret.
    fn plain_secrets(&mut self, agent: &Agent, node: &YamlNode, path: &str) {
        for (name, value) in &agent.own.environment {
            let Some(what) = secret_files::secret_in_variable(name, value) else { continue };
            let Some(entry) = node.find(&["agentcore", "environment", name]) else { continue };
            if !agent.own.plain_values.contains(name) {
                let text = format!(
                    "`{}` looks like {what}, and this file is made to be committed: name where it is, as in `${{ssm:/NAME}}`, \
                     `${{secretsmanager:NAME}}` or `${{VARIABLE}}`; if it is no secret, list it in `agentcore.plain_values`",
                    join(path, &format!("agentcore.environment.{name}"))
                );
                self.bad(entry.value.start, Code::ConfigSecret, text);
            }
        }
    }

    /// A token's source names where its secrets are, and what its grant needs.
    fn token(&mut self, agent: &Agent, node: &YamlNode, path: &str) {
        let Some(token) = &agent.own.token else { return };
        let Some(entry) = node.find(&["agentcore", "token"]) else { return };
        let path = join(path, "agentcore.token");
        for name in schema::TOKEN_SECRETS {
            if let Some(secret) = entry.value.get(name) {
                let text = format!(
                    "`{path}.{name}` is a secret, and this file is made to be committed: name a variable or a file that \
                     holds it (`client_secret_env`, `client_secret_file` and the like)"
                );
                self.bad(secret.key_start, Code::ConfigSecret, text);
            }
        }
        let lacks = match token.grant {
            Some(TokenGrant::Command) if token.command.is_empty() => Some("command"),
            Some(TokenGrant::File) if token.file.is_none() => Some("file"),
            Some(TokenGrant::GitlabCi) if token.variable.is_none() => Some("variable"),
            _ => None,
        };
        if let (Some(name), Some(grant)) = (lacks, token.grant) {
            let at = entry.value.get("grant").map_or(entry.key_start, |grant| grant.value.start);
            self.bad(at, Code::ConfigMissingKey, format!("`{path}.grant` is {grant}, which needs `{name}`"));
        }
    }

    /// A misspelt authorizer would leave the agent without one, so that is an error, not a warning.
    fn authorizer(&mut self, agent: &Agent, node: &YamlNode, path: &str) {
        let Some(entry) = node.get("authorizer_configuration") else { return };
        let empty = agent.authorizer_configuration.as_ref().and_then(Value::as_object).is_none_or(Map::is_empty);
        if agent.authorizer().is_none() && !empty {
            let path = join(path, "authorizer_configuration");
            self.bad(entry.key_start, Code::ConfigValue, format!("`{path}` has no `customJWTAuthorizer`"));
        }
    }
}
