//! What a file is, by its first bytes and its shape.

use super::Grid;

/// Kind of file, told by its content.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// Delimited text.
    Text,
    /// A zip archive: XLSX or ODS.
    Zip,
    /// An OLE compound file: XLS, or a protected XLSX.
    Compound,
    /// Something that is no table, in words.
    Other(&'static str),
}

/// Tells the kind of a file.
pub(super) fn content(bytes: &[u8]) -> Content {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Content::Zip;
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        return Content::Compound;
    }
    if bytes.starts_with(b"%PDF") {
        return Content::Other("C’est un document PDF, pas un tableau.");
    }
    if bytes.starts_with(b"\x1f\x8b")
        || bytes.starts_with(b"7z\xbc\xaf")
        || bytes.starts_with(b"Rar!")
    {
        return Content::Other(
            "C’est une archive compressée, pas un tableau : décompressez-la d’abord.",
        );
    }
    if bytes.starts_with(b"\x89PNG")
        || bytes.starts_with(b"\xff\xd8\xff")
        || bytes.starts_with(b"GIF8")
    {
        return Content::Other("C’est une image, pas un tableau.");
    }
    let start: String = bytes
        .iter()
        .take(600)
        .map(|b| char::from(b.to_ascii_lowercase()))
        .filter(|c| *c != '\0')
        .collect();
    let start = start
        .trim_start_matches(['\u{ef}', '\u{bb}', '\u{bf}', '\u{ff}', '\u{fe}'])
        .trim_start();
    if start.starts_with("<!doctype html")
        || start.starts_with("<html")
        || (start.starts_with('<') && start.contains("<table"))
    {
        return Content::Other(
            "C’est une page HTML à laquelle on a donné un nom de tableur : ouvrez-la dans un tableur.",
        );
    }
    if start.starts_with("<?xml") {
        return Content::Other("C’est un fichier XML, pas un tableau.");
    }
    if start.starts_with("{") || start.starts_with("[{") || start.starts_with("[\n") {
        return Content::Other("C’est un fichier JSON, pas un tableau.");
    }
    let zeros = bytes.iter().take(4096).filter(|b| **b == 0).count();
    let sample = bytes.len().min(4096);
    let wide = bytes.starts_with(&[0xff, 0xfe])
        || bytes.starts_with(&[0xfe, 0xff])
        || looks_utf16(bytes).is_some();
    if zeros * 50 > sample && !wide {
        return Content::Other("C’est un fichier binaire, pas un tableau.");
    }
    Content::Text
}

/// UTF-16 without a mark: nearly every second byte is zero. `Some(true)` = little end first.
pub(super) fn looks_utf16(bytes: &[u8]) -> Option<bool> {
    let sample = &bytes[..bytes.len().min(4096) & !1];
    if sample.len() < 8 {
        return None;
    }
    let (mut even, mut odd) = (0usize, 0usize);
    for pair in sample.chunks_exact(2) {
        even += usize::from(pair[0] == 0);
        odd += usize::from(pair[1] == 0);
    }
    let pairs = sample.len() / 2;
    if odd * 10 > pairs * 7 && even * 20 < pairs {
        Some(true)
    } else if even * 10 > pairs * 7 && odd * 20 < pairs {
        Some(false)
    } else {
        None
    }
}

/// Index in the grid of the line that holds the headers: among the first thirty, the first whose cells are words and
/// that is not poorer than what follows; a later one only when it is clearly richer (a line of groups above the titles).
pub(super) fn header(grid: &Grid) -> usize {
    let usual = {
        let mut widths: Vec<usize> = grid
            .iter()
            .skip(1)
            .take(60)
            .map(|(_, cells)| filled(cells))
            .collect();
        widths.sort_unstable();
        widths.get(widths.len() / 2).copied().unwrap_or(0)
    };
    let mut best: Option<(usize, usize)> = None;
    for (index, (_, cells)) in grid.iter().take(30).enumerate() {
        let filled = filled(cells);
        let worded = cells.iter().filter(|cell| is_worded(cell.trim())).count();
        if filled == 0 || worded * 10 < filled * 7 || filled * 2 < usual {
            continue;
        }
        if best.is_none_or(|(_, words)| worded * 10 > words * 14 + 10) {
            best = Some((index, worded));
        }
    }
    best.map_or_else(
        || {
            grid.iter()
                .position(|(_, cells)| filled(cells) > 0)
                .unwrap_or(0)
        },
        |(index, _)| index,
    )
}

fn filled(cells: &[String]) -> usize {
    cells.iter().filter(|cell| !cell.trim().is_empty()).count()
}

/// A header is made of words: letters prevail over digits, and it is no long sentence.
fn is_worded(cell: &str) -> bool {
    let letters = cell.chars().filter(|c| c.is_alphabetic()).count();
    let digits = cell.chars().filter(|c| c.is_ascii_digit()).count();
    (letters > digits || cell == "#" || cell == "N°") && cell.chars().count() <= 120
}
