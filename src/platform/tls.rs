//! TLS with the hospital's own certificate, read again without a restart when it is renewed.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;

/// Why a certificate cannot be served, each with what to look at.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant is its own sentence")]
pub enum TlsError {
    #[error("le certificat {} ne se lit pas : attendu, un fichier PEM (certificat, puis intermédiaires) lisible par ce compte", .0.display())]
    Certificate(PathBuf),
    #[error("la clé {} ne se lit pas : attendu, un fichier PEM sans mot de passe, lisible par ce compte", .0.display())]
    Key(PathBuf),
    #[error("le certificat {} et la clé {} ne vont pas ensemble", .0.display(), .1.display())]
    Pair(PathBuf, PathBuf),
    #[error("TLS ne peut pas être servi : {0}")]
    Other(String),
}

/// The certificate being served and where it comes from.
struct Served {
    certificate: PathBuf,
    key: PathBuf,
    current: RwLock<Arc<CertifiedKey>>,
}

impl fmt::Debug for Served {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Served")
            .field("certificate", &self.certificate)
            .finish_non_exhaustive()
    }
}

impl ResolvesServerCert for Served {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        Some(current.clone())
    }
}

/// What makes connections secret.
#[derive(Clone)]
pub struct Tls {
    acceptor: TlsAcceptor,
    served: Arc<Served>,
}

impl Tls {
    /// Reads a certificate with its chain, and its key.
    pub fn open(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let served = Arc::new(Served {
            current: RwLock::new(Arc::new(read(certificate, key)?)),
            certificate: certificate.to_path_buf(),
            key: key.to_path_buf(),
        });
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| TlsError::Other(error.to_string()))?
            .with_no_client_auth()
            .with_cert_resolver(served.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            served,
        })
    }

    /// Reads both files again; connections to come get the new certificate. A pair that cannot be served changes nothing.
    pub fn reload(&self) -> Result<(), TlsError> {
        let fresh = Arc::new(read(&self.served.certificate, &self.served.key)?);
        *self
            .served
            .current
            .write()
            .unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// What greets a connection.
    pub fn acceptor(&self) -> &TlsAcceptor {
        &self.acceptor
    }
}

fn read(certificate: &Path, key: &Path) -> Result<CertifiedKey, TlsError> {
    let unreadable = |_| TlsError::Certificate(certificate.to_path_buf());
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificate)
        .map_err(unreadable)?
        .collect::<Result<_, _>>()
        .map_err(unreadable)?;
    if chain.is_empty() {
        return Err(TlsError::Certificate(certificate.to_path_buf()));
    }
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|_| TlsError::Key(key.to_path_buf()))?;
    CertifiedKey::from_der(chain, secret, &ring::default_provider())
        .map_err(|_| TlsError::Pair(certificate.to_path_buf(), key.to_path_buf()))
}
