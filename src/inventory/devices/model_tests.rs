//! What is said of a device, in examples.

use super::*;
use proptest::prelude::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn none(_: Item) -> Option<&'static str> {
    None
}

#[test]
fn an_empty_device_misses_all_seven_items_and_names_them() {
    let items = items(none, none, none);
    assert_eq!(items.len(), 7);
    assert!(items.iter().all(ItemState::is_missing));
    assert_eq!(present_count(&items), 0);
    assert_eq!(items[0].words(), "manquant");
}

#[test]
fn a_justified_item_is_not_applicable_and_says_why() {
    let justified = |item| (item == Item::SerialNumber).then_some("logiciel sans numéro de série");
    let items = items(none, none, justified);
    assert_eq!(present_count(&items), 1);
    assert_eq!(items[4].code(), "not_applicable");
    assert_eq!(
        items[4].words(),
        "sans objet : logiciel sans numéro de série"
    );
}

#[test]
fn a_value_counts_even_where_its_absence_was_once_justified() {
    let items = items(
        |item| (item == Item::Supplier).then_some("Philips France"),
        none,
        |item| (item == Item::Supplier).then_some("don d’une association"),
    );
    assert_eq!(
        items[3].standing,
        ItemStanding::Present("Philips France".into())
    );
}

#[test]
fn words_in_the_place_of_a_date_do_not_make_it_present() {
    let items = items(
        none,
        |item| (item == Item::FirstServiceDate).then_some("Antes de 2003"),
        none,
    );
    assert!(items[6].is_missing());
    assert_eq!(items[6].words(), "manquant (« Antes de 2003 »)");
}

#[test]
fn a_blank_is_missing() {
    let items = items(|_| Some("  "), none, |_| Some(" "));
    assert_eq!(present_count(&items), 0);
}

#[test]
fn a_mistake_is_annulled_within_twenty_four_hours_and_not_a_second_later() {
    let recorded = at("2026-11-23T09:00:00Z");
    assert_eq!(
        annulment(recorded, false, at("2026-11-24T09:00:00Z"), 24),
        Annulment::Until(at("2026-11-24T09:00:00Z"))
    );
    assert_eq!(
        annulment(recorded, false, at("2026-11-24T09:00:01Z"), 24),
        Annulment::TooLate
    );
    assert_eq!(
        annulment(recorded, true, at("2026-11-23T10:00:00Z"), 24),
        Annulment::Done
    );
}

#[test]
fn a_loan_is_overdue_the_day_after_its_day() {
    let due = day("2026-11-23");
    assert_eq!(
        loan_standing(due, false, day("2026-11-23")),
        LoanStanding::Running(0)
    );
    assert_eq!(
        loan_standing(due, false, day("2026-11-24")),
        LoanStanding::Overdue(1)
    );
    assert_eq!(
        loan_standing(due, true, day("2027-01-01")),
        LoanStanding::Returned
    );
    assert_eq!(clock_words(LoanStanding::Overdue(1)), "en retard de 1 jour");
    assert_eq!(clock_words(LoanStanding::Running(12)), "dans 12 jours");
    assert_eq!(clock_words(LoanStanding::Running(0)), "aujourd’hui");
}

#[test]
fn only_what_belongs_to_someone_else_goes_back() {
    let ended = Some(day("2026-11-01"));
    let today = day("2026-11-23");
    assert_eq!(
        holding_standing(Some(Holding::Trial), ended, false, today),
        Some(LoanStanding::Overdue(22))
    );
    assert_eq!(
        holding_standing(Some(Holding::Trial), ended, true, today),
        Some(LoanStanding::Returned)
    );
    assert_eq!(
        holding_standing(Some(Holding::Purchase), ended, false, today),
        None
    );
    assert_eq!(
        holding_standing(Some(Holding::Rental), None, false, today),
        None
    );
    assert_eq!(holding_standing(None, ended, false, today), None);
}

#[test]
fn an_establishment_numbers_as_it_always_did() {
    let pattern = NumberPattern::parse("BM######").unwrap();
    assert_eq!(pattern.number(100_003, 2026), "BM100003");
    assert_eq!(pattern.number(7, 2026), "BM000007");
    assert_eq!(pattern.number(1_234_567, 2026), "BM1234567");
    assert!(!pattern.is_yearly());
    let yearly = NumberPattern::parse("{AAAA}-BIO-####").unwrap();
    assert_eq!(yearly.number(42, 2026), "2026-BIO-0042");
    assert!(yearly.is_yearly());
    assert_eq!(
        NumberPattern::parse("{AA}.###").unwrap().number(1, 2026),
        "26.001"
    );
    assert_eq!(NumberPattern::parse("BM"), None);
    assert_eq!(NumberPattern::parse("#-#"), None);
}

proptest! {
    #[test]
    fn a_label_has_eight_characters_nobody_misreads(bytes in any::<[u8; 8]>()) {
        let code = label_code(bytes);
        prop_assert_eq!(code.len(), 8);
        prop_assert!(code.bytes().all(|c| (c.is_ascii_uppercase() || c.is_ascii_digit()) && !b"01OI".contains(&c)));
    }

    #[test]
    fn two_ranks_never_share_a_number(a in 1i64..2_000_000, b in 1i64..2_000_000, digits in 1usize..7) {
        prop_assume!(a != b);
        let pattern = NumberPattern::parse(&format!("X{}", "#".repeat(digits))).unwrap();
        prop_assert_ne!(pattern.number(a, 2026), pattern.number(b, 2026));
    }
}
