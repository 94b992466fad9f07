//! The archive as a file: written piece by piece, read entry by entry. Nothing of it is unpacked to a place it names.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};

use age::x25519::{Identity, Recipient};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use super::model::{Entry, MANIFEST, Manifest, SIGNATURE, hex, role};

/// The first bytes of what age encrypts.
const AGE: &[u8] = b"age-encryption.org/v1";
/// A manifest names each attached file: a million of them hold in this.
const LONGEST_MANIFEST: u64 = 256 << 20;
/// A part is a few megabytes, a file at most a hundred; one row may be larger than a part.
const LONGEST_ENTRY: u64 = 1 << 30;

/// Something on its way into an archive.
pub enum Piece {
    /// A part of a table.
    Part {
        /// Where.
        path: String,
        /// What.
        bytes: Vec<u8>,
    },
    /// An attached file, read from its place when its turn comes.
    File {
        /// Where.
        path: String,
        /// From where.
        from: PathBuf,
        /// What its content must be.
        sha256: String,
    },
    /// The end: the manifest, but for what the archive holds.
    End(Box<Manifest>),
}

/// What was written.
#[derive(Clone, Debug)]
pub struct Written {
    /// The manifest as it was signed.
    pub manifest: Manifest,
    /// How long the archive is.
    pub bytes: u64,
    /// Its digest, encrypted or not.
    pub sha256: String,
}

/// A file whose bytes are counted and digested as they pass.
struct Weighed {
    file: BufWriter<File>,
    bytes: u64,
    digest: Sha256,
}

impl Write for Weighed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.bytes += written as u64;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Writes an archive of the pieces that come, until the last; the file is whole and on the disk when this answers.
pub fn write(
    target: &Path,
    recipient: Option<&Recipient>,
    pieces: mpsc::Receiver<Piece>,
    sign: impl Fn(&[u8]) -> Vec<u8>,
) -> io::Result<Written> {
    use std::os::unix::fs::OpenOptionsExt;
    let file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(target)?;
    let sink = Weighed {
        file: BufWriter::new(file),
        bytes: 0,
        digest: Sha256::new(),
    };
    let (manifest, sink) = match recipient {
        None => fill(sink, pieces, sign)?,
        Some(recipient) => {
            let to = std::iter::once(recipient as &dyn age::Recipient);
            let encrypted = age::Encryptor::with_recipients(to)
                .map_err(io::Error::other)?
                .wrap_output(sink)?;
            let (manifest, encrypted) = fill(encrypted, pieces, sign)?;
            (manifest, encrypted.finish()?)
        }
    };
    let file = sink.file.into_inner().map_err(|e| e.into_error())?;
    file.sync_all()?;
    Ok(Written {
        manifest,
        bytes: sink.bytes,
        sha256: hex(&sink.digest.finalize()),
    })
}

fn fill<W: Write>(
    sink: W,
    mut pieces: mpsc::Receiver<Piece>,
    sign: impl Fn(&[u8]) -> Vec<u8>,
) -> io::Result<(Manifest, W)> {
    let mut tar = tar::Builder::new(sink);
    let (mut entries, mut missing) = (Vec::new(), Vec::new());
    loop {
        match pieces.blocking_recv() {
            // Who made the pieces gave up: what was written so far is no archive.
            None => return Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
            Some(Piece::Part { path, bytes }) => {
                append(&mut tar, &path, bytes.len() as u64, &bytes[..])?;
                entries.push(Entry {
                    sha256: hex(&Sha256::digest(&bytes)),
                    bytes: bytes.len() as u64,
                    path,
                });
            }
            Some(Piece::File { path, from, sha256 }) => match whole(&from, &sha256) {
                Some((file, bytes)) => {
                    append(&mut tar, &path, bytes, file)?;
                    entries.push(Entry {
                        path,
                        bytes,
                        sha256,
                    });
                }
                None => missing.push(sha256),
            },
            Some(Piece::End(manifest)) => {
                let manifest = Manifest {
                    entries,
                    missing,
                    ..*manifest
                };
                let text = serde_json::to_vec(&manifest).map_err(io::Error::other)?;
                append(&mut tar, MANIFEST, text.len() as u64, &text[..])?;
                let signature = sign(&text);
                append(&mut tar, SIGNATURE, signature.len() as u64, &signature[..])?;
                return Ok((manifest, tar.into_inner()?));
            }
        }
    }
}

fn append<W: Write>(
    tar: &mut tar::Builder<W>,
    path: &str,
    bytes: u64,
    content: impl Read,
) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Regular);
    header.set_size(bytes);
    header.set_mode(0o600);
    tar.append_data(&mut header, path, content)
}

/// An attached file and its length, if its content is what its name says.
fn whole(from: &Path, sha256: &str) -> Option<(File, u64)> {
    let mut file = File::open(from).ok()?;
    let (bytes, found) = digested(&mut file).ok()?;
    file.rewind().ok()?;
    (found == sha256).then_some((file, bytes))
}

/// The length and the digest of what is left to read.
fn digested(from: &mut dyn Read) -> io::Result<(u64, String)> {
    let (mut bytes, mut digest) = (0, Sha256::new());
    let mut buffer = vec![0; 64 << 10];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok((bytes, hex(&digest.finalize()))),
            Ok(read) => {
                bytes += read as u64;
                digest.update(&buffer[..read]);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Why an archive is not restored. Each names what is wrong.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant is its own sentence")]
pub enum Refusal {
    #[error("cette archive ne se lit pas : {0}")]
    Unreadable(String),
    #[error("cette archive est chiffrée : donnez la clé age qui l’ouvre (--identity FICHIER)")]
    Encrypted,
    #[error("la clé donnée n’ouvre pas cette archive")]
    WrongIdentity,
    #[error("cette archive n’est pas une sauvegarde de Vigie : « {0} » n’a rien à y faire")]
    Foreign(String),
    #[error("cette archive est coupée ou n’a pas de signature : rien n’en est restauré")]
    Unfinished,
    #[error(
        "cette archive n’est pas signée par une clé connue : donnez la clé publique de la machine qui l’a faite (--public-key), telle que « vigie backup » l’a écrite"
    )]
    UnknownKey,
    #[error("cette archive a été altérée : {0}")]
    Altered(String),
}

fn unreadable(error: &io::Error) -> Refusal {
    let why = match error.kind() {
        io::ErrorKind::NotFound => "fichier introuvable",
        io::ErrorKind::PermissionDenied => "accès refusé à ce compte",
        io::ErrorKind::IsADirectory => "c’est un dossier",
        // The reader of tar tells most of what it meets as one kind of error.
        _ => "elle est coupée ou abîmée",
    };
    Refusal::Unreadable(why.to_owned())
}

/// What is done with an entry: its path, its size in bytes, its content.
pub type Each<'a> = dyn FnMut(&str, u64, &mut dyn Read) -> Result<(), Refusal> + 'a;

/// Reads an archive from end to end, handing each entry to `each`.
pub fn read(
    archive: &Path,
    identity: Option<&Identity>,
    each: &mut Each<'_>,
) -> Result<(), Refusal> {
    let mut file = BufReader::new(File::open(archive).map_err(|e| unreadable(&e))?);
    let mut start = [0; AGE.len()];
    let encrypted = file.read_exact(&mut start).is_ok() && start == AGE;
    file.rewind().map_err(|e| unreadable(&e))?;
    match (encrypted, identity) {
        (false, _) => walk(file, each),
        (true, None) => Err(Refusal::Encrypted),
        (true, Some(identity)) => {
            let sealed = age::Decryptor::new_buffered(file)
                .map_err(|e| Refusal::Unreadable(e.to_string()))?;
            let clear = sealed
                .decrypt(std::iter::once(identity as &dyn age::Identity))
                .map_err(|_| Refusal::WrongIdentity)?;
            walk(clear, each)
        }
    }
}

fn walk(content: impl Read, each: &mut Each<'_>) -> Result<(), Refusal> {
    let mut tar = tar::Archive::new(content);
    for entry in tar.entries().map_err(|e| unreadable(&e))? {
        let mut entry = entry.map_err(|e| unreadable(&e))?;
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let ours = role(&path).is_some() || path == MANIFEST || path == SIGNATURE;
        let longest = if path == MANIFEST {
            LONGEST_MANIFEST
        } else {
            LONGEST_ENTRY
        };
        let size = entry.size();
        if !ours || entry.header().entry_type() != tar::EntryType::Regular || size > longest {
            return Err(Refusal::Foreign(path));
        }
        each(&path, size, &mut entry)?;
    }
    Ok(())
}

/// Reads an archive whole, and gives its manifest if every byte is what a known key signed.
pub fn verify(
    archive: &Path,
    identity: Option<&Identity>,
    known: &dyn Fn(&[u8], &[u8]) -> bool,
) -> Result<Manifest, Refusal> {
    let (mut entries, mut manifest, mut signature) = (Vec::new(), Vec::new(), Vec::new());
    read(archive, identity, &mut |path, bytes, content| {
        let into = match path {
            MANIFEST => &mut manifest,
            SIGNATURE => &mut signature,
            _ => {
                let (_, sha256) = digested(content).map_err(|e| unreadable(&e))?;
                entries.push(Entry {
                    path: path.to_owned(),
                    bytes,
                    sha256,
                });
                return Ok(());
            }
        };
        if !into.is_empty() {
            return Err(Refusal::Foreign(path.to_owned()));
        }
        content.read_to_end(into).map_err(|e| unreadable(&e))?;
        Ok(())
    })?;
    if manifest.is_empty() || signature.is_empty() {
        return Err(Refusal::Unfinished);
    }
    if !known(&super::model::signed(&manifest), &signature) {
        return Err(Refusal::UnknownKey);
    }
    let manifest: Manifest = serde_json::from_slice(&manifest)
        .map_err(|e| Refusal::Altered(format!("« {MANIFEST} » ne se lit pas ({e})")))?;
    match manifest.contradiction(&entries) {
        None => Ok(manifest),
        Some(what) => Err(Refusal::Altered(what)),
    }
}
