//! The list of backups made and failed.

use crate::platform::db::list::{Column, IdType, ListSpec, ScopeBy, SortType};

/// Backups, the last one first. Seen by who answers for the whole group.
pub static BACKUPS: ListSpec = ListSpec {
    name: "backups",
    path: "/admin/backups",
    record: None,
    title: "Sauvegardes",
    noun: ("sauvegarde", "sauvegardes"),
    when_empty: "Aucune sauvegarde n’a encore été faite de cette base.",
    from: "backup b",
    always: None,
    id: "b.id",
    id_type: IdType::Uuid,
    scope: ScopeBy::OwnOrGroup {
        establishment: "null::uuid",
    },
    search: None,
    columns: &[
        Column::instant("started_at", "Faite le", "b.started_at")
            .shown()
            .sorted("b.started_at", SortType::Instant),
        Column::mono("file_name", "Archive", "b.file_name")
            .shown()
            .when_empty("aucune : elle a échoué"),
        Column::number("size", "Taille (octets)", "b.size_bytes").shown(),
        Column::flag("is_encrypted", "Chiffrée", "b.is_encrypted").shown(),
        Column::number("rows", "Lignes", "b.row_count").shown(),
        Column::number("files", "Fichiers joints", "b.file_count::bigint").shown(),
        Column::number(
            "missing",
            "Fichiers joints manquants",
            "b.missing_count::bigint",
        )
        .shown(),
        Column::text("error", "Échec", "b.error")
            .shown()
            .when_empty("aucun"),
        Column::mono("sha256", "Empreinte (SHA-256)", "b.sha256").when_empty("aucune"),
        Column::instant("finished_at", "Finie le", "b.finished_at"),
    ],
    default_sort: ("started_at", true),
};
