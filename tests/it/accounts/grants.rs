//! Who gives what.

use super::world::*;
use crate::support::World;

#[tokio::test]
pub async fn an_administrator_gives_within_his_scope_and_not_beyond() {
    let world = World::new().await;
    let mut local = local_administrator(&world, "admin.chv", CHV).await;
    local
        .get("/accounts/users/new")
        .await
        .is(200)
        .does_not_show("CH des Marais")
        .does_not_show("Tout le groupe");
    let someone = hire(&mut local, "tech.chv", "technician", CHV)
        .await
        .is(303)
        .location();
    local
        .get(&someone)
        .await
        .is(200)
        .shows("Technicien biomédical");
    for scope in ["group", CHM] {
        hire(&mut local, "intrus", "technician", scope)
            .await
            .is(403);
        local
            .post(
                &format!("{someone}/grants"),
                &[("role", "administrator"), ("scope", scope)],
            )
            .await
            .is(403);
    }
    local
        .post(
            &format!("{someone}/grants"),
            &[("role", "technician"), ("unit", CHM_UNIT)],
        )
        .await
        .is(403);
    local
        .post(
            &format!("{someone}/grants"),
            &[
                ("role", "unit_manager"),
                ("unit", CHV_UNIT),
                ("ends_on", "2026-12-31"),
            ],
        )
        .await
        .is(303);
    local
        .get(&someone)
        .await
        .shows("Cadre de santé")
        .shows("3401 Réanimation médicale");
    assert_eq!(
        world
            .count("select count(*) from account where login = 'intrus'")
            .await,
        0
    );
}

#[tokio::test]
async fn nobody_changes_his_own_roles() {
    let world = World::new().await;
    let mut group = world.person("administrator").await;
    let own = id_of(&world, "administrator").await;
    group
        .post(
            &format!("/accounts/users/{own}/grants"),
            &[("role", "biomedical_engineer"), ("scope", "group")],
        )
        .await
        .is(409)
        .shows("Nul ne change ses propres rôles");
    let grant: uuid::Uuid = sqlx::query_scalar(
        "select g.id from access_grant g join account a on a.id = g.account_id where a.login = 'administrator'",
    )
    .fetch_one(&mut world.owner().await)
    .await
    .unwrap();
    group
        .post(
            &format!("/accounts/users/{own}/grants/{grant}?_method=delete"),
            &[],
        )
        .await
        .is(409);
    group
        .post(&format!("/accounts/users/{own}/deactivation"), &[])
        .await
        .is(409);
}

#[tokio::test]
async fn a_change_of_role_ends_the_sessions_and_the_right() {
    let world = World::new().await;
    let mut group = world.person("administrator").await;
    let someone = hire(&mut group, "tech.chv", "technician", CHV)
        .await
        .is(303)
        .location();
    let mut technician = world.signed_in("tech.chv").await;
    technician.get("/accounts/units").await.is(200);
    group
        .post(
            &format!("{someone}/grants"),
            &[("role", "unit_manager"), ("unit", CHV_UNIT)],
        )
        .await
        .is(303);
    technician.get("/accounts/units").await.is(303);
    let grants = group.get_json(&someone).await.json();
    let grant = grants["grants"]
        .as_array()
        .unwrap()
        .iter()
        .find(|g| g["role"] == "technician")
        .unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut technician = world.signed_in("tech.chv").await;
    group
        .post(&format!("{someone}/grants/{grant}?_method=delete"), &[])
        .await
        .is(303);
    technician.get("/accounts/units").await.is(303);
    world
        .signed_in("tech.chv")
        .await
        .get("/accounts/units")
        .await
        .is(200)
        .shows("Réanimation")
        .does_not_show("Dialyse");
}

#[tokio::test]
async fn a_role_stops_counting_after_its_last_day() {
    let world = World::new().await;
    let mut group = world.person("administrator").await;
    let someone = hire(&mut group, "stage", "technician", CHV)
        .await
        .is(303)
        .location();
    group
        .post_from(
            &format!("{someone}/grants"),
            &format!("{someone}/grants/new"),
            &[
                ("role", "quality"),
                ("scope", CHM),
                ("ends_on", "2026-03-01"),
            ],
        )
        .await
        .is(422)
        .shows("déjà passé");
    group
        .post(
            &format!("{someone}/grants"),
            &[
                ("role", "quality"),
                ("scope", CHM),
                ("ends_on", "2026-03-02"),
            ],
        )
        .await
        .is(303);
    let mut trainee = world.signed_in("stage").await;
    trainee.get("/accounts/units").await.shows("Urgences");
    world.app.clock().advance(chrono::TimeDelta::hours(15));
    world
        .signed_in("stage")
        .await
        .get("/accounts/units")
        .await
        .is(200)
        .shows("Dialyse")
        .does_not_show("Urgences");
}

#[tokio::test]
async fn an_external_technician_is_given_devices_only() {
    let world = World::new().await;
    let mut group = world.person("administrator").await;
    hire(&mut group, "tiers", "external_technician", CHV)
        .await
        .is(422);
    let wrong = group
        .post_from(
            "/accounts/users",
            "/accounts/users/new",
            &[
                ("login", "tiers"),
                ("name", "Tiers"),
                ("role", "external_technician"),
                ("device", "BM404"),
            ],
        )
        .await
        .is(422);
    wrong.shows("« BM404 » n’est le numéro d’aucun équipement");
}

#[tokio::test]
async fn the_matrix_on_the_page_is_the_one_of_the_code() {
    let world = World::new().await;
    let mut ward = world.person("ward_user").await;
    let page = ward.get("/accounts/matrix").await.is(200);
    let shown = page.all("tbody td[data-label]").len();
    let held: usize = vigie::accounts::actions::MATRIX
        .iter()
        .map(|p| p.roles.len())
        .sum();
    assert_eq!(shown, held);
}
