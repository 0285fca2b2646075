// SPDX-License-Identifier: GPL-2.0
//! Running the command: its streams as frames, its end as an [`Outcome`].
#![forbid(unsafe_code)]

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{ChildStdin, Command, Stdio};
use std::thread::{self, JoinHandle};

use auxcore_wire::{read_frame, Frame, Job, Outcome, SCRATCH_DIR};

use crate::port::Port;
use crate::processes::kill_all_others;

/// Bytes of output that one frame carries at most.
const CHUNK: usize = 32 * 1024;

/// Runs the job's command to its end and streams its output. Whatever it leaves running is killed: the streams would not
/// end before it.
pub fn run(job: &Job, port: &Port, receive: File) -> Outcome {
    let Some((program, args)) = job.argv.split_first() else {
        return Outcome::NotReady("the job has no command".into());
    };
    let mut command = Command::new(program);
    command
        .args(args)
        .env("HOME", "/root")
        .env("LANG", "C.UTF-8")
        .env("AUXCORE_SCRATCH", SCRATCH_DIR)
        .envs(job.env.iter().map(|(name, value)| (name, value)))
        .current_dir(&job.tree)
        .process_group(0)
        .stdin(if job.stdin {
            Stdio::piped()
        } else {
            Stdio::null()
        })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    port.send(&Frame::Started);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            let status = if error.kind() == ErrorKind::NotFound {
                127
            } else {
                126
            };
            return Outcome::NotStarted(status, format!("{program}: {error}"));
        }
    };
    if let Some(stdin) = child.stdin.take() {
        thread::spawn(move || feed(receive, stdin));
    }
    let streams = [
        child
            .stdout
            .take()
            .map(|pipe| pump(pipe, port.clone(), Frame::Stdout)),
        child
            .stderr
            .take()
            .map(|pipe| pump(pipe, port.clone(), Frame::Stderr)),
    ];
    let ended = child.wait();
    kill_all_others();
    for stream in streams.into_iter().flatten() {
        if stream.join().is_err() {
            port.note("a thread that streams output has failed");
        }
    }
    match ended {
        Ok(status) => match (status.code(), status.signal()) {
            (Some(code), _) => Outcome::Status(code),
            (None, signal) => Outcome::Signal(signal.unwrap_or(0)),
        },
        Err(error) => Outcome::NotReady(format!("the command's end is unknown: {error}")),
    }
}

/// Sends what a pipe yields until its end.
fn pump(
    mut pipe: impl Read + Send + 'static,
    port: Port,
    frame: fn(Vec<u8>) -> Frame,
) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut buffer = vec![0u8; CHUNK];
        loop {
            match pipe.read(&mut buffer) {
                Ok(0) => return,
                Ok(length) => port.send(&frame(buffer.get(..length).unwrap_or_default().to_vec())),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return port.note(format!("a stream of the command failed: {error}")),
            }
        }
    })
}

/// Hands the runner's standard input to the command until either ends.
fn feed(mut receive: File, mut stdin: ChildStdin) {
    while let Ok(Some(Frame::Stdin(bytes))) = read_frame(&mut receive) {
        if bytes.is_empty() || stdin.write_all(&bytes).is_err() {
            return;
        }
    }
}
