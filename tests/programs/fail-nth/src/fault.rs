// SPDX-License-Identifier: GPL-2.0

//! The kernel's fault injection, by task.

#![forbid(unsafe_code)]

use crate::Error;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

const DEBUGFS: &str = "/sys/kernel/debug";

/// Which task's allocations fail.
#[derive(Clone, Debug)]
pub(crate) enum Where {
    /// The caller's.
    Own,
    /// Those of the kernel thread that last worked for this workqueue, and most likely will again.
    Worker(String),
}

/// Tasks whose n-th allocation fails.
#[derive(Debug)]
pub(crate) struct Armed {
    tasks: Vec<(PathBuf, File)>,
    nth: u32,
}

/// What became of the fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fired {
    /// It fired.
    Yes,
    /// There were fewer allocations: this many.
    TooFew(u32),
    /// The task did not run at all.
    Idle,
}

/// Makes every small allocation a point, and says whether the kernel tells about the faults.
///
/// # Errors
///
/// The kernel has no fault injection.
pub(crate) fn configure(tell: bool) -> Result<(), Error> {
    // What a program's own pages are made of stays: its failure ends the program, not the operation.
    for (file, text) in [
        ("failslab/ignore-gfp-wait", "N"),
        ("failslab/verbose", if tell { "2" } else { "0" }),
        ("fail_page_alloc/ignore-gfp-wait", "N"),
        ("fail_page_alloc/ignore-gfp-highmem", "Y"),
        ("fail_page_alloc/min-order", "0"),
        ("fail_page_alloc/verbose", if tell { "2" } else { "0" }),
    ] {
        let path = Path::new(DEBUGFS).join(file);
        fs::write(&path, text).map_err(|source| Error::File { path, source })?;
    }
    Ok(())
}

impl Armed {
    /// Lets the `nth` allocation of the task fail from now on.
    ///
    /// # Errors
    ///
    /// - [`Error::NoWorker`]: there is no such kernel thread.
    /// - [`Error::File`]: the task's file cannot be used.
    pub(crate) fn new(place: &Where, nth: u32) -> Result<Self, Error> {
        let paths = match place {
            Where::Own => vec![PathBuf::from("/proc/thread-self/fail-nth")],
            Where::Worker(queue) => workers(queue),
        };
        if let (Where::Worker(queue), true) = (place, paths.is_empty()) {
            return Err(Error::NoWorker(queue.clone()));
        }
        let mut tasks = Vec::new();
        for path in paths {
            match File::options().read(true).write(true).open(&path) {
                Ok(file) => tasks.push((path, file)),
                Err(source) => return Err(Error::File { path, source }),
            }
        }
        let armed = Self { tasks, nth };
        let text = nth.to_string();
        // Last: what follows in this task may be the n-th allocation.
        for (path, file) in &armed.tasks {
            if let Err(source) = file.write_at(text.as_bytes(), 0) {
                let path = path.clone();
                return Err(Error::File { path, source });
            }
        }
        Ok(armed)
    }

    /// Ends it and says what became of the fault.
    pub(crate) fn end(self) -> Fired {
        let mut fired = Fired::Idle;
        for (_, file) in &self.tasks {
            let mut text = [0; 16];
            // A kernel thread that has ended has no file any more, and did not run.
            let Ok(length) = file.read_at(&mut text, 0) else {
                continue;
            };
            // The same is true here.
            let _ = file.write_at(b"0", 0);
            let left = text
                .get(..length)
                .and_then(|text| std::str::from_utf8(text).ok())
                .and_then(|text| text.trim().parse().ok())
                .unwrap_or(self.nth);
            match left {
                0 => return self.rest(Fired::Yes),
                left if left < self.nth => fired = Fired::TooFew(self.nth - left),
                _ => {}
            }
        }
        fired
    }

    /// Disarms every task and returns `fired`.
    fn rest(&self, fired: Fired) -> Fired {
        for (_, file) in &self.tasks {
            // One that has ended needs none.
            let _ = file.write_at(b"0", 0);
        }
        fired
    }
}

/// The files of the kernel threads whose last work, or the work of now, was of this queue. The kernel shows the queue's name
/// in that of the thread.
fn workers(queue: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            fs::read_to_string(path.join("comm"))
                .is_ok_and(|comm| comm.starts_with("kworker/") && works_for(comm.trim(), queue))
        })
        .filter_map(|path| {
            let pid = path.file_name()?.to_owned();
            Some(path.join("task").join(pid).join("fail-nth"))
        })
        .collect()
}

/// Whether a kernel thread of this name last worked for the queue.
fn works_for(comm: &str, queue: &str) -> bool {
    comm.split_once(['-', '+'])
        .is_some_and(|(_, name)| name == queue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_is_known_by_its_queue() {
        assert!(works_for("kworker/u8:1-auxbus", "auxbus"));
        assert!(works_for("kworker/u8:1+auxbus", "auxbus"));
        assert!(!works_for("kworker/u8:1-auxbus2", "auxbus"));
        assert!(!works_for("kworker/u8:1", "auxbus"));
        assert!(works_for("kworker/u8:1-events-unbound", "events-unbound"));
    }
}
