//! The record of a device: alerts first, its life, what is known of it, what happened, what may be done now.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use chrono::NaiveDate;

use super::head::Head;
use crate::accounts::access::Permit;
use crate::accounts::actions::{
    Action, AnnulDevices, ChangeDeviceState, EditDevices, MoveDevices, SeeDevices, SeeParties,
};
use crate::app::App;
use crate::inventory::catalogue::{ClassSuffix, Obligation, class_words};
use crate::inventory::devices::api::DeviceResource;
use crate::inventory::devices::fields::DayOrWords;
use crate::inventory::devices::lifecycle::{StageStanding, StageView};
use crate::inventory::devices::model::{self, Annulment, LoanStanding};
use crate::inventory::devices::queries::{Happening, Installed, Part};
use crate::inventory::devices::scan::{self, Understood};
use crate::inventory::devices::standing::{self, Standing};
use crate::inventory::devices::{DEVICES, Device, DeviceId, queries, record};
use crate::inventory::states::{State as DeviceState, allowed};
use crate::kernel::page::{Crumb, Tone};
use crate::kernel::{Result, date};
use crate::platform::db::list::Position;
use crate::platform::web::{Page, View, filters};
use crate::shell::domain::DeviceAlert;
use crate::shell::lists;

/// One line of a section.
#[derive(Clone, Debug)]
pub struct Fact {
    label: &'static str,
    value: String,
    absent: &'static str,
    mono: bool,
    href: String,
}

/// A group of facts.
#[derive(Clone, Debug)]
pub struct Section {
    title: &'static str,
    facts: Vec<Fact>,
}

/// A stage of the frieze, as it is drawn.
#[derive(Clone, Debug)]
pub struct Stage {
    name: &'static str,
    class: &'static str,
    words: &'static str,
    gaps: Vec<String>,
}

/// Something that may be done now, or why not.
#[derive(Clone, Debug)]
pub struct Doing {
    label: &'static str,
    href: String,
    why_not: String,
}

/// A line of the timeline, as it is read.
#[derive(Clone, Debug)]
pub struct Line {
    /// Name in the sprite.
    pub icon: &'static str,
    /// The sentence.
    pub title: String,
    /// When, as read.
    pub when: String,
    /// When, exactly.
    pub instant: String,
    /// Who.
    pub who: String,
    /// Why, or nothing.
    pub why: String,
}

impl Line {
    /// A happening as it is read from `zone`.
    pub fn of(happening: Happening, zone: chrono_tz::Tz) -> Self {
        Self {
            icon: icon_of(&happening.kind),
            title: happening.summary,
            when: date::instant(happening.at, zone),
            instant: happening
                .at
                .to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            who: happening.actor,
            why: happening.reason.unwrap_or_default(),
        }
    }
}

fn icon_of(kind: &str) -> &'static str {
    match kind {
        "device.moved" | "device.lent" | "device.loan_returned" => "move",
        "device.registered" => "plus",
        "device.annulled" => "cross",
        _ => "edit",
    }
}

/// The record.
#[derive(Template)]
#[template(path = "inventory/devices/show.html")]
pub struct DeviceShow {
    head: Head,
    walk: Option<Position>,
    alerts: Vec<DeviceAlert>,
    stages: Vec<Stage>,
    doing: Vec<Doing>,
    may_edit: bool,
    verdict: (&'static str, String),
    obligation: (&'static str, String),
    sections: Vec<Section>,
    parts: Vec<(Part, String, &'static str)>,
    udi: Option<Understood>,
    software: Vec<(Installed, String)>,
    timeline: Vec<Line>,
    resource: serde_json::Value,
}

impl View for DeviceShow {
    fn title(&self) -> String {
        self.head.title("")
    }

    fn crumbs(&self) -> Vec<Crumb> {
        self.head.crumbs("")
    }

    fn resource(&self) -> serde_json::Value {
        self.resource.clone()
    }
}

/// `GET /inventory/devices/{id}`
pub async fn show(
    State(app): State<App>,
    permit: Permit<SeeDevices>,
    Path(id): Path<DeviceId>,
    RawQuery(raw): RawQuery,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let device = record::find(&mut read, permit.sees(), id).await?;
    let now = app.clock().now();
    let today = standing::local_day(&device, now);
    let weighed = standing::of(&mut read, &device, today).await?;
    let head = Head::of(&mut read, &app, permit.caller(), &device, &weighed, "Fiche").await?;
    let walk = lists::position(&mut read, &DEVICES, raw.as_deref(), permit.sees(), id).await?;
    let interfaces = queries::interfaces(&mut read, id).await?;
    let mut alerts = own_alerts(&mut read, &device, &weighed, today).await?;
    for domain in app.domains() {
        for says in &domain.device_alerts {
            alerts.extend(says(&mut read, id.uuid(), today).await?);
        }
    }
    let hours = standing::annulment_hours(&mut read).await?;
    let zone = standing::zone(&device);
    let parts = queries::parts(&mut read, permit.sees(), id)
        .await?
        .into_iter()
        .map(|part| {
            let url = format!("/inventory/devices/{}", part.id);
            let tone = super::head::tone_of(part.state).class();
            (part, url, tone)
        })
        .collect();
    let software = queries::software(&mut read, id)
        .await?
        .into_iter()
        .map(|line| {
            let when = line
                .installed_on
                .map_or_else(|| date::instant(line.recorded_at, zone), date::short);
            (line, when)
        })
        .collect();
    let timeline = queries::timeline(&mut read, id, 50)
        .await?
        .into_iter()
        .map(|h| Line::of(h, zone))
        .collect();
    let resource = serde_json::to_value(DeviceResource::of(&device, &weighed, &interfaces))
        .map_err(crate::kernel::Error::internal)?;
    let caller = permit.caller();
    let over = |name: &str| crate::inventory::devices::reaches(caller, name, &device);
    let rights = Rights {
        edit: over(EditDevices::NAME),
        state: over(ChangeDeviceState::NAME),
        place: over(MoveDevices::NAME),
        annul: over(AnnulDevices::NAME),
    };
    // The device it is part of may stand in a unit out of sight: linked only by who sees the whole hospital.
    let whole = permit
        .sees()
        .establishments
        .contains(&device.establishment_id.uuid());
    let annulment = model::annulment(device.recorded_at, device.annulled_at.is_some(), now, hours);
    Ok(Page::of(DeviceShow {
        verdict: items_verdict(&weighed),
        obligation: obligation_words(&weighed.obligation),
        stages: weighed.frieze(&device).into_iter().map(stage).collect(),
        doing: doing(&device, &weighed, &rights, annulment),
        may_edit: rights.edit && device.annulled_at.is_none(),
        sections: sections(
            &device,
            &interfaces,
            today,
            caller.holds(SeeParties::NAME),
            whole,
        ),
        head,
        walk,
        alerts,
        parts,
        udi: scan::understood(device.udi_understood.as_ref()),
        software,
        timeline,
        resource,
    }))
}

struct Rights {
    edit: bool,
    state: bool,
    place: bool,
    annul: bool,
}

async fn own_alerts(
    conn: &mut sqlx::PgConnection,
    device: &Device,
    weighed: &Standing,
    today: NaiveDate,
) -> Result<Vec<DeviceAlert>> {
    let url = device.url();
    let mut alerts = Vec::new();
    if let Some(reason) = &device.annulled_reason {
        alerts.push(DeviceAlert {
            tone: Tone::Bad,
            text: format!("Inscription annulée : {reason}"),
            action: None,
        });
        return Ok(alerts);
    }
    for loan in queries::loans(conn, device.id)
        .await?
        .iter()
        .filter(|loan| loan.returned_at.is_none())
    {
        let (tone, words) = match model::loan_standing(loan.due_on, false, today) {
            LoanStanding::Overdue(late) => {
                (Tone::Bad, model::clock_words(LoanStanding::Overdue(late)))
            }
            other => (Tone::Plain, format!("retour {}", model::clock_words(other))),
        };
        alerts.push(DeviceAlert {
            tone,
            text: format!(
                "Prêté à {} : {words} (attendu le {})",
                loan.borrower,
                date::short(loan.due_on)
            ),
            action: Some(("Voir le prêt".into(), format!("{url}/loans"))),
        });
    }
    let left = device.state.stage() == crate::inventory::states::Stage::Retirement;
    if let Some(standing) =
        model::holding_standing(device.holding, device.holding_end_date, left, today)
        && let (Some(holding), Some(end)) = (device.holding, device.holding_end_date)
    {
        let late = matches!(standing, LoanStanding::Overdue(_));
        let soon = matches!(standing, LoanStanding::Running(days) if days <= 60);
        if late || soon {
            alerts.push(DeviceAlert {
                tone: if late { Tone::Bad } else { Tone::Watch },
                text: format!(
                    "{} : fin le {} ({})",
                    holding.label(),
                    date::short(end),
                    model::clock_words(standing)
                ),
                action: Some(("Régulariser".into(), format!("{url}/edit"))),
            });
        }
    }
    if let (Some(scanned), Some(serial)) = (
        device
            .udi_understood
            .as_ref()
            .and_then(|read| read.get("serial"))
            .and_then(serde_json::Value::as_str),
        device.serial_number.as_deref(),
    ) && scanned != serial
    {
        alerts.push(DeviceAlert {
            tone: Tone::Watch,
            text: format!("L’IUD scanné dit « {scanned} », la fiche « {serial} » : l’un des deux numéros de série est faux"),
            action: Some(("Vérifier".into(), format!("{url}/identifiers"))),
        });
    }
    let missing = 7 - model::present_count(&weighed.items);
    if missing > 0 && device.state.stage() == crate::inventory::states::Stage::Operation {
        let (tone, duty) = match weighed.obligation {
            Obligation::Listed(_) => (Tone::Bad, "obligatoires pour cet équipement"),
            Obligation::Undetermined(_) => {
                (Tone::Unknown, "peut-être obligatoires : classe à préciser")
            }
            Obligation::NotListed(_) => (Tone::Watch, "recommandées"),
        };
        alerts.push(DeviceAlert {
            tone,
            text: format!(
                "{} ({duty}, art. R.5212-28 1°)",
                super::super::items::lacking(missing)
            ),
            action: Some(("Compléter".into(), format!("{url}/items"))),
        });
    }
    Ok(alerts)
}

fn items_verdict(weighed: &Standing) -> (&'static str, String) {
    let missing: Vec<&str> = weighed
        .items
        .iter()
        .filter(|i| i.is_missing())
        .map(|i| i.item.label())
        .collect();
    if missing.is_empty() {
        (
            "good",
            "Les sept mentions de l’article R.5212-28 1° sont présentes ou justifiées.".to_owned(),
        )
    } else {
        let tone = if weighed.obligation.may_be_listed() {
            "bad"
        } else {
            "watch"
        };
        (
            tone,
            format!(
                "Mentions manquantes de l’article R.5212-28 1° : {}.",
                missing.join(", ").to_lowercase()
            ),
        )
    }
}

fn obligation_words(obligation: &Obligation) -> (&'static str, String) {
    let tone = match obligation {
        Obligation::Listed(_) => "info",
        Obligation::NotListed(_) => "plain",
        Obligation::Undetermined(_) => "unknown",
    };
    (
        tone,
        format!(
            "Maintenance (art. R.5212-26) : {}. {}",
            obligation.label(),
            obligation.why()
        ),
    )
}

fn stage(view: StageView) -> Stage {
    let class = match view.standing {
        StageStanding::Reached | StageStanding::Ended if view.missing.is_empty() => "done",
        StageStanding::Reached | StageStanding::Ended | StageStanding::TakenOver => "waived",
        StageStanding::Current => "here",
        StageStanding::NotFollowed | StageStanding::Ahead => "todo",
    };
    Stage {
        name: view.stage.label(),
        class,
        words: match view.standing {
            StageStanding::TakenOver | StageStanding::NotFollowed => view.standing.label(),
            _ => "",
        },
        gaps: view.missing,
    }
}

fn doing(device: &Device, weighed: &Standing, rights: &Rights, annulment: Annulment) -> Vec<Doing> {
    let mut doing = Vec::new();
    if device.annulled_at.is_some() {
        return doing;
    }
    let url = device.url();
    let go = |label: &'static str, path: &str| Doing {
        label,
        href: format!("{url}{path}"),
        why_not: String::new(),
    };
    if rights.place {
        doing.push(go("Déplacer", "/movements/new"));
        if device.state == DeviceState::InService {
            doing.push(go("Prêter", "/loans/new"));
        }
    }
    if rights.state {
        for offer in allowed(Some(device.state), &weighed.facts)
            .into_iter()
            .filter(|o| !o.transition.has_own_record())
        {
            if offer.is_open() {
                doing.push(go(
                    offer.transition.label(),
                    &format!("/transitions/new?transition={}", offer.transition.code()),
                ));
            } else {
                let missing: Vec<&str> = offer.missing.iter().map(|need| need.label()).collect();
                doing.push(Doing {
                    label: offer.transition.label(),
                    href: String::new(),
                    why_not: format!("Il manque : {}.", missing.join(" ; ")),
                });
            }
        }
    }
    if rights.edit {
        doing.push(go("Échanger un identifiant", "/identifiers/new"));
    }
    if rights.annul && matches!(annulment, Annulment::Until(_)) {
        doing.push(go("Annuler l’inscription", "/annulment/new"));
    }
    doing
}

fn fact(label: &'static str, value: impl Into<String>) -> Fact {
    Fact {
        label,
        value: value.into(),
        absent: "inconnu",
        mono: false,
        href: String::new(),
    }
}

fn to(href: Option<String>, fact: Fact) -> Fact {
    Fact {
        href: href.unwrap_or_default(),
        ..fact
    }
}

fn mono(label: &'static str, value: impl Into<String>) -> Fact {
    Fact {
        mono: true,
        ..fact(label, value)
    }
}

fn or(absent: &'static str, fact: Fact) -> Fact {
    Fact { absent, ..fact }
}

fn three(label: &'static str, value: Option<bool>) -> Fact {
    fact(
        label,
        value.map_or("", |yes| if yes { "oui" } else { "non" }),
    )
}

fn text(value: &Option<String>) -> String {
    value.clone().unwrap_or_default()
}

fn day(label: &'static str, day: Option<NaiveDate>, words: &Option<String>) -> Fact {
    let value = match (day, words) {
        (Some(day), _) => date::short(day),
        (None, Some(words)) => format!("inconnue (« {words} »)"),
        (None, None) => String::new(),
    };
    Fact {
        absent: "inconnue",
        ..fact(label, value)
    }
}

fn sections(
    d: &Device,
    interfaces: &[queries::Interface],
    today: NaiveDate,
    parties: bool,
    whole: bool,
) -> Vec<Section> {
    let suffixes: Vec<ClassSuffix> = d
        .class_suffixes
        .iter()
        .filter_map(|code| ClassSuffix::from_code(code))
        .collect();
    let unsaid = |own: Option<bool>, model: Option<bool>| match (own, model) {
        (Some(yes), _) => format!(
            "{} (exception de cet équipement)",
            if yes { "oui" } else { "non" }
        ),
        (None, Some(yes)) => if yes { "oui" } else { "non" }.to_owned(),
        (None, None) => String::new(),
    };
    let criticality = |c: Option<model::Criticality>| c.map_or("", |c| c.label()).to_owned();
    let network = interfaces.first().map_or(String::new(), |i| {
        [&i.host_name, &i.ip, &i.mac]
            .into_iter()
            .filter_map(|part| part.as_deref())
            .collect::<Vec<_>>()
            .join(" · ")
    });
    vec![
        Section {
            title: "Identité",
            facts: vec![
                fact("Dénomination commune", text(&d.common_name)),
                to(
                    Some(format!("/inventory/models/{}", d.model_id)),
                    fact("Dénomination commerciale", text(&d.trade_name)),
                ),
                mono("Référence du fabricant", text(&d.reference)),
                to(
                    d.manufacturer_id
                        .filter(|_| parties)
                        .map(|id| format!("/parties/organisations/{id}")),
                    fact("Fabricant", text(&d.manufacturer_name)),
                ),
                to(
                    d.supplier_id
                        .filter(|_| parties)
                        .map(|id| format!("/parties/organisations/{id}")),
                    fact("Fournisseur", text(&d.supplier_name)),
                ),
                mono("N° d’inventaire", d.inventory_number.clone()),
                Fact {
                    absent: "inconnu",
                    ..mono(
                        "N° de série",
                        d.serial_number
                            .clone()
                            .or_else(|| {
                                d.serial_unknown_reason
                                    .as_ref()
                                    .map(|why| format!("inconnu : {why}"))
                            })
                            .unwrap_or_default(),
                    )
                },
                or("sans lot", mono("Lot", text(&d.lot_number))),
                or("non relevé", mono("IUD", text(&d.udi_text))),
                mono("Code d’étiquette", d.label_code.clone()),
                or("aucun", fact("Nom local", text(&d.local_name))),
                fact("Classe", class_words(d.regulation, d.risk_class, &suffixes)),
            ],
        },
        Section {
            title: "Localisation et détention",
            facts: vec![
                fact("Établissement", d.establishment_name.clone()),
                fact(
                    "Unité",
                    d.unit_name
                        .as_ref()
                        .map(|name| format!("{name} (UF {})", text(&d.uf_code)))
                        .unwrap_or_default(),
                ),
                fact(
                    "Local",
                    d.room_name
                        .as_ref()
                        .map(|name| {
                            format!("{} · {name}, {}", text(&d.room_code), text(&d.site_name))
                        })
                        .unwrap_or_default(),
                ),
                or("aucune", fact("Précision", text(&d.place_detail))),
                fact("Mode de détention", d.holding.map_or("", |h| h.label())),
                or("aucune", fact("Convention", text(&d.holding_reference))),
                day("Début", d.holding_start_date, &d.holding_start_date_text),
                or(
                    "sans terme connu",
                    day("Fin", d.holding_end_date, &d.holding_end_date_text),
                ),
                or("l’établissement", fact("Propriétaire", text(&d.owner_name))),
                or(
                    "aucun",
                    to(
                        d.parent_id
                            .filter(|_| whole)
                            .map(|id| format!("/inventory/devices/{id}")),
                        fact("Fait partie de", text(&d.parent_inventory_number)),
                    ),
                ),
            ],
        },
        Section {
            title: "Dates",
            facts: vec![
                day(
                    "Première mise en service",
                    d.first_service_date,
                    &d.first_service_date_text,
                ),
                day(
                    "Mise en service ici",
                    d.local_service_date,
                    &d.local_service_date_text,
                ),
                day("Fabrication", d.manufacture_date, &d.manufacture_date_text),
                day("Livraison", d.delivery_date, &d.delivery_date_text),
                day("Admission", d.acceptance_date, &d.acceptance_date_text),
                or(
                    "sans objet",
                    day("Vérification d’aptitude (VA)", d.aptitude_date, &None),
                ),
                or(
                    "sans objet",
                    day(
                        "Vérification de service régulier (VSR)",
                        d.regular_service_date,
                        &None,
                    ),
                ),
                Fact {
                    value: match d.warranty_end_date {
                        Some(end) => {
                            format!("{} ({})", date::short(end), date::relative(end, today))
                        }
                        None => DayOrWords::typed(None, d.warranty_end_date_text.as_deref()),
                    },
                    ..day("Fin de garantie", None, &None)
                },
            ],
        },
        Section {
            title: "Achat",
            facts: vec![
                day("Date d’achat", d.purchase_date, &d.purchase_date_text),
                fact(
                    "Prix",
                    d.price_cents.map_or_else(|| text(&d.price_text), euros),
                ),
                mono("N° d’immobilisation", text(&d.asset_number)),
                mono("Compte", text(&d.account_code)),
                mono("Marché", text(&d.market_number)),
                mono("Commande", text(&d.order_number)),
            ],
        },
        Section {
            title: "Numérique et données",
            facts: vec![
                fact("DM numérique (DMN)", unsaid(d.is_dmn, d.model_is_dmn)),
                fact("Intelligence artificielle", unsaid(d.is_ai, d.model_is_ai)),
                or("non précisé", fact("Usage numérique", text(&d.dmn_scope))),
                fact(
                    "Logiciel",
                    d.software_name
                        .as_ref()
                        .map(|name| format!("{name} {}", text(&d.software_number)))
                        .unwrap_or_default(),
                ),
                three("Connecté", d.is_connected),
                or("aucune", mono("Interface principale", network)),
                or(
                    "inconnu",
                    fact("Accès distant", d.remote_access.map_or("", |a| a.label())),
                ),
                three("Conserve des données de patients", d.stores_data_locally),
                three("En envoie ailleurs", d.stores_data_remotely),
                three("Données chiffrées", d.data_encrypted),
                or("inconnus", fact("Supports", text(&d.storage_media))),
                or(
                    "aucune",
                    fact("Raison des exceptions", text(&d.exceptions_reason)),
                ),
            ],
        },
        Section {
            title: "Criticités",
            facts: vec![
                or(
                    "non évaluée",
                    fact("Maintenance", criticality(d.maintenance_criticality)),
                ),
                or(
                    "non évaluée",
                    fact("Continuité des soins", criticality(d.care_criticality)),
                ),
                or(
                    "non évaluée",
                    fact("Cybersécurité", criticality(d.cyber_criticality)),
                ),
                or("aucune", fact("Remarques", text(&d.note))),
            ],
        },
    ]
}

fn euros(cents: i64) -> String {
    format!(
        "{},{:02}\u{a0}€",
        crate::platform::db::list::thousands(cents / 100),
        cents % 100
    )
}
