// SPDX-License-Identifier: GPL-2.0
//! The talk with the agent: what comes out of the guest, and what ends it.
#![forbid(unsafe_code)]

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{channel, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Instant;

use auxcore_wire::{read_frame, write_frame, Frame, Job, Outcome};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::error::RunError;
use crate::note;

/// Bytes of standard input in one frame.
const CHUNK: usize = 4096;

/// What wakes the main thread.
pub enum Event {
    /// The agent sent a frame.
    Frame(Frame),
    /// The port is closed: QEMU has ended, or the frames are broken.
    Closed(Option<String>),
    /// Someone wants the run to end.
    Signal(i32),
}

/// How the talk ended.
#[derive(Debug)]
pub enum Ending {
    /// The agent told the command's end.
    Outcome(Outcome),
    /// The guest ended without that.
    Silent,
    /// The time was up.
    Timeout,
    /// A signal from outside.
    Signal(i32),
}

/// Starts the threads that feed the receiver: signals, and frames once [`listen`] is called.
///
/// # Errors
///
/// The signals cannot be watched.
pub fn events() -> Result<(Sender<Event>, Receiver<Event>), RunError> {
    let (sender, receiver) = channel();
    let mut signals =
        Signals::new([SIGINT, SIGTERM, SIGHUP]).map_err(|source| RunError::Start {
            program: "the signal watch".into(),
            source,
        })?;
    let forward = sender.clone();
    thread::spawn(move || {
        for signal in signals.forever() {
            // The main thread is gone only when the process ends.
            let _ = forward.send(Event::Signal(signal));
        }
    });
    Ok((sender, receiver))
}

/// Turns what the agent sends into events.
pub fn listen(mut port: UnixStream, events: Sender<Event>) {
    thread::spawn(move || loop {
        let event = match read_frame(&mut port) {
            Ok(Some(frame)) => Event::Frame(frame),
            Ok(None) => Event::Closed(None),
            Err(error) => Event::Closed(Some(error.to_string())),
        };
        let last = matches!(event, Event::Closed(_));
        if events.send(event).is_err() || last {
            return;
        }
    });
}

/// Gives the agent its job and passes its output on until the end. `None`: the agent has said nothing by `agent_by`, which
/// may be as late as the deadline.
///
/// # Errors
///
/// The port breaks while the job is sent, or our own output cannot be written.
pub fn serve(
    job: &Job,
    port: &UnixStream,
    events: &Receiver<Event>,
    agent_by: Instant,
    deadline: Instant,
) -> Result<Option<Ending>, RunError> {
    let mut until = agent_by.min(deadline);
    loop {
        match events.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                return Ok((until == deadline).then_some(Ending::Timeout))
            }
            Ok(Event::Signal(signal)) => return Ok(Some(Ending::Signal(signal))),
            Ok(Event::Closed(reason)) => {
                if let Some(reason) = reason {
                    note(&reason);
                }
                return Ok(Some(Ending::Silent));
            }
            Ok(Event::Frame(frame)) => {
                until = deadline;
                if let Some(outcome) = take(frame, job, port)? {
                    return Ok(Some(Ending::Outcome(outcome)));
                }
            }
        }
    }
}

/// Waits until the agent says that it is there, or the time is up.
#[must_use]
pub fn agent_comes(events: &Receiver<Event>, deadline: Instant) -> bool {
    matches!(
        events.recv_timeout(deadline.saturating_duration_since(Instant::now())),
        Ok(Event::Frame(Frame::Ready))
    )
}

fn take(frame: Frame, job: &Job, mut port: &UnixStream) -> Result<Option<Outcome>, RunError> {
    match frame {
        Frame::Ready => {
            write_frame(&mut port, &Frame::Job(job.clone()))?;
            if job.stdin {
                feed(port)?;
            }
        }
        Frame::Started => {}
        Frame::Stdout(bytes) => pass_on(io::stdout(), &bytes)?,
        Frame::Stderr(bytes) => pass_on(io::stderr(), &bytes)?,
        Frame::Note(text) => note(&format!("agent: {text}")),
        Frame::End(outcome) => return Ok(Some(outcome)),
        Frame::Job(_) | Frame::Stdin(_) => note("the agent sent a frame of the runner's"),
    }
    Ok(None)
}

fn pass_on(mut stream: impl Write, bytes: &[u8]) -> Result<(), RunError> {
    stream
        .write_all(bytes)
        .and_then(|()| stream.flush())
        .map_err(|source| RunError::File {
            path: "the output of the command".into(),
            source,
        })
}

/// Hands our standard input on until its end.
fn feed(port: &UnixStream) -> Result<(), RunError> {
    let mut port = port.try_clone().map_err(auxcore_wire::FrameError::from)?;
    thread::spawn(move || {
        let mut buffer = vec![0u8; CHUNK];
        loop {
            let length = io::stdin().read(&mut buffer).unwrap_or(0);
            let bytes = buffer.get(..length).unwrap_or_default().to_vec();
            if write_frame(&mut port, &Frame::Stdin(bytes)).is_err() || length == 0 {
                return;
            }
        }
    });
    Ok(())
}
