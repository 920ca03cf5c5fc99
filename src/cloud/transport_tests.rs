use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;

const SHORT: Duration = Duration::from_millis(150);

/// What a server does once it has read the head of a request.
#[derive(Clone, Copy, Debug)]
enum Behaviour {
    /// Reads on and sends nothing.
    Silent,
    /// Takes a piece of the body now and then, and answers at its end.
    Slow {
        bytes: usize,
        every: Duration,
    },
    /// Begins an answer and stalls.
    HalfAnswer,
    /// A byte of an announced answer now and then.
    Trickle,
    Answer(&'static str),
}

async fn serve(behaviour: Behaviour) -> SocketAddr {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    // What the kernel takes at once does not move afterwards, as far as the client can see.
    socket.set_recv_buffer_size(64 << 10).unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(16).unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut piece = vec![0; 4 << 10];
                let mut left = usize::MAX;
                while left > 0 {
                    let read = socket.read(&mut piece).await.unwrap_or(0);
                    if read == 0 {
                        return;
                    }
                    let text = String::from_utf8_lossy(&piece[..read]).into_owned();
                    if let (usize::MAX, Some(end)) = (left, text.find("\r\n\r\n")) {
                        let length = text
                            .to_ascii_lowercase()
                            .split("content-length: ")
                            .nth(1)
                            .map_or(0, |rest| rest.split("\r\n").next().unwrap().parse::<usize>().unwrap());
                        left = length.saturating_sub(read - end - 4);
                    } else {
                        left = left.saturating_sub(read);
                    }
                    if let Behaviour::Slow { bytes, every } = behaviour {
                        piece = vec![0; bytes];
                        tokio::time::sleep(every).await;
                    }
                }
                match behaviour {
                    Behaviour::Silent => std::future::pending().await,
                    Behaviour::HalfAnswer => {
                        socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{").await.unwrap();
                        std::future::pending().await
                    }
                    Behaviour::Trickle => {
                        socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n").await.unwrap();
                        while socket.write_all(b" ").await.is_ok() {
                            tokio::time::sleep(Duration::from_millis(20)).await;
                        }
                    }
                    Behaviour::Slow { .. } => {
                        socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await.unwrap();
                    }
                    Behaviour::Answer(text) => socket.write_all(text.as_bytes()).await.unwrap(),
                }
            });
        }
    });
    address
}

fn connector(first_byte: Duration) -> WatchedConnector {
    let inner = aws_smithy_http_client::Connector::builder().build_http();
    WatchedConnector { inner: SharedHttpConnector::new(inner), first_byte }
}

fn request(address: SocketAddr, method: &str, body: Vec<u8>) -> HttpRequest {
    let length = body.len().to_string();
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method(method).unwrap();
    request.set_uri(format!("http://{address}/x")).unwrap();
    request.headers_mut().insert("content-length", length);
    request
}

async fn why(behaviour: Behaviour, method: &str) -> (TransportFault, String, bool) {
    let address = serve(behaviour).await;
    let error = connector(SHORT).call(request(address, method, b"{}".to_vec())).await.unwrap_err();
    let found = NoAnswer::find(&error).unwrap();
    assert_eq!(found.host, address.to_string());
    (found.why, found.to_string(), error.as_other().is_some())
}

#[tokio::test]
async fn a_silent_or_stalled_host_is_named() {
    for behaviour in [Behaviour::Silent, Behaviour::HalfAnswer, Behaviour::Trickle] {
        let (why, text, repeat) = why(behaviour, "POST").await;
        assert!(why.is_timeout() && repeat, "{behaviour:?}: {why:?}");
        assert!(text.contains("`127.0.0.1:"), "{text}");
    }
}

#[tokio::test]
async fn a_second_silence_is_the_last() {
    let address = serve(Behaviour::Silent).await;
    for (pairs, repeated) in [("attempt=1; max=3", true), ("ttl=20260101T000000Z; attempt=2; max=3", false)] {
        let mut request = request(address, "POST", b"{}".to_vec());
        request.headers_mut().insert("amz-sdk-request", pairs);
        let error = connector(SHORT).call(request).await.unwrap_err();
        assert_eq!(error.as_other().is_some(), repeated, "{pairs}");
    }
}

#[tokio::test]
async fn moving_upload_may_outlast_the_limit() {
    let address = serve(Behaviour::Slow { bytes: 64 << 10, every: Duration::from_millis(8) }).await;
    let watched = connector(SHORT);
    let start = Instant::now();
    let limit = SHORT * 8;
    // Far above what the kernel's buffers take.
    let (body, moved) = (vec![7; 16 << 20], LastMoved::default());
    let mut sent = request(address, "PUT", body);
    let inner = sent.take_body();
    *sent.body_mut() = SdkBody::from_body_1_x(MovingBody { inner, rest: Bytes::new(), moved: moved.clone() });
    tokio::select! {
        response = watched.inner.call(sent) => assert_eq!(response.unwrap().status().as_u16(), 200),
        () = moved.stopped(limit) => panic!("taken for silent after {:?}", start.elapsed()),
    }
    assert!(start.elapsed() > limit, "too fast to show anything: {:?}", start.elapsed());
}

#[tokio::test]
async fn a_body_in_pieces_is_the_same_body() {
    let body: Vec<u8> = (0..300_000_u32).map(|number| number as u8).collect();
    let mut moving = ByteStream::new(SdkBody::from_body_1_x(MovingBody {
        inner: SdkBody::from(body.clone()),
        rest: Bytes::new(),
        moved: LastMoved::default(),
    }));
    let (mut joined, mut pieces) = (Vec::new(), 0);
    while let Some(piece) = moving.next().await {
        joined.extend_from_slice(&piece.unwrap());
        pieces += 1;
    }
    assert_eq!((joined == body, pieces), (true, 5));
}

#[tokio::test]
async fn answers_name_their_host_and_are_not_empty() {
    const EMPTY: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    let address = serve(Behaviour::Answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")).await;
    let response = connector(SHORT).call(request(address, "GET", Vec::new())).await.unwrap();
    assert_eq!(response.body().bytes(), Some(&b"{}"[..]));
    assert_eq!(response.extension::<AnsweredBy>().unwrap().0, address.to_string());

    let address = serve(Behaviour::Answer(EMPTY)).await;
    let error = connector(SHORT).call(request(address, "GET", Vec::new())).await.unwrap_err();
    assert_eq!(NoAnswer::find(&error).unwrap().why, TransportFault::Empty);
    // The answer to a deletion has no body.
    let address = serve(Behaviour::Answer(EMPTY)).await;
    connector(SHORT).call(request(address, "DELETE", Vec::new())).await.unwrap();
}

#[tokio::test]
async fn cut_and_non_http_answers_are_transport_faults() {
    const CUT: &str = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n{\"a";
    for (answer, expected) in
        [(CUT, TransportFault::Cut), ("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", TransportFault::NotHttp)]
    {
        let address = serve_once(answer).await;
        let error = connector(Duration::from_secs(5)).call(request(address, "GET", Vec::new())).await.unwrap_err();
        let found = NoAnswer::find(&error).unwrap();
        assert_eq!(found.why, expected, "{error:?}");
        assert!(found.why.is_unreadable() && found.to_string().contains("`127.0.0.1:"), "{found}");
    }
}

/// A server that sends its line and closes the connection.
async fn serve_once(answer: &'static str) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = [0; 4 << 10];
            let _ = socket.read(&mut request).await;
            let _ = socket.write_all(answer.as_bytes()).await;
        }
    });
    address
}

#[test]
fn which_answers_must_say_something() {
    let wants = |method: &str, target: &str, kind: &str| {
        let mut request = HttpRequest::new(SdkBody::empty());
        request.set_method(method).unwrap();
        if !target.is_empty() {
            request.headers_mut().insert("x-amz-target", target.to_owned());
        }
        request.headers_mut().insert("content-type", kind.to_owned());
        wants_body(&request)
    };
    let json = "application/x-amz-json-1.1";
    assert!(wants("POST", "", "application/json"), "ListAgentRuntimes");
    assert!(wants("POST", "AWSCognitoIdentityProviderService.ListUserPools", json));
    assert!(wants("POST", "AmazonEC2ContainerRegistry_V20150921.BatchGetImage", json));
    assert!(!wants("POST", "AWSCognitoIdentityProviderService.DeleteUserPool", json));
    assert!(!wants("PUT", "", "application/octet-stream"));
    assert!(!wants("DELETE", "", ""));
}

#[test]
fn hosts_of_addresses() {
    for (uri, host) in [
        ("https://sts.us-west-2.amazonaws.com/", "sts.us-west-2.amazonaws.com"),
        ("http://127.0.0.1:4566/x?y=//z", "127.0.0.1:4566"),
        ("http://user:secret@[::1]:1/", "[::1]:1"),
        ("https://a?b", "a"),
    ] {
        assert_eq!(host_of(uri), host);
    }
}
