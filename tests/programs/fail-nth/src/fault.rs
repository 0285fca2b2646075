// SPDX-License-Identifier: GPL-2.0

//! The kernel's fault injection, by task.

#![forbid(unsafe_code)]

use crate::Error;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

const DEBUGFS: &str = "/sys/kernel/debug";

/// Bytes of a page of code.
const PAGE: u64 = 4096;

/// Which allocations fail.
#[derive(Clone, Debug)]
pub(crate) enum Where {
    /// The caller's.
    Own,
    /// Those that the code of this module makes on a workqueue's thread, directly or by what it calls.
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

/// Makes every small allocation of the place a point, but for those of the kernel's function `spared`, and says whether the
/// kernel tells about the faults.
///
/// # Errors
///
/// - [`Error::File`]: the kernel has no fault injection.
/// - [`Error::NoModule`]: the module is not loaded.
pub(crate) fn configure(place: &Where, spared: &str, tell: bool) -> Result<(), Error> {
    let verbose = if tell { "2" } else { "0" };
    // A workqueue's thread works for many others: only what has the module's code on its stack counts.
    let symbols = symbols()?;
    let required = match place {
        Where::Own => (0, u64::MAX),
        Where::Worker(module) => {
            extent(&symbols, module).ok_or_else(|| Error::NoModule(module.to_owned()))?
        }
    };
    let rejected = function(&symbols, spared).unwrap_or((0, 0));
    let [start, end, reject_start, reject_end] =
        [required.0, required.1, rejected.0, rejected.1].map(|address| address.to_string());
    // What a program's own pages are made of stays: its failure ends the program, not the operation.
    for (file, text) in [
        ("failslab/ignore-gfp-wait", "N"),
        ("failslab/verbose", verbose),
        ("failslab/require-start", &start),
        ("failslab/require-end", &end),
        ("failslab/reject-start", &reject_start),
        ("failslab/reject-end", &reject_end),
        ("fail_page_alloc/ignore-gfp-wait", "N"),
        ("fail_page_alloc/ignore-gfp-highmem", "Y"),
        ("fail_page_alloc/min-order", "0"),
        ("fail_page_alloc/verbose", verbose),
        ("fail_page_alloc/require-start", &start),
        ("fail_page_alloc/require-end", &end),
        ("fail_page_alloc/reject-start", &reject_start),
        ("fail_page_alloc/reject-end", &reject_end),
    ] {
        let path = Path::new(DEBUGFS).join(file);
        fs::write(&path, text).map_err(|source| Error::File { path, source })?;
    }
    Ok(())
}

/// Returns the kernel's list of symbols.
fn symbols() -> Result<String, Error> {
    let path = PathBuf::from("/proc/kallsyms");
    fs::read_to_string(&path).map_err(|source| Error::File { path, source })
}

/// Returns where a function of the kernel itself begins, and where what comes behind it does.
fn function(symbols: &str, name: &str) -> Option<(u64, u64)> {
    let address = |line: &str| u64::from_str_radix(line.split_ascii_whitespace().next()?, 16).ok();
    let line = symbols
        .lines()
        .find(|line| line.split_ascii_whitespace().skip(2).eq([name]))?;
    let begin = address(line)?;
    let end = symbols
        .lines()
        .filter_map(address)
        .filter(|next| *next > begin)
        .min()?;
    Some((begin, end))
}

/// Returns the extent of a module's functions in the kernel's list of symbols, in whole pages: the list does not say how long
/// the last one is, and no other code shares its page.
fn extent(symbols: &str, module: &str) -> Option<(u64, u64)> {
    let owner = format!("[{module}]");
    let addresses = symbols.lines().filter_map(|line| {
        let mut words = line.split_ascii_whitespace();
        let (address, kind) = (words.next()?, words.next()?);
        let is_code = matches!(kind, "t" | "T" | "w" | "W") && words.nth(1)? == owner;
        is_code.then(|| u64::from_str_radix(address, 16).ok())?
    });
    let (first, last) = addresses.fold((u64::MAX, 0), |(first, last), address| {
        (first.min(address), last.max(address))
    });
    (0 < last).then_some((first / PAGE * PAGE, (last / PAGE + 1) * PAGE))
}

impl Armed {
    /// Lets the `nth` allocation of the place fail from now on.
    ///
    /// Which thread will do the work of a queue is not known before, so each has its own count.
    ///
    /// # Errors
    ///
    /// A task's file cannot be used.
    pub(crate) fn new(place: &Where, nth: u32) -> Result<Self, Error> {
        let paths = match place {
            Where::Own => vec![PathBuf::from("/proc/thread-self/fail-nth")],
            Where::Worker(_) => workers(),
        };
        let mut tasks = Vec::new();
        for path in paths {
            match File::options().read(true).write(true).open(&path) {
                Ok(file) => tasks.push((path, file)),
                Err(_) if matches!(place, Where::Worker(_)) => (),
                Err(source) => return Err(Error::File { path, source }),
            }
        }
        let armed = Self { tasks, nth };
        let text = nth.to_string();
        // Last: what follows in this task may be the n-th allocation.
        for (path, file) in &armed.tasks {
            match file.write_at(text.as_bytes(), 0) {
                // A kernel thread may end at any time when it has nothing to do.
                Err(source) if matches!(place, Where::Own) => {
                    let path = path.clone();
                    return Err(Error::File { path, source });
                }
                _ => (),
            }
        }
        Ok(armed)
    }

    /// Ends it and says what became of the fault.
    pub(crate) fn end(self) -> Fired {
        let mut most = 0;
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
            if left == 0 {
                return self.rest(Fired::Yes);
            }
            most = most.max(self.nth.saturating_sub(left));
        }
        match most {
            0 => Fired::Idle,
            most => Fired::TooFew(most),
        }
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

/// The files of the kernel threads that work for queues without a processor of their own, as all of ours are.
fn workers() -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            fs::read_to_string(path.join("comm")).is_ok_and(|comm| comm.starts_with("kworker/u"))
        })
        .filter_map(|path| {
            let pid = path.file_name()?.to_owned();
            Some(path.join("task").join(pid).join("fail-nth"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_of_the_kernel_ends_where_the_next_begins() {
        let symbols = "ffffffff81000100 T after\n\
            ffffffff81000000 T register\n\
            ffffffff81000040 t register_more\n\
            ffffffffc0201010 t other\t[register]\n";
        let register = (0xffff_ffff_8100_0000, 0xffff_ffff_8100_0040);
        assert_eq!(function(symbols, "register"), Some(register));
        assert_eq!(function(symbols, "other"), None);
        assert_eq!(function(symbols, "regist"), None);
    }

    #[test]
    fn the_code_of_a_module_is_known_by_its_symbols() {
        let symbols = "ffffffff81000000 T _text\n\
            ffffffffc0201010 t first\t[auxbus]\n\
            ffffffffc0203fff T last\t[auxbus]\n\
            ffffffffc0900000 d data\t[auxbus]\n\
            ffffffffc0300000 t other\t[auxcore]\n";
        let auxbus = (0xffff_ffff_c020_1000, 0xffff_ffff_c020_4000);
        assert_eq!(extent(symbols, "auxbus"), Some(auxbus));
        let auxcore = (0xffff_ffff_c030_0000, 0xffff_ffff_c030_1000);
        assert_eq!(extent(symbols, "auxcore"), Some(auxcore));
        assert_eq!(extent(symbols, "aux"), None);
        assert_eq!(extent("", "auxbus"), None);
    }
}
