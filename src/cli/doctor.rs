//! `vigie doctor`: what an administrator checks first when something is wrong, and how to mend each thing.
//!
//! It changes nothing: the database is started if nobody runs it, and neither created nor migrated.

use std::path::Path;

use super::{CommandError, say};
use crate::admin::backups::Standing;
use crate::config::{Config, DatabaseSource};
use crate::kernel::Clock;
use crate::kernel::page::Tone;
use crate::platform::db::embedded::{self, Embedded, OLDEST_MAJOR};
use crate::platform::db::health::{self, Health};
use crate::platform::db::migrate::{self, MIGRATIONS, SchemaError};
use crate::platform::db::{Database, Opening};
use crate::platform::tls::Tls;

const GIB: u64 = 1 << 30;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Good,
    Watch,
    Bad,
}

/// One thing looked at: what was found, and what to do about it when it is not good.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    verdict: Verdict,
    found: String,
    mend: &'static str,
}

fn good(found: impl Into<String>) -> Finding {
    Finding {
        verdict: Verdict::Good,
        found: found.into(),
        mend: "",
    }
}

fn watch(found: impl Into<String>, mend: &'static str) -> Finding {
    Finding {
        verdict: Verdict::Watch,
        found: found.into(),
        mend,
    }
}

fn bad(found: impl Into<String>, mend: &'static str) -> Finding {
    Finding {
        verdict: Verdict::Bad,
        found: found.into(),
        mend,
    }
}

/// Looks at everything, prints it, and fails if something must be mended.
pub async fn doctor(config: Config) -> Result<(), CommandError> {
    let mut wrong = show("Réglages", settings(&config));
    let (mut database, opened) = open(&config).await;
    let (mut migrations, mut saved) = (Vec::new(), Vec::new());
    let mut clock = clock_of_machine();
    if let Some(opened) = opened {
        match opened.app().acquire().await {
            Ok(mut conn) => {
                match health::ask(&mut conn).await {
                    Ok(health) => {
                        database.extend(server(&health));
                        let recorded = health::migrated_at(&mut conn).await.ok().flatten();
                        let machine = Clock::Machine.now().timestamp_micros() as f64 / 1e6;
                        clock.push(clock_of_server(health.now, recorded));
                        clock.extend(clocks_apart(machine, health.now));
                    }
                    Err(error) => database.push(unanswered(&error)),
                }
                let checked = migrate::check(&mut conn).await;
                if checked.is_ok() {
                    let standing = Standing::at(&mut conn, Clock::Machine.now()).await;
                    saved.extend(standing.ok().map(|standing| backups(&standing)));
                }
                migrations.push(schema(checked));
            }
            Err(error) => database.push(bad(
                format!("connexion impossible : {error}"),
                "lisez le journal du serveur, puis relancez « vigie doctor »",
            )),
        }
        opened.close().await;
    }
    wrong += show("Base de données", database);
    wrong += show("Migrations", migrations);
    wrong += show("Sauvegardes", saved);
    wrong += show("Disque", vec![disk(&config.data_dir)]);
    wrong += show("Horloge", clock);
    match wrong {
        0 => Ok(()),
        wrong => Err(CommandError::Unwell(wrong)),
    }
}

/// Prints a part and counts what must be mended.
fn show(title: &str, findings: Vec<Finding>) -> usize {
    if findings.is_empty() {
        return 0;
    }
    say(title);
    for Finding {
        verdict,
        found,
        mend,
    } in &findings
    {
        let sign = match verdict {
            Verdict::Good => "✔",
            Verdict::Watch => "▲",
            Verdict::Bad => "✘",
        };
        say(&format!("  {sign} {found}"));
        if !mend.is_empty() {
            say(&format!("    → {mend}"));
        }
    }
    say("");
    let bad = findings.iter().filter(|f| f.verdict == Verdict::Bad);
    bad.count()
}

fn settings(config: &Config) -> Vec<Finding> {
    let mut findings = vec![
        data_dir(&config.data_dir),
        transport(config),
        camera(config),
    ];
    if let Some(pair) = &config.tls {
        findings.push(match Tls::open(&pair.certificate, &pair.key) {
            Ok(_) => good(format!("certificat TLS : {}", pair.certificate.display())),
            Err(error) => bad(
                error.to_string(),
                "corrigez --tls-cert et --tls-key ; après un renouvellement, SIGHUP les fait relire",
            ),
        });
    }
    findings.push(match config.trusted_proxies.is_empty() {
        true => good("mandataires de confiance : aucun"),
        false => good("mandataires de confiance : déclarés"),
    });
    if config.demo {
        findings.push(watch(
            "démonstration demandée (--demo)",
            "une base de démonstration le reste pour toujours : jamais pour un parc réel",
        ));
    }
    findings
}

fn data_dir(dir: &Path) -> Finding {
    use rustix::fs::{Access, access};
    let shown = dir.display();
    if !dir.exists() {
        return good(format!(
            "données : {shown} (sera créé au premier démarrage)"
        ));
    }
    if access(dir, Access::WRITE_OK | Access::EXEC_OK).is_err() {
        return bad(
            format!("données : {shown} n’est pas accessible en écriture à ce compte"),
            "lancez Vigie sous le compte qui possède ce dossier, ou corrigez ses droits",
        );
    }
    good(format!("données : {shown}"))
}

/// Passwords cross the network in clear where people come without TLS and from elsewhere than this machine.
fn transport(config: &Config) -> Finding {
    let found = format!(
        "écoute sur {}, liens vers {}",
        config.listen,
        config.public_url.as_str()
    );
    match config.listen.ip().is_loopback() || config.public_url.is_https() {
        true => good(found),
        false => watch(
            format!("{found} : mots de passe en clair sur le réseau"),
            "donnez un certificat (--tls-cert, --tls-key), ou placez un mandataire TLS devant Vigie, déclarez-le (--trusted-proxies) et donnez l’adresse https (PUBLIC_URL)",
        ),
    }
}

/// A browser gives its camera to a secure context only: https, or the machine itself.
fn camera(config: &Config) -> Finding {
    match (config.public_url.is_https(), config.public_url.is_local()) {
        (true, _) => good("appareil photo des téléphones : utilisable (https)"),
        (false, true) => good(
            "appareil photo : utilisable sur cette machine seulement ; un téléphone demandera une adresse https",
        ),
        (false, false) => watch(
            "appareil photo des téléphones : refusé par les navigateurs, l’adresse publique n’est pas en https",
            "donnez un certificat (--tls-cert, --tls-key) ou un mandataire TLS, et l’adresse https (PUBLIC_URL) ; un lecteur de codes-barres marche sans cela",
        ),
    }
}

/// Where the database is, and the database itself where it answers.
async fn open(config: &Config) -> (Vec<Finding>, Option<Database>) {
    let mut findings = Vec::new();
    match &config.database {
        DatabaseSource::External { app, owner } => {
            findings.push(good(format!("externe : {app}, migrations par {owner}")));
        }
        DatabaseSource::Embedded(places) => {
            let made_with = Embedded::made_with(&config.data_dir);
            match embedded::find(places, made_with) {
                Ok(found) => findings.push(good(format!(
                    "embarquée : PostgreSQL {} de {}",
                    found.major,
                    found.dir.display()
                ))),
                Err(error) => {
                    findings.push(bad(error.to_string(), ""));
                    return (findings, None);
                }
            }
            if made_with.is_none() {
                findings.push(good("aucune base encore : le premier démarrage la crée"));
                return (findings, None);
            }
            if let Some(holder) = Embedded::holder(&config.data_dir) {
                let pid = holder.pid.map_or("?".to_owned(), |pid| pid.to_string());
                findings.push(good(format!(
                    "une instance sert cette base (processus {pid})"
                )));
            }
        }
    }
    match Database::open(config, Opening::Look).await {
        Ok(opened) => (findings, Some(opened)),
        Err(error) => {
            findings.push(bad(
                error.to_string(),
                "vérifiez que le serveur tourne, l’adresse, le compte et son mot de passe ; \
                 pour la base embarquée, lisez postgres.log dans le dossier des données",
            ));
            (findings, None)
        }
    }
}

fn unanswered(error: &sqlx::Error) -> Finding {
    bad(
        format!("la base refuse une question simple : {error}"),
        "lisez le journal du serveur",
    )
}

fn server(health: &Health) -> Vec<Finding> {
    let mut findings = Vec::new();
    let found = format!(
        "répond : PostgreSQL {}, {} Mo",
        health.version,
        health.bytes / (1 << 20)
    );
    findings.push(match u32::try_from(health.major) {
        Ok(major) if major >= OLDEST_MAJOR => good(found),
        _ => bad(found, "Vigie demande PostgreSQL 15 ou plus récent"),
    });
    if health.encoding != "UTF8" {
        findings.push(bad(
            format!("codage {}", health.encoding),
            "recréez la base : create database … encoding 'UTF8' locale 'C.UTF-8' template template0",
        ));
    }
    if !matches!(
        health.collation.as_str(),
        "C" | "C.UTF-8" | "C.utf8" | "POSIX"
    ) {
        findings.push(watch(
            format!("ordre des textes {}", health.collation),
            "préférez C.UTF-8 : avec un autre, une mise à jour du système peut abîmer les index (reindex database)",
        ));
    }
    let (used, most) = (health.connections, i64::from(health.most_connections));
    let found = format!("{used} connexions sur {most}");
    findings.push(match used * 10 > most * 9 {
        true => watch(
            found,
            "augmentez max_connections, ou placez PgBouncer devant la base",
        ),
        false => good(found),
    });
    findings
}

fn schema(checked: Result<(), SchemaError>) -> Finding {
    match checked {
        Ok(()) => good(format!("à jour : {} exécutées", MIGRATIONS.iter().count())),
        Err(SchemaError::Pending(number)) => watch(
            format!("{number} en attente"),
            "« vigie migrate » les exécute, et « vigie serve » aussi à son démarrage",
        ),
        Err(error) => bad(
            error.to_string(),
            "faites une sauvegarde, puis mettez le programme à la version de la base",
        ),
    }
}

/// A base that nobody saved is no illness on its first day: it is watched, and said.
fn backups(standing: &Standing) -> Finding {
    let found = match &standing.failure {
        Some(why) => format!("{} ; le dernier essai a échoué : {why}", standing.text),
        None => standing.text.clone(),
    };
    match standing.tone {
        Tone::Good => good(found),
        _ => watch(
            found,
            "« vigie backup » en fait une maintenant ; --backup-at règle celle de chaque nuit, --backup-dir son dossier",
        ),
    }
}

fn disk(data_dir: &Path) -> Finding {
    let there = data_dir.ancestors().find(|dir| dir.exists());
    let place = there.unwrap_or(Path::new("/"));
    match rustix::fs::statvfs(place) {
        Ok(stat) => room(
            place,
            stat.f_bavail.saturating_mul(stat.f_frsize),
            stat.f_blocks.saturating_mul(stat.f_frsize),
        ),
        Err(error) => bad(
            format!("{} : {error}", place.display()),
            "vérifiez le disque",
        ),
    }
}

fn room(place: &Path, free: u64, total: u64) -> Finding {
    let found = format!(
        "{} : {:.1} Gio libres sur {:.1}",
        place.display(),
        free as f64 / GIB as f64,
        total as f64 / GIB as f64
    );
    if free < GIB {
        return bad(
            found,
            "libérez de la place maintenant : PostgreSQL s’arrête quand le disque est plein",
        );
    }
    if free < 5 * GIB || free < total / 20 {
        return watch(
            found,
            "prévoyez de la place : base, fichiers joints et sauvegardes y grandissent",
        );
    }
    good(found)
}

/// Legal deadlines run on this clock: is somebody keeping it right?
fn clock_of_machine() -> Vec<Finding> {
    let synchronised = Path::new("/run/systemd/timesync/synchronized").exists()
        || [
            "/run/chrony/chronyd.pid",
            "/run/chronyd.pid",
            "/run/ntpd.pid",
        ]
        .iter()
        .any(|pid| Path::new(pid).exists());
    vec![match synchronised {
        true => good("réglée par le réseau (NTP)"),
        false => watch(
            "aucun service de mise à l’heure reconnu sur cette machine",
            "activez systemd-timesyncd ou chrony sur le serveur de temps de l’établissement (rien à faire dans un conteneur : l’hôte s’en charge)",
        ),
    }]
}

/// A clock behind what is already recorded gives deadlines and proofs that contradict themselves.
fn clock_of_server(now: f64, recorded: Option<f64>) -> Finding {
    match recorded.map(|recorded| recorded - now) {
        Some(behind) if behind > 5.0 => bad(
            format!("en retard de {behind:.0} s sur la dernière mise à jour de la base"),
            "mettez le serveur à l’heure avant toute saisie",
        ),
        _ => good("celle de la base est cohérente avec ce qui y est enregistré"),
    }
}

/// Vigie dates what it writes by its own machine's clock; the journal of the database is dated by the other.
fn clocks_apart(machine: f64, server: f64) -> Option<Finding> {
    let apart = machine - server;
    (apart.abs() > 2.0).then(|| {
        bad(
            format!(
                "{:.0} s d’écart entre cette machine et la base",
                apart.abs()
            ),
            "mettez les deux à l’heure sur le même serveur de temps",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_room_is_said_before_there_is_none() {
        let verdict = |free, total| room(Path::new("/"), free, total).verdict;
        assert_eq!(verdict(GIB / 2, 20 * GIB), Verdict::Bad);
        assert_eq!(verdict(3 * GIB, 20 * GIB), Verdict::Watch);
        assert_eq!(verdict(10 * GIB, 1000 * GIB), Verdict::Watch);
        assert_eq!(verdict(100 * GIB, 1000 * GIB), Verdict::Good);
    }

    #[test]
    fn a_clock_behind_the_records_is_said() {
        assert_eq!(
            clock_of_server(1000.0, Some(1000.0 + 3600.0)).verdict,
            Verdict::Bad
        );
        assert_eq!(clock_of_server(1000.0, Some(999.0)).verdict, Verdict::Good);
        assert_eq!(clock_of_server(1000.0, None).verdict, Verdict::Good);
        assert_eq!(clocks_apart(1000.0, 1000.5), None);
        assert_eq!(
            clocks_apart(1000.0, 1010.0).map(|f| f.verdict),
            Some(Verdict::Bad)
        );
        assert_eq!(
            clocks_apart(1000.0, 990.0).map(|f| f.verdict),
            Some(Verdict::Bad)
        );
    }

    #[test]
    fn a_foreign_encoding_or_an_old_server_is_said() {
        let right = Health {
            version: "15.1".into(),
            major: 15,
            encoding: "UTF8".into(),
            collation: "C.UTF-8".into(),
            bytes: 1,
            connections: 3,
            most_connections: 100,
            now: 0.0,
        };
        let verdicts = |health: &Health| -> Vec<Verdict> {
            server(health).into_iter().map(|f| f.verdict).collect()
        };
        assert_eq!(verdicts(&right), [Verdict::Good, Verdict::Good]);
        let wrong = Health {
            major: 14,
            encoding: "LATIN1".into(),
            collation: "fr_FR.UTF-8".into(),
            connections: 95,
            ..right
        };
        assert_eq!(
            verdicts(&wrong),
            [Verdict::Bad, Verdict::Bad, Verdict::Watch, Verdict::Watch]
        );
    }

    #[test]
    fn pending_migrations_are_no_illness_but_a_newer_base_is() {
        assert_eq!(schema(Ok(())).verdict, Verdict::Good);
        assert_eq!(schema(Err(SchemaError::Pending(2))).verdict, Verdict::Watch);
        assert_eq!(schema(Err(SchemaError::Newer(99))).verdict, Verdict::Bad);
    }
}
