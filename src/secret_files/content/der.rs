//! Private keys and key stores that are not text, by their structure (X.690; RFC 8017, 5958, 5915, 7292).
//!
//! Owns: the beginning of each. Nothing is decoded beyond it.

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OBJECT: u8 = 0x06;

/// 1.2.840.113549.1, below which PKCS #5, #7 and #12 have their names.
const PKCS: [u8; 7] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01];
/// Java's two, and KeePass's.
const STORES: [[u8; 4]; 3] = [[0xfe, 0xed, 0xfe, 0xed], [0xce, 0xce, 0xce, 0xce], [0x03, 0xd9, 0xa2, 0x9a]];

/// What a file that begins so is.
pub(super) fn held_key(start: &[u8]) -> Option<&'static str> {
    if STORES.iter().any(|store| start.starts_with(store)) {
        return Some("a key store");
    }
    is_private_key(start).then_some("a private key")
}

/// Whether these bytes begin with a private key: of RSA, DSA or an elliptic curve, in PKCS #8, encrypted or not, or in a
/// PKCS #12 store.
pub(super) fn is_private_key(bytes: &[u8]) -> bool {
    (|| {
        let (SEQUENCE, body, _) = element(bytes)? else { return None };
        let (tag, first, rest) = element(body)?;
        let (second_tag, second, rest) = element(rest)?;
        let is_named = |algorithm: &[u8]| algorithm.first() == Some(&OBJECT);
        let of_pkcs = |algorithm: &[u8]| element(algorithm).is_some_and(|(_, name, _)| name.starts_with(&PKCS));
        let found = match (tag, first, second_tag) {
            (INTEGER, [3], SEQUENCE) => is_named(second) && of_pkcs(second),
            (INTEGER, [0 | 1], INTEGER) => second.len() >= 64,
            (INTEGER, [0 | 1], SEQUENCE) => is_named(second) && rest.first() == Some(&OCTETS),
            (INTEGER, [1], OCTETS) => (16..=72).contains(&second.len()) && matches!(rest.first(), Some(0xa0 | 0xa1)),
            (SEQUENCE, algorithm, OCTETS) => is_named(algorithm) && of_pkcs(algorithm) && second.len() >= 32,
            _ => false,
        };
        Some(found)
    })()
    .unwrap_or(false)
}

/// Tag and content of the first element, and what follows. The content may be cut off.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, length, rest) = match bytes {
        // Of a length that is not said: up to the end.
        [tag, 0x80, rest @ ..] => (*tag, rest.len(), rest),
        [tag, length @ 0..0x80, rest @ ..] => (*tag, usize::from(*length), rest),
        [tag, 0x81, length, rest @ ..] => (*tag, usize::from(*length), rest),
        [tag, 0x82, high, low, rest @ ..] => (*tag, usize::from(*high) << 8 | usize::from(*low), rest),
        [tag, 0x83, high, middle, low, rest @ ..] => {
            (*tag, usize::from(*high) << 16 | usize::from(*middle) << 8 | usize::from(*low), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at(length.min(rest.len()));
    Some((tag, content, rest))
}
