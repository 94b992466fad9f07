//! The words of the trade as files write them, in French, English and Spanish, and the codes they stand for.

use super::cells::low;

/// Reads a yes or a no.
#[rustfmt::skip]
pub fn flag(cell: &str) -> Option<bool> {
    match low(cell).trim_end_matches('.') {
        "oui" | "o" | "x" | "1" | "1.0" | "vrai" | "yes" | "y" | "true" | "t" | "si" | "s" | "v" | "✓"
        | "✔" => Some(true),
        "non" | "n" | "0" | "0.0" | "faux" | "no" | "false" | "f" => Some(false),
        _ => None,
    }
}

/// Reads the state of a device: its code in the registry.
#[rustfmt::skip]
pub fn state(cell: &str) -> Option<&'static str> {
    let low = low(cell).replace(['_', '-', '\''], " ").replace('’', " ");
    let low = low.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(match low.as_str() {
        "in service" | "en service" | "service" | "es" | "mis en service" | "en fonctionnement" | "en fonction"
        | "en exploitation" | "exploitation" | "en activite" | "actif" | "active" | "activo" | "en uso"
        | "en usage" | "utilise" | "in use" | "use" | "operational" | "operationnel" | "operativo" | "functional"
        | "functioning" | "fonctionnel" | "fonctionne" | "funcional" | "bueno" | "buen estado" | "good" | "bon"
        | "bon etat" | "working" | "ok" | "affecte" | "installe" | "deploye" | "deployed" | "running" | "marche"
        | "en marche" | "en parc" => "in_service",
        "stored" | "stock" | "en stock" | "stocke" | "stockage" | "en reserve" | "reserve" | "magasin"
        | "en magasin" | "non affecte" | "in store" | "in stock" | "in storage" | "storage" | "spare" | "bodega"
        | "almacen" | "en bodega" | "disponible" | "available" => "stored",
        "broken" | "panne" | "en panne" | "hs" | "h.s." | "hors service" | "hors d usage" | "hors usage"
        | "en defaut" | "defectueux" | "non fonctionnel" | "out of order" | "out of service" | "not working"
        | "not functional" | "non functional" | "non operational" | "malo" | "fuera de servicio" | "defectuoso"
        | "averiado" | "faulty" | "down" => "broken",
        "in maintenance" | "maintenance" | "en maintenance" | "en reparation" | "reparation" | "sav" | "en sav"
        | "atelier" | "a l atelier" | "en atelier" | "under maintenance" | "under repair" | "in repair"
        | "repair" | "en mantenimiento" | "mantenimiento" | "en reparacion" | "chez le fournisseur"
        | "retour sav" => "in_maintenance",
        "lent" | "prete" | "en pret" | "pret" | "loaned" | "on loan" | "loan" | "prestado" | "en prestamo" => "lent",
        "on trial" | "essai" | "en essai" | "a l essai" | "trial" | "en demonstration" => "on_trial",
        "quarantined" | "quarantaine" | "en quarantaine" | "bloque" | "isole" | "quarantine" => "quarantined",
        "suspended quality" | "suspendu cq" | "suspendu cqi" | "suspendu cqe" | "arret cq" => "suspended_quality",
        "suspended cyber" | "suspendu cyber" => "suspended_cyber",
        "received" | "recu" | "livre" | "receptionne" | "delivered" => "received",
        "acceptance" | "recette" | "en recette" | "en reception" | "a mettre en service"
        | "en attente de mise en service" => "acceptance",
        "ordered" | "commande" | "en commande" | "on order" => "ordered",
        "decommissioning" | "en reforme" | "a reformer" | "en cours de reforme" | "reforme proposee"
        | "reforme demandee" | "proposition de reforme" | "reforme en cours"
        | "en attente de reforme" => "decommissioning",
        "disposed" | "sorti" | "reforme" | "reformee" | "reformes" | "elimine" | "detruit" | "vendu" | "cede"
        | "donne" | "restitue" | "rendu" | "mis au rebut" | "rebut" | "au rebut" | "ferraille" | "perdu" | "vole"
        | "sorti d inventaire" | "sorti du parc" | "hors parc" | "hors inventaire" | "dado de baja" | "de baja"
        | "baja" | "retired" | "decommissioned" | "scrapped" | "obsolete" | "condemned" | "archive" => "disposed",
        _ => return None,
    })
}

/// Reads how the hospital holds a device.
#[rustfmt::skip]
pub fn holding(cell: &str) -> Option<&'static str> {
    let low = low(cell).replace(['_', '-'], " ");
    Some(match low.as_str() {
        "purchase" | "achat" | "achete" | "acquisition" | "investissement" | "propriete" | "proprietaire"
        | "purchased" | "bought" | "owned" | "compra" | "propio" | "comprado" | "marche" => "purchase",
        "rental" | "location" | "loue" | "rented" | "alquiler" | "arriendo" => "rental",
        "provision" | "mad" | "mise a disposition" | "mis a disposition" | "placement" | "reagent rental"
        | "apoyo tecnologico" => "provision",
        "consignment" | "depot" | "depot vente" | "en depot" => "consignment",
        "loan" | "pret" | "prete" | "en pret" | "comodato" | "prestamo" => "loan",
        "trial" | "essai" | "a l'essai" | "demonstration" | "demo" => "trial",
        "lease" | "credit bail" | "leasing" | "leased" | "loa" => "lease",
        "donation" | "don" | "legs" | "donated" | "gift" | "donacion" | "donado" => "donation",
        "research" | "recherche" | "protocole de recherche" => "research",
        "transfer" | "transfert" | "cession" | "transferred" | "traslado" => "transfer",
        "in house" | "fabrication interne" | "interne" => "in_house",
        _ => return None,
    })
}

/// Reads a criticality in words; scales in numbers differ from hospital to hospital and are not guessed.
#[rustfmt::skip]
pub fn criticality(cell: &str) -> Option<&'static str> {
    Some(match low(cell).as_str() {
        "low" | "faible" | "basse" | "bas" | "mineure" | "non critique" | "bajo" | "baja" => "low",
        "medium" | "moyenne" | "moyen" | "moderee" | "normale" | "medio" | "media" => "medium",
        "high" | "elevee" | "eleve" | "haute" | "haut" | "forte" | "importante" | "majeure" | "alto"
        | "alta" => "high",
        "vital" | "vitale" | "critique" | "critical" | "tres elevee" | "critica" => "vital",
        _ => return None,
    })
}

/// Reads what became of a device that left.
#[rustfmt::skip]
pub fn destination(cell: &str) -> Option<&'static str> {
    Some(match low(cell).as_str() {
        "destroyed" | "detruit" | "destruction" | "ferraille" | "rebut" | "deee" | "dechetterie" | "recyclage"
        | "elimination" => "destroyed",
        "sold" | "vendu" | "vente" | "domaines" => "sold",
        "donated" | "donne" | "don" | "ong" => "donated",
        "returned" | "restitue" | "restitution" | "rendu" | "retour fournisseur" => "returned",
        "transferred" | "transfere" | "transfert" | "cession" => "transferred",
        "parts" | "pieces" | "pieces detachees" | "cannibalise" => "parts",
        "lost" | "perdu" | "perte" => "lost",
        "stolen" | "vole" | "vol" => "stolen",
        "burnt" | "brule" | "incendie" => "burnt",
        "unknown" => "unknown",
        _ => return None,
    })
}

/// Reads a risk class: `I`, `IIa`, `IIb`, `III`, or `A` to `D` for in vitro diagnostics.
#[rustfmt::skip]
pub fn class(cell: &str) -> Option<&'static str> {
    let low = low(cell);
    let bare = low
        .strip_prefix("classe")
        .or(low.strip_prefix("clase"))
        .or(low.strip_prefix("class"))
        .unwrap_or(&low);
    let bare: String = bare.chars().filter(|c| c.is_alphanumeric()).collect();
    Some(match bare.as_str() {
        "i" | "1" | "is" | "im" | "ir" => "I",
        "iia" | "2a" => "IIa",
        "iib" | "2b" => "IIb",
        "iii" | "3" => "III",
        "a" => "A",
        "b" => "B",
        "c" => "C",
        "d" => "D",
        _ => return None,
    })
}

/// Reads which European text a device was put on the market under.
#[rustfmt::skip]
pub fn regulation(cell: &str) -> Option<&'static str> {
    let low = low(cell);
    let has = |needles: &[&str]| needles.iter().any(|needle| low.contains(needle));
    Some(if has(&["2017/746", "ivdr"]) {
        "ivdr"
    } else if has(&["2017/745", "mdr"]) {
        "mdr"
    } else if has(&["90/385", "aimdd", "dmia"]) {
        "aimdd"
    } else if has(&["98/79", "ivdd"]) {
        "ivdd"
    } else if has(&["93/42", "mdd"]) {
        "mdd"
    } else if matches!(low.as_str(), "hors dm" | "not_dm" | "non dm" | "pas un dm") {
        "not_dm"
    } else {
        return None;
    })
}
