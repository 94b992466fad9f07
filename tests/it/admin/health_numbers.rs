//! Who writes a number that looks like a patient's is told, whatever the form, and nothing is refused.

use crate::support::World;

#[tokio::test]
async fn a_text_that_holds_a_number_like_a_patient_s_is_saved_with_a_warning() {
    let world = World::new().await;
    let mut engineer = world.person("biomedical_engineer").await;
    let list = "/parties/organisations";
    let fields = |note: &'static str, name: &'static str| {
        [("name", name), ("roles", "supplier"), ("note", note)]
    };
    let plain = engineer
        .post(
            list,
            &fields("rappeler au 01 44 55 66 77", "Alpha Matériel"),
        )
        .await
        .is(303);
    engineer
        .get(&plain.location())
        .await
        .is(200)
        .does_not_show("numéro de sécurité sociale");
    let named = engineer
        .post(
            list,
            &fields("pour le patient 2 55 08 14 168 025 38", "Oméga Instruments"),
        )
        .await
        .is(303);
    engineer
        .get(&named.location())
        .await
        .is(200)
        .shows("ressemble à un numéro de sécurité sociale");
}
