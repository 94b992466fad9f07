//! The list of models: shared by the group, so everybody sees all of it.

use super::model::{Qualification, RegulatedFamily, Regulation, RiskClass};
use crate::choices;
use crate::platform::db::list::{Column, IdType, ListSpec, Reference, ScopeBy, SortType};

/// Models of devices.
pub static MODELS: ListSpec = ListSpec {
    name: "models",
    path: "/inventory/models",
    record: None,
    title: "Modèles",
    noun: ("modèle", "modèles"),
    when_empty: "Les modèles paraîtront ici avec le premier import de l’inventaire, ou un par un.",
    from: "device_model m
        left join organisation o on o.id = m.manufacturer_id
        left join search_entry q on q.subject_id = m.id and q.kind = 'model'",
    always: Some("m.merged_into_id is null"),
    id: "m.id",
    id_type: IdType::Uuid,
    scope: ScopeBy::Shared,
    search: Some("q.folded"),
    columns: &[
        Column::text("trade_name", "Dénomination commerciale", "coalesce(m.trade_name, m.reference, m.common_name)")
            .shown()
            .opens()
            .sorted("coalesce(m.trade_name, '') collate \"fr-x-icu\"", SortType::Text),
        Column::text("common_name", "Dénomination commune", "m.common_name")
            .shown()
            .sorted("coalesce(m.common_name, '') collate \"fr-x-icu\"", SortType::Text),
        Column::mono("reference", "Référence du fabricant", "m.reference").shown().sorted("coalesce(m.reference, '')", SortType::Text),
        Column::reference(
            "manufacturer",
            "Fabricant",
            "o.name",
            Reference {
                id: "m.manufacturer_id",
                href: Some("/parties/organisations"),
                suggestions: Some("/search/suggestions?kind=organisation"),
            },
        )
        .shown(),
        Column::choice("regulation", "Réglementation", "m.regulation", choices!(Regulation)).shown(),
        Column::choice("risk_class", "Classe de risque", "m.risk_class", choices!(RiskClass)).shown(),
        Column::choice("qualification", "Qualification", "m.qualification", choices!(Qualification)),
        Column::choice("regulated_family", "Famille (arrêté du 3 mars 2003)", "m.regulated_family", choices!(RegulatedFamily)).when_empty("aucune déclarée"),
        Column::flag("is_dmn", "DM numérique", "m.is_dmn").shown(),
        Column::flag("is_ai", "Intelligence artificielle", "m.is_ai"),
        Column::flag("is_ionising", "Rayonnements ionisants", "m.is_ionising"),
        Column::flag("is_implantable", "Implantable", "m.is_implantable"),
        Column::flag("is_measuring", "Fonction de mesurage", "m.is_measuring"),
        Column::flag("is_networked", "Se connecte au réseau", "m.is_networked"),
        Column::flag("stores_personal_data", "Conserve des données personnelles", "m.stores_personal_data"),
        Column::flag("is_in_house", "Fabriqué par l’établissement (art. 5(5))", "m.is_in_house"),
        Column::mono("basic_udi_di", "IUD-ID de base", "m.basic_udi_di"),
        Column::mono("udi_di", "IUD-ID", "(select string_agg(i.code, ' ' order by i.code) from udi_di i where i.model_id = m.id)"),
        Column::text(
            "nomenclature",
            "Codes de nomenclature",
            "(select string_agg(upper(t.system) || ' ' || t.code, ', ' order by t.system, t.code) from model_code c join nomenclature_term t on t.id = c.term_id where c.model_id = m.id)",
        )
        .when_empty("aucun"),
        Column::date("sale_ends_on", "Fin de commercialisation", "m.sale_ends_on"),
        Column::date("parts_support_ends_on", "Fin des pièces", "m.parts_support_ends_on"),
        Column::date("software_support_ends_on", "Fin de support du logiciel", "m.software_support_ends_on"),
        Column::date("security_support_ends_on", "Fin de support de sécurité", "m.security_support_ends_on"),
        Column::text(
            "certificates",
            "Certificats CE",
            "(select string_agg(c.number, ', ' order by c.number) from certificate_model l join certificate c on c.id = l.certificate_id where l.model_id = m.id and c.replaced_by_id is null)",
        )
        .when_empty("aucun"),
        Column::text(
            "instructions",
            "Notices à suivre",
            "(select string_agg(i.edition || ' (' || i.language || ')', ', ' order by i.id) from model_instruction i where i.model_id = m.id and i.withdrawn_at is null)",
        )
        .when_empty("aucune"),
        Column::date("withdrawn_on", "Retiré du catalogue le", "m.withdrawn_on").when_empty("en usage"),
    ],
    default_sort: ("trade_name", false),
};
