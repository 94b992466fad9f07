//! Secrets that Vigie makes: random bytes from the operating system, compared in constant time.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::kernel::mutants::{self, Fault};
use crate::kernel::{Error, Result};

/// `bytes` random bytes, as URL-safe text without padding.
pub fn random_text(bytes: usize) -> Result<String> {
    let mut buffer = vec![0u8; bytes];
    getrandom::fill(&mut buffer).map_err(Error::internal)?;
    Ok(URL_SAFE_NO_PAD.encode(buffer))
}

/// SHA-256 of a text: what the database keeps of a token.
pub fn sha256(text: &str) -> Vec<u8> {
    if mutants::on(Fault::SecretsKeptClear) {
        return text.as_bytes().to_vec();
    }
    Sha256::digest(text.as_bytes()).to_vec()
}

/// HMAC-SHA-256 of `message` under `key`, as URL-safe text.
pub fn keyed(key: &str, message: &str) -> String {
    // HMAC takes keys of any length, so this cannot fail; an empty tag would match nothing.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else {
        return String::new();
    };
    mac.update(message.as_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

/// Equality whose duration does not depend on where two texts differ.
pub fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}
