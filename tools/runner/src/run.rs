// SPDX-License-Identifier: GPL-2.0
//! One run from the first process to the exit status.
#![forbid(unsafe_code)]

use std::os::unix::net::{UnixListener, UnixStream};
use std::process::Stdio;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use auxcore_wire::{Job, Outcome};

use crate::args::{Args, Net};
use crate::console;
use crate::device::Device;
use crate::error::{RunError, KERNEL_REPORT, NO_OUTCOME, TIMEOUT, VIOLATIONS};
use crate::kvm;
use crate::model::{Model, ModelEnd};
use crate::note;
use crate::places::{Places, RunDir};
use crate::process::Process;
use crate::qemu::{self, Executor};
use crate::session::{agent_comes, events, listen, serve, Ending, Event};

/// How long an orderly power-off may take once the command has ended.
const POWER_OFF: Duration = Duration::from_secs(20);

/// How long QEMU may take to connect to the agent's socket.
const CONNECT: Duration = Duration::from_secs(20);

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
    let models = start_models(args, &places, &dir)?;
    let mut guest = Guest::boot(args, &places, &dir, &models, executor)?;
    let ending = serve(&job(args, &places), &guest.port, &guest.events, deadline)?;
    if matches!(ending, Ending::Outcome(_)) {
        guest.power_off();
    }
    drop(guest);
    let ends = models.into_iter().map(Model::end).collect::<Vec<_>>();
    verdict(args, &dir, &ending, &ends)
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

fn job(args: &Args, places: &Places) -> Job {
    Job {
        argv: args.command.clone(),
        env: vec![
            ("AUXCORE_DEVICES".into(), args.devices.len().to_string()),
            (
                "AUXCORE_DRIVER".into(),
                format!("{:?}", args.driver).to_lowercase(),
            ),
            ("AUXCORE_KERNEL".into(), args.kernel.clone()),
        ],
        tree: places.host_tree.clone(),
        stack: args.driver.into(),
        net: args.net == Net::User,
        stdin: args.stdin,
        keep_loaded: args.keep_loaded,
    }
}

/// A running QEMU and the port to its agent. Dropping it kills QEMU.
struct Guest {
    qemu: Process,
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
        let listener = UnixListener::bind(&agent).map_err(socket_error)?;
        listener.set_nonblocking(true).map_err(socket_error)?;
        let (sender, events) = events()?;
        let line = qemu::arguments(args, places, dir, &agent, models, executor);
        let mut qemu = Process::start(qemu::QEMU, &line, Stdio::null(), Stdio::piped())?;
        qemu::pass_on_messages(qemu.child().stderr.take(), &dir.file("qemu.log"))?;
        let port = accept(&listener, &mut qemu)?;
        let listening = port.try_clone().map_err(socket_error)?;
        listen(listening, sender);
        Ok(Self { qemu, port, events })
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

/// Tells what happened and chooses the exit status. A fault of the guest's kernel outweighs everything.
fn verdict(
    args: &Args,
    dir: &RunDir,
    ending: &Ending,
    models: &[ModelEnd],
) -> Result<u8, RunError> {
    let path = dir.file("console.log");
    let bytes = std::fs::read(&path).map_err(|source| RunError::File { path, source })?;
    let log = String::from_utf8_lossy(&bytes);
    let reports = console::reports(&log);
    let silent = matches!(
        ending,
        Ending::Silent | Ending::Timeout | Ending::Outcome(Outcome::NotReady(_))
    );
    if args.console || silent || !reports.is_empty() {
        print_log(&log);
    }
    let mut counted = false;
    let mut crash = None;
    for (index, end) in models.iter().enumerate() {
        match end {
            ModelEnd::Clean => {}
            ModelEnd::Died => note(&format!("the model of device {index} was told to die")),
            ModelEnd::Violations(text) => {
                counted = true;
                note(&format!(
                    "the model of device {index} counted protocol violations:\n{}",
                    text.trim_end()
                ));
            }
            ModelEnd::Crashed(how) => {
                crash = Some(RunError::Model {
                    index,
                    how: how.clone(),
                });
            }
        }
    }
    if let Some(first) = reports.first() {
        note(&format!(
            "the guest's kernel reported a fault ({} lines): {first}",
            reports.len()
        ));
        return Ok(KERNEL_REPORT);
    }
    // A model that was killed together with a timed-out guest has not crashed.
    match (ending, crash) {
        (Ending::Outcome(_), Some(crash)) => Err(crash),
        _ => status_of(args, ending, counted),
    }
}

fn status_of(args: &Args, ending: &Ending, counted: bool) -> Result<u8, RunError> {
    match ending {
        Ending::Outcome(Outcome::Status(0)) if counted => Ok(VIOLATIONS),
        Ending::Outcome(Outcome::Status(code)) => Ok(u8::try_from(*code).unwrap_or(u8::MAX)),
        Ending::Outcome(Outcome::Signal(signal)) | Ending::Signal(signal) => Ok(by_signal(*signal)),
        Ending::Outcome(Outcome::NotStarted(code, reason)) => {
            note(reason);
            Ok(u8::try_from(*code).unwrap_or(u8::MAX))
        }
        Ending::Outcome(Outcome::NotReady(reason)) => Err(RunError::NotReady(reason.clone())),
        Ending::Outcome(Outcome::NotUnloaded(reason)) => Err(RunError::NotUnloaded(reason.clone())),
        Ending::Silent => {
            note("the guest ended without telling how the command ended");
            Ok(NO_OUTCOME)
        }
        Ending::Timeout => {
            note(&format!("the time of {} s was up", args.timeout.as_secs()));
            Ok(TIMEOUT)
        }
    }
}

fn by_signal(signal: i32) -> u8 {
    u8::try_from(128 + signal).unwrap_or(u8::MAX)
}

fn print_log(log: &str) {
    eprintln!("---- kernel log of the guest ----");
    for line in log.lines() {
        eprintln!("{}", line.trim_end());
    }
    eprintln!("---- end of the kernel log ----");
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    fn status(ending: &Ending, counted: bool) -> Option<u8> {
        let args = Args::try_parse_from(["tools/guest", "--", "true"]).ok()?;
        status_of(&args, ending, counted).ok()
    }

    #[test]
    fn violations_turn_success_into_failure_and_hide_nothing_else() {
        let ended = |code| Ending::Outcome(Outcome::Status(code));
        assert_eq!(status(&ended(0), false), Some(0));
        assert_eq!(status(&ended(0), true), Some(VIOLATIONS));
        assert_eq!(status(&ended(42), true), Some(42));
        assert_eq!(status(&Ending::Timeout, true), Some(TIMEOUT));
        assert_eq!(status(&Ending::Silent, true), Some(NO_OUTCOME));
    }

    #[test]
    fn signals_count_from_128_inside_and_outside() {
        assert_eq!(
            status(&Ending::Outcome(Outcome::Signal(9)), false),
            Some(137)
        );
        assert_eq!(status(&Ending::Signal(2), false), Some(130));
    }

    #[test]
    fn a_stack_that_stays_loaded_is_an_error_of_the_run() {
        let ending = Ending::Outcome(Outcome::NotUnloaded("in use".into()));
        assert_eq!(status(&ending, false), None);
    }
}
