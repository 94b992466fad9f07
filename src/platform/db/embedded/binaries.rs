//! Finding a Postgres on this machine: the folder somebody named, else the well-known ones, newest first, else `PATH`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::EmbeddedError;
use crate::config::SearchPlaces;

/// The oldest major version Vigie runs on.
pub const OLDEST_MAJOR: u32 = 15;

/// A folder holding `initdb` and `postgres`, and the major version they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    /// The folder.
    pub dir: PathBuf,
    /// 15, 16, 17…
    pub major: u32,
}

/// Chooses the binaries: those of the version the data was made with when there is data, else the newest.
pub fn find(places: &SearchPlaces, made_with: Option<u32>) -> Result<Binaries, EmbeddedError> {
    if let Some(dir) = &places.named {
        let Some(found) = look_into(dir) else {
            return Err(EmbeddedError::NothingInNamed(dir.clone()));
        };
        return match made_with {
            Some(needed) if needed != found.major => Err(EmbeddedError::OtherMajor {
                needed,
                found: vec![found.major],
            }),
            _ => fit(found),
        };
    }
    let mut found: Vec<Binaries> = candidates(places)
        .iter()
        .filter_map(|d| look_into(d))
        .collect();
    if let Some(needed) = made_with {
        return match found.iter().find(|binaries| binaries.major == needed) {
            Some(same) => Ok(same.clone()),
            None if found.is_empty() => Err(EmbeddedError::NoPostgres),
            None => Err(EmbeddedError::OtherMajor {
                needed,
                found: found.iter().map(|b| b.major).collect(),
            }),
        };
    }
    // Stable: at equal versions the order of the places decides.
    found.sort_by_key(|binaries| std::cmp::Reverse(binaries.major));
    match found.into_iter().next() {
        Some(newest) => fit(newest),
        None => Err(EmbeddedError::NoPostgres),
    }
}

fn fit(found: Binaries) -> Result<Binaries, EmbeddedError> {
    if found.major < OLDEST_MAJOR {
        return Err(EmbeddedError::TooOld(found));
    }
    Ok(found)
}

fn candidates(places: &SearchPlaces) -> Vec<PathBuf> {
    let mut dirs = Vec::new();
    // Debian and Ubuntu, Red Hat, Postgres.app: one folder a version.
    dirs.extend(versions(&places.root.join("usr/lib/postgresql"), "", "bin"));
    dirs.extend(versions(&places.root.join("usr"), "pgsql-", "bin"));
    for brew in [
        "opt/homebrew/opt",
        "usr/local/opt",
        "home/linuxbrew/.linuxbrew/opt",
    ] {
        dirs.extend(versions(&places.root.join(brew), "postgresql@", "bin"));
    }
    let app = "Applications/Postgres.app/Contents/Versions";
    dirs.extend(versions(&places.root.join(app), "", "bin"));
    if let Some(path) = &places.path {
        dirs.extend(env::split_paths(path).filter(|dir| dir.is_absolute()));
    }
    dirs
}

/// `parent/<prefix>N/<leaf>` for every N, newest first.
fn versions(parent: &Path, prefix: &str, leaf: &str) -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let number = name.to_str()?.strip_prefix(prefix)?.parse().ok()?;
            Some((number, entry.path().join(leaf)))
        })
        .collect();
    found.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    found.into_iter().map(|(_, dir)| dir).collect()
}

fn look_into(dir: &Path) -> Option<Binaries> {
    let postgres = dir.join("postgres");
    if !postgres.is_file() || !dir.join("initdb").is_file() {
        return None;
    }
    let said = Command::new(&postgres)
        .arg("--version")
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let major = major_of(&String::from_utf8_lossy(&said.stdout))?;
    Some(Binaries {
        dir: dir.to_path_buf(),
        major,
    })
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` → 15; `… 18beta1` → 18.
fn major_of(version: &str) -> Option<u32> {
    let after = version.split(')').nth(1)?.trim_start();
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;
    use std::sync::{Mutex, MutexGuard, PoisonError};

    /// One at a time: a script being written while another test forks could not be run.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

    struct Pretend(PathBuf, #[expect(dead_code)] MutexGuard<'static, ()>);

    impl Pretend {
        fn new(name: &str) -> Self {
            let alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
            let dir = env::temp_dir().join(format!("vigie-binaries-{}-{name}", std::process::id()));
            let _ = fs::remove_dir_all(&dir);
            fs::create_dir_all(&dir).unwrap();
            Self(dir, alone)
        }

        /// Programs that say they are this version; what is under test is the choice, not Postgres.
        fn with(self, dir: &str, version: &str) -> Self {
            let dir = self.0.join(dir);
            fs::create_dir_all(&dir).unwrap();
            for program in ["postgres", "initdb"] {
                let file = dir.join(program);
                fs::write(
                    &file,
                    format!("#!/bin/sh\necho '{program} (PostgreSQL) {version}'\n"),
                )
                .unwrap();
                fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
            }
            self
        }

        fn places(&self) -> SearchPlaces {
            SearchPlaces {
                named: None,
                root: self.0.clone(),
                path: None,
                runtime: None,
                temporary: env::temp_dir(),
            }
        }
    }

    impl Drop for Pretend {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn the_newest_of_debian_s_folders_is_taken() {
        let machine = Pretend::new("newest")
            .with("usr/lib/postgresql/9.6/bin", "9.6.1")
            .with("usr/lib/postgresql/15/bin", "15.18 (Debian)")
            .with("usr/lib/postgresql/17/bin", "17.2");
        let found = find(&machine.places(), None).unwrap();
        assert_eq!(found.major, 17);
        assert!(found.dir.ends_with("usr/lib/postgresql/17/bin"));
    }

    #[test]
    fn data_keeps_the_version_it_was_made_with() {
        let machine = Pretend::new("same")
            .with("usr/lib/postgresql/15/bin", "15.18")
            .with("usr/lib/postgresql/17/bin", "17.2");
        assert_eq!(find(&machine.places(), Some(15)).unwrap().major, 15);
        let refused = find(&machine.places(), Some(16)).unwrap_err();
        assert!(matches!(
            refused,
            EmbeddedError::OtherMajor { needed: 16, .. }
        ));
    }

    #[test]
    fn homebrew_postgres_app_and_red_hat_are_known() {
        for dir in [
            "opt/homebrew/opt/postgresql@18/bin",
            "usr/local/opt/postgresql@18/bin",
            "Applications/Postgres.app/Contents/Versions/18/bin",
            "usr/pgsql-18/bin",
        ] {
            let machine = Pretend::new("brew").with(dir, "18beta1");
            let found = find(&machine.places(), None).unwrap();
            assert!(found.dir.ends_with(dir), "{dir}");
            assert_eq!(found.major, 18);
        }
    }

    #[test]
    fn the_path_is_looked_at_too() {
        let machine = Pretend::new("path").with("tools", "16.4");
        let mut places = machine.places();
        assert!(matches!(
            find(&places, None),
            Err(EmbeddedError::NoPostgres)
        ));
        places.path =
            Some(env::join_paths([Path::new("/nowhere"), &machine.0.join("tools")]).unwrap());
        assert_eq!(find(&places, None).unwrap().major, 16);
    }

    #[test]
    fn a_named_folder_is_the_only_one_looked_at() {
        let machine = Pretend::new("named")
            .with("usr/lib/postgresql/17/bin", "17.2")
            .with("mine", "15.1");
        let mut places = machine.places();
        places.named = Some(machine.0.join("mine"));
        assert_eq!(find(&places, None).unwrap().major, 15);
        places.named = Some(machine.0.join("empty"));
        assert!(matches!(
            find(&places, None),
            Err(EmbeddedError::NothingInNamed(_))
        ));
    }

    #[test]
    fn too_old_is_said_to_be() {
        let machine = Pretend::new("old").with("usr/lib/postgresql/13/bin", "13.11");
        assert!(matches!(
            find(&machine.places(), None),
            Err(EmbeddedError::TooOld(_))
        ));
    }

    #[test]
    fn half_an_installation_is_none() {
        let machine = Pretend::new("half").with("usr/lib/postgresql/15/bin", "15.1");
        fs::remove_file(machine.0.join("usr/lib/postgresql/15/bin/initdb")).unwrap();
        assert!(matches!(
            find(&machine.places(), None),
            Err(EmbeddedError::NoPostgres)
        ));
    }
}
