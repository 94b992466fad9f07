//! Everything one sees of the organisation, as a tree: establishment, site, pôle, unit, room.

use std::collections::HashMap;

use askama::Template;
use askama::filters::HtmlSafe;
use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use super::units::model::is_open;
use crate::accounts::access::Scope;
use crate::kernel::Result;

/// Past this many rooms the tree counts them and leads to their list.
const ROOMS_SHOWN: i64 = 1500;

/// A place and what stands in it.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "accounts/sites/sites/node.html")]
pub struct Node {
    /// Where it is read; empty for what only groups (« sans site »).
    pub href: String,
    /// `establishment`, `site`, `department`, `unit`, `room`.
    pub kind: &'static str,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Is it closed?
    pub closed: bool,
    /// What it counts, as people read it.
    pub note: String,
    /// Unfolded when the page opens?
    pub open: bool,
    /// What stands in it.
    pub children: Vec<Node>,
}

/// Its own template has escaped it.
impl HtmlSafe for Node {}

/// The tree.
pub struct Tree {
    /// From the top.
    pub establishments: Vec<Node>,
    /// How many places it shows.
    pub places: usize,
}

struct Line {
    id: Uuid,
    establishment: Uuid,
    site: Option<Uuid>,
    department: Option<Uuid>,
    unit: Option<Uuid>,
    code: String,
    name: String,
    closed_on: Option<NaiveDate>,
}

impl Line {
    fn node(&self, kind: &'static str, path: &str, today: NaiveDate) -> Node {
        Node {
            href: format!("{path}/{}", self.id),
            kind,
            code: self.code.clone(),
            name: self.name.clone(),
            closed: !is_open(self.closed_on, today),
            ..Node::default()
        }
    }
}

fn counted(n: usize, one: &str, many: &str) -> Option<String> {
    match n {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{n} {many}")),
    }
}

fn noted(parts: [Option<String>; 2]) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The tree of what `scope` sees. Whoever sees a unit sees what stands around it.
pub async fn of(conn: &mut PgConnection, scope: &Scope, today: NaiveDate) -> Result<Tree> {
    let units = sqlx::query_as!(
        Line,
        r#"select id, establishment_id as establishment, site_id as site, department_id as department, null::uuid as unit,
                  uf_code as code, name, closed_on
           from unit where establishment_id = any ($1) or id = any ($2)
           order by closed_on is not null, name collate "fr-x-icu", id"#,
        &scope.establishments,
        &scope.units
    )
    .fetch_all(&mut *conn)
    .await?;
    let around = |of: fn(&Line) -> Option<Uuid>| -> Vec<Uuid> {
        let mut ids: Vec<_> = units.iter().filter_map(of).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let establishments = sqlx::query_as!(
        Line,
        r#"select id, id as establishment, null::uuid as site, null::uuid as department, null::uuid as unit, code, name, closed_on
           from establishment where id = any ($1) or id = any ($2)
           order by closed_on is not null, name collate "fr-x-icu", id"#,
        &scope.establishments,
        &around(|u| Some(u.establishment))
    )
    .fetch_all(&mut *conn)
    .await?;
    let sites = sqlx::query_as!(
        Line,
        r#"select id, establishment_id as establishment, null::uuid as site, null::uuid as department, null::uuid as unit, code, name, closed_on
           from site where establishment_id = any ($1) or id = any ($2)
           order by closed_on is not null, name collate "fr-x-icu", id"#,
        &scope.establishments,
        &around(|u| u.site)
    )
    .fetch_all(&mut *conn)
    .await?;
    let departments = sqlx::query_as!(
        Line,
        r#"select id, establishment_id as establishment, null::uuid as site, null::uuid as department, null::uuid as unit, code, name, closed_on
           from department where establishment_id = any ($1) or id = any ($2)
           order by closed_on is not null, name collate "fr-x-icu", id"#,
        &scope.establishments,
        &around(|u| u.department)
    )
    .fetch_all(&mut *conn)
    .await?;
    let rooms = sqlx::query_as!(
        Line,
        r#"select id, establishment_id as establishment, site_id as site, null::uuid as department, unit_id as unit, code, name, closed_on
           from room where establishment_id = any ($1) or unit_id = any ($2)
           order by closed_on is not null, code, id
           limit $3"#,
        &scope.establishments,
        &scope.units,
        ROOMS_SHOWN + 1
    )
    .fetch_all(conn)
    .await?;
    let places = establishments.len() + sites.len() + departments.len() + units.len() + rooms.len();
    Ok(Tree {
        establishments: grow(&establishments, &sites, &departments, &units, &rooms, today),
        places,
    })
}

fn grow(
    establishments: &[Line],
    sites: &[Line],
    departments: &[Line],
    units: &[Line],
    rooms: &[Line],
    today: NaiveDate,
) -> Vec<Node> {
    let too_many = rooms.len() as i64 > ROOMS_SHOWN;
    let mut of_unit: HashMap<Uuid, Vec<Node>> = HashMap::new();
    let mut of_site: HashMap<Uuid, Vec<Node>> = HashMap::new();
    for room in rooms.iter().filter(|_| !too_many) {
        let node = room.node("room", "/accounts/rooms", today);
        match (room.unit, room.site) {
            (Some(unit), _) => of_unit.entry(unit).or_default().push(node),
            (None, Some(site)) => of_site.entry(site).or_default().push(node),
            (None, None) => {}
        }
    }
    let unit_node = |unit: &Line, of_unit: &mut HashMap<Uuid, Vec<Node>>| {
        let mut node = unit.node("unit", "/accounts/units", today);
        node.children = of_unit.remove(&unit.id).unwrap_or_default();
        node.note = counted(node.children.len(), "local", "locaux").unwrap_or_default();
        node
    };
    // Units of one place, those of a pôle under it.
    let gathered = |here: &[&Line], of_unit: &mut HashMap<Uuid, Vec<Node>>| -> Vec<Node> {
        let mut nodes: Vec<Node> = Vec::new();
        for department in departments {
            let mut node = department.node("department", "/accounts/departments", today);
            for unit in here.iter().filter(|u| u.department == Some(department.id)) {
                node.children.push(unit_node(unit, of_unit));
            }
            if !node.children.is_empty() {
                node.note = counted(node.children.len(), "unité", "unités").unwrap_or_default();
                nodes.push(node);
            }
        }
        for unit in here.iter().filter(|u| u.department.is_none()) {
            nodes.push(unit_node(unit, of_unit));
        }
        nodes
    };
    establishments
        .iter()
        .map(|establishment| {
            let mut top = establishment.node("establishment", "/accounts/establishments", today);
            let mine: Vec<&Line> = units
                .iter()
                .filter(|u| u.establishment == establishment.id)
                .collect();
            for site in sites.iter().filter(|s| s.establishment == establishment.id) {
                let mut node = site.node("site", "/accounts/sites", today);
                let here: Vec<&Line> = mine
                    .iter()
                    .copied()
                    .filter(|u| u.site == Some(site.id))
                    .collect();
                let loose = of_site.remove(&site.id).unwrap_or_default();
                node.note = noted([
                    counted(here.len(), "unité", "unités"),
                    counted(loose.len(), "local sans unité", "locaux sans unité"),
                ]);
                node.children = gathered(&here, &mut of_unit);
                node.children.extend(loose);
                top.children.push(node);
            }
            let nowhere: Vec<&Line> = mine.iter().copied().filter(|u| u.site.is_none()).collect();
            top.children.extend(gathered(&nowhere, &mut of_unit));
            for department in departments
                .iter()
                .filter(|d| d.establishment == establishment.id)
                .filter(|d| !units.iter().any(|u| u.department == Some(d.id)))
            {
                top.children
                    .push(department.node("department", "/accounts/departments", today));
            }
            let count = sites
                .iter()
                .filter(|s| s.establishment == establishment.id)
                .count();
            top.note = noted([
                counted(count, "site", "sites"),
                counted(mine.len(), "unité", "unités"),
            ]);
            top.open = establishments.len() <= 5;
            top
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: u128, establishment: u128) -> Line {
        Line {
            id: Uuid::from_u128(id),
            establishment: Uuid::from_u128(establishment),
            site: None,
            department: None,
            unit: None,
            code: id.to_string(),
            name: format!("lieu {id}"),
            closed_on: None,
        }
    }

    fn count(nodes: &[Node]) -> usize {
        nodes.iter().map(|n| 1 + count(&n.children)).sum()
    }

    #[test]
    fn every_place_stands_once_under_its_own() {
        let (e, f) = (line(1, 1), line(2, 2));
        let site = line(10, 1);
        let (d, empty) = (line(20, 1), line(21, 2));
        let on_site = Line {
            site: Some(site.id),
            department: Some(d.id),
            ..line(30, 1)
        };
        let nowhere = Line {
            department: Some(d.id),
            ..line(31, 1)
        };
        let alone = line(32, 2);
        let of_unit = Line {
            site: Some(site.id),
            unit: Some(on_site.id),
            ..line(40, 1)
        };
        let of_site = Line {
            site: Some(site.id),
            ..line(41, 1)
        };
        let today = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        let tree = grow(
            &[e, f],
            &[site],
            &[d, empty],
            &[on_site, nowhere, alone],
            &[of_unit, of_site],
            today,
        );
        // The pôle stands twice: on the site, and above its unit that has none.
        assert_eq!(count(&tree), 11);
        let site = &tree[0].children[0];
        assert_eq!(site.note, "1 unité, 1 local sans unité");
        assert_eq!(site.children[0].children[0].children[0].name, "lieu 40");
        assert_eq!(tree[1].children.len(), 2);
    }
}
