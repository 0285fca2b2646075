// SPDX-License-Identifier: GPL-2.0
//! The registers that management programs read and drivers do not: stored configuration, strings, the
//! cable's memory, and the machine that would take a new firmware.
//!
//! Layouts are those of the registers' tables in the programming manual.
#![forbid(unsafe_code)]

use super::{RegError, Register};
use crate::field::{find, index, put, put16, put64, Field};
use crate::identity::Identity;

/// Configuration items, read by type: MNVDA.
pub const MNVDA: Register = Register {
    id: 0x9024,
    name: "MNVDA",
    size: ITEM_DATA + 256,
    fields: ITEM,
    selectors: &["access_mode", "type"],
    writable: &[],
    defaults: &[],
    text: false,
};

/// What can be done with a configuration item: MNVQC.
pub const MNVQC: Register = Register {
    id: 0x9030,
    name: "MNVQC",
    size: 8,
    fields: &[
        Field::word("type", 0x000),
        Field::new("version", 0x004, 7, 4),
        Field::new("support_wr", 0x004, 1, 1),
        Field::new("support_rd", 0x004, 0, 0),
    ],
    selectors: &["type"],
    writable: &[],
    defaults: &[],
    text: false,
};

/// Bytes of the memory in the port's module: MCIA.
pub const MCIA: Register = Register {
    id: 0x9014,
    name: "MCIA",
    size: 0x94,
    fields: &[
        Field::new("module", 0x000, 23, 16),
        Field::new("slot_index", 0x000, 15, 12),
        Field::new("status", 0x000, 7, 0),
        Field::new("i2c_device_address", 0x004, 31, 24),
        Field::new("page_number", 0x004, 23, 16),
        Field::new("device_address", 0x004, 15, 0),
        Field::new("bank_number", 0x008, 23, 16),
        Field::new("size", 0x008, 15, 0),
    ],
    selectors: &[
        "module",
        "slot_index",
        "i2c_device_address",
        "page_number",
        "device_address",
        "bank_number",
        "size",
    ],
    writable: &[],
    defaults: &[],
    text: false,
};

/// The state of the machine that updates components: MCC. It is idle for ever: the device takes no new firmware.
pub const MCC: Register = Register {
    id: 0x9062,
    name: "MCC",
    size: 0x20,
    fields: &[
        Field::new("time_elapsed_since_last_cmd", 0x000, 27, 16),
        Field::new("component_index", 0x004, 15, 0),
        Field::new("update_handle", 0x008, 23, 0),
        Field::new("handle_owner_type", 0x00c, 31, 28),
        Field::new("handle_owner_host_id", 0x00c, 27, 24),
        Field::new("control_progress", 0x00c, 22, 16),
        Field::new("error_code", 0x00c, 15, 8),
        Field::new("control_state", 0x00c, 3, 0),
    ],
    selectors: &["component_index"],
    writable: &[],
    defaults: &[],
    text: false,
};

/// The window to a component's data: MCDA. No component is open, so nothing comes through it.
pub const MCDA: Register = Register {
    id: 0x9063,
    name: "MCDA",
    size: 0x90,
    fields: &[
        Field::new("update_handle", 0x000, 23, 0),
        Field::word("offset", 0x004),
        Field::new("size", 0x008, 15, 0),
    ],
    selectors: &["offset"],
    writable: &[],
    defaults: &[],
    text: false,
};

/// Strings about the board, read in pieces: MQIS.
pub const MQIS: Register = Register {
    id: 0x9064,
    name: "MQIS",
    size: PIECE_AT + PIECE,
    fields: &[
        Field::new("info_type", 0x000, 7, 0),
        Field::new("info_length", 0x004, 15, 0),
        Field::new("read_offset", 0x008, 31, 16),
        Field::new("read_length", 0x008, 15, 0),
    ],
    selectors: &["info_type", "read_offset", "read_length"],
    writable: &[],
    defaults: &[],
    text: false,
};

const ITEM: &[Field] = &[
    Field::new("priority", 0x000, 29, 28),
    Field::new("ovr_en", 0x000, 25, 25),
    Field::new("rd_en", 0x000, 24, 24),
    Field::new("access_mode", 0x000, 23, 22),
    Field::new("writer_id", 0x000, 20, 16),
    Field::new("version", 0x000, 15, 12),
    Field::new("length", 0x000, 8, 0),
    Field::word("type", 0x004),
];
const ITEM_DATA: usize = 12;

const PIECE_AT: usize = 0x10;
const PIECE: usize = 8;

/// The configuration items of the global class that exist: the addresses, and how many there are.
const ADDRESSES: u64 = 2;
const ADDRESS_COUNTS: u64 = 3;

/// How many addresses a port has, as real boards do: for itself and for functions to come.
const MACS: u16 = 16;
const GUIDS: u16 = 16;

fn value(register: &Register, data: &[u8], name: &str) -> u64 {
    find(register.fields, name).map_or(0, |f| f.get(data))
}

fn set(register: &Register, data: &mut [u8], name: &str, value: u64) {
    if let Some(field) = find(register.fields, name) {
        field.set(data, value);
    }
}

/// Completes the answer of a read of one of these registers; `None` if it is none of them.
pub fn complete(
    register: &Register,
    data: &mut [u8],
    who: &Identity,
) -> Option<Result<(), RegError>> {
    Some(match register.name {
        "MNVDA" => item(register, data, who),
        "MNVQC" => {
            let known = matches!(value(register, data, "type"), ADDRESSES | ADDRESS_COUNTS);
            set(register, data, "support_rd", known.into());
            Ok(())
        }
        "MCIA" => {
            module(register, data);
            Ok(())
        }
        "MQIS" => string(register, data, who),
        _ => return None,
    })
}

/// Both views of an item, the one in force and the board's own, are the same: nothing was configured.
fn item(register: &Register, data: &mut [u8], who: &Identity) -> Result<(), RegError> {
    let length = match value(register, data, "type") {
        ADDRESSES => {
            put64(data, ITEM_DATA, who.mac());
            put64(data, ITEM_DATA + 8, who.guid);
            16
        }
        ADDRESS_COUNTS => {
            put16(data, ITEM_DATA + 4, GUIDS);
            put16(data, ITEM_DATA + 6, MACS);
            8
        }
        _ => return Err(RegError::Selector(register.id, "type")),
    };
    set(register, data, "length", length);
    set(register, data, "rd_en", 1);
    Ok(())
}

/// Status values of a module access.
const NO_EEPROM: u64 = 1;
const NOT_CONNECTED: u64 = 3;

/// The first page of a QSFP28 copper cable in module 0; everything else is not there.
fn module(register: &Register, data: &mut [u8]) {
    let (at, size) = (
        value(register, data, "device_address"),
        value(register, data, "size"),
    );
    let status = if value(register, data, "module") != 0 || value(register, data, "slot_index") != 0
    {
        NOT_CONNECTED
    } else if value(register, data, "i2c_device_address") != 0x50
        || value(register, data, "page_number") != 0
        || size > 128
        || at + size > 256
    {
        NO_EEPROM
    } else {
        let page = cable();
        let bytes = page.get(index(at)..index(at + size)).unwrap_or_default();
        put(data, 0x10, bytes);
        0
    };
    set(register, data, "status", status);
}

/// Places and values of SFF-8636: QSFP28, one page, no paging; 100GBASE-CR4; vendor, part and serial number.
fn cable() -> [u8; 256] {
    let mut page = [0; 256];
    for (at, bytes) in [
        (0, &[0x11, 0x08, 0x04][..]),
        (128, &[0x11, 0x00, 0x23]),
        (146, &[3]),
        (147, &[0xa0]),
        (148, b"auxcore         "),
        (165, &[0x00, 0x02, 0xc9]),
        (168, b"MODEL-CABLE-3M  "),
        (184, b"A1"),
        (192, &[0x0b]),
        (196, b"AC0000000001    "),
        (212, b"260101  "),
    ] {
        put(&mut page, at, bytes);
    }
    page
}

/// A piece of a string; the device answers how long the whole is and how much of it came.
fn string(register: &Register, data: &mut [u8], who: &Identity) -> Result<(), RegError> {
    let text = match value(register, data, "info_type") {
        0x1 => "auxcore ConnectX model".to_owned(),
        0x2 => format!("{}; a model, not a board", who.node_desc),
        // The bus's product data, the vendor-specific data of the image and of the board, the boot programs: none.
        0x0 | 0x3..=0x5 => String::new(),
        _ => return Err(RegError::Selector(register.id, "info_type")),
    };
    let bytes = text.as_bytes();
    let from = index(value(register, data, "read_offset"));
    let wanted = index(value(register, data, "read_length")).min(PIECE);
    if from > bytes.len() {
        return Err(RegError::Selector(register.id, "read_offset"));
    }
    let piece: Vec<u8> = bytes.iter().skip(from).take(wanted).copied().collect();
    put(data, PIECE_AT, &piece);
    set(register, data, "info_length", bytes.len() as u64);
    set(register, data, "read_length", piece.len() as u64);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Regs;
    use super::*;
    use crate::field::{get16, get32, get64};

    fn who() -> Identity {
        Identity::new("test")
    }

    fn read(register: &Register, fields: &[(&str, u64)]) -> Result<Vec<u8>, RegError> {
        let mut ask = vec![0; register.size];
        for (name, value) in fields {
            set(register, &mut ask, name, *value);
        }
        Regs::default().read(register.id, &ask, &who())
    }

    #[test]
    fn the_address_items_are_those_of_the_identity() {
        let data = read(&MNVDA, &[("type", ADDRESSES)]).unwrap();
        assert_eq!(value(&MNVDA, &data, "length"), 16);
        assert_eq!(get64(&data, 12), who().mac());
        assert_eq!(get64(&data, 20), who().guid);
        let data = read(&MNVDA, &[("type", ADDRESS_COUNTS)]).unwrap();
        assert_eq!((get16(&data, 16), get16(&data, 18)), (GUIDS, MACS));
        assert!(read(&MNVDA, &[("type", 4)]).is_err());
    }

    #[test]
    fn an_item_that_is_not_there_cannot_be_read_but_asked_for() {
        let support = |kind| read(&MNVQC, &[("type", kind)]).map(|data| get32(&data, 4));
        assert_eq!(support(ADDRESSES), Ok(1));
        assert_eq!(support(77), Ok(0));
    }

    #[test]
    fn a_string_comes_in_pieces_that_make_the_whole() {
        let (mut whole, mut length) = (Vec::new(), 1);
        while whole.len() < length {
            let from = whole.len() as u64;
            let ask = [("info_type", 1), ("read_offset", from), ("read_length", 8)];
            let data = read(&MQIS, &ask).unwrap();
            length = index(value(&MQIS, &data, "info_length"));
            let came = index(value(&MQIS, &data, "read_length"));
            assert!(came > 0);
            whole.extend_from_slice(&data[PIECE_AT..PIECE_AT + came]);
        }
        assert_eq!(whole, b"auxcore ConnectX model");
        assert!(read(&MQIS, &[("info_type", 1), ("read_offset", 999)]).is_err());
        assert!(read(&MQIS, &[("info_type", 6)]).is_err());
    }

    #[test]
    fn the_cable_answers_inside_its_page_and_nothing_else_does() {
        let ask = |module, i2c, page, at, size| {
            let ask = [
                ("module", module),
                ("i2c_device_address", i2c),
                ("page_number", page),
                ("device_address", at),
                ("size", size),
            ];
            read(&MCIA, &ask).unwrap()
        };
        let data = ask(0, 0x50, 0, 148, 16);
        assert_eq!(value(&MCIA, &data, "status"), 0);
        assert_eq!(&data[0x10..0x20], b"auxcore         ");
        for (module, i2c, page, at, size) in [
            (0, 0x51, 0, 0, 4),
            (0, 0x50, 1, 0, 4),
            (0, 0x50, 0, 250, 7),
            (0, 0x50, 0, 0, 129),
            (0, 0x50, 0, 0xffff, 0xffff),
        ] {
            let data = ask(module, i2c, page, at, size);
            assert_eq!(value(&MCIA, &data, "status"), NO_EEPROM);
            assert_eq!(data[0x10..], [0; 0x84]);
        }
        let data = ask(1, 0x50, 0, 0, 4);
        assert_eq!(value(&MCIA, &data, "status"), NOT_CONNECTED);
    }

    #[test]
    fn the_update_machine_is_idle_and_takes_nothing() {
        let data = read(&MCC, &[]).unwrap();
        assert_eq!(value(&MCC, &data, "control_state"), 0);
        let mut regs = Regs::default();
        for register in [&MCC, &MCDA, &MNVDA] {
            let written = regs.write(register.id, &vec![0; register.size]);
            assert_eq!(written, Err(RegError::ReadOnly(register.id)));
        }
        let data = read(&MCDA, &[("offset", 4), ("size", 16)]).unwrap();
        assert_eq!(value(&MCDA, &data, "size"), 0);
    }
}
