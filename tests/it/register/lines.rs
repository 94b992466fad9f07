//! Lines as people write, read, correct and annul them.

use super::world::{DEVICE, OTHER, THEIRS, line, operation, world, write};

const PDF: &[u8] = b"%PDF-1.7\n% rapport\n";

#[tokio::test]
async fn a_technician_writes_an_operation_and_the_register_says_the_items_of_the_article() {
    let world = world().await;
    let mut technician = world.person("technician").await;
    let form = technician
        .get(&format!("/register/devices/{DEVICE}/new"))
        .await
        .is(200);
    assert_eq!(
        form.attributes("input[name=performer_employer]", "value"),
        ["CHU de la Verrerie"]
    );
    write(&mut technician, DEVICE, &[]).await.is(303);
    write(
        &mut technician,
        DEVICE,
        &[
            ("kind", "electrical_safety"),
            ("nature", "Courant de fuite"),
        ],
    )
    .await
    .is(303);
    let page = technician
        .get(&format!("/register/devices/{DEVICE}"))
        .await
        .is(200);
    for words in [
        "Élodie Martin",
        "CHU de la Verrerie",
        "358 J délivrés pour 360 J",
        "Conforme",
        "Maintenance préventive",
    ] {
        page.shows(words);
    }
    page.shows("2 lignes")
        .shows("le délai de 5 ans n’a pas commencé")
        .shows("pas encore scellé");
    assert_eq!(
        page.all("tbody th a"),
        ["2", "1"],
        "last first, numbered without a gap"
    );
    let json = technician
        .get_json(&format!("/register/devices/{DEVICE}"))
        .await
        .is(200)
        .json();
    assert_eq!(
        (
            json["line_count"].as_i64(),
            json["lines"][0]["number"].as_i64()
        ),
        (Some(2), Some(2))
    );
    assert_eq!(json["lines"][0]["previous_hash"], json["lines"][1]["hash"]);
    technician
        .get(&format!("/inventory/devices/{DEVICE}"))
        .await
        .is(200)
        .shows("Registre");
}

#[tokio::test]
async fn what_the_article_asks_for_is_refused_when_absent_each_at_its_field() {
    let world = world().await;
    let mut technician = world.person("technician").await;
    let again = write(
        &mut technician,
        DEVICE,
        &[
            ("performer_name", ""),
            ("performance", ""),
            ("conformity", "conform"),
        ],
    )
    .await
    .is(422);
    again
        .shows("Le registre nomme la personne")
        .shows("Dites le niveau de performances obtenu");
    assert_eq!(
        again.all("textarea[name=nature]"),
        ["Visite annuelle"],
        "what was typed stays"
    );
    write(&mut technician, DEVICE, &[("conformity", "nonconform")])
        .await
        .is(422)
        .shows("dites quel jour l’appareil a été arrêté");
    write(&mut technician, DEVICE, &[("kind", "external_control")])
        .await
        .is(422)
        .shows("n° d’accréditation")
        .shows("R.5212-30");
    write(
        &mut technician,
        DEVICE,
        &[("stopped_on", "2026-03-01"), ("resumed_on", "2026-02-28")],
    )
    .await
    .is(422)
    .shows("La reprise d’exploitation précède l’arrêt");
    assert_eq!(world.count("select count(*) from register_line").await, 0);
}

#[tokio::test]
async fn a_future_or_old_operation_is_refused_and_a_late_one_is_marked() {
    let world = world().await;
    let mut technician = world.person("technician").await;
    write(&mut technician, DEVICE, &[("done_on", "2026-03-03")])
        .await
        .is(422)
        .shows("n’est pas encore arrivé");
    write(&mut technician, DEVICE, &[("done_on", "2026-02-20")])
        .await
        .is(422)
        .shows("L’opération date de 10 jours");
    write(
        &mut technician,
        DEVICE,
        &[("done_on", "2026-02-20"), ("reason", "rapport reçu tard")],
    )
    .await
    .is(303);
    write(
        &mut technician,
        DEVICE,
        &[("done_on", "2025-02-20"), ("reason", "oubli")],
    )
    .await
    .is(422)
    .shows("import d’un registre antérieur");
    technician
        .get(&format!("/register/devices/{DEVICE}"))
        .await
        .shows("consignée 10 jours après")
        .shows("rapport reçu tard");
}

#[tokio::test]
async fn an_external_control_carries_its_report_by_hash() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let fields = operation(&[
        ("kind", "external_control"),
        ("performer_employer", "Organisme accrédité"),
        ("accreditation", "3-1234"),
    ]);
    engineer
        .upload(
            &format!("/register/devices/{DEVICE}"),
            &fields,
            ("report", "cqe.pdf", PDF),
        )
        .await
        .is(303);
    let page = engineer
        .get(&format!(
            "/register/lines/{}",
            line(&world, DEVICE, 1).await
        ))
        .await
        .is(200);
    page.shows("cqe.pdf").shows("3-1234");
    let sha = sqlx::query_scalar::<_, bool>("select l.report_sha256 = f.sha256 from register_line l join document d on d.id = l.report_id join file f on f.id = d.file_id")
        .fetch_one(&mut world.owner().await)
        .await
        .unwrap();
    assert!(sha);
}

#[tokio::test]
async fn a_correction_and_an_annulment_are_lines_that_point_at_theirs() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    write(&mut engineer, DEVICE, &[]).await.is(303);
    let first = line(&world, DEVICE, 1).await;
    let correct = format!("/register/lines/{first}/corrections");
    let form = format!("{correct}/new");
    let page = engineer.get(&form).await.is(200);
    assert_eq!(page.all("textarea[name=nature]"), ["Visite annuelle"]);
    let fields = |reason: &'static str| {
        let mut fields = operation(&[
            ("performance", "340 J délivrés pour 360 J"),
            ("reason", reason),
        ]);
        fields.push(("_form", form.as_str()));
        fields
    };
    engineer
        .upload(&correct, &fields(""), ("report", "", b""))
        .await
        .is(422);
    engineer
        .upload(&correct, &fields("chiffre mal lu"), ("report", "", b""))
        .await
        .is(303);
    engineer
        .upload(&correct, &fields("encore"), ("report", "", b""))
        .await
        .is(409)
        .shows("a déjà été corrigée par la ligne 2");
    let second = line(&world, DEVICE, 2).await;
    engineer
        .post(
            &format!("/register/lines/{second}/annulment"),
            &[("reason", "autre appareil")],
        )
        .await
        .is(303);
    let third = line(&world, DEVICE, 3).await;
    engineer
        .post(
            &format!("/register/lines/{third}/annulment"),
            &[("reason", "non")],
        )
        .await
        .is(409);
    let page = engineer
        .get(&format!("/register/devices/{DEVICE}"))
        .await
        .is(200);
    page.shows("corrigée par la ligne 2")
        .shows("annulée par la ligne 3")
        .shows("corrige la ligne 1")
        .shows("chiffre mal lu")
        .shows("Annulation de la ligne 2");
    engineer
        .get(&format!("/register/lines/{first}"))
        .await
        .is(200)
        .shows("358 J délivrés pour 360 J");
    assert_eq!(
        world
            .count("select count(*) from register_line where performance like '358%'")
            .await,
        1,
        "the line corrected stays"
    );
}

#[tokio::test]
async fn numbers_have_no_gap_when_two_write_at_once() {
    let world = world().await;
    let mut hands = vec![];
    for n in 0..8 {
        let mut technician = world.signed_in("engineer.chv").await;
        let device = if n % 2 == 0 { DEVICE } else { OTHER };
        hands.push(tokio::spawn(async move {
            write(&mut technician, device, &[]).await.status
        }));
    }
    for hand in hands {
        assert_eq!(hand.await.unwrap(), 303);
    }
    assert_eq!(world.count("select count(*) from (select from register_line group by device_id having min(number) = 1 and max(number) = 4 and count(*) = 4) t").await, 2);
}

#[tokio::test]
async fn who_reads_only_cannot_write_and_a_technician_cannot_correct() {
    let world = world().await;
    let mut technician = world.person("technician").await;
    write(&mut technician, DEVICE, &[]).await.is(303);
    let first = line(&world, DEVICE, 1).await;
    technician
        .get(&format!("/register/lines/{first}"))
        .await
        .is(200)
        .does_not_show("Cette ligne est fausse");
    technician
        .post(
            &format!("/register/lines/{first}/annulment"),
            &[("reason", "x")],
        )
        .await
        .is(403);
    let mut auditor = world.person("auditor").await;
    auditor
        .get(&format!("/register/devices/{DEVICE}"))
        .await
        .is(200)
        .shows("Élodie Martin");
    write(&mut auditor, DEVICE, &[]).await.is(403);
    let mut stranger = world.signed_in("engineer.chm").await;
    for path in [
        format!("/register/devices/{DEVICE}"),
        format!("/register/lines/{first}"),
        format!("/register/devices/{DEVICE}/export"),
    ] {
        stranger.get(&path).await.is(404);
    }
    write(&mut stranger, DEVICE, &[]).await.is(404);
    write(&mut stranger, THEIRS, &[]).await.is(303);
    stranger
        .get("/register/lines")
        .await
        .is(200)
        .shows("BM003")
        .does_not_show("BM001");
}

#[tokio::test]
async fn even_the_owner_cannot_change_a_line_and_the_application_cannot_move_a_head() {
    use sqlx::{AssertSqlSafe, Executor};
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    write(&mut engineer, DEVICE, &[]).await.is(303);
    for sql in [
        "update register_line set nature = 'x'",
        "delete from register_line",
        "truncate register_line cascade",
        "delete from register_block_head",
        "truncate register_block cascade",
    ] {
        let refused = world
            .owner()
            .await
            .execute(AssertSqlSafe(sql.to_owned()))
            .await;
        match refused {
            Err(error) => assert!(error.to_string().contains("append-only"), "{sql}: {error}"),
            Ok(done) => assert_eq!(
                (
                    done.rows_affected(),
                    sql.starts_with("delete from register_block")
                ),
                (0, true),
                "{sql}"
            ),
        }
    }
    for sql in [
        "update register_head set line_count = 9",
        "delete from register_head",
        "update register_line set nature = 'x'",
        "delete from register_line",
    ] {
        let error = world
            .pool
            .execute(AssertSqlSafe(sql.to_owned()))
            .await
            .unwrap_err();
        assert!(
            error.to_string().contains("permission denied"),
            "{sql}: {error}"
        );
    }
    let forged = "insert into register_line select (jsonb_populate_record(l, jsonb_build_object('id', '01950000-0000-7000-8000-00000000f0f0', 'number', 7, 'hash', '\\x' || repeat('ab', 32)))).* from register_line l";
    let error = world
        .owner()
        .await
        .execute(AssertSqlSafe(forged.to_owned()))
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("does not follow the head"),
        "{error}"
    );
}

#[tokio::test]
async fn the_registers_of_a_unit_and_of_a_family_say_what_is_empty() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    write(&mut engineer, DEVICE, &[]).await.is(303);
    for path in [
        "/register/units/01950000-0000-7000-8000-0000000000a2",
        "/register/families/01950000-0000-7000-8000-00000000e002",
    ] {
        let page = engineer.get(path).await.is(200);
        page.shows("2 registres, dont 1 sans aucune ligne")
            .shows("BM002")
            .shows("aucune consignée")
            .does_not_show("BM003");
    }
    engineer
        .get("/register/lines?f=kind:in:preventive&f=conformity:is:conform")
        .await
        .is(200)
        .shows("BM001");
    engineer
        .get("/register/lines?f=conformity:is:nonconform")
        .await
        .is(200)
        .does_not_show("BM001");
}

#[tokio::test]
async fn the_clock_of_five_years_runs_from_the_end_of_exploitation() {
    use sqlx::Executor;
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    write(&mut engineer, DEVICE, &[]).await.is(303);
    world.owner().await.execute("update device set end_of_exploitation_date = '2026-02-28' where inventory_number = 'BM001'").await.unwrap();
    engineer
        .get(&format!("/register/devices/{DEVICE}"))
        .await
        .shows("À conserver jusqu’au 28 févr. 2031");
    world
        .owner()
        .await
        .execute("update legal_rule set status = 'to_verify' where code = 'csp.r5212-28.5'")
        .await
        .unwrap();
    engineer
        .get(&format!("/register/devices/{DEVICE}"))
        .await
        .shows("aucune règle en vigueur");
}
