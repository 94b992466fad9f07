//! The order of a correction: what was previewed, signed so that what is carried out is that and
//! nothing else. The key is the secret of the session or the token it was previewed with, hence it is
//! worth nothing to anybody else, and nothing after they signed out.

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::kernel::mutants::{self, Fault};
use crate::kernel::{Error, Result, secret};
use crate::platform::web::Context;

/// Seconds an order is good for.
const LIFE: i64 = 3600;

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// By whom.
    pub account: Option<Uuid>,
    /// The establishment looked at.
    pub chosen: Option<Uuid>,
    /// The filters of the list; all that match when no line was ticked.
    pub selection: String,
    /// The lines ticked.
    pub ids: Vec<Uuid>,
    /// The field.
    pub target: String,
    /// The value, none = cleared.
    pub value: Option<String>,
    /// How many devices.
    pub count: i64,
    /// Good until then.
    pub until: i64,
}

/// The secret of who asks.
pub fn key(context: &Context, headers: &HeaderMap) -> String {
    headers
        .get(header::AUTHORIZATION)
        .and_then(|sent| sent.to_str().ok())
        .map_or_else(|| context.form_seed.clone(), str::to_owned)
}

impl Order {
    /// Until when an order made now is good.
    pub fn until(now: DateTime<Utc>) -> i64 {
        now.timestamp() + LIFE
    }

    /// As a form carries it.
    pub fn sign(&self, key: &str) -> Result<String> {
        let plain = serde_json::to_vec(self).map_err(Error::internal)?;
        let said = URL_SAFE_NO_PAD.encode(plain);
        let seal = secret::keyed(key, &format!("correction.{said}"));
        Ok(format!("{said}.{seal}"))
    }

    /// The order that was signed with this very key and is still good.
    pub fn open(token: &str, key: &str, now: DateTime<Utc>) -> Result<Self> {
        let stale = || {
            Error::refused(
                "modification en nombre",
                "Cette préparation n’est plus valable : elle date de plus d’une heure, ou d’une autre connexion. Préparez-la de nouveau ; rien n’a été modifié.",
            )
        };
        let (said, seal) = token.split_once('.').ok_or_else(stale)?;
        let ours = secret::same(seal, &secret::keyed(key, &format!("correction.{said}")));
        if (key.is_empty() || !ours) && !mutants::on(Fault::OrderUnsigned) {
            return Err(stale());
        }
        let plain = URL_SAFE_NO_PAD.decode(said).map_err(|_| stale())?;
        let order: Self = serde_json::from_slice(&plain).map_err(|_| stale())?;
        if order.until < now.timestamp() {
            return Err(stale());
        }
        Ok(order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    #[test]
    fn an_order_is_opened_by_its_own_key_unchanged_and_in_time() {
        let now = Utc.with_ymd_and_hms(2026, 3, 2, 9, 0, 0).unwrap();
        let order = Order {
            account: Some(Uuid::nil()),
            chosen: None,
            selection: "f=state:is:broken".into(),
            ids: vec![],
            target: "note".into(),
            value: Some("x".into()),
            count: 12,
            until: Order::until(now),
        };
        let token = order.sign("the session").unwrap();
        assert_eq!(Order::open(&token, "the session", now).unwrap(), order);
        assert!(Order::open(&token, "another session", now).is_err());
        assert!(Order::open(&token, "", now).is_err());
        let later = now + chrono::Duration::seconds(LIFE + 1);
        assert!(Order::open(&token, "the session", later).is_err());
        let (said, seal) = token.split_once('.').unwrap();
        let more = URL_SAFE_NO_PAD.encode(
            String::from_utf8(URL_SAFE_NO_PAD.decode(said).unwrap())
                .unwrap()
                .replace("\"count\":12", "\"count\":99"),
        );
        assert!(Order::open(&format!("{more}.{seal}"), "the session", now).is_err());
    }
}
