//! Days and instants as French readers expect them: `23 nov. 2026`, `dans 12 jours`.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use chrono_tz::Tz;

const MONTHS: [&str; 12] = [
    "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.",
    "déc.",
];

/// `23 nov. 2026`, with non-breaking spaces.
pub fn short(day: NaiveDate) -> String {
    let month = MONTHS[day.month0() as usize];
    let number = if day.day() == 1 {
        "1er".to_owned()
    } else {
        day.day().to_string()
    };
    format!("{number}\u{a0}{month}\u{a0}{}", day.year())
}

/// `23 nov. 2026, 14 h 05`, in the given zone.
pub fn instant(at: DateTime<Utc>, zone: Tz) -> String {
    let local = at.with_timezone(&zone);
    format!(
        "{}, {}\u{a0}h\u{a0}{:02}",
        short(local.date_naive()),
        local.hour(),
        local.minute()
    )
}

/// `aujourd’hui`, `dans 12 jours`, `il y a 3 mois`.
pub fn relative(day: NaiveDate, today: NaiveDate) -> String {
    let days = (day - today).num_days();
    let span = |n: i64| match n {
        1 => "1\u{a0}jour".to_owned(),
        2..=59 => format!("{n}\u{a0}jours"),
        60..=729 => format!("{}\u{a0}mois", n / 30),
        _ => format!("{}\u{a0}ans", n / 365),
    };
    match days {
        0 => "aujourd’hui".to_owned(),
        d if d > 0 => format!("dans {}", span(d)),
        d => format!("il y a {}", span(-d)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).unwrap()
    }

    #[test]
    fn days_are_written_the_french_way() {
        assert_eq!(short(day(2026, 11, 23)), "23\u{a0}nov.\u{a0}2026");
        assert_eq!(short(day(2026, 5, 1)), "1er\u{a0}mai\u{a0}2026");
    }

    #[test]
    fn distances_are_said_from_today() {
        let today = day(2026, 11, 23);
        assert_eq!(relative(today, today), "aujourd’hui");
        assert_eq!(relative(day(2026, 12, 5), today), "dans 12\u{a0}jours");
        assert_eq!(relative(day(2026, 11, 22), today), "il y a 1\u{a0}jour");
        assert_eq!(relative(day(2023, 11, 23), today), "il y a 3\u{a0}ans");
    }
}
