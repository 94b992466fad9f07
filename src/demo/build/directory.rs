//! Organisations, their other names, successions and contacts.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::Hand;
use crate::accounts::access::Place;
use crate::accounts::actions::ManageParties;
use crate::demo::fleet::before;
use crate::demo::organisations::{self, CONTACTS, ORGANISATIONS, Organisation, Part, SUCCESSIONS};
use crate::kernel::{Error, Event, Result};
use crate::parties::OrganisationId;
use crate::parties::contacts::{
    ContactFunction, NewContact, commands as contacts, queries as known_contacts,
};
use crate::parties::organisations::{
    AliasKind, NewAlias, NewOrganisation, NewSuccession, OrganisationRole, SuccessionKind,
    commands, queries,
};

/// Organisations by the codes of the data.
pub type Parties = HashMap<&'static str, OrganisationId>;

fn role(part: Part) -> OrganisationRole {
    match part {
        Part::Manufacturer => OrganisationRole::Manufacturer,
        Part::Supplier => OrganisationRole::Supplier,
        Part::Maintainer => OrganisationRole::MaintenanceProvider,
        Part::ControlBody => OrganisationRole::QualityControlBody,
    }
}

fn function(of: organisations::ContactFunction) -> ContactFunction {
    match of {
        organisations::ContactFunction::Support => ContactFunction::Support,
        organisations::ContactFunction::Security => ContactFunction::SecurityOfficer,
        organisations::ContactFunction::DataProtection => ContactFunction::Dpo,
        organisations::ContactFunction::Vigilance => ContactFunction::Vigilance,
        organisations::ContactFunction::Sales => ContactFunction::Commercial,
    }
}

fn new(of: &Organisation) -> NewOrganisation {
    NewOrganisation {
        name: of.name.to_owned(),
        roles: of.parts.iter().map(|part| role(*part)).collect(),
        country: Some(of.country.to_owned()),
        srn: None,
        siren: None,
        finess: None,
        cofrac_number: None,
        address: None,
        website: None,
        phone: None,
        note: of
            .invented
            .then(|| "Organisation inventée pour la démonstration.".to_owned()),
    }
}

/// Enters those that are not there yet.
pub(super) async fn enter(hand: &Hand<'_>, today: NaiveDate) -> Result<Parties> {
    let permit = hand.permit::<ManageParties>()?;
    let shared = || permit.over(&Place::SHARED);
    let mut tx = hand.begin().await?;
    let mut told: Vec<Event> = Vec::new();
    let mut parties = Parties::new();
    let mut fresh = Vec::new();
    for one in ORGANISATIONS {
        let id = match queries::maybe_named(&mut tx, one.name).await? {
            Some(id) => id,
            None => {
                let (id, event) = commands::create(&mut tx, shared()?, new(one)).await?;
                told.push(event);
                fresh.push(one.code);
                id
            }
        };
        parties.insert(one.code, id);
    }
    let find = |code: &str| {
        parties
            .get(code)
            .copied()
            .ok_or_else(|| Error::internal(format!("no organisation {code}")))
    };
    for one in ORGANISATIONS.iter().filter(|one| fresh.contains(&one.code)) {
        let organisation = queries::find(&mut tx, permit.sees(), find(one.code)?).await?;
        for alias in one.aliases {
            // Spellings that differ by their capitals or accents alone already lead there.
            if queries::maybe_named(&mut tx, alias).await?.is_none() {
                let name = NewAlias {
                    name: (*alias).to_owned(),
                    kind: AliasKind::Spelling,
                    source: Some("démonstration".into()),
                };
                told.push(commands::add_alias(&mut tx, shared()?, &organisation, name).await?);
            }
        }
    }
    for one in SUCCESSIONS.iter().filter(|one| fresh.contains(&one.former)) {
        let former = queries::find(&mut tx, permit.sees(), find(one.former)?).await?;
        let successor = queries::find(&mut tx, permit.sees(), find(one.successor)?).await?;
        let whole = one.scope.is_empty();
        let succession = NewSuccession {
            successor: successor.id,
            kind: if whole {
                SuccessionKind::Acquired
            } else {
                SuccessionKind::TookOverRange
            },
            happened_on: None,
            happened_on_text: Some(one.year.to_string()),
            perimeter: (!whole).then(|| one.scope.to_owned()),
            source: Some("publiquement connu, à vérifier".into()),
        };
        told.push(commands::succeed(&mut tx, shared()?, &former, &successor, succession).await?);
    }
    for one in CONTACTS {
        let organisation = find(one.organisation)?;
        let there = known_contacts::of_organisation(&mut tx, permit.sees(), organisation).await?;
        if there.iter().any(|contact| contact.name == one.name) {
            continue;
        }
        let contact = NewContact {
            establishment: None,
            function: function(one.function),
            name: one.name.to_owned(),
            email: Some(format!("{}@example.org", one.mailbox)),
            phone: one.phone.map(str::to_owned),
            url: None,
            note: Some("Contact inventé.".into()),
            ends_on: None,
        };
        let verified_on = one.verified_days_ago.map(|days| before(today, days));
        told.push(
            contacts::create(&mut tx, shared()?, organisation, contact, verified_on)
                .await?
                .1,
        );
    }
    if let Some(event) = told.into_iter().reduce(Event::and) {
        tx.commit(event, "/parties/organisations").await?;
    }
    Ok(parties)
}
