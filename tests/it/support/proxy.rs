//! A proxy between the program and the sandbox that counts requests and makes one of them go wrong: the program is
//! killed, the connection is dropped, the network goes away, or the service refuses or fails, before the request is forwarded or
//! before its reply gets back.
//!
//! Requests pass byte for byte, so that their signatures, which cover the `Host` header, stay valid: the sandbox checks
//! the header as it was sent, here this proxy's own address. One reply is changed: the registry's address in
//! GetAuthorizationToken becomes the proxy's, or the push would go past it.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::time::Duration;

use super::{HANG, Invocation, Run};

/// When the fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum When {
    /// The service never hears of the request.
    BeforeForwarding,
    /// The service has done what was asked, and the program never learns of it.
    BeforeReply,
    /// So many bytes into the bodies of all requests with the label: what comes before them arrives.
    InBodies(usize),
}

/// What happens to the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trouble {
    /// SIGKILL. Nothing that the program sends meanwhile is forwarded.
    Kill,
    /// This one connection is closed.
    Drop,
    /// This connection is closed, and so is every later one.
    Outage,
    /// The service refuses because a new role has not spread yet; the request is not forwarded.
    RoleNotSpread,
    /// The service refuses because requests come too fast; the request is not forwarded.
    Throttled,
    /// The same for so many requests in a row with this label: more than a client repeats by itself.
    ThrottledRun(usize),
    /// The service fails, with HTTP 500; the request is not forwarded.
    Internal,
    /// The service says that the agent failed, with HTTP 424; the request is not forwarded.
    AgentFailed,
    /// Half of the answer's body arrives, and the connection breaks.
    CutReply,
    /// The service refuses because a policy does not allow it; the request is not forwarded.
    Denied,
    /// The request is not forwarded before one with this label has come: a program that waits for its answer first waits forever.
    HeldUntil(&'static str),
    /// The same, and a moment later it is refused: whatever does not wait for its answer is done by then.
    DeniedAfter(&'static str),
    /// The same, and a moment later this connection is closed, and so is every later one.
    OutageAfter(&'static str),
    /// Every answer with the label says that the memory in it is FAILED.
    MemoryFailed,
}

/// Enough for a program that does not wait to go on.
const A_MOMENT: Duration = Duration::from_secs(2);

/// One request that goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fault {
    pub(crate) trouble: Trouble,
    pub(crate) when: When,
    /// See [`Seen::label`].
    pub(crate) label: String,
    /// The first request with this label is 1.
    pub(crate) nth: usize,
}

impl Fault {
    /// Whether the request with the label is meant that comes as this one, counted from 1.
    fn strikes_at(&self, count: usize) -> bool {
        match self.trouble {
            Trouble::ThrottledRun(length) => (self.nth..self.nth + length).contains(&count),
            _ => self.nth == count,
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let when = match self.when {
            When::BeforeForwarding => "before",
            When::BeforeReply => "after",
            When::InBodies(bytes) => return write!(f, "{:?} at byte {bytes} of {}", self.trouble, self.label),
        };
        write!(f, "{:?} {when} {} #{}", self.trouble, self.label, self.nth)
    }
}

/// A request that came by.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// The operation's name where the request has it, else method and kind of resource: `CreateRole`, `PUT manifest`.
    /// The same at each run, whatever the names and ids in it.
    pub(crate) label: String,
    /// The path, without its query.
    pub(crate) path: String,
    /// The request line and the headers, as they came.
    pub(crate) head: String,
    /// Bytes of the body, whether all of them arrived or not.
    pub(crate) body: usize,
}

impl Seen {
    /// True unless the request is known to read only.
    pub(crate) fn mutates(&self) -> bool {
        let reads = ["Describe", "List", "Get", "BatchGet", "AdminGet", "GET ", "HEAD ", "POST Get", "POST List"];
        // The control plane lists with POST, and its identity operations read with it; the sandbox's own page starts an
        // agent and ends it again.
        let others = ["POST runtimes", "POST versions", "POST runtime-endpoints", "POST memories", "POST starts"];
        !reads.iter().any(|prefix| self.label.starts_with(prefix)) && !others.contains(&self.label.as_str())
    }
}

enum Event {
    Struck,
    Closed,
}

#[derive(Default)]
struct State {
    counts: BTreeMap<String, usize>,
    /// Bytes of the bodies that were forwarded, by label.
    bodies: BTreeMap<String, usize>,
    struck: bool,
    seen: Vec<Seen>,
    /// Requests that the sandbox is working on.
    busy: usize,
    /// The program is gone: what it left in its sockets is not forwarded.
    over: bool,
}

/// The proxy of one run.
struct Proxy {
    own: String,
    upstream: String,
    fault: Option<Fault>,
    program: mpsc::Sender<Event>,
    state: Mutex<State>,
    changed: Condvar,
}

/// A run and what it asked for.
pub(crate) struct Watched {
    /// Its exit status is `None` when it was killed.
    pub(crate) run: Run,
    /// In the order in which the requests came.
    pub(crate) seen: Vec<Seen>,
    /// Whether the run met its fault.
    pub(crate) struck: bool,
}

/// A proxy before the sandbox at `upstream`, for a program that the test starts and ends.
pub(crate) struct Between(Arc<Proxy>);

impl Between {
    pub(crate) fn start(upstream: &str, fault: &Fault) -> Self {
        Self(Proxy::start(upstream, Some(fault), mpsc::channel().0))
    }

    /// For AWS_ENDPOINT_URL.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.0.own)
    }

    /// Whether a request met the fault.
    pub(crate) fn struck(&self) -> bool {
        self.0.state.lock().unwrap().struck
    }
}

/// Runs a command with a proxy of its own before the sandbox at `upstream`, and with at most one fault.
pub(crate) fn watch(upstream: &str, invocation: Invocation<'_>, fault: Option<&Fault>) -> Watched {
    let (sender, events) = mpsc::channel();
    let proxy = Proxy::start(upstream, fault, sender.clone());
    let invocation = invocation.var("AWS_ENDPOINT_URL", format!("http://{}", proxy.own));
    let mut child = invocation.spawn();
    let mut pipe = child.stderr.take().unwrap();
    let stderr = std::thread::spawn(move || read_all(&mut pipe));
    let mut pipe = child.stdout.take().unwrap();
    let stdout = std::thread::spawn(move || {
        let bytes = read_all(&mut pipe);
        // Nobody listens any more to a program that was killed.
        let _ = sender.send(Event::Closed);
        bytes
    });
    let event = events.recv_timeout(HANG);
    if !matches!(event, Ok(Event::Closed)) {
        child.kill().unwrap();
    }
    let argv = invocation.args.iter().map(|arg| arg.to_string_lossy()).collect::<Vec<_>>().join(" ");
    assert!(event.is_ok(), "`agentcore {argv}` did not end within {HANG:?}");
    let code = child.wait().unwrap().code();
    let run = Run { argv, code, stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() };
    let (seen, struck) = proxy.finish();
    Watched { run, seen, struck }
}

fn read_all(pipe: &mut impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _ = pipe.read_to_end(&mut bytes);
    bytes
}

/// What becomes of a request.
enum Verdict {
    Forward {
        reply: bool,
    },
    /// This much of the body arrives, and the connection breaks.
    Cut {
        arrives: usize,
    },
    Refuse(Trouble),
    Close,
    /// The program is about to be killed: the connection stays open, so that it notices nothing before.
    Hold,
}

/// A connection to the sandbox, which closes those that have nothing to do when it runs short of them. A client sees that at
/// once and takes another; behind this proxy it would only see a request without an answer.
struct Upstream<'a> {
    address: &'a str,
    stream: BufReader<TcpStream>,
    /// It has answered before, so it may have been closed since.
    used: bool,
}

impl<'a> Upstream<'a> {
    fn connect(address: &'a str) -> io::Result<Self> {
        Ok(Self { address, stream: BufReader::new(TcpStream::connect(address)?), used: false })
    }

    /// The answer to a request, over a new connection where an old one turns out to be closed.
    fn answer(&mut self, request: &Message, head_only: bool) -> io::Result<Option<Message>> {
        let kind = Body::OfReply { head_only };
        let sent = request.write(self.stream.get_mut());
        let answer = sent.and_then(|()| Message::read(&mut self.stream, kind));
        if self.used && !matches!(answer, Ok(Some(_))) {
            *self = Self::connect(self.address)?;
            request.write(self.stream.get_mut())?;
            return Message::read(&mut self.stream, kind);
        }
        self.used = true;
        answer
    }
}

impl Proxy {
    fn start(upstream: &str, fault: Option<&Fault>, program: mpsc::Sender<Event>) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Arc::new(Self {
            own: listener.local_addr().unwrap().to_string(),
            upstream: upstream.strip_prefix("http://").unwrap().to_owned(),
            fault: fault.cloned(),
            program,
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        let accepting = Arc::clone(&proxy);
        std::thread::spawn(move || accepting.accept(&listener));
        proxy
    }

    fn accept(self: Arc<Self>, listener: &TcpListener) {
        for client in listener.incoming() {
            if self.state.lock().unwrap().over {
                return;
            }
            let proxy = Arc::clone(&self);
            let client = client.unwrap();
            std::thread::spawn(move || {
                proxy.serve(&client);
                let _ = client.shutdown(Shutdown::Both);
            });
        }
    }

    /// Stops, and waits for the requests that were forwarded: they take effect, whoever waits for them.
    fn finish(&self) -> (Vec<Seen>, bool) {
        self.state.lock().unwrap().over = true;
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(&self.own);
        let mut state = self.changed.wait_while(self.state.lock().unwrap(), |state| state.busy > 0).unwrap();
        (std::mem::take(&mut state.seen), state.struck)
    }

    /// Serves a connection to its end, or until it breaks, which is then what the program sees of it.
    fn serve(&self, mut client: &TcpStream) {
        let Ok(mut upstream) = Upstream::connect(&self.upstream) else { return };
        let mut requests = BufReader::new(client);
        while let Ok(Some(request)) = Message::read(&mut requests, Body::OfRequest) {
            let label = request.label();
            let mut verdict = self.admit(&request, &label);
            if let Verdict::Cut { arrives } = verdict {
                let _ = request.write_part(upstream.stream.get_mut(), arrives);
                return;
            }
            if let Verdict::Forward { reply } = verdict {
                let head_only = request.words()[0] == "HEAD";
                let answer = upstream.answer(&request, head_only);
                self.state.lock().unwrap().busy -= 1;
                self.changed.notify_all();
                let Ok(Some(mut answer)) = answer else { return };
                if !reply {
                    verdict = self.strike(&mut self.state.lock().unwrap());
                    if self.fault.as_ref().is_some_and(|fault| fault.trouble == Trouble::CutReply) {
                        let _ = answer.write_part(client, answer.body.len() / 2);
                        return;
                    }
                } else {
                    if self
                        .fault
                        .as_ref()
                        .is_some_and(|fault| fault.trouble == Trouble::MemoryFailed && fault.label == label)
                    {
                        answer.fail_memory();
                    }
                    if label == "GetAuthorizationToken" {
                        answer.replace(&self.upstream, &self.own);
                    }
                    if answer.write(client).is_err() {
                        return;
                    }
                }
            }
            match verdict {
                Verdict::Forward { .. } => {}
                Verdict::Refuse(trouble) => {
                    if client.write_all(refusal(trouble, &request, &label).as_bytes()).is_err() {
                        return;
                    }
                }
                Verdict::Close | Verdict::Cut { .. } => return,
                Verdict::Hold => {
                    let _ = io::copy(&mut requests, &mut io::sink());
                    return;
                }
            }
        }
    }

    fn admit(&self, request: &Message, label: &str) -> Verdict {
        let mut state = self.state.lock().unwrap();
        match &self.fault {
            _ if state.over => return Verdict::Close,
            Some(fault) if state.struck && fault.trouble == Trouble::Kill => return Verdict::Hold,
            Some(fault) if state.struck && matches!(fault.trouble, Trouble::Outage | Trouble::OutageAfter(_)) => {
                return Verdict::Close;
            }
            _ => {}
        }
        let path = request.words()[1].split('?').next().unwrap().to_owned();
        let head = String::from_utf8_lossy(&request.head).into_owned();
        state.seen.push(Seen { label: label.to_owned(), path, head, body: request.body.len() });
        let count = state.counts.entry(label.to_owned()).or_default();
        *count += 1;
        let count = *count;
        let hit = self.fault.as_ref().filter(|fault| fault.label == label && fault.strikes_at(count));
        self.changed.notify_all();
        if let Some(Fault {
            trouble: trouble @ (Trouble::HeldUntil(other) | Trouble::DeniedAfter(other) | Trouble::OutageAfter(other)),
            ..
        }) = hit
        {
            let lacks = |state: &mut State| !state.counts.contains_key(*other) && !state.over;
            state = self.changed.wait_while(state, lacks).unwrap();
            if let Trouble::HeldUntil(_) = trouble {
                state.struck = true;
                state.busy += 1;
                return Verdict::Forward { reply: true };
            }
            // A machine under load takes its time for the answer too.
            state = self.changed.wait_while(state, |state| state.busy > 0 && !state.over).unwrap();
            let never = |state: &mut State| !state.over;
            state = self.changed.wait_timeout_while(state, A_MOMENT, never).unwrap().0;
            state.struck = true;
            return match trouble {
                Trouble::OutageAfter(_) => Verdict::Close,
                _ => Verdict::Refuse(Trouble::Denied),
            };
        }
        if let Some(Fault { when: When::InBodies(bytes), .. }) =
            self.fault.as_ref().filter(|fault| fault.label == label)
        {
            let struck = state.struck;
            let before = state.bodies.entry(label.to_owned()).or_default();
            let arrives = bytes - *before;
            if !struck && arrives < request.body.len() {
                self.strike(&mut state);
                return Verdict::Cut { arrives };
            }
            *before += request.body.len();
            state.busy += 1;
            return Verdict::Forward { reply: true };
        }
        if hit.is_some_and(|fault| fault.when == When::BeforeForwarding) {
            return self.strike(&mut state);
        }
        state.busy += 1;
        Verdict::Forward { reply: hit.is_none() }
    }

    fn strike(&self, state: &mut State) -> Verdict {
        state.struck = true;
        match self.fault.as_ref().map(|fault| fault.trouble) {
            Some(Trouble::Kill) => {
                let _ = self.program.send(Event::Struck);
                Verdict::Hold
            }
            Some(
                trouble @ (Trouble::RoleNotSpread
                | Trouble::Throttled
                | Trouble::ThrottledRun(_)
                | Trouble::Denied
                | Trouble::Internal
                | Trouble::AgentFailed),
            ) => Verdict::Refuse(trouble),
            _ => Verdict::Close,
        }
    }
}

/// What the service says in place of an answer, in the form of the request's protocol.
fn refusal(trouble: Trouble, request: &Message, label: &str) -> String {
    let is_cognito = request.header("x-amz-target").is_some_and(|target| target.starts_with("AWSCognito"));
    let denied = format!(
        "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: {label} because no policy allows it"
    );
    let (status, code, message) = match trouble {
        Trouble::Throttled | Trouble::ThrottledRun(_) if is_cognito => {
            (400, "TooManyRequestsException", "Rate exceeded")
        }
        Trouble::Throttled | Trouble::ThrottledRun(_) => (429, "ThrottlingException", "Rate exceeded"),
        Trouble::Denied | Trouble::DeniedAfter(_) => (403, "AccessDeniedException", denied.as_str()),
        Trouble::Internal => (500, "InternalServerException", "An internal error occurred"),
        Trouble::AgentFailed => (424, "RuntimeClientError", "Received error (500) from runtime"),
        _ => (
            400,
            "ValidationException",
            "Role validation failed for 'arn'. Please verify that the role exists and its trust policy allows assumption by this service",
        ),
    };
    let words = request.words();
    let path = words[1].split('?').next().unwrap();
    let (kind, body) = if path.starts_with("/v2/") {
        let code = if status == 429 { "TOOMANYREQUESTS" } else { "DENIED" };
        let errors = serde_json::json!({ "errors": [{ "code": code, "message": message }] });
        ("application/json", errors.to_string())
    } else if path == "/" && request.header("x-amz-target").is_none() {
        let code = if status == 429 { "Throttling" } else { code.trim_end_matches("Exception") };
        let error = format!("<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>");
        ("text/xml", format!("<ErrorResponse>{error}<RequestId>r-1</RequestId></ErrorResponse>"))
    } else {
        ("application/json", serde_json::json!({ "message": message, "__type": code }).to_string())
    };
    let head = format!(
        "HTTP/1.1 {status} Refused\r\nx-amzn-errortype: {code}\r\nx-amzn-requestid: r-1\r\ncontent-type: {kind}"
    );
    format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// How the end of a body is found.
#[derive(Clone, Copy)]
pub(super) enum Body {
    OfRequest,
    OfReply { head_only: bool },
}

/// A request or a reply, as it came over the wire.
pub(super) struct Message {
    head: Vec<u8>,
    pub(super) body: Vec<u8>,
}

impl Message {
    /// `None` when the peer has nothing more to say.
    pub(super) fn read(from: &mut impl BufRead, kind: Body) -> io::Result<Option<Self>> {
        let mut head = Vec::new();
        loop {
            let start = head.len();
            if from.read_until(b'\n', &mut head)? == 0 {
                return if start == 0 { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
            if head[start..] == *b"\r\n" {
                break;
            }
        }
        let mut message = Self { head, body: Vec::new() };
        let empty = match kind {
            Body::OfRequest => false,
            Body::OfReply { head_only } => head_only || matches!(message.words()[1].as_str(), "204" | "304"),
        };
        if empty {
            return Ok(Some(message));
        }
        if message.header("transfer-encoding").is_some() {
            message.read_chunks(from)?;
        } else if let Some(length) = message.header("content-length") {
            message.body.resize(length.parse().map_err(io::Error::other)?, 0);
            from.read_exact(&mut message.body)?;
        } else if matches!(kind, Body::OfReply { .. }) {
            from.read_to_end(&mut message.body)?;
        }
        Ok(Some(message))
    }

    /// Chunks with their sizes, as they came.
    fn read_chunks(&mut self, from: &mut impl BufRead) -> io::Result<()> {
        loop {
            let start = self.body.len();
            from.read_until(b'\n', &mut self.body)?;
            let line = String::from_utf8_lossy(&self.body[start..]).into_owned();
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = u64::from_str_radix(size, 16).map_err(io::Error::other)?;
            if size == 0 {
                // Trailers, and the empty line behind them.
                loop {
                    let start = self.body.len();
                    if from.read_until(b'\n', &mut self.body)? <= 2 {
                        assert_eq!(self.body[start..], *b"\r\n", "the connection ended inside a message");
                        return Ok(());
                    }
                }
            }
            from.take(size + 2).read_to_end(&mut self.body)?;
        }
    }

    pub(super) fn write(&self, mut to: impl Write) -> io::Result<()> {
        to.write_all(&[self.head.as_slice(), &self.body].concat())
    }

    /// The head and the beginning of the body.
    fn write_part(&self, mut to: impl Write, count: usize) -> io::Result<()> {
        to.write_all(&[self.head.as_slice(), &self.body[..count]].concat())
    }

    /// The words of the first line: method and target, or protocol and status.
    pub(super) fn words(&self) -> Vec<String> {
        let text = String::from_utf8_lossy(&self.head);
        text.lines().next().unwrap_or_default().split(' ').map(str::to_owned).collect()
    }

    pub(super) fn header(&self, name: &str) -> Option<String> {
        let text = String::from_utf8_lossy(&self.head);
        text.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }

    /// Replaces a text in the body; the length in the head follows.
    fn replace(&mut self, old: &str, new: &str) {
        let before = format!("content-length: {}", self.body.len());
        self.body = String::from_utf8_lossy(&self.body).replace(old, new).into_bytes();
        let head =
            String::from_utf8_lossy(&self.head).replace(&before, &format!("content-length: {}", self.body.len()));
        self.head = head.into_bytes();
    }

    /// Of a memory without strategies, which have states as well.
    fn fail_memory(&mut self) {
        let failed = r#""failureReason":"the key may not be used","status":"FAILED""#;
        for state in ["CREATING", "ACTIVE"] {
            self.replace(&format!(r#""status":"{state}""#), failed);
        }
    }

    /// See [`Seen::label`].
    fn label(&self) -> String {
        if let Some(target) = self.header("x-amz-target") {
            return target.rsplit('.').next().unwrap().to_owned();
        }
        let words = self.words();
        let (method, path) = (&words[0], words[1].split('?').next().unwrap());
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        let kind = match segments.as_slice() {
            [] => {
                let form = String::from_utf8_lossy(&self.body);
                return form.split('&').find_map(|pair| pair.strip_prefix("Action=")).unwrap().to_owned();
            }
            ["v2"] => "registry",
            ["v2", .., "blobs", "uploads"] | ["v2", .., "blobs", "uploads", _] => "upload",
            ["v2", .., "blobs", _] => "blob",
            ["v2", .., "manifests", _] => "manifest",
            ["runtimes"] => "runtimes",
            ["runtimes", _] => "runtime",
            ["runtimes", _, "runtime-endpoints", _] => "endpoint",
            ["runtimes", _, "invocations"] => "invocation",
            ["memories"] => "memories",
            ["memories", "create"] | ["memories", _, "details" | "update" | "delete"] => "memory",
            ["tags", _] => "tags",
            [.., last] => last,
        };
        format!("{method} {kind}")
    }
}

#[test]
fn messages_pass_unchanged_with_a_stable_label() {
    let chunked =
        "PATCH /v2/a/b/blobs/uploads/17?x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\n\r\n";
    let sized = "POST / HTTP/1.1\r\ncontent-LENGTH: 20\r\n\r\nVersion=1&Action=Get";
    let both = format!("{chunked}{sized}");
    let mut stream = both.as_bytes();
    for (text, label) in [(chunked, "PATCH upload"), (sized, "Get")] {
        let message = Message::read(&mut stream, Body::OfRequest).unwrap().unwrap();
        let mut written = Vec::new();
        message.write(&mut written).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), text);
        assert_eq!(message.label(), label);
    }
    assert!(Message::read(&mut stream, Body::OfRequest).unwrap().is_none());

    let reply =
        |text: &str, head_only| Message::read(&mut text.as_bytes(), Body::OfReply { head_only }).unwrap().unwrap();
    assert_eq!(reply("HTTP/1.1 204 No Content\r\n\r\nnext", false).body, b"");
    assert_eq!(reply("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nnext", true).body, b"");
    let mut changed = reply("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n<a:1>", false);
    changed.replace("a:1", "b:23");
    assert_eq!((changed.body.as_slice(), changed.header("content-length").as_deref()), (&b"<b:23>"[..], Some("6")));
}

#[test]
fn what_may_change_something_counts_as_a_change() {
    let mutates =
        |label: &str| Seen { label: label.to_owned(), path: String::new(), head: String::new(), body: 0 }.mutates();
    for label in ["CreateRole", "PUT runtimes", "DELETE runtime", "POST upload", "PUT manifest", "AdminSetUserPassword"]
    {
        assert!(mutates(label), "{label}");
    }
    for label in
        ["DescribeRepositories", "GetCallerIdentity", "ListRolePolicies", "GET runtime", "HEAD blob", "POST runtimes"]
    {
        assert!(!mutates(label), "{label}");
    }
}
