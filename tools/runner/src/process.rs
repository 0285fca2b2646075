// SPDX-License-Identifier: GPL-2.0
//! Child processes that never outlive the runner.
#![forbid(unsafe_code)]

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{kill_process, Pid, Signal};

use crate::error::RunError;

/// A child in a process group of its own, so that Ctrl-C reaches only the runner, which ends it in order. The kernel kills
/// it when the runner dies in any other way.
#[derive(Debug)]
pub struct Process {
    child: Child,
}

impl Process {
    /// Starts a program. The calling thread must be the main one: the kernel's promise is bound to the thread.
    ///
    /// # Errors
    ///
    /// The program does not start.
    pub fn start(
        program: &str,
        args: &[String],
        stdout: Stdio,
        stderr: Stdio,
    ) -> Result<Self, RunError> {
        // setpriv sets the parent-death signal and becomes the program; doing it here would need unsafe code.
        let child = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", program])
            .args(args)
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(stdout)
            .stderr(stderr)
            .spawn()
            .map_err(|source| RunError::Start {
                program: program.into(),
                source,
            })?;
        Ok(Self { child })
    }

    /// The child itself, for its pipes.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Asks the child to end.
    pub fn ask_to_end(&self) {
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // The child is not reaped yet, so the id is still its own; it may have ended already.
            let _ = kill_process(pid, Signal::TERM);
        }
    }

    /// Waits for the end; `None` if it has not come in time.
    ///
    /// # Errors
    ///
    /// The child cannot be waited for.
    pub fn wait_for(&mut self, patience: Duration) -> io::Result<Option<ExitStatus>> {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(Some(status));
            }
            if Instant::now() >= deadline {
                return Ok(None);
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // A child that has ended is not signalled: kill() of an already reaped child is an error that says so.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
