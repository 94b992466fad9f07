//! Device identifiers as people and databases write them, to compare what differs by writing only.

use super::check;
use super::digital_link;
use super::gs1::GS;
use super::gs1_ai;
use super::hibcc;
use super::hri;
use super::iccbba;
use super::ifa;

/// Symbology identifiers that announce GS1 element strings (ISO/IEC 15424): GS1-128, DataMatrix, QR, DataBar and
/// composite, DotCode.
const GS1_SYMBOLS: [&str; 7] = ["]C1", "]d2", "]Q3", "]e0", "]e1", "]e2", "]J1"];

/// The symbology identifier that a reader set before the data (ISO/IEC 15424), and the data.
pub(super) fn symbology(text: &str) -> Option<(&str, &str)> {
    let mut bytes = text.bytes();
    let announced = bytes.next() == Some(b']')
        && bytes.next().is_some_and(|code| code.is_ascii_alphabetic())
        && bytes
            .next()
            .is_some_and(|modifier| modifier.is_ascii_alphanumeric());
    if announced {
        text.split_at_checked(3)
    } else {
        None
    }
}

/// Whether that symbology identifier announces GS1 element strings.
pub(super) fn announces_gs1(symbology: &str) -> bool {
    GS1_SYMBOLS.contains(&symbology)
}

/// Every way the same device identifier may be written, the one to store first: GTIN with or without leading zeros and
/// `(01)`; HIBC with or without `+` and check character; ISBT and PPN with or without their delimiters.
///
/// Two texts name the same device identifier when [`same_di`] says so; in SQL, compare a stored one with all of these.
pub fn di_variants(text: &str) -> Vec<String> {
    let text = text.trim();
    let mut variants = Vec::new();
    if text.is_empty() {
        return variants;
    }
    for core in cores(text) {
        variants.extend(written(&core));
    }
    variants.push(text.to_owned());
    let mut seen = Vec::new();
    variants.retain(|variant| {
        let new = !seen.contains(variant);
        seen.push(variant.clone());
        new
    });
    variants
}

/// Whether two texts name the same device identifier.
pub fn same_di(one: &str, other: &str) -> bool {
    let others = cores(other.trim());
    cores(one.trim()).iter().any(|core| others.contains(core))
}

/// What the text may mean, bare: usually one, two when a last character may be a check character or not.
fn cores(text: &str) -> Vec<String> {
    let unlabelled = ["(01)", "{01}", "9N", "=/", "=)"]
        .iter()
        .find_map(|label| text.strip_prefix(label));
    let bare = unlabelled.unwrap_or(text);
    let digits = !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit());
    if digits {
        let labelled = bare.strip_prefix("01").filter(|gtin| gtin.len() == 14);
        return vec![labelled.map_or_else(
            || hri::padded(bare).unwrap_or_else(|| bare.to_owned()),
            str::to_owned,
        )];
    }
    if unlabelled.is_some() {
        return vec![bare.to_owned()];
    }
    let plus = bare.strip_prefix('+');
    let bare = plus.unwrap_or(bare);
    let mut cores = Vec::new();
    if let Some((data, last)) = check::split_last(bare)
        && is_hibc_core(data)
        && check::mod43(&format!("+{data}")) == Some(last)
    {
        cores.push(data.to_owned());
    }
    if is_hibc_core(bare) {
        cores.push(bare.to_owned());
    }
    if cores.is_empty() {
        cores.push(text.to_owned());
    }
    cores
}

/// Labeller, product and unit of measure.
fn is_hibc_core(text: &str) -> bool {
    (6..=23).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && text.starts_with(|first: char| first.is_ascii_uppercase())
        && text.ends_with(|last: char| last.is_ascii_digit())
}

fn written(core: &str) -> Vec<String> {
    let mut written = vec![core.to_owned()];
    if core.len() == 14 && core.bytes().all(|byte| byte.is_ascii_digit()) {
        let shorter = [13, 12, 8].into_iter().filter_map(|length| {
            let (zeros, gtin) = core.split_at_checked(14 - length)?;
            zeros
                .bytes()
                .all(|byte| byte == b'0')
                .then(|| gtin.to_owned())
        });
        written.extend(shorter);
        written.push(format!("(01){core}"));
        written.push(format!("01{core}"));
    } else if is_hibc_core(core) {
        let plus = format!("+{core}");
        if let Some(check) = check::mod43(&plus) {
            written.push(format!("{plus}{check}"));
            written.push(format!("{core}{check}"));
        }
        written.push(plus);
    }
    if core.len() == 16 {
        written.push(format!("=/{core}"));
    }
    if core.len() == 10 {
        written.push(format!("=){core}"));
    }
    if core.len() == 12 && core.starts_with("11") {
        written.push(format!("9N{core}"));
    }
    written
}

/// Whether what was typed or scanned in a search box is a UDI rather than words, a serial or an inventory number.
pub fn looks_like_udi(text: &str) -> bool {
    let text = text.trim();
    if symbology(text).is_some()
        || ifa::is_envelope(text)
        || digital_link::carries_key(text)
        || iccbba::is_isbt(text)
    {
        return text.len() > 5;
    }
    if hri::is_printed(text) {
        let code = text
            .get(1..)
            .and_then(|after| after.split([')', '}']).next())
            .unwrap_or_default();
        let value = text
            .split_once([')', '}'])
            .map_or("", |(_, value)| value.trim_start());
        return gs1_ai::of(code).is_some_and(|ai| {
            let kind = ai.parts.first().map(|part| part.kind);
            value
                .chars()
                .next()
                .is_some_and(|first| kind.is_some_and(|kind| kind.admits(first)))
        });
    }
    let text = text.trim_matches('*');
    if hibcc::is_hibc(text) {
        // A telephone number also begins with `+`.
        let telephone = text
            .bytes()
            .skip(1)
            .all(|byte| byte.is_ascii_digit() || byte == b' ');
        return text.len() >= 8 && !telephone;
    }
    if text.contains(GS) && gs1_ai::leading(text.trim_start_matches(GS)).is_some() {
        return true;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) && matches!(text.len(), 13 | 14) {
        return check::mod10_holds(text);
    }
    if let Some(gtin) = ["01", "03", "8006"]
        .iter()
        .find_map(|code| text.strip_prefix(code))
        .and_then(|rest| rest.get(..14))
    {
        let after = text.len() > 16;
        return gtin.bytes().all(|byte| byte.is_ascii_digit())
            && (after || check::mod10_holds(gtin));
    }
    ["9N", "PP"].iter().any(|prefix| text.starts_with(prefix))
        && check::split_end(text.strip_prefix("9N").unwrap_or(text), 2).is_some_and(
            |(data, found)| data.len() > 7 && check::mod97(data).as_deref() == Some(found),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gtin_is_the_same_with_or_without_its_zeros() {
        for other in [
            "09506000134376",
            "9506000134376",
            "(01)09506000134376",
            "0109506000134376",
            " 9506000134376 ",
        ] {
            assert!(same_di("09506000134376", other), "{other}");
            assert_eq!(di_variants(other)[0], "09506000134376");
        }
        assert!(di_variants("09506000134376").contains(&"9506000134376".to_owned()));
        assert!(!same_di("09506000134376", "19506000134373"));
        assert!(same_di("12345670", "00000012345670"));
    }

    #[test]
    fn an_hibc_is_the_same_with_or_without_plus_and_check() {
        let written = [
            "A123BJC5D6E71",
            "+A123BJC5D6E71",
            "+A123BJC5D6E71G",
            "A123BJC5D6E71G",
        ];
        for one in written {
            for other in written {
                assert!(same_di(one, other), "{one} {other}");
                assert!(
                    di_variants(one).contains(&other.to_owned()),
                    "{one} {other}"
                );
            }
        }
        assert!(!same_di("A123BJC5D6E71", "A123BJC5D6E72"));
    }

    #[test]
    fn the_delimiters_of_others_do_not_count() {
        assert!(same_di("=/A9999XYZ100T0944", "A9999XYZ100T0944"));
        assert!(same_di("9N110375286414", "110375286414"));
        assert!(di_variants("").is_empty());
        assert!(same_di("D-XYZ", "D-XYZ"));
    }

    #[test]
    fn a_scan_is_told_from_words() {
        for scan in [
            "]d201095060001343761728123110LOT7a",
            "(01)09506000134376(17)281200",
            "{01}09506000134376",
            "0109506000134376",
            "010950600013437717281231",
            "09506000134376",
            "9506000134376",
            "+A123BJC5D6E71G",
            "*+A123BJC5D6E71G*",
            "+$$09053C001LC",
            "=/A9999XYZ100T0944",
            "[)>\u{1e}06\u{1d}9N110375286414",
            "https://id.gs1.org/01/09506000134376",
            "9N110375286414",
            "PP12345ABCD.12345678.9004",
            "10LOT\u{1d}21SN",
        ] {
            assert!(looks_like_udi(scan), "{scan}");
        }
        for words in [
            "",
            "pompe",
            "SN12345",
            "+33 4 76 76 75 75",
            "+33476767575",
            "INV-00042",
            "(12) salle",
            "https://vigie.example/x/01",
            "0123456",
            "PPHARMACIE",
            "01 scanner",
            "(01 pompe",
            "2024",
            "12345678901234",
        ] {
            assert!(!looks_like_udi(words), "{words}");
        }
    }
}
