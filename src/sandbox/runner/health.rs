//! Whether an agent has started: it answers as its protocol's contract demands, or it is clear that it never will.
//!
//! Owns: the health checks and their time limits. The service waits two minutes for any agent; one that listens on
//! another port, or has no `/ping`, is reported within seconds here.

use std::path::Path;
use std::time::{Duration, Instant};

use super::listening::{self, Activity};
use super::spec::{INIT_LIMIT, StartFailure};

/// How long a sign that an agent never will answer has to last.
const STABLE: Duration = Duration::from_secs(3);
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Between the first two health checks. A small agent listens within a tenth of a second.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
/// Ticks of processor time in [`STABLE`] above which an agent is still at work: a tenth of a processor.
const AT_WORK: u64 = 30;

/// A started agent that may not answer yet.
pub(crate) struct Starting<'a> {
    pub(crate) client: &'a reqwest::Client,
    /// Port that the protocol's contract names.
    pub(crate) contract: u16,
    /// Whether `GET /ping` is part of the contract.
    pub(crate) has_ping: bool,
    /// Where it was told to listen.
    pub(crate) port: u16,
    /// Its process group.
    pub(crate) group: Option<u32>,
    /// The last lines of its output, oldest first.
    pub(crate) last_lines: &'a (dyn Fn() -> Vec<String> + Sync),
}

impl Starting<'_> {
    /// Waits until the agent answers as its protocol's contract says.
    pub(crate) async fn healthy(&self) -> Result<(), StartFailure> {
        let start = Instant::now();
        let mut pause = FIRST_PAUSE;
        let (mut elsewhere, mut refused) = (Lasting::default(), Lasting::default());
        let mut look = start + LOOK_EVERY;
        let (mut connected, mut other) = (None, None);
        while start.elapsed() < INIT_LIMIT {
            match self.ping().await {
                HealthReply::Good => return Ok(()),
                HealthReply::Nobody => {}
                HealthReply::Bad(status) => {
                    connected = Some(status);
                    // Anything else can be a server that is not ready yet.
                    let no_such_page = status.filter(|status| matches!(status, 404 | 405 | 501));
                    if refused.lasts(no_such_page, 0) {
                        return Err(StartFailure::Unhealthy(status));
                    }
                }
            }
            if Instant::now() >= look {
                look = Instant::now() + LOOK_EVERY;
                let (port, ticks) = self.other_port().await;
                let sign = elsewhere.observe(port, ticks);
                other = port;
                // A busy agent can still be starting while it listens on a port for something else, unless its health
                // check answers there.
                if let Some(listens) = port
                    && (sign == Stability::Rests || sign == Stability::Works && self.is_agent(listens).await)
                {
                    return Err(StartFailure::Elsewhere(listens));
                }
            }
            tokio::time::sleep(pause).await;
            pause = pause.mul_f64(1.2).min(Duration::from_millis(500));
        }
        Err(match (connected, other) {
            (Some(status), _) => StartFailure::Unhealthy(status),
            (None, Some(listens)) => StartFailure::Elsewhere(listens),
            (None, None) => StartFailure::TooSlow,
        })
    }

    async fn ping(&self) -> HealthReply {
        if self.has_ping {
            return ping(self.client, self.port).await;
        }
        match tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await {
            Ok(_) => HealthReply::Good,
            Err(_) => HealthReply::Nobody,
        }
    }

    /// Whether what listens on another port is the agent itself: it has the health check, or for MCP an endpoint that
    /// wants something else than a plain question. Metrics are answered on any path, as text.
    async fn is_agent(&self, port: u16) -> bool {
        let path = if self.has_ping { "ping" } else { "mcp" };
        let url = format!("http://127.0.0.1:{port}/{path}");
        let Ok(reply) = self.client.get(url).timeout(Duration::from_secs(2)).send().await else {
            return false;
        };
        if !self.has_ping {
            return matches!(reply.status().as_u16(), 400 | 401 | 405 | 406);
        }
        let good = reply.status().is_success();
        let body = reply.bytes().await.unwrap_or_default();
        good && serde_json::from_slice::<serde_json::Value>(&body).is_ok_and(|body| body.is_object())
    }

    /// A port that the agent listens on while it does not listen where it has to, and the processor time that it has used.
    async fn other_port(&self) -> (Option<u16>, u64) {
        let group = self.group;
        let look = move || group.map(|group| listening::activity(Path::new("/proc"), group)).unwrap_or_default();
        let Activity { ports, ticks } = tokio::task::spawn_blocking(look).await.unwrap_or_default();
        if ports.contains(&self.port) {
            return (None, ticks);
        }
        let told = || {
            let lines = (self.last_lines)();
            lines.iter().rev().find_map(|line| listening::port_in(line)).filter(|port| *port != self.contract)
        };
        (ports.first().copied().or_else(told), ticks)
    }
}

/// An observation that repeats: its port, since when, and the agent's CPU ticks at that time.
#[derive(Default)]
struct Lasting(Option<(u16, Instant, u64)>);

/// How an observation that repeats is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stability {
    /// Not for long enough, or nothing was seen.
    New,
    /// It lasts, and the agent does nothing meanwhile.
    Rests,
    /// It lasts, and the agent is at work.
    Works,
}

impl Lasting {
    fn lasts(&mut self, seen: Option<u16>, ticks: u64) -> bool {
        self.observe(seen, ticks) == Stability::Rests
    }

    fn observe(&mut self, seen: Option<u16>, ticks: u64) -> Stability {
        let Some(seen) = seen else {
            self.0 = None;
            return Stability::New;
        };
        match self.0 {
            Some((same, since, _)) if same == seen && since.elapsed() < STABLE => Stability::New,
            Some((same, _, before)) if same == seen && ticks.saturating_sub(before) <= AT_WORK => Stability::Rests,
            before => {
                self.0 = Some((seen, Instant::now(), ticks));
                if before.is_some_and(|(same, ..)| same == seen) { Stability::Works } else { Stability::New }
            }
        }
    }
}

/// The result of a health check.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum HealthReply {
    Good,
    /// The status; `None` when it took the connection and then said nothing, or nothing that is HTTP.
    Bad(Option<u16>),
    Nobody,
}

pub(super) async fn ping(client: &reqwest::Client, port: u16) -> HealthReply {
    match client.get(page(port)).timeout(Duration::from_secs(5)).send().await {
        Ok(response) if response.status().is_success() => HealthReply::Good,
        Ok(response) => HealthReply::Bad(Some(response.status().as_u16())),
        Err(error) if error.is_connect() => HealthReply::Nobody,
        Err(_) => HealthReply::Bad(None),
    }
}

/// Whether the agent says that it works on something of its own.
pub(super) async fn busy(client: &reqwest::Client, port: u16) -> bool {
    let Ok(response) = client.get(page(port)).timeout(Duration::from_secs(5)).send().await else {
        return false;
    };
    let body = response.bytes().await.unwrap_or_default();
    let value: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    value.get("status").and_then(serde_json::Value::as_str) == Some("HealthyBusy")
}

fn page(port: u16) -> String {
    format!("http://127.0.0.1:{port}/ping")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_closed_port_differs_from_a_silent_one() {
        let client = reqwest::Client::new();
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let rude = tokio::spawn(async move {
            drop(listener.accept().await.unwrap());
            drop(listener);
        });
        assert_eq!(ping(&client, port).await, HealthReply::Bad(None));
        rude.await.unwrap();
        assert_eq!(ping(&client, port).await, HealthReply::Nobody);
    }

    #[test]
    fn listening_counts_once_it_lasts_and_agent_idles() {
        let mut lasting = Lasting::default();
        let long_ago = Instant::now().checked_sub(STABLE * 2).unwrap();
        assert!(!lasting.lasts(Some(8000), 5));
        lasting.0 = Some((8000, long_ago, 5));
        assert_eq!(lasting.observe(Some(8000), 500), Stability::Works, "it can still be starting");
        lasting.0 = Some((8000, long_ago, 500));
        assert!(lasting.lasts(Some(8000), 501));
        assert!(!lasting.lasts(Some(9000), 501), "another port begins anew");
        lasting.0 = Some((9000, long_ago, 501));
        assert!(!lasting.lasts(None, 501));
        assert!(!lasting.lasts(Some(9000), 501));
    }
}
