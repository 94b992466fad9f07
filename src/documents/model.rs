//! Kinds of documents, types of files, and what may be shown in a browser.

use bytes::Bytes;
use chrono::NaiveDate;

use crate::kernel::mutants::{self, Fault};

crate::id_type!(/** A document. */ DocumentId);

/// Largest document, in bytes (design §16).
pub const LARGEST: usize = 25 * 1024 * 1024;

crate::coded! {
    /// What a document is.
    pub enum DocumentKind {
        Instructions = "instructions" => "Notice d’utilisation",
        TechnicalManual = "technical_manual" => "Manuel technique",
        DeclarationOfConformity = "declaration_of_conformity" => "Déclaration de conformité",
        Certificate = "certificate" => "Certificat CE",
        CommissioningReport = "commissioning_report" => "Procès-verbal de mise en service",
        AcceptanceReport = "acceptance_report" => "Procès-verbal de réception",
        MaintenanceReport = "maintenance_report" => "Rapport de maintenance",
        QualityControlReport = "quality_control_report" => "Rapport de contrôle qualité",
        ElectricalSafetyReport = "electrical_safety_report" => "Rapport de sécurité électrique",
        Agreement = "agreement" => "Contrat ou convention",
        Invoice = "invoice" => "Facture",
        DeliveryNote = "delivery_note" => "Bon de livraison",
        TrainingRecord = "training_record" => "Attestation de formation",
        SafetyNotice = "safety_notice" => "Avis de sécurité",
        SecurityDocument = "security_document" => "Document de sécurité informatique",
        DataDestruction = "data_destruction" => "Attestation de destruction des données",
        DisposalRecord = "disposal_record" => "Bordereau de sortie",
        Photo = "photo" => "Photographie",
        OrganisationDocument = "organisation_document" => "Document d’organisation (R.5212-28 2°)",
        Other = "other" => "Autre document",
    }
}

/// What is said of a document, checked.
#[derive(Clone, Debug)]
pub struct NewDocument {
    /// What it is.
    pub kind: DocumentKind,
    /// Its title.
    pub title: String,
    /// Edition or version, as printed on it.
    pub edition: Option<String>,
    /// Its language, two letters.
    pub language: Option<String>,
    /// Its date.
    pub issued_on: Option<NaiveDate>,
    /// Its last day of validity.
    pub expires_on: Option<NaiveDate>,
    /// Kept to the establishment of who adds it, when its object is shared by the group.
    pub local: bool,
}

/// A content fit to be kept: its type, and its bytes as they will be kept.
#[derive(Clone, Debug)]
pub struct Content {
    /// Media type, from the closed list.
    pub media_type: &'static str,
    /// The bytes.
    pub bytes: Bytes,
}

/// What the browser may show in place; everything else is a download.
pub fn is_shown(media_type: &str) -> bool {
    matches!(media_type, "application/pdf" | "image/png" | "image/jpeg")
}

/// Recognises a content, or says in French why it is refused.
pub fn recognise(bytes: &Bytes) -> Result<Content, String> {
    if bytes.is_empty() {
        return Err("Ce fichier est vide.".into());
    }
    if mutants::on(Fault::TypeBelieved) {
        return Ok(Content {
            media_type: "application/pdf",
            bytes: bytes.clone(),
        });
    }
    if bytes.len() > LARGEST {
        return Err(format!(
            "Ce fichier pèse {} Mo : la limite est de 25 Mo.",
            bytes.len() / (1024 * 1024)
        ));
    }
    const ACCEPTED: [&str; 10] = [
        "application/pdf",
        "image/png",
        "image/jpeg",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/msword",
        "application/vnd.ms-excel",
    ];
    let refusal = |found: &str| {
        format!(
            "Ce fichier est de type {found} : sont acceptés PDF, PNG, JPEG, documents Word, Excel et LibreOffice, et texte."
        )
    };
    match infer::get(bytes) {
        Some(found) => {
            let Some(media_type) = ACCEPTED.into_iter().find(|t| *t == found.mime_type()) else {
                return Err(refusal(found.mime_type()));
            };
            let bytes = if media_type == "image/jpeg" {
                without_exif(bytes)?
            } else {
                bytes.clone()
            };
            Ok(Content { media_type, bytes })
        }
        None if is_text(bytes) => Ok(Content {
            media_type: "text/plain",
            bytes: bytes.clone(),
        }),
        None => Err(refusal("inconnu")),
    }
}

/// Text without control characters and without the beginning of a page that a browser would run.
fn is_text(bytes: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).to_lowercase();
    let active = ["<html", "<!doctype", "<svg", "<script", "<?xml"]
        .iter()
        .any(|mark| start.contains(mark));
    !active && !bytes.iter().any(|b| matches!(b, 0..=8 | 14..=26 | 28..=31))
}

/// Photographs carry places and phone numbers: only the picture and its colours are kept.
fn without_exif(bytes: &Bytes) -> Result<Bytes, String> {
    use img_parts::jpeg::{Jpeg, markers};
    let mut jpeg = Jpeg::from_bytes(bytes.clone())
        .map_err(|e| format!("Cette photographie JPEG est abîmée ({e})."))?;
    jpeg.segments_mut().retain(|segment| {
        let marker = segment.marker();
        let kept = matches!(marker, markers::APP0 | markers::APP2 | markers::APP14);
        kept || !((markers::APP1..=markers::APP15).contains(&marker) || marker == markers::COM)
    });
    Ok(jpeg.encoder().bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_is_what_the_content_says() {
        assert_eq!(
            recognise(&Bytes::from_static(b"%PDF-1.7\n..."))
                .unwrap()
                .media_type,
            "application/pdf"
        );
        assert_eq!(
            recognise(&Bytes::from_static(
                "Compte rendu : conforme, 3 µA".as_bytes()
            ))
            .unwrap()
            .media_type,
            "text/plain"
        );
        for bad in [
            &b"<!DOCTYPE html><script>alert(1)</script>"[..],
            b"<svg onload=alert(1)>",
            b"MZ\x90\x00\x03\x00",
            b"",
            b"\x7fELF\x02\x01",
        ] {
            assert!(recognise(&Bytes::copy_from_slice(bad)).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_photograph_loses_its_exif_and_nothing_else() {
        let mut photo = vec![0xff, 0xd8, 0xff, 0xe1, 0x00, 0x0c];
        photo.extend_from_slice(b"Exif\0\0GPS!");
        photo.extend_from_slice(&[
            0xff, 0xdb, 0x00, 0x04, 0x01, 0x02, 0xff, 0xda, 0x00, 0x03, 0x01, 0x99, 0xff, 0xd9,
        ]);
        let kept = recognise(&Bytes::from(photo)).unwrap();
        assert_eq!(kept.media_type, "image/jpeg");
        assert!(!kept.bytes.windows(4).any(|w| w == b"Exif"));
        assert!(kept.bytes.windows(2).any(|w| w == [0xff, 0xdb]));
    }
}
