//! A private index: its token is used and stored nowhere.

use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use super::own::installers;
use super::*;
use crate::digest::Digest;

/// An index on a loopback port with one package, for those who know one of two tokens.
struct Index {
    address: String,
    requests: Arc<AtomicUsize>,
    hash: String,
}

const TOKENS: [&str; 2] = ["canary-eyJ2ZXIiOjE1", "canary-c0ffee00c0de"];

fn wheel() -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let info = "corplib-1.0.dist-info";
    for (path, text) in [
        ("corplib/__init__.py".to_owned(), "one = 1\n"),
        (format!("{info}/METADATA"), "Metadata-Version: 2.1\nName: corplib\nVersion: 1.0\n"),
        (format!("{info}/WHEEL"), "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
        (format!("{info}/RECORD"), "corplib/__init__.py,,\ncorplib-1.0.dist-info/METADATA,,\n"),
    ] {
        archive.start_file(path, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

impl Index {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let requests = Arc::new(AtomicUsize::new(0));
        let (wheel, counter) = (wheel(), Arc::clone(&requests));
        let hash = Digest::of_bytes(&wheel).hex();
        let page =
            format!("<a href=\"/files/corplib-1.0-py3-none-any.whl#sha256={hash}\">corplib-1.0-py3-none-any.whl</a>");
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (wheel, page, counter) = (wheel.clone(), page.clone(), Arc::clone(&counter));
                tokio::spawn(async move {
                    let mut stream = BufReader::new(stream);
                    let mut head = Vec::new();
                    loop {
                        let mut line = String::new();
                        match stream.read_line(&mut line).await {
                            Ok(0) | Err(_) => return,
                            Ok(_) if line.trim().is_empty() => break,
                            Ok(_) => head.push(line),
                        }
                    }
                    counter.fetch_add(1, Ordering::SeqCst);
                    let path = head[0].split(' ').nth(1).unwrap_or_default().to_owned();
                    let known = TOKENS.map(|token| {
                        let pair = base64::engine::general_purpose::STANDARD.encode(format!("aws:{token}"));
                        format!("authorization: basic {pair}").to_lowercase()
                    });
                    let allowed = head.iter().any(|line| known.contains(&line.trim().to_lowercase()));
                    let (status, kind, body) = match path.as_str() {
                        _ if !allowed => ("401 Unauthorized", "text/plain", b"who are you?".to_vec()),
                        "/simple/corplib/" => ("200 OK", "text/html", page.into_bytes()),
                        path if path.starts_with("/files/corplib") => ("200 OK", "application/octet-stream", wheel),
                        _ => ("404 Not Found", "text/plain", Vec::new()),
                    };
                    let length = body.len();
                    let ask = if allowed { "" } else { "WWW-Authenticate: Basic realm=\"x\"\r\n" };
                    let head = format!(
                        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{ask}Content-Length: {length}\r\nConnection: close\r\n\r\n"
                    );
                    let _ = stream.write_all(head.as_bytes()).await;
                    let _ = stream.write_all(&body).await;
                    let _ = stream.shutdown().await;
                });
            }
        });
        Self { address, requests, hash }
    }

    fn url(&self, token: &str) -> String {
        format!("http://aws:{token}@{}/simple", self.address)
    }

    fn count(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

/// Everything below a folder, names and content, layers unpacked.
fn everything(dir: &Path) -> String {
    let mut text = String::new();
    for item in std::fs::read_dir(dir).unwrap().flatten() {
        let path = item.path();
        text += &path.display().to_string();
        if path.is_dir() {
            text += &everything(&path);
        } else {
            let mut bytes = std::fs::read(&path).unwrap();
            if path.extension().is_some_and(|end| end == "gz") {
                let mut plain = Vec::new();
                flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut plain).unwrap();
                bytes = plain;
            }
            text += &String::from_utf8_lossy(&bytes);
        }
    }
    text
}

/// Where the token is given: in a requirements file, or in the settings of the installers.
#[derive(Clone, Copy, Debug)]
enum TokenPlace {
    File,
    FileVariable,
    Settings,
    UvProject,
    Lock,
}

fn project(
    place: TokenPlace,
    token: &str,
    index: &Index,
    dir: &Path,
) -> (PythonDependencies, Vec<(&'static str, String)>) {
    let _ = std::fs::remove_dir_all(dir);
    std::fs::create_dir_all(dir).unwrap();
    let file = dir.join("requirements.txt");
    let bare = format!("http://{}/simple", index.address);
    let mut vars = Vec::new();
    let mut text = "corplib==1.0\n".to_owned();
    let mut wanted = PythonDependencies { requirements: vec![file.clone()], ..wanted(&[]) };
    let named = format!("[[tool.uv.index]]\nname = \"my-corp\"\nurl = \"{bare}\"\n");
    let credentials =
        [("UV_INDEX_MY_CORP_USERNAME", "aws".to_owned()), ("UV_INDEX_MY_CORP_PASSWORD", token.to_owned())];
    match place {
        TokenPlace::File => text = format!("--index-url {}\n{text}", index.url(token)),
        TokenPlace::FileVariable => {
            text = format!("--index-url {}\n{text}", index.url("${CORP_PYPI_TOKEN}"));
            vars.push(("CORP_PYPI_TOKEN", token.to_owned()));
        }
        TokenPlace::Settings => vars.extend([("PIP_INDEX_URL", index.url(token)), ("UV_INDEX_URL", index.url(token))]),
        TokenPlace::UvProject => {
            std::fs::write(dir.join("pyproject.toml"), format!("{named}default = true\n")).unwrap();
            vars.extend(credentials);
        }
        TokenPlace::Lock => {
            let project = "[project]\nname='x'\nversion='0'\ndependencies=['corplib']\n";
            std::fs::write(dir.join("pyproject.toml"), format!("{project}{named}explicit = true\n")).unwrap();
            let hash = &index.hash;
            let lock = format!(
                "version=1\n[[package]]\nname='x'\nsource={{virtual='.'}}\ndependencies=[{{name='corplib'}}]\n[[package]]\n\
                 name='corplib'\nversion='1.0'\nsource={{registry='{bare}'}}\n\
                 wheels=[{{url='http://{}/files/corplib-1.0-py3-none-any.whl', hash='sha256:{hash}'}}]\n",
                index.address
            );
            std::fs::write(dir.join("uv.lock"), lock).unwrap();
            vars.extend(credentials);
            wanted.requirements.clear();
            wanted.lock = Some(uv_lock(dir, ""));
        }
    }
    if !wanted.requirements.is_empty() {
        std::fs::write(&file, text).unwrap();
    }
    (wanted, vars)
}

#[tokio::test]
async fn private_index_token_is_used_and_never_stored() {
    if !needs::met("pypi", &["python3"]) {
        return;
    }
    let index = Index::start().await;
    for place in
        [TokenPlace::File, TokenPlace::FileVariable, TokenPlace::Settings, TokenPlace::UvProject, TokenPlace::Lock]
    {
        let dir = tempfile::tempdir().unwrap();
        for n in 0..installers(dir.path(), &[]).len() {
            // pip does not read uv's settings; a lock is read here and not by pip.
            if n == 0 && matches!(place, TokenPlace::UvProject) {
                continue;
            }
            let cache = dir.path().join(format!("cache{n}"));
            let lines: Arc<Mutex<Vec<String>>> = Arc::default();
            let mut digests = Vec::new();
            let mut counts = Vec::new();
            for token in TOKENS {
                let (wanted, vars) = project(place, token, &index, &dir.path().join("project"));
                let vars: Vec<(&str, &str)> = vars.iter().map(|(name, value)| (*name, value.as_str())).collect();
                let env = &installers(dir.path(), &vars)[n];
                let log = Arc::clone(&lines);
                let mut context = InstallFixture::new(env, cache.clone());
                context.events = Events::new(move |event| log.lock().unwrap().push(format!("{event:?}")));
                let made = layer(&wanted, &context).await;
                let made = made.unwrap_or_else(|error| panic!("{place:?} {n}: {error:?} {:?}", lines.lock().unwrap()));
                digests.push(made.unwrap().digest);
                counts.push(index.count());
            }
            assert_eq!(digests[0], digests[1], "{place:?}");
            assert_eq!(counts[0], counts[1], "{place:?}: another token asked the index again");
            assert!(!everything(&cache).contains("canary"), "{place:?} {n}");
            if !matches!(place, TokenPlace::File | TokenPlace::Settings) {
                continue;
            }
            // A package that is not there: the error and the log have no token either.
            let (mut wanted, vars) = project(place, TOKENS[0], &index, &dir.path().join("project"));
            let vars: Vec<(&str, &str)> = vars.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let file = dir.path().join("project/missing.txt");
            std::fs::write(&file, "corplib-missing==9\n").unwrap();
            wanted.requirements.push(file);
            let env = &installers(dir.path(), &vars)[n];
            let log = Arc::clone(&lines);
            let mut context = InstallFixture::new(env, cache.clone());
            context.events = Events::new(move |event| log.lock().unwrap().push(format!("{event:?}")));
            let error = layer(&wanted, &context).await.unwrap_err();
            let shown = format!("{error:?} {:?} {:?}", error.hints(), lines.lock().unwrap());
            assert!(!shown.contains("canary"), "{place:?} {n}: {shown}");
            assert!(shown.contains("corplib-missing"), "{place:?} {n}: {shown}");
            assert!(!everything(&cache).contains("canary"), "{place:?} {n}");
        }
    }
}
