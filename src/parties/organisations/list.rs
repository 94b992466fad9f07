//! The list of organisations.

use super::model::OrganisationRole;
use crate::choices;
use crate::platform::db::list::{Column, IdType, ListSpec, ScopeBy, SortType};

/// Organisations of the group.
pub static ORGANISATIONS: ListSpec = ListSpec {
    name: "organisations",
    path: "/parties/organisations",
    record: None,
    title: "Fabricants et fournisseurs",
    noun: ("organisation", "organisations"),
    when_empty: "Aucune organisation : un import les propose, ou ajoutez la première.",
    from: "organisation o left join search_entry q on q.subject_id = o.id and q.kind = 'organisation'",
    always: Some("o.merged_into_id is null"),
    id: "o.id",
    id_type: IdType::Uuid,
    scope: ScopeBy::Shared,
    search: Some("q.folded"),
    columns: &[
        Column::text("name", "Nom", "o.name").shown().opens().sorted("o.name collate \"fr-x-icu\"", SortType::Text),
        Column::choice("role", "Rôle principal", "o.roles[1]", choices!(OrganisationRole)).shown(),
        Column::text(
            "aliases",
            "Autres noms",
            "(select string_agg(a.name, ' ; ' order by a.name collate \"fr-x-icu\") from organisation_alias a where a.organisation_id = o.id)",
        )
        .shown()
        .when_empty("aucun"),
        Column::text(
            "successors",
            "Répond aujourd’hui",
            "(select string_agg(n.name, ' ; ' order by n.name collate \"fr-x-icu\") from organisation_succession s join organisation n on n.id = s.successor_id where s.predecessor_id = o.id)",
        )
        .shown()
        .when_empty("elle-même"),
        Column::mono("country", "Pays", "o.country").shown().sorted("coalesce(o.country, '')", SortType::Text),
        Column::mono("srn", "N° d’enregistrement (SRN)", "o.srn"),
        Column::mono("siren", "SIREN", "o.siren"),
        Column::mono("finess", "FINESS", "o.finess"),
        Column::mono("cofrac", "Accréditation COFRAC", "o.cofrac_number").when_empty("sans objet"),
        Column::text("phone", "Téléphone", "o.phone"),
        Column::text("website", "Site", "o.website"),
        Column::date("closed", "Cessée le", "o.closed_on").when_empty("en activité"),
    ],
    default_sort: ("name", false),
};
