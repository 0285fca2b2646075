// SPDX-License-Identifier: GPL-2.0
//! One run from the first process to the exit status.
#![forbid(unsafe_code)]

use std::os::unix::net::{UnixListener, UnixStream};
use std::process::{ExitStatus, Stdio};
use std::sync::mpsc::Receiver;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use auxcore_wire::Job;

use crate::args::{Args, Net};
use crate::device::Device;
use crate::error::RunError;
use crate::kvm;
use crate::model::Model;
use crate::note;
use crate::places::{Places, RunDir};
use crate::process::Process;
use crate::qemu::{self, Executor};
use crate::session::{agent_comes, events, listen, serve, Ending, Event};
use crate::verdict::{print_log, verdict};

/// How long an orderly power-off may take once the command has ended.
const POWER_OFF: Duration = Duration::from_secs(20);

/// How long QEMU may take to connect to the agent's socket.
const CONNECT: Duration = Duration::from_secs(20);

/// How often a guest is booted that does not come to its agent. Nothing that is to be tested has run in it by then: the
/// agent loads the drivers.
const BOOTS: u32 = 3;

/// The least time that a boot may take, and the share of the whole time that it may take if that is more. A guest of this
/// size comes to its agent in three seconds, on a kernel with every checker on in ten times that; a run of a minute must
/// have time for a second boot.
const BOOT: Duration = Duration::from_secs(30);
const SHARE: u32 = 4;

/// Exit status of a QEMU that refuses its command line.
const REFUSED: i32 = 1;

/// Runs the command and returns the exit status.
///
/// # Errors
///
/// The run could not be made; nothing of the command's own failures is an error here.
pub fn run(args: &Args) -> Result<u8, RunError> {
    args.consistent()?;
    if args.check {
        return Ok(0);
    }
    let places = Places::from_environment()?;
    let executor = kvm::decide(args, &places)?;
    let keep = args.keep.as_ref().map(|path| places.seen_from_host(path));
    let dir = RunDir::new(keep)?;
    let deadline = Instant::now() + args.timeout;
    let job = job(args, &places);
    let mut boot = 1;
    let (models, mut guest, ending) = loop {
        let models = start_models(args, &places, &dir)?;
        let guest = Guest::boot(args, &places, &dir, &models, executor)?;
        let patience = if boot < BOOTS {
            BOOT.max(args.timeout / SHARE)
        } else {
            args.timeout
        };
        let agent_by = Instant::now() + patience;
        if let Some(ending) = serve(&job, &guest.port, &guest.events, agent_by, deadline)? {
            break (models, guest, ending);
        }
        guest.give_up(&dir, boot, patience);
        boot += 1;
    };
    if matches!(ending, Ending::Outcome(_)) {
        guest.power_off();
    }
    let left = guest.end();
    if let (Ending::Silent, Some(status)) = (&ending, left) {
        if status.code() == Some(REFUSED) {
            return Err(refused(args));
        }
        note(&format!("QEMU ended by itself, {status}"));
    }
    let ends = models.into_iter().map(Model::end).collect::<Vec<_>>();
    verdict(args, &dir, &ending, &ends)
}

/// QEMU did not like its command line. What of it is the caller's are the properties of stock devices.
fn refused(args: &Args) -> RunError {
    let has_properties = |device: &Device| matches!(device, Device::Stock { properties, .. } if !properties.is_empty());
    if args.devices.iter().any(has_properties) {
        return RunError::Usage(
            "QEMU refuses a property of a device, see its message above.".into(),
        );
    }
    RunError::Start {
        program: qemu::QEMU.into(),
        source: std::io::Error::other("it refuses its command line, see its message above"),
    }
}

/// Whether a guest without devices comes up within the time.
#[must_use]
pub fn boots(args: &Args, places: &Places, executor: Executor, patience: Duration) -> bool {
    let deadline = Instant::now() + patience;
    RunDir::new(None)
        .and_then(|dir| {
            Guest::boot(args, places, &dir, &[], executor)
                .map(|guest| agent_comes(&guest.events, deadline))
        })
        .unwrap_or(false)
}

fn start_models(args: &Args, places: &Places, dir: &RunDir) -> Result<Vec<Model>, RunError> {
    args.devices
        .iter()
        .filter_map(|device| match device {
            Device::ConnectX(keys) => Some(keys),
            Device::Stock { .. } => None,
        })
        .enumerate()
        .map(|(index, keys)| Model::start(index, keys, places, dir, args.trace))
        .collect()
}

/// How much the suites do, for those who look at them in the guest too.
const PASSED_ON: [&str; 3] = ["AUXCORE_SEED", "AUXCORE_STRESS", "AUXCORE_SWEEP"];

fn job(args: &Args, places: &Places) -> Job {
    let passed_on = PASSED_ON
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), std::env::var(name).ok()?)));
    Job {
        argv: args.command.clone(),
        env: [
            ("AUXCORE_DEVICES".into(), args.devices.len().to_string()),
            (
                "AUXCORE_DRIVER".into(),
                format!("{:?}", args.driver).to_lowercase(),
            ),
            ("AUXCORE_KERNEL".into(), args.kernel.clone()),
        ]
        .into_iter()
        .chain(passed_on)
        .collect(),
        tree: places.host_tree.clone(),
        folders: places.folders(args),
        stack: args.driver.into(),
        net: args.net == Net::User,
        stdin: args.stdin,
        keep_loaded: args.keep_loaded,
    }
}

/// A running QEMU and the port to its agent. Dropping it kills QEMU.
struct Guest {
    qemu: Process,
    messages: JoinHandle<()>,
    port: UnixStream,
    events: Receiver<Event>,
}

impl Guest {
    fn boot(
        args: &Args,
        places: &Places,
        dir: &RunDir,
        models: &[Model],
        executor: Executor,
    ) -> Result<Self, RunError> {
        let agent = dir.socket("agent")?;
        let socket_error = |source| RunError::File {
            path: agent.clone().into(),
            source,
        };
        // Of an earlier boot; if it cannot be removed, the bind says so.
        std::fs::remove_file(&agent).unwrap_or(());
        let listener = UnixListener::bind(&agent).map_err(socket_error)?;
        listener.set_nonblocking(true).map_err(socket_error)?;
        let (sender, events) = events()?;
        let line = qemu::arguments(args, places, dir, &agent, models, executor);
        let mut qemu = Process::start(qemu::QEMU, &line, Stdio::null(), Stdio::piped())?;
        let messages = qemu::pass_on_messages(qemu.child().stderr.take(), &dir.file("qemu.log"))?;
        let port = match accept(&listener, &mut qemu) {
            Ok(port) => port,
            Err(error) => {
                end_qemu(qemu, messages);
                return Err(error);
            }
        };
        let listening = port.try_clone().map_err(socket_error)?;
        listen(listening, sender);
        Ok(Self {
            qemu,
            messages,
            port,
            events,
        })
    }

    /// Ends the guest, whatever state it is in; tells how QEMU ended if it did so by itself.
    fn end(mut self) -> Option<ExitStatus> {
        // The port closes a moment before the process is gone.
        let status = self.qemu.wait_for(Duration::from_secs(1)).ok().flatten();
        end_qemu(self.qemu, self.messages);
        status
    }

    /// Ends a guest that hangs in its boot, and tells what there is to tell of it.
    fn give_up(self, dir: &RunDir, boot: u32, patience: Duration) {
        note(&format!(
            "boot {boot} did not come to the agent within {} s: booting anew",
            patience.as_secs()
        ));
        end_qemu(self.qemu, self.messages);
        if let Ok(log) = std::fs::read(dir.file("console.log")) {
            print_log(&String::from_utf8_lossy(&log));
        }
    }

    /// Waits for the guest's own power-off.
    fn power_off(&mut self) {
        match self.qemu.wait_for(POWER_OFF) {
            Ok(Some(_)) => {}
            Ok(None) => note(&format!(
                "the guest does not power off within {} s; killing it",
                POWER_OFF.as_secs()
            )),
            Err(error) => note(&format!("QEMU cannot be waited for: {error}")),
        }
    }
}

/// Kills QEMU if it still runs, and waits for its last words.
fn end_qemu(qemu: Process, messages: JoinHandle<()>) {
    drop(qemu);
    if messages.join().is_err() {
        note("the thread that passes on the messages of QEMU has failed");
    }
}

/// Waits for QEMU to connect; it does so before the guest starts, or it ends with a message of its own.
fn accept(listener: &UnixListener, qemu: &mut Process) -> Result<UnixStream, RunError> {
    let failed = |source| RunError::Start {
        program: qemu::QEMU.into(),
        source,
    };
    let deadline = Instant::now() + CONNECT;
    loop {
        match listener.accept() {
            Ok((port, _)) => {
                port.set_nonblocking(false).map_err(failed)?;
                return Ok(port);
            }
            Err(error) if error.kind() != std::io::ErrorKind::WouldBlock => {
                return Err(failed(error))
            }
            Err(_) => {}
        }
        if let Some(status) = qemu.wait_for(Duration::from_millis(5)).map_err(failed)? {
            return Err(failed(std::io::Error::other(format!(
                "it ended at once ({status}), see its message above"
            ))));
        }
        if Instant::now() > deadline {
            return Err(failed(std::io::Error::other(
                "it does not connect to the agent's socket",
            )));
        }
    }
}
