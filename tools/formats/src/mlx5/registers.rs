// SPDX-License-Identifier: GPL-2.0

//! The registers that can be read by name.

#![forbid(unsafe_code)]

mod management;
mod port;

use super::field::Field;
use crate::given::number;
use management as m;
use port as p;

/// One register.
#[derive(Clone, Copy, Debug)]
pub struct Register {
    /// The name used on the command line and in reports.
    pub name: &'static str,
    /// The identifier in ACCESS_REG.
    pub id: u16,
    /// Bytes of the register.
    pub len: usize,
    /// What the bytes mean.
    pub fields: &'static [Field],
    select: &'static [(&'static str, u64)],
}

impl Register {
    fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// A register to read, and which of its answers.
#[derive(Clone, Debug)]
pub struct Selection {
    /// The register.
    pub register: &'static Register,
    /// The register's name, with the fields that were set by hand.
    pub name: String,
    set: Vec<(&'static Field, u64)>,
}

impl Selection {
    /// Selects the answer a register gives without more said.
    pub fn of(register: &'static Register) -> Self {
        Self {
            register,
            name: register.name.to_owned(),
            set: Vec::new(),
        }
    }

    /// Reads `NAME` or `NAME:FIELD=N,...`, in either case of NAME. `None` for what is no register, no
    /// field of it, or no value of that field.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, fields) = match text.split_once(':') {
            Some((name, fields)) => (name, Some(fields)),
            None => (text, None),
        };
        let register = REGISTERS
            .iter()
            .find(|register| register.name.eq_ignore_ascii_case(name))?;
        let mut set = Vec::new();
        for field in fields.iter().flat_map(|fields| fields.split(',')) {
            let (field, value) = field.split_once('=')?;
            let (field, value) = (register.field(field)?, number(value)?);
            // A value that does not fit, or a field that is a text, would not be what is asked for.
            if !field.holds(value) || !field.write(&mut vec![0; register.len], value) {
                return None;
            }
            set.push((field, value));
        }
        let suffix = fields.map_or_else(String::new, |fields| format!(":{fields}"));
        Some(Self {
            register,
            name: format!("{}{suffix}", register.name),
            set,
        })
    }

    /// Returns the bytes a read sends: zero but for what selects the answer.
    pub fn request(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.register.len];
        for (name, value) in self.register.select {
            if let Some(field) = self.register.field(name) {
                field.write(&mut bytes, *value);
            }
        }
        for (field, value) in &self.set {
            field.write(&mut bytes, *value);
        }
        bytes
    }
}

const NONE: &[(&str, u64)] = &[];
const PORT: &[(&str, u64)] = &[("local_port", 1)];
const PORT_ETHERNET: &[(&str, u64)] = &[("local_port", 1), ("proto_mask", 4)];
/// The version of a component.
const VERSION: &[(&str, u64)] = &[("info_type", 1), ("info_size", 124), ("data_size", 124)];

/// Every register whose fields are known, by identifier.
pub const REGISTERS: &[Register] = &[
    register("QCAM", 0x4019, 72, m::QCAM, NONE),
    register("PCAP", 0x5001, 20, p::PCAP, PORT),
    register("PMLP", 0x5002, 64, p::PMLP, PORT),
    register("PMTU", 0x5003, 16, p::PMTU, PORT),
    register("PTYS", 0x5004, 64, p::PTYS, PORT_ETHERNET),
    register("PAOS", 0x5006, 16, p::PAOS, PORT),
    register("PFCC", 0x5007, 32, p::PFCC, PORT),
    register("PPLM", 0x5023, 120, p::PPLM, PORT),
    register("PCMR", 0x5041, 12, p::PCMR, PORT),
    register("PCAM", 0x507f, 80, p::PCAM, NONE),
    register("NODE_DESC", 0x6001, 64, m::NODE_DESC, NONE),
    register("HOST_ENDIANNESS", 0x7004, 16, m::HOST_ENDIANNESS, NONE),
    register("MTCAP", 0x9009, 16, m::MTCAP, NONE),
    register("MTMP", 0x900a, 32, m::MTMP, NONE),
    register("MGIR", 0x9020, 160, m::MGIR, NONE),
    register("MFRL", 0x9028, 8, m::MFRL, NONE),
    register("MLCR", 0x902b, 12, m::MLCR, PORT),
    register("MPEIN", 0x9050, 48, m::MPEIN, NONE),
    register("MTUTC", 0x9055, 28, m::MTUTC, NONE),
    register("MPIR", 0x9059, 16, m::MPIR, NONE),
    register("MCQS", 0x9060, 16, m::MCQS, NONE),
    register("MCQI", 0x9061, 148, m::MCQI, VERSION),
    register("MCAM", 0x907f, 72, m::MCAM, NONE),
    register("DTOR", 0xc00e, 64, m::DTOR, NONE),
];

const fn register(
    name: &'static str,
    id: u16,
    len: usize,
    fields: &'static [Field],
    select: &'static [(&'static str, u64)],
) -> Register {
    Register {
        name,
        id,
        len,
        fields,
        select,
    }
}

#[cfg(test)]
mod tests {
    use super::super::field::Value;
    use super::*;

    fn read(selection: &Selection, name: &str) -> Option<Value> {
        let field = selection.register.field(name)?;
        field.read(&selection.request())
    }

    #[test]
    fn identifiers_rise_and_names_find_their_register() {
        assert!(REGISTERS.windows(2).all(|pair| pair[0].id < pair[1].id));
        for register in REGISTERS {
            let found = Selection::parse(register.name).map(|found| found.register.id);
            assert_eq!(found, Some(register.id));
        }
        let found = Selection::parse("mgir").map(|found| found.register.id);
        assert_eq!(found, Some(0x9020));
        assert!(Selection::parse("NONE").is_none());
    }

    #[test]
    fn every_selector_is_a_field_and_is_written() {
        for register in REGISTERS {
            let selection = Selection::of(register);
            assert_eq!(selection.request().len(), register.len);
            for (name, value) in register.select {
                assert_eq!(read(&selection, name), Some(Value::Number(*value)));
            }
        }
    }

    #[test]
    fn fields_set_by_hand_win_and_are_told() {
        let selection = Selection::parse("mcqi:component_index=3,info_type=5").unwrap();
        assert_eq!(selection.name, "MCQI:component_index=3,info_type=5");
        assert_eq!(read(&selection, "component_index"), Some(Value::Number(3)));
        assert_eq!(read(&selection, "info_type"), Some(Value::Number(5)));
        assert_eq!(read(&selection, "data_size"), Some(Value::Number(124)));
        let selection = Selection::parse("MCQI:component_index=0xffff").unwrap();
        assert_eq!(
            read(&selection, "component_index"),
            Some(Value::Number(0xffff))
        );
        for wrong in [
            "MCQI:",
            "MCQI:none=1",
            "MCQI:offset",
            "MCQI:offset=x",
            "MCQI:component_index=0x10000",
            "PAOS:local_port=256",
            "MGIR:fw_psid=1",
            ":",
        ] {
            assert!(Selection::parse(wrong).is_none(), "{wrong}");
        }
    }
}
