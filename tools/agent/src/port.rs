// SPDX-License-Identifier: GPL-2.0
//! The virtio-serial ports: finding them by name, and the one that leads to the runner.
#![forbid(unsafe_code)]

use std::fs::{create_dir_all, read_dir, read_to_string, File, OpenOptions};
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use auxcore_wire::{write_frame, Frame, AGENT_PORT};

const CLASS: &str = "/sys/class/virtio-ports";
const LINKS: &str = "/dev/virtio-ports";

/// How long the port to the runner may take to appear. The kernel learns of its ports one by one, after it has started us; in
/// a guest with many devices that takes a while.
const PATIENCE: Duration = Duration::from_secs(60);

/// The sending half of the port to the runner, shared by all threads.
#[derive(Clone)]
pub struct Port(Arc<Mutex<File>>);

impl Port {
    /// Sends one frame. A runner that is gone takes the guest down with it, so there is no one to report a failure to.
    pub fn send(&self, frame: &Frame) {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = write_frame(&mut *file, frame) {
            eprintln!("auxcore-agent: {error}");
        }
    }

    /// Sends a line for the person who watches.
    pub fn note(&self, text: impl Into<String>) {
        self.send(&Frame::Note(text.into()));
    }
}

/// Waits for the port to the runner and opens it: one handle to send, one to receive.
///
/// # Errors
///
/// The port is missing or cannot be opened.
pub fn open() -> io::Result<(Port, File)> {
    let limit = Instant::now() + PATIENCE;
    let node = loop {
        if let Some((_, node)) = ports()?.into_iter().find(|(name, _)| name == AGENT_PORT) {
            break node;
        }
        if Instant::now() > limit {
            return Err(io::Error::new(
                io::ErrorKind::NotFound,
                format!("no port named {AGENT_PORT}"),
            ));
        }
        sleep(Duration::from_millis(10));
    };
    let file = OpenOptions::new().read(true).write(true).open(node)?;
    let receive = file.try_clone()?;
    Ok((Port(Arc::new(Mutex::new(file))), receive))
}

/// Makes the links by name that udev makes too, so that they stand before the command starts.
///
/// # Errors
///
/// The directory or a link cannot be made.
pub fn link_by_name() -> io::Result<()> {
    create_dir_all(LINKS)?;
    for (name, node) in ports()? {
        match symlink(node, Path::new(LINKS).join(name)) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn ports() -> io::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for entry in read_dir(CLASS)? {
        let entry = entry?;
        // A port without a name has no such file; it is not ours.
        if let Ok(name) = read_to_string(entry.path().join("name")) {
            found.push((
                name.trim().to_owned(),
                Path::new("/dev").join(entry.file_name()),
            ));
        }
    }
    Ok(found)
}
