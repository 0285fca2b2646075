// SPDX-License-Identifier: GPL-2.0

//! Fields of big-endian blocks, by name, place and size in bits.

#![forbid(unsafe_code)]

/// How the bits of a field are read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Number,
    Text,
}

/// One field. Bit 0 is the highest bit of the block's first byte.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The name in reports.
    pub name: &'static str,
    bit: usize,
    size: usize,
    kind: Kind,
}

/// What a field holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Value {
    /// A number of up to 64 bits.
    Number(u64),
    /// A text, up to its first zero byte.
    Text(String),
}

impl Value {
    fn is_zero(&self) -> bool {
        match self {
            Self::Number(number) => *number == 0,
            Self::Text(text) => text.is_empty(),
        }
    }
}

impl Field {
    /// A number of `size` (up to 64) bits.
    pub const fn number(name: &'static str, bit: usize, size: usize) -> Self {
        assert!(size > 0 && size <= 64, "a number has 1 to 64 bits");
        Self {
            name,
            bit,
            size,
            kind: Kind::Number,
        }
    }

    /// A text of `size` bits; place and size are whole bytes.
    pub const fn text(name: &'static str, bit: usize, size: usize) -> Self {
        assert!(bit % 8 == 0 && size % 8 == 0, "a text is whole bytes");
        Self {
            name,
            bit,
            size,
            kind: Kind::Text,
        }
    }

    /// Returns the first bit.
    pub const fn start(&self) -> usize {
        self.bit
    }

    /// Returns the bit behind the last.
    pub const fn end(&self) -> usize {
        self.bit + self.size
    }

    /// Reads the field, or returns `None` if `block` ends before it does.
    pub fn read(&self, block: &[u8]) -> Option<Value> {
        match self.kind {
            Kind::Number => (self.start()..self.end())
                .try_fold(0, |value, bit| Some((value << 1) | read_bit(block, bit)?))
                .map(Value::Number),
            Kind::Text => {
                let bytes = block.get(self.start() / 8..self.end() / 8)?;
                let text = bytes.split(|byte| *byte == 0).next().unwrap_or(bytes);
                Some(Value::Text(text.escape_ascii().to_string()))
            }
        }
    }

    /// Whether a number fits into the field.
    pub fn holds(&self, value: u64) -> bool {
        let size = self.end() - self.start();
        size >= 64 || value >> size == 0
    }

    /// Writes a number, cut to the field's size. Returns whether `block` holds the field.
    pub fn write(&self, block: &mut [u8], value: u64) -> bool {
        if self.kind != Kind::Number || self.end() > block.len() * 8 {
            return false;
        }
        for (place, bit) in (self.start()..self.end()).rev().enumerate() {
            let Some(byte) = block.get_mut(bit / 8) else {
                return false;
            };
            let mask = 0x80_u8 >> (bit % 8);
            if (value >> place) & 1 == 1 {
                *byte |= mask;
            } else {
                *byte &= !mask;
            }
        }
        true
    }
}

fn read_bit(block: &[u8], bit: usize) -> Option<u64> {
    block
        .get(bit / 8)
        .map(|byte| u64::from((byte >> (7 - bit % 8)) & 1))
}

/// Reads every field of a block, and as `dword_0x..` what is set beside them.
///
/// With `zero`, fields that are zero are listed too.
pub fn decode(fields: &[Field], block: &[u8], zero: bool) -> Vec<(String, Value)> {
    let mut rest = block.to_vec();
    let mut values = Vec::new();
    for field in fields {
        let Some(value) = field.read(block) else {
            continue;
        };
        clear(&mut rest, field);
        if zero || !value.is_zero() {
            values.push((field.name.to_owned(), value));
        }
    }

    for (index, dword) in rest.chunks(4).enumerate() {
        let number = dword.iter().fold(0, |n, byte| (n << 8) | u64::from(*byte));
        if number != 0 {
            values.push((format!("dword_{:#05x}", index * 4), Value::Number(number)));
        }
    }
    values
}

fn clear(block: &mut [u8], field: &Field) {
    for bit in field.start()..field.end() {
        if let Some(byte) = block.get_mut(bit / 8) {
            *byte &= !(0x80_u8 >> (bit % 8));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCK: [u8; 8] = [0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0];

    fn number(bit: usize, size: usize) -> Option<Value> {
        Field::number("n", bit, size).read(&BLOCK)
    }

    #[test]
    fn numbers_are_read_high_bit_first_across_bytes() {
        assert_eq!(number(0, 64), Some(Value::Number(0x1234_5678_9abc_def0)));
        assert_eq!(number(4, 8), Some(Value::Number(0x23)));
        assert_eq!(number(3, 1), Some(Value::Number(1)));
        assert_eq!(number(60, 4), Some(Value::Number(0)));
    }

    #[test]
    fn a_field_behind_the_end_is_none() {
        assert_eq!(number(57, 8), None);
        assert_eq!(number(64, 1), None);
        assert_eq!(Field::text("t", 56, 16).read(&BLOCK), None);
    }

    #[test]
    fn text_ends_at_the_first_zero_and_is_printable() {
        let text = |bytes: &[u8]| Field::text("t", 0, 32).read(bytes);
        assert_eq!(text(b"ab\0c"), Some(Value::Text("ab".into())));
        assert_eq!(text(b"\0bcd"), Some(Value::Text(String::new())));
        assert_eq!(text(b"a\nb\xff"), Some(Value::Text("a\\nb\\xff".into())));
    }

    #[test]
    fn what_was_written_is_read_and_the_rest_stays() {
        for (bit, size) in [(0, 1), (5, 11), (31, 2), (0, 64), (60, 4)] {
            let mut block = BLOCK;
            let field = Field::number("n", bit, size);
            let value = 0xa5a5_a5a5_a5a5_a5a5 >> (64 - size);
            assert!(field.write(&mut block, value));
            assert_eq!(field.read(&block), Some(Value::Number(value)));
            let (mut expected, mut rest) = (BLOCK, block);
            clear(&mut expected, &field);
            clear(&mut rest, &field);
            assert_eq!(rest, expected);
        }
        assert!(!Field::number("n", 57, 8).write(&mut [0; 8], 1));
    }

    #[test]
    fn bits_without_a_name_are_not_lost() {
        let fields = [Field::number("low", 28, 4), Field::number("none", 32, 32)];
        let block = [0x80, 0, 0, 0x0f, 0, 0, 0, 0, 0, 0, 1];
        let expected = vec![
            ("low".to_owned(), Value::Number(15)),
            ("dword_0x000".to_owned(), Value::Number(0x8000_0000)),
            ("dword_0x008".to_owned(), Value::Number(1)),
        ];
        assert_eq!(decode(&fields, &block, false), expected);
        assert_eq!(decode(&fields, &block, true).len(), 4);
    }
}
