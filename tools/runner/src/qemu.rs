// SPDX-License-Identifier: GPL-2.0
//! The command line of QEMU.
#![forbid(unsafe_code)]

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::ChildStderr;
use std::thread::{self, JoinHandle};

use auxcore_wire::{folder_tag, AGENT_PORT, PROGRAMS_TAG, SCRATCH_TAG, TREE_TAG};
use serde_json::{json, Map, Value};

use crate::args::{Args, Net};
use crate::device::Device;
use crate::error::RunError;
use crate::model::Model;
use crate::note;
use crate::places::{Places, RunDir};

/// For our own devices: none of the ports of the processor, of which a guest with many root ports has none left.
const MODERN: &str = "disable-legacy=on";

/// The program.
pub const QEMU: &str = "qemu-system-x86_64";

/// The executor of guest instructions, decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Executor {
    /// The host's processor.
    Kvm,
    /// QEMU's translator.
    Tcg,
}

/// What the guest's kernel is told. The first console shows warnings only until the agent raises it: a serial line is slow.
/// An oops ends the guest at once, since nothing that runs after it proves anything.
const KERNEL_ARGUMENTS: &str =
    "root=/dev/vda rootfstype=erofs ro init=/sbin/auxcore-agent console=ttyS0 loglevel=5 \
     oops=panic panic=-1 net.ifnames=0 8250.nr_uarts=1 sysctl.kernel.hung_task_timeout_secs=30 \
     random.trust_cpu=on rcupdate.rcu_expedited=1 no_timer_check pty.legacy_count=0";

/// The whole argument list.
#[must_use]
pub fn arguments(
    args: &Args,
    places: &Places,
    run: &RunDir,
    agent: &str,
    models: &[Model],
    executor: Executor,
) -> Vec<String> {
    let mut line = machine(args, executor);
    boot(&mut line, args, places, run);
    disks(&mut line, places);
    folders(&mut line, args, places, run);
    ports(&mut line, agent, models);
    if args.net == Net::User {
        add(&mut line, "-netdev", "user,id=net0");
        add(
            &mut line,
            "-device",
            format!("virtio-net-pci,netdev=net0,romfile=,{MODERN}"),
        );
    }
    devices(&mut line, &args.devices, models);
    if args.icount {
        count(&mut line, places, run);
    }
    line
}

/// Nanoseconds of the guest's time that an instruction takes, as a power of two: about as long as the translator needs, so
/// that the guest's clock and its devices agree.
const INSTRUCTION_SHIFT: u32 = 3;

/// Has the translator count instructions; an idle guest's clock runs with ours.
fn count(line: &mut Vec<String>, places: &Places, run: &RunDir) {
    add(
        line,
        "-icount",
        format!("shift={INSTRUCTION_SHIFT},sleep=on"),
    );
    let counter = places.programs.join("libauxcore_counter.so");
    let out = run.file("counts");
    let [counter, out] = [&counter, &out].map(|path| escape(&path.display().to_string()));
    add(line, "-plugin", format!("file={counter},out={out}"));
}

/// What QEMU warns of in every run with a model: it asks for an interrupt that the model does not have, AER's.
const EXPECTED: &str = "Could not enable error recovery for the device";

/// What QEMU says first when a model is gone; a line for each access of the guest follows.
const DEVICE_GONE: &str = "failed to read header: EOF";

/// Keeps what QEMU prints in a file and passes it on, but for the warning that is always there and for what follows the
/// end of a model, which tests cause on purpose. The thread that does so ends with QEMU.
///
/// # Errors
///
/// The file cannot be written.
pub fn pass_on_messages(
    stderr: Option<ChildStderr>,
    path: &Path,
) -> Result<JoinHandle<()>, RunError> {
    let mut file = File::create(path).map_err(|source| RunError::File {
        path: path.to_owned(),
        source,
    })?;
    Ok(thread::spawn(move || {
        let mut quiet = false;
        let lines = stderr
            .into_iter()
            .flat_map(|pipe| BufReader::new(pipe).lines());
        for line in lines.map_while(Result::ok) {
            // The file is for a reader who looks further; the run does not depend on it.
            let _ = writeln!(file, "{line}");
            if line.contains(EXPECTED) || (quiet && line.contains("vfio")) {
                continue;
            }
            note(&line);
            quiet |= line.contains(DEVICE_GONE);
        }
    }))
}

fn add(line: &mut Vec<String>, option: &str, value: impl Into<String>) {
    line.push(option.into());
    line.push(value.into());
}

fn machine(args: &Args, executor: Executor) -> Vec<String> {
    let mut line: Vec<String> = ["-nodefaults", "-no-user-config", "-no-reboot"]
        .iter()
        .map(|flag| (*flag).to_owned())
        .collect();
    add(&mut line, "-display", "none");
    let (cxl, more) = if args.devices.iter().any(Device::is_cxl) {
        // Room above the memory for the window that the host bridge decodes.
        (",cxl=on", format!(",maxmem={}M,slots=4", args.mem + 4096))
    } else {
        ("", String::new())
    };
    let accel = match executor {
        Executor::Kvm => "accel=kvm",
        Executor::Tcg => "accel=tcg",
    };
    add(
        &mut line,
        "-machine",
        format!("q35,memory-backend=mem,i8042=off,smbus=off,sata=off,vmport=off,{accel}{cxl}"),
    );
    add(&mut line, "-cpu", "max");
    let processors = if args.icount { 1 } else { args.smp };
    add(&mut line, "-smp", processors.to_string());
    add(&mut line, "-m", format!("{}M{more}", args.mem));
    // The models reach the guest's memory through this file descriptor; private memory they could not see.
    add(
        &mut line,
        "-object",
        format!("memory-backend-memfd,id=mem,size={}M,share=on", args.mem),
    );
    // Native PCI hotplug, as a server has it.
    add(
        &mut line,
        "-global",
        "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off",
    );
    line
}

fn boot(line: &mut Vec<String>, args: &Args, places: &Places, run: &RunDir) {
    add(line, "-kernel", places.kernel.display().to_string());
    let mut words = vec![KERNEL_ARGUMENTS.to_owned()];
    words.extend(args.append.iter().cloned());
    add(line, "-append", words.join(" "));
    add(
        line,
        "-chardev",
        format!(
            "file,id=console,path={}",
            escape(&run.file("console.log").display().to_string())
        ),
    );
    add(line, "-serial", "chardev:console");
}

fn disks(line: &mut Vec<String>, places: &Places) {
    for (id, path) in [("root", &places.image), ("modules", &places.modules)] {
        let path = escape(&path.display().to_string());
        add(
            line,
            "-drive",
            format!("if=none,id={id},format=raw,readonly=on,file.locking=off,file={path}"),
        );
        add(
            line,
            "-device",
            format!("virtio-blk-pci,drive={id},{MODERN}"),
        );
    }
}

fn folders(line: &mut Vec<String>, args: &Args, places: &Places, run: &RunDir) {
    let scratch = run.scratch();
    let shared = [
        (TREE_TAG, &places.tree, "on"),
        (PROGRAMS_TAG, &places.programs, "on"),
        (SCRATCH_TAG, &scratch, "off"),
    ];
    let more: Vec<_> = args
        .modules
        .iter()
        .enumerate()
        .map(|(index, path)| (folder_tag(index), places.seen_from_host(path)))
        .collect();
    let more = more.iter().map(|(tag, path)| (tag.as_str(), path, "on"));
    for (tag, path, readonly) in shared.into_iter().chain(more) {
        let path = escape(&path.display().to_string());
        let options = format!(
            "local,id={tag},path={path},security_model=none,multidevs=remap,readonly={readonly}"
        );
        add(line, "-fsdev", options);
        add(
            line,
            "-device",
            format!("virtio-9p-pci,fsdev={tag},mount_tag={tag},{MODERN}"),
        );
    }
}

/// Ports of one controller: its control queue holds 32 messages, and QEMU drops what does not fit: with 16 ports the last one
/// never opens.
const PORTS: usize = 8;

fn ports(line: &mut Vec<String>, agent: &str, models: &[Model]) {
    let control = |(index, model): (usize, &Model)| {
        (
            format!("control{index}"),
            model.control.clone(),
            format!("auxcore.model.{index}"),
        )
    };
    let mut all = vec![("agent".to_owned(), agent.to_owned(), AGENT_PORT.to_owned())];
    all.extend(models.iter().enumerate().map(control));
    for (number, some) in all.chunks(PORTS).enumerate() {
        add(
            line,
            "-device",
            // Port 0 is never given out.
            format!(
                "virtio-serial-pci,id=serial{number},max_ports={},{MODERN}",
                PORTS + 1
            ),
        );
        for (id, socket, name) in some {
            add(
                line,
                "-chardev",
                format!("socket,id={id},path={}", escape(socket)),
            );
            add(
                line,
                "-device",
                format!("virtserialport,bus=serial{number}.0,chardev={id},name={name}"),
            );
        }
    }
}

/// The host bridge of the CXL devices, on a bus number behind those of all root ports.
fn cxl_bridge(line: &mut Vec<String>) {
    add(line, "-device", "pxb-cxl,bus_nr=128,bus=pcie.0,id=cxl");
    add(line, "-M", "cxl-fmw.0.targets.0=cxl,cxl-fmw.0.size=4G");
}

fn devices(line: &mut Vec<String>, devices: &[Device], models: &[Model]) {
    let mut models = models.iter();
    if devices.iter().any(Device::is_cxl) {
        cxl_bridge(line);
    }
    for (index, device) in devices.iter().enumerate() {
        let (bus, slot) = (format!("rp{index}"), index + 1);
        let port = if device.is_cxl() {
            add(
                line,
                "-object",
                format!("memory-backend-ram,id=cxlmem{index},share=on,size=256M"),
            );
            format!("cxl-rp,port={index},bus=cxl,id={bus},chassis={slot},slot={slot}")
        } else {
            format!(
                "pcie-root-port,id={bus},chassis={slot},slot={slot},addr={},multifunction=on,io-reserve=0",
                root_port(index)
            )
        };
        add(line, "-device", port);
        let mut description = Map::new();
        description.insert("id".into(), json!(format!("dev{index}")));
        description.insert("bus".into(), json!(bus));
        match device {
            Device::ConnectX(_) => {
                description.insert("driver".into(), json!("vfio-user-pci"));
                // One model was started per such device, in this order.
                let socket = models.next().map(|model| model.socket.as_str());
                description.insert("socket".into(), json!({ "type": "unix", "path": socket }));
            }
            Device::Stock { driver, properties } => {
                description.insert("driver".into(), json!(driver));
                if device.is_cxl() {
                    let memory = format!("cxlmem{index}");
                    description.insert("volatile-memdev".into(), json!(memory));
                    description.insert("sn".into(), json!(slot));
                }
                for (name, value) in properties {
                    description.insert(name.clone(), json!(value));
                }
            }
        }
        add(line, "-device", Value::Object(description).to_string());
    }
}

/// The first slot of the root bus that holds root ports; QEMU gives its own devices those before it.
const ROOT_PORTS: usize = 0x10;

/// The place of a device's root port on the root bus: eight functions to a slot, in the order of the devices, which is
/// therefore the order of their bus numbers.
fn root_port(index: usize) -> String {
    format!("{:#x}.{}", ROOT_PORTS + index / 8, index % 8)
}

/// A comma in a value of QEMU's option syntax is written twice.
fn escape(text: &str) -> String {
    text.replace(',', ",,")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_ports_fill_slots_in_order_and_leave_the_last_one_free() {
        assert_eq!(root_port(0), "0x10.0");
        assert_eq!(root_port(7), "0x10.7");
        assert_eq!(root_port(8), "0x11.0");
        // Slot 0x1f holds the chipset's own functions.
        assert_eq!(root_port(63), "0x17.7");
    }
}
