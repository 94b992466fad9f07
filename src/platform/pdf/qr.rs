//! QR codes as drawings: a path of SVG for pages and PDF, a grid for printers.

use fast_qr::{ECL, QRBuilder};

use crate::kernel::{Error, Result};

/// The modules of a code, without its quiet zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qr {
    /// Modules on a side.
    pub size: usize,
    dark: Vec<bool>,
}

impl Qr {
    /// The smallest code that holds this text with medium correction (15 % may be hidden or torn).
    pub fn of(text: &str) -> Result<Self> {
        let code = QRBuilder::new(text)
            .ecl(ECL::M)
            .build()
            .map_err(Error::internal)?;
        let dark = (0..code.size)
            .flat_map(|y| code[y].iter().map(|module| module.value()))
            .collect();
        Ok(Self {
            size: code.size,
            dark,
        })
    }

    /// Is this module dark?
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        x < self.size && self.dark.get(y * self.size + x).copied().unwrap_or(false)
    }

    /// The dark modules as the path of a drawing whose unit is the module, its quiet zone of four left around.
    pub fn path(&self) -> String {
        let mut path = String::new();
        for y in 0..self.size {
            let mut x = 0;
            while x < self.size {
                let run = (x..self.size).take_while(|x| self.is_dark(*x, y)).count();
                if run > 0 {
                    path.push_str(&format!("M{} {}h{run}v1h-{run}z", x + 4, y + 4));
                }
                x += run.max(1);
            }
        }
        path
    }

    /// The code as an SVG image, its quiet zone of four modules included.
    pub fn svg(&self) -> String {
        let (side, path) = (self.size + 8, self.path());
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\"><rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path fill=\"#000\" d=\"{path}\"/></svg>"
        )
    }
}

/// The code of a text as an SVG image.
pub fn svg(text: &str) -> Result<String> {
    Ok(Qr::of(text)?.svg())
}
