//! People and fields that the tests of accounts share.

use crate::support::{Answer, Person, World};

pub const CHV: &str = "01950000-0000-7000-8000-0000000000a1";
pub const CHM: &str = "01950000-0000-7000-8000-0000000000b1";
pub const CHV_UNIT: &str = "01950000-0000-7000-8000-0000000000a2";
pub const CHM_UNIT: &str = "01950000-0000-7000-8000-0000000000b2";
pub const PASSWORD: &str = "quatre mots sans rapport";

/// Gives an account a password behind the scenes.
pub async fn with_password(world: &World, login: &str, password: &str) {
    let hash = vigie::accounts::passwords::hash(password.to_owned())
        .await
        .unwrap();
    sqlx::query("update account set password_hash = $1 where login = $2")
        .bind(hash)
        .bind(login)
        .execute(&mut world.owner().await)
        .await
        .unwrap();
}

/// The id of an account.
pub async fn id_of(world: &World, login: &str) -> String {
    sqlx::query_scalar::<_, uuid::Uuid>("select id from account where login = $1")
        .bind(login)
        .fetch_one(&mut world.owner().await)
        .await
        .unwrap()
        .to_string()
}

/// Makes an account through the pages; its address.
pub async fn hire(by: &mut Person, login: &str, role: &str, scope: &str) -> Answer {
    by.post(
        "/accounts/users",
        &[
            ("login", login),
            ("name", login),
            ("role", role),
            ("scope", scope),
        ],
    )
    .await
}

/// An administrator of one establishment, made by the group's.
pub async fn local_administrator(world: &World, login: &str, establishment: &str) -> Person {
    let mut group = world.person("administrator").await;
    hire(&mut group, login, "administrator", establishment)
        .await
        .is(303);
    world.signed_in(login).await
}
