//! Codes, without SQL or HTTP.

use totp_rs::{Builder, Totp};

use crate::kernel::{Error, Result};

/// Recovery codes made at a time.
pub const CODES: usize = 10;
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// The authenticator of a secret: SHA-1, six digits, thirty seconds, as every application understands.
pub fn totp(secret: &[u8], login: &str, issuer: &str) -> Result<Totp> {
    let plain = |text: &str| text.replace(':', " ");
    Builder::new()
        .with_secret(secret.to_vec())
        .with_account_name(plain(login))
        .with_issuer(Some(plain(issuer)))
        .build()
        .map_err(|e| Error::internal(format!("{e:?}")))
}

/// What was typed: six digits, a recovery code, or neither.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// From the authenticator.
    Digits(String),
    /// From paper.
    Recovery(String),
    /// Something else.
    Neither,
}

/// Reads a code; spaces, dashes and case do not matter.
pub fn read(typed: &str) -> Typed {
    let bare: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .flat_map(char::to_uppercase)
        .take(40)
        .collect();
    if bare.len() == 6 && bare.bytes().all(|b| b.is_ascii_digit()) {
        Typed::Digits(bare)
    } else if bare.len() == 12 && bare.bytes().all(|b| ALPHABET.contains(&b)) {
        Typed::Recovery(bare)
    } else {
        Typed::Neither
    }
}

/// Fresh recovery codes: twelve characters, sixty bits each, as they are kept and as they are shown.
pub fn recovery_codes() -> Result<Vec<(String, String)>> {
    (0..CODES)
        .map(|_| {
            let mut bytes = [0u8; 12];
            getrandom::fill(&mut bytes).map_err(Error::internal)?;
            let code: String = bytes
                .iter()
                .map(|b| char::from(ALPHABET[usize::from(b & 31)]))
                .collect();
            let shown = format!("{}-{}-{}", &code[..4], &code[4..8], &code[8..]);
            Ok((code, shown))
        })
        .collect()
}

/// A secret in groups of four, to be typed where a camera cannot be used.
pub fn grouped(base32: &str) -> String {
    let letters: Vec<char> = base32.chars().collect();
    letters
        .chunks(4)
        .map(|group| group.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_rfc_6238_hold() {
        // Appendix B, SHA-1, the last six of its eight digits.
        let totp = totp(b"12345678901234567890", "x", "Vigie").unwrap();
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (2_000_000_000, "279037"),
        ] {
            assert_eq!(totp.generate(time).to_string(), code);
            assert_eq!(totp.check(code, time), Some(time / 30));
        }
        assert_eq!(totp.check("287082", 59 + 120), None);
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        assert_eq!(read(" 123 456 "), Typed::Digits("123456".into()));
        assert_eq!(
            read("abcd-efgh-2345"),
            Typed::Recovery("ABCDEFGH2345".into())
        );
        for odd in ["", "12345", "1234567", "ABCD-EFGH-1O0I", "'; drop"] {
            assert_eq!(read(odd), Typed::Neither, "{odd}");
        }
        for (kept, shown) in recovery_codes().unwrap() {
            assert_eq!(read(&shown), Typed::Recovery(kept));
        }
        assert_eq!(grouped("ABCDEFGHIJ"), "ABCD EFGH IJ");
    }
}
