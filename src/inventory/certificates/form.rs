//! What is typed of a certificate, and what it says once checked.

use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::CertificateId;
use super::model::{Kind, Law, Status, refusal};
use super::queries::Certificate;
use crate::inventory::catalogue::ModelId;
use crate::kernel::{FieldErrors, Result};
use crate::platform::web::check;

/// A certificate, checked.
#[derive(Clone, Debug)]
pub struct NewCertificate {
    /// The maker.
    pub manufacturer: Uuid,
    /// Its number.
    pub number: String,
    /// What was certified.
    pub kind: Kind,
    /// Under which text.
    pub regulation: Law,
    /// Four digits.
    pub notified_body_number: String,
    /// Its name.
    pub notified_body_name: Option<String>,
    /// What it says it covers.
    pub scope: Option<String>,
    /// Issued.
    pub issued_on: Option<NaiveDate>,
    /// Its end.
    pub expires_on: Option<NaiveDate>,
    /// As read.
    pub status: Status,
    /// Since when.
    pub status_since: Option<NaiveDate>,
    /// Where it was read.
    pub status_source: Option<String>,
    /// The rule that ends its transition.
    pub transition_rule: Option<Uuid>,
    /// The maker's confirmation.
    pub transition_letter_on: Option<NaiveDate>,
    /// Last checked.
    pub verified_on: Option<NaiveDate>,
    /// The one that came after.
    pub replaced_by: Option<CertificateId>,
    /// Note.
    pub note: Option<String>,
}

/// What was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CertificateForm {
    pub(super) manufacturer: String,
    pub(super) model: String,
    pub(super) number: String,
    pub(super) kind: String,
    pub(super) regulation: String,
    pub(super) notified_body_number: String,
    pub(super) notified_body_name: String,
    pub(super) scope: String,
    pub(super) issued_on: String,
    pub(super) expires_on: String,
    pub(super) status: String,
    pub(super) status_since: String,
    pub(super) status_source: String,
    pub(super) transition_rule: String,
    pub(super) transition_letter_on: String,
    pub(super) verified_on: String,
    pub(super) replaced_by: String,
    pub(super) note: String,
    pub(super) version: String,
}

fn shown(day: Option<NaiveDate>) -> String {
    day.map(|d| d.to_string()).unwrap_or_default()
}

impl CertificateForm {
    pub(super) fn of(kept: &Certificate) -> Self {
        let text = |t: &Option<String>| t.clone().unwrap_or_default();
        Self {
            manufacturer: kept.manufacturer_id.to_string(),
            model: String::new(),
            number: kept.number.clone(),
            kind: kept.kind.code().into(),
            regulation: kept.regulation.code().into(),
            notified_body_number: kept.notified_body_number.clone(),
            notified_body_name: text(&kept.notified_body_name),
            scope: text(&kept.scope),
            issued_on: shown(kept.issued_on),
            expires_on: shown(kept.expires_on),
            status: kept.status.code().into(),
            status_since: shown(kept.status_since),
            status_source: text(&kept.status_source),
            transition_rule: kept
                .transition_rule_id
                .map(|id| id.to_string())
                .unwrap_or_default(),
            transition_letter_on: shown(kept.transition_letter_on),
            verified_on: shown(kept.verified_on),
            replaced_by: kept
                .replaced_by_id
                .map(|id| id.to_string())
                .unwrap_or_default(),
            note: text(&kept.note),
            version: kept.version.to_string(),
        }
    }

    /// The texts as a certificate and the model it was opened from, or what is wrong with them.
    pub(super) fn check(&self) -> Result<(NewCertificate, Option<ModelId>)> {
        let mut errors = FieldErrors::default();
        let e = &mut errors;
        let manufacturer = check::chosen(e, "manufacturer", &self.manufacturer);
        let model = check::maybe_chosen(e, "model", &self.model);
        let number = check::line(e, "number", &self.number, 120);
        let kind = check::maybe_code(e, "kind", &self.kind, Kind::from_code);
        let regulation = check::maybe_code(e, "regulation", &self.regulation, Law::from_code);
        let status = check::maybe_code(e, "status", &self.status, Status::from_code);
        for (field, typed) in [
            ("kind", &self.kind),
            ("regulation", &self.regulation),
            ("status", &self.status),
        ] {
            if typed.trim().is_empty() {
                e.add(field, "Choisissez une valeur.");
            }
        }
        let body = self.notified_body_number.trim().to_owned();
        if body.len() != 4 || !body.bytes().all(|b| b.is_ascii_digit()) {
            e.add(
                "notified_body_number",
                format!("« {body} » n’est pas un numéro d’organisme notifié : quatre chiffres, comme 0459."),
            );
        }
        let notified_body_name =
            check::maybe_line(e, "notified_body_name", &self.notified_body_name, 200);
        let scope = check::maybe_paragraph(e, "scope", &self.scope, 2000);
        let issued_on = check::maybe_day(e, "issued_on", &self.issued_on);
        let expires_on = check::maybe_day(e, "expires_on", &self.expires_on);
        let status_since = check::maybe_day(e, "status_since", &self.status_since);
        let status_source = check::maybe_line(e, "status_source", &self.status_source, 300);
        let transition_rule =
            check::maybe_chosen::<Uuid>(e, "transition_rule", &self.transition_rule);
        let transition_letter_on =
            check::maybe_day(e, "transition_letter_on", &self.transition_letter_on);
        let verified_on = check::maybe_day(e, "verified_on", &self.verified_on);
        let replaced_by = check::maybe_chosen(e, "replaced_by", &self.replaced_by);
        let note = check::maybe_paragraph(e, "note", &self.note, 2000);
        if let (Some(issued), Some(end)) = (issued_on, expires_on)
            && end < issued
        {
            e.add("expires_on", "La fin précède la délivrance.");
        }
        if let (Some(law), Some(status)) = (regulation, status)
            && let Some(why) = refusal(law, status, transition_rule.is_some())
        {
            e.add("status", why);
        }
        if matches!(status, Some(Status::Suspended | Status::Withdrawn)) && status_source.is_none()
        {
            e.add(
                "status_source",
                "Dites où la suspension ou le retrait a été lu (registre de l’organisme, courrier, avis).",
            );
        }
        match (manufacturer, number, kind, regulation, status) {
            (Some(manufacturer), Some(number), Some(kind), Some(regulation), Some(status))
                if errors.is_empty() =>
            {
                Ok((
                    NewCertificate {
                        manufacturer,
                        number,
                        kind,
                        regulation,
                        notified_body_number: body,
                        notified_body_name,
                        scope,
                        issued_on,
                        expires_on,
                        status,
                        status_since,
                        status_source,
                        transition_rule,
                        transition_letter_on,
                        verified_on,
                        replaced_by,
                        note,
                    },
                    model,
                ))
            }
            _ => Err(errors.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Error;

    fn typed() -> CertificateForm {
        CertificateForm {
            manufacturer: Uuid::nil().to_string(),
            number: "G1 012345".into(),
            kind: "quality_system".into(),
            regulation: "mdr".into(),
            notified_body_number: "0123".into(),
            status: "valid".into(),
            ..CertificateForm::default()
        }
    }

    fn wrong(form: &CertificateForm, field: &str) -> bool {
        matches!(form.check(), Err(Error::Invalid(errors)) if errors.of(field).is_some())
    }

    #[test]
    fn a_body_is_four_digits_and_a_suspension_says_where_it_was_read() {
        assert!(typed().check().is_ok());
        assert!(wrong(
            &CertificateForm {
                notified_body_number: "GMED".into(),
                ..typed()
            },
            "notified_body_number"
        ));
        assert!(wrong(
            &CertificateForm {
                status: "suspended".into(),
                ..typed()
            },
            "status_source"
        ));
        assert!(wrong(
            &CertificateForm {
                status: "transition".into(),
                ..typed()
            },
            "status"
        ));
        assert!(wrong(
            &CertificateForm {
                issued_on: "2026-01-02".into(),
                expires_on: "2026-01-01".into(),
                ..typed()
            },
            "expires_on"
        ));
    }
}
