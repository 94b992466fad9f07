//! The law as data: texts with their standing, and what is computed from them.

pub mod texts;
