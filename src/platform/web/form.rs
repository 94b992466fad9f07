//! Forms: unreadable until their secret is checked, then a struct of texts that refuses unknown
//! fields; `check()` on that struct makes typed values. JSON bodies pass by the same door.

use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, header, request::Parts};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::context::{Context, Posted, Retry};
use crate::kernel::mutants::{self, Fault};
use crate::kernel::{Error, FieldErrors, Result, secret, text};

/// Forms are texts: one megabyte holds the longest.
const LIMIT: usize = 1024 * 1024;

/// A form whose secret was checked. `T` is a struct of texts (`String`, `Vec<String>`), with
/// `#[serde(default, deny_unknown_fields)]`.
pub struct Form<T> {
    /// What was typed.
    pub fields: T,
    /// The key that makes a repeated sending write once.
    pub key: Option<String>,
}

impl<T> std::ops::Deref for Form<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.fields
    }
}

/// A form of which only the button matters.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Nothing {}

/// Refuses a write that does not come from our own pages or from a program with its token.
///
/// Programs with a token carry no cookie, so no other site can act through them.
pub fn check_origin(headers: &HeaderMap, context: &Context, sent: Option<&str>) -> Result<()> {
    if headers.contains_key(header::AUTHORIZATION) || mutants::on(Fault::SecretUnchecked) {
        return Ok(());
    }
    let foreign = headers
        .get("sec-fetch-site")
        .is_some_and(|site| site != "same-origin" && site != "none");
    let sent = sent
        .or_else(|| headers.get("x-csrf-token").and_then(|v| v.to_str().ok()))
        .unwrap_or_default();
    if foreign || context.form_seed.is_empty() || !secret::same(sent, &context.csrf()) {
        Err(Error::StaleForm)
    } else {
        Ok(())
    }
}

/// JSON scalars become the text a person would have typed.
fn flatten(value: Value) -> Result<Vec<(String, String)>> {
    let Value::Object(fields) = value else {
        return Err(Error::BadRequest("un objet JSON est attendu".into()));
    };
    let mut pairs = Vec::new();
    for (name, value) in fields {
        let values = match value {
            Value::Array(items) => items,
            other => vec![other],
        };
        for value in values {
            let text = match value {
                Value::Null => continue,
                Value::Bool(b) => b.to_string(),
                Value::Number(n) => n.to_string(),
                Value::String(s) => s,
                Value::Array(_) | Value::Object(_) => {
                    return Err(Error::BadRequest(format!(
                        "le champ « {name} » doit être un texte, un nombre ou un booléen"
                    )));
                }
            };
            pairs.push((name.clone(), text));
        }
    }
    Ok(pairs)
}

/// The pairs as the struct of texts; an unknown field is refused by name.
pub fn texts<T: DeserializeOwned>(pairs: &[(String, String)]) -> Result<T> {
    if mutants::on(Fault::UnknownFieldsPass) {
        let known = super::told::fields_of::<T>();
        let kept: Vec<_> = pairs
            .iter()
            .filter(|(name, _)| known.iter().any(|field| field.name == name))
            .collect();
        let encoded = serde_html_form::to_string(&kept).map_err(Error::internal)?;
        return serde_html_form::from_str(&encoded).map_err(Error::internal);
    }
    let encoded = serde_html_form::to_string(pairs).map_err(Error::internal)?;
    serde_html_form::from_str(&encoded).map_err(|e| {
        Error::field(
            "",
            format!("Le formulaire contient un champ inattendu ({e})."),
        )
    })
}

/// Postgres keeps no text that holds a NUL.
pub fn refuse_nul(pairs: &[(String, String)]) -> Result<()> {
    if pairs.iter().any(|(_, v)| v.contains('\0')) {
        return Err(Error::BadRequest(
            "le caractère NUL n’est pas permis".into(),
        ));
    }
    Ok(())
}

/// What turns or hides the letters around it disguises a name wherever it is shown: no field takes it. The
/// separators a scanner sends (FS to US, EOT) are data where a code is read, and refused by the other checks.
pub fn refuse_disguised(pairs: &[(String, String)]) -> Result<()> {
    if mutants::on(Fault::DisguisePasses) {
        return Ok(());
    }
    let hides = |c: char| {
        text::is_turn(c)
            || (c.is_control() && !matches!(c, '\n' | '\t' | '\r' | '\u{4}' | '\u{1c}'..='\u{1f}'))
    };
    let mut errors = FieldErrors::default();
    for (name, value) in pairs {
        if value.contains(hides) {
            errors.add(
                name,
                "Ce texte contient des caractères invisibles : retapez-le.",
            );
        }
    }
    errors.done()
}

/// Takes the house's own fields out of the pairs: secret, idempotency key, page.
pub fn take_own(
    pairs: &mut Vec<(String, String)>,
) -> (Option<String>, Option<String>, Option<String>) {
    let mut take = |name: &str| {
        let found = pairs
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.clone());
        pairs.retain(|(n, _)| n != name);
        found
    };
    (take("_csrf"), take("_key"), take("_form"))
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Self> {
        let context = request
            .extensions()
            .get::<Context>()
            .cloned()
            .ok_or_else(|| Error::internal("no context"))?;
        let (parts, body) = request.into_parts();
        let bytes = to_bytes(body, LIMIT).await.map_err(|_| Error::TooLarge)?;
        let kind = parts
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default();
        let mut pairs: Vec<(String, String)> = if kind.starts_with("application/json") {
            flatten(
                serde_json::from_slice(&bytes)
                    .map_err(|e| Error::BadRequest(format!("JSON illisible : {e}")))?,
            )?
        } else if kind.starts_with("application/x-www-form-urlencoded") || bytes.is_empty() {
            serde_html_form::from_bytes(&bytes)
                .map_err(|e| Error::BadRequest(format!("formulaire illisible : {e}")))?
        } else {
            return Err(Error::BadRequest(
                "un formulaire ou un objet JSON est attendu".into(),
            ));
        };
        let (csrf, key, page) = take_own(&mut pairs);
        check_origin(&parts.headers, &context, csrf.as_deref())?;
        refuse_nul(&pairs)?;
        let key = key.or_else(|| {
            parts
                .headers
                .get("idempotency-key")
                .and_then(|v| v.to_str().ok())
                .map(str::to_owned)
        });
        let _ = context.posted.set(Posted {
            pairs: pairs.clone(),
            page,
        });
        refuse_disguised(&pairs)?;
        Ok(Self {
            fields: texts(&pairs)?,
            key,
        })
    }
}

/// The state of a form on the page that shows it: empty, filled from an object, or as it was typed
/// with what is wrong.
#[derive(Clone, Debug, Default)]
pub struct Typed<T> {
    /// The texts in the inputs.
    pub values: T,
    /// What is wrong with them.
    pub errors: FieldErrors,
    again: bool,
}

impl<T> Typed<T> {
    /// Fills the form from an object, unless it is shown again with what was typed.
    pub fn or(self, fill: impl FnOnce() -> T) -> Self {
        if self.again {
            self
        } else {
            Self {
                values: fill(),
                ..self
            }
        }
    }

    /// True when the form is shown again with what was typed.
    pub fn is_again(&self) -> bool {
        self.again
    }
}

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequestParts<S> for Typed<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let Some(retry) = parts.extensions.get::<Retry>() else {
            return Ok(Self {
                values: T::default(),
                errors: FieldErrors::default(),
                again: false,
            });
        };
        // A page may hold several forms: what was typed belongs to the one whose fields it has.
        Ok(match texts(&retry.posted.pairs) {
            Ok(values) => Self {
                values,
                errors: retry.errors.clone(),
                again: true,
            },
            Err(_) => Self {
                values: T::default(),
                errors: FieldErrors::default(),
                again: false,
            },
        })
    }
}
