//! Extracts of the national directory FINESS: establishments, and authorisations of heavy medical equipment,
//! as XML (one element a line, `xsi:nil` for what is missing) or as delimited text. They are kept as reference,
//! to check our own numbers and names against; nothing of ours is changed.

use std::collections::HashMap;

use chrono::NaiveDate;
use quick_xml::Reader;
use quick_xml::events::Event as Xml;
use serde_json::json;
use uuid::Uuid;

use super::headers::fold;
use super::queries::Sums;
use crate::accounts::access::Permit;
use crate::accounts::actions::ImportDevices;
use crate::kernel::{Error, Event, Result, Subject, id};
use crate::platform::db::Tx;
use crate::platform::sheet::{self, ReadOptions};

/// A line of an extract: its fields by folded name.
pub type Record = HashMap<String, String>;

/// The records of an XML extract: every element whose children hold text.
pub fn records(text: &str) -> std::result::Result<Vec<Record>, String> {
    let mut reader = Reader::from_str(text);
    let (mut out, mut open): (Vec<Record>, Vec<(String, Record, String)>) = (vec![], vec![]);
    loop {
        match reader.read_event() {
            Err(error) => return Err(format!("XML illisible : {error}")),
            Ok(Xml::Eof) => break,
            Ok(Xml::Start(tag)) => {
                if open.len() > 16 {
                    return Err("XML trop profond pour un extrait FINESS.".into());
                }
                let name = tag.local_name().as_ref().to_owned();
                open.push((name, Record::new(), String::new()));
            }
            Ok(Xml::Text(inside)) => {
                if let Some((_, _, held)) = open.last_mut() {
                    held.push_str(&inside);
                }
            }
            Ok(Xml::GeneralRef(entity)) => {
                let meant = match &*entity {
                    "amp" => "&",
                    "lt" => "<",
                    "gt" => ">",
                    "quot" => "\"",
                    "apos" => "'",
                    _ => "",
                };
                if let Some((_, _, held)) = open.last_mut() {
                    held.push_str(meant);
                }
            }
            Ok(Xml::End(_)) => {
                let Some((name, fields, held)) = open.pop() else {
                    continue;
                };
                if fields.is_empty() {
                    if let (Some((_, parent, _)), false) = (open.last_mut(), held.trim().is_empty())
                    {
                        parent.insert(fold(&name).replace(' ', ""), held.trim().to_owned());
                    }
                } else {
                    out.push(fields);
                }
            }
            Ok(_) => {}
        }
    }
    Ok(out)
}

/// The records of any extract.
fn read(bytes: &[u8]) -> Result<Vec<Record>> {
    let refused = |why: String| Error::refused("import", why);
    let start = String::from_utf8_lossy(bytes.get(..200).unwrap_or(bytes)).into_owned();
    if start
        .trim_start_matches('\u{feff}')
        .trim_start()
        .starts_with('<')
    {
        let text = std::str::from_utf8(bytes).map_or_else(
            |_| encoding_rs::WINDOWS_1252.decode(bytes).0.into_owned(),
            str::to_owned,
        );
        return records(&text).map_err(refused);
    }
    let sheets =
        sheet::read(bytes, &ReadOptions::default()).map_err(|error| refused(error.to_string()))?;
    let sheet = sheets
        .into_iter()
        .max_by_key(|s| s.rows.len())
        .ok_or_else(|| refused("Le fichier est vide.".into()))?;
    let names: Vec<String> = sheet
        .headers
        .iter()
        .map(|h| fold(h).replace(' ', ""))
        .collect();
    Ok(sheet
        .rows
        .iter()
        .map(|row| {
            names
                .iter()
                .cloned()
                .zip(row.cells.iter().map(|c| c.trim().to_owned()))
                .filter(|(_, v)| !v.is_empty())
                .collect()
        })
        .collect())
}

fn first<'a>(record: &'a Record, names: &[&str]) -> Option<&'a str> {
    names
        .iter()
        .find_map(|name| record.get(*name))
        .map(String::as_str)
}

/// A FINESS number: nine characters, the leading zero of the department kept (a spreadsheet may have eaten it).
pub fn number(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let padded = if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        format!("0{text}")
    } else {
        text.to_uppercase()
    };
    let bytes = padded.as_bytes();
    (bytes.len() == 9
        && bytes.first().is_some_and(u8::is_ascii_digit)
        && bytes
            .get(1)
            .is_some_and(|b| b.is_ascii_digit() || matches!(b, b'A' | b'B'))
        && bytes.iter().all(u8::is_ascii_alphanumeric))
    .then_some(padded)
}

fn day(text: Option<&str>) -> Option<NaiveDate> {
    let text = text?.trim().get(..10)?;
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .or_else(|_| NaiveDate::parse_from_str(text, "%d/%m/%Y"))
        .ok()
}

const FINESS: &[&str] = &[
    "nofinesset",
    "numfinesset",
    "finesset",
    "nofiness",
    "finess",
    "numerofinesset",
];
const LEGAL: &[&str] = &["nofinessej", "numfinessej", "finessej", "numerofinessej"];
const NAME: &[&str] = &[
    "rslongue",
    "rs",
    "raisonsociale",
    "nom",
    "name",
    "raisonsocialelongue",
];
const AUTHORISATION: &[&str] = &[
    "noautorisation",
    "numautorisation",
    "noautor",
    "autorisation",
    "noautorarhgos",
    "numeroautorisation",
];
const KIND: &[&str] = &[
    "codeeml",
    "codeequipement",
    "equipement",
    "codeequip",
    "eml",
];
const KIND_NAME: &[&str] = &[
    "libeml",
    "libequipement",
    "libelleequipement",
    "libequip",
    "libelleeml",
];

/// Loads an extract, of establishments or of heavy equipment, told apart by their fields.
pub async fn load(
    tx: &mut Tx,
    permit: &Permit<ImportDevices>,
    bytes: &[u8],
    edition: &str,
) -> Result<(Sums, Vec<String>, Event)> {
    if !permit.sees().group {
        return Err(Error::Forbidden("Importer des équipements"));
    }
    let lines = read(bytes)?;
    let heavy = lines
        .iter()
        .any(|l| first(l, AUTHORISATION).is_some() && first(l, KIND).is_some());
    let mut sums = Sums {
        read: i64::try_from(lines.len()).unwrap_or(i64::MAX),
        ..Sums::default()
    };
    let mut refused = vec![];
    let mut seen: HashMap<(String, String), Record> = HashMap::new();
    let mut kept: Vec<(String, String, Record)> = vec![];
    for (at, line) in lines.into_iter().enumerate() {
        let place = at + 1;
        let given = first(&line, FINESS).unwrap_or_default().to_owned();
        let Some(finess) = number(&given) else {
            refused.push(format!(
                "ligne {place} : « {given} » n’est pas un n° FINESS (neuf caractères)"
            ));
            continue;
        };
        let key = if heavy {
            first(&line, AUTHORISATION).unwrap_or_default().to_owned()
        } else {
            first(&line, NAME).unwrap_or_default().to_owned()
        };
        if key.is_empty() {
            let what = if heavy { "n° d’autorisation" } else { "nom" };
            refused.push(format!("ligne {place} : {what} attendu pour {finess}"));
            continue;
        }
        let once = (
            finess.clone(),
            if heavy { key.clone() } else { String::new() },
        );
        match seen.get(&once) {
            Some(former) if *former == line => sums.unchanged += 1,
            Some(_) => refused.push(format!(
                "ligne {place} : {finess} déjà donné avec d’autres valeurs"
            )),
            None => {
                seen.insert(once, line.clone());
                kept.push((finess, key, line));
            }
        }
    }
    let (created, updated) = if heavy {
        equipment(tx, &kept, edition).await?
    } else {
        places(tx, &kept, edition).await?
    };
    sums.created = created;
    sums.updated = updated;
    sums.unchanged += i64::try_from(kept.len()).unwrap_or(i64::MAX) - created - updated;
    sums.rejected = i64::try_from(refused.len()).unwrap_or(i64::MAX);
    let what = if heavy {
        "équipements lourds autorisés"
    } else {
        "établissements"
    };
    let event = Event::new(
        "finess.imported",
        Subject::shared("finess", id::fresh()),
        format!("Extrait FINESS : {} {what} lus", sums.read),
    )
    .with(json!(sums));
    Ok((sums, refused, event))
}

type Texts = Vec<Option<String>>;

fn column(kept: &[(String, String, Record)], names: &[&str]) -> Texts {
    kept.iter()
        .map(|(_, _, r)| first(r, names).map(str::to_owned))
        .collect()
}

async fn places(
    tx: &mut Tx,
    kept: &[(String, String, Record)],
    edition: &str,
) -> Result<(i64, i64)> {
    let ids: Vec<Uuid> = kept.iter().map(|_| id::fresh()).collect();
    let numbers: Vec<String> = kept.iter().map(|(n, ..)| n.clone()).collect();
    let names: Vec<String> = kept.iter().map(|(_, n, _)| n.clone()).collect();
    let legal: Texts = kept
        .iter()
        .map(|(_, _, r)| first(r, LEGAL).and_then(number))
        .collect();
    let row = sqlx::query!(
        r#"with given as (
               select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) as g (id, finess, name, legal, category, address, town)
           ),
           done as (
               insert into finess_place as f (id, finess, name, legal_finess, category, address, town, edition)
               select id, finess, name, legal, category, address, town, $8 from given
               on conflict (finess) do update
               set name = excluded.name, legal_finess = excluded.legal_finess, category = excluded.category, address = excluded.address, town = excluded.town, edition = excluded.edition
               where (f.name, f.legal_finess, f.category, f.address, f.town) is distinct from (excluded.name, excluded.legal_finess, excluded.category, excluded.address, excluded.town)
               returning (xmax = 0) as is_new
           )
           select count(*) filter (where is_new) as "created!", count(*) filter (where not is_new) as "updated!" from done"#,
        &ids,
        &numbers,
        &names,
        &legal as &[Option<String>],
        &column(kept, &["libcategetab", "categorie", "libellecategorie", "categetab"]) as &[Option<String>],
        &column(kept, &["adresse", "voie", "ligneacheminement", "lieuditbp"]) as &[Option<String>],
        &column(kept, &["commune", "libcommune", "ville", "ligneacheminement"]) as &[Option<String>],
        edition
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok((row.created, row.updated))
}

async fn equipment(
    tx: &mut Tx,
    kept: &[(String, String, Record)],
    edition: &str,
) -> Result<(i64, i64)> {
    let ids: Vec<Uuid> = kept.iter().map(|_| id::fresh()).collect();
    let numbers: Vec<String> = kept.iter().map(|(n, ..)| n.clone()).collect();
    let keys: Vec<String> = kept.iter().map(|(_, k, _)| k.clone()).collect();
    let kinds: Vec<String> = kept
        .iter()
        .map(|(_, _, r)| first(r, KIND).unwrap_or_default().to_owned())
        .collect();
    let days = |names: &[&str]| -> Vec<Option<NaiveDate>> {
        kept.iter().map(|(_, _, r)| day(first(r, names))).collect()
    };
    let row = sqlx::query!(
        r#"with given as (
               select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::date[], $7::date[], $8::date[]) as g (id, finess, authorisation, kind_code, kind, authorised_on, starts_on, ends_on)
           ),
           done as (
               insert into heavy_equipment as h (id, finess, authorisation, kind_code, kind, authorised_on, starts_on, ends_on, edition)
               select id, finess, authorisation, kind_code, kind, authorised_on, starts_on, ends_on, $9 from given
               on conflict (finess, authorisation) do update
               set kind_code = excluded.kind_code, kind = excluded.kind, authorised_on = excluded.authorised_on, starts_on = excluded.starts_on, ends_on = excluded.ends_on, edition = excluded.edition
               where (h.kind_code, h.kind, h.authorised_on, h.starts_on, h.ends_on) is distinct from (excluded.kind_code, excluded.kind, excluded.authorised_on, excluded.starts_on, excluded.ends_on)
               returning (xmax = 0) as is_new
           )
           select count(*) filter (where is_new) as "created!", count(*) filter (where not is_new) as "updated!" from done"#,
        &ids,
        &numbers,
        &keys,
        &kinds,
        &column(kept, KIND_NAME) as &[Option<String>],
        &days(&["dateautorisation", "dateautor", "dateaut"]) as &[Option<NaiveDate>],
        &days(&["datemeo", "datemiseenoeuvre", "datemiseenservice", "datedebut"]) as &[Option<NaiveDate>],
        &days(&["datefin", "datelimite", "datefinautorisation", "datelimiteautorisation"]) as &[Option<NaiveDate>],
        edition
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok((row.created, row.updated))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_xml_extract_keeps_leading_zeros_and_leaves_out_what_is_nil() {
        let text = r#"<?xml version="1.0" encoding="UTF-8"?><fluxfiness xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
            <structureet><nofinesset>010000024</nofinesset><nofinessej>010780054</nofinessej><rs>CH de l&apos;Essai</rs><rslongue xsi:nil="true"/></structureet>
            <structureet><nofinesset>2A0000014</nofinesset><rs>Clinique</rs></structureet></fluxfiness>"#;
        let found = records(text).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(first(&found[0], FINESS), Some("010000024"));
        assert_eq!(first(&found[0], NAME), Some("CH de l'Essai"));
        assert!(first(&found[1], LEGAL).is_none());
    }

    #[test]
    fn a_number_whose_zero_a_spreadsheet_ate_gets_it_back() {
        assert_eq!(number("10000024").as_deref(), Some("010000024"));
        assert_eq!(number("2a0000014").as_deref(), Some("2A0000014"));
        assert_eq!(number("2C0000014"), None);
        assert_eq!(number("12345"), None);
    }

    proptest! {
        /// Whatever comes, reading ends and nothing breaks.
        #[test]
        fn any_text_is_read_or_refused(text in "(<[a-c]>|</[a-c]>|[a-z&;<>]{0,3}){0,20}") {
            let _ = records(&text);
        }
    }
}
