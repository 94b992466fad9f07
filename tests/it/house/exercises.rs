//! What must hold of any bytes whatever, one function a reader: `fuzz/` and `fuzz.rs` throw bytes at
//! them. Each answers the first property that does not hold, in a sentence; a panic is one too.

use bytes::Bytes;
use chrono::NaiveDate;
use vigie::documents::model::recognise;
use vigie::exchange::imports::{cells, headers};
use vigie::inventory::catalogue::udi as codes;
use vigie::inventory::devices::DEVICES;
use vigie::kernel::text::{is_disguised, line, plain};
use vigie::platform::db::list::ListQuery;
use vigie::platform::sheet::{self, ReadOptions};

type Holds = Result<(), String>;

fn unless(holds: bool, said: impl FnOnce() -> String) -> Holds {
    if holds { Ok(()) } else { Err(said()) }
}

/// A label's code.
pub fn udi(bytes: &[u8]) -> Holds {
    codes::exercise(bytes)
}

/// A workbook or a text file, then its columns.
pub fn file(bytes: &[u8]) -> Holds {
    let Ok(sheets) = sheet::read(bytes, &ReadOptions::default()) else {
        return Ok(());
    };
    for sheet in sheets {
        let guesses = headers::guess(&sheet);
        unless(guesses.len() == sheet.headers.len(), || {
            format!(
                "{} guesses for {} columns",
                guesses.len(),
                sheet.headers.len()
            )
        })?;
        let _ = headers::Mapping::guessed(&sheet).problems(&sheet.headers);
    }
    Ok(())
}

/// A cell: the day, number, serial, address it may be; what goes out comes back, and runs nothing.
pub fn cell(bytes: &[u8]) -> Holds {
    let text = String::from_utf8_lossy(bytes);
    let Some(today) = NaiveDate::from_ymd_opt(2026, 7, 1) else {
        return Ok(());
    };
    let _ = (
        cells::day(&text, today),
        cells::number(&text),
        cells::money(&text),
        cells::serial(&text),
        cells::mac(&text),
        cells::ip(&text),
        cells::identifier(&text),
        cells::note(&text),
    );
    let out = sheet::neutralise(&text);
    unless(sheet::restore(&out) == text, || {
        format!("lost on the way out and in: {text:?}")
    })?;
    let first = out.trim_start().chars().next();
    unless(
        !matches!(
            first,
            Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')
        ),
        || format!("a formula goes out: {out:?}"),
    )
}

/// The address of a list: read whatever it says, and written in one way only.
pub fn address(bytes: &[u8]) -> Holds {
    let text = String::from_utf8_lossy(bytes);
    let once = ListQuery::parse(&text, &DEVICES).href();
    let raw = once.split_once('?').map_or("", |(_, raw)| raw).to_owned();
    let twice = ListQuery::parse(&raw, &DEVICES).href();
    unless(once == twice, || {
        format!("{text:?} is written {once:?}, then {twice:?}")
    })
}

/// A document: kept as what it is, or refused.
pub fn document(bytes: &[u8]) -> Holds {
    let Ok(kept) = recognise(&Bytes::copy_from_slice(bytes)) else {
        return Ok(());
    };
    let start = String::from_utf8_lossy(&kept.bytes[..kept.bytes.len().min(512)]).to_lowercase();
    let active = start.trim_start().starts_with("<svg") || start.trim_start().starts_with("<html");
    unless(!active, || {
        format!("kept as {} though a browser runs it", kept.media_type)
    })
}

/// Words that are typed: compared and kept the same however often they are read.
pub fn words(bytes: &[u8]) -> Holds {
    let text = String::from_utf8_lossy(bytes);
    let (once, folded) = (line(&text), plain(&text));
    unless(line(&once) == once, || {
        format!("{text:?} is not kept the same twice")
    })?;
    unless(plain(&folded) == folded, || {
        format!("{text:?} is not folded the same twice: {folded:?}")
    })?;
    let _ = (
        is_disguised(&text),
        headers::fold(&text),
        vigie::search::model::Typed::new(&text),
    );
    Ok(())
}
