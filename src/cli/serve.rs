//! `vigie serve`: database, then listener, until a signal; then requests, connections and database end in that order.

use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::{CommandError, open_app, say, user};
use crate::config::{Config, PublicUrl};
use crate::demo::build::build;
use crate::demo::fleet::Extent;
use crate::platform::db::{Database, Opening};
use crate::platform::probes::Probes;
use crate::platform::server;
use crate::platform::tls::Tls;

/// How long a job under way may take to finish once told to stop.
const JOBS: Duration = Duration::from_secs(10);

/// Serves until SIGINT, SIGTERM or, where it has no certificate to read again, SIGHUP.
pub async fn serve(mut config: Config) -> Result<(), CommandError> {
    // First, so that a wrong certificate is said before a database is created.
    let tls = match &config.tls {
        Some(pair) => Some(Tls::open(&pair.certificate, &pair.key)?),
        None => None,
    };
    let stop = stop_on_signals(tls.clone())?;
    // First, so that a port already taken is said at once and not after a database was created.
    let address = config.listen;
    let failed = |error| CommandError::Listen { address, error };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    let secret = tls.is_some();
    if config.public_url == PublicUrl::of(config.listen, secret) {
        config.public_url = PublicUrl::of(bound, secret);
    }
    config.listen = bound;

    let database = tokio::select! {
        database = Database::open(&config, Opening::Serve) => database?,
        () = stop.cancelled() => return Ok(()),
    };
    let probes = Probes::new(&database, stop.clone());
    let app = open_app(&database, &config).await?;
    if app.instance().is_demo {
        // A debug build has the core only: it serves tests, which wait for it.
        let extent = if cfg!(debug_assertions) {
            Extent::Core
        } else {
            Extent::Full
        };
        say(
            "Le parc de démonstration est vérifié, ou construit (moins d’une minute la première fois).",
        );
        let built = build(&app, extent).await?;
        tracing::info!(
            devices = built.devices,
            days = built.days,
            "demonstration ready"
        );
    }
    let router = probes.router().fallback_service(app.service());
    let work = tokio::spawn({
        let (app, stop) = (app.clone(), stop.clone());
        async move { app.work(stop).await }
    });

    let set_up = user::set_up_address(&app).await?;
    say(&format!("Vigie répond sur {}", config.public_url.as_str()));
    if let Some(address) = set_up {
        say(&format!(
            "Personne n’a encore de compte. Créez le premier ici, dans l’heure :\n{address}"
        ));
    }
    tracing::info!(address = %bound, "listening");
    server::run(listener, tls, router, stop).await;
    // A job is resumable: what it had not committed is done again at the next start.
    let _ = tokio::time::timeout(JOBS, work).await;
    database.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Cancelled at the first signal; at the second the process ends at once, and takes its database with it.
fn stop_on_signals(tls: Option<Tls>) -> Result<CancellationToken, CommandError> {
    let stop = CancellationToken::new();
    for kind in [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::hangup(),
    ] {
        let mut signals = signal(kind)?;
        let stop = stop.clone();
        // A server with a certificate has no terminal to lose: the signal says that the certificate was renewed.
        let renewed = tls.clone().filter(|_| kind == SignalKind::hangup());
        tokio::spawn(async move {
            while signals.recv().await.is_some() {
                if let Some(tls) = &renewed {
                    match tls.reload() {
                        Ok(()) => tracing::info!("certificate read again"),
                        Err(error) => {
                            tracing::error!(%error, "the former certificate is still served")
                        }
                    }
                    continue;
                }
                if stop.is_cancelled() {
                    std::process::exit(128 + kind.as_raw_value());
                }
                tracing::info!(signal = kind.as_raw_value(), "stopping");
                stop.cancel();
            }
        });
    }
    Ok(stop)
}
