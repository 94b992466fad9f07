//! Whole codes, read through the public face.

mod any;
mod gs1;
mod hibcc;

use chrono::NaiveDate;

use super::{Udi, parse};

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// The reference day of these tests.
fn today() -> NaiveDate {
    day(2026, 7, 1)
}

fn read(raw: &str) -> Udi {
    parse(raw, today())
}

fn di(udi: &Udi) -> &str {
    udi.di.as_ref().map_or("", |di| &di.value)
}
