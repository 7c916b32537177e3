use crate::*;
use headroom_models::language::Language;
/// x
pub fn html(_: &ExecutionReport, _: Language) -> Result<String, ReportError> { Ok(String::new()) }
