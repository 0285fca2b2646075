// SPDX-License-Identifier: GPL-2.0
//! Properties of the program: sockets, exit status, report, and a command through a real connection.
#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "A test stops at the first surprise"
)]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use vfio_bindings::bindings::vfio::{
    VFIO_IRQ_SET_ACTION_TRIGGER, VFIO_IRQ_SET_DATA_EVENTFD, VFIO_PCI_BAR0_REGION_INDEX,
    VFIO_PCI_CONFIG_REGION_INDEX, VFIO_PCI_MSIX_IRQ_INDEX,
};
use vfio_user::Client;

const QUEUE: u64 = 0x1000;
const RAM: u64 = 0x10_0000;

/// A running model and where it lives; it is killed if the test ends before it does.
struct Model {
    child: Child,
    out: BufReader<ChildStdout>,
    dir: PathBuf,
}

impl Model {
    fn start(name: &str, settings: &[&str]) -> Self {
        let dir = std::env::temp_dir().join(format!("model-{}-{name}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_connectx-model"))
            .arg("--socket")
            .arg(dir.join("dev"))
            .arg("--control")
            .arg(dir.join("ctl"))
            .arg("--report")
            .arg(dir.join("report"))
            .args(settings)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n");
        Self { child, out, dir }
    }

    fn connect(&self) -> Guest {
        let ram = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(self.dir.join("ram"))
            .unwrap();
        ram.set_len(RAM).unwrap();
        let mut client = Client::new(&self.dir.join("dev")).unwrap();
        client.dma_map(0, 0, RAM, ram.as_raw_fd()).unwrap();
        client
            .region_write(VFIO_PCI_CONFIG_REGION_INDEX, 4, &[0x06, 0x00])
            .unwrap();
        Guest { client, ram }
    }

    fn control(&self, lines: &[&str]) -> Vec<String> {
        let stream = UnixStream::connect(self.dir.join("ctl")).unwrap();
        let mut replies = BufReader::new(&stream).lines();
        let mut last = Vec::new();
        for line in lines {
            writeln!(&stream, "{line}").unwrap();
            last.clear();
            for reply in replies.by_ref() {
                let reply = reply.unwrap();
                let end = reply == "ok" || reply.starts_with("error: ");
                last.push(reply);
                if end {
                    break;
                }
            }
        }
        last
    }

    /// Waits for the end and returns the exit status and what was printed.
    fn end(mut self) -> (Option<i32>, Vec<String>, PathBuf) {
        let status = self.child.wait().unwrap();
        let lines = self.out.by_ref().lines().map(Result::unwrap).collect();
        (status.code(), lines, self.dir.clone())
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        // It may have ended long ago.
        self.child.kill().unwrap_or(());
    }
}

struct Guest {
    client: Client,
    ram: File,
}

impl Guest {
    fn read(&mut self, at: u64) -> u32 {
        let mut word = [0; 4];
        self.client
            .region_read(VFIO_PCI_BAR0_REGION_INDEX, at, &mut word)
            .unwrap();
        u32::from_be_bytes(word)
    }

    fn write(&mut self, at: u64, word: u32) {
        self.client
            .region_write(VFIO_PCI_BAR0_REGION_INDEX, at, &word.to_be_bytes())
            .unwrap();
    }

    /// Rings slot 0 with an inline command and polls for its completion.
    fn call(&mut self, opcode: u16) -> u8 {
        self.write(0x10, 0);
        self.write(0x14, u32::try_from(QUEUE).unwrap());
        let mut slot = [0; 64];
        slot[0] = 7;
        slot[7] = 16;
        slot[16..18].copy_from_slice(&opcode.to_be_bytes());
        slot[0x3b] = 16;
        slot[0x3c] = 1;
        slot[0x3f] = 1;
        self.ram.write_all_at(&slot, QUEUE).unwrap();
        self.write(0x18, 1);
        for _ in 0..5000 {
            self.ram.read_exact_at(&mut slot, QUEUE).unwrap();
            if slot[0x3f] & 1 == 0 {
                return slot[0x20];
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        panic!("opcode {opcode:#x} was not answered");
    }
}

fn report(dir: &Path) -> serde_json::Value {
    serde_json::from_str(&fs::read_to_string(dir.join("report")).unwrap()).unwrap()
}

#[test]
fn a_client_that_behaves_ends_the_model_with_zero() {
    let model = Model::start("good", &["fw=1.2.3", "pages.boot=0"]);
    let mut guest = model.connect();
    assert_eq!(guest.read(0), (2 << 16) | 1);
    assert_eq!(guest.call(0x104), 0);
    assert_eq!(guest.call(0x105), 0);
    guest.client.shutdown().unwrap();
    let (status, lines, dir) = model.end();
    assert_eq!(
        (status, lines),
        (Some(0), vec!["0 protocol violations in 2 commands".into()])
    );
    let report = report(&dir);
    assert_eq!(
        (&report["total_commands"], &report["hca"]),
        (&2.into(), &"Off".into())
    );
    assert_eq!(report["commands"][0]["name"], "ENABLE_HCA");
    assert!(!dir.join("dev").exists() && !dir.join("ctl").exists());
}

#[test]
fn a_client_that_misbehaves_ends_the_model_with_three() {
    let model = Model::start("bad", &[]);
    let mut guest = model.connect();
    assert_eq!(guest.call(0x102), 4);
    guest.client.shutdown().unwrap();
    let (status, lines, dir) = model.end();
    assert_eq!(
        (status, lines[0].as_str()),
        (Some(3), "1 protocol violations in 1 commands")
    );
    assert!(
        lines[1].starts_with("violation: too_early x1, first: INIT_HCA"),
        "{lines:?}"
    );
    assert_eq!(report(&dir)["violations"][0]["kind"], "too_early");
}

#[test]
fn settings_and_death_come_through_the_control_socket() {
    let model = Model::start("control", &[]);
    let mut guest = model.connect();
    assert_eq!(
        model.control(&["set fail=ENABLE_HCA:8", "get fail"]),
        ["0x104:0x8:0x0", "ok"]
    );
    assert_eq!(guest.call(0x104), 8);
    let last = model.control(&["commands 1"]);
    assert!(
        last[0].contains("ENABLE_HCA(0x104)") && last[0].contains("EXCEED_LIM(0x8)"),
        "{last:?}"
    );
    model.control(&["die"]);
    assert_eq!(model.end().0, Some(1));
}

#[test]
fn a_termination_signal_is_an_orderly_end() {
    let mut model = Model::start("term", &[]);
    let kill = format!("kill -TERM {}", model.child.id());
    assert!(Command::new("sh")
        .args(["-c", &kill])
        .status()
        .unwrap()
        .success());
    assert!(model.child.wait().unwrap().success());
    assert_eq!(report(&model.dir)["total_commands"], 0);
}

#[test]
fn vectors_beyond_the_table_are_refused_and_the_rest_accepted() {
    let model = Model::start("vectors", &[]);
    let mut guest = model.connect();
    let count = guest
        .client
        .get_irq_info(VFIO_PCI_MSIX_IRQ_INDEX)
        .unwrap()
        .count;
    let flags = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER;
    let fd = guest.ram.as_raw_fd();
    guest
        .client
        .set_irqs(VFIO_PCI_MSIX_IRQ_INDEX, flags, count - 1, 1, &[fd])
        .unwrap();
    // The transport answers a refusal with an error reply; either way the model goes on serving.
    let refused = guest
        .client
        .set_irqs(VFIO_PCI_MSIX_IRQ_INDEX, flags, count, 1, &[fd]);
    drop(refused);
    assert_eq!(guest.call(0x104), 0);
}

#[test]
fn usage_errors_are_one_sentence_and_exit_with_two() {
    for bad in ["bogus=1", "fw=1", "mutate=honesty", "stall"] {
        let run = Command::new(env!("CARGO_BIN_EXE_connectx-model"))
            .args(["--socket", "/x", bad])
            .output();
        let run = run.unwrap();
        let text = String::from_utf8(run.stderr).unwrap();
        assert_eq!(
            (run.status.code(), text.lines().count()),
            (Some(2), 1),
            "{bad}: {text}"
        );
    }
}
