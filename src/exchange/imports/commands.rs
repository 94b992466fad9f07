//! What a person does with a run: stage a file, change its mapping, correct a line, decide a proposal, try, commit,
//! cancel, undo. Each does the whole deed and returns its event.

use serde_json::{Value, json};
use uuid::Uuid;

use super::apply::Act;
use super::headers::{Mapping, Target};
use super::last_done;
use super::operations;
use super::plan::{self, Course, Mode, Plan};
use super::queries::Run;
use super::references::Kind;
use super::undo::Undone;
use crate::accounts::EstablishmentId;
use crate::accounts::access::Covered;
use crate::accounts::actions::ImportDevices;
use crate::kernel::{Error, Event, Result, Subject, id};
use crate::platform::db::{OnConstraint, OneRow, Tx};
use crate::platform::sheet::Sheet;

crate::id_type!(/** A file on its way in. */ RunId);

/// How many steps a plan counts.
pub const STEPS: i64 = 6;

/// How far a plan is, read by the job that shows it.
#[derive(Debug, Clone, Default)]
pub struct Steps {
    /// Steps done, out of [`STEPS`].
    pub done: std::sync::Arc<std::sync::atomic::AtomicI64>,
}

impl Steps {
    /// One step more.
    pub fn step(&self) {
        self.done.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    }
}

/// For how long an import can be taken back.
pub const UNDO_DAYS: i64 = 30;

/// A file read, about to be staged.
#[derive(Debug)]
pub struct NewRun {
    /// Where its devices are registered, unless a line says otherwise.
    pub establishment: EstablishmentId,
    /// The source it comes from, under which its mapping may be saved.
    pub source: Option<String>,
    /// Its name.
    pub file_name: String,
    /// SHA-256 of its bytes.
    pub file_hash: Vec<u8>,
    /// How many bytes.
    pub file_size: i64,
    /// The sheet to import.
    pub sheet: Sheet,
    /// Which column feeds which field.
    pub mapping: Mapping,
    /// Whether every proposal is accepted.
    pub accepts_all: bool,
}

fn subject(run: RunId, establishment: EstablishmentId) -> Subject {
    Subject::of("import_run", run, establishment)
}

/// Stages a file: its lines are kept as read, nothing is planned yet.
pub async fn stage(tx: &mut Tx, _: Covered<ImportDevices>, new: NewRun) -> Result<(RunId, Event)> {
    let run = RunId::fresh();
    let (now, actor) = (tx.now(), tx.actor().id);
    let lines = new.sheet.rows.len();
    sqlx::query!(
        "insert into import_run (
             id, establishment_id, kind, source, file_name, file_hash, file_size, encoding, separator, sheet_name, header_row, headers, warnings, mapping, parameters,
             accepts_all, state, read_count, created_count, updated_count, unchanged_count, rejected_count, pending_count, created_at, created_by, version)
         values ($1, $2, $18, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '{}', $14, 'mapping', $15, 0, 0, 0, 0, 0, $16, $17, 1)",
        run.uuid(),
        new.establishment.uuid(),
        new.source,
        new.file_name,
        new.file_hash,
        new.file_size,
        new.sheet.encoding,
        new.sheet.separator.map(String::from),
        new.sheet.name,
        new.sheet.header_row.cast_signed(),
        &new.sheet.headers,
        &new.sheet.warnings,
        json!(new.mapping),
        new.accepts_all,
        i32::try_from(lines).unwrap_or(i32::MAX),
        now,
        actor,
        new.mapping.target.code()
    )
    .execute(&mut **tx)
    .await?;
    let numbers: Vec<i32> = new
        .sheet
        .rows
        .iter()
        .map(|row| row.number.cast_signed())
        .collect();
    let cells: Vec<Value> = new.sheet.rows.iter().map(|row| json!(row.cells)).collect();
    sqlx::query!(
        "insert into import_row (run_id, number, cells, corrected)
         select $1, l.number, array(select jsonb_array_elements_text(l.cells)), false
         from unnest($2::int[], $3::jsonb[]) as l (number, cells)",
        run.uuid(),
        &numbers,
        &cells
    )
    .execute(&mut **tx)
    .await?;
    let event = Event::new(
        "import.staged",
        subject(run, new.establishment),
        format!("Fichier {} reçu : {lines} lignes", new.file_name),
    );
    Ok((run, event))
}

fn act(tx: &Tx, run: &Run) -> Act {
    Act {
        run_id: run.id.uuid(),
        now: tx.now(),
        actor_id: tx.actor().id,
        actor_label: tx.actor().label.clone(),
        file_name: run.file_name.clone(),
    }
}

fn course(tx: &Tx, run: &Run, allowed: Option<Vec<Uuid>>) -> Course {
    Course {
        establishment_id: run.establishment_id.uuid(),
        headers: run.headers.clone(),
        mapping: run.mapping.clone(),
        accepts_all: run.accepts_all,
        allowed,
        today: run.local_day(tx.now()),
    }
}

/// Plans a run and takes everything back but what was found: the dry run.
pub async fn try_out(
    tx: &mut Tx,
    run: &Run,
    allowed: Option<Vec<Uuid>>,
    steps: &Steps,
) -> Result<(Plan, Event)> {
    let plan = match run.mapping.target {
        Target::Devices => {
            let (act, course) = (act(tx, run), course(tx, run, allowed));
            plan::run(&mut *tx, &act, &course, Mode::DryRun, steps).await?
        }
        Target::Register => {
            operations::run(tx, run, allowed.as_deref(), Mode::DryRun, steps)
                .await?
                .0
        }
        Target::LastDone => {
            last_done::run(tx, run, allowed.as_deref(), Mode::DryRun, steps)
                .await?
                .0
        }
    };
    keep(tx, run, &plan, "planned").await?;
    let event = Event::new(
        "import.planned",
        subject(run.id, run.establishment_id),
        format!("Essai de {} : {}", run.file_name, told(&plan)),
    );
    Ok((plan, event))
}

/// Plans a run again and does it. Stops when it would do anything else than the dry run said.
pub async fn commit(
    tx: &mut Tx,
    run: &Run,
    allowed: Option<Vec<Uuid>>,
    steps: &Steps,
) -> Result<(Plan, Event)> {
    if run.state == "committed" || run.state == "undone" {
        return Err(Error::refused(
            "un fichier s’importe une fois",
            "Ce fichier a déjà été importé : envoyez-le de nouveau pour le rejouer.",
        ));
    }
    tx.because(&format!("import du fichier {}", run.file_name))
        .await?;
    let (plan, written) = match run.mapping.target {
        Target::Devices => {
            let (act, course) = (act(tx, run), course(tx, run, allowed));
            let plan = plan::run(&mut *tx, &act, &course, Mode::Commit, steps).await?;
            (plan, None)
        }
        Target::Register => {
            operations::run(tx, run, allowed.as_deref(), Mode::Commit, steps).await?
        }
        Target::LastDone => {
            last_done::run(tx, run, allowed.as_deref(), Mode::Commit, steps).await?
        }
    };
    if run
        .plan_hash
        .as_ref()
        .is_some_and(|hash| *hash != plan.digest)
    {
        return Err(Error::Conflict("Le parc a changé depuis l’essai : l’import ferait autre chose que ce qui a été montré. Refaites l’essai.".into()));
    }
    keep(tx, run, &plan, "committed").await?;
    let now = tx.now();
    sqlx::query!(
        "update import_run set committed_at = $2, committed_by = $3, undo_before = $4 where id = $1",
        run.id.uuid(),
        now,
        tx.actor().id,
        now + chrono::TimeDelta::days(UNDO_DAYS)
    )
    .execute(&mut **tx)
    .await?;
    let event = Event::new(
        "import.committed",
        subject(run.id, run.establishment_id),
        format!("Fichier {} importé : {}", run.file_name, told(&plan)),
    )
    .with(json!(plan.sums));
    let event = match written {
        Some(written) => event.and(written),
        None => event,
    };
    Ok((plan, event))
}

fn told(plan: &Plan) -> String {
    let sums = &plan.sums;
    format!(
        "{} lues = {} créées + {} modifiées + {} inchangées + {} rejetées",
        sums.read, sums.created, sums.updated, sums.unchanged, sums.rejected
    )
}

async fn keep(tx: &mut Tx, run: &Run, plan: &Plan, state: &str) -> Result<()> {
    let count = |count: i64| i32::try_from(count).unwrap_or(i32::MAX);
    let (now, sums) = (tx.now(), &plan.sums);
    sqlx::query!(
        "update import_run
         set state = $2, read_count = $3, created_count = $4, updated_count = $5, unchanged_count = $6, rejected_count = $7, pending_count = $8,
             plan_hash = $9, planned_at = $10, error = null, version = version + 1
         where id = $1 and state <> 'cancelled'",
        run.id.uuid(),
        state,
        count(sums.read),
        count(sums.created),
        count(sums.updated),
        count(sums.unchanged),
        count(sums.rejected),
        count(sums.pending),
        plan.digest,
        now
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    Ok(())
}

/// Changes which column feeds which field; under a source, keeps it for its next files.
pub async fn map(
    tx: &mut Tx,
    _: Covered<ImportDevices>,
    run: &Run,
    mapping: &Mapping,
    source: Option<&str>,
) -> Result<Event> {
    still_open(run)?;
    sqlx::query!("update import_run set mapping = $2, source = coalesce($3, source), plan_hash = null, version = version + 1 where id = $1", run.id.uuid(), json!(mapping), source).execute(&mut **tx).await?;
    if let Some(source) = source {
        let (now, actor) = (tx.now(), tx.actor().id);
        sqlx::query!(
            "insert into import_mapping (id, establishment_id, source, kind, mapping, saved_at, saved_by, version)
             values ($1, $2, $3, $7, $4, $5, $6, 1)
             on conflict (establishment_id, kind, source) do update
             set mapping = excluded.mapping, saved_at = excluded.saved_at, saved_by = excluded.saved_by, version = import_mapping.version + 1",
            id::fresh(),
            run.establishment_id.uuid(),
            source,
            json!(mapping),
            now,
            actor,
            mapping.target.code()
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(Event::new(
        "import.mapped",
        subject(run.id, run.establishment_id),
        format!(
            "Correspondance des colonnes de {} enregistrée",
            run.file_name
        ),
    ))
}

/// Corrects cells of a line in place, by header.
pub async fn correct(
    tx: &mut Tx,
    _: Covered<ImportDevices>,
    run: &Run,
    line: i32,
    corrections: &[(String, String)],
) -> Result<Event> {
    still_open(run)?;
    let mut cells = sqlx::query_scalar!(
        "select cells from import_row where run_id = $1 and number = $2",
        run.id.uuid(),
        line
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Error::NotFound)?;
    for (header, value) in corrections {
        let column = run
            .headers
            .iter()
            .position(|known| known == header)
            .ok_or_else(|| Error::field(header, "Cette colonne n’est pas dans le fichier."))?;
        if let Some(cell) = cells.get_mut(column) {
            value.clone_into(cell);
        }
    }
    sqlx::query!(
        "update import_row set cells = $3, corrected = true where run_id = $1 and number = $2",
        run.id.uuid(),
        line,
        &cells
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "update import_run set plan_hash = null, version = version + 1 where id = $1",
        run.id.uuid()
    )
    .execute(&mut **tx)
    .await?;
    Ok(Event::new(
        "import.corrected",
        subject(run.id, run.establishment_id),
        format!("Ligne {line} corrigée"),
    ))
}

/// Decides a proposal: create it, or it is one we know, or not decided any more.
pub async fn decide(
    tx: &mut Tx,
    _: Covered<ImportDevices>,
    run: &Run,
    kind: Kind,
    key: &str,
    decision: &str,
    known: Option<Uuid>,
) -> Result<Event> {
    still_open(run)?;
    let (decision, resolved) = match (decision, known) {
        ("create", _) => (Some("create"), Some(id::fresh())),
        ("use", Some(known)) => (Some("use"), Some(known)),
        ("wait", _) => (None, None),
        _ => {
            return Err(Error::field(
                "decision",
                "Choisissez ce que ce nom désigne.",
            ));
        }
    };
    if let Some(id) = known.filter(|_| decision == Some("use")) {
        let there = sqlx::query_scalar!(
            r#"select case $1
                   when 'organisation' then exists (select from organisation where id = $2)
                   when 'model' then exists (select from device_model where id = $2)
                   when 'unit' then exists (select from unit where id = $2 and establishment_id = $3)
                   else exists (select from establishment where id = $2) end as "there!""#,
            kind.code(),
            id,
            run.establishment_id.uuid()
        )
        .fetch_one(&mut **tx)
        .await?;
        if !there {
            return Err(Error::field("decision", "Ce nom connu n’existe plus."));
        }
    }
    let (now, actor) = (tx.now(), tx.actor().id);
    let changed = sqlx::query!(
        "update import_reference set decision = $4, resolved_id = $5, decided_by = $6, decided_at = $7, is_new = $4 is not distinct from 'create'
         where run_id = $1 and kind = $2 and key = $3",
        run.id.uuid(),
        kind.code(),
        key,
        decision,
        resolved,
        actor,
        now
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    if changed == 0 {
        return Err(Error::NotFound);
    }
    sqlx::query!(
        "update import_run set plan_hash = null, version = version + 1 where id = $1",
        run.id.uuid()
    )
    .execute(&mut **tx)
    .await?;
    Ok(Event::new(
        "import.decided",
        subject(run.id, run.establishment_id),
        format!("Proposition tranchée : {} « {key} »", kind.label()),
    ))
}

/// Accepts every proposal, those to come included.
pub async fn accept_all(tx: &mut Tx, _: Covered<ImportDevices>, run: &Run) -> Result<Event> {
    still_open(run)?;
    sqlx::query!("update import_run set accepts_all = true, plan_hash = null, version = version + 1 where id = $1", run.id.uuid()).execute(&mut **tx).await?;
    Ok(Event::new(
        "import.accepted",
        subject(run.id, run.establishment_id),
        "Toutes les propositions acceptées",
    ))
}

/// Gives a run up, even while a job works on it. Its lines stay readable; nothing was written to the registry.
pub async fn cancel(tx: &mut Tx, _: Covered<ImportDevices>, run: &Run) -> Result<Event> {
    if let Some(job) = run.job_id {
        crate::platform::jobs::cancel(tx, job).await?;
    }
    sqlx::query!(
        "update import_run set state = 'cancelled', version = version + 1
         where id = $1 and state in ('mapping', 'planning', 'planned', 'committing', 'failed')",
        run.id.uuid()
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    Ok(Event::new(
        "import.cancelled",
        subject(run.id, run.establishment_id),
        format!("Import de {} abandonné", run.file_name),
    ))
}

/// Takes a cancelled or failed run up again where it was.
pub async fn resume(tx: &mut Tx, _: Covered<ImportDevices>, run: &Run) -> Result<Event> {
    if !matches!(run.state.as_str(), "cancelled" | "failed") {
        return Err(Error::Conflict("Cet import n’est pas arrêté.".into()));
    }
    sqlx::query!("update import_run set state = 'mapping', error = null, job_id = null, version = version + 1 where id = $1", run.id.uuid()).execute(&mut **tx).await?;
    Ok(Event::new(
        "import.resumed",
        subject(run.id, run.establishment_id),
        format!("Import de {} repris", run.file_name),
    ))
}

/// Says that a job works on the run.
pub async fn hand_over(tx: &mut Tx, run: &Run, state: &str, job: Uuid) -> Result<()> {
    sqlx::query!("update import_run set state = $2, job_id = $3, error = null, version = version + 1 where id = $1", run.id.uuid(), state, job).execute(&mut **tx).await?;
    Ok(())
}

/// Says why the job of a run stopped.
pub async fn fail(tx: &mut Tx, run: &Run, why: &str) -> Result<Event> {
    sqlx::query!(
        "update import_run set state = 'failed', error = $2, version = version + 1 where id = $1",
        run.id.uuid(),
        why
    )
    .execute(&mut **tx)
    .await?;
    Ok(Event::new(
        "import.failed",
        subject(run.id, run.establishment_id),
        format!("Import de {} arrêté : {why}", run.file_name),
    ))
}

/// Whether a run can still be changed.
pub fn still_open(run: &Run) -> Result<()> {
    match run.state.as_str() {
        "mapping" | "planned" | "failed" | "cancelled" => Ok(()),
        "planning" | "committing" | "undoing" => Err(Error::Conflict(
            "Un travail est en cours sur cet import : attendez sa fin.".into(),
        )),
        _ => Err(Error::refused(
            "un fichier s’importe une fois",
            "Ce fichier a déjà été importé.",
        )),
    }
}

/// Opens the establishment a file is imported into, from the code or FINESS number given. Its name is completed later.
pub async fn open_establishment(tx: &mut Tx, code: &str) -> Result<EstablishmentId> {
    let id = EstablishmentId::fresh();
    let code = code.trim().to_uppercase();
    let is_finess = code.len() == 9
        && code.chars().all(|c| c.is_ascii_alphanumeric())
        && code.chars().filter(char::is_ascii_digit).count() >= 8;
    sqlx::query!(
        "insert into establishment (id, code, name, finess_geographic, time_zone, version) values ($1, $2, $3, $4, 'Europe/Paris', 1)",
        id.uuid(),
        code,
        format!("Établissement {code}"),
        is_finess.then_some(&code)
    )
    .execute(&mut **tx)
    .await
    .on_constraint("establishment_code_check", "establishment", "Un code d’établissement a de 2 à 20 lettres sans accent, chiffres ou tirets.")?;
    Ok(id)
}

/// Takes a committed run back, as far as nobody worked on what it wrote.
pub async fn undo(tx: &mut Tx, run: &Run) -> Result<(Undone, Event)> {
    let now = tx.now();
    let (Some(committed_at), Some(before)) = (run.committed_at, run.undo_before) else {
        return Err(Error::Conflict(
            "Cet import n’a pas été validé : il n’y a rien à annuler.".into(),
        ));
    };
    if run.undone_at.is_some() {
        return Err(Error::Conflict("Cet import a déjà été annulé.".into()));
    }
    if now > before {
        return Err(Error::refused(
            "un import s’annule pendant 30 jours",
            "Le délai est passé : corrigez les fiches une à une.",
        ));
    }
    let reason = format!("annulation de l’import du fichier {}", run.file_name);
    tx.because(&reason).await?;
    let actor = tx.actor().id;
    let (undone, written) = match run.mapping.target {
        Target::Devices => {
            let undone =
                super::undo::undo(tx, run.id.uuid(), committed_at, now, actor, &reason).await?;
            (undone, None)
        }
        Target::Register => operations::undo(tx, run, &reason).await?,
        Target::LastDone => {
            return Err(Error::refused(
                "Reprise des dernières dates",
                "Une date déclarée ne s’efface pas : déclarez la bonne sur l’échéance.",
            ));
        }
    };
    sqlx::query!("update import_run set state = 'undone', undone_at = $2, undone_by = $3, version = version + 1 where id = $1", run.id.uuid(), now, actor).execute(&mut **tx).await?;
    let what = match run.mapping.target {
        Target::Devices => "équipements annulés",
        Target::Register => "lignes annulées par une nouvelle ligne",
        Target::LastDone => "dates",
    };
    let told = format!(
        "Import de {} annulé : {} {what}, {} rétablis, {} laissés",
        run.file_name, undone.annulled, undone.restored, undone.left
    );
    let event = Event::new("import.undone", subject(run.id, run.establishment_id), told)
        .with(json!(undone));
    Ok((
        undone,
        match written {
            Some(written) => event.and(written),
            None => event,
        },
    ))
}
