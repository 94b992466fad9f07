//! Lines, heads and blocks changed directly in Postgres by its superuser, and how `vigie verify` and the
//! stand-alone verifier name the first that does not hold.

use std::path::PathBuf;
use std::process::Command;

use chrono::TimeDelta;
use sqlx::{AssertSqlSafe, Executor};
use vigie::app::App;
use vigie::audit::seals::keys::Known;
use vigie::kernel::{Clock, id};
use vigie::register::{Finding, Verified, Why, seal, verify};

use super::world::{DEVICE, OTHER, furnish, write};
use crate::support::{Person, World, now, options};

/// A world with a data folder of its own, hence a key of its own.
pub struct Sealed {
    pub world: World,
    pub app: App,
    pub folder: PathBuf,
}

impl Sealed {
    pub async fn new() -> Self {
        let mut world = World::new().await;
        furnish(&world).await;
        let folder = std::env::temp_dir().join(format!("vigie-register-{}", id::fresh().simple()));
        let mut options = options(Clock::still(now()));
        options.data_dir = folder.clone();
        let app = App::new(world.pool.clone(), options).await.unwrap();
        app.service();
        world.app = app.clone();
        Self { world, app, folder }
    }

    /// Four lines, sealed after the second and the fourth, and two of another device.
    async fn filled() -> (Self, Person) {
        let sealed = Self::new().await;
        let mut engineer = sealed.world.signed_in("engineer.chv").await;
        for n in 0..4 {
            write(&mut engineer, DEVICE, &[]).await.is(303);
            if n < 2 {
                write(&mut engineer, OTHER, &[]).await.is(303);
            }
            if n % 2 == 1 {
                assert!(seal(&sealed.app).await.unwrap() > 0);
            }
        }
        assert_eq!(sealed.verify().await.findings, []);
        (sealed, engineer)
    }

    async fn verify(&self) -> Verified {
        let known = Known::of(&self.folder).unwrap();
        verify(self.app.pool(), &self.folder, &known).await.unwrap()
    }

    /// Does what the superuser of the database can, triggers off.
    async fn tamper(&self, sql: &str) {
        self.world
            .owner()
            .await
            .execute(AssertSqlSafe(format!(
                "set session_replication_role = replica; {sql}"
            )))
            .await
            .unwrap();
    }

    /// What the stand-alone verifier answers on an export made now: its status and its words.
    async fn stand_alone(&self, person: &mut Person, more: &[&str]) -> (i32, String) {
        let export = person
            .get(&format!("/register/devices/{DEVICE}/export?format=jsonl"))
            .await
            .is(200);
        let path = self.folder.join(format!("{}.jsonl", id::fresh().simple()));
        std::fs::write(&path, &export.bytes).unwrap();
        check_file(&path, more)
    }
}

impl Drop for Sealed {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn check_file(path: &std::path::Path, more: &[&str]) -> (i32, String) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/bin/verify-register.py");
    let output = Command::new("python3")
        .arg(script)
        .arg(path)
        .args(more)
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap_or(-1), words)
}

/// The bytes that are hashed, written again in SQL: an attacker has them too.
const RECOMPUTE: &str = r#"
    create function pg_temp.field(name text, value text) returns bytea language sql as $$
        select case when value is null then convert_to(name || e':-\n', 'utf8') else convert_to(name || ':' || octet_length(value) || ':' || value || e'\n', 'utf8') end $$;
    create function pg_temp.line_hash(l register_line) returns bytea language sql as $$
        select sha256(convert_to(e'vigie.register.line.1\n', 'utf8') || pg_temp.field('id', l.id::text) || pg_temp.field('device_id', l.device_id::text) || pg_temp.field('number', l.number::text)
            || pg_temp.field('entry', l.entry) || pg_temp.field('corrects_id', l.corrects_id::text) || pg_temp.field('kind', l.kind) || pg_temp.field('nature', l.nature)
            || pg_temp.field('begun_on', l.begun_on::text) || pg_temp.field('done_on', l.done_on::text) || pg_temp.field('done_on_text', l.done_on_text) || pg_temp.field('performer_name', l.performer_name)
            || pg_temp.field('performer_role', l.performer_role) || pg_temp.field('performer_employer', l.performer_employer) || pg_temp.field('accreditation', l.accreditation)
            || pg_temp.field('performance', l.performance) || pg_temp.field('measurements', l.measurements) || pg_temp.field('conformity', l.conformity) || pg_temp.field('stopped_on', l.stopped_on::text)
            || pg_temp.field('resumed_on', l.resumed_on::text) || pg_temp.field('restrictions', l.restrictions) || pg_temp.field('software_before', l.software_before) || pg_temp.field('software_after', l.software_after)
            || pg_temp.field('report_id', l.report_id::text) || pg_temp.field('report_name', l.report_name) || pg_temp.field('report_sha256', l.report_sha256) || pg_temp.field('reason', l.reason)
            || pg_temp.field('late_days', l.late_days::text) || pg_temp.field('source', l.source) || pg_temp.field('cause_type', l.cause_type) || pg_temp.field('cause_id', l.cause_id::text)
            || pg_temp.field('recorded_at', to_char(l.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) || pg_temp.field('recorded_by', l.recorded_by::text)
            || pg_temp.field('recorded_by_name', l.recorded_by_name) || pg_temp.field('previous_hash', encode(l.previous_hash, 'hex'))) $$;
    create function pg_temp.rechain(of_device uuid) returns void language plpgsql as $$
    declare l register_line; before bytea := decode(repeat('00', 32), 'hex');
    begin
        for l in select * from register_line where device_id = of_device order by number loop
            l.previous_hash := before;
            before := pg_temp.line_hash(l);
            update register_line set previous_hash = l.previous_hash, hash = before where id = l.id;
        end loop;
        update register_head set last_hash = before, line_count = (select max(number) from register_line where device_id = of_device) where device_id = of_device;
    end $$;
"#;

fn recomputed(sql: &str) -> String {
    format!("{RECOMPUTE} {sql}; select pg_temp.rechain('{DEVICE}');")
}

/// Tampers, and wants both verifiers to name the same first line for the same reason.
async fn named(sql: &str, number: i32, why: Why, word: &str) {
    let (sealed, mut engineer) = Sealed::filled().await;
    let (status, words) = sealed.stand_alone(&mut engineer, &[]).await;
    assert_eq!(status, 0, "{words}");
    sealed.tamper(sql).await;
    let report = sealed.verify().await;
    assert!(
        matches!(report.findings.first(), Some(Finding::Line { name, number: n, why: w, .. }) if name == "BM001" && *n == number && *w == why),
        "{sql}: {:?}",
        report.findings
    );
    let (status, words) = sealed.stand_alone(&mut engineer, &[]).await;
    assert_eq!(status, 1, "{words}");
    let wanted = format!("registre de BM001, ligne {number} :");
    assert!(
        words.contains(&wanted) && words.contains(&format!("[{word}]")),
        "{sql}: {words}"
    );
}

#[tokio::test]
async fn an_altered_line_is_named_by_both_verifiers() {
    named("update register_line set performance = 'OK' where number = 3 and device_id = '01950000-0000-7000-8000-00000000d001'", 3, Why::Altered, "altered").await;
}

#[tokio::test]
async fn an_altered_hash_is_named() {
    named("update register_line set hash = sha256('x') where number = 2 and device_id = '01950000-0000-7000-8000-00000000d001'", 2, Why::Altered, "altered").await;
}

#[tokio::test]
async fn a_deleted_line_is_named() {
    named("delete from register_line where number = 2 and device_id = '01950000-0000-7000-8000-00000000d001'", 2, Why::Missing, "missing").await;
}

#[tokio::test]
async fn the_last_lines_deleted_are_named_even_when_the_head_is_rewritten() {
    named(
        "delete from register_line where number > 2 and device_id = '01950000-0000-7000-8000-00000000d001';
         update register_head h set line_count = 2, sealed_count = 2, last_hash = (select hash from register_line l where l.device_id = h.device_id and number = 2) where device_id = '01950000-0000-7000-8000-00000000d001'",
        3,
        Why::Missing,
        "missing",
    )
    .await;
}

#[tokio::test]
async fn a_whole_register_deleted_is_named() {
    let (sealed, _) = Sealed::filled().await;
    sealed.tamper(&format!("delete from register_line where device_id = '{DEVICE}'; delete from register_head where device_id = '{DEVICE}'")).await;
    let findings = sealed.verify().await.findings;
    assert!(
        matches!(&findings[0], Finding::Line { name, number: 1, why: Why::Missing, .. } if name == "BM001"),
        "{findings:?}"
    );
}

#[tokio::test]
async fn an_inserted_line_is_named() {
    named(
        "update register_line set number = number + 100 where number >= 3 and device_id = '01950000-0000-7000-8000-00000000d001';
         insert into register_line select (jsonb_populate_record(l, jsonb_build_object('id', '01950000-0000-7000-8000-00000000f0f0', 'number', 3, 'hash', '\\x' || repeat('ab', 32)))).* from register_line l where number = 1 and device_id = '01950000-0000-7000-8000-00000000d001'",
        3,
        Why::Altered,
        "altered",
    )
    .await;
}

#[tokio::test]
async fn reordered_lines_are_named() {
    named(
        "update register_line set number = 90 where number = 2 and device_id = '01950000-0000-7000-8000-00000000d001';
         update register_line set number = 2 where number = 3 and device_id = '01950000-0000-7000-8000-00000000d001';
         update register_line set number = 3 where number = 90 and device_id = '01950000-0000-7000-8000-00000000d001'",
        2,
        Why::Altered,
        "altered",
    )
    .await;
}

#[tokio::test]
async fn a_chain_recomputed_in_postgres_is_named_at_its_first_sealed_line() {
    let sql = recomputed(&format!(
        "update register_line set performance = 'OK' where number = 1 and device_id = '{DEVICE}'"
    ));
    named(&sql, 2, Why::NotAsSealed(1), "not-as-sealed").await;
}

#[tokio::test]
async fn a_line_slipped_in_with_its_chain_recomputed_is_named() {
    let sql = recomputed(&format!(
        "update register_line set number = number + 100 where number >= 2 and device_id = '{DEVICE}';
         insert into register_line select (jsonb_populate_record(l, jsonb_build_object('id', '01950000-0000-7000-8000-00000000f0f0', 'number', 2, 'hash', '\\x' || repeat('ab', 32)))).* from register_line l where number = 1 and device_id = '{DEVICE}';
         update register_line set number = number - 99 where number >= 100 and device_id = '{DEVICE}'"
    ));
    named(&sql, 2, Why::NotAsSealed(1), "not-as-sealed").await;
}

#[tokio::test]
async fn a_line_added_behind_the_head_is_named() {
    let (sealed, _) = Sealed::filled().await;
    sealed
        .tamper(&format!(
            "{RECOMPUTE}
             insert into register_line select (jsonb_populate_record(l, jsonb_build_object('id', '01950000-0000-7000-8000-00000000f0f0', 'number', 5, 'hash', '\\x' || repeat('ab', 32), 'previous_hash', '\\x' || encode(l.hash, 'hex')))).* from register_line l where number = 4 and device_id = '{DEVICE}';
             update register_line l set hash = pg_temp.line_hash(l) where number = 5"
        ))
        .await;
    let findings = sealed.verify().await.findings;
    assert!(
        matches!(
            &findings[..],
            [Finding::Line {
                number: 5,
                why: Why::Added,
                ..
            }]
        ),
        "{findings:?}"
    );
}

#[tokio::test]
async fn a_recomputed_chain_is_not_sealed_whatever_its_head_says() {
    let (sealed, mut engineer) = Sealed::filled().await;
    sealed.tamper(&recomputed(&format!("update register_line set performance = 'OK' where number = 4 and device_id = '{DEVICE}'"))).await;
    sealed
        .tamper("update register_head set sealed_count = 0")
        .await;
    write(&mut engineer, DEVICE, &[]).await.is(303);
    seal(&sealed.app).await.unwrap();
    let findings = sealed.verify().await.findings;
    assert!(
        matches!(
            findings.first(),
            Some(Finding::Line {
                number: 4,
                why: Why::NotAsSealed(3),
                ..
            })
        ),
        "{findings:?}"
    );
}

#[tokio::test]
async fn heads_and_blocks_changed_are_named() {
    for (sql, wanted) in [
        (
            "update register_block_head set last_hash = sha256('x') where block_id = 3",
            "bloc 3",
        ),
        (
            "update register_block_head set signature = sha256('x') || sha256('y') where block_id = 3",
            "tête scellée au bloc 3",
        ),
        (
            "update register_block set line_count = 9 where id = 1",
            "bloc 1",
        ),
        (
            "delete from register_block_head where block_id = 1",
            "bloc 1",
        ),
        (
            "delete from register_block where id = 1",
            "un bloc manque avant lui",
        ),
        (
            "delete from register_block_head where block_id > 1; delete from register_block where id > 1; delete from register_line where number > 2; update register_head h set line_count = 2, sealed_count = 2, last_hash = (select hash from register_line l where l.device_id = h.device_id and number = 2)",
            "absent de la base",
        ),
    ] {
        let (sealed, _) = Sealed::filled().await;
        sealed.tamper(sql).await;
        let findings: Vec<String> = sealed
            .verify()
            .await
            .findings
            .iter()
            .map(ToString::to_string)
            .collect();
        assert!(
            findings.iter().any(|f| f.contains(wanted)),
            "{sql}: {findings:?}"
        );
    }
}

#[tokio::test]
async fn an_earlier_export_shows_lines_that_were_cut_with_their_seals() {
    let (sealed, mut engineer) = Sealed::filled().await;
    let earlier = sealed.folder.join("earlier.jsonl");
    let export = engineer
        .get(&format!("/register/devices/{DEVICE}/export?format=jsonl"))
        .await
        .is(200);
    std::fs::write(&earlier, &export.bytes).unwrap();
    sealed
        .tamper("delete from register_block_head where block_id > 1; delete from register_line where number > 2; update register_head h set line_count = 2, sealed_count = 2, last_hash = (select hash from register_line l where l.device_id = h.device_id and number = 2)")
        .await;
    let (status, words) = sealed.stand_alone(&mut engineer, &[]).await;
    assert_eq!(status, 0, "alone, the shorter export cannot tell: {words}");
    let (status, words) = sealed
        .stand_alone(&mut engineer, &["--earlier", earlier.to_str().unwrap()])
        .await;
    assert!(
        status == 1 && words.contains("registre de BM001, ligne 3 :"),
        "{words}"
    );
}

#[tokio::test]
async fn a_file_changed_after_its_export_and_a_foreign_key_are_refused() {
    let (sealed, mut engineer) = Sealed::filled().await;
    let export = engineer
        .get(&format!("/register/devices/{DEVICE}/export?format=jsonl"))
        .await
        .is(200);
    let path = sealed.folder.join("changed.jsonl");
    let text = String::from_utf8(export.bytes.to_vec()).unwrap();
    std::fs::write(&path, text.replace("358 J", "999 J")).unwrap();
    let (status, words) = check_file(&path, &[]);
    assert!(
        status == 1 && words.contains("ligne 1 :") && words.contains("le fichier a été modifié"),
        "{words}"
    );
    let cut: String = text.lines().take(4).map(|l| format!("{l}\n")).collect();
    std::fs::write(&path, cut).unwrap();
    let (status, words) = check_file(&path, &[]);
    assert!(status == 1 && words.contains("il a été coupé"), "{words}");
    std::fs::write(&path, &text).unwrap();
    let (status, words) = check_file(
        &path,
        &[
            "--key",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        ],
    );
    assert!(
        status == 1
            && words.contains("[unsigned]")
            && words.contains("n’est pas signé par cette clé"),
        "{words}"
    );
}

#[tokio::test]
async fn a_new_day_is_sealed_over_every_register_and_shown() {
    let (sealed, _) = Sealed::filled().await;
    let first = sealed.verify().await;
    assert_eq!(
        (first.blocks, first.registers, first.lines, first.unsealed),
        (3, 2, 6, 0),
        "two blocks of heads, one of the day"
    );
    sealed.app.clock().advance(TimeDelta::days(1));
    assert_eq!(seal(&sealed.app).await.unwrap(), 0);
    assert_eq!(seal(&sealed.app).await.unwrap(), 0, "one a day");
    let report = sealed.verify().await;
    assert_eq!((report.blocks, report.findings), (4, vec![]));
    // The session ended with the day.
    let mut engineer = sealed.world.signed_in("engineer.chv").await;
    engineer
        .get("/register/codes")
        .await
        .is(200)
        .shows("3 mars 2026");
    write(&mut engineer, OTHER, &[]).await.is(303);
    let report = sealed.verify().await;
    assert_eq!((report.unsealed, report.findings), (1, vec![]));
    sealed.tamper("update register_block_head set line_count = 3 where block_id = 3; update register_block set device_count = 3 where kind = 'day' and id = 4").await;
    assert!(!sealed.verify().await.findings.is_empty());
}

#[tokio::test]
async fn the_code_of_a_paper_leads_to_its_line() {
    let (sealed, mut engineer) = Sealed::filled().await;
    let json = engineer
        .get_json(&format!("/register/devices/{DEVICE}"))
        .await
        .json();
    let code = json["code"].as_str().unwrap().to_owned();
    engineer
        .get(&format!("/register/codes?code={code}"))
        .await
        .is(200)
        .shows("ligne 4 du registre de BM001")
        .shows("ce papier est complet");
    write(&mut engineer, DEVICE, &[]).await.is(303);
    engineer
        .get(&format!("/register/codes?code={}", code.to_lowercase()))
        .await
        .is(200)
        .shows("s’arrête avant la fin");
    engineer
        .get("/register/codes?code=0000")
        .await
        .is(200)
        .shows("Ce n’est pas un code");
    let mut stranger = sealed.world.signed_in("engineer.chm").await;
    stranger
        .get(&format!("/register/codes?code={code}"))
        .await
        .is(200)
        .shows("Aucune ligne")
        .does_not_show("BM001");
}
