//! Names that mean the same: legal forms, accents, case, punctuation and small mistakes in the names of makers, models
//! and units. Near matches are proposed, never applied by themselves; only names equal once folded are the same.

use unicode_normalization::UnicodeNormalization;

/// Legal forms and articles that do not tell one company from another.
const LEGAL: &[&str] = &[
    "sa",
    "sas",
    "sasu",
    "sarl",
    "eurl",
    "snc",
    "gmbh",
    "ag",
    "kg",
    "kgaa",
    "mbh",
    "inc",
    "incorporated",
    "llc",
    "ltd",
    "limited",
    "co",
    "corp",
    "corporation",
    "company",
    "plc",
    "bv",
    "nv",
    "ab",
    "as",
    "aps",
    "oy",
    "oyj",
    "spa",
    "srl",
    "sl",
    "se",
    "pty",
    "pte",
    "ste",
    "societe",
    "cie",
    "and",
    "et",
    "the",
];

/// Words that many companies share: they weigh little when names are compared.
const COMMON: &[&str] = &[
    "medical",
    "medicale",
    "healthcare",
    "health",
    "care",
    "systems",
    "systemes",
    "system",
    "france",
    "international",
    "group",
    "groupe",
    "technologies",
    "technology",
    "medizintechnik",
    "medizintechnologie",
    "europe",
    "instruments",
    "devices",
    "biomedical",
    "biotech",
    "sciences",
    "diagnostics",
    "laboratoires",
    "laboratories",
    "lab",
    "labs",
    "solutions",
    "products",
    "deutschland",
    "usa",
];

/// Lower case, no accents, words separated by one blank.
pub fn plain(name: &str) -> String {
    let folded: String = name
        .replace('ß', "ss")
        .replace(['œ', 'Œ'], "oe")
        .replace(['æ', 'Æ'], "ae")
        .replace(['ø', 'Ø'], "o")
        .replace(['™', '®', '©'], " ")
        .nfkd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .collect::<String>()
        .to_lowercase();
    folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The name of a company without its legal form: two spellings with the same key are one company in a file.
pub fn company_key(name: &str) -> String {
    // What stands in brackets explains a name: « Becton, Dickinson and Company (BD) ».
    let bare = match (name.find('('), name.rfind(')')) {
        (Some(open), Some(close)) if open > 0 && close > open => {
            format!("{} {}", &name[..open], &name[close + 1..])
        }
        _ => name.to_owned(),
    };
    // « S.A.S. », « B.V. »: single letters are one word.
    let dotted = bare.replace(". ", " ");
    let mut words: Vec<String> = Vec::new();
    let mut letters = String::new();
    for word in plain(&dotted).split(' ') {
        if word.chars().count() == 1 && word.chars().all(char::is_alphabetic) {
            letters.push_str(word);
            continue;
        }
        if !letters.is_empty() {
            words.push(std::mem::take(&mut letters));
        }
        words.push(word.to_owned());
    }
    if !letters.is_empty() {
        words.push(letters);
    }
    let kept: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| !LEGAL.contains(word) && !word.is_empty())
        .collect();
    if kept.is_empty() {
        plain(name)
    } else {
        kept.join(" ")
    }
}

/// How near two names of companies are, from 0 to 1. 1 is kept for names equal once folded.
pub fn company_nearness(a: &str, b: &str) -> f64 {
    if plain(a) == plain(b) {
        return 1.0;
    }
    let (left, right) = (company_key(a), company_key(b));
    if left == right {
        return 0.97;
    }
    if german(&left) == german(&right) || left.replace(' ', "") == right.replace(' ', "") {
        return 0.95;
    }
    let strong = |key: &str| {
        key.split(' ')
            .filter(|word| !COMMON.contains(word))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let (ours, theirs) = (strong(&left), strong(&right));
    if !ours.is_empty() && ours == theirs {
        return 0.92;
    }
    if let (Some(first), Some(other)) = (ours.first(), theirs.first())
        && first == other
        && first.chars().count() >= 4
    {
        return 0.86;
    }
    let joined = |words: &[String]| words.join(" ");
    let typo = strsim::jaro_winkler(&german(&joined(&ours)), &german(&joined(&theirs)));
    let edits = strsim::normalized_damerau_levenshtein(&joined(&ours), &joined(&theirs));
    (typo * 0.5 + edits * 0.5).min(0.9)
}

/// How near two names of models or places are.
pub fn nearness(a: &str, b: &str) -> f64 {
    let (left, right) = (plain(a), plain(b));
    if left == right {
        return 1.0;
    }
    if left.replace(' ', "") == right.replace(' ', "") {
        return 0.97;
    }
    // Digits tell models apart: MX700 is not MX750, whatever the letters say.
    let digits = |text: &str| {
        text.chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    };
    let alike = strsim::normalized_damerau_levenshtein(&left, &right);
    if digits(&left) == digits(&right) {
        alike.min(0.96)
    } else {
        (alike * 0.8).min(0.75)
    }
}

/// « Dräger » is written Draeger or Drager.
fn german(text: &str) -> String {
    text.replace("ae", "a")
        .replace("oe", "o")
        .replace("ue", "u")
}

/// A name already known, under one of its spellings.
#[derive(Debug, Clone)]
pub struct Known<I> {
    /// What it names.
    pub id: I,
    /// One spelling.
    pub name: String,
}

/// A known name near the one asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Near<I> {
    /// What it names.
    pub id: I,
    /// The spelling that is near.
    pub name: String,
    /// How near, from 0 to 1.
    pub score: f64,
}

/// The three nearest known names of at least `least`, each thing once, the nearest first.
pub fn nearest<I: Copy + PartialEq>(
    name: &str,
    known: &[Known<I>],
    least: f64,
    nearness: impl Fn(&str, &str) -> f64,
) -> Vec<Near<I>> {
    let mut near: Vec<Near<I>> = Vec::new();
    for candidate in known {
        let score = nearness(name, &candidate.name);
        if score < least {
            continue;
        }
        match near.iter_mut().find(|other| other.id == candidate.id) {
            Some(other) if other.score < score => {
                *other = Near {
                    id: candidate.id,
                    name: candidate.name.clone(),
                    score,
                }
            }
            Some(_) => {}
            None => near.push(Near {
                id: candidate.id,
                name: candidate.name.clone(),
                score,
            }),
        }
    }
    near.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then_with(|| a.name.cmp(&b.name))
    });
    near.truncate(3);
    near
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legal_forms_accents_case_and_brackets_do_not_make_another_company() {
        for (a, b) in [
            ("Dräger Medical GmbH", "DRAGER MEDICAL"),
            ("Memmert", "MEMMERT GmbH + Co. KG"),
            ("Becton, Dickinson and Company (BD)", "BECTON DICKINSON"),
            ("Fresenius Kabi S.A.S.", "Fresenius Kabi"),
            ("B. Braun", "b braun"),
            ("GE Healthcare Inc.", "GE HEALTHCARE"),
        ] {
            assert_eq!(company_key(a), company_key(b), "{a} / {b}");
        }
        assert_ne!(company_key("BD"), company_key("B. Braun"));
        assert_ne!(company_key("SAS"), "");
    }

    #[test]
    fn spellings_are_near_and_other_companies_are_not() {
        for (a, b, least) in [
            ("Draeger", "Dräger", 0.95),
            ("Phillips", "Philips", 0.85),
            ("Philips France", "Philips Healthcare", 0.9),
            ("Datex Ohmeda", "Datex-Ohmeda", 1.0),
            ("Siemens Healthineers AG", "Siemens", 0.85),
        ] {
            assert!(
                company_nearness(a, b) >= least,
                "{a} / {b}: {}",
                company_nearness(a, b)
            );
        }
        for (a, b) in [
            ("Philips", "Fresenius"),
            ("Medtronic", "Mindray"),
            ("GE Healthcare", "Baxter Healthcare"),
            ("Nihon Kohden", "Konica Minolta"),
        ] {
            assert!(
                company_nearness(a, b) < 0.8,
                "{a} / {b}: {}",
                company_nearness(a, b)
            );
        }
    }

    #[test]
    fn a_digit_makes_another_model() {
        assert!(nearness("IntelliVue MX-750", "Intellivue MX750") > 0.95);
        assert!(nearness("IntelliVue MX700", "IntelliVue MX750") < 0.8);
        assert!(nearness("Intelivue MX750", "IntelliVue MX750") > 0.9);
    }

    #[test]
    fn the_nearest_come_first_and_once() {
        let known = [
            Known {
                id: 1,
                name: "Philips".to_owned(),
            },
            Known {
                id: 1,
                name: "Philips Medical Systems".to_owned(),
            },
            Known {
                id: 2,
                name: "Fresenius".to_owned(),
            },
        ];
        let near = nearest("Phillips", &known, 0.8, company_nearness);
        assert_eq!(
            near.iter()
                .map(|n| (n.id, n.name.as_str()))
                .collect::<Vec<_>>(),
            [(1, "Philips")]
        );
    }
}
