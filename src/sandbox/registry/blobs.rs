//! Reading blobs: HEAD, and GET with or without a range.

use axum::body::Body;
use http::{HeaderValue, Method};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use super::blob_path;
use crate::sandbox::SharedSandbox;
use crate::sandbox::reply::{self, Fault, Response};
use crate::sandbox::request::Request;

/// Size of the pieces that a blob is sent in.
const CHUNK: usize = 256 << 10;

pub(super) async fn get(
    sandbox: &SharedSandbox,
    request: &Request,
    repository: &str,
    digest: &str,
) -> Result<Response, Fault> {
    let linked = sandbox.state.ecr.read(|ecr| {
        let repository = ecr.repositories.get(repository);
        repository.is_some_and(|it| it.blobs.contains(digest) || it.images.contains_key(digest))
    });
    let path = blob_path(sandbox, digest).filter(|_| linked).ok_or_else(|| unknown(digest))?;
    let mut file = tokio::fs::File::open(&path).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => unknown(digest),
        _ => error.into(),
    })?;
    let size = file.metadata().await?.len();
    let range = match request.header("range") {
        Some(text) => parse_range(text, size).map_err(|()| {
            Fault::new(416, "RANGE_INVALID", format!("the range `{text}` is not within {size} bytes"))
                .header("content-range", &format!("bytes */{size}"))
        })?,
        None => None,
    };
    let (start, length) = range.unwrap_or((0, size));
    let body = if request.method == Method::HEAD {
        Body::empty()
    } else {
        file.seek(std::io::SeekFrom::Start(start)).await?;
        Body::from_stream(ReaderStream::with_capacity(file.take(length), CHUNK))
    };
    let mut response = reply::with_body(if range.is_some() { 206 } else { 200 }, "application/octet-stream", body);
    let headers = response.headers_mut();
    headers.insert("content-length", HeaderValue::from(length));
    headers.insert("accept-ranges", HeaderValue::from_static("bytes"));
    if let Ok(digest) = HeaderValue::from_str(digest) {
        headers.insert("docker-content-digest", digest);
    }
    if range.is_some()
        && let Ok(value) = HeaderValue::from_str(&format!("bytes {start}-{}/{size}", start + length - 1))
    {
        headers.insert("content-range", value);
    }
    Ok(response)
}

fn unknown(digest: &str) -> Fault {
    Fault::new(404, "BLOB_UNKNOWN", format!("blob unknown to registry: {digest}")).field("digest", digest)
}

/// Start and length of a single byte range. `Ok(None)`: not a form that has to be honoured, so the whole is sent.
pub(crate) fn parse_range(text: &str, size: u64) -> Result<Option<(u64, u64)>, ()> {
    let Some(spec) = text.strip_prefix("bytes=").filter(|spec| !spec.contains(',')) else { return Ok(None) };
    let Some((first, last)) = spec.split_once('-') else { return Ok(None) };
    let number = |text: &str| text.trim().parse::<u64>();
    let (start, end) = match (number(first), number(last)) {
        (Ok(start), Ok(last)) if start <= last => (start, last.saturating_add(1).min(size)),
        (Ok(start), Err(_)) if last.is_empty() => (start, size),
        (Err(_), Ok(length)) if first.is_empty() && length > 0 => (size.saturating_sub(length), size),
        _ => return Ok(None),
    };
    if start < end { Ok(Some((start, end - start))) } else { Err(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_follow_rfc_9110() {
        assert_eq!(parse_range("bytes=0-3", 10), Ok(Some((0, 4))));
        assert_eq!(parse_range("bytes=4-", 10), Ok(Some((4, 6))));
        assert_eq!(parse_range("bytes=-3", 10), Ok(Some((7, 3))));
        assert_eq!(parse_range("bytes=-30", 10), Ok(Some((0, 10))));
        assert_eq!(parse_range("bytes=8-99", 10), Ok(Some((8, 2))));
        assert_eq!(parse_range("bytes=10-", 10), Err(()));
        assert_eq!(parse_range("bytes=0-1,4-5", 10), Ok(None));
        assert_eq!(parse_range("bytes=5-2", 10), Ok(None));
        assert_eq!(parse_range("lines=1-2", 10), Ok(None));
    }
}
