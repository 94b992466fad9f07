//! The date engine, by example and by property.

use super::*;
use crate::maintenance::obligations::calendar::tests::{day, french};
use crate::maintenance::obligations::calendar::{Calendar, Territory};
use chrono::{Datelike, TimeDelta};
use proptest::prelude::*;

fn calendar() -> Calendar {
    Calendar::of(Territory::France, &french())
}

fn rhythm(value: u32, unit: PeriodUnit, due_from: DueFrom) -> Rhythm {
    Rhythm {
        period: Some(Period { value, unit }),
        every: None,
        before_days: 10,
        after_days: 5,
        due_from,
        on_closed_day: OnClosedDay::Keep,
    }
}

fn done(on: &str) -> LastDone {
    LastDone {
        on: day(on),
        due_on: None,
        anchor: None,
        counter: None,
    }
}

fn due(rhythm: &Rhythm, last: LastDone) -> NaiveDate {
    rhythm.next_due(last, &calendar()).window.unwrap().on
}

#[test]
fn the_end_of_a_month_stays_the_end_of_a_month() {
    let monthly = rhythm(1, PeriodUnit::Months, DueFrom::Actual);
    assert_eq!(due(&monthly, done("2026-01-31")), day("2026-02-28"));
    assert_eq!(due(&monthly, done("2028-01-31")), day("2028-02-29"));
    let yearly = rhythm(1, PeriodUnit::Years, DueFrom::Actual);
    assert_eq!(due(&yearly, done("2024-02-29")), day("2025-02-28"));
}

#[test]
fn a_planned_series_does_not_drift_after_february() {
    let monthly = rhythm(1, PeriodUnit::Months, DueFrom::Planned);
    let march = LastDone {
        on: day("2026-02-27"),
        due_on: Some(day("2026-02-28")),
        anchor: Some(day("2026-01-31")),
        counter: None,
    };
    assert_eq!(due(&monthly, march), day("2026-03-31"));
}

#[test]
fn late_work_moves_an_actual_date_and_not_a_planned_one() {
    let late = LastDone {
        on: day("2026-03-20"),
        due_on: Some(day("2026-03-01")),
        anchor: Some(day("2025-03-01")),
        counter: None,
    };
    assert_eq!(
        due(&rhythm(6, PeriodUnit::Months, DueFrom::Planned), late),
        day("2026-09-01")
    );
    assert_eq!(
        due(&rhythm(6, PeriodUnit::Months, DueFrom::Actual), late),
        day("2026-09-20")
    );
}

#[test]
fn a_cycle_that_was_missed_is_not_due_in_the_past() {
    let last = LastDone {
        on: day("2026-05-10"),
        due_on: Some(day("2026-01-01")),
        anchor: Some(day("2026-01-01")),
        counter: None,
    };
    assert_eq!(
        due(&rhythm(3, PeriodUnit::Months, DueFrom::Planned), last),
        day("2026-07-01")
    );
}

#[test]
fn a_due_day_nobody_works_is_moved_as_the_obligation_says() {
    let mut yearly = rhythm(1, PeriodUnit::Years, DueFrom::Actual);
    // 14 July 2027 is a Wednesday and a holiday.
    yearly.on_closed_day = OnClosedDay::Next;
    assert_eq!(due(&yearly, done("2026-07-14")), day("2027-07-15"));
    yearly.on_closed_day = OnClosedDay::Previous;
    assert_eq!(due(&yearly, done("2026-07-14")), day("2027-07-13"));
}

#[test]
fn a_counter_is_due_so_many_after_what_it_showed() {
    let hours = Rhythm {
        period: None,
        every: Some(2000),
        ..rhythm(1, PeriodUnit::Days, DueFrom::Actual)
    };
    let next = hours.next_due(
        LastDone {
            counter: Some(12_400),
            ..done("2026-01-01")
        },
        &calendar(),
    );
    assert_eq!((next.window, next.counter), (None, Some(14_400)));
    assert_eq!(
        standing(None, next.counter, Some(14_400), day("2030-01-01")),
        Standing::UpToDate
    );
    assert_eq!(
        standing(None, next.counter, Some(14_401), day("2026-01-02")),
        Standing::Late
    );
    assert_eq!(
        standing(None, next.counter, None, day("2026-01-02")),
        Standing::Unknown
    );
}

#[test]
fn nobody_knows_is_neither_late_nor_up_to_date() {
    assert_eq!(
        standing(None, None, None, day("2026-03-02")),
        Standing::Unknown
    );
    assert_eq!(
        standing(None, None, Some(5), day("2026-03-02")),
        Standing::Unknown
    );
}

#[test]
fn the_window_decides_when_it_is_due_and_when_it_is_late() {
    let window =
        rhythm(1, PeriodUnit::Years, DueFrom::Actual).window(day("2026-03-10"), &calendar());
    let at = |text| standing(Some(window), None, None, day(text));
    assert_eq!(at("2026-02-27"), Standing::UpToDate);
    assert_eq!(at("2026-02-28"), Standing::Due);
    assert_eq!(at("2026-03-15"), Standing::Due);
    assert_eq!(at("2026-03-16"), Standing::Late);
    assert_eq!(
        clock_words(Standing::Late, Some(window), day("2026-03-16")),
        "en retard de 6\u{a0}jours"
    );
}

fn unit() -> impl Strategy<Value = PeriodUnit> {
    prop::sample::select(PeriodUnit::ALL.to_vec())
}

fn closed() -> impl Strategy<Value = OnClosedDay> {
    prop::sample::select(OnClosedDay::ALL.to_vec())
}

proptest! {
    #[test]
    fn the_next_day_is_after_what_was_done_and_what_was_due(value in 1u32..48, unit in unit(), n in 0i64..12_000, late in -20i64..400, planned: bool) {
        let due_on = day("2000-01-01") + TimeDelta::days(n);
        let on = due_on + TimeDelta::days(late);
        let from = if planned { DueFrom::Planned } else { DueFrom::Actual };
        let last = LastDone { on, due_on: Some(due_on), anchor: None, counter: None };
        let next = due(&rhythm(value, unit, from), last);
        prop_assert!(next > on);
        prop_assert!(!planned || next > due_on);
    }

    #[test]
    fn a_planned_series_in_months_keeps_its_day(value in 1u32..30, n in 0i64..12_000, k in 1u32..40) {
        let anchor = day("2000-01-01") + TimeDelta::days(n);
        let period = Period { value, unit: PeriodUnit::Months };
        let nth = period.nth(anchor, k, &calendar()).unwrap();
        let last_of_month = (nth + TimeDelta::days(1)).day() == 1;
        prop_assert!(nth.day() == anchor.day() || (nth.day() < anchor.day() && last_of_month));
        let months = |d: NaiveDate| d.year() * 12 + d.month0() as i32;
        prop_assert_eq!(months(nth) - months(anchor), (value * k) as i32);
    }

    #[test]
    fn nothing_of_a_planned_series_is_skipped(value in 1u32..24, unit in unit(), n in 0i64..9_000, k in 0u32..20) {
        let anchor = day("2005-06-15") + TimeDelta::days(n);
        let period = Period { value, unit };
        let honoured = period.nth(anchor, k, &calendar()).unwrap();
        let last = LastDone { on: honoured, due_on: Some(honoured), anchor: Some(anchor), counter: None };
        prop_assert_eq!(due(&rhythm(value, unit, DueFrom::Planned), last), period.nth(anchor, k + 1, &calendar()).unwrap());
    }

    #[test]
    fn doing_it_later_never_brings_the_next_one_nearer(value in 1u32..24, unit in unit(), n in 0i64..9_000, delay in 0i64..60) {
        let on = day("2010-01-01") + TimeDelta::days(n);
        let every = rhythm(value, unit, DueFrom::Actual);
        let early = due(&every, LastDone { on, due_on: None, anchor: None, counter: None });
        let late = due(&every, LastDone { on: on + TimeDelta::days(delay), due_on: None, anchor: None, counter: None });
        prop_assert!(late >= early);
    }

    #[test]
    fn a_moved_due_day_is_worked_and_inside_its_window(value in 1u32..24, unit in unit(), closed in closed(), n in 0i64..9_000) {
        let mut every = rhythm(value, unit, DueFrom::Actual);
        every.on_closed_day = closed;
        let on = day("2010-01-01") + TimeDelta::days(n);
        let window = every.next_due(LastDone { on, due_on: None, anchor: None, counter: None }, &calendar()).window.unwrap();
        prop_assert!(window.earliest <= window.on && window.on <= window.latest);
        prop_assert!(closed == OnClosedDay::Keep || calendar().is_worked(window.on));
    }
}
