//! The database holds the truth and names it; a broken constraint becomes a message at the field.

use crate::kernel::mutants::{self, Fault};
use crate::kernel::{Error, Result};

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::RowNotFound => Self::NotFound,
            sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Io(_)
            | sqlx::Error::Tls(_) => Self::Unavailable(error.to_string()),
            sqlx::Error::Database(db) => match db.code().as_deref() {
                // Shutting down, crashed, starting, too many connections.
                Some("57P01" | "57P02" | "57P03" | "53300") => Self::Unavailable(error.to_string()),
                // Serialization failure, deadlock: nothing was written, the same request may be sent again.
                Some("40001" | "40P01") => Self::Conflict(
                    "Une autre personne modifiait ces données au même instant. Recommencez.".into(),
                ),
                _ => Self::Internal(error.to_string()),
            },
            _ => Self::Internal(error.to_string()),
        }
    }
}

/// Maps a named constraint to the field that caused it. Calls may be chained, one per constraint.
pub trait OnConstraint<T> {
    /// When `constraint` is broken, the error shown at `field`.
    fn on_constraint(self, constraint: &str, field: &str, message: &str) -> Result<T, Broken>;
}

/// A database error that may already have found its field.
#[derive(Debug)]
pub enum Broken {
    /// Not mapped yet.
    Database(sqlx::Error),
    /// Mapped.
    Field(Error),
}

impl From<Broken> for Error {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Database(error) => error.into(),
            Broken::Field(error) => error,
        }
    }
}

impl<T> OnConstraint<T> for Result<T, sqlx::Error> {
    fn on_constraint(self, constraint: &str, field: &str, message: &str) -> Result<T, Broken> {
        self.map_err(Broken::Database)
            .on_constraint(constraint, field, message)
    }
}

impl<T> OnConstraint<T> for Result<T, Broken> {
    fn on_constraint(self, constraint: &str, field: &str, message: &str) -> Result<T, Broken> {
        self.map_err(|broken| match broken {
            Broken::Database(sqlx::Error::Database(db)) if db.constraint() == Some(constraint) => {
                Broken::Field(Error::field(field, message))
            }
            other => other,
        })
    }
}

/// An update that must touch exactly one row: none means that somebody else changed it meanwhile.
pub trait OneRow {
    /// `Conflict` unless one row was written.
    fn one_row(self) -> Result<()>;
}

impl OneRow for sqlx::postgres::PgQueryResult {
    fn one_row(self) -> Result<()> {
        if self.rows_affected() == 1 || mutants::on(Fault::LastOneWins) {
            Ok(())
        } else {
            Err(Error::Conflict(
                "Une autre personne a modifié cette fiche depuis que vous l’avez ouverte.".into(),
            ))
        }
    }
}
