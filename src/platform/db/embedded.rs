//! A Postgres of our own, run as a child of Vigie: private socket, no port, stopped with Vigie, restarted when it dies.
//!
//! One thread owns the child from its start to its end. On Linux the child asks to be stopped when the thread that
//! forked it ends, so that a killed Vigie leaves no server behind; a thread of a pool would end too soon.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tokio::sync::{oneshot, watch};

use crate::config::SearchPlaces;

mod binaries;
mod folders;

pub use binaries::{Binaries, OLDEST_MAJOR, find};
pub use folders::Holder;
use folders::{Account, InstanceLock};

/// A restart waits this long at first, then twice as long each time.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// Recovery after a crash replays its journal: minutes on a big base, and interrupting it gains nothing.
const LONGEST_START: Duration = Duration::from_secs(900);
/// What a crash left in the system is gone by then.
const CRASH_CLEARED: Duration = Duration::from_secs(15);
/// A fast stop writes what is in memory to disk.
const LONGEST_STOP: Duration = Duration::from_secs(60);
const LOG_KEPT: u64 = 8 << 20;

/// Why the embedded server cannot run, each with what to do.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant is its own sentence")]
pub enum EmbeddedError {
    #[error(
        "aucun PostgreSQL {OLDEST_MAJOR} ou plus récent sur cette machine : installez-le (apt-get install postgresql), \
         lancez bin/start qui s’en charge, ou indiquez son dossier par PG_BIN_DIR ou une base par DATABASE_URL"
    )]
    NoPostgres,
    #[error("PG_BIN_DIR : {} ne contient pas les programmes « postgres » et « initdb » d’un PostgreSQL utilisable", .0.display())]
    NothingInNamed(PathBuf),
    #[error("le PostgreSQL {} de {} est trop ancien : il faut la version {OLDEST_MAJOR} ou une plus récente", .0.major, .0.dir.display())]
    TooOld(Binaries),
    #[error(
        "les données viennent de PostgreSQL {needed}, et cette machine n’a que la version {found:?} : \
         installez postgresql-{needed}, ou indiquez son dossier par PG_BIN_DIR"
    )]
    OtherMajor { needed: u32, found: Vec<u32> },
    #[error(
        "Vigie est lancée par root, et ni « postgres » ni « nobody » n’existent : créez un compte ou lancez Vigie sous un autre"
    )]
    NoAccount,
    #[error("{} : {}", .0.display(), .1)]
    Folder(PathBuf, #[source] io::Error),
    #[error("{} existe déjà et appartient à un autre compte : supprimez-le ou choisissez un autre --data-dir", .0.display())]
    NotOurs(PathBuf),
    #[error("une autre instance de Vigie utilise déjà {}{} : arrêtez-la ou choisissez un autre --data-dir", dir.display(), pid.map(|p| format!(" (processus {p})")).unwrap_or_default())]
    AlreadyRunning { dir: PathBuf, pid: Option<u32> },
    #[error("initdb n’a pas pu créer la base :\n{0}")]
    Initdb(String),
    #[error("PostgreSQL ne démarre pas :\n{0}")]
    Start(String),
    #[error("impossible de lancer {} : {}", .0.display(), .1)]
    Spawn(PathBuf, #[source] io::Error),
    #[error("le serveur PostgreSQL précédent ({0}) ne s’arrête pas")]
    Leftover(i32),
}

/// What the server is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerState {
    /// Not answering yet.
    Starting,
    /// Answering, as this process.
    Ready(u32),
    /// It died or would not start; another try follows.
    Restarting(String),
    /// Stopped on purpose.
    Stopped,
}

/// The running server. Dropping it stops the server.
#[derive(Debug)]
pub struct Embedded {
    socket: PathBuf,
    state: watch::Receiver<ServerState>,
    stop: mpsc::Sender<()>,
    thread: Option<JoinHandle<()>>,
}

impl Embedded {
    /// Starts the server on this folder, creating its data the first time.
    pub async fn start(data_dir: &Path, places: &SearchPlaces) -> Result<Self, EmbeddedError> {
        let data_dir = data_dir.to_path_buf();
        let places = places.clone();
        let (tell_state, state) = watch::channel(ServerState::Starting);
        let (stop, stopped) = mpsc::channel();
        let (tell, told) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("postgres".into())
            .spawn(move || {
                let started = Server::prepare(&data_dir, &places).and_then(|server| {
                    let child = server.start_after_a_crash()?;
                    let announced = server.lock.announce(&server.socket);
                    announced.map_err(|e| EmbeddedError::Folder(server.data_dir.clone(), e))?;
                    Ok((server, child))
                });
                match started {
                    Ok((server, child)) => {
                        tell_state.send_replace(ServerState::Ready(child.id()));
                        // Nobody left to tell: Vigie was stopped meanwhile, and so is the server.
                        if tell.send(Ok(server.socket.clone())).is_err() {
                            server.stop(child);
                            return;
                        }
                        server.watch(child, &stopped, &tell_state);
                    }
                    Err(error) => drop(tell.send(Err(error))),
                }
            })
            .map_err(|e| EmbeddedError::Spawn(PathBuf::from("postgres"), e))?;
        let socket = told
            .await
            .unwrap_or_else(|_| Err(EmbeddedError::Start(String::new())))?;
        Ok(Self {
            socket,
            state,
            stop,
            thread: Some(thread),
        })
    }

    /// Who uses this folder now, if anybody.
    pub fn holder(data_dir: &Path) -> Option<Holder> {
        if !data_dir.join("vigie.lock").exists() {
            return None;
        }
        InstanceLock::take(data_dir).ok()?.err()
    }

    /// Whether a database was ever created in this folder, and by which major version.
    pub fn made_with(data_dir: &Path) -> Option<u32> {
        let version = fs::read_to_string(cluster_dir(data_dir).join("PG_VERSION")).ok()?;
        version.trim().parse().ok()
    }

    /// What the server is doing, now and later.
    pub fn state(&self) -> watch::Receiver<ServerState> {
        self.state.clone()
    }

    /// Where it answers.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Stops the server and waits until it has.
    pub async fn stop(mut self) {
        let _ = self.stop.send(());
        if let Some(thread) = self.thread.take() {
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        let _ = self.stop.send(());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// How to reach the server of this socket folder. It trusts whoever can enter the folder.
pub fn connect_options(socket: &Path, role: &str, database: &str) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .host("localhost")
        .port(5432)
        .socket(socket)
        .ssl_mode(PgSslMode::Disable)
        .username(role)
        .database(database)
}

fn cluster_dir(data_dir: &Path) -> PathBuf {
    data_dir.join("postgres")
}

/// Everything needed to start the server again and again.
struct Server {
    data_dir: PathBuf,
    cluster: PathBuf,
    socket: PathBuf,
    binaries: Binaries,
    account: Option<Account>,
    lock: InstanceLock,
}

impl Server {
    fn prepare(data_dir: &Path, places: &SearchPlaces) -> Result<Self, EmbeddedError> {
        let cluster = cluster_dir(data_dir);
        let account = folders::account(&cluster)?;
        let binaries = find(places, Embedded::made_with(data_dir))?;
        folders::prepare_data_dir(data_dir, account)?;
        let data_dir = fs::canonicalize(data_dir)
            .map_err(|e| EmbeddedError::Folder(data_dir.to_path_buf(), e))?;
        let lock = match InstanceLock::take(&data_dir)? {
            Ok(lock) => lock,
            Err(Holder { pid, .. }) => {
                return Err(EmbeddedError::AlreadyRunning { dir: data_dir, pid });
            }
        };
        let socket = folders::socket_dir(
            &data_dir,
            account,
            places.runtime.as_deref(),
            &places.temporary,
        );
        let server = Self {
            cluster: cluster_dir(&data_dir),
            data_dir,
            socket,
            binaries,
            account,
            lock,
        };
        if !server.cluster.join("PG_VERSION").exists() {
            server.create()?;
        }
        Ok(server)
    }

    /// Creates the data beside its final place, so that a half-made base is never taken for one.
    fn create(&self) -> Result<(), EmbeddedError> {
        // An initdb whose Vigie was killed may still be tidying up: each attempt has a folder of its own.
        for entry in fs::read_dir(&self.data_dir).into_iter().flatten().flatten() {
            if entry
                .file_name()
                .as_encoded_bytes()
                .starts_with(b"postgres.new")
            {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        let fresh = self
            .data_dir
            .join(format!("postgres.new.{}", std::process::id()));
        let failed = |error| EmbeddedError::Folder(fresh.clone(), error);
        folders::prepare_private(&fresh, self.account)?;
        let door = Door::to(&fresh, self.account)?;
        let program = self.binaries.dir.join("initdb");
        let mut command = self.command(&program, &door);
        command
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8"])
            .args(["--locale=C.UTF-8", "--no-instructions", "-D"])
            .arg(&door.path);
        tracing::info!(postgres = self.binaries.major, "creating the database");
        let said = command
            .output()
            .map_err(|e| EmbeddedError::Spawn(program, e))?;
        if !said.status.success() {
            let _ = fs::remove_dir_all(&fresh);
            let text = String::from_utf8_lossy(&said.stderr).trim().to_owned();
            return Err(EmbeddedError::Initdb(text));
        }
        fs::rename(&fresh, &self.cluster).map_err(failed)
    }

    /// After a crash the dead server's number may still be taken until the system collects it, and its children may
    /// still hold its memory: Postgres refuses at first, and not for long.
    fn start_after_a_crash(&self) -> Result<Child, EmbeddedError> {
        let crashed = self.cluster.join("postmaster.pid").exists();
        let since = Instant::now();
        loop {
            match self.start() {
                Err(EmbeddedError::Start(why)) if crashed && since.elapsed() < CRASH_CLEARED => {
                    tracing::warn!(why, "the database does not start yet after a crash");
                    thread::sleep(FIRST_PAUSE);
                }
                done => return done,
            }
        }
    }

    /// Starts the server and waits until it answers.
    fn start(&self) -> Result<Child, EmbeddedError> {
        self.wait_for_leftover()?;
        folders::prepare_private(&self.socket, self.account)?;
        let door = Door::to(&self.cluster, self.account)?;
        let program = self.binaries.dir.join("postgres");
        let (log, from) = self.log()?;
        let failed = |e| EmbeddedError::Spawn(program.clone(), e);
        let mut command = self.command(&program, &door);
        command.arg("-D").arg(&door.path);
        // The list of folders is itself quoted: a path may hold a space or a comma.
        let sockets = format!("unix_socket_directories=\"{}\"", self.socket.display());
        for setting in [sockets.as_str(), "listen_addresses=", "port=5432"] {
            command.args(["-c", setting]);
        }
        for setting in [
            "unix_socket_permissions=0700",
            "max_connections=100",
            "shared_buffers=256MB",
            "work_mem=16MB",
            "max_wal_size=2GB",
            "random_page_cost=1.1",
            "jit=off",
            "timezone=UTC",
            "log_timezone=UTC",
            "logging_collector=off",
            "log_checkpoints=off",
        ] {
            command.args(["-c", setting]);
        }
        command
            .stdout(log.try_clone().map_err(failed)?)
            .stderr(log)
            .stdin(Stdio::null());
        let mut child = command.spawn().map_err(failed)?;
        let since = Instant::now();
        let mut told = Duration::from_secs(10);
        while !self.answers(child.id()) {
            if let Ok(Some(_)) = child.try_wait() {
                return Err(EmbeddedError::Start(self.log_since(from)));
            }
            if since.elapsed() > LONGEST_START {
                self.stop(child);
                return Err(EmbeddedError::Start(self.log_since(from)));
            }
            if since.elapsed() > told {
                tracing::warn!(seconds = told.as_secs(), "the database is still starting");
                told *= 2;
            }
            thread::sleep(Duration::from_millis(20));
        }
        tracing::info!(
            pid = child.id(),
            milliseconds = since.elapsed().as_millis() as u64,
            "the database answers"
        );
        Ok(child)
    }

    /// Postgres writes its process number on the first line of its pid file and its state on the eighth;
    /// the number tells our child from another server on the same data.
    fn answers(&self, child: u32) -> bool {
        let Ok(text) = fs::read_to_string(self.cluster.join("postmaster.pid")) else {
            return false;
        };
        let mut lines = text.lines();
        lines.next().and_then(|line| line.trim().parse().ok()) == Some(child)
            && lines
                .nth(6)
                .is_some_and(|state| state.trim_end() == "ready")
    }

    /// The server of a killed Vigie may still be writing to disk: Linux told it to stop, elsewhere we do.
    fn wait_for_leftover(&self) -> Result<(), EmbeddedError> {
        let since = Instant::now();
        let mut asked = false;
        while let Some(pid) = self.leftover() {
            if !asked {
                tracing::warn!(pid = pid.as_raw_nonzero(), "stopping the previous server");
                let _ = kill_process(pid, Signal::INT);
                asked = true;
            }
            if since.elapsed() > LONGEST_STOP {
                return Err(EmbeddedError::Leftover(pid.as_raw_nonzero().get()));
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// A live process of that number that works on our data, and not one that got the number since.
    fn leftover(&self) -> Option<Pid> {
        let text = fs::read_to_string(self.cluster.join("postmaster.pid")).ok()?;
        let pid = Pid::from_raw(text.lines().next()?.trim().parse().ok()?)?;
        test_kill_process(pid).ok()?;
        let number = pid.as_raw_nonzero();
        if cfg!(target_os = "linux") {
            let theirs = fs::metadata(format!("/proc/{number}/cwd")).ok()?;
            let ours = fs::metadata(&self.cluster).ok()?;
            return ((theirs.dev(), theirs.ino()) == (ours.dev(), ours.ino())).then_some(pid);
        }
        let listed = Command::new("/bin/ps")
            .args(["-o", "args=", "-p", &number.to_string()])
            .output()
            .ok()?;
        String::from_utf8_lossy(&listed.stdout)
            .contains(&*self.cluster.to_string_lossy())
            .then_some(pid)
    }

    /// Keeps the server alive until told to stop.
    fn watch(
        &self,
        mut child: Child,
        stop: &mpsc::Receiver<()>,
        state: &watch::Sender<ServerState>,
    ) {
        let mut pause = FIRST_PAUSE;
        let mut since = Instant::now();
        loop {
            match stop.recv_timeout(Duration::from_millis(100)) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(RecvTimeoutError::Disconnected) => {
                    self.stop(child);
                    state.send_replace(ServerState::Stopped);
                    return;
                }
            }
            let Ok(Some(status)) = child.try_wait() else {
                continue;
            };
            if since.elapsed() > 6 * LONGEST_PAUSE {
                pause = FIRST_PAUSE;
            }
            let mut why = describe(status);
            child = loop {
                tracing::error!(why, "the database stopped by itself; starting it again");
                state.send_replace(ServerState::Restarting(why));
                match stop.recv_timeout(pause) {
                    Err(RecvTimeoutError::Timeout) => {}
                    Ok(()) | Err(RecvTimeoutError::Disconnected) => {
                        state.send_replace(ServerState::Stopped);
                        return;
                    }
                }
                pause = (pause * 2).min(LONGEST_PAUSE);
                match self.start() {
                    Ok(child) => break child,
                    Err(error) => why = error.to_string(),
                }
            };
            since = Instant::now();
            state.send_replace(ServerState::Ready(child.id()));
        }
    }

    /// SIGINT ends sessions and writes to disk, SIGQUIT leaves the journal to be replayed, SIGKILL is the last resort.
    fn stop(&self, mut child: Child) {
        for (signal, patience) in [
            (Signal::INT, LONGEST_STOP),
            (Signal::QUIT, Duration::from_secs(5)),
            (Signal::KILL, Duration::from_secs(5)),
        ] {
            if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
                let _ = kill_process(pid, signal);
            }
            let since = Instant::now();
            while since.elapsed() < patience {
                if !matches!(child.try_wait(), Ok(None)) {
                    tracing::info!("the database is stopped");
                    // Elsewhere than in the data folder it would be litter; not empty, it is left.
                    if !self.socket.starts_with(&self.data_dir) {
                        let _ = fs::remove_dir(&self.socket);
                    }
                    return;
                }
                thread::sleep(Duration::from_millis(10));
            }
        }
    }

    /// A program of the server: another account if need be, nothing of our environment, away from our terminal's
    /// signals, and told to end when we do.
    fn command(&self, program: &Path, door: &Door) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("LC_ALL", "C")
            .env("PATH", "/usr/bin:/bin")
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::null());
        if let Some(Account { uid, gid }) = self.account {
            command.uid(uid).gid(gid);
        }
        let inherited = door.opened.as_ref().map(AsRawFd::as_raw_fd);
        let parent = rustix::process::getpid();
        // SAFETY: between fork and exec only system calls are made, on a descriptor that the caller keeps open
        // until the program has started; nothing is allocated and no lock is taken.
        unsafe {
            command.pre_exec(move || before_exec(inherited, parent));
        }
        command
    }

    fn log_path(&self) -> PathBuf {
        self.data_dir.join("postgres.log")
    }

    /// The server's log, and where this start's lines begin in it.
    fn log(&self) -> Result<(File, u64), EmbeddedError> {
        let path = self.log_path();
        if fs::metadata(&path).is_ok_and(|found| found.len() > LOG_KEPT) {
            let _ = fs::rename(&path, path.with_extension("log.1"));
        }
        let failed = |e| EmbeddedError::Folder(path.clone(), e);
        let log = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&path)
            .map_err(failed)?;
        let from = log.metadata().map_err(failed)?.len();
        Ok((log, from))
    }

    fn log_since(&self, from: u64) -> String {
        let bytes = fs::read(self.log_path()).unwrap_or_default();
        let from = usize::try_from(from).unwrap_or(0).min(bytes.len());
        let text = String::from_utf8_lossy(&bytes[from..]).trim().to_owned();
        match text.is_empty() {
            true => format!("aucun message (voir {})", self.log_path().display()),
            false => text,
        }
    }
}

fn describe(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.signal(), status.code()) {
        (Some(signal), _) => format!("signal {signal}"),
        (None, code) => format!("code {}", code.unwrap_or_default()),
    }
}

fn before_exec(inherited: Option<i32>, parent: Pid) -> io::Result<()> {
    if let Some(number) = inherited {
        // SAFETY: the descriptor belongs to the `Door` that outlives this call, see `Server::command`.
        let opened = unsafe { std::os::fd::BorrowedFd::borrow_raw(number) };
        rustix::io::fcntl_setfd(opened, rustix::io::FdFlags::empty())?;
    }
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        // Set after the change of account, which would clear it.
        rustix::process::set_parent_process_death_signal(Some(Signal::INT))?;
        if rustix::process::getppid() != Some(parent) {
            return Err(io::Error::from(io::ErrorKind::BrokenPipe));
        }
    }
    let _ = parent;
    Ok(())
}

/// How the server's account gets into a folder: by its path, or, where a folder above is closed to it (a data folder
/// under root's own 0700), by a descriptor that root opened and the server inherits. Nobody's permissions change.
struct Door {
    path: PathBuf,
    opened: Option<File>,
}

impl Door {
    fn to(dir: &Path, account: Option<Account>) -> Result<Self, EmbeddedError> {
        if folders::reachable(dir, account) || !cfg!(target_os = "linux") {
            return Ok(Self {
                path: dir.to_path_buf(),
                opened: None,
            });
        }
        let opened = File::open(dir).map_err(|e| EmbeddedError::Folder(dir.to_path_buf(), e))?;
        Ok(Self {
            path: PathBuf::from(format!("/proc/self/fd/{}", opened.as_raw_fd())),
            opened: Some(opened),
        })
    }
}
