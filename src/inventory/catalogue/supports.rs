//! Until when a maker sells a model, delivers its parts, supports its software and its security: each
//! date with who said it and the day somebody checked. Lines are added; the last one of a kind is the
//! date that models and versions show, and that lists, alerts and homes read.

use askama::Template;
use axum::extract::{Path, State};
use chrono::{NaiveDate, Utc};
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::pages::url;
use super::queries::{self, Model, Version};
use super::{ModelId, VersionId};
use crate::accounts::access::{Covered, Permit};
use crate::accounts::actions::{Action, ManageCatalogue, SeeCatalogue, SeeDevices};
use crate::app::App;
use crate::kernel::page::{Crumb, Tone};
use crate::kernel::{Error, Event, FieldErrors, Result, Subject, date, id};
use crate::platform::db::{OneRow, Tx};
use crate::platform::web::{Form, Page, Saved, Typed, View, check, filters};
use crate::shell::domain::{Boxed, DeviceAlert};

crate::coded! {
    /// What ends.
    pub enum SupportKind {
        Sale = "sale" => "Commercialisation",
        Parts = "parts" => "Pièces détachées",
        Software = "software" => "Support du logiciel",
        Security = "security" => "Correctifs de sécurité",
    }
}

/// Days before an end when a device says so: a replacement is budgeted a year ahead.
pub const SOON: i64 = 365;

/// How an end stands on a day.
pub fn tone(ends_on: Option<NaiveDate>, today: NaiveDate) -> Tone {
    match ends_on {
        None => Tone::Unknown,
        Some(day) if day < today => Tone::Bad,
        Some(day) if (day - today).num_days() <= SOON => Tone::Watch,
        Some(_) => Tone::Good,
    }
}

/// A statement, checked.
#[derive(Clone, Debug)]
pub struct NewStatement {
    /// For one software version; none = for the model.
    pub version: Option<VersionId>,
    /// What ends.
    pub kind: SupportKind,
    /// When; none = no end announced.
    pub ends_on: Option<NaiveDate>,
    /// Who said so, where.
    pub source: String,
    /// The day it was checked.
    pub verified_on: NaiveDate,
}

/// A statement, as kept.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The version it is about.
    pub number: Option<String>,
    /// What ends.
    pub kind: SupportKind,
    /// When.
    pub ends_on: Option<NaiveDate>,
    /// Who said so.
    pub source: String,
    /// Checked on.
    pub verified_on: NaiveDate,
    /// Recorded at.
    pub recorded_at: chrono::DateTime<Utc>,
    /// By whom.
    pub recorded_by: Option<String>,
}

impl Statement {
    /// The day it was recorded.
    pub fn recorded_day(&self) -> String {
        date::short(self.recorded_at.date_naive())
    }
}

/// What was said of a model and its versions, the last first.
pub async fn of_model(conn: &mut PgConnection, model: ModelId) -> Result<Vec<Statement>> {
    Ok(sqlx::query_as!(
        Statement,
        r#"select v.number as "number?", s.kind as "kind: SupportKind", s.ends_on, s.source, s.verified_on, s.recorded_at, a.display_name as "recorded_by?"
           from support_statement s
           left join software_version v on v.id = s.software_version_id
           left join account a on a.id = s.recorded_by
           where s.model_id = $1
           order by s.id desc
           limit 200"#,
        model.uuid()
    )
    .fetch_all(conn)
    .await?)
}

/// Says when something ends, and makes it the date that is shown.
pub async fn state(
    tx: &mut Tx,
    _: Covered<ManageCatalogue>,
    of: &Model,
    new: NewStatement,
) -> Result<Event> {
    let (now, by) = (tx.now(), tx.actor().id);
    if new.verified_on > now.date_naive() {
        return Err(Error::field(
            "verified_on",
            "Une vérification ne se fait pas d’avance.",
        ));
    }
    if let Some(version) = new.version {
        if !queries::has_version(tx, of.id, version).await? {
            return Err(Error::field(
                "software_version",
                "Cette version n’est pas de ce modèle.",
            ));
        }
        if !matches!(new.kind, SupportKind::Software | SupportKind::Security) {
            return Err(Error::field(
                "kind",
                "Pour une version, seuls le support du logiciel et les correctifs de sécurité ont une fin.",
            ));
        }
    }
    sqlx::query!(
        "insert into support_statement (id, model_id, software_version_id, kind, ends_on, source, verified_on, recorded_at, recorded_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id::fresh(),
        of.id.uuid(),
        new.version.map(|v| v.uuid()),
        new.kind.code(),
        new.ends_on,
        new.source,
        new.verified_on,
        now,
        by
    )
    .execute(&mut **tx)
    .await?;
    match new.version {
        Some(version) => {
            sqlx::query!(
                "update software_version
                 set support_ends_on = case when $2 = 'software' then $3 else support_ends_on end,
                     security_support_ends_on = case when $2 = 'security' then $3 else security_support_ends_on end,
                     version = version + 1
                 where id = $1",
                version.uuid(),
                new.kind.code(),
                new.ends_on
            )
            .execute(&mut **tx)
            .await?
            .one_row()?;
        }
        None => {
            sqlx::query!(
                "update device_model
                 set sale_ends_on = case when $2 = 'sale' then $3 else sale_ends_on end,
                     parts_support_ends_on = case when $2 = 'parts' then $3 else parts_support_ends_on end,
                     software_support_ends_on = case when $2 = 'software' then $3 else software_support_ends_on end,
                     security_support_ends_on = case when $2 = 'security' then $3 else security_support_ends_on end,
                     version = version + 1
                 where id = $1",
                of.id.uuid(),
                new.kind.code(),
                new.ends_on
            )
            .execute(&mut **tx)
            .await?
            .one_row()?;
        }
    }
    let when = new.ends_on.map_or("aucune fin annoncée".to_owned(), |day| {
        format!("fin le {}", date::short(day))
    });
    Ok(Event::new(
        "model.support_stated",
        Subject::shared("device_model", of.id),
        format!(
            "{} de « {} » : {when} (source : {})",
            new.kind,
            of.name(),
            new.source
        ),
    ))
}

/// What ends for one device: by the version it runs where that is known, else by its model.
struct Ends {
    model_id: Uuid,
    parts: Option<NaiveDate>,
    software: Option<NaiveDate>,
    security: Option<NaiveDate>,
}

/// What a device's page says of ends past or near.
pub fn alerts<'a>(
    conn: &'a mut PgConnection,
    device: Uuid,
    today: NaiveDate,
) -> Boxed<'a, Vec<DeviceAlert>> {
    Box::pin(async move {
        let found = sqlx::query_as!(
            Ends,
            r#"select d.model_id, m.parts_support_ends_on as parts, coalesce(v.support_ends_on, m.software_support_ends_on) as software,
                      coalesce(v.security_support_ends_on, m.security_support_ends_on) as security
               from device d
               join device_model m on m.id = d.model_id
               left join software_version v on v.id = d.software_version_id
               where d.id = $1 and d.annulled_at is null and d.state <> 'disposed'"#,
            device
        )
        .fetch_optional(conn)
        .await?;
        let Some(ends) = found else {
            return Ok(vec![]);
        };
        let lines = [
            ("Correctifs de sécurité", ends.security, Tone::Bad),
            ("Support du logiciel", ends.software, Tone::Watch),
            ("Pièces détachées", ends.parts, Tone::Watch),
        ];
        Ok(lines
            .into_iter()
            .filter_map(|(what, day, once_past)| {
                let day = day.filter(|day| (*day - today).num_days() <= SOON)?;
                let (word, tone) = if day < today {
                    ("terminé", once_past)
                } else {
                    ("fin", Tone::Watch)
                };
                Some(DeviceAlert {
                    tone,
                    text: format!(
                        "{what} : {word} le {} ({})",
                        date::short(day),
                        date::relative(day, today)
                    ),
                    action: Some((
                        "Voir les fins de support".into(),
                        format!("/inventory/models/{}/supports", ends.model_id),
                    )),
                })
            })
            .collect())
    })
}

/// What was typed of a statement.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StatementForm {
    software_version: String,
    kind: String,
    ends_on: String,
    source: String,
    verified_on: String,
}

impl StatementForm {
    fn check(&self) -> Result<NewStatement> {
        let mut errors = FieldErrors::default();
        let e = &mut errors;
        let version = check::maybe_chosen(e, "software_version", &self.software_version);
        let kind = check::maybe_code(e, "kind", &self.kind, SupportKind::from_code);
        if self.kind.trim().is_empty() {
            e.add("kind", "Dites ce qui prend fin.");
        }
        let ends_on = check::maybe_day(e, "ends_on", &self.ends_on);
        let source = check::line(e, "source", &self.source, 500);
        if source.as_ref().is_some_and(|s| s.chars().count() < 3) {
            e.add(
                "source",
                "Dites qui l’a écrit et où (lettre du 3 mars 2026, page web…).",
            );
        }
        let verified_on = check::maybe_day(e, "verified_on", &self.verified_on);
        if self.verified_on.trim().is_empty() {
            e.add("verified_on", "Dites quel jour cela a été vérifié.");
        }
        match (kind, source, verified_on) {
            (Some(kind), Some(source), Some(verified_on)) if errors.is_empty() => {
                Ok(NewStatement {
                    version,
                    kind,
                    ends_on,
                    source,
                    verified_on,
                })
            }
            _ => Err(errors.into()),
        }
    }
}

/// One end, its date, and whether anything proves it.
struct Line {
    kind: SupportKind,
    version: String,
    ends_on: Option<NaiveDate>,
    tone: &'static str,
    far: String,
    proof: Option<(String, NaiveDate)>,
}

#[derive(Template)]
#[template(path = "inventory/models/supports.html")]
struct SupportIndex {
    model: Model,
    versions: Vec<Version>,
    statements: Vec<Statement>,
    may_manage: bool,
    form: Typed<StatementForm>,
    today: NaiveDate,
}

impl SupportIndex {
    fn lines(&self) -> Vec<Line> {
        let m = &self.model;
        let mut ends = vec![
            (SupportKind::Sale, None, m.sale_ends_on),
            (SupportKind::Parts, None, m.parts_support_ends_on),
            (SupportKind::Software, None, m.software_support_ends_on),
            (SupportKind::Security, None, m.security_support_ends_on),
        ];
        for version in &self.versions {
            let number = Some(version.number.as_str());
            ends.push((SupportKind::Software, number, version.support_ends_on));
            ends.push((
                SupportKind::Security,
                number,
                version.security_support_ends_on,
            ));
        }
        ends.into_iter()
            .map(|(kind, version, ends_on)| Line {
                kind,
                version: version.unwrap_or_default().to_owned(),
                ends_on,
                tone: tone(ends_on, self.today).class(),
                far: ends_on
                    .map(|day| date::relative(day, self.today))
                    .unwrap_or_default(),
                proof: self
                    .statements
                    .iter()
                    .find(|s| s.kind == kind && s.number.as_deref() == version)
                    .filter(|s| s.ends_on == ends_on)
                    .map(|s| (s.source.clone(), s.verified_on)),
            })
            .filter(|line| {
                line.version.is_empty() || line.ends_on.is_some() || line.proof.is_some()
            })
            .collect()
    }
    fn kinds(&self) -> Vec<(&'static str, &'static str)> {
        SupportKind::ALL
            .iter()
            .map(|k| (k.code(), k.label()))
            .collect()
    }
    fn choices(&self) -> Vec<(String, String)> {
        self.versions
            .iter()
            .map(|v| (v.id.to_string(), format!("{} {}", v.name, v.number)))
            .collect()
    }
}

impl View for SupportIndex {
    fn title(&self) -> String {
        format!("Fins de support · {}", self.model.name())
    }
    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Modèles", "/inventory/models"),
            Crumb::to(self.model.name(), url(self.model.id)),
            Crumb::here("Fins de support"),
        ]
    }
    fn resource(&self) -> serde_json::Value {
        let ends: Vec<_> = self
            .lines()
            .iter()
            .map(|l| {
                serde_json::json!({ "kind": l.kind, "software_version": l.version, "ends_on": l.ends_on,
                    "source": l.proof.as_ref().map(|(s, _)| s), "verified_on": l.proof.as_ref().map(|(_, d)| d) })
            })
            .collect();
        serde_json::json!({ "model_id": self.model.id, "ends": ends })
    }
}

/// `GET /inventory/models/{id}/supports`
pub(super) async fn index(
    State(app): State<App>,
    permit: Permit<SeeCatalogue>,
    Path(id): Path<ModelId>,
    form: Typed<StatementForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let model = queries::find(&mut read, permit.sees(), id).await?;
    let seen = permit.caller().scope(SeeDevices::NAME);
    Ok(Page::of(SupportIndex {
        versions: queries::versions(&mut read, &seen, id).await?,
        statements: of_model(&mut read, id).await?,
        may_manage: permit.caller().scope(ManageCatalogue::NAME).group,
        today: app.clock().now().date_naive(),
        form,
        model,
    }))
}

/// `POST /inventory/models/{id}/supports`
pub(super) async fn create(
    State(app): State<App>,
    permit: Permit<ManageCatalogue>,
    Path(id): Path<ModelId>,
    form: Form<StatementForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let model = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&model)?;
    let event = state(&mut tx, covered, &model, form.check()?).await?;
    tx.commit(event, format!("{}/supports", url(id))).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_unknown_is_never_good_and_one_within_a_year_is_watched() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        let in_days = |n| Some(today + chrono::Duration::days(n));
        assert_eq!(tone(None, today), Tone::Unknown);
        assert_eq!(tone(in_days(-1), today), Tone::Bad);
        assert_eq!(tone(in_days(365), today), Tone::Watch);
        assert_eq!(tone(in_days(366), today), Tone::Good);
    }

    #[test]
    fn a_statement_says_who_and_when() {
        let form = StatementForm {
            kind: "parts".into(),
            ends_on: "2030-01-01".into(),
            ..StatementForm::default()
        };
        let Err(Error::Invalid(errors)) = form.check() else {
            panic!("a source is needed")
        };
        assert!(errors.of("source").is_some() && errors.of("verified_on").is_some());
    }
}
