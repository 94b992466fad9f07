//! Catalogues of others: GUDID, EMDN, FINESS. Every line read is created, updated, unchanged or rejected.

use crate::support::World;
use vigie::accounts::access::Permit;
use vigie::accounts::actions::{ImportDevices, ManageCatalogue, ManageParties};
use vigie::exchange::imports::headers::best_sheet;
use vigie::exchange::imports::queries::Sums;
use vigie::exchange::imports::{finess, gudid, nomenclatures};
use vigie::platform::sheet::{self, ReadOptions, Sheet};

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/data/catalogue")
            .join(name),
    )
    .unwrap()
}

fn sheet_of(name: &str) -> Sheet {
    best_sheet(
        sheet::read(&bytes(name), &ReadOptions::default()).unwrap(),
        None,
    )
    .0
}

fn holds(sums: &Sums) {
    assert_eq!(
        sums.read,
        sums.created + sums.updated + sums.unchanged + sums.rejected,
        "{sums:?}"
    );
}

async fn models(world: &World, create: bool) -> Sums {
    let here = world.app.establishments().await.unwrap();
    let catalogue = Permit::<ManageCatalogue>::for_cli("import", here.clone());
    let directory = Permit::<ManageParties>::for_cli("import", here);
    let mut tx = world.app.begin_with(&catalogue, None).await.unwrap();
    let (sums, _, event) = gudid::load(
        &mut tx,
        &catalogue,
        &directory,
        &sheet_of("gudid.csv"),
        create,
    )
    .await
    .unwrap();
    tx.commit(event, "/").await.unwrap();
    sums
}

#[tokio::test]
async fn models_come_with_their_identifiers_and_packages_and_twice_changes_nothing() {
    let world = World::new().await;
    let sums = models(&world, false).await;
    holds(&sums);
    assert_eq!(
        (sums.read, sums.created, sums.rejected),
        (5, 0, 5),
        "no maker is created without being asked"
    );
    let sums = models(&world, true).await;
    holds(&sums);
    assert_eq!(
        (sums.created, sums.unchanged, sums.rejected),
        (3, 1, 1),
        "{sums:?}"
    );
    assert_eq!(
        world
            .count("select count(*) from udi_di where level = 'package' and contains_quantity = 4")
            .await,
        1
    );
    assert_eq!(world.count("select count(*) from device_model where trade_name like 'Stento%' and is_implantable and is_sterile and sale_ends_on = '2024-12-31'").await, 1);
    assert_eq!(
        world
            .count("select count(*) from udi_di where issuer = 'hibcc'")
            .await,
        1
    );
    let again = models(&world, true).await;
    holds(&again);
    assert_eq!((again.created, again.updated, again.unchanged), (0, 0, 4));
}

#[tokio::test]
async fn a_nomenclature_keeps_its_tree() {
    let world = World::new().await;
    let permit =
        Permit::<ImportDevices>::for_cli("import", world.app.establishments().await.unwrap());
    for expected in [(3, 0, 1, 1), (0, 0, 4, 1)] {
        let mut tx = world.app.begin_with(&permit, None).await.unwrap();
        let (sums, event) =
            nomenclatures::load(&mut tx, &permit, "emdn", "2", &sheet_of("emdn.tsv"))
                .await
                .unwrap();
        tx.commit(event, "/").await.unwrap();
        holds(&sums);
        assert_eq!(
            (sums.created, sums.updated, sums.unchanged, sums.rejected),
            expected,
            "{sums:?}"
        );
    }
    assert_eq!(world.count("select count(*) from nomenclature_term where code = 'Z1203' and parent_code = 'Z12' and is_leaf and label = 'Terme sur deux lignes'").await, 1);
    assert_eq!(world.count("select count(*) from nomenclature_term where code = 'Z' and parent_code is null and not is_leaf").await, 1);
}

#[tokio::test]
async fn finess_is_kept_as_reference_with_its_zeros_and_changes_nothing_of_ours() {
    let world = World::new().await;
    let permit =
        Permit::<ImportDevices>::for_cli("import", world.app.establishments().await.unwrap());
    let before = world.count("select sum(version) from establishment").await;
    for (name, first, second) in [
        ("finess.xml", (2, 0, 1), (0, 2, 1)),
        ("finess_lourds.csv", (2, 0, 1), (0, 2, 1)),
    ] {
        for expected in [first, second] {
            let mut tx = world.app.begin_with(&permit, None).await.unwrap();
            let (sums, refused, event) = finess::load(&mut tx, &permit, &bytes(name), "2026-01")
                .await
                .unwrap();
            tx.commit(event, "/").await.unwrap();
            holds(&sums);
            assert_eq!(
                (sums.created, sums.unchanged, sums.rejected),
                expected,
                "{name}: {sums:?} {refused:?}"
            );
        }
    }
    assert_eq!(world.count("select count(*) from finess_place where finess = '010000024' and legal_finess is null and name = 'CLINIQUE D''ESSAI'").await, 1);
    assert_eq!(world.count("select count(*) from heavy_equipment where finess = '010000024' and kind = 'IRM' and authorised_on = '2019-06-15'").await, 1);
    assert_eq!(
        world.count("select sum(version) from establishment").await,
        before
    );
}
