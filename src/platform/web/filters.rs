//! What templates may call. Import as `use crate::platform::web::filters;` beside the page struct.

// The filter macro makes a struct and a method of each function and drops its doc comment.
#![allow(missing_docs)]

use std::fmt::{Display, Write};

use askama::Values;
use askama::filters::Safe;
use chrono::NaiveDate;

use super::context::Context;
use crate::kernel::{date, id};

fn escaped(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
}

/// The hidden inputs every POST form opens with: `{{ ""|guarded }}`.
#[askama::filter_fn]
pub fn guarded(_: impl Display, values: &dyn Values) -> askama::Result<Safe<String>> {
    let context = askama::get_value::<Context>(values, "context")?;
    let mut out = String::with_capacity(256);
    for (name, value) in [
        ("_csrf", context.csrf()),
        ("_key", id::fresh().to_string()),
        ("_form", context.here()),
    ] {
        let _ = write!(out, r#"<input type="hidden" name="{name}" value=""#);
        escaped(&value, &mut out);
        out.push_str("\">");
    }
    Ok(Safe(out))
}

/// The address of a static file: `{{ "css/app.css"|asset }}`.
#[askama::filter_fn]
pub fn asset(path: impl Display, _: &dyn Values) -> askama::Result<String> {
    Ok(super::assets::url(&path.to_string()))
}

/// `23 nov. 2026`.
#[askama::filter_fn]
pub fn day(day: &NaiveDate, _: &dyn Values) -> askama::Result<String> {
    Ok(date::short(*day))
}

/// A whole number with French thousands separators: `1 243`.
#[askama::filter_fn]
pub fn number(value: impl Display, _: &dyn Values) -> askama::Result<String> {
    let text = value.to_string();
    let (sign, digits) = text
        .strip_prefix('-')
        .map_or(("", text.as_str()), |d| ("−", d));
    let mut out = String::from(sign);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            out.push('\u{202f}');
        }
        out.push(c);
    }
    Ok(out)
}

/// Text for one part of a URL.
#[askama::filter_fn]
pub fn urlpart(text: impl Display, _: &dyn Values) -> askama::Result<String> {
    Ok(
        percent_encoding::utf8_percent_encode(
            &text.to_string(),
            percent_encoding::NON_ALPHANUMERIC,
        )
        .to_string(),
    )
}
