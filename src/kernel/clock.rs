//! Time is an argument: the application asks this clock, tests set it.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, LocalResult, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// What tells the time: the machine's clock, or a clock that a test moves.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    Machine,
    /// A clock that stands still until somebody moves it.
    Still(Arc<Mutex<DateTime<Utc>>>),
}

impl Clock {
    /// A clock standing at `now`.
    pub fn still(now: DateTime<Utc>) -> Self {
        Self::Still(Arc::new(Mutex::new(now)))
    }

    /// The present instant.
    #[allow(clippy::disallowed_methods)] // the one place that reads the machine's clock
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::Machine => Utc::now(),
            Self::Still(at) => *at.lock().unwrap_or_else(|poisoned| poisoned.into_inner()),
        }
    }

    /// Moves a still clock forward; the machine's clock cannot be moved.
    pub fn advance(&self, by: TimeDelta) {
        if let Self::Still(at) = self {
            *at.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) += by;
        }
    }
}

/// The first instant after a local day: what happened before it happened by the end of that day.
pub fn end_of_day(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let next = day.succ_opt().unwrap_or(day).and_time(NaiveTime::MIN);
    match zone.from_local_datetime(&next) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.with_timezone(&Utc),
        // The clock jumped over midnight: the day starts an hour later.
        LocalResult::None => Utc.from_utc_datetime(&next),
    }
}

/// The day it is somewhere: legal days are local days.
pub fn local_day(instant: DateTime<Utc>, zone: Tz) -> NaiveDate {
    instant.with_timezone(&zone).date_naive()
}
