// SPDX-License-Identifier: GPL-2.0
//! Serving one client from start to end.
#![forbid(unsafe_code)]

use std::fs::{remove_file, File};
use std::io::{self, Write};
use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::backend::{irqs, regions, Backend};
use crate::control;
use crate::machine::Shared;
use crate::report::report;

/// The exit status of an orderly end after which the driver has violations to explain.
pub const VIOLATED: i32 = 3;

/// Where a run listens and what it leaves behind.
#[derive(Clone, Debug)]
pub struct Places {
    /// The vfio-user socket.
    pub socket: PathBuf,
    /// The control socket.
    pub control: Option<PathBuf>,
    /// The report file.
    pub report: Option<PathBuf>,
}

/// Why a run could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A socket could not be bound.
    #[error("Cannot listen on {0}: {1}")]
    Listen(PathBuf, io::Error),
    /// Signals could not be caught.
    #[error("Cannot catch signals: {0}")]
    Signals(io::Error),
}

/// What is needed at the end; the end may come from any thread.
static PLACES: OnceLock<Places> = OnceLock::new();

/// Listens, prints `ready`, serves one client, and ends the process.
///
/// # Errors
/// The sockets cannot be bound. After `ready` this does not return.
pub fn run(shared: &Arc<Shared>, places: Places) -> Result<(), StartError> {
    let listener = listen(&places.socket)?;
    let control = places.control.as_deref().map(listen).transpose()?;
    let mut signals = Signals::new([SIGTERM, SIGINT]).map_err(StartError::Signals)?;
    let places = PLACES.get_or_init(|| places);

    spawn(shared, |shared| shared.run_engine());
    spawn(shared, move |shared| {
        if signals.forever().next().is_some() {
            finish(shared);
        }
    });
    if let Some(control) = control {
        spawn(shared, move |shared| {
            control::serve(&control, shared, |shared| finish(shared));
        });
    }
    shared.lock().run();
    say("ready");

    let server = vfio_user::Server::from_owned_fd(listener.into(), true, irqs(), regions());
    if let Err(error) = server.run(&mut Backend::new(Arc::clone(shared))) {
        say(&format!(
            "The connection on {} broke: {error}",
            places.socket.display()
        ));
    }
    finish(shared)
}

/// Binds a socket; one that nobody listens on any more is replaced.
fn listen(path: &Path) -> Result<UnixListener, StartError> {
    let is_socket = path
        .symlink_metadata()
        .is_ok_and(|meta| meta.file_type().is_socket());
    if is_socket && UnixStream::connect(path).is_err() {
        // If it cannot be removed, the bind below says so.
        remove_file(path).unwrap_or(());
    }
    UnixListener::bind(path).map_err(|error| StartError::Listen(path.to_owned(), error))
}

/// Runs a thread of the model; a panic in one ends the process instead of leaving a device that
/// answers nothing.
fn spawn(shared: &Arc<Shared>, body: impl FnOnce(&Arc<Shared>) + Send + 'static) {
    struct Alarm;
    impl Drop for Alarm {
        fn drop(&mut self) {
            if std::thread::panicking() {
                std::process::abort();
            }
        }
    }
    let shared = Arc::clone(shared);
    std::thread::spawn(move || {
        let _alarm = Alarm;
        body(&shared);
    });
}

/// A closed standard output must not stop the end.
fn say(text: &str) {
    let mut out = io::stdout();
    writeln!(out, "{text}")
        .and_then(|()| out.flush())
        .unwrap_or(());
}

/// Ends the process: drops memory and vectors, resets the function, reports.
///
/// The lock is kept to the end, so of two threads that finish only the first does.
fn finish(shared: &Shared) -> ! {
    let mut machine = shared.lock();
    machine.device.end();
    let report = report(&machine);
    machine.reset();
    machine.dma.clear();
    machine.msix.clear();
    let places = PLACES.get();
    if let Some(path) = places.and_then(|p| p.report.as_ref()) {
        let written = File::create(path).and_then(|mut file| writeln!(file, "{report}"));
        if let Err(error) = written {
            say(&format!("Cannot write {}: {error}", path.display()));
        }
    }
    for path in places
        .into_iter()
        .flat_map(|p| [Some(&p.socket), p.control.as_ref()])
        .flatten()
    {
        // Somebody else may have removed it.
        remove_file(path).unwrap_or(());
    }
    let total = machine.device.violations.total();
    say(&format!(
        "{total} protocol violations in {} commands",
        machine.device.journal.count()
    ));
    for line in machine.device.violations.lines() {
        say(&format!("violation: {line}"));
    }
    std::process::exit(if total == 0 { 0 } else { VIOLATED })
}
