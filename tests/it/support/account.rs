//! The sandbox's account as another client sees it: signed requests over plain TCP, and who owns what in it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufReader;
use std::net::TcpStream;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use serde_json::{Value, json};

use super::Sandbox;
use super::proxy::{Body, Message};

/// A resource and the agent that its tags name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Owned {
    /// Name of the repository, ARN of the role, id of the runtime.
    pub(crate) id: String,
    /// `None` for a resource without the tag.
    pub(crate) agent: Option<String>,
}

/// Everything in the account that agents are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Holdings {
    pub(crate) repositories: Vec<Owned>,
    pub(crate) roles: Vec<Owned>,
    pub(crate) runtimes: Vec<Owned>,
}

/// A client of the sandbox that shares no code with the program.
pub(crate) struct Account {
    variables: BTreeMap<String, String>,
}

impl Account {
    pub(crate) fn of(sandbox: &Sandbox) -> Self {
        let variables =
            sandbox.agentcore(&["sandbox", "env", "--dir", sandbox.dir(), "-o", "json"]).run().code(0).data();
        Self { variables: serde_json::from_value(variables["variables"].clone()).unwrap() }
    }

    /// The environment of a program that is to use this account.
    pub(crate) fn variables(&self) -> &BTreeMap<String, String> {
        &self.variables
    }

    pub(crate) fn url(&self) -> &str {
        &self.variables["AWS_ENDPOINT_URL"]
    }

    fn send(&self, service: &str, (method, path): (&str, &str), headers: &[(&str, &str)], body: &str) -> (u16, String) {
        let variable = |name: &str| self.variables[name].as_str();
        let keys =
            Credentials::new(variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"), None, None, "test");
        let keys = keys.into();
        let params = v4::SigningParams::builder()
            .identity(&keys)
            .region(variable("AWS_REGION"))
            .name(service)
            .time(std::time::SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let url = format!("{}{path}", self.url());
        let host = self.url().strip_prefix("http://").unwrap();
        let signable = SignableBody::Bytes(body.as_bytes());
        let signable = SignableRequest::new(method, &url, headers.iter().copied(), signable).unwrap();
        let (instructions, _) = sign(signable, &params).unwrap().into_parts();
        let (signed, _) = instructions.into_parts();
        let mut text = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in headers.iter().copied().chain(signed.iter().map(|header| (header.name(), header.value())))
        {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str(&format!("connection: close\r\n\r\n{body}"));
        let stream = TcpStream::connect(host).unwrap();
        std::io::Write::write_all(&mut &stream, text.as_bytes()).unwrap();
        let reply = Message::read(&mut BufReader::new(&stream), Body::OfReply { head_only: false }).unwrap().unwrap();
        (reply.words()[1].parse().unwrap(), String::from_utf8(reply.body).unwrap())
    }

    fn json11(&self, service: &str, target: &str, input: &Value) -> Value {
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target)];
        let (status, body) = self.send(service, ("POST", "/"), &headers, &input.to_string());
        assert_eq!(status, 200, "{target}: {body}");
        serde_json::from_str(&body).unwrap_or_default()
    }

    pub(crate) fn ecr(&self, operation: &str, input: &Value) -> Value {
        self.json11("ecr", &format!("AmazonEC2ContainerRegistry_V20150921.{operation}"), input)
    }

    /// Status and body of a request to S3.
    pub(crate) fn s3(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, body.as_bytes());
        let hash: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        self.send("s3", (method, path), &[("x-amz-content-sha256", &hash)], body)
    }

    pub(crate) fn ssm(&self, operation: &str, input: &Value) -> Value {
        self.json11("ssm", &format!("AmazonSSM.{operation}"), input)
    }

    pub(crate) fn cognito(&self, operation: &str, input: &Value) -> Value {
        self.json11("cognito-idp", &format!("AWSCognitoIdentityProviderService.{operation}"), input)
    }

    pub(crate) fn secrets(&self, operation: &str, input: &Value) -> Value {
        self.json11("secretsmanager", &format!("secretsmanager.{operation}"), input)
    }

    pub(crate) fn logs(&self, operation: &str, input: &Value) -> Value {
        self.json11("logs", &format!("Logs_20140328.{operation}"), input)
    }

    pub(crate) fn xray(&self, operation: &str, input: &Value) -> Value {
        let (status, body) = self.send("xray", ("POST", &format!("/{operation}")), &[], &input.to_string());
        assert_eq!(status, 200, "{operation}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    /// The XML of the answer.
    pub(crate) fn iam(&self, action: &str, input: &[(&str, &str)]) -> String {
        let mut form = format!("Action={action}&Version=2010-05-08");
        for (name, value) in input {
            let value = percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC);
            form.push_str(&format!("&{name}={value}"));
        }
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let (status, body) = self.send("iam", ("POST", "/"), &headers, &form);
        assert_eq!(status, 200, "{action}: {body}");
        body
    }

    /// The variables of a session of this role.
    pub(crate) fn assume(&self, role: &str) -> Vec<(&'static str, String)> {
        let role = percent_encoding::utf8_percent_encode(role, percent_encoding::NON_ALPHANUMERIC);
        let form = format!("Action=AssumeRole&Version=2011-06-15&RoleArn={role}&RoleSessionName=test");
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let (status, body) = self.send("sts", ("POST", "/"), &headers, &form);
        assert_eq!(status, 200, "{body}");
        let members = [
            ("AWS_ACCESS_KEY_ID", "AccessKeyId"),
            ("AWS_SECRET_ACCESS_KEY", "SecretAccessKey"),
            ("AWS_SESSION_TOKEN", "SessionToken"),
        ];
        members.into_iter().map(|(variable, member)| (variable, texts(&body, member).remove(0))).collect()
    }

    /// A token of the sandbox's making. Source of the form: docs/sandbox-reference.md.
    pub(crate) fn token(&self, order: &Value) -> String {
        let (status, body) = self.send("bedrock-agentcore", ("POST", "/_sandbox/tokens"), &[], &order.to_string());
        assert_eq!(status, 200, "{order}: {body}");
        let body: Value = serde_json::from_str(&body).unwrap();
        body["token"].as_str().unwrap().to_owned()
    }

    pub(crate) fn control(&self, method: &str, path: &str) -> Value {
        self.control_with(method, path, "")
    }

    /// The same with a body.
    pub(crate) fn control_with(&self, method: &str, path: &str, body: &str) -> Value {
        let (status, body) = self.send("bedrock-agentcore", (method, path), &[], body);
        assert!(status / 100 == 2, "{method} {path}: {status} {body}");
        serde_json::from_str(&body).unwrap_or_default()
    }

    /// `None` where there is nothing.
    pub(crate) fn control_if_there(&self, path: &str) -> Option<Value> {
        let (status, body) = self.send("bedrock-agentcore", ("GET", path), &[], "");
        assert!(matches!(status, 200 | 404), "{path}: {status} {body}");
        (status == 200).then(|| serde_json::from_str(&body).unwrap())
    }

    /// The policies and tags of every role, by its name.
    pub(crate) fn role_contents(&self) -> BTreeMap<String, Vec<String>> {
        let listed = self.iam("ListRoles", &[("MaxItems", "1000")]);
        let each = texts(&listed, "RoleName").into_iter().map(|role| {
            let named = ("RoleName", role.as_str());
            let policies = texts(&self.iam("ListRolePolicies", &[named]), "member");
            let document =
                |policy: &String| texts(&self.iam("GetRolePolicy", &[named, ("PolicyName", policy)]), "PolicyDocument");
            let mut contents: Vec<String> = policies.iter().flat_map(document).collect();
            let tags = self.iam("ListRoleTags", &[named]);
            contents.extend(
                texts(&tags, "Key").into_iter().zip(texts(&tags, "Value")).map(|(key, value)| format!("{key}={value}")),
            );
            contents.sort();
            (role, contents)
        });
        each.collect()
    }

    /// Looks at every repository, role and runtime.
    pub(crate) fn holdings(&self) -> Holdings {
        Holdings { repositories: self.repositories(), roles: self.roles(), runtimes: self.runtimes() }
    }

    fn repositories(&self) -> Vec<Owned> {
        let found = self.ecr("DescribeRepositories", &json!({ "maxResults": 1000 }));
        let each = found["repositories"].as_array().unwrap().iter().map(|repository| {
            let tags = self.ecr("ListTagsForResource", &json!({ "resourceArn": repository["repositoryArn"] }));
            let tag = tags["tags"].as_array().unwrap().iter().find(|tag| tag["Key"] == TAG);
            Owned {
                id: repository["repositoryName"].as_str().unwrap().to_owned(),
                agent: tag.map(|tag| tag["Value"].as_str().unwrap().to_owned()),
            }
        });
        each.collect()
    }

    fn roles(&self) -> Vec<Owned> {
        let found = self.iam("ListRoles", &[("MaxItems", "1000")]);
        assert!(found.contains("<IsTruncated>false<"), "{found}");
        let each = texts(&found, "Arn").into_iter().map(|arn| {
            let tags = self.iam("ListRoleTags", &[("RoleName", arn.rsplit('/').next().unwrap())]);
            let tag = texts(&tags, "Key").into_iter().position(|key| key == TAG);
            Owned { agent: tag.map(|at| texts(&tags, "Value")[at].clone()), id: arn }
        });
        each.collect()
    }

    fn runtimes(&self) -> Vec<Owned> {
        let mut owned = Vec::new();
        let mut query = "maxResults=100".to_owned();
        loop {
            let page = self.control("POST", &format!("/runtimes/?{query}"));
            for runtime in page["agentRuntimes"].as_array().unwrap() {
                let arn = runtime["agentRuntimeArn"].as_str().unwrap().replace(':', "%3A").replace('/', "%2F");
                let tags = self.control("GET", &format!("/tags/{arn}"));
                owned.push(Owned {
                    id: runtime["agentRuntimeId"].as_str().unwrap().to_owned(),
                    agent: tags["tags"][TAG].as_str().map(str::to_owned),
                });
            }
            match page["nextToken"].as_str() {
                Some(token) => query = format!("maxResults=100&nextToken={token}"),
                None => return owned,
            }
        }
    }

    /// Digests in a repository.
    pub(crate) fn images(&self, repository: &str) -> BTreeSet<String> {
        let listed = self.ecr("ListImages", &json!({ "repositoryName": repository, "maxResults": 1000 }));
        let ids = listed["imageIds"].as_array().unwrap().iter();
        ids.map(|id| id["imageDigest"].as_str().unwrap().to_owned()).collect()
    }

    /// Ids of the user pools of this name.
    pub(crate) fn pools(&self, name: &str) -> Vec<String> {
        let mut input = json!({ "MaxResults": 60 });
        let mut ids = Vec::new();
        loop {
            let page = self.cognito("ListUserPools", &input);
            let pools = page["UserPools"].as_array().unwrap().iter().filter(|pool| pool["Name"] == name);
            ids.extend(pools.map(|pool| pool["Id"].as_str().unwrap().to_owned()));
            match page.get("NextToken") {
                Some(token) => input["NextToken"] = token.clone(),
                None => return ids,
            }
        }
    }
}

/// The tag that holds the agent's name.
const TAG: &str = "agentcore:agent";

/// The texts of all elements of this name.
fn texts(xml: &str, name: &str) -> Vec<String> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    xml.split(&open).skip(1).map(|rest| rest.split(&close).next().unwrap().to_owned()).collect()
}
