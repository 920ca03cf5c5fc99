//! gzip by all processors at once, with the same bytes on every machine.
//!
//! Owns: cutting the content into blocks of one size, compressing them side by side, joining them into one gzip
//! member, and both digests on the way. Does not own: what the content is. How many processors there are decides how
//! long it takes and nothing else: a block's bytes depend on the block alone, and the compressor takes the same
//! decisions on every processor.
//!
//! The level and the block are measured (zlib-rs without vector instructions, one core, MB/s and size): source code 97 and 17.8 % at level 6, 186
//! and 19.4 % at level 3; shared objects 69 and 43.8 % at level 6, 94 and 44.8 % at level 3. Level 1 is faster again and
//! a quarter to a half larger. Blocks of a quarter of the size are 1 % larger, and seeding a block with the end of the
//! one before gains less than that. What does not compress is the slowest of all, so such blocks are found by a sample
//! and stored.

use std::io::{self, Read, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use flate2::{Compress, Compression, Crc, FlushCompress};

use crate::digest::{Digest, Hasher};
use crate::error::{Context, Error, Result};

const LEVEL: u32 = 3;
const BLOCK: usize = 1 << 20;
/// Hashing and writing cannot keep up with more.
const MOST_WORKERS: usize = 8;
/// A sample is this many pieces of this many bytes, spread over the block.
const SAMPLES: usize = 8;
const SAMPLE: usize = 4 << 10;
/// The most that a stored block of the format can hold.
const STORED: usize = 65_535;

/// No name, no time, an unknown system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
/// An empty last block.
const END: [u8; 2] = [3, 0];

/// What became of the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Compressed {
    /// Of what was put in.
    pub(crate) content: Digest,
    /// Of what was written.
    pub(crate) digest: Digest,
    /// Of what was written, in bytes.
    pub(crate) size: u64,
}

/// Takes the content in.
pub(crate) struct GzipSink {
    block: ContentBlock,
    jobs: SyncSender<CompressionJob>,
    order: SyncSender<Receiver<CompressedBlock>>,
    hashing: SyncSender<Arc<ContentBlock>>,
}

/// Bytes of the content, at most [`BLOCK`].
struct ContentBlock {
    bytes: Vec<u8>,
    len: usize,
}

struct CompressionJob {
    block: Arc<ContentBlock>,
    done: SyncSender<CompressedBlock>,
}

/// A compressed block, ending on a whole byte.
struct CompressedBlock {
    crc: Crc,
    form: Result<BlockForm>,
}

enum BlockForm {
    Deflated(Vec<u8>),
    Stored(Arc<ContentBlock>),
}

/// Compresses what `produce` puts into the sink and writes it to `out`; `what` is said when that fails: "could not
/// write …". Blocking, with memory for a few blocks of a megabyte per processor.
///
/// # Errors
/// Those of `produce` and of `out`; the latter win, because they are why the sink took no more.
pub(crate) fn compress<W: Write + Send>(
    out: W,
    what: &str,
    produce: impl FnOnce(&mut GzipSink) -> Result<()>,
) -> Result<(Compressed, W)> {
    let workers = thread::available_parallelism().map_or(1, usize::from).min(MOST_WORKERS);
    compress_by(workers, out, what, produce)
}

fn compress_by<W: Write + Send>(
    workers: usize,
    out: W,
    what: &str,
    produce: impl FnOnce(&mut GzipSink) -> Result<()>,
) -> Result<(Compressed, W)> {
    let (jobs, queue) = sync_channel::<CompressionJob>(workers);
    let (order, pieces) = sync_channel(workers * 2);
    let (hashing, blocks) = sync_channel::<Arc<ContentBlock>>(2);
    // Shared, so that the queue ends with the last worker and not with this function.
    let queue = Arc::new(Mutex::new(queue));
    thread::scope(|scope| {
        for queue in std::iter::repeat_n(queue, workers) {
            scope.spawn(move || {
                while let Some(job) = next(&queue) {
                    // Nobody waits for it when writing failed.
                    let _ = job.done.send(CompressedBlock::compress(job.block));
                }
            });
        }
        let hasher = scope.spawn(move || {
            let mut hasher = Hasher::default();
            blocks.iter().for_each(|block| hasher.update(block.content()));
            hasher.finish()
        });
        let writer = scope.spawn(move || write(out, what, &pieces));
        let mut sink = GzipSink { block: ContentBlock::new(), jobs, order, hashing };
        let produced = produce(&mut sink).and_then(|()| sink.pass_on().context(what));
        drop(sink);
        let (Ok(content), Ok(written)) = (hasher.join(), writer.join()) else {
            return Err(Error::failed("a thread that compresses stopped"));
        };
        let (digest, size, out) = written?;
        produced?;
        Ok((Compressed { content, digest, size }, out))
    })
}

fn next(queue: &Mutex<Receiver<CompressionJob>>) -> Option<CompressionJob> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

/// Writes the pieces in their order, with what a gzip member has before and behind them.
fn write<W: Write>(out: W, what: &str, pieces: &Receiver<Receiver<CompressedBlock>>) -> Result<(Digest, u64, W)> {
    let mut out = HashingWriter { inner: out, hasher: Hasher::default(), size: 0 };
    let mut crc = Crc::new();
    out.write_bytes(&HEADER).context(what)?;
    for piece in pieces {
        let piece = piece.recv().context("a thread that compresses stopped")?;
        match piece.form? {
            BlockForm::Deflated(bytes) => out.write_bytes(&bytes).context(what)?,
            BlockForm::Stored(block) => out.write_stored(block.content()).context(what)?,
        }
        crc.combine(&piece.crc);
    }
    out.write_bytes(&END).context(what)?;
    out.write_bytes(&crc.sum().to_le_bytes()).context(what)?;
    out.write_bytes(&crc.amount().to_le_bytes()).context(what)?;
    out.inner.flush().context(what)?;
    Ok((out.hasher.finish(), out.size, out.inner))
}

impl GzipSink {
    /// Copies exactly `size` bytes, without a buffer in between.
    ///
    /// # Errors
    /// `UnexpectedEof` when there are fewer, and whatever reading meets.
    pub(crate) fn copy(&mut self, from: &mut impl Read, size: u64) -> io::Result<()> {
        let mut left = size;
        while left > 0 {
            let room = self.block.room();
            let room = room.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let count = match from.read(&mut self.block.room()[..room]) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            left -= count as u64;
            self.filled(count)?;
        }
        Ok(())
    }

    fn filled(&mut self, count: usize) -> io::Result<()> {
        self.block.len += count;
        if self.block.len == BLOCK { self.pass_on() } else { Ok(()) }
    }

    /// Hands the block on, full or not.
    fn pass_on(&mut self) -> io::Result<()> {
        if self.block.len == 0 {
            return Ok(());
        }
        let block = Arc::new(std::mem::replace(&mut self.block, ContentBlock::new()));
        let (done, piece) = sync_channel(1);
        let stopped = || io::Error::new(io::ErrorKind::BrokenPipe, "the compressed data could not be written");
        self.hashing.send(Arc::clone(&block)).map_err(|_| stopped())?;
        self.jobs.send(CompressionJob { block, done }).map_err(|_| stopped())?;
        self.order.send(piece).map_err(|_| stopped())
    }
}

impl Write for GzipSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.block.room();
        let count = room.len().min(bytes.len());
        room[..count].copy_from_slice(&bytes[..count]);
        self.filled(count)?;
        Ok(count)
    }

    /// Does nothing: where a block ends must not depend on who flushes.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl ContentBlock {
    fn new() -> Self {
        Self { bytes: vec![0; BLOCK], len: 0 }
    }

    fn content(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    fn room(&mut self) -> &mut [u8] {
        &mut self.bytes[self.len..]
    }
}

impl CompressedBlock {
    fn compress(block: Arc<ContentBlock>) -> Self {
        let mut crc = Crc::new();
        crc.update(block.content());
        Self { crc, form: form(block) }
    }
}

fn form(block: Arc<ContentBlock>) -> Result<BlockForm> {
    let content = block.content();
    if is_dense(content)? {
        return Ok(BlockForm::Stored(block));
    }
    let bytes = deflate(content, LEVEL)?;
    Ok(if bytes.len() < content.len() { BlockForm::Deflated(bytes) } else { BlockForm::Stored(block) })
}

/// Raw deflate that ends with an empty stored block, and so on a whole byte.
fn deflate(content: &[u8], level: u32) -> Result<Vec<u8>> {
    // Room for everything at once: how often the compressor is called must not show in what it writes.
    let mut bytes = Vec::with_capacity(content.len() + content.len() / 64 + 4096);
    let mut compressor = Compress::new(Compression::new(level), false);
    compressor.compress_vec(content, &mut bytes, FlushCompress::Sync).context("could not compress")?;
    if compressor.total_in() != content.len() as u64 || !bytes.ends_with(&[0, 0, 0xff, 0xff]) {
        return Err(Error::failed("could not compress: the compressor stopped early"));
    }
    Ok(bytes)
}

/// Whether a sample of the block becomes hardly smaller: it is compressed or random already.
fn is_dense(content: &[u8]) -> Result<bool> {
    if content.len() < 2 * SAMPLES * SAMPLE {
        return Ok(false);
    }
    let step = (content.len() - SAMPLE) / (SAMPLES - 1);
    let mut sample = Vec::with_capacity(SAMPLES * SAMPLE);
    for at in (0..SAMPLES).map(|n| n * step) {
        sample.extend_from_slice(&content[at..at + SAMPLE]);
    }
    Ok(deflate(&sample, 1)?.len() * 16 > sample.len() * 15)
}

/// Passes bytes on and measures them.
struct HashingWriter<W> {
    inner: W,
    hasher: Hasher,
    size: u64,
}

impl<W: Write> HashingWriter<W> {
    fn write_bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hasher.update(bytes);
        self.size += bytes.len() as u64;
        self.inner.write_all(bytes)
    }

    /// The content as it is, in the frames that the format has for that.
    fn write_stored(&mut self, content: &[u8]) -> io::Result<()> {
        for part in content.chunks(STORED) {
            let [low, high] = u16::try_from(part.len()).unwrap_or(u16::MAX).to_le_bytes();
            self.write_bytes(&[0, low, high, !low, !high])?;
            self.write_bytes(part)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::needs;
    use crate::process::Child;

    /// Bytes without any pattern, the same in each run.
    fn noise(len: usize) -> Vec<u8> {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut bytes = Vec::with_capacity(len + 8);
        while bytes.len() < len {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            bytes.extend_from_slice(&state.to_le_bytes());
        }
        bytes.truncate(len);
        bytes
    }

    fn text(len: usize) -> Vec<u8> {
        let some: String = (0..5000_u32).map(|n| format!("line {n} of {}\n", n * 7919 % 1000)).collect();
        let mut bytes = some.repeat(len / some.len() + 1).into_bytes();
        bytes.truncate(len);
        bytes
    }

    fn run(workers: usize, content: &[u8], step: usize) -> (Compressed, Vec<u8>) {
        let produce = |sink: &mut GzipSink| {
            for part in content.chunks(step) {
                sink.write_all(part).unwrap();
                sink.flush().unwrap();
            }
            Ok(())
        };
        compress_by(workers, Vec::new(), "x", produce).unwrap()
    }

    fn unpack(bytes: &[u8]) -> Vec<u8> {
        // A decoder for one member: anything behind it would be left over.
        let mut decoder = flate2::bufread::GzDecoder::new(bytes);
        let mut content = Vec::new();
        decoder.read_to_end(&mut content).unwrap();
        assert!(decoder.into_inner().is_empty(), "more than one member");
        content
    }

    #[test]
    fn neither_workers_nor_writes_show_in_the_bytes() {
        let content = [text(3 * BLOCK / 2), noise(2 * BLOCK + 17), text(BLOCK / 3)].concat();
        let (facts, bytes) = run(1, &content, content.len());
        assert_eq!(unpack(&bytes), content);
        assert_eq!(facts.content, Digest::of_bytes(&content));
        assert_eq!((facts.digest, facts.size), (Digest::of_bytes(&bytes), bytes.len() as u64));
        for (workers, step) in [(2, 1000), (5, BLOCK - 1), (8, 70_001)] {
            assert!(run(workers, &content, step).1 == bytes, "{workers} workers, writes of {step}");
        }
        // Nothing but this code and the compressor's version decides what these bytes are: a new digest here means
        // that cached layers need another format number.
        let known = "sha256:54086ef3c12c9ffbf9cd53b3572bffae0591a9e726961b064eb4a826022cdac9";
        assert_eq!(facts.digest.to_string(), known);
    }

    #[test]
    fn what_does_not_compress_is_stored() {
        let content = noise(3 * BLOCK);
        let (facts, bytes) = run(2, &content, BLOCK);
        assert_eq!(unpack(&bytes), content);
        let frames = 3 * (BLOCK as u64).div_ceil(STORED as u64) * 5;
        assert_eq!(facts.size, content.len() as u64 + frames + 20);
        // Too short for a sample, found by compressing it.
        assert_eq!(run(2, &content[..1000], 10).0.size, 1000 + 5 + 20);
        // A sample sees text behind noise and the other way round.
        let mixed = [&content[..BLOCK / 2], &text(BLOCK / 2)].concat();
        assert!(run(2, &mixed, BLOCK).0.size < (BLOCK * 3 / 4) as u64);
    }

    #[test]
    fn an_empty_content_is_a_whole_member() {
        let (facts, bytes) = run(2, &[], 1);
        assert_eq!(unpack(&bytes), b"");
        assert_eq!((facts.size, facts.content), (20, Digest::of_bytes(b"")));
    }

    #[test]
    fn full_disk_fails_with_that_reason() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                if bytes.len() < 100 { Ok(bytes.len()) } else { Err(io::ErrorKind::StorageFull.into()) }
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let produce = |sink: &mut GzipSink| sink.copy(&mut io::repeat(1), 1 << 28).context("cut off");
        let error = compress_by(2, Full, "could not write", produce).err().unwrap();
        assert!(error.to_string().contains(&io::Error::from(io::ErrorKind::StorageFull).to_string()), "{error}");
        let produce = |sink: &mut GzipSink| sink.copy(&mut io::empty(), 1).context("too short");
        assert!(compress_by(2, Vec::new(), "x", produce).is_err());
    }

    #[tokio::test]
    async fn others_unpack_it() {
        if !needs::met("python", &["python3", "gzip"]) {
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let (content, path) = ([text(BLOCK), noise(BLOCK + 9)].concat(), dir.path().join("x.gz"));
        std::fs::write(&path, run(2, &content, BLOCK).1).unwrap();
        let python = "import gzip, sys; sys.stdout.buffer.write(gzip.open(sys.argv[1]).read())";
        for child in [Child::inheriting("python3").args(["-c", python]), Child::inheriting("gzip").arg("-dc")] {
            assert!(child.arg(&path).check().await.unwrap().stdout == content);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]
        #[test]
        fn any_mixture_comes_back(parts in proptest::collection::vec((any::<bool>(), 0_usize..500_000), 0..5)) {
            let part = |(dense, len): (bool, usize)| if dense { noise(len) } else { text(len) };
            let content: Vec<u8> = parts.into_iter().flat_map(part).collect();
            let (facts, bytes) = run(3, &content, 300_000);
            prop_assert!(unpack(&bytes) == content);
            prop_assert_eq!(facts.content, Digest::of_bytes(&content));
        }
    }
}
