//! Where the embedded server lives and as whom: its folders, its account, the lock that keeps a second instance out.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::EmbeddedError;

/// `sun_path` holds 104 bytes on macOS and 108 on Linux, its final zero included.
const LONGEST_SOCKET_PATH: usize = 103;
const SOCKET_NAME: &str = "/.s.PGSQL.5432";

/// The account Postgres runs as when Vigie is root: Postgres refuses to be root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// User number.
    pub uid: u32,
    /// Group number.
    pub gid: u32,
}

/// Whom to become: nobody else when Vigie is not root; else the owner of existing data, else `postgres`, else `nobody`.
pub fn account(cluster: &Path) -> Result<Option<Account>, EmbeddedError> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    if let Ok(data) = fs::metadata(cluster)
        && data.uid() != 0
    {
        return Ok(Some(Account {
            uid: data.uid(),
            gid: data.gid(),
        }));
    }
    let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
    ["postgres", "nobody"]
        .into_iter()
        .find_map(|name| account_named(&passwd, name))
        .map(Some)
        .ok_or(EmbeddedError::NoAccount)
}

fn account_named(passwd: &str, name: &str) -> Option<Account> {
    let line = passwd
        .lines()
        .find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    let uid = fields.next()?.parse().ok()?;
    let gid = fields.next()?.parse().ok()?;
    (uid != 0).then_some(Account { uid, gid })
}

/// Creates the data folder; its parents stay open to all, or another account could not enter.
pub fn prepare_data_dir(dir: &Path, account: Option<Account>) -> Result<(), EmbeddedError> {
    if dir.is_dir() {
        // Given as it is, even closed: see `reachable`.
        return Ok(());
    }
    let failed = |error| EmbeddedError::Folder(dir.to_path_buf(), error);
    if let Some(parent) = dir.parent() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o755)
            .create(parent)
            .map_err(failed)?;
    }
    let mode = if account.is_some() { 0o711 } else { 0o700 };
    DirBuilder::new().mode(mode).create(dir).map_err(failed)
}

/// Creates or tightens a folder that only the server's account may enter.
pub fn prepare_private(dir: &Path, account: Option<Account>) -> Result<(), EmbeddedError> {
    let failed = |error| EmbeddedError::Folder(dir.to_path_buf(), error);
    match DirBuilder::new().mode(0o700).create(dir) {
        Ok(()) => {
            if let Some(Account { uid, gid }) = account {
                chown(dir, Some(uid), Some(gid)).map_err(failed)?;
            }
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            // The folder may lie in /tmp: what somebody else put there is not ours.
            let found = fs::symlink_metadata(dir).map_err(failed)?;
            let owner = account.map_or(rustix::process::geteuid().as_raw(), |a| a.uid);
            if !found.is_dir() || found.uid() != owner {
                return Err(EmbeddedError::NotOurs(dir.to_path_buf()));
            }
            fs::set_permissions(dir, fs::Permissions::from_mode(0o700)).map_err(failed)?;
        }
        Err(error) => return Err(failed(error)),
    }
    Ok(())
}

/// Whether that account can walk down to this folder: every folder above must let it through.
pub fn reachable(dir: &Path, account: Option<Account>) -> bool {
    let Some(account) = account else {
        return true;
    };
    dir.ancestors().skip(1).all(|above| {
        let Ok(found) = fs::metadata(above) else {
            return false;
        };
        let may_enter = if found.uid() == account.uid {
            0o100
        } else if found.gid() == account.gid {
            0o010
        } else {
            0o001
        };
        found.mode() & may_enter != 0
    })
}

/// Where the socket goes: beside the data when its path is short enough and can be reached, else a folder
/// named after the data's path where the system keeps short-lived files.
pub fn socket_dir(
    data_dir: &Path,
    account: Option<Account>,
    runtime: Option<&Path>,
    temporary: &Path,
) -> PathBuf {
    let beside = data_dir.join("run");
    if beside.as_os_str().len() + SOCKET_NAME.len() <= LONGEST_SOCKET_PATH
        && reachable(&beside, account)
    {
        return beside;
    }
    let hash = Sha256::digest(data_dir.as_os_str().as_encoded_bytes());
    let name: String = hash[..6].iter().map(|byte| format!("{byte:02x}")).collect();
    let uid = account.map_or(rustix::process::geteuid().as_raw(), |a| a.uid);
    runtime
        .filter(|dir| dir.as_os_str().len() <= 64)
        .unwrap_or(temporary)
        .join(format!("vigie-{uid}-{name}"))
}

/// Held for as long as an instance uses the data folder; the system lets go of it when the process dies, however it dies.
#[derive(Debug)]
pub struct InstanceLock {
    file: File,
}

/// Who holds the lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Process number, when it has been written yet.
    pub pid: Option<u32>,
    /// Its server's socket folder, once the server answers.
    pub socket: Option<PathBuf>,
}

impl InstanceLock {
    /// Takes the lock, or says who has it.
    pub fn take(data_dir: &Path) -> Result<Result<Self, Holder>, EmbeddedError> {
        let path = data_dir.join("vigie.lock");
        let failed = |error| EmbeddedError::Folder(path.clone(), error);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {
                let lock = Self { file };
                lock.write(&format!("{}\n", std::process::id()))
                    .map_err(failed)?;
                Ok(Ok(lock))
            }
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                file.read_to_string(&mut text).map_err(failed)?;
                let mut lines = text.lines();
                Ok(Err(Holder {
                    pid: lines.next().and_then(|line| line.parse().ok()),
                    socket: lines.next().map(PathBuf::from),
                }))
            }
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// Tells other commands where the server answers.
    pub fn announce(&self, socket: &Path) -> io::Result<()> {
        self.write(&format!("{}\n{}\n", std::process::id(), socket.display()))
    }

    fn write(&self, text: &str) -> io::Result<()> {
        let mut file = &self.file;
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POSTGRES: Option<Account> = Some(Account {
        uid: 65_533,
        gid: 65_533,
    });

    fn temporary(name: &str) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("vigie-folders-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).unwrap();
        dir
    }

    #[test]
    fn accounts_are_read_by_name_and_never_root() {
        let passwd = "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\npostgres:x:104:112::/:/bin/sh\nfalse:x:0:0::/:\n";
        assert_eq!(
            account_named(passwd, "postgres"),
            Some(Account { uid: 104, gid: 112 })
        );
        assert_eq!(account_named(passwd, "post"), None);
        assert_eq!(account_named(passwd, "false"), None);
    }

    #[test]
    fn a_closed_folder_above_is_seen() {
        let top = temporary("closed");
        let inner = top.join("data").join("postgres");
        fs::create_dir_all(&inner).unwrap();
        fs::set_permissions(&top, fs::Permissions::from_mode(0o755)).unwrap();
        fs::set_permissions(top.join("data"), fs::Permissions::from_mode(0o711)).unwrap();
        assert!(reachable(&inner, POSTGRES));
        fs::set_permissions(top.join("data"), fs::Permissions::from_mode(0o700)).unwrap();
        assert!(!reachable(&inner, POSTGRES));
        assert!(
            reachable(&inner, None),
            "as oneself there is nothing to cross"
        );
        fs::remove_dir_all(top).unwrap();
    }

    #[test]
    fn a_long_path_gets_a_short_socket() {
        let top = temporary("long");
        let short = socket_dir(&top, None, None, Path::new("/tmp"));
        assert_eq!(short, top.join("run"));
        let long = top.join("d".repeat(120));
        let elsewhere = socket_dir(&long, None, None, Path::new("/tmp"));
        assert!(elsewhere.starts_with("/tmp/"), "{elsewhere:?}");
        assert!(elsewhere.as_os_str().len() + SOCKET_NAME.len() <= LONGEST_SOCKET_PATH);
        let other = socket_dir(&top.join("e".repeat(120)), None, None, Path::new("/tmp"));
        assert_ne!(elsewhere, other, "two data folders never share a socket");
        fs::remove_dir_all(top).unwrap();
    }

    #[test]
    fn a_folder_somebody_else_put_there_is_refused() {
        let top = temporary("squat");
        std::os::unix::fs::symlink("/", top.join("run")).unwrap();
        assert!(matches!(
            prepare_private(&top.join("run"), None),
            Err(EmbeddedError::NotOurs(_))
        ));
        fs::remove_dir_all(top).unwrap();
    }

    #[test]
    fn the_lock_names_its_holder_and_goes_with_it() {
        let top = temporary("lock");
        let lock = InstanceLock::take(&top).unwrap().unwrap();
        lock.announce(Path::new("/run/x")).unwrap();
        let holder = InstanceLock::take(&top).unwrap().unwrap_err();
        assert_eq!(holder.pid, Some(std::process::id()));
        assert_eq!(holder.socket.as_deref(), Some(Path::new("/run/x")));
        drop(lock);
        assert!(InstanceLock::take(&top).unwrap().is_ok());
        fs::remove_dir_all(top).unwrap();
    }
}
