//! The first sheet of an XLSX file, read with nothing but the standard library: the product's own reader must not judge
//! the product's own writer.

use std::collections::BTreeMap;
use std::path::Path;

/// The label in column A and the number in column B of each row of the first sheet.
pub fn summary(path: &Path) -> BTreeMap<String, f64> {
    let files = unzip(&std::fs::read(path).unwrap());
    let strings: Vec<&str> = files["xl/sharedStrings.xml"]
        .split("<si>")
        .skip(1)
        .map(|item| between(item, ">", "</t>"))
        .collect();
    let mut summary = BTreeMap::new();
    for row in files["xl/worksheets/sheet1.xml"].split("<row ").skip(1) {
        let cell = |column: &str| {
            row.split("<c r=\"")
                .find(|cell| cell.starts_with(column) && cell.contains("<v>"))
        };
        if let (Some(label), Some(number)) = (cell("A"), cell("B")) {
            let label: usize = between(label, "<v>", "</v>").parse().unwrap();
            summary.insert(
                strings[label].to_owned(),
                between(number, "<v>", "</v>").parse().unwrap(),
            );
        }
    }
    assert!(summary.len() > 8, "{summary:?}");
    summary
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let text = &text[text.find(start).unwrap() + start.len()..];
    &text[..text.find(end).unwrap()]
}

fn number(bytes: &[u8], at: usize, width: usize) -> usize {
    (0..width)
        .rev()
        .fold(0, |value, place| value << 8 | bytes[at + place] as usize)
}

/// The files of a ZIP archive that are text.
pub fn unzip(bytes: &[u8]) -> BTreeMap<String, String> {
    let end = bytes.windows(4).rposition(|window| window == b"PK\x05\x06").unwrap();
    let mut entry = number(bytes, end + 16, 4);
    let mut files = BTreeMap::new();
    for _ in 0..number(bytes, end + 10, 2) {
        let (method, size, name_length) = (
            number(bytes, entry + 10, 2),
            number(bytes, entry + 20, 4),
            number(bytes, entry + 28, 2),
        );
        let name = String::from_utf8(bytes[entry + 46..entry + 46 + name_length].to_vec()).unwrap();
        let local = number(bytes, entry + 42, 4);
        let start = local + 30 + number(bytes, local + 26, 2) + number(bytes, local + 28, 2);
        let packed = &bytes[start..start + size];
        let content = if method == 8 { inflate(packed) } else { packed.to_vec() };
        files.insert(name, String::from_utf8(content).unwrap());
        entry += 46 + name_length + number(bytes, entry + 30, 2) + number(bytes, entry + 32, 2);
    }
    files
}

struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> usize {
        (0..count).fold(0, |value, place| {
            let bit = self.bytes[self.at / 8] >> (self.at % 8) & 1;
            self.at += 1;
            value | (bit as usize) << place
        })
    }

    fn symbol(&mut self, code: &Code) -> usize {
        let (mut value, mut first, mut index) = (0, 0, 0);
        for count in &code.counts[1..] {
            value |= self.take(1);
            if value < first + count {
                return code.symbols[index + value - first];
            }
            index += count;
            first = (first + count) << 1;
            value <<= 1;
        }
        panic!("no such code");
    }
}

/// A Huffman code: how many codes of each length, and the symbols in the order of their codes.
struct Code {
    counts: [usize; 16],
    symbols: Vec<usize>,
}

impl Code {
    fn new(lengths: &[usize]) -> Code {
        let mut counts = [0; 16];
        lengths
            .iter()
            .filter(|length| **length > 0)
            .for_each(|length| counts[*length] += 1);
        let mut symbols: Vec<usize> = (0..lengths.len()).filter(|symbol| lengths[*symbol] > 0).collect();
        symbols.sort_by_key(|symbol| (lengths[*symbol], *symbol));
        Code { counts, symbols }
    }
}

/// RFC 1951.
fn inflate(bytes: &[u8]) -> Vec<u8> {
    let (mut bits, mut out) = (Bits { bytes, at: 0 }, Vec::new());
    loop {
        let last = bits.take(1) == 1;
        match bits.take(2) {
            0 => {
                let start = bits.at.div_ceil(8);
                let length = number(bytes, start, 2);
                out.extend_from_slice(&bytes[start + 4..start + 4 + length]);
                bits.at = (start + 4 + length) * 8;
            }
            1 => {
                let lengths: Vec<usize> = (0..288)
                    .map(|n| {
                        if n < 144 {
                            8
                        } else if n < 256 {
                            9
                        } else if n < 280 {
                            7
                        } else {
                            8
                        }
                    })
                    .collect();
                block(&mut bits, &mut out, &Code::new(&lengths), &Code::new(&[5; 30]));
            }
            _ => {
                let (literals, distances, count) = (bits.take(5) + 257, bits.take(5) + 1, bits.take(4) + 4);
                let mut lengths = [0; 19];
                for place in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
                    .into_iter()
                    .take(count)
                {
                    lengths[place] = bits.take(3);
                }
                let (code, mut lengths) = (Code::new(&lengths), Vec::new());
                while lengths.len() < literals + distances {
                    let (length, repeat) = match bits.symbol(&code) {
                        16 => (*lengths.last().unwrap(), 3 + bits.take(2)),
                        17 => (0, 3 + bits.take(3)),
                        18 => (0, 11 + bits.take(7)),
                        length => (length, 1),
                    };
                    lengths.extend(std::iter::repeat_n(length, repeat));
                }
                block(
                    &mut bits,
                    &mut out,
                    &Code::new(&lengths[..literals]),
                    &Code::new(&lengths[literals..]),
                );
            }
        }
        if last {
            return out;
        }
    }
}

fn block(bits: &mut Bits<'_>, out: &mut Vec<u8>, literals: &Code, distances: &Code) {
    loop {
        let symbol = bits.symbol(literals);
        if symbol < 256 {
            out.push(symbol as u8);
            continue;
        }
        let length = match symbol - 256 {
            0 => return,
            code @ 1..=8 => code + 2,
            29 => 258,
            code => {
                let extra = (code - 5) / 4;
                3 + ((4 + (code - 1) % 4) << extra) + bits.take(extra)
            }
        };
        let code = bits.symbol(distances);
        let distance = match code {
            0..=3 => code + 1,
            _ => {
                let extra = (code - 2) / 2;
                1 + ((2 + code % 2) << extra) + bits.take(extra)
            }
        };
        for _ in 0..length {
            out.push(out[out.len() - distance]);
        }
    }
}
