//! The texts of `agentcore invoke --print`: one request for curl, Python and Node.js.
//!
//! Owns: the programs and their quoting. Does not own: what the request is (`print`).
//!
//! curl reads a token or credentials from its configuration on stdin, because arguments of a process can be seen by other users.
//! Before version 8.12 it signs the path as it stands, while AWS encodes it once more: behind AWS credentials the agent is named
//! by its id, in which both are the same, and not by its ARN.

use std::fmt::Write as _;

use crate::partition::Arn;
use crate::shell::quoted;

const SESSION: &str = "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id";
const USER: &str = "X-Amzn-Bedrock-AgentCore-Runtime-User-Id";

/// One call.
pub(super) struct PrintedRequest<'a> {
    pub(super) url: String,
    pub(super) qualifier: &'a str,
    pub(super) arn: &'a Arn,
    /// Where it is not AWS's own.
    pub(super) endpoint_url: Option<&'a str>,
    pub(super) session_id: &'a str,
    pub(super) user_id: Option<&'a str>,
    pub(super) content_type: &'a str,
    pub(super) accept: &'a str,
    pub(super) headers: &'a [(String, String)],
    pub(super) body: Body,
    pub(super) signer: Signer,
    pub(super) profile: Option<&'a str>,
}

pub(super) enum Body {
    Text(String),
    /// A path, relative to where the program is run.
    File(String),
}

/// How the caller authenticates.
pub(super) enum Signer {
    Aws,
    Token(TokenSource),
    /// An agent on this machine without an authorizer.
    Nobody,
}

/// Where the token is when the text is run.
pub(super) enum TokenSource {
    /// A program and its arguments, which print it.
    Command(Vec<String>),
    Variable(&'static str),
    File(String),
}

impl Signer {
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Aws => "iam",
            Self::Token(_) => "jwt",
            Self::Nobody => "none",
        }
    }
}

impl PrintedRequest<'_> {
    /// All headers but the authorization. The user is that of a token, where there is one.
    fn headers(&self) -> Vec<(&str, &str)> {
        let mut headers =
            vec![("Content-Type", self.content_type), ("Accept", self.accept), (SESSION, self.session_id)];
        headers.extend(self.user_id.filter(|_| !matches!(self.signer, Signer::Token(_))).map(|user| (USER, user)));
        headers.extend(self.own());
        headers
    }

    fn own(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// With the runtime's id in place of its ARN.
    fn url_by_id(&self) -> String {
        let base = self.url.split_once("/runtimes/").map_or(self.url.as_str(), |(base, _)| base);
        let (id, account) = (self.arn.resource_id(), &self.arn.account);
        format!("{base}/runtimes/{id}/invocations?accountId={account}&qualifier={}", self.qualifier)
    }
}

/// A command for a POSIX shell.
pub(super) fn curl(request: &PrintedRequest<'_>) -> String {
    let is_signed = matches!(request.signer, Signer::Aws);
    let url = if is_signed { request.url_by_id() } else { request.url.clone() };
    let mut words = vec!["--no-buffer --fail-with-body".to_owned(), format!("--url {}", quoted(&url))];
    for (name, value) in request.headers() {
        // With a colon it would take the header away.
        let header = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
        words.push(format!("--header {}", quoted(&header)));
    }
    if is_signed {
        words.push(format!("--aws-sigv4 aws:amz:{}:bedrock-agentcore", request.arn.region));
    }
    words.push(match &request.body {
        // Unlike the other one it does not take an `@` at the beginning for a file.
        Body::Text(text) => format!("--data-raw {}", quoted(text)),
        Body::File(name) => format!("--data-binary {}", quoted(&format!("@{name}"))),
    });
    let hidden = match &request.signer {
        Signer::Nobody => return format!("curl {}\n", words.join(" \\\n  ")),
        Signer::Token(source) => format!("header = \"Authorization: Bearer {}\"", in_shell(source)),
        Signer::Aws => "user = \"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY\"\n\
            ${AWS_SESSION_TOKEN:+header=X-Amz-Security-Token:$AWS_SESSION_TOKEN}"
            .to_owned(),
    };
    let first = if is_signed { credentials_of(request.profile) } else { String::new() };
    format!("{first}curl --config - {} <<REQUEST\n{hidden}\nREQUEST\n", words.join(" \\\n  "))
}

/// curl reads no profile.
fn credentials_of(profile: Option<&str>) -> String {
    let profile = profile.map(|name| format!(" --profile {}", quoted(name))).unwrap_or_default();
    format!(
        "# curl takes credentials from the environment. Those of a profile are put there by:\n\
         #   eval \"$(aws configure export-credentials{profile} --format env)\"\n"
    )
}

fn in_shell(source: &TokenSource) -> String {
    match source {
        TokenSource::Command(words) => {
            format!("$({})", words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "))
        }
        TokenSource::Variable(name) => format!("${name}"),
        TokenSource::File(path) => format!("$(cat {})", quoted(path)),
    }
}

/// A text of JSON is a text of Python and of JavaScript too, but for two line separators that old JavaScript does not take.
/// Control characters and marks of writing direction are escaped as well: a terminal is not shown those as they are.
fn literal(text: &str) -> String {
    let text = serde_json::Value::from(text).to_string();
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let is_escaped = matches!(
            c,
            '\u{7f}'..='\u{9f}'
                | '\u{61c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
        );
        if is_escaped {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

fn list(words: &[String]) -> String {
    format!("[{}]", words.iter().map(|word| literal(word)).collect::<Vec<_>>().join(", "))
}

fn members(headers: &[(&str, &str)], indent: &str) -> String {
    headers.iter().map(|(name, value)| format!("{indent}{}: {},\n", literal(name), literal(value))).collect()
}

/// A Python program.
pub(super) fn python(request: &PrintedRequest<'_>) -> String {
    let body = match &request.body {
        Body::Text(text) => format!("{}.encode()", literal(text)),
        Body::File(name) => format!("open({}, \"rb\").read()", literal(name)),
    };
    if matches!(request.signer, Signer::Aws) {
        return python_signed(request, &body);
    }
    let mut imports = vec!["import sys", "import urllib.request"];
    let mut headers = members(&request.headers(), "    ");
    if let Signer::Token(source) = &request.signer {
        let token = match source {
            TokenSource::Command(words) => {
                imports.insert(0, "import subprocess");
                format!("subprocess.check_output({}, text=True).strip()", list(words))
            }
            TokenSource::Variable(name) => {
                imports.insert(0, "import os");
                format!("os.environ[{}]", literal(name))
            }
            TokenSource::File(path) => format!("open({}).read().strip()", literal(path)),
        };
        headers.push_str(&format!("    \"Authorization\": \"Bearer \" + {token},\n"));
    }
    format!(
        "{}\n\nrequest = urllib.request.Request(\n    {},\n    data={body},\n    headers={{\n{}    }},\n    method=\"POST\",\n)\n\
         with urllib.request.urlopen(request) as response:\n    while chunk := response.read1():\n        \
         sys.stdout.buffer.write(chunk)\n        sys.stdout.buffer.flush()\n",
        imports.join("\n"),
        literal(&request.url),
        headers.lines().map(|line| format!("    {line}\n")).collect::<String>(),
    )
}

fn python_signed(request: &PrintedRequest<'_>, body: &str) -> String {
    let session = request.profile.map(|name| format!("profile_name={}, ", literal(name))).unwrap_or_default();
    let endpoint = request.endpoint_url.map(|url| format!(", endpoint_url={}", literal(url))).unwrap_or_default();
    let own: Vec<(&str, &str)> = request.own().collect();
    let mut text = format!(
        "import sys\n\nimport boto3\n\nsession = boto3.Session({session}region_name={})\n\
         client = session.client(\"bedrock-agentcore\"{endpoint})\n",
        literal(&request.arn.region)
    );
    if !own.is_empty() {
        let lines =
            own.iter().map(|(name, value)| format!("    request.headers[{}] = {}\n", literal(name), literal(value)));
        text.push_str(&format!(
            "\n\ndef add_headers(request, **_):\n{}\n\n\
             client.meta.events.register(\"before-sign.bedrock-agentcore.InvokeAgentRuntime\", add_headers)\n",
            lines.collect::<String>()
        ));
    }
    let user = request.user_id.map(|user| format!("    runtimeUserId={},\n", literal(user))).unwrap_or_default();
    text.push_str(&format!(
        "answer = client.invoke_agent_runtime(\n    agentRuntimeArn={},\n    qualifier={},\n    runtimeSessionId={},\n{user}    \
         contentType={},\n    accept={},\n    payload={body},\n)\n\
         for chunk in answer[\"response\"].iter_chunks():\n    sys.stdout.buffer.write(chunk)\n    sys.stdout.buffer.flush()\n",
        literal(&request.arn.to_string()),
        literal(request.qualifier),
        literal(request.session_id),
        literal(request.content_type),
        literal(request.accept),
    ));
    text
}

/// A module of Node.js.
pub(super) fn javascript(request: &PrintedRequest<'_>) -> String {
    let mut imports = Vec::new();
    let body = match &request.body {
        Body::Text(text) => literal(text),
        Body::File(name) => {
            imports.push("import { readFileSync } from \"node:fs\";");
            format!("readFileSync({})", literal(name))
        }
    };
    if matches!(request.signer, Signer::Aws) {
        return javascript_signed(request, imports, &body);
    }
    let mut headers = members(&request.headers(), "    ");
    if let Signer::Token(source) = &request.signer {
        let token = match source {
            TokenSource::Command(words) => {
                imports.push("import { execFileSync } from \"node:child_process\";");
                let (program, arguments) = words.split_at(1.min(words.len()));
                format!(
                    "execFileSync({}, {}, {{ encoding: \"utf8\" }}).trim()",
                    literal(&program.concat()),
                    list(arguments)
                )
            }
            TokenSource::Variable(name) => format!("process.env.{name}"),
            TokenSource::File(path) => {
                if imports.is_empty() {
                    imports.push("import { readFileSync } from \"node:fs\";");
                }
                format!("readFileSync({}, \"utf8\").trim()", literal(path))
            }
        };
        headers.push_str(&format!("    \"Authorization\": \"Bearer \" + {token},\n"));
    }
    let head = if imports.is_empty() { String::new() } else { format!("{}\n\n", imports.join("\n")) };
    format!(
        "{head}const response = await fetch({}, {{\n  method: \"POST\",\n  headers: {{\n{headers}  }},\n  body: {body},\n}});\n\
         for await (const chunk of response.body) process.stdout.write(chunk);\n\
         if (!response.ok) process.exitCode = 1;\n",
        literal(&request.url),
    )
}

fn javascript_signed(request: &PrintedRequest<'_>, mut imports: Vec<&'static str>, body: &str) -> String {
    imports.push(
        "import { BedrockAgentCoreClient, InvokeAgentRuntimeCommand } from \"@aws-sdk/client-bedrock-agentcore\";",
    );
    let mut settings = vec![format!("region: {}", literal(&request.arn.region))];
    settings.extend(request.profile.map(|name| format!("profile: {}", literal(name))));
    settings.extend(request.endpoint_url.map(|url| format!("endpoint: {}", literal(url))));
    let mut text = format!(
        "{}\n\nconst client = new BedrockAgentCoreClient({{ {} }});\n",
        imports.join("\n"),
        settings.join(", ")
    );
    let own: Vec<(&str, &str)> = request.own().collect();
    if !own.is_empty() {
        text.push_str(&format!(
            "client.middlewareStack.add(\n  (next) => (args) => {{\n    Object.assign(args.request.headers, {{\n{}    }});\n    \
             return next(args);\n  }},\n  {{ step: \"build\" }},\n);\n",
            members(&own, "      ")
        ));
    }
    let user = request.user_id.map(|user| format!("  runtimeUserId: {},\n", literal(user))).unwrap_or_default();
    text.push_str(&format!(
        "const answer = await client.send(new InvokeAgentRuntimeCommand({{\n  agentRuntimeArn: {},\n  qualifier: {},\n  \
         runtimeSessionId: {},\n{user}  contentType: {},\n  accept: {},\n  payload: {body},\n}}));\n\
         for await (const chunk of answer.response) process.stdout.write(chunk);\n",
        literal(&request.arn.to_string()),
        literal(request.qualifier),
        literal(request.session_id),
        literal(request.content_type),
        literal(request.accept),
    ));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_survive_quoting() {
        assert_eq!(literal("it's \"날씨\"\n\\"), r#""it's \"날씨\"\n\\""#);
        assert_eq!(literal("a\u{7f}\u{85}\u{2028}\u{200f}"), r#""a\u007f\u0085\u2028\u200f""#);
        assert_eq!(in_shell(&TokenSource::File("a b".to_owned())), "$(cat 'a b')");
        let command = ["agentcore", "identity", "token", "--agent=a b"].map(str::to_owned).to_vec();
        assert_eq!(in_shell(&TokenSource::Command(command)), "$(agentcore identity token '--agent=a b')");
    }
}
