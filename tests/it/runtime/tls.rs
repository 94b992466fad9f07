//! TLS with a certificate of the house, renewed without a restart. The two pairs of tests/data/tls are of no use elsewhere.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};

use super::*;

fn pair(name: &str) -> (PathBuf, PathBuf) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tls");
    (
        folder.join(format!("{name}.cert.pem")),
        folder.join(format!("{name}.key.pem")),
    )
}

fn put(name: &str, folder: &Path) {
    let (certificate, key) = pair(name);
    fs::copy(certificate, folder.join("cert.pem")).unwrap();
    fs::copy(key, folder.join("key.pem")).unwrap();
}

fn secure(folder: &Folder, data: &Path) -> Command {
    let mut command = vigie(data);
    command
        .arg("--tls-cert")
        .arg(folder.path().join("cert.pem"))
        .arg("--tls-key")
        .arg(folder.path().join("key.pem"));
    command
}

/// What `/healthz` answers to who trusts that certificate and no other.
async fn answer(instance: &Instance, trusted: &str) -> Option<String> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(pair(trusted).0).unwrap())
        .unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = tokio::net::TcpStream::connect(instance.address())
        .await
        .ok()?;
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let mut stream = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
        .ok()?;
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .await
        .ok()?;
    let mut text = String::new();
    let _ = stream.read_to_string(&mut text).await;
    Some(text)
}

#[tokio::test]
async fn a_certificate_is_served_and_read_again_when_it_is_renewed() {
    let folder = Folder::with_data();
    put("first", folder.path());
    let instance = Instance::of(secure(&folder, &folder.data()), &folder.data());
    let told = answer(&instance, "first")
        .await
        .expect("the first certificate");
    assert!(
        told.starts_with("HTTP/1.1 200") && told.ends_with("ok\n"),
        "{told}"
    );
    assert_eq!(
        answer(&instance, "second").await,
        None,
        "another authority is not trusted"
    );
    assert!(
        instance.get("/healthz").is_none(),
        "nothing is said in clear"
    );

    // A key that does not go with it changes nothing.
    fs::copy(pair("second").1, folder.path().join("key.pem")).unwrap();
    instance.signal(Signal::HUP);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(answer(&instance, "first").await.is_some(), "still served");

    put("second", folder.path());
    instance.signal(Signal::HUP);
    let since = Instant::now();
    while answer(&instance, "second").await.is_none() {
        assert!(
            since.elapsed() < PATIENCE,
            "the new certificate is not served"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(answer(&instance, "first").await, None);
    instance.signal(Signal::TERM);
    assert!(instance.ended().success());
}

#[test]
fn a_certificate_that_cannot_be_served_is_said_before_anything_starts() {
    let folder = Folder::new();
    let run = |command: &mut Command| {
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let why = run(&mut secure(&folder, &folder.data()));
    assert!(
        why.contains("le certificat") && why.contains("ne se lit pas"),
        "{why}"
    );
    put("first", folder.path());
    fs::copy(pair("second").1, folder.path().join("key.pem")).unwrap();
    let why = run(&mut secure(&folder, &folder.data()));
    assert!(why.contains("ne vont pas ensemble"), "{why}");
    assert!(!folder.data().exists());
}

#[test]
fn doctor_says_whether_a_phone_may_use_its_camera() {
    let folder = Folder::new();
    put("first", folder.path());
    let examined = |command: &mut Command| {
        String::from_utf8(command.arg("doctor").output().unwrap().stdout).unwrap()
    };
    let said = examined(&mut secure(&folder, &folder.data()));
    assert!(
        said.contains("✔ appareil photo des téléphones : utilisable (https)"),
        "{said}"
    );
    assert!(said.contains("✔ certificat TLS"), "{said}");
    let said = examined(vigie(&folder.data()).args(["--public-url", "http://vigie.chu.fr"]));
    assert!(
        said.contains("▲ appareil photo des téléphones : refusé"),
        "{said}"
    );
    let said = examined(&mut vigie(&folder.data()));
    assert!(
        said.contains("✔ appareil photo : utilisable sur cette machine seulement"),
        "{said}"
    );
    let said = examined(vigie(&folder.data()).args(["--public-url", "https://vigie.chu.fr"]));
    assert!(
        said.contains("✔ appareil photo des téléphones : utilisable"),
        "{said}"
    );
}
