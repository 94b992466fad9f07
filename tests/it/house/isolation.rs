//! Every `{id}` of one establishment, asked by people of another: for them it does not exist.

use axum::http::Method;
use sqlx::AssertSqlSafe;
use vigie::accounts::roles::Role;

use super::samples::{SAMPLES, Sample, Whose};
use super::{CHM, CHV, House, call, fingerprint, holder, none, permission};

#[tokio::test]
async fn every_route_with_an_id_has_a_sample_at_each_establishment() {
    let house = House::new().await;
    let mut owner = house.world.owner().await;
    let routes = house.routes();
    let mut findings = vec![];
    for route in routes.iter().filter(|r| r.path.contains('{')) {
        match Sample::of(&route.path) {
            None => findings.push(format!(
                "{} {} ({}): add Sample {{ prefix: \"{}\", whose: …, sql: … }} to SAMPLES in tests/it/house/samples.rs",
                route.method,
                route.path,
                route.file,
                &route.path[..=route.path.rfind('}').unwrap_or_default()],
            )),
            Some(sample) => {
                for code in [CHV, CHM] {
                    if sample.values(&mut owner, code).await.is_none() {
                        findings.push(format!(
                            "{}: the world holds none at {code}; add one to FURNITURE in tests/it/house/samples.rs",
                            sample.prefix
                        ));
                    }
                }
            }
        }
    }
    for sample in SAMPLES
        .iter()
        .filter(|s| !routes.iter().any(|r| r.path.starts_with(s.prefix)))
    {
        // Not yet a route, or no longer: a sample that serves nothing proves nothing.
        eprintln!("the sample of {} has no route", sample.prefix);
    }
    findings.sort();
    findings.dedup();
    none(findings, "isolation cannot be proved without samples");
}

#[tokio::test]
async fn what_another_establishment_has_does_not_exist_for_me() {
    let house = House::new().await;
    let before = fingerprint(&mut house.world.owner().await).await;
    let mut findings = vec![];
    for route in house.routes().iter().filter(|r| r.path.contains('{')) {
        let (Some(sample), Some(role)) =
            (Sample::of(&route.path), permission(route).and_then(holder))
        else {
            continue;
        };
        if matches!(sample.whose, Whose::Group(_)) {
            continue;
        }
        for (mine, theirs) in [(CHV, CHM), (CHM, CHV)] {
            let Some(path) = house.address(&route.path, theirs).await else {
                continue;
            };
            let mut stranger = house.local(role, mine).await;
            let answer = call(&mut stranger, &route.method, &path).await;
            if answer.status != 404 {
                findings.push(format!(
                    "{} {path} ({}) answered {} to {} of {mine}: {}",
                    route.method,
                    route.file,
                    answer.status,
                    role.code(),
                    answer.words().chars().take(160).collect::<String>()
                ));
            }
            if route.method == Method::GET && answer.status == 404 {
                let json = stranger.get_json(&path).await;
                if json.status != 404 {
                    findings.push(format!("{path} as JSON answered {}", json.status));
                }
            }
        }
    }
    none(
        findings,
        "an object of another establishment must be 404, before anything is read of the form: find it with permit.sees() first",
    );
    assert_eq!(
        before,
        fingerprint(&mut house.world.owner().await).await,
        "a stranger wrote something"
    );
}

/// Without this the test above could pass on addresses that exist for nobody.
#[tokio::test]
async fn each_sample_opens_for_its_own_people() {
    let house = House::new().await;
    let mut findings = vec![];
    for route in house
        .routes()
        .iter()
        .filter(|r| r.path.contains('{') && r.method == Method::GET)
    {
        let (Some(sample), Some(role)) =
            (Sample::of(&route.path), permission(route).and_then(holder))
        else {
            continue;
        };
        for code in [CHV, CHM] {
            if matches!(sample.whose, Whose::Person(_)) {
                continue;
            }
            let Some(path) = house.address(&route.path, code).await else {
                continue;
            };
            let answer = house.local(role, code).await.get(&path).await;
            // A page may be closed to this person or in this state (403, 409), but it exists.
            if !matches!(answer.status, 200 | 303 | 403 | 409) {
                findings.push(format!(
                    "GET {path} ({}) answered {} to {} of {code}",
                    route.file,
                    answer.status,
                    role.code()
                ));
            }
        }
    }
    none(
        findings,
        "an object of one's own establishment must be readable",
    );
}

#[tokio::test]
async fn what_the_group_shares_is_not_changed_under_the_right_of_one_establishment() {
    let house = House::new().await;
    let before = fingerprint(&mut house.world.owner().await).await;
    let mut findings = vec![];
    for route in house
        .routes()
        .iter()
        .filter(|r| r.path.contains('{') && r.method != Method::GET)
    {
        let (Some(sample), Some(role)) =
            (Sample::of(&route.path), permission(route).and_then(holder))
        else {
            continue;
        };
        if !matches!(sample.whose, Whose::Group(_)) {
            continue;
        }
        let Some(path) = house.address(&route.path, CHV).await else {
            continue;
        };
        let answer = call(&mut house.local(role, CHV).await, &route.method, &path).await;
        // 422: refused for its fields before its place is known, which `changes_nothing` below bounds.
        if !matches!(answer.status, 403 | 404 | 409 | 422) {
            findings.push(format!(
                "{} {path} ({}) answered {} to {} of one establishment",
                route.method,
                route.file,
                answer.status,
                role.code()
            ));
        }
    }
    none(
        findings,
        "what the group shares changes under a grant over the group: permit.over(&Place::SHARED)",
    );
    assert_eq!(
        before,
        fingerprint(&mut house.world.owner().await).await,
        "somebody of one establishment changed what the group shares"
    );
}

/// Lists, menus, options, counts, suggestions: no page open to one establishment's people carries an
/// identifier of the other's.
#[tokio::test]
async fn no_page_of_mine_names_what_is_theirs() {
    let house = House::new().await;
    let mut owner = house.world.owner().await;
    let tables: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c join pg_attribute a on a.attrelid = c.oid join pg_attribute i on i.attrelid = c.oid
         where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname = 'establishment_id' and i.attname = 'id'
           and i.atttypid = 'uuid'::regtype and c.relname not in ('event', 'access_grant') order by 1",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    let mut theirs: Vec<(String, String)> = vec![];
    for table in &tables {
        let sql = format!(
            "select t.id::text from \"{table}\" t join establishment e on e.id = t.establishment_id where e.code = $1"
        );
        let ids: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(CHM)
            .fetch_all(&mut owner)
            .await
            .unwrap();
        theirs.extend(ids.into_iter().map(|id| (table.clone(), id)));
    }
    assert!(
        theirs.len() >= 3,
        "the world has too little at {CHM} to prove anything: {theirs:?}"
    );
    let mut findings = vec![];
    for route in house.routes().iter().filter(|r| r.method == Method::GET) {
        let Some(name) = permission(route) else {
            continue;
        };
        let Some(path) = house.address(&route.path, CHV).await else {
            continue;
        };
        for role in Role::ALL
            .into_iter()
            .filter(|r| vigie::accounts::actions::holds(*r, name))
            .take(2)
        {
            let mut person = house.local(role, CHV).await;
            for (face, answer) in [
                ("page", person.get(&path).await),
                ("JSON", person.get_json(&path).await),
            ] {
                for (table, id) in theirs
                    .iter()
                    .filter(|(_, id)| answer.text.contains(id.as_str()))
                {
                    findings.push(format!(
                        "GET {path} ({}), {face} of {}, names the {table} {id} of {CHM}",
                        route.file,
                        role.code()
                    ));
                }
            }
        }
    }
    none(
        findings,
        "a page leaks objects of another establishment: bind the scope in its queries",
    );
}
