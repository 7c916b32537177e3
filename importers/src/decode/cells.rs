//! Cells of a workbook as the texts that a spreadsheet program shows.

use calamine::{Data, DataRef, ExcelDateTime};

/// The text of a cell.
pub(crate) fn cell_text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(value) => value.to_string(),
        DataRef::Float(value) => number_text(*value),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(value) => time_text(value),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// The text of a cell that is held in memory.
pub(crate) fn data_text(value: &Data) -> String {
    match value {
        Data::Int(value) => value.to_string(),
        Data::Float(value) => number_text(*value),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Bool(value) => value.to_string(),
        Data::DateTime(value) => time_text(value),
        Data::Error(error) => error.to_string(),
        _ => String::new(),
    }
}

/// A number as the spreadsheet shows it: the file holds binary floats, of which spreadsheets show 15 digits.
///
/// So a sum that the program stored as 3.3000000000000003 is read as the 3.3 that the person sees.
fn number_text(value: f64) -> String {
    let scientific = format!("{value:.14e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits = mantissa.replace('.', "");
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        return "0".to_owned();
    }
    match exponent.parse::<i32>() {
        Ok(exponent @ 0..=20) => {
            let whole = exponent as usize + 1;
            match digits.len() > whole {
                true => format!("{sign}{}.{}", &digits[..whole], &digits[whole..]),
                false => format!("{sign}{digits}{}", "0".repeat(whole - digits.len())),
            }
        }
        Ok(exponent @ -18..=-1) => format!("{sign}0.{}{digits}", "0".repeat((-exponent - 1) as usize)),
        _ => format!("{sign}{}.{}E{exponent}", &digits[..1], &digits[1..]),
    }
}

fn time_text(value: &ExcelDateTime) -> String {
    if !value.is_datetime() {
        return number_text(value.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = value.to_ymd_hms_milli();
    match (hour, minute, second) {
        (0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::number_text;

    #[test]
    fn numbers_read_as_the_spreadsheet_shows_them() {
        for (value, text) in [
            (0.1 + 0.2, "0.3"),
            (3.0 * 1.1, "3.3"),
            (-1234.56, "-1234.56"),
            (202603.0, "202603"),
            (1e15, "1000000000000000"),
            (0.000012, "0.000012"),
            (1.5e-30, "1.5E-30"),
            (1e22, "1.E22"),
            (0.0, "0"),
            (999999999999999.9, "1000000000000000"),
        ] {
            assert_eq!(number_text(value), text);
        }
    }
}
