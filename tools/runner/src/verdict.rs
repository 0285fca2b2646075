// SPDX-License-Identifier: GPL-2.0
//! What a run has shown, as messages and one exit status.
#![forbid(unsafe_code)]

use auxcore_wire::Outcome;

use crate::args::Args;
use crate::console;
use crate::error::{RunError, KERNEL_REPORT, NO_OUTCOME, TIMEOUT, VIOLATIONS};
use crate::model::ModelEnd;
use crate::note;
use crate::places::RunDir;
use crate::session::Ending;

/// Tells what happened and chooses the exit status. A fault of the guest's kernel outweighs everything.
///
/// # Errors
///
/// The run itself failed: the driver stack, a model, or the guest's log.
pub fn verdict(
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
        Ending::Outcome(Outcome::NotSearched(reason)) => Err(RunError::NotSearched(reason.clone())),
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

/// Prints a guest's kernel log.
pub fn print_log(log: &str) {
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

    #[test]
    fn leaks_that_were_not_searched_for_are_an_error_of_the_run() {
        let ending = Ending::Outcome(Outcome::NotSearched("out of memory".into()));
        assert_eq!(status(&ending, false), None);
    }
}
