//! A month as weeks, Monday first. Pure.

use chrono::{Datelike, Days, Months, NaiveDate};

/// The first day of a month written « 2026-03 ».
pub fn first(text: &str) -> Option<NaiveDate> {
    let (year, month) = text.trim().split_once('-')?;
    let year: i32 = year.parse().ok().filter(|y| (1970..=2200).contains(y))?;
    NaiveDate::from_ymd_opt(year, month.parse().ok()?, 1)
}

/// « 2026-03 ».
pub fn code(day: NaiveDate) -> String {
    day.format("%Y-%m").to_string()
}

/// The month before and the month after.
pub fn around(first: NaiveDate) -> (NaiveDate, NaiveDate) {
    (
        first.checked_sub_months(Months::new(1)).unwrap_or(first),
        first.checked_add_months(Months::new(1)).unwrap_or(first),
    )
}

/// The weeks that hold a month, whole.
pub fn weeks(first: NaiveDate) -> Vec<Vec<NaiveDate>> {
    let (_, next) = around(first);
    let lead = u64::from(first.weekday().num_days_from_monday());
    let mut day = first.checked_sub_days(Days::new(lead)).unwrap_or(first);
    let mut weeks = Vec::new();
    while day < next && weeks.len() < 6 {
        let week: Vec<NaiveDate> = (0..7)
            .filter_map(|n| day.checked_add_days(Days::new(n)))
            .collect();
        day = day.checked_add_days(Days::new(7)).unwrap_or(next);
        weeks.push(week);
    }
    weeks
}

/// « mars 2026 ».
pub fn words(first: NaiveDate) -> String {
    const NAMES: [&str; 12] = [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ];
    let name = NAMES.get(first.month0() as usize).copied().unwrap_or("");
    format!("{name} {}", first.year())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn months_are_read_as_they_are_written() {
        let march = first("2026-03").unwrap();
        assert_eq!(
            (code(march).as_str(), words(march).as_str()),
            ("2026-03", "mars 2026")
        );
        for wrong in ["", "2026", "2026-13", "mars", "99999-01"] {
            assert_eq!(first(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn every_day_of_a_month_is_there_once_and_weeks_begin_on_monday(year in 1970i32..2200, month in 1u32..=12) {
            let start = NaiveDate::from_ymd_opt(year, month, 1).unwrap();
            let weeks = weeks(start);
            let days: Vec<NaiveDate> = weeks.iter().flatten().copied().collect();
            prop_assert!(weeks.iter().all(|w| w.len() == 7 && w[0].weekday() == chrono::Weekday::Mon));
            prop_assert!(days.windows(2).all(|w| w[1] == w[0].succ_opt().unwrap()));
            let mut day = start;
            while day.month() == month {
                prop_assert!(days.contains(&day));
                day = day.succ_opt().unwrap();
            }
        }
    }
}
