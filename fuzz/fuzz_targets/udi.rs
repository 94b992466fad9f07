//! Any bytes, read as a UDI.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(broken) = vigie::inventory::catalogue::udi::exercise(bytes) {
        panic!("{broken}");
    }
});
