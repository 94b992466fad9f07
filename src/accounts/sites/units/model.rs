//! What a unit is, without SQL or HTTP.

use chrono::NaiveDate;

use crate::accounts::{DepartmentId, EstablishmentId, SiteId};

/// What is said of a unit, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUnit {
    /// Its establishment, which never changes.
    pub establishment: EstablishmentId,
    /// Its pôle, if it has one.
    pub department: Option<DepartmentId>,
    /// Its main site, if it has one.
    pub site: Option<SiteId>,
    /// The UF code, as the hospital's accounts write it.
    pub uf_code: String,
    /// Its name.
    pub name: String,
    /// First day of its existence, when known.
    pub valid_from: Option<NaiveDate>,
}

/// Is a unit with this last day open on `today`?
pub fn is_open(closed_on: Option<NaiveDate>, today: NaiveDate) -> bool {
    closed_on.is_none_or(|day| day > today)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_open_until_its_last_day() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 3, d).unwrap();
        assert!(is_open(None, day(1)));
        assert!(is_open(Some(day(2)), day(1)));
        assert!(!is_open(Some(day(1)), day(1)));
    }
}
