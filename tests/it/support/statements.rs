//! The SQL statements a test's own thread sends: exact, whatever runs beside it.

use std::sync::{Arc, Mutex, OnceLock};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Dispatch, Event, Metadata, Subscriber};

/// Listens from `start` to `stop`. A test runs on one thread, and its application with it.
pub struct Counter {
    seen: Arc<Mutex<Vec<String>>>,
    _listening: DefaultGuard,
}

/// Listens on this thread alone, whatever tests run beside. A place of the code that is first met by
/// a thread without listener, while there is but one listener, would be held mute for ever: two more
/// are kept.
pub fn listen(to: impl Subscriber + Send + Sync + 'static) -> DefaultGuard {
    static KEPT: OnceLock<[Dispatch; 2]> = OnceLock::new();
    KEPT.get_or_init(|| [(); 2].map(|()| Dispatch::new(Listener(Arc::default()))));
    tracing::subscriber::set_default(to)
}

impl Counter {
    pub fn start() -> Self {
        let seen = Arc::new(Mutex::new(vec![]));
        let listening = listen(Listener(seen.clone()));
        Self {
            seen,
            _listening: listening,
        }
    }

    /// What was sent, in order.
    pub fn stop(self) -> Vec<String> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }
}

struct Listener(Arc<Mutex<Vec<String>>>);

/// sqlx tells each statement it has run, with its first words and its text.
#[derive(Default)]
struct Statement {
    summary: String,
    text: String,
}

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => self.text = value.split_whitespace().collect::<Vec<_>>().join(" "),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut statement = Statement::default();
        event.record(&mut statement);
        let said = if statement.text.is_empty() {
            statement.summary
        } else {
            statement.text
        };
        // What opens and closes a transaction is no query of the page.
        if !["begin", "commit", "rollback"]
            .iter()
            .any(|word| said.to_lowercase().starts_with(word))
        {
            self.0.lock().unwrap().push(said);
        }
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
