//! What a view is, without SQL or HTTP.

use crate::accounts::access::Place;
use crate::accounts::roles::Role;
use crate::accounts::{EstablishmentId, UnitId};

crate::coded! {
    /// For whom a view is.
    pub enum Audience {
        Mine = "mine" => "moi",
        Unit = "unit" => "mon unité",
        Everybody = "everybody" => "tout le monde",
    }
}

/// For whom, and where they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    /// Its author.
    Mine,
    /// The people of a unit.
    Unit(EstablishmentId, UnitId),
    /// The people of an establishment, of the group when none is said; possibly how the list opens
    /// for a role.
    Everybody(Option<EstablishmentId>, Option<Role>),
}

impl For {
    /// As the database says it.
    pub const fn audience(self) -> Audience {
        match self {
            Self::Mine => Audience::Mine,
            Self::Unit(..) => Audience::Unit,
            Self::Everybody(..) => Audience::Everybody,
        }
    }

    /// Where a shared view stands: what decides who may share it. None for one's own.
    pub fn place(self) -> Option<Place> {
        match self {
            Self::Mine => None,
            Self::Unit(establishment, unit) => {
                Some(Place::establishment(establishment).unit(Some(unit)))
            }
            Self::Everybody(establishment, _) => {
                Some(establishment.map_or(Place::SHARED, Place::establishment))
            }
        }
    }

    /// Its columns: establishment, unit, role.
    pub fn columns(self) -> (Option<EstablishmentId>, Option<UnitId>, Option<Role>) {
        match self {
            Self::Mine => (None, None, None),
            Self::Unit(establishment, unit) => (Some(establishment), Some(unit), None),
            Self::Everybody(establishment, role) => (establishment, None, role),
        }
    }
}

/// A view, checked.
#[derive(Clone, Debug)]
pub struct NewView {
    /// Of which list.
    pub list: &'static str,
    /// Its name.
    pub name: String,
    /// The list, without page.
    pub query: String,
    /// For whom.
    pub audience: For,
}

/// What a view keeps of an address: filters, columns, sort and grouping, never the page.
pub fn kept(query: &str) -> String {
    let says = |pair: &&str| {
        let key = pair.split('=').next().unwrap_or_default();
        matches!(key, "q" | "f" | "sort" | "group" | "cols" | "per" | "any")
            || ["o.", "v.", "w."].iter().any(|part| key.starts_with(part))
    };
    let query = query.trim().trim_start_matches('?');
    query.split('&').filter(says).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_s_own_view_stands_nowhere_and_the_group_s_everywhere() {
        assert_eq!(For::Mine.place(), None);
        assert_eq!(For::Everybody(None, None).place(), Some(Place::SHARED));
        let (establishment, unit) = (EstablishmentId::fresh(), UnitId::fresh());
        let place = For::Unit(establishment, unit).place().unwrap();
        assert_eq!(
            (place.establishment, place.unit),
            (Some(establishment), Some(unit))
        );
    }

    #[test]
    fn a_view_keeps_the_list_and_not_its_page() {
        assert_eq!(
            kept("?f=state:is:broken&after=abc&cols=state,unit&view=1&format=csv&group=state&q=x"),
            "f=state:is:broken&cols=state,unit&group=state&q=x"
        );
    }
}
