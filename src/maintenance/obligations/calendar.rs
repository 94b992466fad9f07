//! Days off: Sundays, Saturdays, and the public holidays of a territory, read from data. Pure.

use chrono::{Datelike, Days, NaiveDate, Weekday};

crate::coded! {
    /// Where public holidays differ.
    pub enum Territory {
        France = "france" => "France métropolitaine",
        AlsaceMoselle = "alsace_moselle" => "Alsace-Moselle",
        Guadeloupe = "guadeloupe" => "Guadeloupe",
        Martinique = "martinique" => "Martinique",
        Guyane = "guyane" => "Guyane",
        Reunion = "reunion" => "La Réunion",
        Mayotte = "mayotte" => "Mayotte",
        SaintMartin = "saint_martin" => "Saint-Martin",
        SaintBarthelemy = "saint_barthelemy" => "Saint-Barthélemy",
    }
}

impl Territory {
    /// The territory of an establishment: its FINESS number begins with its department, its time zone
    /// tells overseas.
    pub fn of(finess: Option<&str>, time_zone: &str) -> Self {
        match time_zone {
            "America/Guadeloupe" => return Self::Guadeloupe,
            "America/Martinique" => return Self::Martinique,
            "America/Cayenne" => return Self::Guyane,
            "Indian/Reunion" => return Self::Reunion,
            "Indian/Mayotte" => return Self::Mayotte,
            "America/Marigot" => return Self::SaintMartin,
            "America/St_Barthelemy" => return Self::SaintBarthelemy,
            _ => {}
        }
        match finess.and_then(|number| number.get(..2)) {
            Some("57" | "67" | "68") => Self::AlsaceMoselle,
            Some("9A") => Self::Guadeloupe,
            Some("9B") => Self::Martinique,
            Some("9C") => Self::Guyane,
            Some("9D") => Self::Reunion,
            Some("9F") => Self::Mayotte,
            _ => Self::France,
        }
    }
}

/// When a holiday falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// The same day each year: month and day.
    Fixed(u32, u32),
    /// So many days from Easter Sunday.
    Easter(i64),
}

/// A public holiday, as the table says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// Its name.
    pub name: String,
    /// When it falls.
    pub when: When,
    /// Where; `France` means everywhere.
    pub territories: Vec<Territory>,
}

/// The days worked at one place.
#[derive(Clone, Debug)]
pub struct Calendar {
    holidays: Vec<Holiday>,
}

/// Easter Sunday of a year of the Gregorian calendar (anonymous computus).
pub fn easter(year: i32) -> Option<NaiveDate> {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let f = (b + 8) / 25;
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let month = (h + l - 7 * m + 114) / 31;
    let day = (h + l - 7 * m + 114) % 31 + 1;
    NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
}

impl Calendar {
    /// The holidays of a territory among all of them.
    pub fn of(territory: Territory, all: &[Holiday]) -> Self {
        let holidays = all
            .iter()
            .filter(|h| {
                h.territories.contains(&Territory::France) || h.territories.contains(&territory)
            })
            .cloned()
            .collect();
        Self { holidays }
    }

    /// The holiday a day is, if it is one.
    pub fn holiday(&self, day: NaiveDate) -> Option<&str> {
        let easter = easter(day.year());
        self.holidays
            .iter()
            .find(|h| match h.when {
                When::Fixed(month, number) => (day.month(), day.day()) == (month, number),
                When::Easter(offset) => easter.is_some_and(|e| (day - e).num_days() == offset),
            })
            .map(|h| h.name.as_str())
    }

    /// Is work done on that day?
    pub fn is_worked(&self, day: NaiveDate) -> bool {
        !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && self.holiday(day).is_none()
    }

    /// That day when it is worked, else the next one that is.
    pub fn next_worked(&self, day: NaiveDate) -> NaiveDate {
        self.walk(day, |d| d.checked_add_days(Days::new(1)))
    }

    /// That day when it is worked, else the last one that was.
    pub fn last_worked(&self, day: NaiveDate) -> NaiveDate {
        self.walk(day, |d| d.checked_sub_days(Days::new(1)))
    }

    fn walk(&self, day: NaiveDate, step: fn(NaiveDate) -> Option<NaiveDate>) -> NaiveDate {
        let mut at = day;
        // No calendar closes a fortnight in a row; a wrong one must not hang a page.
        for _ in 0..31 {
            if self.is_worked(at) {
                return at;
            }
            match step(at) {
                Some(next) => at = next,
                None => return day,
            }
        }
        day
    }

    /// The nth worked day after that one.
    pub fn add_worked_days(&self, from: NaiveDate, count: u32) -> Option<NaiveDate> {
        let mut at = from;
        for _ in 0..count {
            at = self.next_worked(at.checked_add_days(Days::new(1))?);
        }
        Some(at)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(crate) fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    pub(crate) fn french() -> Vec<Holiday> {
        let fixed = [
            (1, 1),
            (5, 1),
            (5, 8),
            (7, 14),
            (8, 15),
            (11, 1),
            (11, 11),
            (12, 25),
        ];
        let mut all: Vec<Holiday> = fixed
            .iter()
            .map(|(m, d)| Holiday {
                name: format!("{d}/{m}"),
                when: When::Fixed(*m, *d),
                territories: vec![Territory::France],
            })
            .collect();
        for offset in [1, 39, 50] {
            all.push(Holiday {
                name: format!("Pâques + {offset}"),
                when: When::Easter(offset),
                territories: vec![Territory::France],
            });
        }
        all.push(Holiday {
            name: "Vendredi saint".into(),
            when: When::Easter(-2),
            territories: vec![Territory::AlsaceMoselle],
        });
        all.push(Holiday {
            name: "20 décembre".into(),
            when: When::Fixed(12, 20),
            territories: vec![Territory::Reunion],
        });
        all
    }

    #[test]
    fn easter_falls_where_the_almanac_says() {
        for text in [
            "1818-03-22",
            "1943-04-25",
            "2000-04-23",
            "2024-03-31",
            "2025-04-20",
            "2026-04-05",
            "2038-04-25",
        ] {
            assert_eq!(easter(day(text).year()), Some(day(text)));
        }
    }

    #[test]
    fn strasbourg_and_saint_denis_have_days_off_that_paris_has_not() {
        let all = french();
        let at = |territory, text| Calendar::of(territory, &all).is_worked(day(text));
        assert!(at(Territory::France, "2026-04-03"));
        assert!(!at(Territory::AlsaceMoselle, "2026-04-03"));
        assert!(!at(Territory::Reunion, "2027-12-20"));
        assert!(at(Territory::France, "2027-12-20"));
        assert!(!at(Territory::Reunion, "2026-07-14"));
        assert!(!at(Territory::France, "2026-05-14"), "Ascension");
        assert!(!at(Territory::France, "2026-05-25"), "lundi de Pentecôte");
    }

    #[test]
    fn an_establishment_tells_its_territory_by_its_number_or_its_clock() {
        assert_eq!(
            Territory::of(Some("670000025"), "Europe/Paris"),
            Territory::AlsaceMoselle
        );
        assert_eq!(
            Territory::of(Some("9D0000000"), "Indian/Reunion"),
            Territory::Reunion
        );
        assert_eq!(
            Territory::of(Some("750000000"), "Europe/Paris"),
            Territory::France
        );
        assert_eq!(
            Territory::of(None, "America/Martinique"),
            Territory::Martinique
        );
    }

    proptest! {
        #[test]
        fn what_is_moved_lands_on_a_worked_day_less_than_a_week_away(n in 0i64..40_000) {
            let calendar = Calendar::of(Territory::AlsaceMoselle, &french());
            let from = day("1990-01-01") + chrono::TimeDelta::days(n);
            let next = calendar.next_worked(from);
            let last = calendar.last_worked(from);
            prop_assert!(calendar.is_worked(next) && calendar.is_worked(last));
            prop_assert!((0..7).contains(&(next - from).num_days()));
            prop_assert!((0..7).contains(&(from - last).num_days()));
            prop_assert_eq!(calendar.is_worked(from), next == from && last == from);
        }

        #[test]
        fn worked_days_add_up(n in 0i64..20_000, a in 0u32..30, b in 0u32..30) {
            let calendar = Calendar::of(Territory::France, &french());
            let from = day("2000-01-01") + chrono::TimeDelta::days(n);
            let whole = calendar.add_worked_days(from, a + b).unwrap();
            let parts = calendar.add_worked_days(calendar.add_worked_days(from, a).unwrap(), b).unwrap();
            prop_assert_eq!(whole, parts);
            prop_assert!(a + b == 0 || calendar.is_worked(whole));
        }
    }
}
