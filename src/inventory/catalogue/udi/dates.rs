//! Dates as barcodes write them: two-digit years, a day `00`, days of the year.
//!
//! Sources: GS1 General Specifications 7.12 (century by a sliding window of −49/+50 years around today, day `00` = last
//! day of the month); ANSI/HIBC 2.6 (formats of the secondary data); ISBT 128 (`cYYJJJ`).

use chrono::{Datelike, NaiveDate};

/// The year meant by two digits: the one from 49 years ago to 50 years ahead of today that ends so.
pub fn full_year(two_digits: i32, today: NaiveDate) -> i32 {
    let century = today.year().div_euclid(100) * 100;
    match two_digits - today.year().rem_euclid(100) {
        51.. => century - 100 + two_digits,
        ..=-50 => century + 100 + two_digits,
        _ => century + two_digits,
    }
}

/// The last day of a month.
pub fn last_day(year: i32, month: u32) -> Option<NaiveDate> {
    let (year, month) = if month == 12 {
        (year.checked_add(1)?, 1)
    } else {
        (year, month.checked_add(1)?)
    };
    NaiveDate::from_ymd_opt(year, month, 1)?.pred_opt()
}

/// `YYMMDD`; the flag says that the day was `00`, so that the date is the last day of the month.
pub fn yymmdd(text: &str, today: NaiveDate) -> Option<(NaiveDate, bool)> {
    let [year, month, day] = parts(text, [2, 2, 2])?;
    of_month(full_year(year, today), month, day)
}

/// `YYYYMMDD`, with the same meaning of a day `00`.
pub fn yyyymmdd(text: &str) -> Option<(NaiveDate, bool)> {
    let [year, month, day] = parts(text, [4, 2, 2])?;
    of_month(year, month, day)
}

/// `MMDDYY` (HIBC format 2).
pub fn mmddyy(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let [month, day, year] = parts(text, [2, 2, 2])?;
    NaiveDate::from_ymd_opt(
        full_year(year, today),
        u32::try_from(month).ok()?,
        u32::try_from(day).ok()?,
    )
}

/// `MMYY` (HIBC formats 0 and 1): good until the last day of that month.
pub fn mmyy(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let [month, year] = parts(text, [2, 2])?;
    last_day(
        full_year(year, today),
        u32::try_from(month).ok().filter(|month| *month > 0)?,
    )
}

/// `YYJJJ`: a year and the rank of the day in it (HIBC).
pub fn yyjjj(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let [year, rank] = parts(text, [2, 3])?;
    NaiveDate::from_yo_opt(full_year(year, today), u32::try_from(rank).ok()?)
}

/// `cYYJJJ`: the last three digits of the year and the rank of the day (ISBT 128; `9` is the twentieth century).
pub fn cyyjjj(text: &str) -> Option<NaiveDate> {
    let [year, rank] = parts(text, [3, 3])?;
    let year = if year >= 900 {
        1000 + year
    } else {
        2000 + year
    };
    NaiveDate::from_yo_opt(year, u32::try_from(rank).ok()?)
}

/// Cuts digits into numbers of these widths; nothing unless it is all digits of exactly that length.
fn parts<const N: usize>(text: &str, widths: [usize; N]) -> Option<[i32; N]> {
    if text.len() != widths.iter().sum::<usize>() || !text.bytes().all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    let mut numbers = [0; N];
    let mut rest = text;
    for (number, width) in numbers.iter_mut().zip(widths) {
        let (head, tail) = rest.split_at_checked(width)?;
        *number = head.parse().ok()?;
        rest = tail;
    }
    Some(numbers)
}

fn of_month(year: i32, month: i32, day: i32) -> Option<(NaiveDate, bool)> {
    let month = u32::try_from(month).ok().filter(|month| *month > 0)?;
    if day == 0 {
        return last_day(year, month).map(|date| (date, true));
    }
    NaiveDate::from_ymd_opt(year, month, u32::try_from(day).ok()?).map(|date| (date, false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn the_century_slides_with_today() {
        let today = day(2026, 7, 1);
        assert_eq!(full_year(26, today), 2026);
        assert_eq!(full_year(76, today), 2076); // 50 years ahead
        assert_eq!(full_year(77, today), 1977); // 49 years ago
        assert_eq!(full_year(0, today), 2000);
        let late = day(2080, 1, 1);
        assert_eq!(full_year(30, late), 2130);
        assert_eq!(full_year(31, late), 2031);
    }

    #[test]
    fn a_day_zero_is_the_last_of_the_month() {
        let today = day(2026, 7, 1);
        assert_eq!(yymmdd("281200", today), Some((day(2028, 12, 31), true)));
        assert_eq!(yymmdd("280200", today), Some((day(2028, 2, 29), true)));
        assert_eq!(yymmdd("281231", today), Some((day(2028, 12, 31), false)));
        assert_eq!(yymmdd("281301", today), None);
        assert_eq!(yymmdd("280030", today), None);
        assert_eq!(yymmdd("270229", today), None);
        assert_eq!(yymmdd("28123", today), None);
    }

    #[test]
    fn the_dates_of_hibcc_and_iccbba_are_read() {
        let today = day(2026, 7, 1);
        assert_eq!(mmyy("0905", today), Some(day(2005, 9, 30)));
        assert_eq!(mmddyy("092805", today), Some(day(2005, 9, 28)));
        assert_eq!(yyjjj("05271", today), Some(day(2005, 9, 28)));
        assert_eq!(yyjjj("20015", today), Some(day(2020, 1, 15)));
        assert_eq!(cyyjjj("014032"), Some(day(2014, 2, 1)));
        assert_eq!(cyyjjj("013032"), Some(day(2013, 2, 1)));
        assert_eq!(cyyjjj("998365"), Some(day(1998, 12, 31)));
        assert_eq!(cyyjjj("013000"), None);
        assert_eq!(yyyymmdd("20130202"), Some((day(2013, 2, 2), false)));
    }

    proptest! {
        #[test]
        fn every_day_of_the_window_survives(back in -17_800i64..18_200) {
            let today = day(2026, 7, 1);
            let date = today + chrono::TimeDelta::days(back);
            prop_assert_eq!(yymmdd(&date.format("%y%m%d").to_string(), today), Some((date, false)));
            prop_assert_eq!(yyjjj(&date.format("%y%j").to_string(), today), Some(date));
        }

        #[test]
        fn reading_dates_never_panics(text in "\\PC{0,12}") {
            let today = day(2026, 7, 1);
            let _ = (yymmdd(&text, today), yyyymmdd(&text), mmddyy(&text, today), mmyy(&text, today));
            let _ = (yyjjj(&text, today), cyyjjj(&text));
        }
    }
}
