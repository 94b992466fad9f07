//! Nonconformities and test tools: what a control finds, and what is to be believed of what it measured.

use super::interventions::{close, eight_values, reported, send, typed};
use super::obligations::{DEVICE, world};
use crate::support::Person;

#[tokio::test]
async fn a_grave_nonconformity_asks_for_the_stop_until_a_named_person_confirms_it() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let intervention = reported(&world, &mut engineer).await;
    close(
        &mut engineer,
        &intervention,
        &[("conformity", "nonconform")],
    )
    .await
    .is(422)
    .shows("Dites la gravité");
    close(
        &mut engineer,
        &intervention,
        &[
            ("conformity", "nonconform"),
            ("grade", "grave"),
            ("nc_description", "Fuite de courant au-delà de la limite"),
        ],
    )
    .await
    .is(303);
    let device = format!("/inventory/devices/{DEVICE}");
    engineer
        .get(&device)
        .await
        .is(200)
        .shows("Non-conformité grave : Fuite de courant")
        .shows("arrêt demandé, non confirmé");
    let id: String = sqlx::query_scalar("select id::text from nonconformity")
        .fetch_one(&mut world.owner().await)
        .await
        .unwrap();
    let page = format!("/maintenance/nonconformities/{id}");
    engineer
        .get(&page)
        .await
        .is(200)
        .shows("personne n’a encore confirmé")
        .shows("Non-conformité grave d’un contrôle de qualité");
    engineer
        .post_from(
            &format!("{page}/stop"),
            &page,
            &[("confirmed_by", "Mme Roux, cadre")],
        )
        .await
        .is(422);
    engineer
        .post(
            &format!("{page}/stop"),
            &[
                ("confirmed_by", "Mme Roux, cadre"),
                ("fallback", "Moniteur MON9 du pool"),
            ],
        )
        .await
        .is(303);
    assert_eq!(world.count("select count(*) from device where inventory_number = 'MON1' and state = 'suspended_quality'").await, 1);
    // It comes back neither bare, nor by a record while it is open, nor resolved without a control.
    let record = [
        ("done_by", "Karim Benali"),
        ("test", "Essai fonctionnel réussi"),
    ];
    engineer
        .post(&format!("/maintenance/devices/{DEVICE}/returns"), &record)
        .await
        .is(409)
        .shows("grave est ouverte");
    engineer
        .post(
            &format!("{page}?_method=patch"),
            &[("resolution", "Cordon remplacé")],
        )
        .await
        .is(409)
        .shows("contrôle conforme fait depuis");
    world.app.clock().advance(chrono::TimeDelta::minutes(5));
    let asked = engineer
        .post(
            "/maintenance/interventions",
            &[
                ("device", DEVICE),
                ("kind", "after_repair"),
                ("symptom", "Contre-visite"),
                ("usable", "no"),
                ("harm", "no"),
            ],
        )
        .await
        .is(303)
        .location();
    close(&mut engineer, &asked, &[])
        .await
        .is(422)
        .shows("ne se clôture pas sans valeur mesurée");
    // The counter-visit, conform and with its values, lets it be resolved; then the device comes back.
    close(
        &mut engineer,
        &asked,
        &[("measurements", "Courant de fuite : 41 µA (≤ 500 µA)")],
    )
    .await
    .is(303);
    engineer
        .post(
            &format!("{page}?_method=patch"),
            &[("resolution", "Cordon remplacé, contre-visite conforme")],
        )
        .await
        .is(303);
    engineer
        .post(&format!("/maintenance/devices/{DEVICE}/returns"), &record)
        .await
        .is(303);
    assert_eq!(world.count("select count(*) from device where inventory_number = 'MON1' and state = 'in_service'").await, 1);
    // The register tells it in order: found, stopped, counter-visit, return with its resumption.
    assert_eq!(world.count("select count(*) from register_line where number = 1 and conformity = 'nonconform' and stopped_on is null and restrictions like 'Arrêt d’exploitation demandé%'").await, 1);
    assert_eq!(world.count("select count(*) from register_line where number = 2 and conformity = 'nonconform' and performer_name = 'Mme Roux, cadre' and stopped_on = '2026-03-02'").await, 1);
    assert_eq!(world.count("select count(*) from register_line where number = 3 and kind = 'post_repair_control' and measurements like 'Courant de fuite%'").await, 1);
    assert_eq!(world.count("select count(*) from register_line where number = 4 and resumed_on = '2026-03-02' and stopped_on = '2026-03-02'").await, 1);
}

#[tokio::test]
async fn a_tool_out_of_calibration_marks_what_it_measures_and_what_it_measured() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let scale = "01950000-0000-7000-8000-00000000dd03";
    let tool = engineer
        .post(
            &format!("/maintenance/devices/{scale}/tool"),
            &[("measures", "Sécurité électrique")],
        )
        .await
        .is(303)
        .location();
    engineer
        .get(&tool)
        .await
        .is(200)
        .shows("Jamais étalonné dans Vigie");
    let line = eight_values(&mut engineer).await;
    let measure = async |engineer: &mut Person, day: &str| {
        let report = engineer
            .post(&format!("{line}/interventions"), &[])
            .await
            .is(303)
            .location();
        let page = engineer.get(&report).await.is(200);
        let intervention = report.trim_end_matches("/report/new").to_owned();
        let mut fields = typed(&page, &["0,1"; 8]);
        fields.retain(|(name, _)| name != "done_on");
        fields.push(("done_on".into(), day.to_owned()));
        fields.push(("tool".into(), tool.rsplit('/').next().unwrap().to_owned()));
        send(engineer, &intervention, &fields).await.is(303);
        intervention
    };
    let marked = measure(&mut engineer, "2026-03-02").await;
    engineer
        .get(&marked)
        .await
        .shows("étalonnage non valide ce jour-là");
    let calibration = |day: &'static str, found: &'static str| {
        [
            ("done_on", day),
            ("valid_until", "2027-01-01"),
            ("certificate", "C-1"),
            ("laboratory", "Labo"),
            ("found", found),
        ]
    };
    engineer
        .post(
            &format!("{tool}/calibrations"),
            &calibration("2026-03-02", "conform"),
        )
        .await
        .is(303);
    world.app.clock().advance(chrono::TimeDelta::days(1));
    engineer = world.signed_in("engineer.chv").await;
    let good = measure(&mut engineer, "2026-03-03").await;
    engineer
        .get(&good)
        .await
        .does_not_show("étalonnage non valide");
    world.app.clock().advance(chrono::TimeDelta::days(1));
    engineer = world.signed_in("engineer.chv").await;
    engineer
        .post(
            &format!("{tool}/calibrations"),
            &calibration("2026-03-04", "nonconform"),
        )
        .await
        .is(303);
    engineer.get(&good).await.shows("mis en doute depuis");
    engineer
        .get(&tool)
        .await
        .shows("étalonnage suivant non conforme");
    assert_eq!(
        world
            .count("select count(*) from intervention_measure where doubted_at is not null")
            .await,
        8
    );
}
