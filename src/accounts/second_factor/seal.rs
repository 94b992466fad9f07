//! Secrets leave for the database encrypted: what reads the database or a backup of it cannot make codes.

use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use age::secrecy::ExposeSecret;
use age::x25519::Identity;

use crate::kernel::{Error, Result, id};

const FOLDER: &str = "keys";
const FILE: &str = "second-factor-age.key";

fn open_or_make(folder: PathBuf) -> Result<Identity> {
    let broken =
        |what: &Path, e: std::io::Error| Error::internal(format!("{}: {e}", what.display()));
    std::fs::create_dir_all(&folder).map_err(|e| broken(&folder, e))?;
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700))
        .map_err(|e| broken(&folder, e))?;
    let path = folder.join(FILE);
    let read = || std::fs::read_to_string(&path);
    let text = match read() {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            // Written aside, then named: nobody ever reads half a key, and the first one named stays.
            let aside = folder.join(format!("{FILE}.{}", id::fresh()));
            let mut file = std::fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&aside)
                .map_err(|e| broken(&aside, e))?;
            let made = Identity::generate();
            file.write_all(format!("{}\n", made.to_string().expose_secret()).as_bytes())
                .and_then(|()| file.sync_all())
                .map_err(|e| broken(&aside, e))?;
            let named = std::fs::hard_link(&aside, &path);
            std::fs::remove_file(&aside).map_err(|e| broken(&aside, e))?;
            match named {
                Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => {
                    return Err(broken(&path, e));
                }
                _ => read().map_err(|e| broken(&path, e))?,
            }
        }
        Err(e) => return Err(broken(&path, e)),
    };
    text.trim()
        .parse()
        .map_err(|_| Error::internal(format!("{} is not a key", path.display())))
}

async fn with_key<T: Send + 'static>(
    data_dir: &Path,
    then: impl FnOnce(Identity) -> Result<T> + Send + 'static,
) -> Result<T> {
    let folder = data_dir.join(FOLDER);
    tokio::task::spawn_blocking(move || then(open_or_make(folder)?))
        .await
        .map_err(Error::internal)?
}

/// Encrypts a secret with the key of this data folder, made at the first.
pub async fn close(data_dir: &Path, secret: Vec<u8>) -> Result<Vec<u8>> {
    with_key(data_dir, move |key| {
        age::encrypt(&key.to_public(), &secret).map_err(Error::internal)
    })
    .await
}

/// Decrypts it.
pub async fn open(data_dir: &Path, sealed: Vec<u8>) -> Result<Vec<u8>> {
    with_key(data_dir, move |key| {
        age::decrypt(&key, &sealed).map_err(Error::internal)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_secret_comes_back_with_its_key_and_with_no_other() {
        let (here, elsewhere) = (
            std::env::temp_dir().join(format!("vigie-{}", crate::kernel::id::fresh())),
            std::env::temp_dir().join(format!("vigie-{}", crate::kernel::id::fresh())),
        );
        let sealed = close(&here, b"12345678901234567890".to_vec())
            .await
            .unwrap();
        assert!(!sealed.windows(20).any(|w| w == b"12345678901234567890"));
        assert_eq!(
            open(&here, sealed.clone()).await.unwrap(),
            b"12345678901234567890"
        );
        assert!(open(&elsewhere, sealed).await.is_err());
        let mode = std::fs::metadata(here.join(FOLDER).join(FILE))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        for folder in [here, elsewhere] {
            std::fs::remove_dir_all(folder).unwrap();
        }
    }
}
