//! Cookies, read and written in one place so that their attributes are always the same.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::kernel::mutants::{self, Fault};

/// The value of a cookie.
pub fn get<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(n, v)| (n == name).then_some(v))
}

/// Sets a cookie: not readable by scripts, not sent from other sites; `secure` behind HTTPS.
/// `max_age` in seconds; 0 removes it; `None` lasts as long as the browser.
pub fn set(headers: &mut HeaderMap, name: &str, value: &str, max_age: Option<i64>, secure: bool) {
    let age = max_age
        .map(|s| format!("; Max-Age={s}"))
        .unwrap_or_default();
    let secure = if secure { "; Secure" } else { "" };
    let kept = if mutants::on(Fault::CookieBare) {
        ""
    } else {
        "; HttpOnly; SameSite=Lax"
    };
    if let Ok(value) = HeaderValue::from_str(&format!("{name}={value}; Path=/{kept}{age}{secure}"))
    {
        headers.append(header::SET_COOKIE, value);
    }
}
