//! One line of a file of UDI vectors, whatever the names its author gave to the keys.
//!
//! A line holds the code (`raw`, `input`, `barcode`…) and what is expected of it, flat or under `expected`. A line without
//! any expectation that can be interpreted is a failure: it would test nothing. Names that mean nothing are handed back.

use chrono::NaiveDate;
use serde_json::{Map, Value as Json};
use vigie::inventory::catalogue::udi::{
    Issuer, Reading, Status, Udi, Value, Warning, parse, same_di,
};

const RAW: &[&str] = &[
    "raw",
    "input",
    "barcode",
    "scan",
    "scanned",
    "carrier",
    "carrieraidc",
    "carrierhrf",
    "udi",
    "code",
    "text",
    "string",
    "payload",
    "rawdata",
    "encoded",
    "symbol",
    "aidc",
    "hri",
];
const BOXES: &[&str] = &[
    "expected", "expect", "fields", "parsed", "result", "output", "want",
];
const DI: &[&str] = &[
    "di",
    "udidi",
    "gtin",
    "gtin14",
    "deviceidentifier",
    "deviceid",
    "primarydi",
    "deviceidentification",
];
const LOT: &[&str] = &[
    "lot",
    "lotnumber",
    "lotno",
    "batch",
    "batchnumber",
    "batchlot",
    "lotbatch",
    "lotorbatch",
];
const SERIAL: &[&str] = &["serial", "serialnumber", "serialno", "sn"];
const EXPIRY: &[&str] = &[
    "expiry",
    "expirydate",
    "expiration",
    "expirationdate",
    "expires",
    "exp",
    "expdate",
    "useby",
    "expirydateiso",
    "expiryiso",
    "expirationiso",
];
const MADE: &[&str] = &[
    "manufactured",
    "manufacture",
    "manufacturedate",
    "manufacturingdate",
    "manufacturedate",
    "manufacturedon",
    "mfg",
    "mfgdate",
    "production",
    "productiondate",
    "proddate",
    "manufacturediso",
];
/// Beside the expectations, these words say something of the line, not of the code.
const METADATA: &[&str] = &["version", "count", "level"];
const TEXTS: &[&str] = &[
    "id",
    "name",
    "rule",
    "note",
    "notes",
    "comment",
    "source",
    "origin",
    "title",
    "description",
    "ref",
    "reference",
    "url",
    "line",
    "file",
    "category",
    "group",
    "tags",
    "licence",
    "license",
    "example",
    "form",
    "kind",
    "type",
    "why",
    "reason",
    "symbology",
    "doc",
    "page",
    "issue",
    "quirk",
    "section",
];

/// What a line tested.
#[derive(Debug, PartialEq, Eq)]
pub struct Tested {
    /// Expectations checked.
    pub checked: usize,
    /// Keys that mean nothing.
    pub unknown: Vec<String>,
}

/// What a line tested, or what does not hold.
pub fn check(line: &str, today: NaiveDate) -> Result<Tested, Vec<String>> {
    let json: Json =
        serde_json::from_str(line).map_err(|error| vec![format!("no JSON: {error}")])?;
    let Json::Object(all) = json else {
        return Err(vec!["not an object".into()]);
    };
    let named = |name: &&str| {
        all.iter()
            .find(|(key, value)| plain(key) == **name && value.is_string())
    };
    let Some((raw_key, raw)) = RAW.iter().find_map(named) else {
        let keys: Vec<_> = all.keys().collect();
        return Err(vec![format!("no key for the code among {keys:?}")]);
    };
    let udi = parse(&text(raw), today);
    let mut told = Told {
        udi: &udi,
        checked: 0,
        unknown: Vec::new(),
        wrong: Vec::new(),
    };
    for (key, value) in all.iter().filter(|(key, _)| *key != raw_key) {
        match value {
            Json::Object(expected) if BOXES.contains(&plain(key).as_str()) => told.all(expected),
            _ if METADATA.contains(&plain(key).as_str()) => {}
            _ => told.one(key, value),
        }
    }
    let Told {
        checked,
        unknown,
        mut wrong,
        ..
    } = told;
    if checked == 0 {
        wrong.push(format!(
            "nothing expected can be interpreted; unknown keys: {}",
            unknown.join(", ")
        ));
    }
    if wrong.is_empty() {
        Ok(Tested { checked, unknown })
    } else {
        Err(wrong)
    }
}

/// A key without case nor punctuation.
fn plain(key: &str) -> String {
    key.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|character| character.to_ascii_lowercase())
        .collect()
}

fn text(value: &Json) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

struct Told<'a> {
    udi: &'a Udi,
    checked: usize,
    unknown: Vec<String>,
    wrong: Vec<String>,
}

impl Told<'_> {
    fn all(&mut self, expected: &Map<String, Json>) {
        for (key, value) in expected {
            self.one(key, value);
        }
    }

    fn one(&mut self, key: &str, value: &Json) {
        let name = plain(key);
        let name = name
            .strip_prefix("expected")
            .filter(|rest| !rest.is_empty())
            .unwrap_or(&name);
        if self.expects(name, value) || TEXTS.contains(&name) || RAW.contains(&name) {
            return;
        }
        match value {
            Json::Object(inner) => self.all(inner),
            _ => self.unknown.push(key.to_owned()),
        }
    }

    /// Checks one expectation; false when its key means nothing.
    fn expects(&mut self, key: &str, value: &Json) -> bool {
        let udi = self.udi;
        let absent = value.is_null() || value.as_str() == Some("");
        let said = text(value);
        let fits = match key {
            _ if DI.contains(&key) => self.any(absent, |reading| {
                reading
                    .di
                    .as_ref()
                    .map(|di| same_di(&di.value, &said) || same_di(&di.printed, &said))
            }),
            _ if LOT.contains(&key) => self.any(absent, |reading| {
                reading.lot.as_ref().map(|lot| *lot == said)
            }),
            _ if SERIAL.contains(&key) => self.any(absent, |reading| {
                reading.serial.as_ref().map(|serial| *serial == said)
            }),
            _ if EXPIRY.contains(&key) => self.any(absent, |reading| {
                reading.expiry.map(|day| dated(reading, day, &said))
            }),
            _ if MADE.contains(&key) => self.any(absent, |reading| {
                reading.manufactured.map(|day| dated(reading, day, &said))
            }),
            "softwareversion" | "software" => self.any(absent, |reading| {
                reading
                    .software_version
                    .as_ref()
                    .map(|version| *version == said)
            }),
            "quantity" | "qty" | "count" => self.any(absent, |reading| {
                reading
                    .quantity
                    .map(|count| said.parse::<u64>() == Ok(count))
            }),
            "donation"
            | "donationid"
            | "donationnumber"
            | "donationidentificationnumber"
            | "din" => self.any(absent, |reading| {
                reading
                    .donation
                    .as_ref()
                    .map(|donation| *donation == said || donation.ends_with(&said))
            }),
            "basicudidi" | "basicudi" | "gmn" => self.any(absent, |reading| {
                reading.basic_udi_di.as_ref().map(|basic| *basic == said)
            }),
            "mudi" | "masterudidi" => self.any(absent, |reading| {
                reading.mudi.as_ref().map(|mudi| *mudi == said)
            }),
            "packagelevel" | "level" | "indicator" | "packaginglevel" | "unitofmeasure" | "uom" => {
                self.any(absent, |reading| {
                    reading
                        .package_level
                        .map(|level| level.0.to_string() == said)
                })
            }
            "issuer" | "agency" | "issuingagency" | "issuingentity" | "system" | "standard" => {
                match issuer(&said) {
                    Some(issuer) => udi.issuer == Some(issuer),
                    None if absent => true,
                    None => return false,
                }
            }
            "lic" | "labeler" | "labelerid" | "labeller" => self.holds("LIC", &said),
            "pcn" | "productnumber" | "productcode" => self.holds("PCN", &said),
            "link" | "linkchar" | "linkcharacter" => absent || self.holds("L", &said),
            "status" | "parsestatus" => match plain(&said).as_str() {
                "parsed" | "ok" | "valid" | "exact" => udi.status == Status::Parsed,
                "ambiguous" => udi.status == Status::Ambiguous,
                "unparsed" | "error" | "invalid" | "unreadable" | "unknown" => {
                    matches!(udi.status, Status::Unparsed(_))
                }
                _ => return false,
            },
            "ambiguous" => value.as_bool() == Some(udi.status == Status::Ambiguous),
            "warn" | "warning" | "warnings" | "mustwarn" | "expectwarning" => {
                let wanted = match value {
                    Json::Bool(wanted) => *wanted,
                    Json::Array(list) => !list.is_empty(),
                    _ => !absent,
                };
                wanted == udi.is_doubtful()
            }
            "valid" | "isvalid" | "ok" => match value.as_bool() {
                // A valid code may still be incomplete without its separators.
                Some(true) => {
                    !matches!(udi.status, Status::Unparsed(_)) && !udi.warnings.iter().any(is_check)
                }
                Some(false) => udi.is_doubtful(),
                None => return false,
            },
            "checkvalid"
            | "checkdigitvalid"
            | "checkok"
            | "checkdigitok"
            | "checksumvalid"
            | "validcheckdigit"
            | "checkcharvalid"
            | "checkcharactervalid"
            | "mod43valid"
            | "mod10valid" => value.as_bool() == Some(!udi.warnings.iter().any(is_check)),
            "readings" => {
                let wanted = value.as_array().map(Vec::as_slice).unwrap_or_default();
                !wanted.is_empty()
                    && wanted
                        .iter()
                        .all(|wanted| udi.readings.iter().any(|reading| reads(reading, wanted)))
            }
            "elements" | "ais" | "ai" => {
                let wanted = value.as_object();
                wanted.is_some_and(|wanted| {
                    wanted.iter().all(|(key, raw)| self.holds(key, &text(raw)))
                })
            }
            _ if (2..=4).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.holds(key, &said)
            }
            _ => return false,
        };
        self.checked += 1;
        if !fits {
            self.wrong.push(format!(
                "{key} should be {value}, found {:?} {:?} {:?}",
                udi.status, udi.readings, udi.warnings
            ));
        }
        true
    }

    /// Whether the expectation holds: for an ambiguous code, one of its readings says so; nothing expected is nothing told.
    fn any(&self, absent: bool, told: impl Fn(&Reading) -> Option<bool>) -> bool {
        let readings = match self.udi.status {
            Status::Ambiguous => self.udi.readings.as_slice(),
            _ => self.udi.readings.get(..1).unwrap_or_default(),
        };
        if absent {
            readings.iter().all(|reading| told(reading).is_none())
        } else {
            readings.iter().any(|reading| told(reading) == Some(true))
        }
    }

    fn holds(&self, key: &str, raw: &str) -> bool {
        self.udi
            .elements
            .iter()
            .any(|element| element.key == key && element.raw == raw)
    }
}

fn reads(reading: &Reading, wanted: &Json) -> bool {
    let told = |name: &str| match name {
        "lot" => reading.lot.clone(),
        "serial" => reading.serial.clone(),
        "di" => reading.di.as_ref().map(|di| di.value.clone()),
        "expiry" => reading.expiry.map(|day| day.to_string()),
        _ => None,
    };
    wanted.as_object().is_some_and(|wanted| {
        wanted
            .iter()
            .all(|(name, value)| told(name) == value.as_str().map(str::to_owned))
    })
}

fn is_check(warning: &Warning) -> bool {
    matches!(
        warning,
        Warning::Check { .. } | Warning::CheckImpossible { .. }
    )
}

fn issuer(said: &str) -> Option<Issuer> {
    let said = plain(said);
    let names = [
        ("gs1", Issuer::Gs1),
        ("hibc", Issuer::Hibcc),
        ("iccbba", Issuer::Iccbba),
        ("isbt", Issuer::Iccbba),
        ("ifa", Issuer::Ifa),
        ("eudamed", Issuer::Eudamed),
    ];
    names
        .into_iter()
        .find(|(name, _)| said.contains(name))
        .map(|(_, issuer)| issuer)
}

/// Whether a day is the one told: in full, by its month where the code holds no more, or as encoded.
fn dated(reading: &Reading, day: NaiveDate, said: &str) -> bool {
    let compact = day.format("%Y%m%d").to_string();
    let digits: String = said.chars().filter(char::is_ascii_digit).collect();
    let month_only = reading
        .elements
        .iter()
        .any(|element| element.value == Value::Month(day) && element.key == "$$");
    digits.get(..8).is_some_and(|told| told == compact)
        || said == day.format("%y%m%d").to_string()
        || month_only && digits.len() >= 6 && digits.get(..6) == compact.get(..6)
        || reading
            .elements
            .iter()
            .any(|element| element.value.day() == Some(day) && element.raw == said)
}
