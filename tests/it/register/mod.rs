//! The legal register: lines, proofs, exports.

mod exports;
mod lines;
mod scale;
mod seals;
pub mod world;
