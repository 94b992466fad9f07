//! Each test of security, proved able to fail: the fault it holds absent is put back, and it must
//! fail. Run with `bin/test --features mutants house::mutants`; SECURITY.md has the table in words.

use vigie::kernel::mutants::{self, Fault};

use super::{attacks, trespass};
use crate::accounts::{grants, links, second_factor, sessions, tokens, units};
use crate::inventory::devices;
use crate::parties::organisations;
use crate::{documents, platform, search};

/// Number of the class in the red list, the fault, the test that must see it.
const PROOFS: &[(u8, Fault, fn())] = &[
    (
        1,
        Fault::FormulasKept,
        platform::lists::an_export_is_the_list_in_its_order_with_formulas_made_harmless,
    ),
    (
        2,
        Fault::Unescaped,
        attacks::a_name_that_is_markup_is_read_as_letters,
    ),
    (
        4,
        Fault::AnyScheme,
        organisations::each_wrong_field_says_so_keeps_what_was_typed_and_writes_nothing,
    ),
    (
        5,
        Fault::TypeBelieved,
        documents::what_a_browser_could_run_is_refused_whatever_its_name,
    ),
    (
        6,
        Fault::BombsRead,
        attacks::an_archive_that_unfolds_beyond_measure_is_refused,
    ),
    (7, Fault::AnyPath, attacks::a_content_is_never_a_path),
    (
        12,
        Fault::ScopeIgnored,
        units::another_hospital_s_unit_does_not_exist_for_me,
    ),
    (
        12,
        Fault::ScopeIgnored,
        devices::another_hospital_neither_sees_nor_touches_it,
    ),
    (
        15,
        Fault::SearchUnscoped,
        search::pages::another_hospital_s_devices_are_not_found_counted_or_suggested,
    ),
    (
        16,
        Fault::ExportUnscoped,
        attacks::an_export_is_kept_to_what_one_sees,
    ),
    (
        17,
        Fault::ChildAlone,
        documents::another_hospital_neither_lists_opens_nor_downloads_it,
    ),
    (
        18,
        Fault::UnknownFieldsPass,
        attacks::a_field_nobody_asked_for_is_refused_and_nothing_is_written,
    ),
    (
        19,
        Fault::GiveAnything,
        grants::an_administrator_gives_within_his_scope_and_not_beyond,
    ),
    (
        19,
        Fault::PermitIgnored,
        attacks::rights_held_at_two_places_do_not_add_up,
    ),
    (
        20,
        Fault::RightsAddUp,
        attacks::rights_held_at_two_places_do_not_add_up,
    ),
    (
        20,
        Fault::SeenIsCovered,
        trespass::what_is_seen_there_is_not_changed_there,
    ),
    (
        20,
        Fault::ExportsAddUp,
        trespass::what_is_seen_where_one_may_not_export_leaves_in_no_file,
    ),
    (
        20,
        Fault::ActingAddsUp,
        trespass::who_acts_for_another_exports_and_corrects_within_what_was_delegated,
    ),
    (
        21,
        Fault::OrderUnsigned,
        trespass::a_correction_is_carried_out_by_who_previewed_it_on_what_they_hold,
    ),
    (
        30,
        Fault::FactorIgnored,
        second_factor::after_the_password_nothing_opens_before_the_code,
    ),
    (
        23,
        Fault::SecretUnchecked,
        sessions::a_form_without_its_secret_or_from_elsewhere_writes_nothing,
    ),
    (
        23,
        Fault::GetIsAnything,
        attacks::a_get_is_a_get_whatever_it_says,
    ),
    (23, Fault::ReadsMayWrite, attacks::a_page_cannot_write),
    (
        23,
        Fault::CookieBare,
        attacks::the_session_is_out_of_reach_of_scripts_and_of_other_sites,
    ),
    (
        24,
        Fault::SessionFixed,
        sessions::a_session_is_rotated_at_sign_in_and_dead_after_sign_out,
    ),
    (
        24,
        Fault::SessionsNeverEnd,
        sessions::a_session_is_rotated_at_sign_in_and_dead_after_sign_out,
    ),
    (
        25,
        Fault::AnswersCached,
        attacks::every_answer_forbids_caches_frames_and_foreign_scripts,
    ),
    (
        26,
        Fault::ForwardedBelieved,
        sessions::an_address_is_slowed_down_through_the_trusted_proxy_only,
    ),
    (
        27,
        Fault::AnyAddressIsOurs,
        sessions::the_way_back_after_sign_in_never_leaves_the_house,
    ),
    (
        28,
        Fault::UnknownTold,
        sessions::a_wrong_password_and_an_unknown_person_get_the_same_answer,
    ),
    (
        29,
        Fault::GuessesFree,
        sessions::guesses_are_slowed_down_and_open_sessions_are_left_alone,
    ),
    (
        32,
        Fault::ExpiredOpens,
        links::a_link_is_dead_after_a_day_or_with_its_account,
    ),
    (
        32,
        Fault::ExpiredOpens,
        tokens::a_token_is_shown_once_and_ends,
    ),
    (
        32,
        Fault::ExpiredOpens,
        sessions::a_session_ends_unused_after_four_hours_and_used_after_fourteen,
    ),
    (
        32,
        Fault::TokenWrites,
        tokens::a_program_has_its_owner_s_rights_at_most,
    ),
    (
        32,
        Fault::SecretsKeptClear,
        attacks::no_secret_is_told_to_the_log_nor_kept_as_it_is,
    ),
    (
        34,
        Fault::SecretsLogged,
        attacks::no_secret_is_told_to_the_log_nor_kept_as_it_is,
    ),
    (
        35,
        Fault::DetailShown,
        attacks::a_fault_of_ours_tells_nothing_of_the_inside,
    ),
    (
        36,
        Fault::NameInHeader,
        documents::a_document_is_added_read_and_withdrawn_with_its_reason,
    ),
    (39, Fault::RepeatWrites, units::a_double_click_writes_once),
    (
        39,
        Fault::LastOneWins,
        devices::two_people_edit_one_sheet_and_the_second_is_told,
    ),
    (
        39,
        Fault::LastOneWins,
        attacks::two_who_write_at_the_same_instant_do_not_both_win,
    ),
    (
        41,
        Fault::HeadersLeftOut,
        attacks::every_answer_forbids_caches_frames_and_foreign_scripts,
    ),
    (
        44,
        Fault::GuardsIgnored,
        devices::a_device_goes_into_service_only_when_nothing_is_missing,
    ),
    (
        45,
        Fault::DisguisePasses,
        attacks::a_text_that_hides_or_turns_its_letters_is_refused,
    ),
];

/// Runs a test on a thread of its own with a fault, or none; true when it failed.
fn fails(fault: Option<Fault>, test: fn()) -> bool {
    std::thread::Builder::new()
        .name("mutant".into())
        .spawn(move || {
            mutants::choose(fault);
            test();
        })
        .unwrap()
        .join()
        .is_err()
}

#[test]
fn each_fault_put_back_is_seen_by_its_test_which_passes_without_it() {
    // The failures of mutants are what is wanted: they are not told.
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().name() != Some("mutant") {
            tell(info);
        }
    }));
    let mut findings = vec![];
    for batch in PROOFS.chunks(3) {
        let found: Vec<Option<String>> = std::thread::scope(|scope| {
            let running: Vec<_> = batch
                .iter()
                .map(|(class, fault, test)| {
                    scope.spawn(move || {
                        if !fails(Some(*fault), *test) {
                            Some(format!(
                                "class {class}: {fault:?} is put back and its test passes"
                            ))
                        } else if fails(None, *test) {
                            Some(format!(
                                "class {class}: the test of {fault:?} fails without it"
                            ))
                        } else {
                            None
                        }
                    })
                })
                .collect();
            running.into_iter().map(|r| r.join().unwrap()).collect()
        });
        findings.extend(found.into_iter().flatten());
    }
    super::none(findings, "a test that cannot fail proves nothing");
}

/// Every fault the code knows how to put back has its proof.
#[test]
fn every_fault_has_a_test() {
    let source = std::fs::read_to_string(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/kernel/mutants.rs"),
    )
    .unwrap();
    let list = source.split("pub enum Fault {").nth(1).unwrap();
    let list = list.split("\n}").next().unwrap();
    let missing: Vec<String> = list
        .lines()
        .filter_map(|line| line.trim().strip_suffix(','))
        .filter(|name| name.chars().all(char::is_alphanumeric))
        .filter(|name| {
            !PROOFS
                .iter()
                .any(|(_, fault, _)| format!("{fault:?}") == **name)
        })
        .map(str::to_owned)
        .collect();
    super::none(missing, "add a proof in tests/it/house/mutants.rs");
}
