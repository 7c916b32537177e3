//! How numbers are written in a file: with a point, or as the locale of the program that wrote it has it.

/// True when the rows below the header show numbers with a decimal comma and none with a decimal point.
///
/// Only where the comma does not stand between cells. `1,234` alone says nothing: it may be a thousand.
pub(super) fn decimal_comma(rows: &[u8], delimiter: u8) -> bool {
    if delimiter == b',' {
        return false;
    }
    let cells = rows
        .split(|&byte| byte == delimiter || matches!(byte, b'\n' | b'\r'))
        .map(|cell| cell.trim_ascii());
    let cells = cells.map(|cell| {
        cell.strip_prefix(b"\"")
            .and_then(|cell| cell.strip_suffix(b"\""))
            .unwrap_or(cell)
    });
    let mut comma = false;
    for cell in cells {
        match separator(cell) {
            Some(b',') => comma = true,
            Some(_) => return false,
            None => {}
        }
    }
    comma
}

/// What stands before the fraction of a number, where that is beyond doubt.
fn separator(cell: &[u8]) -> Option<u8> {
    let number = cell.strip_prefix(b"-").unwrap_or(cell);
    let number_like = !number.is_empty()
        && number
            .iter()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','));
    let last = number.iter().rposition(|byte| matches!(byte, b'.' | b','))?;
    if !number_like || last == 0 || last + 1 == number.len() {
        return None;
    }
    let (sign, whole, fraction) = (number[last], &number[..last], &number[last + 1..]);
    let other = if sign == b',' { b'.' } else { b',' };
    if whole.contains(&sign) {
        // Several of the same: thousands, addresses, dates.
        return None;
    }
    let doubtful = fraction.len() == 3 && whole.len() <= 3 && !whole.starts_with(b"0");
    (!doubtful || whole.contains(&other)).then_some(sign)
}

/// A number with a decimal comma as one with a point; thousands are points in groups of three.
pub(crate) fn with_point(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once(',')?;
    let digits = whole.trim_start_matches(['-', '+']);
    let mut groups = digits.split('.');
    let first = groups.next()?;
    let grouped = groups.clone().next().is_none() || first.len() <= 3;
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let well = grouped && plain(first) && groups.all(|group| group.len() == 3 && plain(group)) && plain(fraction);
    well.then(|| format!("{}.{fraction}", whole.replace('.', "")))
}

#[cfg(test)]
mod tests {
    use super::{decimal_comma, with_point};

    #[test]
    fn a_file_says_how_it_writes_numbers() {
        assert!(decimal_comma("a;1.234,50;x\nb;0,125;y\n".as_bytes(), b';'));
        assert!(decimal_comma("a\t\"-12,5\"\n".as_bytes(), b'\t'));
        for rows in [
            "a;1,234\n",
            "a;12,5;12.5\n",
            "a;12.50\n",
            "10.0.0.1;x,y\n",
            "2026-03-01;1,2,3\n",
        ] {
            assert!(!decimal_comma(rows.as_bytes(), b';'), "{rows}");
        }
        assert!(!decimal_comma(b"a,12,5\n", b','));
    }

    #[test]
    fn thousands_are_groups_of_three() {
        for (text, point) in [
            ("12,5", Some("12.5")),
            ("-1.234.567,89", Some("-1234567.89")),
            ("1,234", Some("1.234")),
            ("12.34,5", None),
            ("1234.567,8", None),
            ("1,2,3", None),
            (",5", None),
            ("12.5", None),
        ] {
            assert_eq!(with_point(text).as_deref(), point, "{text}");
        }
    }
}
