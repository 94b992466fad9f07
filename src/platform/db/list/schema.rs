//! A list as the OpenAPI document tells it.

use serde_json::{Map, Value, json};

use super::spec::{Kind, ListSpec};

/// What the address of every list takes.
pub const PARAMETERS: &[(&str, &str)] = &[
    ("q", "Recherche rapide."),
    (
        "f",
        "Filtre « colonne:opérateur:valeur[,valeur] » ; répété, les filtres s’ajoutent ; « | » les propose au choix.",
    ),
    ("sort", "Colonne du tri ; « - » devant, de la fin au début."),
    (
        "cols",
        "Colonnes voulues, séparées par des virgules ; « all » les donne toutes.",
    ),
    ("per", "Lignes par page : 25, 50, 100 ou 200."),
    (
        "after",
        "Repère de la page suivante, tel que « next » le donne.",
    ),
    (
        "before",
        "Repère de la page précédente, tel que « previous » le donne.",
    ),
    (
        "group",
        "Colonne dont on compte les valeurs, avant les lignes.",
    ),
    (
        "as_of",
        "Jour (2026-03-31) où la liste est lue, pour celles qui gardent le passé.",
    ),
    (
        "view",
        "Vue gardée qu’un programme a lue ; « none », aucune.",
    ),
    (
        "format",
        "« csv » ou « xlsx » : la liste entière, en fichier.",
    ),
];

fn cell(kind: Kind) -> Value {
    match kind {
        Kind::Text | Kind::Mono | Kind::Decimal => json!({ "type": ["string", "null"] }),
        Kind::Date => json!({ "type": ["string", "null"], "format": "date" }),
        Kind::DateTime => json!({ "type": ["string", "null"], "format": "date-time" }),
        Kind::Number => json!({ "type": ["integer", "null"] }),
        Kind::Bool => json!({ "type": ["boolean", "null"] }),
        Kind::Choice(choices) => {
            // Codes that have words; a row may hold one that has none yet.
            let codes: Vec<&str> = choices.iter().map(|(code, ..)| *code).collect();
            json!({ "type": ["string", "null"], "examples": codes })
        }
        Kind::Ref(_) => json!({
            "type": ["object", "null"],
            "properties": {
                "id": { "type": ["string", "null"], "format": "uuid" },
                "label": { "type": "string" },
                "href": { "type": ["string", "null"] },
            },
        }),
    }
}

/// The schema of a page of this list.
pub fn schema(spec: &'static ListSpec) -> Value {
    let mut row: Map<String, Value> = Map::new();
    row.insert("id".to_owned(), json!({ "type": "string" }));
    for column in spec.columns {
        let mut told = cell(column.kind);
        told["description"] = column.label.into();
        row.insert(column.key.to_owned(), told);
    }
    // Fields that people add have their column, by the key of the list's page.
    let row = json!({
        "type": "object",
        "properties": row,
        "required": ["id"],
        "additionalProperties": if spec.name == "devices" {
            json!({ "description": "Champs complémentaires, par leur clé." })
        } else {
            json!(false)
        },
    });
    json!({
        "type": "object",
        "description": spec.title,
        "properties": {
            "as_of": { "type": ["string", "null"], "format": "date" },
            "total": {
                "type": ["object", "null"],
                "properties": { "count": { "type": "integer" }, "exact": { "type": "boolean" } },
            },
            "rows": { "type": "array", "items": row },
            "previous": { "type": ["string", "null"] },
            "next": { "type": ["string", "null"] },
            "warnings": { "type": "array", "items": { "type": "string" } },
        },
        "required": ["rows", "warnings"],
    })
}
