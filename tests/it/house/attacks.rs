//! Attacks that have no better place: one short test a class, each proved by a fault put back
//! (`mutants.rs`). The table of classes is in SECURITY.md.

use std::sync::{Arc, Mutex};

use axum::http::Method;
use serde_json::json;
use vigie::platform::blob::Blobs;
use vigie::platform::db::Read;
use vigie::platform::sheet::{ReadOptions, read};

use crate::support::World;
use crate::support::statements::listen;

const CHV: &str = "01950000-0000-7000-8000-0000000000a1";
const UNIT: &str = "01950000-0000-7000-8000-0000000000a2";

#[tokio::test]
pub async fn a_name_that_is_markup_is_read_as_letters() {
    let world = World::new().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let name = "Unité <svg/onload=x9x>";
    let made = engineer
        .post(
            "/accounts/units",
            &[("establishment", CHV), ("uf_code", "3490"), ("name", name)],
        )
        .await
        .is(303)
        .location();
    for path in [made.as_str(), "/accounts/units?q=svg", "/accounts/sites"] {
        let page = engineer.get(path).await.is(200);
        page.shows("svg/onload=x9x");
        assert!(!page.text.contains("<svg/onload"), "{path}");
    }
}

#[tokio::test]
pub async fn the_session_is_out_of_reach_of_scripts_and_of_other_sites() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    let answer = visitor
        .post(
            "/accounts/sessions/demonstration",
            &[("role", "technician")],
        )
        .await
        .is(303);
    let cookies: Vec<&str> = answer
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|v| v.to_str().unwrap())
        .collect();
    let session = cookies
        .iter()
        .find(|c| c.starts_with("vigie_session="))
        .unwrap();
    for wanted in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(session.contains(wanted), "{wanted} is not in {session}");
    }
}

#[tokio::test]
pub async fn a_content_is_never_a_path() {
    let folder = std::env::temp_dir().join(format!("vigie-path-{}", vigie::kernel::id::fresh()));
    let blobs = Blobs::in_dir(&folder);
    let kept = blobs.put(b"notice").await.unwrap();
    std::fs::write(folder.join("secret"), "clé").unwrap();
    let absolute = folder.join("secret").display().to_string();
    assert!(blobs.open(&kept).await.is_ok());
    for name in ["../secret", "./../secret", absolute.as_str(), "..%2fsecret"] {
        assert!(blobs.open(name).await.is_err(), "{name} was opened");
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
pub async fn a_page_cannot_write() {
    let world = World::new().await;
    let mut page = Read::open(&world.pool).await.unwrap();
    let refused = sqlx::query("update session set last_seen_at = last_seen_at")
        .execute(&mut *page)
        .await;
    assert!(
        refused.is_err_and(|e| e.to_string().contains("read-only")),
        "a page could write"
    );
}

#[tokio::test]
pub async fn a_get_is_a_get_whatever_it_says() {
    let world = World::new().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    for (path, method) in [
        (format!("/accounts/units/{UNIT}/closure"), "delete"),
        (format!("/accounts/units/{UNIT}/closure"), "post"),
        ("/accounts/sessions".to_owned(), "delete"),
    ] {
        engineer
            .get(&format!("{path}?_method={method}"))
            .await
            .is(404);
    }
    engineer.get("/").await.is(200);
}

#[tokio::test]
pub async fn an_export_is_kept_to_what_one_sees() {
    let world = World::new().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let file = engineer
        .get("/accounts/units?format=csv&cols=all")
        .await
        .is(200);
    assert!(file.text.contains("Réanimation médicale"));
    assert!(
        !file.text.contains("Médecine polyvalente"),
        "the other hospital's unit is in the file"
    );
}

#[tokio::test]
pub async fn a_field_nobody_asked_for_is_refused_and_nothing_is_written() {
    let world = World::new().await;
    let before = world.count("select count(*) from unit").await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let fields =
        json!({ "establishment": CHV, "uf_code": "3491", "name": "X", "closed_on": "2020-01-01" });
    let refused = engineer
        .send_json(Method::POST, "/accounts/units", fields)
        .await
        .is(422);
    assert_eq!(refused.headers["content-type"], "application/problem+json");
    assert_eq!(world.count("select count(*) from unit").await, before);
}

#[tokio::test]
pub async fn every_answer_forbids_caches_frames_and_foreign_scripts() {
    let world = World::new().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    for path in [
        "/",
        "/accounts/units",
        "/nowhere",
        "/accounts/units?format=csv",
        "/openapi.json",
    ] {
        let answer = engineer.get(path).await;
        let header = |name: &str| {
            answer
                .headers
                .get(name)
                .map(|v| v.to_str().unwrap().to_owned())
                .unwrap_or_default()
        };
        assert!(
            header("content-security-policy").contains("default-src 'none'"),
            "{path}"
        );
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("x-frame-options"), "DENY", "{path}");
        assert_eq!(header("cache-control"), "no-store", "{path}");
    }
}

#[tokio::test]
pub async fn a_fault_of_ours_tells_nothing_of_the_inside() {
    let world = World::new().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    sqlx::raw_sql("alter table unit rename column uf_code to gone")
        .execute(&mut world.owner().await)
        .await
        .unwrap();
    for answer in [
        engineer.get("/accounts/units").await,
        engineer.get_json("/accounts/units").await,
    ] {
        assert_eq!(answer.status, 500);
        for inside in ["uf_code", "column", "sqlx", "src/", "/rustc", "select "] {
            assert!(
                !answer.text.contains(inside),
                "« {inside} » in {}",
                answer.text
            );
        }
        assert!(!answer.headers["x-request-id"].is_empty());
    }
}

#[tokio::test]
pub async fn a_text_that_hides_or_turns_its_letters_is_refused() {
    let world = World::new().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    for name in ["Réa\u{202e}tnemecart", "Réa\u{2066}x", "Réa\u{7}"] {
        engineer
            .post_from(
                "/accounts/units",
                "/accounts/units/new",
                &[("establishment", CHV), ("uf_code", "3492"), ("name", name)],
            )
            .await
            .is(422)
            .shows("caractères invisibles");
    }
    engineer
        .post(
            "/accounts/units",
            &[
                ("establishment", CHV),
                ("uf_code", "3492"),
                ("name", "a\0b"),
            ],
        )
        .await
        .is(400);
    // Two ways to write the same letters are one name.
    let made = engineer
        .post(
            "/accounts/units",
            &[
                ("establishment", CHV),
                ("uf_code", "3493"),
                ("name", "Re\u{301}a"),
            ],
        )
        .await
        .is(303)
        .location();
    assert_eq!(engineer.get_json(&made).await.json()["name"], "Réa");
}

#[test]
pub fn an_archive_that_unfolds_beyond_measure_is_refused() {
    use std::io::Write;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    writer.start_file("xl/workbook.xml", options).unwrap();
    writer.write_all(b"<x/>").unwrap();
    writer
        .start_file("xl/worksheets/sheet1.xml", options)
        .unwrap();
    writer.write_all(&vec![b' '; 48 << 20]).unwrap();
    let bomb = writer.finish().unwrap().into_inner();
    let refused = read(&bomb, &ReadOptions::default()).map(|_| ());
    assert!(
        matches!(
            refused,
            Err(vigie::platform::sheet::SheetError::TooLarge(_))
        ),
        "{refused:?}"
    );
}

/// Everything the log is told on this thread, spans and fields included.
struct Log(Arc<Mutex<String>>);

impl tracing::field::Visit for Log {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        use std::fmt::Write;
        let _ = writeln!(self.0.lock().unwrap(), "{field}={value:?}");
    }
}

impl tracing::Subscriber for Log {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target().starts_with("vigie") || metadata.target().starts_with("sqlx")
    }
    fn new_span(&self, span: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        span.record(&mut Log(self.0.clone()));
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, values: &tracing::span::Record<'_>) {
        values.record(&mut Log(self.0.clone()));
    }
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut Log(self.0.clone()));
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

/// What is secret is made, used and mistaken; then sought in the log and in the whole database.
#[tokio::test]
pub async fn no_secret_is_told_to_the_log_nor_kept_as_it_is() {
    let world = World::new().await;
    let told = Arc::new(Mutex::new(String::new()));
    let listening = listen(Log(told.clone()));
    let mut secrets: Vec<String> = vec![];
    let mut administrator = world.person("administrator").await;
    secrets.push(administrator.session().unwrap().to_owned());
    let account: String = sqlx::query_scalar("select id::text from account where login = 'buyer'")
        .fetch_one(&mut world.owner().await)
        .await
        .unwrap();
    let link = administrator
        .send_json(
            Method::POST,
            &format!("/accounts/users/{account}/link"),
            json!({}),
        )
        .await
        .json()["address"]
        .as_str()
        .unwrap()
        .trim_start_matches("http://vigie.test")
        .to_owned();
    secrets.push(link.rsplit('/').next().unwrap().to_owned());
    let password = "quatre mots sans rapport";
    let mut buyer = world.visitor();
    buyer.get(&link).await.is(200);
    buyer
        .post(&link, &[("password", password), ("again", password)])
        .await
        .is(303);
    secrets.push(password.to_owned());
    let mistaken = "cheval batterie agrafe juste";
    buyer
        .post(
            "/accounts/sessions",
            &[("login", "buyer"), ("password", mistaken)],
        )
        .await
        .is(422);
    secrets.push(mistaken.to_owned());
    buyer
        .post(
            "/accounts/sessions",
            &[("login", "buyer"), ("password", password)],
        )
        .await
        .is(303);
    secrets.push(buyer.session().unwrap().to_owned());
    let token = buyer
        .send_json(
            Method::POST,
            "/accounts/tokens",
            json!({ "name": "export", "expires_on": "2026-04-01" }),
        )
        .await
        .json()["token"]
        .as_str()
        .unwrap()
        .to_owned();
    secrets.push(token.clone());
    let mut program = crate::support::Person::program(world.app.clone(), &token);
    program.get_json("/accounts/units").await.is(200);
    drop(listening);
    let told = told.lock().unwrap().clone();
    assert!(
        told.contains("/accounts/sessions"),
        "the log was not heard: nothing is proved"
    );
    let mut owner = world.owner().await;
    let tables: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    let mut kept = String::new();
    for table in tables {
        let sql = format!("select coalesce(string_agg(t::text, e'\\n'), '') from \"{table}\" t");
        let rows: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_one(&mut owner)
            .await
            .unwrap();
        kept.push_str(&rows);
    }
    for secret in secrets {
        let bytes: String = secret.bytes().map(|b| format!("{b:02x}")).collect();
        assert!(!told.contains(&secret), "« {secret} » is in the log");
        assert!(!kept.contains(&secret), "« {secret} » is in the database");
        assert!(
            !kept.contains(&bytes),
            "« {secret} » is in the database, in hexadecimal"
        );
    }
}

#[tokio::test]
pub async fn the_address_of_a_link_never_comes_from_the_request() {
    let world = World::new().await;
    let mut administrator = world.person("administrator").await;
    let account: String = sqlx::query_scalar("select id::text from account where login = 'buyer'")
        .fetch_one(&mut world.owner().await)
        .await
        .unwrap();
    let request = axum::http::Request::post(format!("/accounts/users/{account}/link"))
        .header("host", "evil.test")
        .header("x-forwarded-host", "evil.test")
        .header("forwarded", "host=evil.test")
        .header("accept", "application/json")
        .header("content-type", "application/json")
        .header("x-csrf-token", administrator.csrf())
        .header(
            "cookie",
            format!("vigie_session={}", administrator.session().unwrap()),
        )
        .body("{}".into())
        .unwrap();
    let answer = administrator.send(request).await.is(200);
    assert!(
        answer.json()["address"]
            .as_str()
            .unwrap()
            .starts_with("http://vigie.test/accounts/links/")
    );
}

/// Who is a technician here and a ward user there has, there, what a ward user has.
#[tokio::test]
pub async fn rights_held_at_two_places_do_not_add_up() {
    let world = World::hospital().await;
    let mut owner = world.owner().await;
    let places: Vec<uuid::Uuid> = sqlx::query_scalar(
        "select e.id from establishment e where exists (select from device d where d.establishment_id = e.id and d.annulled_at is null) order by e.code limit 2",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    let account = vigie::kernel::id::fresh();
    {
        use sqlx::Connection;
        let mut tx = owner.begin().await.unwrap();
        sqlx::raw_sql("select set_config('vigie.now', '2026-03-01 08:00Z', true), set_config('vigie.actor_label', 'tests', true)")
            .execute(&mut *tx)
            .await
            .unwrap();
        sqlx::query("insert into account (id, login, display_name, must_change_password, created_at, version) values ($1, 'two.places', 'Deux lieux', false, '2026-03-01', 1)")
            .bind(account)
            .execute(&mut *tx)
            .await
            .unwrap();
        for (role, place) in [("technician", places[0]), ("ward_user", places[1])] {
            sqlx::query("insert into access_grant (id, account_id, role, establishment_id, granted_at) values ($1, $2, $3, $4, '2026-03-01')")
                .bind(vigie::kernel::id::fresh())
                .bind(account)
                .bind(role)
                .bind(place)
                .execute(&mut *tx)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
    }
    let mut person = world.signed_in("two.places").await;
    for (place, expected) in [(places[0], 200), (places[1], 404)] {
        let device: String = sqlx::query_scalar(
            "select id::text from device where establishment_id = $1 and annulled_at is null order by id limit 1",
        )
        .bind(place)
        .fetch_one(&mut owner)
        .await
        .unwrap();
        let page = format!("/inventory/devices/{device}");
        let shown = person.get(&page).await.is(200);
        let tabs = shown.attributes("nav.tabs a", "href");
        for path in [
            format!("/audit/subjects/{device}"),
            format!("/documents/subjects/device/{device}"),
            format!("{page}/history"),
        ] {
            assert_eq!(person.get(&path).await.status, expected, "{path}");
        }
        assert_eq!(
            tabs.contains(&format!("{page}/history")),
            expected == 200,
            "a tab that would be refused is offered, or one that would not is missing"
        );
    }
    // Where one is a ward user alone, the history of a device is not one's business either.
    let mut ward = world.person("ward_user").await;
    let device: String = sqlx::query_scalar(
        "select id::text from device where annulled_at is null order by id limit 1",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    ward.get(&format!("/inventory/devices/{device}/history"))
        .await
        .is(403);
}

/// Two people who press at the same instant: one wins, the other is told.
#[tokio::test]
pub async fn two_who_write_at_the_same_instant_do_not_both_win() {
    let world = World::new().await;
    let (mut one, mut two) = (
        world.signed_in("engineer.chv").await,
        world.person("biomedical_engineer").await,
    );
    let unit = json!({ "establishment": CHV, "uf_code": "3494", "name": "Course" });
    let (a, b) = tokio::join!(
        one.send_json(Method::POST, "/accounts/units", unit.clone()),
        two.send_json(Method::POST, "/accounts/units", unit)
    );
    let mut statuses = [a.status, b.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422]);
    let path = format!("/accounts/units/{UNIT}");
    let version = one.get_json(&path).await.json()["version"].clone();
    let edit = |name: &str| json!({ "establishment": CHV, "uf_code": "3401", "name": name, "version": version });
    let (a, b) = tokio::join!(
        one.send_json(Method::PATCH, &path, edit("Réanimation A")),
        two.send_json(Method::PATCH, &path, edit("Réanimation B"))
    );
    let mut statuses = [a.status, b.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
}

/// Postgres keeps no NUL, and no key of any length: wherever they come, they are refused in words.
#[tokio::test]
pub async fn a_nul_or_an_endless_key_is_refused_wherever_it_comes() {
    let world = World::new().await;
    let mut engineer = world.person("biomedical_engineer").await;
    for path in [
        "/q/a%00b",
        "/search?q=a%00b",
        "/search/suggestions?kind=unit&q=%00",
        "/parties/organisations/suggestions?q=%00",
        "/accounts/units?q=%00",
        "/audit/subjects/%00",
        "/documents/subjects/%00/x",
    ] {
        assert!(
            matches!(engineer.get(path).await.status, 400 | 404),
            "{path}"
        );
    }
    let unit = |name: &'static str, key: String| json!({ "establishment": CHV, "uf_code": "3495", "name": name, "_key": key });
    for body in [
        unit("a\0b", "k".into()),
        unit("a", "k\0".into()),
        unit("a", "k".repeat(5_000)),
    ] {
        let refused = engineer
            .send_json(Method::POST, "/accounts/units", body)
            .await;
        assert_eq!(refused.status, 400, "{}", refused.text);
    }
    let path = format!("/documents/subjects/unit/{UNIT}");
    let title = [("kind", "other"), ("title", "a\0b")];
    engineer
        .upload(&path, &title, ("file", "a.pdf", b"%PDF-1.7\n"))
        .await
        .is(400);
    let title = [("kind", "other"), ("title", "Notice")];
    let sent = engineer
        .upload(
            &path,
            &title,
            ("file", "a\u{1}\u{7f}b.pdf", b"%PDF-1.7\n%%EOF\n"),
        )
        .await;
    assert!(matches!(sent.status, 303 | 400), "{}", sent.words());
}

/// Nothing that is sent takes long to refuse: no backtracking, no quadratic reading.
#[tokio::test]
pub async fn long_and_twisted_texts_are_answered_at_once() {
    let world = World::new().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let twisted = [
        "a".repeat(6_000),
        "%28".repeat(1_500),
        "(((((a+)+)+)+)+)+$".repeat(200),
        "f=name:contains:".to_owned() + &"x%7C".repeat(1_500),
    ];
    for text in twisted {
        for path in ["/search?q=", "/accounts/units?q=", "/accounts/units?f="] {
            let since = std::time::Instant::now();
            let answer = engineer
                .get(&format!(
                    "{path}{}",
                    text.replace('+', "%2B").replace('$', "%24")
                ))
                .await;
            assert!(answer.status < 500);
            assert!(
                since.elapsed() < std::time::Duration::from_secs(5),
                "{path} took {:?}",
                since.elapsed()
            );
        }
    }
}
