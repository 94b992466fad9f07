//! The key of the seals, and the head it last signed: files of the machine, never rows.

use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use super::model::Block;
use crate::kernel::{Error, Result};

const FOLDER: &str = "keys";
const SECRET: &str = "audit-ed25519.key";
const PUBLIC: &str = "audit-ed25519.pub";
const HEAD: &str = "audit-head.json";
/// Public keys of machines whose base was restored here, one a line: what they sealed still verifies.
const FORMER: &str = "audit-former.pub";

/// The last block known to this machine.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Head {
    /// Its number.
    pub block: i64,
    /// The number of its last row.
    pub last_row: i64,
    /// Its hash, base64.
    pub hash: String,
    /// Its signature, base64.
    pub signature: String,
}

/// The signing key, and where it is kept.
pub struct Keys {
    key: SigningKey,
    folder: PathBuf,
}

impl Keys {
    /// Reads the key of this data folder, or makes it at the first seal: 0600 in a folder 0700.
    pub async fn open_or_make(data_dir: &Path) -> Result<Self> {
        let folder = data_dir.join(FOLDER);
        tokio::task::spawn_blocking(move || Self::open_or_make_now(folder))
            .await
            .map_err(Error::internal)?
    }

    fn open_or_make_now(folder: PathBuf) -> Result<Self> {
        let broken =
            |what: &Path, e: std::io::Error| Error::internal(format!("{}: {e}", what.display()));
        std::fs::create_dir_all(&folder).map_err(|e| broken(&folder, e))?;
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700))
            .map_err(|e| broken(&folder, e))?;
        let path = folder.join(SECRET);
        let mut seed = [0u8; 32];
        getrandom::fill(&mut seed).map_err(Error::internal)?;
        let opened = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path);
        let key = match opened {
            Ok(mut file) => {
                use std::io::Write;
                file.write_all(format!("{}\n", STANDARD.encode(seed)).as_bytes())
                    .and_then(|()| file.sync_all())
                    .map_err(|e| broken(&path, e))?;
                SigningKey::from_bytes(&seed)
            }
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => read_key(&path)?,
            Err(e) => return Err(broken(&path, e)),
        };
        let public = folder.join(PUBLIC);
        if !public.exists() {
            let text = format!("{}\n", STANDARD.encode(key.verifying_key().as_bytes()));
            std::fs::write(&public, text).map_err(|e| broken(&public, e))?;
        }
        Ok(Self { key, folder })
    }

    /// Signs a block's hash.
    pub fn sign(&self, hash: &[u8]) -> Vec<u8> {
        self.key.sign(hash).to_bytes().to_vec()
    }

    /// The public half in words, as `vigie restore --public-key` wants it.
    pub fn public_words(&self) -> String {
        STANDARD.encode(self.key.verifying_key().as_bytes())
    }

    /// Remembers the last block outside the database.
    pub async fn remember(&self, block: &Block) -> Result<()> {
        let head = Head {
            block: block.id,
            last_row: block.last_row_id,
            hash: STANDARD.encode(&block.hash),
            signature: STANDARD.encode(&block.signature),
        };
        let text = serde_json::to_string(&head).map_err(Error::internal)?;
        self.remember_in(HEAD, &text).await
    }

    /// Remembers a text in a file beside the key: other chains have heads too.
    pub async fn remember_in(&self, file: &str, text: &str) -> Result<()> {
        // Written aside then renamed: a cut leaves the former head.
        let aside = self.folder.join(format!("{file}.new"));
        tokio::fs::write(&aside, text)
            .await
            .map_err(Error::internal)?;
        tokio::fs::rename(&aside, self.folder.join(file))
            .await
            .map_err(Error::internal)
    }

    /// The public key, that what leaves the machine carries.
    pub fn public_bytes(&self) -> [u8; 32] {
        self.key.verifying_key().to_bytes()
    }
}

/// What was remembered beside the key in a file, if anything was.
pub fn remembered_in(data_dir: &Path, file: &str) -> Result<Option<String>> {
    match std::fs::read_to_string(data_dir.join(FOLDER).join(file)) {
        Ok(text) => Ok(Some(text)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Error::internal(e)),
    }
}

fn read_key(path: &Path) -> Result<SigningKey> {
    let text = std::fs::read_to_string(path)
        .map_err(|e| Error::internal(format!("{}: {e}", path.display())))?;
    let bytes: [u8; 32] = STANDARD
        .decode(text.trim())
        .ok()
        .and_then(|b| b.try_into().ok())
        .ok_or_else(|| Error::internal(format!("{} is not a key", path.display())))?;
    Ok(SigningKey::from_bytes(&bytes))
}

/// What verification needs: the public key and the head, each absent until the first seal.
pub struct Known {
    /// The public key.
    pub key: Option<VerifyingKey>,
    /// Keys of the machines this base was restored from.
    pub former: Vec<VerifyingKey>,
    /// The last block this machine sealed.
    pub head: Option<Head>,
}

/// A public key as files hold it: base64 of its 32 bytes.
pub fn public_key(text: &str) -> Option<VerifyingKey> {
    let bytes: [u8; 32] = STANDARD.decode(text.trim()).ok()?.try_into().ok()?;
    VerifyingKey::from_bytes(&bytes).ok()
}

/// Remembers, in a data folder, the key and the head of the machine whose base is restored there.
pub fn inherit(data_dir: &Path, key: Option<&VerifyingKey>, head: Option<&Head>) -> Result<()> {
    use std::io::Write;
    let folder = data_dir.join(FOLDER);
    let kept = || -> std::io::Result<()> {
        std::fs::create_dir_all(&folder)?;
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700))?;
        if let Some(key) = key {
            let mut file = std::fs::OpenOptions::new()
                .create(true)
                .append(true)
                .open(folder.join(FORMER))?;
            writeln!(file, "{}", STANDARD.encode(key.as_bytes()))?;
            file.sync_all()?;
        }
        if let Some(head) = head {
            std::fs::write(folder.join(HEAD), serde_json::to_string(head)?)?;
        }
        Ok(())
    };
    kept().map_err(|e| Error::internal(format!("{}: {e}", folder.display())))
}

impl Known {
    /// Reads what this data folder knows; nothing is made.
    pub fn of(data_dir: &Path) -> Result<Self> {
        let folder = data_dir.join(FOLDER);
        let secret = folder.join(SECRET);
        let key = if secret.exists() {
            Some(read_key(&secret)?.verifying_key())
        } else {
            None
        };
        let head = match remembered_in(data_dir, HEAD)? {
            Some(text) => Some(serde_json::from_str(&text).map_err(Error::internal)?),
            None => None,
        };
        let former = match std::fs::read_to_string(folder.join(FORMER)) {
            Ok(text) => text.lines().filter_map(public_key).collect(),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => vec![],
            Err(e) => return Err(Error::internal(e)),
        };
        Ok(Self { key, former, head })
    }

    /// Is there nothing to check a signature with?
    pub fn is_blind(&self) -> bool {
        self.key.is_none() && self.former.is_empty()
    }

    /// The key among ours that signed this text, if one did.
    pub fn signer(&self, text: &[u8], signature: &[u8]) -> Option<&VerifyingKey> {
        let signature = Signature::from_slice(signature).ok()?;
        self.key
            .iter()
            .chain(&self.former)
            .find(|key| key.verify_strict(text, &signature).is_ok())
    }

    /// Did our key sign this hash?
    pub fn signed(&self, hash: &[u8], signature: &[u8]) -> bool {
        self.signer(hash, signature).is_some()
    }

    /// Is this block the head?
    pub fn is_head(head: &Head, block: &Block) -> bool {
        head.block == block.id && STANDARD.decode(&head.hash).is_ok_and(|h| h == block.hash)
    }
}
