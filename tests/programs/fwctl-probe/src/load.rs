// SPDX-License-Identifier: GPL-2.0

//! Many requests at once, and the fate of each.

#![forbid(unsafe_code)]

use crate::cli::{self, Cli};
use crate::error::Error;
use crate::mlx5::group_named;
use crate::mlx5::wire::{self, Request, View};
use crate::report::say;
use crate::rpc;
use crate::session::Session;
use rustix::time::{clock_gettime, ClockId};
use serde_json::json;
use std::collections::BTreeMap;
use std::io;
use std::process::ExitCode;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

/// What became of one request.
#[derive(Clone, Debug)]
struct Outcome {
    thread: usize,
    index: u32,
    /// `OK` or the name of the errno.
    result: String,
    /// Firmware's status, if the request was delivered.
    status: Option<u8>,
    /// From the request's start to its end.
    time: Duration,
    /// From the start of all to this request's end.
    ended: Duration,
}

/// Executes requests from many threads.
pub(crate) fn load(cli: &Cli, args: &cli::Load) -> Result<ExitCode, Error> {
    let request = rpc::request(&args.request)
        .or_else(|| group_named("general").map(|g| wire::query_hca_cap(g, View::Current)))
        .ok_or(Error::NoRequest)?;
    let files = args.fds.unwrap_or(args.threads);
    let sessions = (0..files)
        .map(|_| Session::open(&cli.device))
        .collect::<Result<Vec<_>, _>>()?;

    if args.gate {
        event(cli, "ready")?;
        wait()?;
    }
    let (threads, repeat) = (usize::from(args.threads), args.repeat);
    let (boot, outcomes) = run(&sessions, &request, (threads, repeat), || {
        event(cli, "started")
    })?;
    print(cli, "requests", boot, &outcomes);
    if args.linger {
        event(cli, "done")?;
        wait()?;
        let (boot, outcomes) = run(&sessions, &request, (sessions.len(), 1), || Ok(()))?;
        print(cli, "afterwards", boot, &outcomes);
    }
    Ok(ExitCode::SUCCESS)
}

/// Executes `repeat` requests on each of `threads` threads; calls `started` once they are under way. Returns also when that
/// began, as [`since_boot`].
fn run(
    sessions: &[Session],
    request: &Request,
    (threads, repeat): (usize, u32),
    started: impl FnOnce() -> Result<(), Error>,
) -> Result<(Duration, Vec<Outcome>), Error> {
    let barrier = Barrier::new(threads + 1);
    let (boot, start) = (since_boot(), Instant::now());
    thread::scope(|scope| {
        let handles: Vec<_> = sessions
            .iter()
            .cycle()
            .take(threads)
            .enumerate()
            .map(|(thread, session)| {
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    let one = |index| execute(session, request, (thread, index), start);
                    (0..repeat).map(one).collect::<Vec<_>>()
                })
            })
            .collect();

        barrier.wait();
        started()?;
        let mut outcomes = Vec::new();
        for handle in handles {
            outcomes.extend(handle.join().map_err(|_| Error::Thread)?);
        }
        Ok((boot, outcomes))
    })
}

fn execute(
    session: &Session,
    request: &Request,
    (thread, index): (usize, u32),
    start: Instant,
) -> Outcome {
    let begin = Instant::now();
    let result = session.execute(request);
    let time = begin.elapsed();
    let (result, status) = match result {
        Ok((reply, _)) => ("OK".to_owned(), Some(reply.status())),
        Err(error) => (error.result(), None),
    };
    Outcome {
        thread,
        index,
        result,
        status,
        time,
        ended: start.elapsed(),
    }
}

/// Returns the time since boot, sleep included, as the kernel's trace events and `/proc/uptime` have it.
fn since_boot() -> Duration {
    Duration::try_from(clock_gettime(ClockId::Boottime)).unwrap_or_default()
}

/// Counts outcomes by result.
fn count(outcomes: &[Outcome]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for outcome in outcomes {
        *counts.entry(outcome.result.as_str()).or_insert(0) += 1;
    }
    counts
}

fn print(cli: &Cli, name: &str, boot: Duration, outcomes: &[Outcome]) {
    let longest = outcomes.iter().map(|o| o.time).max().unwrap_or_default();
    let last = outcomes.iter().map(|o| o.ended).max().unwrap_or_default();
    let counts = count(outcomes);
    if cli.json {
        let list: Vec<_> = outcomes.iter().map(json_of).collect();
        let summary = json!({
            name: list,
            "counts": counts,
            "longest_us": micros(longest),
            "last_us": micros(last),
        });
        println!("{summary}");
        return;
    }

    for o in outcomes {
        let status = o
            .status
            .map_or_else(String::new, |s| format!(" status {s:#04x}"));
        let (time, ended) = (micros(o.time), micros(o.ended));
        println!(
            "thread {} request {}: {}{status} {time} us, ended at {ended} us",
            o.thread, o.index, o.result
        );
    }
    let counts: Vec<_> = counts.iter().map(|(r, n)| format!("{n} {r}")).collect();
    println!(
        "{} {name}: {}; longest {} us, last ended at {} us, that is at {:.3}",
        outcomes.len(),
        counts.join(", "),
        micros(longest),
        micros(last),
        (boot + last).as_secs_f64()
    );
}

fn json_of(outcome: &Outcome) -> serde_json::Value {
    json!({
        "thread": outcome.thread,
        "index": outcome.index,
        "result": outcome.result,
        "status": outcome.status,
        "time_us": micros(outcome.time),
        "ended_us": micros(outcome.ended),
    })
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// Says that a point was reached, for whoever waits for it.
fn event(cli: &Cli, name: &str) -> Result<(), Error> {
    if cli.json {
        say(&json!({ "event": name }).to_string())
    } else {
        say(name)
    }
}

fn wait() -> Result<(), Error> {
    io::stdin().read_line(&mut String::new())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_counted_by_result() {
        let outcome = |result: &str| Outcome {
            thread: 0,
            index: 0,
            result: result.to_owned(),
            status: None,
            time: Duration::ZERO,
            ended: Duration::ZERO,
        };
        let outcomes = [outcome("OK"), outcome("ENODEV"), outcome("OK")];
        let expected = BTreeMap::from([("ENODEV", 1), ("OK", 2)]);
        assert_eq!(count(&outcomes), expected);
    }
}
