//! Giving roles, without SQL or HTTP.

use chrono::NaiveDate;

use crate::accounts::AccountId;
use crate::accounts::access::GrantScope;
use crate::accounts::roles::Role;

/// A role over a scope, to be given to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewGrant {
    /// To whom.
    pub account: AccountId,
    /// What.
    pub role: Role,
    /// Where.
    pub scope: GrantScope,
    /// Its last day, if it has one.
    pub ends_on: Option<NaiveDate>,
}

/// Why a role cannot be held over such a scope, if it cannot: an external technician has the file of
/// his devices only (art. R.5212-28 6° CSP), and nobody else is given one device.
pub fn misfit(role: Role, scope: GrantScope) -> Option<&'static str> {
    let on_a_device = matches!(scope, GrantScope::Device(_));
    match (role, on_a_device) {
        (Role::ExternalTechnician, false) => Some(
            "Un technicien externe n’accède qu’au dossier de ses équipements (art. R.5212-28 6° CSP) : désignez un équipement.",
        ),
        (role, true) if role != Role::ExternalTechnician => Some(
            "Seul un technicien externe reçoit un droit sur un équipement : choisissez une unité ou un établissement.",
        ),
        _ => None,
    }
}

/// Does a grant with this last day still count on `today`?
pub fn counts_on(ends_on: Option<NaiveDate>, today: NaiveDate) -> bool {
    ends_on.is_none_or(|last| last >= today)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::UnitId;

    #[test]
    fn a_device_is_for_external_technicians_and_they_have_nothing_else() {
        for role in Role::ALL {
            let external = role == Role::ExternalTechnician;
            let device = GrantScope::Device(uuid::Uuid::nil());
            assert_eq!(misfit(role, device).is_none(), external);
            assert_eq!(misfit(role, GrantScope::Group).is_none(), !external);
            assert_eq!(
                misfit(role, GrantScope::Unit(UnitId::fresh())).is_none(),
                !external
            );
        }
    }

    #[test]
    fn a_grant_counts_until_the_end_of_its_last_day() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 3, d).unwrap();
        assert!(counts_on(None, day(2)) && counts_on(Some(day(2)), day(2)));
        assert!(!counts_on(Some(day(1)), day(2)));
    }
}
