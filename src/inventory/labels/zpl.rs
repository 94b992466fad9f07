//! Labels in ZPL II, the language of thermal printers: the printer draws the code and the letters itself.

use super::model::{Drawn, Face, LabelFormat};

/// The resolution of a printer's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    /// 203 dots an inch.
    Dpi203,
    /// 300 dots an inch.
    Dpi300,
}

impl Head {
    fn dots(self, um: i64) -> i64 {
        let dpi = match self {
            Self::Dpi203 => 203,
            Self::Dpi300 => 300,
        };
        (um * dpi + 12_700) / 25_400
    }
}

/// A field's data: its signs of command, its escape and whatever is not plain are written as bytes.
fn data(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut buffer = [0; 4];
    for c in text.chars() {
        if matches!(c, '^' | '~' | '_' | '\\') || c.is_control() || !c.is_ascii() {
            for byte in c.encode_utf8(&mut buffer).bytes() {
                out.push_str(&format!("_{byte:02X}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// One label.
pub fn label(format: &LabelFormat, drawn: &Drawn, url: &str, head: Head, copies: usize) -> String {
    let dots = |um: i64| head.dots(um);
    let (width, height) = (
        dots(format.label_width_um.into()),
        dots(format.label_height_um.into()),
    );
    // Whole dots a module, the quiet zone left around.
    let module = (dots(drawn.qr_side_um) / (drawn.qr.size as i64 + 8)).clamp(1, 10);
    let side = module * drawn.qr.size as i64;
    let (x, y) = (
        dots(drawn.pad_um) + (dots(drawn.qr_side_um) - side) / 2,
        (height - side) / 2,
    );
    let mut out = format!(
        "^XA\n^CI28\n^PW{width}\n^LL{height}\n^LH0,0\n^FO{x},{y}^BQN,2,{module}^FH_^FDMA,{}^FS\n",
        data(url)
    );
    let total: i64 = drawn
        .lines
        .iter()
        .map(|line| dots(line.size_um) * 135 / 100)
        .sum();
    let mut top = ((height - total) / 2).max(0);
    for line in &drawn.lines {
        let size = dots(line.size_um);
        // The printer's scalable face is proportional: digits and capitals are about 0.55 of its width wide.
        let wide = match line.face {
            Face::Number | Face::Code => size,
            Face::Words => size * 9 / 10,
        };
        out.push_str(&format!(
            "^FO{},{top}^A0N,{size},{wide}^FH_^FD{}^FS\n",
            dots(drawn.text_x_um),
            data(&line.text)
        ));
        top += size * 135 / 100;
    }
    out.push_str(&format!("^PQ{copies}\n^XZ\n"));
    out
}

#[cfg(test)]
mod tests {
    use super::super::model::LabelText;
    use super::super::model::tests::{format, text};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_label_is_these_bytes() {
        let roll = LabelFormat {
            left_um: 0,
            top_um: 0,
            ..format(1, 1, 50_000, 25_000)
        };
        let said = text();
        let drawn = roll.draw(&said).unwrap();
        let zpl = label(&roll, &drawn, &said.url, Head::Dpi203, 2);
        assert_eq!(
            zpl,
            "^XA\n^CI28\n^PW400\n^LL200\n^LH0,0\n\
             ^FO36,42^BQN,2,4^FH_^FDMA,https://vigie.exemple.fr/q/7KQ2MXHP^FS\n\
             ^FO185,25^A0N,33,33^FH_^FDBM100003^FS\n\
             ^FO185,69^A0N,25,25^FH_^FD7KQ2 MXHP^FS\n\
             ^FO185,102^A0N,18,16^FH_^FDMoniteur de surveillanc_E2_80_A6^FS\n\
             ^FO185,126^A0N,18,16^FH_^FDCHU de la Verrerie, bio_E2_80_A6^FS\n\
             ^FO185,150^A0N,18,16^FH_^FDT_C3_A9l. 01 23 45 67 89^FS\n\
             ^PQ2\n^XZ\n"
        );
    }

    #[test]
    fn a_finer_head_draws_more_dots_on_the_same_label() {
        let roll = format(1, 1, 50_000, 25_000);
        let drawn = roll.draw(&text()).unwrap();
        let zpl = label(&roll, &drawn, "x", Head::Dpi300, 1);
        assert!(zpl.contains("^PW591\n^LL295\n"), "{zpl}");
    }

    proptest! {
        #[test]
        fn no_text_becomes_a_command(name in "\\PC{0,40}", number in "[\\^~_\\\\A-Z0-9]{1,20}") {
            let roll = format(1, 1, 70_000, 40_000);
            let said = LabelText { name, inventory_number: number, ..text() };
            let drawn = roll.draw(&said).unwrap();
            let zpl = label(&roll, &drawn, &said.url, Head::Dpi203, 1);
            prop_assert!(zpl.is_ascii() && !zpl.contains('~'));
            for line in zpl.lines().filter(|l| l.contains("^FD")) {
                let typed = line.split("^FD").nth(1).unwrap().strip_suffix("^FS").unwrap();
                prop_assert!(!typed.contains('^') && !typed.contains('\\'));
            }
        }
    }
}
