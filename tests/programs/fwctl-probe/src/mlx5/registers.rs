// SPDX-License-Identifier: GPL-2.0

//! The registers that can be read by name.

#![forbid(unsafe_code)]

mod management;
mod port;

use super::field::Field;
use management as m;
use port as p;

/// One register.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Register {
    /// The name used on the command line and in reports.
    pub(crate) name: &'static str,
    /// The identifier in ACCESS_REG.
    pub(crate) id: u16,
    /// Bytes of the register.
    pub(crate) len: usize,
    /// What the bytes mean.
    pub(crate) fields: &'static [Field],
    select: &'static [(&'static str, u64)],
}

impl Register {
    /// Returns the bytes a read sends: zero but for what selects the answer.
    pub(crate) fn request(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.len];
        for (name, value) in self.select {
            if let Some(field) = self.fields.iter().find(|field| field.name == *name) {
                field.write(&mut bytes, *value);
            }
        }
        bytes
    }
}

const NONE: &[(&str, u64)] = &[];
const PORT: &[(&str, u64)] = &[("local_port", 1)];
const PORT_ETHERNET: &[(&str, u64)] = &[("local_port", 1), ("proto_mask", 4)];
/// The version of the first component, which is the firmware.
const VERSION: &[(&str, u64)] = &[("info_type", 1), ("info_size", 124), ("data_size", 124)];

/// Every register whose fields are known, by identifier.
pub(crate) const REGISTERS: &[Register] = &[
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

/// Returns the register of a name, in either case.
pub(crate) fn named(name: &str) -> Option<&'static Register> {
    REGISTERS
        .iter()
        .find(|register| register.name.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_rise_and_names_find_their_register() {
        assert!(REGISTERS.windows(2).all(|pair| pair[0].id < pair[1].id));
        for register in REGISTERS {
            assert_eq!(
                named(register.name).map(|found| found.id),
                Some(register.id)
            );
        }
        assert_eq!(named("mgir").map(|found| found.id), Some(0x9020));
        assert!(named("NONE").is_none());
    }

    #[test]
    fn every_selector_is_a_field_and_is_written() {
        for register in REGISTERS {
            let bytes = register.request();
            assert_eq!(bytes.len(), register.len);
            for (name, value) in register.select {
                let field = register.fields.iter().find(|field| field.name == *name);
                let read = field.and_then(|field| field.read(&bytes));
                assert_eq!(read, Some(super::super::field::Value::Number(*value)));
            }
        }
    }
}
