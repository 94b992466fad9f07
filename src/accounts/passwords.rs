//! Passwords: argon2id, long rather than contorted, not among those everybody tries.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::kernel::mutants::{self, Fault};
use crate::kernel::text::plain;
use crate::kernel::{Error, Result};

/// Shortest password accepted, in characters (ANSSI, authentication guide of 2021: at least 12
/// where attempts are slowed down).
pub const SHORTEST: usize = 12;
/// Longest: hashing must not be a way to busy the server.
pub const LONGEST: usize = 256;

/// Hashing costs 19 MiB each: no more than this at once.
static PLACES: Semaphore = Semaphore::const_new(4);

/// Words that begin the lists attackers try first; a password is refused when it is one of them
/// repeated, followed by digits or signs, or contains nothing else than these and the login.
const KNOWN_BAD: [&str; 40] = [
    "password",
    "motdepasse",
    "azerty",
    "azertyuiop",
    "qwerty",
    "qwertyuiop",
    "123456",
    "1234567890",
    "0123456789",
    "abcdef",
    "abcdefgh",
    "iloveyou",
    "bonjour",
    "soleil",
    "doudou",
    "loulou",
    "chouchou",
    "nicolas",
    "marseille",
    "france",
    "hopital",
    "clinique",
    "chu",
    "sante",
    "medical",
    "biomedical",
    "infirmier",
    "infirmiere",
    "medecin",
    "vigie",
    "admin",
    "administrateur",
    "administrator",
    "welcome",
    "bienvenue",
    "secret",
    "changeme",
    "football",
    "princesse",
    "demonstration",
];

/// Why a password is refused, if it is.
pub fn weakness(password: &str, login: &str, name: &str) -> Option<String> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Some(format!(
            "Ce mot de passe a {length} caractères : il en faut au moins {SHORTEST}. Une phrase convient très bien."
        ));
    }
    if length > LONGEST {
        return Some(format!(
            "Ce mot de passe a {length} caractères : la limite est de {LONGEST}."
        ));
    }
    let mut rest: String = plain(password)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect();
    let mut words: Vec<String> = KNOWN_BAD.iter().map(|w| (*w).to_owned()).collect();
    words.extend(
        plain(login)
            .split(['.', '@', '-', '_'])
            .filter(|w| w.len() > 2)
            .map(str::to_owned),
    );
    words.extend(
        plain(name)
            .split_whitespace()
            .filter(|w| w.len() > 2)
            .map(str::to_owned),
    );
    words.sort_by_key(|w| std::cmp::Reverse(w.len()));
    for word in words {
        rest = rest.replace(&word, "");
    }
    let rest: String = rest.chars().filter(|c| !c.is_ascii_digit()).collect();
    let mut distinct: Vec<char> = rest.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    (distinct.len() < 4).then(|| "Ce mot de passe est de ceux que l’on essaie en premier (mot courant, votre nom, une suite). Choisissez-en un autre, par exemple quatre mots sans rapport.".to_owned())
}

/// Hashes a password.
pub async fn hash(password: String) -> Result<String> {
    let _place = PLACES.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(move || {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|h| h.to_string())
            .map_err(Error::internal)
    })
    .await
    .map_err(Error::internal)?
}

/// Is this the password? Without a stored hash the same work is done, so that the time taken does
/// not tell whether the account exists.
pub async fn verify(password: String, stored: Option<String>) -> Result<bool> {
    let _place = PLACES.acquire().await.map_err(Error::internal)?;
    if stored.is_none() && mutants::on(Fault::UnknownTold) {
        return Ok(false);
    }
    tokio::task::spawn_blocking(move || {
        let argon2 = Argon2::default();
        match stored {
            Some(stored) => {
                let parsed = PasswordHash::new(&stored).map_err(Error::internal)?;
                Ok(argon2.verify_password(password.as_bytes(), &parsed).is_ok())
            }
            None => {
                let _ = argon2.hash_password(password.as_bytes());
                Ok(false)
            }
        }
    })
    .await
    .map_err(Error::internal)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_asked_for_not_contortion() {
        assert!(weakness("cheval batterie agrafe", "c.martin", "Claire Martin").is_none());
        assert!(weakness("court", "c.martin", "Claire Martin").is_some());
        assert!(weakness(&"a".repeat(300), "c.martin", "Claire Martin").is_some());
    }

    #[test]
    fn what_everybody_tries_is_refused() {
        for bad in [
            "motdepasse123",
            "Azertyuiop2026!",
            "claire.martin.2026",
            "aaaaaaaaaaaa",
            "vigievigie2026",
            "Hôpital-2026-CHU",
        ] {
            assert!(
                weakness(bad, "c.martin", "Claire Martin").is_some(),
                "{bad}"
            );
        }
    }
}
