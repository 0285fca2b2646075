// SPDX-License-Identifier: GPL-2.0

//! The commands that can be executed by name.
//!
//! They all read. Their scopes are the lowest that both drivers of the device type ask for.

#![forbid(unsafe_code)]

mod replies;

use super::field::{decode, Field, Value};
use super::wire::{header, Reply, Request, NOP, QUERY_ADAPTER, QUERY_HCA_CAP};
use super::{group_named, ADAPTER, ADAPTER_LEN, CAP_LEN};
use crate::given::{names, number, Wrong};
use auxcore_uapi::fwctl::Scope;
use auxcore_uapi::mlx5::HEADER_LEN;
use replies as r;

/// One command.
#[derive(Clone, Copy, Debug)]
pub struct Command {
    /// The name, as in the programming manual.
    pub name: &'static str,
    /// Its number.
    pub opcode: u16,
    /// What can be given as `FIELD=N`, beside the variant.
    pub fields: &'static [Field],
    scope: Scope,
    len: usize,
    room: usize,
    reply: Replies,
}

/// How a reply is read.
#[derive(Clone, Copy, Debug)]
enum Replies {
    /// Fields from the reply's first byte.
    Whole(&'static [Field]),
    /// Fields from behind the header.
    Data(&'static [Field]),
    /// The capability group that the variant asks for.
    Group,
}

/// The variant: part of every header.
const OP_MOD: Field = Field::number("op_mod", 0x030, 16);
const FUNCTION: &[Field] = &[Field::number("function_id", 0x050, 16)];
const EQ: &[Field] = &[Field::number("eq_number", 0x058, 8)];
const VPORT: &[Field] = &[
    Field::number("other_vport", 0x040, 1),
    Field::number("vport_number", 0x050, 16),
];
const NIC_VPORT: &[Field] = &[
    Field::number("other_vport", 0x040, 1),
    Field::number("vport_number", 0x050, 16),
    Field::number("allowed_list_type", 0x065, 3),
];
const ROCE: &[Field] = &[
    Field::number("roce_address_index", 0x040, 16),
    Field::number("vhca_port_num", 0x05c, 4),
];
const COUNTER: &[Field] = &[
    Field::number("other_vport", 0x040, 1),
    Field::number("port_num", 0x04c, 4),
    Field::number("vport_number", 0x050, 16),
];
const Q_COUNTER: &[Field] = &[
    Field::number("other_vport", 0x040, 1),
    Field::number("vport_number", 0x050, 16),
    Field::number("aggregate", 0x0c1, 1),
    Field::number("counter_set_id", 0x0f8, 8),
];

use Replies::{Data, Group, Whole};
use Scope::{Configuration, DebugReadOnly};

/// Every command that has a name here, by number.
#[rustfmt::skip]
pub const COMMANDS: &[Command] = &[
    command("QUERY_HCA_CAP", QUERY_HCA_CAP, Configuration, (16, HEADER_LEN + CAP_LEN), &[], Group),
    command("QUERY_ADAPTER", QUERY_ADAPTER, Configuration, (16, HEADER_LEN + ADAPTER_LEN), &[], Data(ADAPTER)),
    command("QUERY_PAGES", 0x107, DebugReadOnly, (16, 16), FUNCTION, Whole(r::PAGES)),
    command("QUERY_ISSI", 0x10a, DebugReadOnly, (16, 112), &[], Whole(r::ISSI)),
    command("QUERY_SPECIAL_CONTEXTS", 0x203, DebugReadOnly, (16, 32), &[], Whole(r::SPECIAL_CONTEXTS)),
    command("QUERY_EQ", 0x303, DebugReadOnly, (16, 0x110), EQ, Whole(r::EQ)),
    command("QUERY_VPORT_STATE", 0x750, DebugReadOnly, (16, 16), VPORT, Whole(r::VPORT_STATE)),
    command("QUERY_NIC_VPORT_CONTEXT", 0x754, DebugReadOnly, (16, 272), NIC_VPORT, Whole(r::NIC_VPORT_CONTEXT)),
    command("QUERY_ROCE_ADDRESS", 0x760, Configuration, (16, 48), ROCE, Whole(r::ROCE_ADDRESS)),
    command("QUERY_VNIC_ENV", 0x76f, DebugReadOnly, (16, 528), VPORT, Whole(r::VNIC_ENV)),
    command("QUERY_VPORT_COUNTER", 0x770, DebugReadOnly, (32, 528), COUNTER, Whole(r::VPORT_COUNTER)),
    command("QUERY_Q_COUNTER", 0x773, DebugReadOnly, (32, 256), Q_COUNTER, Whole(r::Q_COUNTER)),
    command("NOP", NOP, DebugReadOnly, (16, 16), &[], Whole(&[])),
];

const fn command(
    name: &'static str,
    opcode: u16,
    scope: Scope,
    (len, room): (usize, usize),
    fields: &'static [Field],
    reply: Replies,
) -> Command {
    Command {
        name,
        opcode,
        fields,
        scope,
        len,
        room,
        reply,
    }
}

/// Names of the other commands that drivers use to bring a device up and to serve its users.
const OTHERS: &[(u16, &str)] = &[
    (0x102, "INIT_HCA"),
    (0x103, "TEARDOWN_HCA"),
    (0x104, "ENABLE_HCA"),
    (0x105, "DISABLE_HCA"),
    (0x108, "MANAGE_PAGES"),
    (0x109, "SET_HCA_CAP"),
    (0x10b, "SET_ISSI"),
    (0x10d, "SET_DRIVER_VERSION"),
    (0x301, "CREATE_EQ"),
    (0x302, "DESTROY_EQ"),
    (0x802, "ALLOC_UAR"),
    (0x803, "DEALLOC_UAR"),
    (0x805, "ACCESS_REG"),
    (0xa04, "CREATE_UCTX"),
    (0xa06, "DESTROY_UCTX"),
];

/// Returns the name of a command.
pub fn name_of(opcode: u16) -> Option<&'static str> {
    let mut known = COMMANDS
        .iter()
        .map(|command| (command.opcode, command.name));
    known
        .find(|(number, _)| *number == opcode)
        .or_else(|| OTHERS.iter().find(|(number, _)| *number == opcode).copied())
        .map(|(_, name)| name)
}

impl Command {
    /// Finds a command by its name, in either case and with `-` for `_`.
    pub fn named(name: &str) -> Option<&'static Self> {
        COMMANDS.iter().find(|command| names(name, command.name))
    }

    /// Returns the names of the fields that can be given.
    pub fn field_names(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.fields.iter().map(|field| field.name).collect();
        match self.reply {
            Group => names.extend(["group", "max"]),
            Whole(_) | Data(_) => names.push(OP_MOD.name),
        }
        names
    }

    /// Returns the request with these fields.
    ///
    /// # Errors
    ///
    /// The first field that does not exist or whose value does not fit.
    pub fn request(&self, fields: &[(String, String)]) -> Result<Request, Wrong> {
        let mut bytes = header(self.opcode, 0).to_vec();
        bytes.resize(self.len, 0);
        if let Group = self.reply {
            self.choose_group(&mut bytes, fields)?;
        } else {
            for (name, text) in fields {
                let mut known = self.fields.iter().chain([&OP_MOD]);
                let field = known.find(|field| field.name == name);
                let field = field.ok_or_else(|| Wrong::Field(name.clone()))?;
                let wrong = || Wrong::Value(name.clone(), text.clone());
                let value = number(text).ok_or_else(wrong)?;
                if !field.holds(value) || !field.write(&mut bytes, value) {
                    return Err(wrong());
                }
            }
        }
        Ok(Request {
            name: self.name.to_owned(),
            scope: self.scope,
            bytes,
            room: self.room,
        })
    }

    /// Capability groups go by name; `max=1` asks for what the device could be set to.
    fn choose_group(&self, bytes: &mut [u8], fields: &[(String, String)]) -> Result<(), Wrong> {
        let (mut kind, mut current) = (0, 1);
        for (name, text) in fields {
            let wrong = || Wrong::Value(name.clone(), text.clone());
            match name.as_str() {
                "group" => {
                    let named = group_named(text).map(|group| u64::from(group.cap_type));
                    kind = named
                        .or_else(|| number(text).filter(|kind| *kind < 0x8000))
                        .ok_or_else(wrong)?;
                }
                "max" => {
                    let max = number(text).filter(|max| *max < 2).ok_or_else(wrong)?;
                    current = 1 - max;
                }
                _ => return Err(Wrong::Field(name.clone())),
            }
        }
        OP_MOD.write(bytes, (kind << 1) | current);
        Ok(())
    }

    /// Reads the fields of the reply to `request`; with `zero`, those that are zero too.
    pub fn decode(&self, request: &Request, reply: &Reply, zero: bool) -> Vec<(String, Value)> {
        match self.reply {
            Data(fields) => decode(fields, reply.data(), zero),
            Whole(fields) => {
                let mut bytes = reply.bytes().to_vec();
                // Status and syndrome are told elsewhere.
                bytes.iter_mut().take(8).for_each(|byte| *byte = 0);
                decode(fields, &bytes, zero)
            }
            Group => {
                let kind = match OP_MOD.read(&request.bytes) {
                    Some(Value::Number(variant)) => variant >> 1,
                    _ => 0,
                };
                let mut groups = super::GROUPS.iter();
                let group = groups.find(|group| u64::from(group.cap_type) == kind);
                let fields = group.map_or(&[][..], |group| group.fields);
                decode(fields, reply.data(), zero)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &[&str]) -> Vec<(String, String)> {
        let pairs = text.iter().map(|text| text.split_once('=').unwrap());
        pairs.map(|(n, v)| (n.to_owned(), v.to_owned())).collect()
    }

    fn request(name: &str, text: &[&str]) -> Result<Request, Wrong> {
        Command::named(name).unwrap().request(&fields(text))
    }

    #[test]
    fn numbers_rise_and_every_name_finds_its_command() {
        assert!(COMMANDS
            .windows(2)
            .all(|pair| pair[0].opcode < pair[1].opcode));
        for command in COMMANDS {
            let name = command.name.to_lowercase().replace('_', "-");
            assert_eq!(
                Command::named(&name).map(|found| found.opcode),
                Some(command.opcode)
            );
        }
        assert!(Command::named("INIT_HCA").is_none());
    }

    #[test]
    fn fields_lie_inside_their_block_in_order_and_never_overlap() {
        for command in COMMANDS {
            let (reply, len) = match command.reply {
                Whole(fields) => (fields, command.room),
                Data(fields) => (fields, command.room - HEADER_LEN),
                Group => (&[][..], 0),
            };
            for (fields, len) in [(command.fields, command.len), (reply, len)] {
                let mut end = 0;
                for field in fields {
                    assert!(field.start() >= end, "{}.{}", command.name, field.name);
                    end = field.end();
                }
                assert!(end <= len * 8, "{}", command.name);
            }
        }
    }

    #[test]
    fn a_request_has_its_golden_bytes() {
        let asked = request(
            "query-vport-state",
            &["other_vport=1", "vport_number=0x102"],
        );
        let bytes = [7, 0x50, 0, 0, 0, 0, 0, 0, 0x80, 0, 1, 2, 0, 0, 0, 0];
        assert_eq!(asked.map(|asked| asked.bytes), Ok(bytes.to_vec()));
        let asked = request("query-pages", &["op_mod=3"]).unwrap();
        assert_eq!(asked.bytes[..8], [1, 7, 0, 0, 0, 0, 0, 3]);
        let asked = request("query-hca-cap", &["group=roce", "max=1"]).unwrap();
        assert_eq!(asked.bytes[..8], [1, 0, 0, 0, 0, 0, 0, 8]);
        let asked = request("query-hca-cap", &[]).unwrap();
        assert_eq!(asked.bytes[..8], [1, 0, 0, 0, 0, 0, 0, 1]);
    }

    #[test]
    fn wrong_fields_and_values_are_told() {
        let value = |n: &str, v: &str| Err(Wrong::Value(n.to_owned(), v.to_owned()));
        let asked = |name, text: &str| request(name, &[text]).map(|_| ());
        assert_eq!(asked("nop", "none=1"), Err(Wrong::Field("none".to_owned())));
        assert_eq!(
            asked("query-eq", "eq_number=256"),
            value("eq_number", "256")
        );
        assert_eq!(asked("query-eq", "eq_number=-1"), value("eq_number", "-1"));
        assert_eq!(asked("query-eq", "eq_number=+1"), value("eq_number", "+1"));
        assert_eq!(asked("query-hca-cap", "group=x"), value("group", "x"));
        assert_eq!(
            asked("query-hca-cap", "group=0x8000"),
            value("group", "0x8000")
        );
        assert_eq!(asked("query-hca-cap", "max=2"), value("max", "2"));
    }

    #[test]
    fn a_reply_is_read_without_its_status() {
        let command = Command::named("query_vport_state").unwrap();
        let asked = command.request(&[]).unwrap();
        let mut bytes = vec![0; 16];
        (bytes[7], bytes[15]) = (9, 0x21);
        let reply = Reply::new(bytes).unwrap();
        let expected = [
            ("admin_state".to_owned(), Value::Number(2)),
            ("state".to_owned(), Value::Number(1)),
        ];
        assert_eq!(command.decode(&asked, &reply, false), expected);
    }

    #[test]
    fn numbers_are_decimal_or_hexadecimal() {
        assert_eq!(number("10"), Some(10));
        assert_eq!(number("0x10"), Some(16));
        for wrong in ["", "0x", "x", "-1", "+1", "0x+1", "1 "] {
            assert_eq!(number(wrong), None, "{wrong}");
        }
    }
}
