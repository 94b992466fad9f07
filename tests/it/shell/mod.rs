//! The frame around every page, as people meet it.

mod frame;
mod views;
