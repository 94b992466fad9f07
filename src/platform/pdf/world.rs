//! The world a document is typeset in: its source, its data, the frame, the embedded fonts, nothing else.

use std::sync::LazyLock;

use chrono::{Datelike, Offset, Timelike};
use serde_json::Value;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_kit::fonts::FontStore;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};
use unicode_normalization::UnicodeNormalization;

use super::{Print, Standard};
use crate::kernel::{Error, Result};

static FRAME: &str = include_str!("../../../templates/pdf/vigie.typ");

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

static FONTS: LazyLock<FontStore> = LazyLock::new(|| {
    let mut fonts = FontStore::new();
    fonts.extend(typst_kit::fonts::embedded());
    fonts
});

/// The faces texts are set in: what each of them has can be printed in any weight.
const FAMILIES: [&str; 2] = ["Libertinus Serif", "DejaVu Sans Mono"];

/// Has some family this character in all its faces?
fn has_glyph(c: char) -> bool {
    let book = FONTS.book();
    FAMILIES.iter().any(|family| {
        let mut faces = (0..)
            .map_while(|index| book.info(index))
            .filter(|info| info.family == *family)
            .peekable();
        faces.peek().is_some() && faces.all(|info| info.coverage.contains(u32::from(c)))
    })
}

/// A text with nothing in it that the embedded fonts cannot show.
fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfc() {
        match c {
            '\n' => out.push('\n'),
            '\t' => out.push(' '),
            '\r' => {}
            ' '..='~' | 'À'..='ÿ' | '’' | '«' | '»' | '\u{a0}' => out.push(c),
            c if is_hidden(c) || !has_glyph(c) => {
                out.push_str(&format!("[U+{:04X}]", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

/// Controls, directions, joiners and private signs: on paper they lie or they show nothing.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c),
            0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xFE00..=0xFE0F | 0xFEFF | 0xFFF9..=0xFFFF
            | 0xE000..=0xF8FF | 0xE0000..=0x10FFFF)
}

/// Every text of the data, printable.
fn printable_data(value: &mut Value) {
    match value {
        Value::String(text) => *text = printable(text),
        Value::Array(items) => items.iter_mut().for_each(printable_data),
        Value::Object(fields) => fields.values_mut().for_each(printable_data),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn file_id(path: &str) -> Result<FileId> {
    let path = VirtualPath::new(path).map_err(|e| Error::internal(format!("{e:?}")))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

/// One document's world.
pub(super) struct Desk {
    main: Source,
    frame: Source,
    data: (FileId, Bytes),
    day: Option<Datetime>,
}

impl Desk {
    pub(super) fn new(print: &Print) -> Result<Self> {
        let mut data = print.data.clone();
        printable_data(&mut data);
        let data = serde_json::to_vec(&data).map_err(Error::internal)?;
        let day = print.at.with_timezone(&print.zone).date_naive();
        Ok(Self {
            main: Source::new(file_id("/main.typ")?, print.source.to_owned()),
            frame: Source::new(file_id("/vigie.typ")?, FRAME.to_owned()),
            data: (file_id("/data.json")?, Bytes::new(data)),
            day: datetime(|| {
                Datetime::from_ymd(
                    day.year(),
                    day.month().try_into().ok()?,
                    day.day().try_into().ok()?,
                )
            }),
        })
    }

    fn source_of(&self, id: FileId) -> Option<&Source> {
        [&self.main, &self.frame]
            .into_iter()
            .find(|source| source.id() == id)
    }
}

fn datetime(make: impl FnOnce() -> Option<Datetime>) -> Option<Datetime> {
    make()
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        FONTS.book()
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.source_of(id).cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.data.0 {
            return Ok(self.data.1.clone());
        }
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.font(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        self.day
    }
}

fn said(diagnostics: impl IntoIterator<Item = SourceDiagnostic>) -> Error {
    let all: Vec<String> = diagnostics
        .into_iter()
        .map(|d| d.message.to_string())
        .collect();
    Error::internal(format!("typst: {}", all.join("; ")))
}

pub(super) fn options(print: &Print) -> Result<PdfOptions> {
    let archive = match print.standard {
        Standard::Archive => PdfStandard::A_2a,
        Standard::ArchiveWithFiles => PdfStandard::A_3a,
    };
    let at = print.at.with_timezone(&print.zone);
    let minutes = at.offset().fix().local_minus_utc() / 60;
    let moment = datetime(|| {
        Datetime::from_ymd_hms(
            at.year(),
            at.month().try_into().ok()?,
            at.day().try_into().ok()?,
            at.hour().try_into().ok()?,
            at.minute().try_into().ok()?,
            at.second().try_into().ok()?,
        )
    });
    Ok(PdfOptions {
        creator: Smart::Custom(Some("Vigie".into())),
        timestamp: moment.and_then(|moment| Timestamp::new_local(moment, minutes)),
        standards: PdfStandards::new(&[archive, PdfStandard::Ua_1])
            .map_err(|e| Error::internal(e.message()))?,
        ..PdfOptions::default()
    })
}

/// The file, or what the source or the standard refuses.
pub(super) fn typeset(print: &Print) -> Result<Vec<u8>> {
    let desk = Desk::new(print)?;
    let document = typst::compile(&desk).output.map_err(said)?;
    typst_pdf::pdf(&document, &options(print)?).map_err(said)
}
