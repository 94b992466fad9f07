//! The real binary, started and stopped as an administrator would, each time on a data folder of its own.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnection;
use vigie::config::SearchPlaces;
use vigie::platform::db::embedded::{self, connect_options};

mod backups;
mod commands;
mod doctor;
mod external;
mod finding;
mod stopping;
mod tls;

/// Long enough for a loaded machine; what is waited for comes much sooner.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder that other accounts may enter, gone at the end of the test.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let dir = std::env::temp_dir().join(format!("vigie-it-{}-{number}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).unwrap();
        fs::set_permissions(&dir, fs::Permissions::from_mode(0o755)).unwrap();
        Self(dir)
    }

    /// With a database already made and stopped cleanly: what is under test comes after the first start.
    pub fn with_data() -> Self {
        static MADE: OnceLock<PathBuf> = OnceLock::new();
        let made = MADE.get_or_init(|| {
            let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("runtime-data");
            let _ = fs::remove_dir_all(&place);
            let first = Instance::start(&place);
            first.signal(Signal::TERM);
            assert!(first.ended().success());
            place
        });
        let folder = Self::new();
        let copied = Command::new("cp")
            .arg("-a")
            .args([made.as_path(), &folder.data()])
            .status();
        assert!(copied.unwrap().success());
        folder
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn data(&self) -> PathBuf {
        self.0.join("data")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Where this machine's Postgres is, however it came there.
pub fn real_binaries() -> PathBuf {
    let places = SearchPlaces {
        named: std::env::var_os("PG_BIN_DIR").map(PathBuf::from),
        root: PathBuf::from("/"),
        path: std::env::var_os("PATH"),
        runtime: None,
        temporary: std::env::temp_dir(),
    };
    let found = embedded::find(&places, None);
    found
        .expect("a PostgreSQL: run bin/test, which installs one")
        .dir
}

/// `vigie` with nothing of our environment and nowhere to find Postgres but the named folder.
pub fn vigie(data_dir: &Path) -> Command {
    program(Path::new(env!("CARGO_BIN_EXE_vigie")), data_dir)
}

pub fn program(binary: &Path, data_dir: &Path) -> Command {
    let mut command = Command::new(binary);
    command
        .env_clear()
        .env("VIGIE_PG_ROOT", "/nowhere")
        .env("PG_BIN_DIR", real_binaries())
        .args(["--listen", "127.0.0.1:0", "--data-dir"])
        .arg(data_dir)
        .current_dir("/")
        .stdin(Stdio::null());
    command
}

/// A serving instance; killed at the end of the test if it still runs.
pub struct Instance {
    child: Child,
    address: String,
    data_dir: PathBuf,
}

impl Instance {
    pub fn start(data_dir: &Path) -> Self {
        Self::of(vigie(data_dir), data_dir)
    }

    /// Starts the command and waits for the line that says where it answers.
    pub fn of(mut command: Command, data_dir: &Path) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        // Read to the end by a thread, so that a full pipe never blocks the instance.
        let mut told = child.stderr.take().unwrap();
        let log = std::thread::spawn(move || {
            let mut text = String::new();
            let _ = told.read_to_string(&mut text);
            text
        });
        while said.read_line(&mut line).unwrap() > 0 {
            if let Some(at) = line.find("://") {
                let address = line[at + "://".len()..]
                    .split_whitespace()
                    .next()
                    .unwrap()
                    .to_owned();
                std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
                return Self {
                    child,
                    address,
                    data_dir: data_dir.to_path_buf(),
                };
            }
            line.clear();
        }
        let status = child.wait().unwrap();
        panic!("vigie did not start ({status}): {}", log.join().unwrap());
    }

    /// The status and body of a GET; `None` when nothing answers.
    pub fn get(&self, path: &str) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .ok()?;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.address
        )
        .ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let status = answer.split(' ').nth(1)?.parse().ok()?;
        let body = answer.split_once("\r\n\r\n")?.1.to_owned();
        Some((status, body))
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn readiness(&self) -> Option<u16> {
        self.get("/readyz").map(|(status, _)| status)
    }

    pub fn pid(&self) -> i32 {
        i32::try_from(self.child.id()).unwrap()
    }

    /// The process number of the Postgres it runs.
    pub fn postgres(&self) -> i32 {
        postgres_of(&self.data_dir).expect("a running Postgres")
    }

    pub async fn connect(&self) -> PgConnection {
        connect_options(&self.socket(), "postgres", "vigie")
            .connect()
            .await
            .unwrap()
    }

    pub fn socket(&self) -> PathBuf {
        let lock = fs::read_to_string(self.data_dir.join("vigie.lock")).unwrap();
        PathBuf::from(lock.lines().nth(1).expect("the socket's folder"))
    }

    pub fn signal(&self, signal: Signal) {
        send(self.pid(), signal);
    }

    /// Waits for the end.
    pub fn ended(mut self) -> ExitStatus {
        let mut status = None;
        until("vigie to end", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            // Its Postgres ends with it, and must have before its folder goes.
            let postgres = postgres_of(&self.data_dir);
            let _ = self.child.kill();
            let _ = self.child.wait();
            let since = Instant::now();
            while postgres.is_some_and(alive) && since.elapsed() < PATIENCE {
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }
}

pub fn postgres_of(data_dir: &Path) -> Option<i32> {
    let text = fs::read_to_string(data_dir.join("postgres/postmaster.pid")).ok()?;
    text.lines().next()?.trim().parse().ok()
}

pub fn send(pid: i32, signal: Signal) {
    kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
}

/// Whether a process of this number runs, and is not merely waiting to be collected.
pub fn alive(pid: i32) -> bool {
    if test_kill_process(Pid::from_raw(pid).unwrap()).is_err() {
        return false;
    }
    match fs::read_to_string(format!("/proc/{pid}/stat")) {
        Ok(stat) => !stat
            .rsplit(')')
            .next()
            .unwrap_or("")
            .trim_start()
            .starts_with('Z'),
        Err(_) => !cfg!(target_os = "linux"),
    }
}

pub fn until(what: &str, mut done: impl FnMut() -> bool) {
    let since = Instant::now();
    while !done() {
        assert!(since.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
