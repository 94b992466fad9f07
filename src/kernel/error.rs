//! One error for the whole house; the rendering layer gives it its face (page, problem+json).

use std::collections::BTreeMap;

/// What a handler, query or command answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a request could not be honoured. A 4xx means that nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The object does not exist, or the caller may not know that it does.
    #[error("not found")]
    NotFound,
    /// The caller sees the object but lacks this right; the label is shown.
    #[error("forbidden: {0}")]
    Forbidden(&'static str),
    /// Nobody is signed in.
    #[error("sign in first")]
    SignIn,
    /// The password given by somebody else must be changed before anything else.
    #[error("the password must be changed")]
    ChangePassword,
    /// The second factor must be given, or set up, at this address first.
    #[error("the second factor is awaited at {0}")]
    SecondFactor(&'static str),
    /// Fields are wrong; what was typed is shown again.
    #[error("invalid: {0}")]
    Invalid(FieldErrors),
    /// Somebody else changed the object meanwhile.
    #[error("conflict: {0}")]
    Conflict(String),
    /// A rule of the trade or the law forbids it: the rule, and why.
    #[error("refused by {rule}: {why}")]
    Refused {
        /// The rule, as it is cited on the page.
        rule: String,
        /// Why it applies here, and the way out.
        why: String,
    },
    /// The same idempotency key was already answered: go there.
    #[error("already done")]
    AlreadyDone(String),
    /// The form was sent without its secret, or with an old one.
    #[error("stale form")]
    StaleForm,
    /// Too many attempts: seconds to wait.
    #[error("slow down for {0} s")]
    TooMany(u64),
    /// The body is over the limit.
    #[error("too large")]
    TooLarge,
    /// The request cannot be understood (media type, syntax).
    #[error("bad request: {0}")]
    BadRequest(String),
    /// The database is away; nothing is lost, try again.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// A fault of ours; the detail is logged, never shown.
    #[error("internal: {0}")]
    Internal(String),
}

impl Error {
    /// A refusal that cites its rule.
    pub fn refused(rule: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Refused {
            rule: rule.into(),
            why: why.into(),
        }
    }

    /// A fault of ours.
    pub fn internal(detail: impl std::fmt::Display) -> Self {
        Self::Internal(detail.to_string())
    }

    /// One wrong field.
    pub fn field(name: &str, message: impl Into<String>) -> Self {
        let mut errors = FieldErrors::default();
        errors.add(name, message);
        Self::Invalid(errors)
    }
}

/// Messages by field name, in French, each naming the value and the expected form.
/// The empty name stands for the form as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct FieldErrors(BTreeMap<String, Vec<String>>);

impl FieldErrors {
    /// Adds a message to a field.
    pub fn add(&mut self, field: &str, message: impl Into<String>) {
        self.0
            .entry(field.to_owned())
            .or_default()
            .push(message.into());
    }

    /// The messages of a field, joined, if any.
    pub fn of(&self, field: &str) -> Option<String> {
        self.0.get(field).map(|messages| messages.join(" "))
    }

    /// Every (field, message), in the order of field names.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().flat_map(|(field, messages)| {
            messages.iter().map(move |m| (field.as_str(), m.as_str()))
        })
    }

    /// True when nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Ok` when nothing is wrong, else the error that shows the form again.
    pub fn done(self) -> Result<()> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(self))
        }
    }
}

impl std::fmt::Display for FieldErrors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (field, message) in self.all() {
            write!(f, "[{field}] {message} ")?;
        }
        Ok(())
    }
}
