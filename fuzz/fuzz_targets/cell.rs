//! Any bytes, read as by `exercises::cell`.
#![no_main]

#[allow(dead_code)]
#[path = "../../tests/it/house/exercises.rs"]
mod exercises;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(broken) = exercises::cell(bytes) {
        panic!("{broken}");
    }
});
