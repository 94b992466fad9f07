//! Models as the American public database of devices gives them (GUDID): maker, brand, version or model,
//! catalogue number, identifiers of each packaging level, flags. A hint for our own catalogue, never a truth:
//! what a model already says is not changed.

use serde_json::json;

use super::headers::fold;
use super::queries::Sums;
use crate::accounts::access::{Permit, Place};
use crate::accounts::actions::{ManageCatalogue, ManageParties};
use crate::inventory::catalogue::form::NewModel;
use crate::inventory::catalogue::identifiers::NewIdentifier;
use crate::inventory::catalogue::{UdiIssuer, UdiLevel, commands, queries};
use crate::kernel::{Error, Event, Result, Subject, id};
use crate::parties::organisations::{
    NewOrganisation, OrganisationRole, commands as parties, queries as makers,
};
use crate::platform::db::Tx;
use crate::platform::sheet::Sheet;

/// An identifier of a line, at its packaging level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Di {
    /// The identifier.
    pub code: String,
    /// Who issued it.
    pub issuer: UdiIssuer,
    /// Level.
    pub level: UdiLevel,
    /// How many of the device a package holds.
    pub quantity: Option<i32>,
}

/// A line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Maker.
    pub company: String,
    /// Brand.
    pub brand: String,
    /// Version or model.
    pub model: Option<String>,
    /// Catalogue number.
    pub catalogue: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// Identifiers, that of the device first.
    pub identifiers: Vec<Di>,
    /// For one use.
    pub single_use: Option<bool>,
    /// Sterile.
    pub sterile: Option<bool>,
    /// Implantable.
    pub implantable: Option<bool>,
    /// Sale ended.
    pub sale_ends_on: Option<chrono::NaiveDate>,
}

/// Where each field stands in a file.
#[derive(Debug)]
struct Columns {
    di: usize,
    agency: Option<usize>,
    company: usize,
    brand: usize,
    model: Option<usize>,
    catalogue: Option<usize>,
    description: Option<usize>,
    others: Option<usize>,
    single_use: Option<usize>,
    sterile: Option<usize>,
    implantable: Option<usize>,
    end: Option<usize>,
}

impl Columns {
    fn of(sheet: &Sheet) -> std::result::Result<Self, String> {
        let folded: Vec<String> = sheet.headers.iter().map(|h| fold(h)).collect();
        let find = |all: &[&str]| {
            folded.iter().position(|h| {
                let words: Vec<&str> = h.split([' ', '_']).collect();
                all.iter()
                    .all(|word| words.iter().any(|w| w.starts_with(word)))
            })
        };
        let lacking = |what: &str| {
            format!(
                "Aucune colonne « {what} » parmi « {} ».",
                sheet.headers.join(" », « ")
            )
        };
        Ok(Self {
            di: find(&["primary", "di"])
                .or_else(|| folded.iter().position(|h| h == "di" || h == "udi di"))
                .ok_or_else(|| lacking("primary DI"))?,
            agency: find(&["agency"]).or_else(|| find(&["issuing"])),
            company: find(&["company"])
                .or_else(|| find(&["manufacturer"]))
                .or_else(|| find(&["labeler"]))
                .ok_or_else(|| lacking("company name"))?,
            brand: find(&["brand"]).ok_or_else(|| lacking("brand name"))?,
            model: find(&["version", "model"]).or_else(|| find(&["model"])),
            catalogue: find(&["catalog"]),
            description: find(&["description"]),
            others: find(&["other", "di"]),
            single_use: find(&["single", "use"]),
            sterile: find(&["sterile"]),
            implantable: find(&["implant"]),
            end: find(&["distribution", "end"]).or_else(|| find(&["end", "date"])),
        })
    }
}

fn issuer(text: &str) -> UdiIssuer {
    match text.trim().to_lowercase() {
        t if t.contains("hibcc") => UdiIssuer::Hibcc,
        t if t.contains("iccbba") => UdiIssuer::Iccbba,
        t if t.contains("ifa") => UdiIssuer::Ifa,
        _ => UdiIssuer::Gs1,
    }
}

fn flag(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "true" | "yes" | "y" | "1" => Some(true),
        "false" | "no" | "n" | "0" => Some(false),
        _ => None,
    }
}

/// `DI:type:agency:quantity:status` joined by `;`.
fn others(text: &str) -> Vec<Di> {
    text.split(';')
        .filter_map(|one| {
            let parts: Vec<&str> = one.split(':').map(str::trim).collect();
            let code = *parts.first()?;
            if code.len() < 6 || code.len() > 35 {
                return None;
            }
            let kind = parts.get(1).map(|k| k.to_lowercase()).unwrap_or_default();
            // A former identifier names something no longer made: it is not one of this model's labels.
            if kind.contains("previous") {
                return None;
            }
            let quantity = parts
                .get(3)
                .and_then(|q| q.parse().ok())
                .filter(|q: &i32| *q > 0);
            let level = if kind.contains("package") {
                UdiLevel::Package
            } else if kind.contains("use") {
                UdiLevel::UnitOfUse
            } else {
                UdiLevel::Base
            };
            Some(Di {
                code: code.to_owned(),
                issuer: issuer(parts.get(2).copied().unwrap_or_default()),
                level,
                quantity: quantity.filter(|_| level == UdiLevel::Package),
            })
        })
        .collect()
}

/// Reads the lines; each is a model or says why it is none.
pub fn read(sheet: &Sheet) -> std::result::Result<Vec<std::result::Result<Given, String>>, String> {
    let columns = Columns::of(sheet)?;
    Ok(sheet
        .rows
        .iter()
        .map(|row| {
            let cell = |at: Option<usize>| {
                at.and_then(|at| row.cells.get(at))
                    .map(|c| c.split_whitespace().collect::<Vec<_>>().join(" "))
                    .filter(|c| !c.is_empty())
            };
            let di = cell(Some(columns.di)).ok_or("identifiant attendu")?;
            if !(6..=35).contains(&di.len()) {
                return Err(format!(
                    "« {di} » n’est pas un identifiant (6 à 35 caractères)"
                ));
            }
            let company = cell(Some(columns.company)).ok_or("fabricant attendu")?;
            let brand = cell(Some(columns.brand)).ok_or("marque attendue")?;
            let mut identifiers = vec![Di {
                code: di,
                issuer: issuer(&cell(columns.agency).unwrap_or_default()),
                level: UdiLevel::Base,
                quantity: None,
            }];
            for other in others(&cell(columns.others).unwrap_or_default()) {
                if !identifiers.iter().any(|known| known.code == other.code) {
                    identifiers.push(other);
                }
            }
            let said = |at| cell(at).and_then(|c| flag(&c));
            Ok(Given {
                company,
                brand: brand.chars().take(300).collect(),
                model: cell(columns.model),
                catalogue: cell(columns.catalogue).map(|c| c.chars().take(200).collect()),
                description: cell(columns.description),
                identifiers,
                single_use: said(columns.single_use),
                sterile: said(columns.sterile),
                implantable: said(columns.implantable),
                sale_ends_on: cell(columns.end).and_then(|c| c.get(..10)?.parse().ok()),
            })
        })
        .collect())
}

/// Loads the models of a file: created; updated (identifiers it had not); unchanged; rejected (unreadable, or a maker
/// nobody knows while `create_makers` is off).
pub async fn load(
    tx: &mut Tx,
    catalogue: &Permit<ManageCatalogue>,
    directory: &Permit<ManageParties>,
    sheet: &Sheet,
    create_makers: bool,
) -> Result<(Sums, Vec<(u32, String)>, Event)> {
    let lines = read(sheet).map_err(|why| Error::field("file", why))?;
    let mut sums = Sums {
        read: i64::try_from(lines.len()).unwrap_or(i64::MAX),
        ..Sums::default()
    };
    let mut refused = vec![];
    for (row, line) in sheet.rows.iter().zip(lines) {
        let given = match line {
            Ok(given) => given,
            Err(why) => {
                refused.push((row.number, why));
                continue;
            }
        };
        let maker = match makers::maybe_named(tx, &given.company).await? {
            Some(maker) => maker,
            None if create_makers => {
                let new = NewOrganisation {
                    name: given.company.clone(),
                    roles: vec![OrganisationRole::Manufacturer],
                    country: None,
                    srn: None,
                    siren: None,
                    finess: None,
                    cofrac_number: None,
                    address: None,
                    website: None,
                    phone: None,
                    note: None,
                };
                parties::create(tx, directory.over(&Place::SHARED)?, new)
                    .await?
                    .0
            }
            None => {
                refused.push((
                    row.number,
                    format!(
                        "fabricant inconnu « {} » : --create-missing le crée",
                        given.company
                    ),
                ));
                continue;
            }
        };
        let reference = given
            .catalogue
            .clone()
            .or_else(|| given.model.clone())
            .unwrap_or_default();
        let by_di = match given.identifiers.first() {
            Some(di) => queries::maybe_by_di(tx, &di.code).await?,
            None => None,
        };
        let known = match by_di {
            Some(model) => Some(model),
            None => queries::maybe_known(tx, maker.uuid(), &given.brand, &reference).await?,
        };
        let (model, is_new) = match known {
            Some(model) => (model, false),
            None => {
                let new = NewModel {
                    common_name: given
                        .description
                        .clone()
                        .map(|d| d.chars().take(300).collect()),
                    trade_name: Some(given.brand.clone()),
                    reference: (!reference.is_empty())
                        .then(|| reference.chars().take(200).collect()),
                    manufacturer: Some(maker.uuid()),
                    is_single_use: given.single_use,
                    is_sterile: given.sterile,
                    is_implantable: given.implantable,
                    sale_ends_on: given.sale_ends_on,
                    note: Some(
                        "Repris de la base GUDID (États-Unis) : à vérifier sur l’étiquette.".into(),
                    ),
                    ..NewModel::default()
                };
                let covered = catalogue.over(&Place::SHARED)?;
                (commands::create(tx, covered, new).await?.0, true)
            }
        };
        let kept = queries::find(tx, catalogue.sees(), model).await?;
        let here = queries::identifiers(tx, model).await?;
        let base = given.identifiers.first().map(|di| di.code.clone());
        let mut added = 0;
        for di in &given.identifiers {
            if here.iter().any(|k| k.code == di.code)
                || queries::maybe_by_di(tx, &di.code).await?.is_some()
            {
                continue;
            }
            let new = NewIdentifier {
                issuer: di.issuer,
                code: di.code.clone(),
                level: di.level,
                contains: di.quantity.and(base.clone()),
                contains_quantity: di.quantity.filter(|_| base.is_some()),
                ends_on: None,
            };
            let covered = catalogue.over(&Place::SHARED)?;
            let _ = commands::add_identifier(tx, covered, &kept, new).await?;
            added += 1;
        }
        match (is_new, added) {
            (true, _) => sums.created += 1,
            (false, 0) => sums.unchanged += 1,
            (false, _) => sums.updated += 1,
        }
    }
    sums.rejected = i64::try_from(refused.len()).unwrap_or(i64::MAX);
    let event = Event::new(
        "models.imported",
        Subject::shared("catalogue", id::fresh()),
        format!("Modèles importés : {} lus", sums.read),
    )
    .with(json!(sums));
    Ok((sums, refused, event))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::sheet::{self, ReadOptions};

    #[test]
    fn a_line_gives_its_packages_and_a_former_identifier_is_not_one() {
        let text = "primary_di,agency,company_name,brand_name,version_model_number,catalog_number,device_description,single_use,other_dis\n\
            09520000000015,GS1,ACME Medical,Pompe ™,P-1,CAT-1,Infusion pump,false,09520000000022:Package:GS1:4:In Commercial Distribution;09520000000039:Previous:GS1::\n\
            x,GS1,ACME Medical,Pompe,,,,,\n";
        let sheet = sheet::read(text.as_bytes(), &ReadOptions::default())
            .unwrap()
            .remove(0);
        let found = read(&sheet).unwrap();
        let first = found[0].as_ref().unwrap();
        assert_eq!(first.identifiers.len(), 2);
        assert_eq!(
            (first.identifiers[1].level, first.identifiers[1].quantity),
            (UdiLevel::Package, Some(4))
        );
        assert_eq!(
            (
                first.brand.as_str(),
                first.catalogue.as_deref(),
                first.single_use
            ),
            ("Pompe ™", Some("CAT-1"), Some(false))
        );
        assert!(found[1].as_ref().unwrap_err().contains("« x »"));
    }

    #[test]
    fn the_headings_of_the_public_release_are_known() {
        let text = "PrimaryDI|brandName|versionModelNumber|catalogNumber|companyName|deviceDescription|singleUse|deviceSterile\n09520000000015|Pompe|P-1||ACME|Pump|true|true\n";
        let sheet = sheet::read(text.as_bytes(), &ReadOptions::default())
            .unwrap()
            .remove(0);
        let found = read(&sheet).unwrap();
        assert_eq!(found[0].as_ref().unwrap().model.as_deref(), Some("P-1"));
        assert_eq!(found[0].as_ref().unwrap().sterile, Some(true));
    }
}
