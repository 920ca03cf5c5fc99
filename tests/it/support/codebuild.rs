//! A stand-in for CodeBuild, and for the log and the bucket of its builds: what a build goes through is scripted, one
//! state for each look at it. A build that succeeds has pushed an image to the sandbox's registry.
//!
//! It speaks what the AWS SDK for Rust speaks (json 1.1, and S3's XML), refuses what the service is documented to refuse,
//! and notes every call.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use serde_json::{Value, json};

use super::proxy::{Body, Message};
use super::{Account, HANG};

/// What one look at the build finds.
#[derive(Clone, Debug)]
pub(crate) enum Look {
    State(State),
    /// The service is limiting requests.
    Throttle,
    /// The connection is closed before an answer.
    Drop,
}

/// A state of the build, and the lines that its log has gained by then.
#[derive(Clone, Debug)]
pub(crate) struct State {
    status: &'static str,
    phase: &'static str,
    failure: Option<(&'static str, &'static str)>,
    log: Vec<String>,
}

impl Look {
    pub(crate) fn running(phase: &'static str, log: &[&str]) -> Self {
        Self::state("IN_PROGRESS", phase, None, log)
    }

    pub(crate) fn succeeded() -> Self {
        Self::state("SUCCEEDED", "COMPLETED", None, &[])
    }

    /// Over with `status` because of `phase`, for a reason with a code and a message.
    pub(crate) fn ended(
        status: &'static str,
        phase: &'static str,
        reason: (&'static str, &'static str),
        log: &[&str],
    ) -> Self {
        Self::state(status, phase, Some(reason), log)
    }

    fn state(
        status: &'static str,
        phase: &'static str,
        failure: Option<(&'static str, &'static str)>,
        log: &[&str],
    ) -> Self {
        Self::State(State { status, phase, failure, log: log.iter().map(|line| (*line).to_owned()).collect() })
    }
}

#[derive(Default)]
pub(crate) struct Bucket {
    pub(crate) objects: BTreeMap<String, Vec<u8>>,
    /// XML, as it came.
    pub(crate) tagging: String,
    pub(crate) lifecycle: String,
    pub(crate) closed: bool,
}

#[derive(Default)]
pub(crate) struct Inside {
    /// Operation and input. S3's are `PUT object` and the like, with the path.
    pub(crate) calls: Vec<(String, Value)>,
    pub(crate) projects: BTreeMap<String, Value>,
    pub(crate) buckets: BTreeMap<String, Bucket>,
    /// The looks still to come, the same for every build. The last one stays.
    script: VecDeque<Look>,
    build: Option<Value>,
    log: Vec<String>,
    /// How often CreateProject is still refused, because the role has not spread.
    role_lag: usize,
    /// StartBuild answers when this is false.
    held: bool,
    /// Requests so far, whether they took effect or not. Each has its number from the same lock that counts it: the program
    /// sends several at once, and of two with one number the next would never come.
    pub(crate) arrived: usize,
    strike: Option<Strike>,
    struck: bool,
}

/// The call during which the program is to be killed. Its connection stays open and silent from then on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strike {
    /// Counted from 0, over all calls, in the order in which they arrive.
    pub(crate) call: usize,
    /// The call takes effect before.
    pub(crate) after: bool,
}

pub(crate) struct CodeBuild {
    url: String,
    shared: Arc<Shared>,
}

struct Shared {
    inside: Mutex<Inside>,
    changed: Condvar,
    account: Account,
}

impl CodeBuild {
    /// The script is what every build goes through; `account` is whose registry a successful build pushes to.
    pub(crate) fn start(account: Account, script: &[Look]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let inside = Inside { script: script.iter().cloned().collect(), ..Inside::default() };
        let shared = Arc::new(Shared { inside: Mutex::new(inside), changed: Condvar::new(), account });
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (shared, stream) = (Arc::clone(&serving), stream.unwrap());
                std::thread::spawn(move || serve(&shared, &stream));
            }
        });
        Self { url, shared }
    }

    pub(crate) fn with_strike(self, strike: Strike) -> Self {
        self.inside().strike = Some(strike);
        self
    }

    pub(crate) fn with_role_lag(self, refusals: usize) -> Self {
        self.inside().role_lag = refusals;
        self
    }

    /// The variables that point the program here for what this stands in for.
    pub(crate) fn variables(&self) -> [(&'static str, &str); 3] {
        ["CODEBUILD", "CLOUDWATCH_LOGS", "S3"].map(|service| match service {
            "CODEBUILD" => ("AWS_ENDPOINT_URL_CODEBUILD", self.url.as_str()),
            "S3" => ("AWS_ENDPOINT_URL_S3", self.url.as_str()),
            _ => ("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", self.url.as_str()),
        })
    }

    pub(crate) fn inside(&self) -> MutexGuard<'_, Inside> {
        self.shared.inside.lock().unwrap()
    }

    /// What the next build goes through.
    pub(crate) fn rescript(&self, script: &[Look]) {
        self.inside().script = script.iter().cloned().collect();
    }

    /// Returns when the call has come, or when `over` says that it never will.
    pub(crate) fn wait_for_strike(&self, mut over: impl FnMut() -> bool) -> bool {
        let mut inside = self.inside();
        while !inside.struck && !over() {
            inside = self.shared.changed.wait_timeout(inside, Duration::from_millis(50)).unwrap().0;
        }
        inside.struck
    }

    /// From here on every call is answered again.
    pub(crate) fn recover(&self) {
        let mut inside = self.inside();
        (inside.strike, inside.struck) = (None, false);
    }

    /// Keeps the answer to StartBuild back.
    pub(crate) fn hold_start(&self) {
        self.inside().held = true;
    }

    pub(crate) fn release_start(&self) {
        self.inside().held = false;
        self.shared.changed.notify_all();
    }

    pub(crate) fn count(&self, operation: &str) -> usize {
        self.inside().calls.iter().filter(|(name, _)| name == operation).count()
    }

    /// The input of the last call of an operation.
    pub(crate) fn last(&self, operation: &str) -> Value {
        let inside = self.inside();
        let found = inside.calls.iter().rev().find(|(name, _)| name == operation);
        found.unwrap_or_else(|| panic!("{operation} was not called")).1.clone()
    }

    /// Waits until an operation was called this often.
    pub(crate) fn wait_for(&self, operation: &str, times: usize) {
        let few = |inside: &mut Inside| inside.calls.iter().filter(|(name, _)| name == operation).count() < times;
        let (_inside, result) = self.shared.changed.wait_timeout_while(self.inside(), HANG, few).unwrap();
        assert!(!result.timed_out(), "{operation} was not called {times} times");
    }
}

enum Reply {
    Json(u16, Value),
    Xml(u16, String),
    Close,
    /// None, and the connection stays.
    Silence,
}

fn refuse(kind: &str, message: &str) -> Reply {
    Reply::Json(400, json!({ "__type": kind, "message": message }))
}

fn serve(shared: &Shared, mut stream: &TcpStream) {
    let mut requests = BufReader::new(stream);
    while let Ok(Some(request)) = Message::read(&mut requests, Body::OfRequest) {
        let reply = shared.answer(&request);
        let (status, kind, body) = match reply {
            Reply::Json(status, body) => (status, "application/x-amz-json-1.1", body.to_string()),
            Reply::Xml(status, body) => (status, "application/xml", body),
            Reply::Close => {
                let _ = stream.shutdown(std::net::Shutdown::Both);
                return;
            }
            Reply::Silence => {
                let _ = std::io::copy(&mut requests, &mut std::io::sink());
                return;
            }
        };
        let head = format!("HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n", body.len());
        let body = if request.words()[0] == "HEAD" { "" } else { &body };
        if stream.write_all(format!("{head}{body}").as_bytes()).is_err() {
            return;
        }
    }
}

impl Shared {
    fn answer(&self, request: &Message) -> Reply {
        let (strike, call) = {
            let mut inside = self.inside.lock().unwrap();
            if inside.struck {
                return Reply::Silence;
            }
            let call = inside.arrived;
            inside.arrived += 1;
            (inside.strike, call)
        };
        let hit = strike.filter(|strike| strike.call == call);
        let reply = match hit {
            Some(Strike { after: false, .. }) => Reply::Silence,
            _ => match request.header("x-amz-target") {
                Some(target) => {
                    let input: Value = serde_json::from_slice(&request.body).unwrap();
                    self.call(target.split_once('.').unwrap(), &input)
                }
                None => self.s3(request),
            },
        };
        if hit.is_none() {
            return reply;
        }
        self.inside.lock().unwrap().struck = true;
        self.changed.notify_all();
        Reply::Silence
    }

    fn call(&self, (service, operation): (&str, &str), input: &Value) -> Reply {
        let mut inside = self.inside.lock().unwrap();
        inside.calls.push((operation.to_owned(), input.clone()));
        self.changed.notify_all();
        match (service, operation) {
            ("CodeBuild_20161006", "BatchGetProjects") => {
                let names = input["names"].as_array().unwrap();
                let found: Vec<_> = names.iter().filter_map(|name| inside.projects.get(name.as_str()?)).collect();
                Reply::Json(200, json!({ "projects": found }))
            }
            ("CodeBuild_20161006", "CreateProject" | "UpdateProject") => inside.put_project(operation, input),
            ("CodeBuild_20161006", "DeleteProject") => {
                inside.projects.remove(input["name"].as_str().unwrap());
                Reply::Json(200, json!({}))
            }
            ("CodeBuild_20161006", "StartBuild") => {
                let mut inside = self.changed.wait_while(inside, |inside| inside.held).unwrap();
                inside.start_build(input)
            }
            ("CodeBuild_20161006", "BatchGetBuilds") => self.look(inside),
            ("CodeBuild_20161006", "StopBuild") => {
                inside.script = VecDeque::from([Look::ended("STOPPED", "BUILD", ("", ""), &[])]);
                Reply::Json(200, json!({ "build": { "id": input["id"], "buildStatus": "STOPPED" } }))
            }
            ("Logs_20140328", "GetLogEvents") => inside.log_events(input),
            other => panic!("the program called {other:?}"),
        }
    }

    fn look(&self, mut inside: MutexGuard<'_, Inside>) -> Reply {
        let look = match inside.script.len() {
            1 => inside.script[0].clone(),
            _ => inside.script.pop_front().unwrap(),
        };
        let state = match look {
            Look::State(state) => state,
            Look::Throttle => return refuse("ThrottlingException", "Rate exceeded"),
            Look::Drop => return Reply::Close,
        };
        inside.log.extend(state.log.clone());
        let mut build = inside.build.clone().unwrap();
        if state.status == "SUCCEEDED" {
            let variables = build["environment"].as_array().unwrap();
            let value = |name: &str| {
                let found = variables.iter().find(|variable| variable["name"] == name).unwrap();
                found["value"].as_str().unwrap().to_owned()
            };
            let platform = value("AGENTCORE_PLATFORM");
            push(&self.account, &value("AGENTCORE_IMAGE"), platform.split_once('/').unwrap().1);
        }
        build.as_object_mut().unwrap().remove("environment");
        build["buildStatus"] = json!(state.status);
        build["currentPhase"] = json!(if state.failure.is_some() { "COMPLETED" } else { state.phase });
        build["buildComplete"] = json!(state.status != "IN_PROGRESS");
        let mut phases = vec![json!({ "phaseType": "SUBMITTED", "phaseStatus": "SUCCEEDED" })];
        if let Some((code, message)) = state.failure {
            let context = json!([{ "statusCode": code, "message": message }]);
            phases.push(json!({ "phaseType": state.phase, "phaseStatus": state.status, "contexts": context }));
        }
        build["phases"] = json!(phases);
        // A build has no log before it has a machine.
        let there = !inside.log.is_empty();
        let name = |name: &str| if there { json!(name) } else { Value::Null };
        build["logs"] = json!({
            "deepLink": if there { "https://console.example/log" } else { "https://console.example/group=null" },
            "groupName": name(GROUP), "streamName": name("stream"),
        });
        Reply::Json(200, json!({ "builds": [build] }))
    }

    fn s3(&self, request: &Message) -> Reply {
        let words = request.words();
        let (path, query) = words[1].split_once('?').unwrap_or((&words[1], ""));
        let (bucket, key) = path[1..].split_once('/').unwrap_or((&path[1..], ""));
        let mut inside = self.inside.lock().unwrap();
        let what = if key.is_empty() { query.split(['=', '&']).next().unwrap_or_default() } else { "object" };
        let label = format!("{} {}", words[0], if what.is_empty() || what == "x-id" { "bucket" } else { what });
        inside.calls.push((label.clone(), json!({ "path": path })));
        self.changed.notify_all();
        inside.s3(&label, bucket, key, request)
    }
}

const GROUP: &str = "/aws/codebuild/group";

impl Inside {
    /// What the service checks of a project, and what this program could get wrong.
    fn put_project(&mut self, operation: &str, input: &Value) -> Reply {
        let name = input["name"].as_str().unwrap().to_owned();
        let location = input["source"]["location"].as_str().unwrap_or_default();
        let bucket = location.split('/').next().unwrap_or_default();
        let role = input["serviceRole"].as_str().unwrap_or_default();
        if input["source"]["type"] != "S3" || input["artifacts"]["type"] != "NO_ARTIFACTS" {
            return refuse("InvalidInputException", "Invalid type provided");
        }
        if location.contains("://") || !self.buckets.contains_key(bucket) {
            return refuse("InvalidInputException", &format!("Invalid project source: location {location}"));
        }
        if !role.starts_with("arn:aws:iam::") || !role.contains(":role/") {
            return refuse("InvalidInputException", "Invalid service role");
        }
        if self.role_lag > 0 {
            self.role_lag -= 1;
            let text = format!("CodeBuild is not authorized to perform: sts:AssumeRole on {role}");
            return refuse("InvalidInputException", &text);
        }
        match (operation, self.projects.contains_key(&name)) {
            ("CreateProject", true) => refuse("ResourceAlreadyExistsException", "Project already exists"),
            ("UpdateProject", false) => refuse("ResourceNotFoundException", "Project cannot be found"),
            _ => {
                self.projects.insert(name, input.clone());
                Reply::Json(200, json!({ "project": input }))
            }
        }
    }

    fn start_build(&mut self, input: &Value) -> Reply {
        let project = input["projectName"].as_str().unwrap();
        let source = input["sourceLocationOverride"].as_str().unwrap_or_default();
        if !self.projects.contains_key(project) {
            return refuse("ResourceNotFoundException", "Project cannot be found");
        }
        let (bucket, key) = source.split_once('/').unwrap_or_default();
        if !self.buckets.get(bucket).is_some_and(|bucket| bucket.objects.contains_key(key)) {
            return refuse("InvalidInputException", &format!("there is no source {source}"));
        }
        self.log.clear();
        let number = self.calls.iter().filter(|(name, _)| name == "StartBuild").count();
        let build = json!({
            "id": format!("{project}:{number}"), "projectName": project, "buildStatus": "IN_PROGRESS",
            "currentPhase": "SUBMITTED", "startTime": 1_790_000_000.5,
        });
        let mut inside = build.clone();
        inside["environment"] = input["environmentVariablesOverride"].clone();
        self.build = Some(inside);
        Reply::Json(200, json!({ "build": build }))
    }

    /// At most two events a page, so that a reader has to turn pages. The last page gives its own token again.
    fn log_events(&self, input: &Value) -> Reply {
        assert_eq!(input["startFromHead"], true);
        assert_eq!(input["logGroupName"], GROUP);
        let token = |at: usize| format!("f/{at}");
        let at = input["nextToken"].as_str().map_or(0, |token| token[2..].parse().unwrap());
        let until = (at + 2).min(self.log.len());
        let events = self.log[at..until].iter().map(|line| json!({ "timestamp": 1, "message": format!("{line}\n") }));
        let events: Vec<Value> = events.collect();
        Reply::Json(200, json!({ "events": events, "nextForwardToken": token(until), "nextBackwardToken": "b/0" }))
    }

    fn s3(&mut self, label: &str, bucket: &str, key: &str, request: &Message) -> Reply {
        let body = || String::from_utf8_lossy(&request.body).into_owned();
        let error = |status, code: &str| {
            Reply::Xml(status, format!("<Error><Code>{code}</Code><Message>{code}</Message></Error>"))
        };
        if label == "PUT bucket" {
            if self.buckets.contains_key(bucket) {
                return error(409, "BucketAlreadyOwnedByYou");
            }
            self.buckets.insert(bucket.to_owned(), Bucket::default());
            return Reply::Xml(200, String::new());
        }
        let Some(found) = self.buckets.get_mut(bucket) else { return error(404, "NoSuchBucket") };
        let done = |status| Reply::Xml(status, String::new());
        match label {
            "HEAD bucket" => done(200),
            "GET versioning" => Reply::Xml(200, "<VersioningConfiguration/>".to_owned()),
            "GET tagging" if found.tagging.is_empty() => error(404, "NoSuchTagSet"),
            "GET tagging" => Reply::Xml(200, found.tagging.clone()),
            "PUT tagging" => {
                found.tagging = body();
                done(204)
            }
            "PUT lifecycle" => {
                found.lifecycle = body();
                done(200)
            }
            "PUT publicAccessBlock" => {
                found.closed = true;
                done(200)
            }
            "PUT object" => {
                assert_eq!(request.header("x-amz-expected-bucket-owner").as_deref(), Some("123456789012"));
                found.objects.insert(key.to_owned(), request.body.clone());
                done(200)
            }
            "GET list-type" | "GET versions" => {
                let words = request.words();
                let prefix =
                    words[1].split(['?', '&']).find_map(|part| part.strip_prefix("prefix=")).unwrap_or_default();
                let prefix = prefix.replace("%2F", "/");
                let (list, each) = if label == "GET versions" {
                    ("ListVersionsResult", "Version")
                } else {
                    ("ListBucketResult", "Contents")
                };
                let keys = found.objects.keys().filter(|key| key.starts_with(&prefix));
                let entries: String =
                    keys.map(|key| format!("<{each}><Key>{key}</Key><VersionId>null</VersionId></{each}>")).collect();
                Reply::Xml(200, format!("<{list}><IsTruncated>false</IsTruncated>{entries}</{list}>"))
            }
            "POST delete" => {
                let body = body();
                for key in body.split("<Key>").skip(1) {
                    found.objects.remove(key.split("</Key>").next().unwrap());
                }
                Reply::Xml(200, "<DeleteResult/>".to_owned())
            }
            "DELETE bucket" if !found.objects.is_empty() => error(409, "BucketNotEmpty"),
            "DELETE bucket" => {
                self.buckets.remove(bucket);
                done(204)
            }
            other => panic!("the program asked S3 for {other}"),
        }
    }
}

/// Pushes an image of one small layer, as a build would with `docker push`.
fn push(account: &Account, image: &str, architecture: &str) {
    let (name, tag) = image.rsplit_once(':').unwrap();
    let repository = name.split_once('/').unwrap().1;
    let login = account.ecr("GetAuthorizationToken", &json!({}));
    let login = &login["authorizationData"][0];
    let host = login["proxyEndpoint"].as_str().unwrap().strip_prefix("http://").unwrap().to_owned();
    let authorization = format!("authorization: Basic {}", login["authorizationToken"].as_str().unwrap());
    let send = |method: &str, path: &str, kind: &str, body: &[u8]| {
        let mut stream = TcpStream::connect(&host).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\n{authorization}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
        let reply = Message::read(&mut BufReader::new(&stream), Body::OfReply { head_only: false }).unwrap().unwrap();
        assert!(reply.words()[1].starts_with('2'), "{method} {path}: {}", String::from_utf8_lossy(&reply.body));
        reply
    };
    let upload = |bytes: &[u8]| {
        let digest = sha256(bytes);
        let place = send("POST", &format!("/v2/{repository}/blobs/uploads/"), "application/octet-stream", b"");
        let place = place.header("location").unwrap();
        let place = place.strip_prefix(&format!("http://{host}")).unwrap_or(&place).to_owned();
        let joint = if place.contains('?') { '&' } else { '?' };
        send("PUT", &format!("{place}{joint}digest={}", digest.replace(':', "%3A")), "application/octet-stream", bytes);
        digest
    };
    let mut layer = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    let mut header = tar::Header::new_gnu();
    header.set_size(2);
    layer.append_data(&mut header, "tag", tag.as_bytes().get(..2).unwrap()).unwrap();
    let layer = layer.into_inner().unwrap().finish().unwrap();
    // Every build makes another image, as real ones do.
    let config = json!({
        "os": "linux", "architecture": architecture, "created_by": tag, "config": { "Cmd": ["python3"] },
        "rootfs": { "type": "layers", "diff_ids": [format!("sha256:{}", "0".repeat(64))] },
    });
    let config = config.to_string().into_bytes();
    let kind = "application/vnd.docker.distribution.manifest.v2+json";
    let manifest = json!({
        "schemaVersion": 2, "mediaType": kind,
        "config": { "mediaType": "application/vnd.docker.container.image.v1+json", "size": config.len(), "digest": upload(&config) },
        "layers": [{ "mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "size": layer.len(), "digest": upload(&layer) }],
    });
    send("PUT", &format!("/v2/{repository}/manifests/{tag}"), kind, manifest.to_string().as_bytes());
}

fn sha256(bytes: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    format!("sha256:{}", hex::encode(digest.as_ref()))
}
