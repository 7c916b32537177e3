//! The whole product, seen from outside: the one binary, a data directory, and what stands in it afterwards.

mod bad_input;
mod books;
mod check;
mod contract;
mod crash;
mod demo;
mod demo_books;
mod demo_reports;
mod imports;
mod support;
mod workbook;
