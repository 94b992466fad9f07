//! Where labels stand on a page and what stands on a label, in micrometres: no SQL, no HTTP.

use super::LabelFormatId;
use crate::kernel::{Error, Result};
use crate::platform::pdf::Qr;

/// The finest module a phone reads on a worn label: a quarter of a millimetre.
pub const FINEST_MODULE_UM: i64 = 250;
/// Width of a character of the monospace face, in thousandths of its size.
const MONO_WIDTH: i64 = 602;
/// Mean width of a character of the text face, in thousandths of its size, on the safe side.
const TEXT_WIDTH: i64 = 470;

/// A sheet of labels, or a single label on a roll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelFormat {
    /// Its key.
    pub id: LabelFormatId,
    /// As addresses and settings name it.
    pub code: String,
    /// As people read it.
    pub name: String,
    /// A roll: one label, no page around it.
    pub is_single: bool,
    /// Page.
    pub page_width_um: i32,
    /// Page.
    pub page_height_um: i32,
    /// Label.
    pub label_width_um: i32,
    /// Label.
    pub label_height_um: i32,
    /// Labels across.
    pub columns: i32,
    /// Labels down.
    pub lines: i32,
    /// To the first label.
    pub left_um: i32,
    /// To the first label.
    pub top_um: i32,
    /// From a label to the next.
    pub pitch_x_um: i32,
    /// From a label to the one under it.
    pub pitch_y_um: i32,
    /// No longer offered since.
    pub withdrawn_on: Option<chrono::NaiveDate>,
    /// For edits side by side.
    pub version: i32,
}

/// A label's place on paper: page from 0, then from the page's upper left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// Page, from 0.
    pub page: usize,
    /// To the right.
    pub x_um: i64,
    /// Down.
    pub y_um: i64,
}

impl LabelFormat {
    /// Labels on a page.
    pub fn per_page(&self) -> usize {
        usize::try_from(self.columns * self.lines).unwrap_or(1)
    }

    /// « 63,5 × 38,1 mm »
    pub fn size(&self) -> String {
        format!(
            "{} × {} mm",
            millimetres(self.label_width_um),
            millimetres(self.label_height_um)
        )
    }

    /// Places of `count` labels, left to right then down, the first page begun at its place `first` (from 1).
    pub fn spots(&self, first: usize, count: usize) -> Vec<Spot> {
        let (per_page, columns) = (self.per_page(), usize::try_from(self.columns).unwrap_or(1));
        let skipped = first.saturating_sub(1).min(per_page - 1);
        (skipped..skipped + count)
            .map(|n| {
                let (page, place) = (n / per_page, n % per_page);
                let (line, column) = ((place / columns) as i64, (place % columns) as i64);
                Spot {
                    page,
                    x_um: i64::from(self.left_um) + column * i64::from(self.pitch_x_um),
                    y_um: i64::from(self.top_um) + line * i64::from(self.pitch_y_um),
                }
            })
            .collect()
    }

    /// What stands where on a label of this format.
    pub fn draw(&self, text: &LabelText) -> Result<Drawn> {
        let (width, height) = (
            i64::from(self.label_width_um),
            i64::from(self.label_height_um),
        );
        let pad = 1_000;
        let qr_side = (height - 2 * pad).min((width - 2 * pad) * 45 / 100);
        let qr = Qr::of(&text.url)?;
        let module = qr_side / (qr.size as i64 + 8);
        if module < FINEST_MODULE_UM {
            return Err(Error::refused(
                "étiquette lisible par un téléphone",
                format!(
                    "Sur une étiquette de {}, le carré de l’adresse « {} » aurait des points de {} mm : il en faut au moins 0,25. Choisissez une étiquette plus grande, ou une adresse publique plus courte.",
                    self.size(),
                    text.url,
                    millimetres(i32::try_from(module).unwrap_or(0))
                ),
            ));
        }
        let text_x = pad + qr_side + pad / 2;
        let text_width = width - text_x - pad;
        let mono = |content: &str, tallest: i64| {
            let letters = content.chars().count().max(1) as i64;
            tallest.min(text_width * 1000 / (MONO_WIDTH * letters))
        };
        let small = (height / 11).clamp(1_500, 3_200);
        let code = spaced(&text.code);
        let mut lines = vec![
            Line {
                size_um: mono(&text.inventory_number, (height / 6).clamp(2_200, 6_500)),
                text: text.inventory_number.clone(),
                face: Face::Number,
            },
            Line {
                size_um: mono(&code, (height / 8).clamp(1_900, 4_200)),
                text: code,
                face: Face::Code,
            },
        ];
        let phone = if text.phone.is_empty() {
            String::new()
        } else {
            format!("Tél. {}", text.phone)
        };
        for words in [&text.name, &text.service, &phone] {
            if !words.is_empty() {
                let most = usize::try_from(text_width * 1000 / (TEXT_WIDTH * small)).unwrap_or(1);
                lines.push(Line {
                    size_um: small,
                    text: cut(words, most.max(6)),
                    face: Face::Words,
                });
            }
        }
        // What is least needed leaves first when the label is low: the name of the department, then of the device.
        let room = height - 2 * pad;
        while lines.len() > 3 && stacked(&lines) > room {
            lines.remove(lines.len() - 2);
        }
        Ok(Drawn {
            pad_um: pad,
            qr_side_um: qr_side,
            text_x_um: text_x,
            text_width_um: text_width,
            lines,
            qr,
        })
    }
}

fn stacked(lines: &[Line]) -> i64 {
    lines.iter().map(|line| line.size_um * 135 / 100).sum()
}

/// What a label says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelText {
    /// `PUBLIC_URL/q/…`
    pub url: String,
    /// The eight characters.
    pub code: String,
    /// N° d’inventaire.
    pub inventory_number: String,
    /// Common name.
    pub name: String,
    /// Whose it is.
    pub service: String,
    /// Whom to call.
    pub phone: String,
}

/// In what face a line is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// The inventory number: monospace, bold.
    Number,
    /// The code: monospace.
    Code,
    /// Words.
    Words,
}

impl Face {
    /// As the typst source names it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Code => "code",
            Self::Words => "words",
        }
    }
}

/// A line of a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Height of its type.
    pub size_um: i64,
    /// What it says, cut to what fits.
    pub text: String,
    /// In what face.
    pub face: Face,
}

/// A label laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// Free border.
    pub pad_um: i64,
    /// Side of the code, its quiet zone included; it stands at (pad, middle).
    pub qr_side_um: i64,
    /// Where the lines begin.
    pub text_x_um: i64,
    /// How wide they may be.
    pub text_width_um: i64,
    /// From the top down.
    pub lines: Vec<Line>,
    /// The code.
    pub qr: Qr,
}

/// « 7KQ2 MXHP »: two groups are read aloud more surely than eight characters.
pub fn spaced(code: &str) -> String {
    let (start, end): (String, String) = (
        code.chars().take(4).collect(),
        code.chars().skip(4).collect(),
    );
    format!("{start} {end}").trim_end().to_owned()
}

/// At most `most` characters, the cut said by an ellipsis.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// « 63,5 », « 38,1 », « 70 »: micrometres as millimetres, at most three decimals.
pub fn millimetres(um: i32) -> String {
    let text = format!("{}.{:03}", um / 1000, um % 1000);
    text.trim_end_matches('0')
        .trim_end_matches('.')
        .replace('.', ",")
}

/// Millimetres as typed, in micrometres.
pub fn micrometres(typed: &str) -> Option<i32> {
    let typed = typed.trim().replace(',', ".");
    let (whole, decimals) = typed.split_once('.').unwrap_or((&typed, ""));
    if decimals.len() > 3 || whole.is_empty() || whole.len() > 4 {
        return None;
    }
    let digits = format!("{whole}{decimals:0<3}");
    digits
        .chars()
        .all(|c| c.is_ascii_digit())
        .then(|| digits.parse().ok())
        .flatten()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    pub fn format(columns: i32, lines: i32, width: i32, height: i32) -> LabelFormat {
        LabelFormat {
            id: LabelFormatId::fresh(),
            code: "essai".into(),
            name: "Essai".into(),
            is_single: columns * lines == 1,
            page_width_um: 5_000 + columns * (width + 2_000),
            page_height_um: 5_000 + lines * (height + 1_000),
            label_width_um: width,
            label_height_um: height,
            columns,
            lines,
            left_um: 2_500,
            top_um: 2_500,
            pitch_x_um: width + 2_000,
            pitch_y_um: height + 1_000,
            withdrawn_on: None,
            version: 1,
        }
    }

    pub fn text() -> LabelText {
        LabelText {
            url: "https://vigie.exemple.fr/q/7KQ2MXHP".into(),
            code: "7KQ2MXHP".into(),
            inventory_number: "BM100003".into(),
            name: "Moniteur de surveillance multiparamétrique".into(),
            service: "CHU de la Verrerie, biomédical".into(),
            phone: "01 23 45 67 89".into(),
        }
    }

    #[test]
    fn a_begun_sheet_is_finished_before_the_next_is_taken() {
        let sheet = format(3, 7, 63_500, 38_100);
        let spots = sheet.spots(20, 3);
        assert_eq!(spots.iter().map(|s| s.page).collect::<Vec<_>>(), [0, 0, 1]);
        assert_eq!(
            (spots[0].x_um, spots[0].y_um),
            (2_500 + 65_500, 2_500 + 6 * 39_100)
        );
        assert_eq!((spots[2].x_um, spots[2].y_um), (2_500, 2_500));
        assert_eq!(sheet.spots(99, 1)[0].page, 0);
    }

    #[test]
    fn a_code_too_fine_for_a_phone_is_refused_with_the_way_out() {
        let long = LabelText {
            url: format!("https://{}/q/7KQ2MXHP", "tres-long.".repeat(20)),
            ..text()
        };
        let small = format(5, 13, 38_100, 21_200);
        assert!(small.draw(&text()).is_ok());
        let error = small.draw(&long).unwrap_err().to_string();
        assert!(
            error.contains("0,25") && error.contains("38,1 × 21,2 mm"),
            "{error}"
        );
        assert!(format(1, 1, 100_000, 60_000).draw(&long).is_ok());
    }

    #[test]
    fn a_long_inventory_number_is_smaller_never_cut() {
        let label = format(1, 1, 50_000, 25_000);
        let long = LabelText {
            inventory_number: "CHU-2026-BIOMED-000012345678".into(),
            ..text()
        };
        let drawn = label.draw(&long).unwrap();
        assert_eq!(drawn.lines[0].text, long.inventory_number);
        assert!(drawn.lines[0].size_um < label.draw(&text()).unwrap().lines[0].size_um);
    }

    #[test]
    fn millimetres_are_read_and_said_exactly() {
        assert_eq!(millimetres(63_500), "63,5");
        assert_eq!(millimetres(70_000), "70");
        for (typed, um) in [
            ("63,5", Some(63_500)),
            ("70", Some(70_000)),
            ("0.125", Some(125)),
            ("1,2345", None),
            ("-3", None),
            ("", None),
            ("1e3", None),
        ] {
            assert_eq!(micrometres(typed), um, "{typed}");
        }
        assert_eq!(spaced("7KQ2MXHP"), "7KQ2 MXHP");
    }

    proptest! {
        #[test]
        fn labels_stay_on_their_page_and_apart(columns in 1i32..6, lines in 1i32..14, width in 15_000i32..70_000, height in 10_000i32..60_000, first in 1usize..90, count in 1usize..120) {
            let format = format(columns, lines, width, height);
            let spots = format.spots(first, count);
            prop_assert_eq!(spots.len(), count);
            for spot in &spots {
                prop_assert!(spot.x_um >= 0 && spot.x_um + i64::from(width) <= i64::from(format.page_width_um));
                prop_assert!(spot.y_um >= 0 && spot.y_um + i64::from(height) <= i64::from(format.page_height_um));
            }
            for (n, a) in spots.iter().enumerate() {
                for b in &spots[n + 1..] {
                    prop_assert!(a.page != b.page || (a.x_um - b.x_um).abs() >= i64::from(width) || (a.y_um - b.y_um).abs() >= i64::from(height));
                }
            }
        }

        #[test]
        fn everything_drawn_is_within_the_label(width in 30_000i32..150_000, height in 15_000i32..90_000, number in "[A-Z0-9-]{1,40}", name in "\\PC{0,60}") {
            let format = format(1, 1, width, height);
            let said = LabelText { inventory_number: number, name, ..text() };
            if let Ok(drawn) = format.draw(&said) {
                prop_assert!(drawn.pad_um + drawn.qr_side_um <= i64::from(height));
                prop_assert!(drawn.text_x_um + drawn.text_width_um <= i64::from(width));
                prop_assert!(drawn.lines.iter().all(|l| l.size_um > 0));
                prop_assert!(stacked(&drawn.lines) <= i64::from(height) || drawn.lines.len() <= 3);
                for line in drawn.lines.iter().filter(|l| l.face != Face::Words) {
                    prop_assert!(line.size_um * MONO_WIDTH / 1000 * line.text.chars().count() as i64 <= drawn.text_width_um);
                }
            }
        }
    }
}
