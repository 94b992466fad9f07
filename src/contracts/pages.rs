//! Pages and forms of contracts.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use serde::Deserialize;
use uuid::Uuid;

use super::commands::{self, NewAgreement};
use super::model::{CoveredWork, Renewal};
use super::queries::{self, Agreement, AgreementLine};
use super::{AGREEMENTS, AgreementId, COVERAGE, LineId};
use crate::accounts::EstablishmentId;
use crate::accounts::access::{Permit, Place, Placed};
use crate::accounts::actions::{Action, ManageContracts, SeeContracts};
use crate::app::App;
use crate::kernel::clock::local_day;
use crate::kernel::page::Crumb;
use crate::kernel::{Error, FieldErrors, Result, date};
use crate::platform::db::list::{ListPage, Position};
use crate::platform::web::{Form, Page, Saved, Typed, View, check, filters};
use crate::shell::lists::{self, Listed, ZONE};

type Options = Vec<(String, String)>;

fn crumbs(last: &str) -> Vec<Crumb> {
    vec![
        Crumb::to("Contrats", "/contracts/agreements"),
        Crumb::here(last),
    ]
}

#[derive(Template)]
#[template(path = "contracts/agreements/index.html")]
struct AgreementIndex {
    list: ListPage,
    may_manage: bool,
}

impl View for AgreementIndex {
    fn title(&self) -> String {
        "Contrats".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("Contrats")]
    }

    fn resource(&self) -> serde_json::Value {
        self.list.json()
    }
}

/// `GET /contracts/agreements`
pub async fn index(
    State(app): State<App>,
    permit: Permit<SeeContracts>,
    RawQuery(raw): RawQuery,
) -> Result<Listed> {
    let may_manage = permit.caller().holds(ManageContracts::NAME);
    lists::index(&app, &permit, &AGREEMENTS, raw.as_deref(), |list| {
        AgreementIndex { list, may_manage }
    })
    .await
}

#[derive(Template)]
#[template(path = "contracts/coverage/index.html")]
struct CoverageIndex {
    list: ListPage,
}

impl View for CoverageIndex {
    fn title(&self) -> String {
        "Couverture du parc".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        crumbs("Couverture du parc")
    }

    fn resource(&self) -> serde_json::Value {
        self.list.json()
    }
}

/// `GET /contracts/coverage`
pub async fn coverage(
    State(app): State<App>,
    permit: Permit<SeeContracts>,
    RawQuery(raw): RawQuery,
) -> Result<Listed> {
    lists::index(&app, &permit, &COVERAGE, raw.as_deref(), |list| {
        CoverageIndex { list }
    })
    .await
}

#[derive(Template)]
#[template(path = "contracts/agreements/show.html")]
struct AgreementShow {
    kept: Agreement,
    position: Option<Position>,
    verdict: (&'static str, String),
    lines: Vec<AgreementLine>,
    covered: usize,
    may_manage: bool,
    end: Typed<EndForm>,
    add: Typed<LinesForm>,
}

impl View for AgreementShow {
    fn title(&self) -> String {
        format!("Contrat {}", self.kept.reference)
    }

    fn crumbs(&self) -> Vec<Crumb> {
        crumbs(&self.kept.reference)
    }

    fn resource(&self) -> serde_json::Value {
        let k = &self.kept;
        serde_json::json!({
            "id": k.id, "establishment_id": k.establishment_id, "reference": k.reference, "title": k.title, "provider_id": k.provider_id, "provider": k.provider,
            "starts_on": k.starts_on, "ends_on": k.ends_on, "notice_months": k.notice_months, "renewal": k.renewal, "renewal_months": k.renewal_months,
            "services": k.services, "response_hours": k.response_hours, "yearly_cents": k.yearly_cents, "price_revision": k.price_revision,
            "penalties": k.penalties, "note": k.note, "ended_on": k.ended_on, "ended_why": k.ended_why, "standing": k.standing,
            "current_end_on": k.current_end_on, "notice_by": k.notice_by, "version": k.version,
            "lines": self.lines.iter().map(|l| serde_json::json!({ "id": l.id, "device_id": l.device_id, "inventory_number": l.inventory_number,
                "from_on": l.from_on, "until_on": l.until_on, "removed_why": l.removed_why })).collect::<Vec<_>>(),
        })
    }
}

fn verdict(kept: &Agreement, today: chrono::NaiveDate) -> (&'static str, String) {
    let by = |day: Option<chrono::NaiveDate>| {
        day.map(|d| format!("{} ({})", date::short(d), date::relative(d, today)))
            .unwrap_or_default()
    };
    let words = match kept.standing {
        super::model::Standing::ToCome => format!(
            "Contrat à venir : il commence le {}.",
            by(Some(kept.starts_on))
        ),
        super::model::Standing::Notice => format!(
            "Décidez avant le {} : le préavis se donne au plus tard ce jour-là.",
            by(kept.notice_by)
        ),
        super::model::Standing::Expired => format!(
            "Contrat échu le {} : ses équipements ne sont plus couverts.",
            by(kept.current_end_on)
        ),
        super::model::Standing::Ended => format!("Contrat résilié au {}.", by(kept.ended_on)),
        super::model::Standing::Active => match kept.current_end_on {
            Some(_) => format!("Contrat en cours jusqu’au {}.", by(kept.current_end_on)),
            None => "Contrat en cours, sans terme.".into(),
        },
    };
    (kept.standing.tone(), words)
}

/// `GET /contracts/agreements/{id}`
pub async fn show(
    State(app): State<App>,
    permit: Permit<SeeContracts>,
    Path(id): Path<AgreementId>,
    RawQuery(raw): RawQuery,
    end: Typed<EndForm>,
    add: Typed<LinesForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let kept = queries::find(&mut read, permit.sees(), id).await?;
    let today = local_day(app.clock().now(), ZONE);
    let lines = queries::lines(&mut read, id).await?;
    Ok(Page::of(AgreementShow {
        position: lists::position(&mut read, &AGREEMENTS, raw.as_deref(), permit.sees(), id)
            .await?,
        verdict: verdict(&kept, today),
        covered: lines.iter().filter(|l| l.removed_why.is_none()).count(),
        may_manage: permit
            .caller()
            .scope(ManageContracts::NAME)
            .reaches(kept.place()),
        add: add.or(|| LinesForm {
            from_on: today.max(kept.starts_on).to_string(),
            ..LinesForm::default()
        }),
        lines,
        kept,
        end,
    }))
}

/// What was typed of a contract.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AgreementForm {
    establishment: String,
    reference: String,
    title: String,
    provider: String,
    starts_on: String,
    ends_on: String,
    notice_months: String,
    renewal: String,
    renewal_months: String,
    services: Vec<String>,
    response_hours: String,
    yearly: String,
    price_revision: String,
    penalties: String,
    note: String,
    version: String,
}

impl AgreementForm {
    fn of(kept: &Agreement) -> Self {
        let number = |n: Option<i32>| n.map(|n| n.to_string()).unwrap_or_default();
        let text = |t: &Option<String>| t.clone().unwrap_or_default();
        Self {
            establishment: kept.establishment_id.to_string(),
            reference: kept.reference.clone(),
            title: kept.title.clone(),
            provider: kept.provider_id.to_string(),
            starts_on: kept.starts_on.to_string(),
            ends_on: kept.ends_on.map(|d| d.to_string()).unwrap_or_default(),
            notice_months: number(kept.notice_months),
            renewal: kept.renewal.code().into(),
            renewal_months: number(kept.renewal_months),
            services: kept.services.clone(),
            response_hours: number(kept.response_hours),
            yearly: kept
                .yearly_cents
                .map(|c| format!("{},{:02}", c / 100, c % 100))
                .unwrap_or_default(),
            price_revision: text(&kept.price_revision),
            penalties: text(&kept.penalties),
            note: text(&kept.note),
            version: kept.version.to_string(),
        }
    }

    fn check(&self) -> Result<NewAgreement> {
        let mut errors = FieldErrors::default();
        let e = &mut errors;
        let establishment: Option<EstablishmentId> =
            check::chosen(e, "establishment", &self.establishment);
        let reference = check::line(e, "reference", &self.reference, 60);
        let title = check::line(e, "title", &self.title, 200);
        let provider: Option<Uuid> = check::chosen(e, "provider", &self.provider);
        let starts_on = check::maybe_day(e, "starts_on", &self.starts_on);
        if starts_on.is_none() && e.of("starts_on").is_none() {
            e.add("starts_on", "Dites le premier jour du contrat.");
        }
        let ends_on = check::maybe_day(e, "ends_on", &self.ends_on);
        if ends_on
            .zip(starts_on)
            .is_some_and(|(end, start)| end < start)
        {
            e.add("ends_on", "Le terme précède le début.");
        }
        let months = |e: &mut FieldErrors, field: &str, text: &str, most: i64| {
            check::maybe_number(e, field, text, 1..=most).and_then(|n| i32::try_from(n).ok())
        };
        let notice_months = months(e, "notice_months", &self.notice_months, 36);
        let renewal = check::maybe_code(e, "renewal", &self.renewal, Renewal::from_code)
            .unwrap_or(Renewal::None);
        let renewal_months = months(e, "renewal_months", &self.renewal_months, 120)
            .filter(|_| renewal == Renewal::Tacit);
        if renewal == Renewal::Tacit && renewal_months.is_none() && e.of("renewal_months").is_none()
        {
            e.add(
                "renewal_months",
                "Tacite reconduction : pour combien de mois ?",
            );
        }
        if ends_on.is_none() && e.of("ends_on").is_none() {
            if renewal == Renewal::Tacit {
                e.add("ends_on", "Une reconduction part d’un terme : dites-le.");
            } else if notice_months.is_some() {
                e.add(
                    "ends_on",
                    "Un préavis se compte depuis un terme : dites-le.",
                );
            }
        }
        let mut services = Vec::new();
        for code in &self.services {
            services.extend(check::maybe_code(
                e,
                "services",
                code,
                CoveredWork::from_code,
            ));
        }
        if services.is_empty() && e.of("services").is_none() {
            e.add("services", "Cochez au moins une prestation couverte.");
        }
        let response_hours = months(e, "response_hours", &self.response_hours, 1000);
        let yearly_cents = cents(e, "yearly", &self.yearly);
        let price_revision =
            check::maybe_paragraph(e, "price_revision", &self.price_revision, 1000);
        let penalties = check::maybe_paragraph(e, "penalties", &self.penalties, 1000);
        let note = check::maybe_paragraph(e, "note", &self.note, 2000);
        errors.done()?;
        match (establishment, reference, title, provider, starts_on) {
            (
                Some(establishment),
                Some(reference),
                Some(title),
                Some(provider),
                Some(starts_on),
            ) => Ok(NewAgreement {
                establishment,
                reference,
                title,
                provider,
                starts_on,
                ends_on,
                notice_months,
                renewal,
                renewal_months,
                services,
                response_hours,
                yearly_cents,
                price_revision,
                penalties,
                note,
            }),
            _ => Err(Error::internal("checked above")),
        }
    }
}

/// An amount in euros, in cents.
fn cents(errors: &mut FieldErrors, field: &str, typed: &str) -> Option<i64> {
    let compact: String = typed
        .trim_end_matches('€')
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    if compact.is_empty() {
        return None;
    }
    let (whole, part) = compact.split_once([',', '.']).unwrap_or((&compact, ""));
    let found = match part.len() {
        0 => whole.parse::<i64>().ok().and_then(|w| w.checked_mul(100)),
        1 | 2 => whole
            .parse::<i64>()
            .ok()
            .zip(format!("{part:0<2}").parse::<i64>().ok())
            .and_then(|(w, p)| w.checked_mul(100)?.checked_add(p)),
        _ => None,
    }
    .filter(|c| (0..=100_000_000_000).contains(c));
    if found.is_none() {
        errors.add(
            field,
            format!(
                "« {} » n’est pas un montant, comme 12 500,50.",
                typed.trim()
            ),
        );
    }
    found
}

#[derive(Template)]
#[template(path = "contracts/agreements/form.html")]
struct AgreementFormPage {
    kept: Option<Agreement>,
    form: Typed<AgreementForm>,
    establishments: Options,
    providers: Options,
    renewals: Vec<(&'static str, &'static str)>,
    services: Vec<(&'static str, &'static str)>,
}

impl View for AgreementFormPage {
    fn title(&self) -> String {
        match &self.kept {
            Some(kept) => format!("Modifier {}", kept.reference),
            None => "Nouveau contrat".into(),
        }
    }

    fn crumbs(&self) -> Vec<Crumb> {
        crumbs(&self.title())
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "establishments": self.establishments, "renewals": self.renewals, "services": self.services, "errors": self.form.errors })
    }
}

impl AgreementFormPage {
    async fn of(
        app: &App,
        permit: &Permit<ManageContracts>,
        form: Typed<AgreementForm>,
        id: Option<AgreementId>,
    ) -> Result<Page> {
        let mut read = app.read(permit).await?;
        let kept = match id {
            Some(id) => Some(queries::find(&mut read, permit.sees(), id).await?),
            None => None,
        };
        if let Some(kept) = &kept {
            permit.over(kept)?;
        }
        let establishments = queries::establishments(&mut read, permit.acts()).await?;
        let form = form.or(|| match &kept {
            Some(kept) => AgreementForm::of(kept),
            None => AgreementForm {
                renewal: Renewal::None.code().into(),
                establishment: match establishments.as_slice() {
                    [(only, _)] => only.clone(),
                    _ => String::new(),
                },
                ..AgreementForm::default()
            },
        });
        let providers = match form.values.provider.parse::<Uuid>() {
            Ok(id) => queries::provider(&mut read, id)
                .await?
                .map(|name| (id.to_string(), name))
                .into_iter()
                .collect(),
            Err(_) => vec![],
        };
        Ok(Page::of(Self {
            kept,
            form,
            establishments,
            providers,
            renewals: Renewal::ALL.iter().map(|r| (r.code(), r.label())).collect(),
            services: CoveredWork::ALL
                .iter()
                .map(|s| (s.code(), s.label()))
                .collect(),
        }))
    }
}

/// `GET /contracts/agreements/new`
pub async fn new(
    State(app): State<App>,
    permit: Permit<ManageContracts>,
    form: Typed<AgreementForm>,
) -> Result<Page> {
    AgreementFormPage::of(&app, &permit, form, None).await
}

/// `GET /contracts/agreements/{id}/edit`
pub async fn edit(
    State(app): State<App>,
    permit: Permit<ManageContracts>,
    Path(id): Path<AgreementId>,
    form: Typed<AgreementForm>,
) -> Result<Page> {
    AgreementFormPage::of(&app, &permit, form, Some(id)).await
}

/// `POST /contracts/agreements`
pub async fn create(
    State(app): State<App>,
    permit: Permit<ManageContracts>,
    form: Form<AgreementForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let new = form.check()?;
    let covered = permit.over(&Place::establishment(new.establishment))?;
    let (id, event) = commands::sign(&mut tx, covered, new).await?;
    tx.commit(event, format!("/contracts/agreements/{id}"))
        .await
}

/// `PATCH /contracts/agreements/{id}`
pub async fn update(
    State(app): State<App>,
    permit: Permit<ManageContracts>,
    Path(id): Path<AgreementId>,
    form: Form<AgreementForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let kept = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&kept)?;
    let new = form.check()?;
    let event =
        commands::amend(&mut tx, covered, &kept, new, check::version(&form.version)?).await?;
    tx.commit(event, kept.url()).await
}

/// When a contract is terminated, and why.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EndForm {
    ended_on: String,
    ended_why: String,
}

/// `POST /contracts/agreements/{id}/end`
pub async fn end(
    State(app): State<App>,
    permit: Permit<ManageContracts>,
    Path(id): Path<AgreementId>,
    form: Form<EndForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let kept = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&kept)?;
    let mut errors = FieldErrors::default();
    let on = check::maybe_day(&mut errors, "ended_on", &form.ended_on);
    let why = check::line(&mut errors, "ended_why", &form.ended_why, 400);
    if on.is_none() && errors.of("ended_on").is_none() {
        errors.add("ended_on", "Dites le dernier jour du contrat.");
    }
    errors.done()?;
    let (Some(on), Some(why)) = (on, why) else {
        return Err(Error::internal("checked above"));
    };
    let event = commands::end(&mut tx, covered, &kept, on, &why).await?;
    tx.commit(event, kept.url()).await
}

/// The devices to cover, by their inventory numbers.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LinesForm {
    numbers: String,
    from_on: String,
}

/// `POST /contracts/agreements/{id}/lines`
pub async fn add_lines(
    State(app): State<App>,
    permit: Permit<ManageContracts>,
    Path(id): Path<AgreementId>,
    form: Form<LinesForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let kept = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&kept)?;
    let mut errors = FieldErrors::default();
    let from_on = check::maybe_day(&mut errors, "from_on", &form.from_on).unwrap_or(kept.starts_on);
    let mut numbers: Vec<String> = form
        .numbers
        .split([',', ';', '\n', '\r', '\t', ' '])
        .map(|n| n.trim().to_uppercase())
        .filter(|n| !n.is_empty())
        .collect();
    numbers.sort();
    numbers.dedup();
    if numbers.is_empty() {
        errors.add("numbers", "Collez au moins un n° d’inventaire.");
    } else if numbers.len() > 5000 {
        errors.add("numbers", "5 000 équipements au plus à la fois.");
    }
    errors.done()?;
    let found = queries::devices_of(&mut tx, kept.establishment_id, &numbers).await?;
    let known: Vec<String> = found.iter().map(|(_, n)| n.to_uppercase()).collect();
    let missing: Vec<&str> = numbers
        .iter()
        .filter(|n| !known.contains(n))
        .map(String::as_str)
        .collect();
    if !missing.is_empty() {
        let shown = missing
            .iter()
            .take(10)
            .copied()
            .collect::<Vec<_>>()
            .join(", ");
        return Err(Error::field(
            "numbers",
            format!(
                "Inconnus de l’établissement ({}) : {shown}. Rien n’a été ajouté.",
                missing.len()
            ),
        ));
    }
    let devices: Vec<Uuid> = found.into_iter().map(|(id, _)| id).collect();
    let event = commands::cover(&mut tx, covered, &kept, &devices, from_on).await?;
    tx.commit(event, kept.url()).await
}

/// Until when a device was covered, and why it is taken out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RemovalForm {
    until_on: String,
    removed_why: String,
}

/// `DELETE /contracts/agreements/{id}/lines/{line}`
pub async fn remove_line(
    State(app): State<App>,
    permit: Permit<ManageContracts>,
    Path((id, line)): Path<(AgreementId, LineId)>,
    form: Form<RemovalForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let kept = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&kept)?;
    let lines = queries::lines(&mut tx, id).await?;
    let line = commands::line_of(&lines, line)?;
    let mut errors = FieldErrors::default();
    let until_on = check::maybe_day(&mut errors, "until_on", &form.until_on);
    let why = check::line(&mut errors, "removed_why", &form.removed_why, 400);
    errors.done()?;
    let until_on = until_on.unwrap_or_else(|| local_day(tx.now(), ZONE));
    let event = commands::uncover(
        &mut tx,
        covered,
        &kept,
        line,
        until_on,
        &why.unwrap_or_default(),
    )
    .await?;
    tx.commit(event, kept.url()).await
}
