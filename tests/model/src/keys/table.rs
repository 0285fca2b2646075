// SPDX-License-Identifier: GPL-2.0
//! The keys that are not capability or register fields.
#![forbid(unsafe_code)]

use super::{number, set_vhca_id};
use crate::command;
use crate::fault::Failure;
use crate::identity::Version;
use crate::machine::Machine;

/// One key.
pub struct Key {
    /// The name.
    pub name: &'static str,
    /// One line of help.
    pub help: &'static str,
    /// The key counts only before a client connects.
    pub at_start: bool,
    /// Takes a value.
    pub set: fn(&mut Machine, &str) -> Result<(), String>,
    /// Returns the value.
    pub get: fn(&Machine) -> String,
}

type Set = fn(&mut Machine, &str) -> Result<(), String>;
type Get = fn(&Machine) -> String;

const fn key(name: &'static str, help: &'static str, set: Set, get: Get) -> Key {
    Key {
        name,
        help,
        at_start: false,
        set,
        get,
    }
}

const fn at_start(name: &'static str, help: &'static str, set: Set, get: Get) -> Key {
    Key {
        name,
        help,
        at_start: true,
        set,
        get,
    }
}

fn small<T: TryFrom<u64>>(text: &str) -> Result<T, String> {
    T::try_from(number(text)?).map_err(|_| "the number is too large".to_owned())
}

fn signed(text: &str) -> Result<i64, String> {
    let (sign, magnitude) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let magnitude: i32 = small(magnitude)?;
    Ok(sign * i64::from(magnitude))
}

/// Reads an opcode: a number or a name.
fn opcode(text: &str) -> Result<u16, String> {
    let named = command::COMMANDS
        .iter()
        .find(|c| c.name == text)
        .map(|c| c.opcode);
    named.map_or_else(
        || small(text).map_err(|_| format!("{text} is no opcode")),
        Ok,
    )
}

/// Reads `N` or `OPCODE:N`.
fn counted(text: &str) -> Result<(Option<u16>, u64), String> {
    match text.split_once(':') {
        Some((of, count)) => Ok((Some(opcode(of)?), number(count)?)),
        None => Ok((None, number(text)?)),
    }
}

fn text_of(limit: usize, text: &str) -> Result<String, String> {
    let fits = text.len() <= limit && text.bytes().all(|b| (0x20..0x7f).contains(&b));
    fits.then(|| text.to_owned())
        .ok_or_else(|| format!("at most {limit} printable characters are possible"))
}

fn set_fail(machine: &mut Machine, text: &str) -> Result<(), String> {
    let mut parts = text.split(':');
    let opcode = opcode(parts.next().unwrap_or_default())?;
    let status = small(parts.next().ok_or("OPCODE:STATUS[:SYNDROME] is needed")?)?;
    let syndrome = parts.next().map_or(Ok(0), small)?;
    if parts.next().is_some() {
        return Err("OPCODE:STATUS[:SYNDROME] is needed".into());
    }
    let fail = &mut machine.device.faults.fail;
    if status == 0 {
        fail.remove(&opcode);
    } else {
        fail.insert(opcode, Failure { status, syndrome });
    }
    Ok(())
}

/// Reads `OPCODE:HEX`, or several behind each other with `/` between them.
fn set_plant(machine: &mut Machine, text: &str) -> Result<(), String> {
    let mut planted = Vec::new();
    for part in text.split('/').filter(|part| !part.is_empty()) {
        let (opcode_text, hex) = part.split_once(':').ok_or("OPCODE:HEX is needed")?;
        let byte = |at: usize| {
            let digits = hex.get(at..at + 2)?;
            u8::from_str_radix(digits, 16).ok()
        };
        let state: Option<Vec<u8>> = (0..hex.len()).step_by(2).map(byte).collect();
        let opcode = opcode(opcode_text)?;
        planted.push((
            opcode,
            state.ok_or("pairs of hexadecimal digits are needed")?,
        ));
    }
    for (opcode, state) in planted {
        if state.is_empty() {
            machine.device.firmware.planted.remove(&opcode);
        } else {
            machine.device.firmware.planted.insert(opcode, state);
        }
    }
    Ok(())
}

fn get_plant(machine: &Machine) -> String {
    let planted = machine.device.firmware.planted.iter();
    let list: Vec<String> = planted
        .map(|(opcode, state)| {
            let hex: Vec<String> = state.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("{opcode:#x}:{}", hex.concat())
        })
        .collect();
    list.join("/")
}

fn get_fail(machine: &Machine) -> String {
    let fail = machine.device.faults.fail.iter();
    let list: Vec<String> = fail
        .map(|(o, f)| format!("{o:#x}:{:#x}:{:#x}", f.status, f.syndrome))
        .collect();
    list.join(",")
}

fn set_delay(machine: &mut Machine, text: &str) -> Result<(), String> {
    let faults = &mut machine.device.faults;
    match counted(text)? {
        (Some(opcode), delay) => _ = faults.delay_of.insert(opcode, delay),
        (None, delay) => {
            faults.delay_us = delay;
            faults.delay_of.clear();
        }
    }
    Ok(())
}

fn set_drop(machine: &mut Machine, text: &str) -> Result<(), String> {
    let faults = &mut machine.device.faults;
    match counted(text)? {
        (Some(opcode), count) => _ = faults.drop_of.insert(opcode, count),
        (None, count) => {
            faults.drop = count;
            faults.drop_of.clear();
        }
    }
    Ok(())
}

fn switch(text: &str) -> Result<bool, String> {
    match text {
        "0" => Ok(false),
        "1" => Ok(true),
        _ => Err("0 or 1 is needed".into()),
    }
}

fn set_stall(machine: &mut Machine, text: &str) -> Result<(), String> {
    machine.device.faults.stall = switch(text)?;
    Ok(())
}

fn set_dead(machine: &mut Machine, text: &str) -> Result<(), String> {
    machine.device.faults.dead = switch(text)?;
    Ok(())
}

fn set_uar(machine: &mut Machine, text: &str) -> Result<(), String> {
    let page = small(text)?;
    if page > 0xff_ffff {
        return Err("a UAR page has 24 bits".into());
    }
    machine.device.firmware.uars.set_upcoming(page);
    Ok(())
}

fn set_guid(machine: &mut Machine, text: &str) -> Result<(), String> {
    machine.device.firmware.identity.guid = number(text)?;
    machine.device.firmware.identify();
    Ok(())
}

fn set_node_desc(machine: &mut Machine, text: &str) -> Result<(), String> {
    let identity = &mut machine.device.firmware.identity;
    identity.node_desc = text_of(64, text)?;
    let bytes = identity.node_desc_bytes();
    machine.device.firmware.regs.set_text(0x6001, &bytes);
    Ok(())
}

fn set_pages(machine: &mut Machine, which: usize, text: &str) -> Result<(), String> {
    let pages = &mut machine.device.firmware.pages;
    let mut configured = pages.configured();
    if let Some(count) = configured.get_mut(which) {
        *count = small::<u16>(text)?.into();
    }
    let [boot, init] = configured;
    pages.configure(boot, init);
    if machine.device.firmware.hca == crate::firmware::Hca::Off {
        machine.device.firmware.pages.reset();
    }
    Ok(())
}

fn pages(machine: &Machine, which: usize) -> String {
    machine
        .device
        .firmware
        .pages
        .configured()
        .get(which)
        .copied()
        .unwrap_or(0)
        .to_string()
}

/// Every plain key.
pub const KEYS: &[Key] = &[
    key(
        "delay_us",
        "Microseconds a command takes; OPCODE:N for one opcode, N alone for all",
        set_delay,
        |m| m.device.faults.delay_us.to_string(),
    ),
    key(
        "drop",
        "Swallow the next N commands; OPCODE:N for one opcode, 0 to stop",
        set_drop,
        |m| m.device.faults.drop.to_string(),
    ),
    key(
        "fail",
        "OPCODE:STATUS[:SYNDROME] answers an opcode with a status; OPCODE:0 ends it",
        set_fail,
        get_fail,
    ),
    key(
        "plant",
        "OPCODE:HEX answers user contexts a command that the device does not execute with this state; \
         several with / between them",
        set_plant,
        get_plant,
    ),
    key(
        "die_after",
        "Exit at once and without a reply at the N-th command from now; 0 is never",
        |m, v| number(v).map(|n| m.device.faults.die_after = n),
        |m| m.device.faults.die_after.to_string(),
    ),
    key(
        "stall",
        "1 takes and finishes no command until it is 0 again",
        set_stall,
        |m| u8::from(m.device.faults.stall).to_string(),
    ),
    key(
        "dead",
        "1 is dead firmware: no command is taken and the health counter stands still, resets or not",
        set_dead,
        |m| u8::from(m.device.faults.dead).to_string(),
    ),
    key(
        "fw",
        "Firmware version MAJ.MIN.SUB",
        |m, v| {
            let version = Version::parse(v).ok_or("MAJ.MIN.SUB up to 255.255.65535 is needed")?;
            m.device.firmware.identity.fw = version;
            Ok(())
        },
        |m| m.device.firmware.identity.fw.to_string(),
    ),
    at_start(
        "device_id",
        "PCI device id",
        |m, v| {
            m.device.firmware.identity.device_id = small(v)?;
            m.config = crate::pci::Config::new(m.device.firmware.identity.device_id);
            Ok(())
        },
        |m| format!("{:#x}", m.device.firmware.identity.device_id),
    ),
    key(
        "psid",
        "Board id, up to 16 characters",
        |m, v| text_of(16, v).map(|text| m.device.firmware.identity.psid = text),
        |m| m.device.firmware.identity.psid.clone(),
    ),
    key(
        "node_desc",
        "Node description, up to 64 characters",
        set_node_desc,
        |m| m.device.firmware.identity.node_desc.clone(),
    ),
    key(
        "vhca_id",
        "Virtual HCA id, the same as cap.general.vhca_id",
        set_vhca_id,
        |m| m.device.firmware.caps.general("vhca_id").to_string(),
    ),
    at_start(
        "guid",
        "Node GUID; the MAC address is its first and last three bytes",
        set_guid,
        |m| format!("{:#x}", m.device.firmware.identity.guid),
    ),
    key(
        "pages.boot",
        "Pages asked for after ENABLE_HCA",
        |m, v| set_pages(m, 0, v),
        |m| pages(m, 0),
    ),
    key(
        "pages.init",
        "Pages asked for before INIT_HCA",
        |m, v| set_pages(m, 1, v),
        |m| pages(m, 1),
    ),
    key(
        "pages.regular",
        "Pages asked for by an event once the driver listens; negative offers some back",
        |m, v| signed(v).map(|n| m.device.regular_pages = n),
        |m| m.device.regular_pages.to_string(),
    ),
    key(
        "pages.reluctance",
        "How often a function that is going down answers that it has no page to give back, though it has",
        |m, v| number(v).map(|n| m.device.firmware.pages.reluctance = n),
        |m| m.device.firmware.pages.reluctance.to_string(),
    ),
    key(
        "disabled_at_rest",
        "1 shows the driver's interface as disabled until ENABLE_HCA has ended, and after DISABLE_HCA",
        |m, v| switch(v).map(|on| m.device.iseg.disabled_at_rest = on),
        |m| u8::from(m.device.iseg.disabled_at_rest).to_string(),
    ),
    key(
        "absent_ms",
        "Milliseconds for which registers read as all ones, from the first access after a start or reset on",
        |m, v| number(v).map(|ms| m.device.start.absent_ms = ms),
        |m| m.device.start.absent_ms.to_string(),
    ),
    key(
        "starting_ms",
        "Milliseconds for which firmware says that it is starting, once registers answer",
        |m, v| number(v).map(|ms| m.device.start.starting_ms = ms),
        |m| m.device.start.starting_ms.to_string(),
    ),
    key(
        "embedded_cpu",
        "1 says that the function is for the cores on the card",
        |m, v| switch(v).map(|on| m.device.iseg.embedded_cpu = on),
        |m| u8::from(m.device.iseg.embedded_cpu).to_string(),
    ),
    key(
        "uar.next",
        "UAR page of the next ALLOC_UAR; 0 to 2 are the init segment, 8192 and above beyond BAR0",
        set_uar,
        |m| m.device.firmware.uars.upcoming().to_string(),
    ),
    key(
        "mutate",
        "Planted lies, comma-separated; --list-mutations names them, none ends them",
        |m, v| {
            m.device
                .mutations
                .plant(v)
                .map_err(|name| format!("there is no mutation {name}"))
        },
        |m| m.device.mutations.names(),
    ),
];
