//! Receives bodies: writes them to disk, hashes them as they arrive, removes the chunk encoding, and compares them with
//! the hashes and lengths that the request states.

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::{Buf, BytesMut};
use futures_util::StreamExt;
use md5::{Digest as _, Md5};
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt, BufWriter};

use super::checksum::{Algorithm, Checksum, Stated, Sum};
use super::{PayloadHash, files};
use crate::sandbox::SharedSandbox;
use crate::sandbox::reply::Fault;
use crate::sandbox::request::Request;
use crate::sandbox::router;
use crate::sandbox::sigv4::{self, ChunkSignatures, Signed};

/// The largest object or part of one request.
const MAX_SIZE: u64 = 5 << 30;
/// A line between chunks, or after them.
const MAX_LINE: usize = 4096;
const BUFFER: usize = 1 << 17;

/// A verified body on disk.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) path: tempfile::TempPath,
    pub(super) size: u64,
    pub(super) md5: [u8; 16],
    pub(super) checksum: Checksum,
}

/// The checksums that are computed of a body.
struct Sums {
    sha256: Context,
    md5: Md5,
    algorithm: Algorithm,
    checksum: Sum,
    size: u64,
}

impl Sums {
    fn new(algorithm: Algorithm) -> Self {
        Self { sha256: Context::new(&SHA256), md5: Md5::new(), algorithm, checksum: algorithm.sum(), size: 0 }
    }

    fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        self.md5.update(bytes);
        self.checksum.update(bytes);
        self.size += bytes.len() as u64;
    }
}

/// The body of a request that takes a document, whole.
pub(super) async fn document(
    sandbox: &SharedSandbox,
    request: &mut Request,
    payload: &PayloadHash,
    limit: usize,
) -> Result<Vec<u8>, Fault> {
    let received = receive(sandbox, request, payload, None).await?;
    if received.size > limit as u64 {
        return Err(Fault::new(400, "MaxMessageLengthExceeded", "Your request was too big."));
    }
    Ok(tokio::fs::read(&received.path).await?)
}

/// Writes the body to a file. `algorithm` is what the sum is made with when the request names none.
pub(super) async fn receive(
    sandbox: &SharedSandbox,
    request: &mut Request,
    payload: &PayloadHash,
    algorithm: Option<Algorithm>,
) -> Result<Received, Fault> {
    let stated = Stated::from_request(request)?;
    // What S3 computes by itself since December 2024.
    let algorithm = stated.algorithm.or(algorithm).unwrap_or(Algorithm::Crc64Nvme);
    let mut sums = Sums::new(algorithm);
    let mut chunks = match payload {
        PayloadHash::Chunked { signed } => Some(Chunks::from_request(sandbox, request, *signed)?),
        _ => None,
    };
    let (path, mut file) = incoming(sandbox).await?;
    let mut stream = request.stream();
    while let Some(bytes) = stream.next().await {
        let bytes = bytes.map_err(|error| incomplete(&error.to_string()))?;
        match &mut chunks {
            None => {
                sums.update(&bytes);
                file.write_all(&bytes).await?;
            }
            Some(chunks) => {
                chunks.feed(&bytes)?;
                while let Some(data) = chunks.next()? {
                    sums.update(&data);
                    file.write_all(&data).await?;
                }
            }
        }
        if sums.size > MAX_SIZE {
            return Err(Fault::new(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size"));
        }
    }
    file.flush().await?;
    let trailers = chunks.map(|chunks| chunks.finish(sums.size)).transpose()?.unwrap_or_default();
    check(sums, payload, &stated, &trailers).map(|(size, md5, checksum)| Received { path, size, md5, checksum })
}

/// A file for an incoming body; it is deleted with the path unless it is kept.
async fn incoming(sandbox: &SharedSandbox) -> Result<(tempfile::TempPath, BufWriter<tokio::fs::File>), Fault> {
    let path = files(sandbox).join("incoming").join(uuid::Uuid::new_v4().simple().to_string());
    let file = BufWriter::with_capacity(BUFFER, tokio::fs::File::create(&path).await?);
    Ok((tempfile::TempPath::try_from_path(path)?, file))
}

/// Copies a file, or a part of it given by start and length, as if it had been sent.
pub(super) async fn receive_copy(
    sandbox: &SharedSandbox,
    mut source: tokio::fs::File,
    range: Option<(u64, u64)>,
    algorithm: Algorithm,
) -> Result<Received, Fault> {
    let (start, length) = range.unwrap_or((0, u64::MAX));
    source.seek(std::io::SeekFrom::Start(start)).await?;
    let mut source = source.take(length);
    let mut sums = Sums::new(algorithm);
    let (path, mut file) = incoming(sandbox).await?;
    let mut buffer = vec![0; BUFFER];
    loop {
        let count = source.read(&mut buffer).await?;
        if count == 0 {
            break;
        }
        sums.update(&buffer[..count]);
        file.write_all(&buffer[..count]).await?;
    }
    file.flush().await?;
    let checksum = Checksum::new(algorithm, &sums.checksum.finish());
    Ok(Received { path, size: sums.size, md5: sums.md5.finalize().into(), checksum })
}

fn check(
    sums: Sums,
    payload: &PayloadHash,
    stated: &Stated,
    trailers: &[(String, String)],
) -> Result<(u64, [u8; 16], Checksum), Fault> {
    let Sums { sha256, md5, algorithm, checksum, size } = sums;
    if let PayloadHash::Sha256(stated) = payload
        && hex::encode(sha256.finish()) != *stated
    {
        return Err(Fault::new(
            400,
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        ));
    }
    let md5: [u8; 16] = md5.finalize().into();
    if stated.md5.as_ref().is_some_and(|stated| *stated != STANDARD.encode(md5)) {
        return Err(Fault::new(400, "BadDigest", "The Content-MD5 you specified did not match what we received."));
    }
    let checksum = Checksum::new(algorithm, &checksum.finish());
    let trailer = trailers.iter().find(|(name, _)| name.eq_ignore_ascii_case(algorithm.header()));
    let expected = match trailer {
        Some((_, value)) => Some(value),
        None if stated.trails => {
            return Err(Fault::new(
                400,
                "MalformedTrailerError",
                "The request contained trailing data that was not well-formed or did not conform to our published schema.",
            ));
        }
        None => stated.value.as_ref(),
    };
    if expected.is_some_and(|expected| *expected != checksum.value) {
        let text = format!("The {} you specified did not match the calculated checksum.", algorithm.name());
        return Err(Fault::new(400, "BadDigest", text));
    }
    Ok((size, md5, checksum))
}

fn incomplete(why: &str) -> Fault {
    let text = "You did not provide the number of bytes specified by the Content-Length HTTP header";
    Fault::new(400, "IncompleteBody", format!("{text}: {why}"))
}

/// The `aws-chunked` encoding: each chunk has a line with its size in front, and lines follow the last one.
struct Chunks {
    buffer: BytesMut,
    state: ChunkState,
    signatures: Option<ChunkSignatures>,
    /// Of the chunk that is being read, where it is signed.
    current: Option<(String, Context)>,
    trailers: Vec<(String, String)>,
    /// What `x-amz-decoded-content-length` says.
    length: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ChunkState {
    Size,
    Data(u64),
    /// The line break after a chunk.
    Break,
    Trailer,
    Done,
}

impl Chunks {
    fn from_request(sandbox: &SharedSandbox, request: &Request, signed: bool) -> Result<Self, Fault> {
        let stated = request.header("x-amz-content-sha256").unwrap_or_default();
        let parts = Signed {
            method: &request.method,
            path: &request.raw_path,
            query: &request.raw_query,
            headers: &request.headers,
            body_sha256: stated,
        };
        let secret = router::signing_secret(sandbox, request);
        let signatures =
            signed.then(|| ChunkSignatures::after_request(&parts, &secret)).transpose().map_err(super::refusal)?;
        let length = request.header("x-amz-decoded-content-length").and_then(|text| text.parse().ok());
        let length = length.ok_or_else(|| {
            Fault::new(411, "MissingContentLength", "You must provide the x-amz-decoded-content-length HTTP header.")
        })?;
        Ok(Self {
            buffer: BytesMut::new(),
            state: ChunkState::Size,
            signatures,
            current: None,
            trailers: Vec::new(),
            length,
        })
    }

    fn feed(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        if self.state == ChunkState::Done && !bytes.is_empty() {
            return Err(incomplete("something follows the last chunk"));
        }
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    /// The next piece of the content; `None` when more has to arrive first.
    fn next(&mut self) -> Result<Option<BytesMut>, Fault> {
        loop {
            match self.state {
                ChunkState::Size => {
                    let Some(line) = self.line()? else { return Ok(None) };
                    self.state = self.begin(&line)?;
                }
                ChunkState::Data(0) => self.state = ChunkState::Break,
                ChunkState::Data(left) => {
                    if self.buffer.is_empty() {
                        return Ok(None);
                    }
                    let count = self.buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                    let data = self.buffer.split_to(count);
                    if let Some((_, hash)) = &mut self.current {
                        hash.update(&data);
                    }
                    self.state = ChunkState::Data(left - count as u64);
                    return Ok(Some(data));
                }
                ChunkState::Break => {
                    let Some(line) = self.line()? else { return Ok(None) };
                    if !line.is_empty() {
                        return Err(incomplete("a chunk is longer than it says"));
                    }
                    self.check_chunk()?;
                    self.state = ChunkState::Size;
                }
                ChunkState::Trailer => {
                    let Some(line) = self.line()? else { return Ok(None) };
                    if line.is_empty() {
                        self.state = ChunkState::Done;
                    } else {
                        let (name, value) = line.split_once(':').ok_or_else(|| incomplete("a trailer has no name"))?;
                        self.trailers.push((name.trim().to_owned(), value.trim().to_owned()));
                    }
                }
                ChunkState::Done => return Ok(None),
            }
        }
    }

    fn begin(&mut self, line: &str) -> Result<ChunkState, Fault> {
        let (size, extension) = line.split_once(';').unwrap_or((line, ""));
        let size = u64::from_str_radix(size.trim(), 16).map_err(|_| incomplete("a chunk has no size"))?;
        if self.signatures.is_some() {
            let signature = extension.trim().strip_prefix("chunk-signature=");
            let signature = signature.ok_or_else(|| incomplete("a chunk has no signature"))?;
            self.current = Some((signature.to_owned(), Context::new(&SHA256)));
        }
        if size > 0 {
            return Ok(ChunkState::Data(size));
        }
        self.check_chunk()?;
        Ok(ChunkState::Trailer)
    }

    fn check_chunk(&mut self) -> Result<(), Fault> {
        let (Some(signatures), Some((signature, hash))) = (&mut self.signatures, self.current.take()) else {
            return Ok(());
        };
        if signatures.is_chunk(&signature, &hex::encode(hash.finish())) { Ok(()) } else { Err(mismatch()) }
    }

    /// The next line without its end, which is taken from the buffer.
    fn line(&mut self) -> Result<Option<String>, Fault> {
        match self.buffer.windows(2).position(|pair| pair == b"\r\n") {
            Some(at) => {
                let line = String::from_utf8_lossy(&self.buffer[..at]).into_owned();
                self.buffer.advance(at + 2);
                Ok(Some(line))
            }
            None if self.buffer.len() > MAX_LINE => Err(incomplete("a line between chunks has no end")),
            None => Ok(None),
        }
    }

    /// The lines after the last chunk, once everything is there.
    fn finish(mut self, size: u64) -> Result<Vec<(String, String)>, Fault> {
        // Some clients leave out the empty line at the end.
        let complete = self.state == ChunkState::Done || (self.state == ChunkState::Trailer && self.buffer.is_empty());
        if !complete || size != self.length {
            return Err(incomplete(&format!("{size} of {} bytes arrived", self.length)));
        }
        let signature = self.trailers.iter().position(|(name, _)| name == "x-amz-trailer-signature");
        let signature = signature.map(|at| self.trailers.remove(at).1);
        if let Some(signatures) = &mut self.signatures
            && !self.trailers.is_empty()
        {
            let lines: String = self.trailers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
            let signature = signature.ok_or_else(mismatch)?;
            if !signatures.is_trailer(&signature, &sigv4::sha256(lines.as_bytes())) {
                return Err(mismatch());
            }
        }
        Ok(self.trailers)
    }
}

fn mismatch() -> Fault {
    Fault::new(
        403,
        "SignatureDoesNotMatch",
        "The chunk signature we calculated does not match the signature you provided.",
    )
}
