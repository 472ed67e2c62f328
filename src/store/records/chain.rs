//! The chain of hashes that makes a changed or missing record visible.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// The hash of a record: SHA-256 of the previous record's 32 bytes (zeros before the first) and the body's bytes,
/// in lower-case hexadecimal. `None` where `previous` is no hash.
pub fn chain_hash(previous: &str, body: &str) -> Option<String> {
    let mut hasher = Sha256::new();
    hasher.update(bytes_of(previous)?);
    hasher.update(body.as_bytes());
    let mut text = String::with_capacity(64);
    for byte in hasher.finalize() {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    Some(text)
}

fn bytes_of(hash: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if hash.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(hash.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_reproducible_with_other_tools() {
        // printf '%064d' 0 | xxd -r -p; printf '{}'   | sha256sum
        let zero = "0".repeat(64);
        let first = chain_hash(&zero, "{}").unwrap();
        let mut plain = Sha256::new();
        plain.update([0_u8; 32]);
        plain.update(b"{}");
        assert_eq!(first, format!("{:x}", plain.finalize()));
        assert_ne!(chain_hash(&first, "{}"), Some(first));
    }

    #[test]
    fn what_is_no_hash_is_refused() {
        for wrong in ["", "0", &"g".repeat(64), &"0".repeat(63), &"é".repeat(32)] {
            assert_eq!(chain_hash(wrong, "{}"), None, "{wrong}");
        }
    }
}
