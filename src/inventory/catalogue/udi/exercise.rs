//! What must hold of any text whatever, as one function: `fuzz/` and a test of a few seconds throw bytes at it.

use chrono::NaiveDate;

use super::reading::Status;
use super::{Udi, di_variants, looks_like_udi, parse, same_di};

/// Reads these bytes as a code and says what broke.
///
/// # Errors
/// The first property that does not hold, in a sentence.
pub fn exercise(bytes: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(bytes);
    let Some(today) = NaiveDate::from_ymd_opt(2026, 7, 1) else {
        return Ok(());
    };
    let udi = parse(&text, today);
    if udi.raw != text {
        return Err(format!("the scan is not kept as it was: {text:?}"));
    }
    readings_fit_the_status(&udi)?;
    if udi != parse(&text, today) {
        return Err(format!("read twice, understood twice: {text:?}"));
    }
    if udi
        .warnings
        .iter()
        .any(|warning| !warning.to_string().ends_with('.'))
    {
        return Err(format!("a remark is no sentence: {text:?}"));
    }
    if let Some(di) = &udi.di {
        let bare = di.value.trim();
        if !same_di(bare, &di.value)
            || !bare.is_empty() && !di_variants(&di.value).iter().any(|variant| variant == bare)
        {
            return Err(format!(
                "a device identifier is not its own variant: {:?}",
                di.value
            ));
        }
    }
    let _ = looks_like_udi(&text);
    Ok(())
}

fn readings_fit_the_status(udi: &Udi) -> Result<(), String> {
    let fits = match udi.status {
        Status::Unparsed(_) => {
            udi.readings.is_empty()
                && udi.elements.is_empty()
                && udi.di.is_none()
                && udi.lot.is_none()
        }
        Status::Parsed => udi.readings.first().is_some_and(|reading| {
            !reading.elements.is_empty()
                && reading.lot == udi.lot
                && reading.serial == udi.serial
                && reading.di == udi.di
        }),
        Status::Ambiguous => {
            !udi.readings.is_empty()
                && udi
                    .warnings
                    .iter()
                    .any(|warning| warning.gravity() == super::Gravity::Warn)
                && udi.readings.iter().all(|reading| {
                    (udi.lot.is_none() || udi.lot == reading.lot)
                        && (udi.serial.is_none() || udi.serial == reading.serial)
                        && (udi.expiry.is_none() || udi.expiry == reading.expiry)
                        && (udi.di.is_none() || udi.di == reading.di)
                })
        }
    };
    if fits {
        Ok(())
    } else {
        Err(format!("the fields do not fit the status: {udi:?}"))
    }
}
