//! The page of the simulator.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use chrono::NaiveDate;
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::queries::{self, Person};
use crate::accounts::access::{Caller, Factor, Grant as Held, GrantScope, Permit, Place, Via};
use crate::accounts::actions::{MATRIX, SeeAccounts};
use crate::accounts::grants::queries::{self as grants, Grant};
use crate::accounts::sites::units::queries::{self as places, Options};
use crate::accounts::{AccountId, EstablishmentId, UnitId};
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{Error, Result};
use crate::platform::web::{Page, View, filters};

/// The question.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Question {
    account: String,
    permission: String,
    device: String,
    unit: String,
    establishment: String,
}

/// Why somebody may.
struct Reason {
    role: &'static str,
    over: String,
    until: Option<NaiveDate>,
}

struct Answer {
    who: String,
    what: &'static str,
    on: String,
    may: bool,
    reasons: Vec<Reason>,
    elsewhere: Vec<Reason>,
}

struct Holder {
    name: String,
    login: String,
    id: AccountId,
    reasons: Vec<Reason>,
}

#[derive(Template)]
#[template(path = "accounts/simulator/show.html")]
struct SimulatorShow {
    question: Question,
    people: Options,
    permissions: Options,
    establishments: Options,
    units: Options,
    answer: Option<Answer>,
    holders: Option<Vec<Holder>>,
    problem: String,
}

impl View for SimulatorShow {
    fn title(&self) -> String {
        "Qui peut faire quoi".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Comptes", "/accounts/users"),
            Crumb::here("Qui peut faire quoi"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        let reasons = |list: &[Reason]| -> Vec<serde_json::Value> {
            list.iter()
                .map(|r| serde_json::json!({ "role": r.role, "over": r.over, "until": r.until }))
                .collect()
        };
        serde_json::json!({
            "may": self.answer.as_ref().map(|a| a.may),
            "by": self.answer.as_ref().map(|a| reasons(&a.reasons)),
            "holders": self.holders.as_ref().map(|all| all.iter()
                .map(|h| serde_json::json!({ "account": h.id, "login": h.login, "name": h.name, "by": reasons(&h.reasons) }))
                .collect::<Vec<_>>()),
            "problem": self.problem,
        })
    }
}

/// A grant as the decision takes it.
fn held(grant: &Grant) -> Option<Held> {
    let scope = match grant.scope {
        "group" => GrantScope::Group,
        "establishment" => GrantScope::Establishment(grant.place.establishment?),
        "unit" => GrantScope::Unit(grant.place.unit?),
        _ => GrantScope::Device(grant.place.device?),
    };
    Some(Held {
        role: grant.role,
        scope,
        ends_on: grant.ends_on,
    })
}

/// The account as a caller, with the grants that count today, each beside its words.
async fn caller_of(
    conn: &mut PgConnection,
    account: AccountId,
    name: &str,
    establishments: &[EstablishmentId],
    today: NaiveDate,
) -> Result<(Caller, Vec<Grant>)> {
    let live: Vec<(Held, Grant)> = grants::of_account(conn, account)
        .await?
        .into_iter()
        .filter(|g| g.revoked_at.is_none() && g.ends_on.is_none_or(|last| last >= today))
        .filter_map(|g| Some((held(&g)?, g)))
        .collect();
    let (decided, told) = live.into_iter().unzip();
    let caller = Caller {
        account: Some(account),
        name: name.to_owned(),
        grants: decided,
        establishments: establishments.to_vec(),
        via: Via::Session(Uuid::nil()),
        must_change_password: false,
        factor: Factor::Fine,
        acting_for: None,
        chosen: None,
    };
    Ok((caller, told))
}

fn reasons(caller: &Caller, told: &[Grant], permission: &str, place: Place) -> Vec<Reason> {
    caller
        .why(permission, place)
        .into_iter()
        .filter_map(|n| told.get(n))
        .map(|grant| Reason {
            role: grant.role.label(),
            over: grant.over.clone(),
            until: grant.ends_on,
        })
        .collect()
}

/// The object asked about: where it stands, and how it is called.
async fn object(
    conn: &mut PgConnection,
    permit: &Permit<SeeAccounts>,
    question: &Question,
) -> Result<(Place, String)> {
    let sees = permit.sees();
    let number = question.device.trim();
    if !number.is_empty() {
        // Two hospitals may number alike: the one that is named, else all that are seen.
        let mut within = sees.clone();
        if let Ok(id) = question.establishment.trim().parse::<Uuid>()
            && sees.establishments.contains(&id)
        {
            within.establishments = vec![id];
            within.units.clear();
        }
        let device = grants::maybe_device(conn, &within, number)
            .await?
            .ok_or_else(|| {
                Error::field(
                    "device",
                    format!("« {number} » n’est le numéro d’aucun équipement de votre périmètre."),
                )
            })?;
        let place = grants::place_of(conn, GrantScope::Device(device)).await?;
        return Ok((place, format!("l’équipement {number}")));
    }
    if let Ok(unit) = question.unit.trim().parse::<UnitId>() {
        let place = grants::place_of(conn, GrantScope::Unit(unit)).await?;
        if !sees.reaches(place) {
            return Err(Error::NotFound);
        }
        let name = places::few(conn, sees, Some(unit))
            .await?
            .into_iter()
            .find(|(id, _)| *id == unit.to_string())
            .map_or_else(|| "cette unité".to_owned(), |(_, name)| name);
        return Ok((place, format!("l’unité {name}")));
    }
    if let Ok(id) = question.establishment.trim().parse::<EstablishmentId>() {
        let place = Place::establishment(id);
        if !sees.reaches(place) {
            return Err(Error::NotFound);
        }
        let name = places::establishments(conn, sees)
            .await?
            .into_iter()
            .find(|(key, _)| *key == id.to_string())
            .map_or_else(|| "cet établissement".to_owned(), |(_, name)| name);
        return Ok((place, name));
    }
    Ok((Place::SHARED, "ce que tout le groupe partage".to_owned()))
}

/// Answers the question, if one is asked.
pub async fn show(
    State(app): State<App>,
    permit: Permit<SeeAccounts>,
    Query(question): Query<Question>,
) -> Result<Page> {
    let today = app.clock().now().date_naive();
    let all: Arc<[EstablishmentId]> = app.establishments().await?.into();
    let mut read = app.read(&permit).await?;
    let people = queries::people(&mut read, permit.sees()).await?;
    let establishments = places::establishments(&mut read, permit.sees()).await?;
    let units = places::few(&mut read, permit.sees(), question.unit.parse().ok()).await?;
    let permission = MATRIX.iter().find(|p| p.name == question.permission);
    let (mut answer, mut holders, mut problem) = (None, None, String::new());
    if let Some(permission) = permission {
        match object(&mut read, &permit, &question).await {
            Err(Error::Invalid(errors)) => problem = errors.of("device").unwrap_or_default(),
            Err(other) => return Err(other),
            Ok((place, on)) => {
                let person = people
                    .iter()
                    .find(|p| p.id.to_string() == question.account.trim());
                if let Some(person) = person {
                    let (caller, told) =
                        caller_of(&mut read, person.id, &person.name, &all, today).await?;
                    answer = Some(Answer {
                        who: person.name.clone(),
                        what: permission.label,
                        on,
                        may: caller.scope(permission.name).reaches(place),
                        reasons: reasons(&caller, &told, permission.name, place),
                        elsewhere: told
                            .iter()
                            .filter(|g| crate::accounts::actions::holds(g.role, permission.name))
                            .map(|g| Reason {
                                role: g.role.label(),
                                over: g.over.clone(),
                                until: g.ends_on,
                            })
                            .collect(),
                    });
                } else {
                    let mut found = vec![];
                    for Person { id, name, login } in &people {
                        let (caller, told) = caller_of(&mut read, *id, name, &all, today).await?;
                        if caller.scope(permission.name).reaches(place) {
                            found.push(Holder {
                                name: name.clone(),
                                login: login.clone(),
                                id: *id,
                                reasons: reasons(&caller, &told, permission.name, place),
                            });
                        }
                    }
                    holders = Some(found);
                }
            }
        }
    }
    Ok(Page::of(SimulatorShow {
        people: people
            .iter()
            .map(|p| (p.id.to_string(), format!("{} ({})", p.name, p.login)))
            .collect(),
        permissions: MATRIX
            .iter()
            .map(|p| (p.name.to_owned(), p.label.to_owned()))
            .collect(),
        question,
        establishments,
        units,
        answer,
        holders,
        problem,
    }))
}
