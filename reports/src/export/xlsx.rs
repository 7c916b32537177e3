use crate::*;
use headroom_models::language::Language;
/// x
pub fn xlsx(_: &ExecutionReport, _: Language) -> Result<Vec<u8>, ReportError> { Ok(vec![]) }
