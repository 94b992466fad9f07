//! Contents of files, kept once under their SHA-256: `DIR/files/ab/<sha256>`. A content is written
//! whole, synced, then named, so that a name always holds its content.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tokio::fs;
use tokio::io::AsyncWriteExt;

use crate::kernel::mutants::{self, Fault};
use crate::kernel::{Error, Result, id};

/// The folder of contents.
#[derive(Clone, Debug)]
pub struct Blobs {
    root: PathBuf,
}

impl Blobs {
    /// The contents kept below a data folder.
    pub fn in_dir(data_dir: &Path) -> Self {
        Self {
            root: data_dir.join("files"),
        }
    }

    /// Where a content is, or would be.
    pub fn place(&self, sha256: &str) -> Result<PathBuf> {
        // The name comes from the database; anything but a hash would be a path somebody chose.
        if mutants::on(Fault::AnyPath) {
            return Ok(self.root.join(sha256));
        }
        if sha256.len() != 64 || !sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(Error::internal("not a content hash"));
        }
        Ok(self.root.join(&sha256[..2]).join(sha256))
    }

    /// Keeps a content; its SHA-256 in hexadecimal. The same content is kept once.
    pub async fn put(&self, bytes: &[u8]) -> Result<String> {
        let sha256: String = Sha256::digest(bytes)
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        let path = self.place(&sha256)?;
        if fs::try_exists(&path).await.map_err(Error::internal)? {
            return Ok(sha256);
        }
        let folder = path.parent().ok_or_else(|| Error::internal("no folder"))?;
        fs::create_dir_all(folder).await.map_err(Error::internal)?;
        let under_way = folder.join(format!(".{}", id::fresh()));
        let mut file = fs::File::create(&under_way)
            .await
            .map_err(Error::internal)?;
        file.write_all(bytes).await.map_err(Error::internal)?;
        file.sync_all().await.map_err(Error::internal)?;
        fs::rename(&under_way, &path)
            .await
            .map_err(Error::internal)?;
        Ok(sha256)
    }

    /// Removes a content that nothing shows any more; one that is gone already is no fault.
    pub async fn remove(&self, sha256: &str) -> Result<()> {
        match fs::remove_file(self.place(sha256)?).await {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::internal(e)),
            _ => Ok(()),
        }
    }

    /// Opens a content.
    pub async fn open(&self, sha256: &str) -> Result<fs::File> {
        fs::File::open(self.place(sha256)?)
            .await
            .map_err(|e| Error::internal(format!("content {sha256}: {e}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt;

    #[tokio::test]
    async fn a_content_is_kept_once_and_read_back() {
        let dir = std::env::temp_dir().join(format!("vigie-blob-{}", id::fresh()));
        let blobs = Blobs::in_dir(&dir);
        let name = blobs.put(b"notice").await.unwrap();
        assert_eq!(name, blobs.put(b"notice").await.unwrap());
        let mut text = String::new();
        blobs
            .open(&name)
            .await
            .unwrap()
            .read_to_string(&mut text)
            .await
            .unwrap();
        assert_eq!(text, "notice");
        assert!(blobs.open("../../etc/passwd").await.is_err());
        std::fs::remove_dir_all(dir).unwrap();
    }
}
