//! A loopback port that only notes who comes: for proving that nobody did.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Accepts connections, notes the first bytes of each and answers every request with 500.
pub(crate) struct Recorder {
    port: u16,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Recorder {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { continue };
                let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
                let mut start = [0; 512];
                let length = stream.read(&mut start).unwrap_or(0);
                notes.lock().unwrap().push(String::from_utf8_lossy(&start[..length]).into_owned());
                let _ = stream.write_all(b"HTTP/1.1 500 Recorded\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            }
        });
        Self { port, seen }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The first bytes of every connection so far.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

#[test]
fn a_connection_is_noted() {
    let recorder = Recorder::start();
    let mut stream = std::net::TcpStream::connect(recorder.url().strip_prefix("http://").unwrap()).unwrap();
    stream.write_all(b"GET /x HTTP/1.1\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 500"));
    assert!(recorder.seen()[0].starts_with("GET /x"));
}
