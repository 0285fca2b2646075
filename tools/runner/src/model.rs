// SPDX-License-Identifier: GPL-2.0
//! The processes of the ConnectX model, one per device.
#![forbid(unsafe_code)]

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{ChildStdout, ExitStatus, Stdio};
use std::sync::mpsc::{channel, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::error::RunError;
use crate::places::{Places, RunDir};
use crate::process::Process;

/// The line that a model prints when it listens.
const READY: &str = "ready";

/// How long a model may take to listen, and to end once its client is gone.
const PATIENCE: Duration = Duration::from_secs(10);

/// Exit status of a model that counted protocol violations.
const COUNTED_VIOLATIONS: i32 = 3;
/// Exit status of a model that was told to die.
const TOLD_TO_DIE: i32 = 1;
/// Exit status of a model that does not know a key or its value.
const BAD_KEY: i32 = 2;

/// A running model.
#[derive(Debug)]
pub struct Model {
    index: usize,
    process: Process,
    log: Option<PathBuf>,
    lines: Receiver<String>,
    /// The socket that QEMU connects to as the device.
    pub socket: String,
    /// The socket of its control channel.
    pub control: String,
}

/// How a model ended.
#[derive(Debug, PartialEq, Eq)]
pub enum ModelEnd {
    /// The driver kept the protocol.
    Clean,
    /// The driver broke the protocol; the text is what the model printed.
    Violations(String),
    /// It was told to die during the run, which tests do.
    Died,
    /// It crashed; the text says how.
    Crashed(String),
}

impl Model {
    /// Starts a model and waits until it listens.
    ///
    /// # Errors
    ///
    /// It does not start or does not listen in time; a key or value that it does not know is a usage error.
    pub fn start(
        index: usize,
        keys: &[String],
        places: &Places,
        run: &RunDir,
        trace: bool,
    ) -> Result<Self, RunError> {
        let program = places.programs.join("connectx-model");
        if !program.exists() {
            return Err(RunError::Missing(program));
        }
        let socket = run.socket(&format!("device.{index}"))?;
        let control = run.socket(&format!("control.{index}"))?;
        let report = run.file(&format!("model.{index}.json"));
        let mut args: Vec<String> = ["--socket", &socket, "--control", &control]
            .map(String::from)
            .to_vec();
        args.extend(["--report".into(), report.display().to_string()]);
        let log = (!trace).then(|| run.file(&format!("model.{index}.log")));
        let stderr = match &log {
            Some(path) => File::create(path)
                .map_err(|source| RunError::File {
                    path: path.clone(),
                    source,
                })?
                .into(),
            None => Stdio::inherit(),
        };
        if trace {
            args.push("--trace".into());
        }
        args.extend_from_slice(keys);
        let mut process = Process::start(
            &program.display().to_string(),
            &args,
            Stdio::piped(),
            stderr,
        )?;
        let lines = lines_of(process.child().stdout.take());
        let model = Self {
            index,
            process,
            log,
            lines,
            socket,
            control,
        };
        model.wait_until_ready()
    }

    fn wait_until_ready(mut self) -> Result<Self, RunError> {
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) if line == READY => Ok(self),
            Ok(line) => Err(self.error(format!("said '{line}' instead of '{READY}'"))),
            Err(RecvTimeoutError::Timeout) => {
                Err(self.error(format!("does not listen within {} s", PATIENCE.as_secs())))
            }
            Err(RecvTimeoutError::Disconnected) => {
                let status = self.process.wait_for(PATIENCE).ok().flatten();
                let said = self.words();
                let said = said.trim();
                match status.and_then(|status| status.code()) {
                    Some(BAD_KEY) => Err(RunError::Usage(format!("--device connectx: {said}"))),
                    _ => Err(self.error(format!("ended before it listened: {said}"))),
                }
            }
        }
    }

    fn error(&self, how: String) -> RunError {
        RunError::Model {
            index: self.index,
            how,
        }
    }

    /// What the model wrote to its standard error; empty while that goes to the caller.
    fn words(&self) -> String {
        let bytes = self
            .log
            .as_ref()
            .and_then(|path| std::fs::read(path).ok())
            .unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Waits for the model to end by itself after its client is gone; helps when it does not.
    pub fn end(mut self) -> ModelEnd {
        let status = match self.wait_for_end() {
            Ok(Some(status)) => status,
            Ok(None) => return ModelEnd::Crashed("does not end".into()),
            Err(error) => return ModelEnd::Crashed(format!("cannot be waited for: {error}")),
        };
        let mut words = self.words();
        // The thread that reads the lines ends with the model, so this does too.
        words.extend(self.lines.iter().map(|line| line + "\n"));
        judge(status, words)
    }

    fn wait_for_end(&mut self) -> io::Result<Option<ExitStatus>> {
        if let Some(status) = self.process.wait_for(PATIENCE)? {
            return Ok(Some(status));
        }
        self.process.ask_to_end();
        self.process.wait_for(PATIENCE)
    }
}

/// Reads a model's standard output to its end, so that the model never blocks on a full pipe.
fn lines_of(stdout: Option<ChildStdout>) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let lines = stdout
            .into_iter()
            .flat_map(|pipe| BufReader::new(pipe).lines());
        for line in lines.map_while(Result::ok) {
            // A runner that has given up on the model no longer listens.
            let _ = sender.send(line);
        }
    });
    receiver
}

fn judge(status: ExitStatus, words: String) -> ModelEnd {
    match (status.code(), status.signal()) {
        (Some(0), _) => ModelEnd::Clean,
        (Some(COUNTED_VIOLATIONS), _) => ModelEnd::Violations(words),
        (Some(TOLD_TO_DIE), _) => ModelEnd::Died,
        (Some(code), _) => ModelEnd::Crashed(format!("ended with status {code}: {}", words.trim())),
        (None, signal) => {
            ModelEnd::Crashed(format!("was killed by signal {}", signal.unwrap_or(0)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(raw: i32) -> ModelEnd {
        judge(ExitStatus::from_raw(raw), "words".into())
    }

    #[test]
    fn each_way_to_end_is_told_apart() {
        assert_eq!(judged(0), ModelEnd::Clean);
        assert_eq!(
            judged(COUNTED_VIOLATIONS << 8),
            ModelEnd::Violations("words".into())
        );
        assert_eq!(judged(TOLD_TO_DIE << 8), ModelEnd::Died);
        assert!(matches!(judged(101 << 8), ModelEnd::Crashed(how) if how.contains("101")));
        assert!(matches!(judged(9), ModelEnd::Crashed(how) if how.contains("signal 9")));
    }
}
