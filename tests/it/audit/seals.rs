//! Rows changed behind the application, and how verification names them.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use sqlx::{AssertSqlSafe, Connection, Executor};
use vigie::app::App;
use vigie::audit::seals::keys::Known;
use vigie::audit::seals::{Finding, Report, seal, verify};
use vigie::kernel::{Clock, id};

use crate::support::{World, now, options};

/// A world with a data folder of its own, hence a key of its own.
struct Sealed {
    world: World,
    app: App,
    folder: PathBuf,
}

fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("vigie-seals-{}", id::fresh().simple()))
}

async fn app_in(world: &World, folder: &std::path::Path) -> App {
    let mut options = options(Clock::still(now()));
    options.data_dir = folder.to_path_buf();
    App::new(world.pool.clone(), options).await.unwrap()
}

impl Sealed {
    async fn new() -> Self {
        let world = World::new().await;
        let folder = folder();
        let app = app_in(&world, &folder).await;
        Self { world, app, folder }
    }

    async fn verify(&self) -> Report {
        verify(self.app.pool(), &Known::of(&self.folder).unwrap())
            .await
            .unwrap()
    }

    async fn findings(&self) -> Vec<Finding> {
        self.verify().await.findings
    }

    async fn seal(&self) -> i64 {
        seal(&self.app).await.unwrap()
    }

    /// Does what the holder of the database's superuser can, triggers off.
    async fn tamper(&self, sql: &str) {
        let mut owner = self.world.owner().await;
        owner
            .execute(AssertSqlSafe(format!(
                "set session_replication_role = replica; {sql}"
            )))
            .await
            .unwrap();
    }

    /// Three more rows, as the application writes them.
    async fn write(&self) {
        let mut engineer = self.world.signed_in("engineer.chv").await;
        for _ in 0..3 {
            let code = id::fresh().simple().to_string()[20..].to_owned();
            engineer
                .post(
                    "/accounts/units",
                    &[
                        ("establishment", "01950000-0000-7000-8000-0000000000a1"),
                        ("uf_code", code.as_str()),
                        ("name", "Une unité"),
                    ],
                )
                .await
                .is(303);
        }
    }
}

impl Drop for Sealed {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[tokio::test]
async fn what_the_application_writes_verifies() {
    let sealed = Sealed::new().await;
    let before = sealed.verify().await;
    assert!(before.findings.is_empty() && before.blocks == 0 && before.unsealed > 0);
    let first = sealed.seal().await;
    assert_eq!(first, before.unsealed);
    sealed.write().await;
    assert_eq!(sealed.verify().await.unsealed, 3);
    assert_eq!(sealed.seal().await, 3);
    assert_eq!(sealed.seal().await, 0, "nothing new, no block");
    let report = sealed.verify().await;
    assert_eq!(report.findings, []);
    assert_eq!(
        (report.blocks, report.rows, report.unsealed),
        (2, first + 3, 0)
    );
    let key = std::fs::metadata(sealed.folder.join("keys/audit-ed25519.key")).unwrap();
    assert_eq!(key.permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn an_altered_row_is_named() {
    let sealed = Sealed::new().await;
    sealed.seal().await;
    sealed.write().await;
    sealed.seal().await;
    let row = sealed
        .world
        .count("select max(id) - 1 from audit_row")
        .await;
    sealed
        .tamper(&format!(
            "update audit_row set actor_label = 'quelqu’un d’autre' where id = {row}"
        ))
        .await;
    assert_eq!(
        sealed.findings().await,
        [Finding::Altered { block: 2, row }]
    );
}

#[tokio::test]
async fn every_column_of_a_row_is_sealed() {
    let sealed = Sealed::new().await;
    sealed.seal().await;
    let row = sealed.world.count("select min(id) from audit_row").await;
    sealed
        .tamper(&format!(
            "create table kept as select * from audit_row where id = {row}"
        ))
        .await;
    for change in [
        "at = at + interval '1 microsecond'",
        "actor_id = '01950000-0000-7000-8000-0000000000ff'",
        "actor_label = 'x'",
        "request_id = '01950000-0000-7000-8000-0000000000ff'",
        "reason = 'parce que'",
        "table_name = 'x'",
        "row_id = null",
        "subject_id = null",
        "establishment_id = '01950000-0000-7000-8000-0000000000fe'",
        "operation = 'delete'",
        "before = '{}'",
        "after = '{}'",
    ] {
        sealed
            .tamper(&format!("update audit_row set {change} where id = {row}"))
            .await;
        assert_eq!(
            sealed.findings().await,
            [Finding::Altered { block: 1, row }],
            "{change}"
        );
        sealed
            .tamper(&format!("delete from audit_row where id = {row}; insert into audit_row overriding system value select * from kept"))
            .await;
        assert_eq!(
            sealed.findings().await,
            [],
            "the row as it was, after {change}"
        );
    }
}

#[tokio::test]
async fn a_removed_row_is_named() {
    let sealed = Sealed::new().await;
    sealed.seal().await;
    let row = sealed
        .world
        .count("select min(id) + 2 from audit_row")
        .await;
    sealed
        .tamper(&format!("delete from audit_row where id = {row}"))
        .await;
    assert_eq!(
        sealed.findings().await,
        [Finding::Removed { block: 1, row }]
    );
}

#[tokio::test]
async fn an_inserted_row_is_named_even_between_two_blocks() {
    let sealed = Sealed::new().await;
    sealed.seal().await;
    // A number that was given to a write that was rolled back.
    let gap = sealed
        .world
        .count("select nextval(pg_get_serial_sequence('audit_row', 'id'))")
        .await;
    sealed.write().await;
    sealed.seal().await;
    sealed
        .tamper(&format!(
            "insert into audit_row (id, at, actor_label, table_name, operation) overriding system value values ({gap}, '2026-03-02', 'personne', 'unit', 'insert')"
        ))
        .await;
    assert_eq!(
        sealed.findings().await,
        [Finding::Inserted { block: 2, row: gap }]
    );
}

#[tokio::test]
async fn a_cut_tail_a_rewritten_chain_and_another_key_show() {
    let sealed = Sealed::new().await;
    sealed.seal().await;
    sealed.write().await;
    sealed.seal().await;

    // The intruder seals altered rows again, honestly but for the key.
    let theirs = folder();
    sealed
        .tamper("update audit_row set actor_label = 'x' where id = (select max(id) from audit_row); delete from audit_block where id = 2")
        .await;
    seal(&app_in(&sealed.world, &theirs).await).await.unwrap();
    std::fs::remove_dir_all(theirs).unwrap();
    assert_eq!(
        sealed.findings().await,
        [Finding::Unsigned(2), Finding::HeadMissing(2)]
    );

    sealed
        .tamper("delete from audit_block where id = 2; delete from audit_row where id > (select max(last_row_id) from audit_block)")
        .await;
    assert_eq!(sealed.findings().await, [Finding::HeadMissing(2)]);

    sealed
        .tamper("update audit_block set row_count = row_count + 1")
        .await;
    assert_eq!(sealed.findings().await[0], Finding::BlockAltered(1));
}

#[tokio::test]
async fn without_the_key_nothing_is_called_good() {
    let sealed = Sealed::new().await;
    sealed.seal().await;
    std::fs::remove_file(sealed.folder.join("keys/audit-ed25519.key")).unwrap();
    assert_eq!(sealed.findings().await, [Finding::NoKey]);
}

#[tokio::test]
async fn a_row_still_being_written_is_not_jumped_over() {
    let sealed = Sealed::new().await;
    sealed.seal().await;
    let mut slow = sealed.world.owner().await;
    let mut tx = slow.begin().await.unwrap();
    sqlx::raw_sql("select set_config('vigie.now', '2026-03-02 08:00Z', true); update unit set name = 'Lente' where uf_code = '3402'")
        .execute(&mut *tx)
        .await
        .unwrap();
    sealed.write().await;
    assert_eq!(
        sealed.seal().await,
        0,
        "somebody still writes behind these rows"
    );
    tx.commit().await.unwrap();
    assert_eq!(sealed.seal().await, 4);
    assert_eq!(sealed.findings().await, []);
}
