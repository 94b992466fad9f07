//! The list of merges: those of the group for everybody, those of devices for who sees the establishment.

use super::model::Kind;
use crate::choices;
use crate::platform::db::list::{Column, IdType, ListSpec, ScopeBy, SortType};

/// Merges, taken back or not.
pub static MERGES: ListSpec = ListSpec {
    name: "merges",
    path: "/inventory/merges",
    record: None,
    title: "Fusions",
    noun: ("fusion", "fusions"),
    when_empty: "Aucune fusion : deux fiches d’un même fabricant, modèle ou équipement se fusionnent depuis l’une d’elles.",
    from: "record_merge g left join account a on a.id = g.merged_by left join establishment e on e.id = g.establishment_id",
    always: None,
    id: "g.id",
    id_type: IdType::Uuid,
    scope: ScopeBy::OwnOrShared {
        establishment: "g.establishment_id",
    },
    search: Some("plain(g.kept_name || ' ' || g.merged_name)"),
    columns: &[
        Column::text("merged_name", "Fiche annulée", "g.merged_name")
            .shown()
            .opens(),
        Column::text("kept_name", "Fiche conservée", "g.kept_name").shown(),
        Column::choice("kind", "Nature", "g.kind", choices!(Kind)).shown(),
        Column::instant("merged_at", "Fusionnée le", "g.merged_at")
            .shown()
            .sorted("g.merged_at", SortType::Instant),
        Column::text("merged_by", "Par", "a.display_name")
            .shown()
            .when_empty("Vigie"),
        Column::text("establishment", "Établissement", "e.name").when_empty("tout le groupe"),
        Column::text("reason", "Motif", "g.reason"),
        Column::instant("undo_before", "Annulable jusqu’au", "g.undo_before"),
        Column::instant("undone_at", "Défaite le", "g.undone_at")
            .shown()
            .when_empty("en place"),
    ],
    default_sort: ("merged_at", true),
};
