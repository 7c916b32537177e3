//! The line below the rows of a sheet that repeats their sum: a control total, never an amount of its own.

use crate::decode::Record;
use headroom_models::ledger::Money;

/// What such lines are called, without blanks and colons, in lower case.
const WORDS: [&str; 12] = [
    "合计",
    "总计",
    "总额",
    "汇总",
    "合计金额",
    "总金额",
    "本期合计",
    "total",
    "totals",
    "grandtotal",
    "sum",
    "invoicetotal",
];

/// True when the first cell that holds anything says that the row is a sum.
pub(crate) fn is_totals(record: &Record) -> bool {
    let first = record.iter().find(|cell| !cell.trim_ascii().is_empty());
    let Some(Ok(text)) = first.map(std::str::from_utf8) else {
        return false;
    };
    // Long texts are descriptions.
    if text.len() > 60 {
        return false;
    }
    // Every row comes by here: most are told by their first letter.
    let first = text.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '\u{FEFF}');
    if !first.starts_with([
        '合', '总', '汇', '金', '本', 't', 'T', 'g', 'G', 's', 'S', 'i', 'I', ':', '：',
    ]) {
        return false;
    }
    let plain: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace() && !matches!(letter, ':' | '：' | '\u{FEFF}'))
        .flat_map(char::to_lowercase)
        .collect();
    WORDS.contains(&plain.as_str())
}

/// True when `sum`, rounded to the digits that `shown` has (two at least), is `shown`.
pub(crate) fn agrees(shown: Money, sum: Money) -> bool {
    let mut step = Money::ONE.units() / 100;
    while step > 1 && shown.units() % step != 0 {
        step /= 10;
    }
    let difference = shown.checked_add(-sum);
    difference.is_some_and(|difference| difference.units().unsigned_abs() * 2 <= step.unsigned_abs())
        && (step > 1 || shown == sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_compared_at_the_digits_it_shows() {
        for (shown, sum, same) in [
            ("12.3", "12.3", true),
            ("12.3", "12.304", true),
            ("12.30", "12.345", false),
            ("12.35", "12.345", true),
            ("12", "12.005", true),
            ("12", "12.01", false),
            ("0.000000000000000001", "0.000000000000000002", false),
            ("-5", "5", false),
        ] {
            assert_eq!(
                agrees(shown.parse().unwrap(), sum.parse().unwrap()),
                same,
                "{shown} {sum}"
            );
        }
    }
}
