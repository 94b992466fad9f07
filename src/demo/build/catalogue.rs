//! Models with their identifiers, versions and nomenclature.

use std::collections::HashMap;

use super::Hand;
use super::directory::Parties;
use crate::accounts::access::Place;
use crate::accounts::actions::ManageCatalogue;
use crate::demo::models::{self, Model, Regulation as Law};
use crate::inventory::catalogue::form::NewModel;
use crate::inventory::catalogue::identifiers::NewIdentifier;
use crate::inventory::catalogue::versions::{MAIN_SOFTWARE, NewVersion};
use crate::inventory::catalogue::{
    ClassSuffix, CodeSystem, ModelId, Qualification, RegulatedFamily, Regulation, RiskClass,
    UdiIssuer, UdiLevel, VersionId, commands, queries,
};
use crate::kernel::{Error, Event, Result};

/// Models and their versions, by the codes of the data.
#[derive(Default)]
pub struct Models {
    models: HashMap<&'static str, ModelId>,
    versions: HashMap<(&'static str, String), VersionId>,
}

impl Models {
    pub(super) fn id(&self, code: &str) -> Option<ModelId> {
        self.models.get(code).copied()
    }

    pub(super) fn version(&self, code: &'static str, number: &str) -> Option<VersionId> {
        self.versions.get(&(code, number.to_owned())).copied()
    }
}

fn class(model: &Model) -> (Option<RiskClass>, Vec<ClassSuffix>) {
    match model.risk_class {
        "Is" => (Some(RiskClass::I), vec![ClassSuffix::Sterile]),
        "Im" => (Some(RiskClass::I), vec![ClassSuffix::Measuring]),
        "Ir" => (Some(RiskClass::I), vec![ClassSuffix::ReusableSurgical]),
        "autres" => (Some(RiskClass::Other), vec![]),
        "annexe II liste A" => (Some(RiskClass::ListA), vec![]),
        "annexe II liste B" => (Some(RiskClass::ListB), vec![]),
        "autodiagnostic" => (Some(RiskClass::SelfTest), vec![]),
        "DMIA" => (Some(RiskClass::Dmia), vec![]),
        other => (RiskClass::from_code(other), vec![]),
    }
}

/// The model as its form would make it. The class has no source: nobody checked a declaration.
pub fn new_model(model: &Model, manufacturer: uuid::Uuid) -> NewModel {
    let (qualification, regulation) = match model.regulation {
        Law::Mdr => (Qualification::Device, Regulation::Mdr),
        Law::Mdd => (Qualification::Device, Regulation::Mdd),
        Law::Aimdd => (Qualification::Device, Regulation::Aimdd),
        Law::Ivdr => (Qualification::Ivd, Regulation::Ivdr),
        Law::Ivdd => (Qualification::Ivd, Regulation::Ivdd),
        Law::NotADevice => (Qualification::NotDm, Regulation::NotDm),
    };
    let (risk_class, class_suffixes) = class(model);
    NewModel {
        common_name: Some(model.common_name.to_owned()),
        trade_name: Some(model.trade_name.to_owned()),
        reference: Some(model.reference.to_owned()),
        manufacturer: Some(manufacturer),
        qualification: Some(qualification),
        regulation: Some(regulation),
        risk_class,
        class_suffixes,
        class_rule: Some(model.class_source.to_owned()),
        is_in_house: model.traits.in_house,
        in_house_basis: model.traits.in_house.then(|| "Aucun équivalent sur le marché (justification inventée)".to_owned()),
        is_dmn: Some(model.traits.digital),
        is_ai: Some(model.traits.ai),
        is_ionising: Some(model.traits.ionising),
        regulated_family: RegulatedFamily::from_code(model.regulated_family),
        is_implantable: Some(model.traits.implantable),
        is_measuring: Some(model.traits.measuring),
        is_networked: Some(model.traits.network),
        stores_personal_data: Some(model.traits.personal_data),
        note: model.has_udi.then(|| "IUD-ID inventés (plage d’exemples GS1 952) ; référence et versions plausibles, à vérifier.".to_owned()),
        ..NewModel::default()
    }
}

/// Enters those that are not there yet.
pub(super) async fn enter(hand: &Hand<'_>, parties: &Parties) -> Result<Models> {
    let permit = hand.permit::<ManageCatalogue>()?;
    let shared = || permit.over(&Place::SHARED);
    let mut tx = hand.begin().await?;
    let mut told: Vec<Event> = Vec::new();
    let mut entered = Models::default();
    for model in models::all() {
        let maker = parties
            .get(model.manufacturer)
            .ok_or_else(|| Error::internal(format!("no maker of {}", model.code)))?;
        let new = new_model(model, maker.uuid());
        let (id, is_new) =
            match queries::maybe_known(&mut tx, maker.uuid(), model.trade_name, model.reference)
                .await?
            {
                Some(id) => (id, false),
                None => {
                    let (id, event) = commands::create(&mut tx, shared()?, new).await?;
                    told.push(event);
                    (id, true)
                }
            };
        entered.models.insert(model.code, id);
        if is_new {
            let kept = queries::find(&mut tx, permit.sees(), id).await?;
            if let Some(code) = model.device_identifier(0) {
                let base = NewIdentifier {
                    issuer: UdiIssuer::Gs1,
                    code: code.clone(),
                    level: UdiLevel::Base,
                    contains: None,
                    contains_quantity: None,
                    ends_on: None,
                };
                told.push(commands::add_identifier(&mut tx, shared()?, &kept, base).await?);
                // Small devices come in boxes of four, whose identifier is another.
                if let (Some(package), true) =
                    (model.device_identifier(1), model.price_euros.1 < 1_000)
                {
                    let package = NewIdentifier {
                        issuer: UdiIssuer::Gs1,
                        code: package,
                        level: UdiLevel::Package,
                        contains: Some(code),
                        contains_quantity: Some(4),
                        ends_on: None,
                    };
                    told.push(commands::add_identifier(&mut tx, shared()?, &kept, package).await?);
                }
            }
            for number in model.software {
                let version = NewVersion {
                    name: MAIN_SOFTWARE.into(),
                    number: (*number).to_owned(),
                    released_on: None,
                    support_ends_on: None,
                    security_support_ends_on: None,
                    note: None,
                };
                told.push(
                    commands::add_version(&mut tx, shared()?, &kept, version)
                        .await?
                        .1,
                );
            }
            for term in model.nomenclature {
                if let Some(system) = CodeSystem::from_code(&term.system.to_lowercase()) {
                    told.push(
                        commands::add_term(
                            &mut tx,
                            shared()?,
                            &kept,
                            system,
                            term.code,
                            Some("niveau certain seulement"),
                        )
                        .await?,
                    );
                }
            }
        }
        for version in queries::versions(&mut tx, permit.sees(), id).await? {
            entered
                .versions
                .insert((model.code, version.number), version.id);
        }
    }
    if let Some(event) = told.into_iter().reduce(Event::and) {
        tx.commit(event, "/inventory/models").await?;
    }
    Ok(entered)
}
