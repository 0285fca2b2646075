// SPDX-License-Identifier: GPL-2.0
//! The control socket: one line in, some lines out, the last of them `ok` or `error: TEXT`.
#![forbid(unsafe_code)]

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;

use crate::keys;
use crate::machine::{Shared, DIED};
use crate::report;

/// The longest line a client may send.
const MAX_LINE: u64 = 4096;

/// What a line asks of the process, beyond a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Nothing.
    None,
    /// Exit at once.
    Die,
    /// End in an orderly way.
    Quit,
}

/// Serves every client that connects, each on its own thread; `quit` is called for an orderly end.
pub fn serve(listener: &UnixListener, shared: &Arc<Shared>, quit: fn(&Shared)) {
    for stream in listener.incoming().flatten() {
        let shared = Arc::clone(shared);
        // A client that goes away in the middle of a reply harms nobody.
        std::thread::spawn(move || client(&stream, &shared, quit).unwrap_or(()));
    }
}

fn client(stream: &UnixStream, shared: &Shared, quit: fn(&Shared)) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    loop {
        let mut line = String::new();
        let length = reader.by_ref().take(MAX_LINE).read_line(&mut line)?;
        if length == 0 {
            return Ok(());
        }
        if !line.ends_with('\n') {
            return writer.write_all(b"error: The line is too long\n");
        }
        let (mut reply, wish) = answer(shared, line.trim());
        if wish == Wish::Die {
            std::process::exit(DIED);
        }
        reply.push('\n');
        writer.write_all(reply.as_bytes())?;
        if wish == Wish::Quit {
            quit(shared);
        }
    }
}

/// Executes one line and returns its reply without the final line end.
pub fn answer(shared: &Shared, line: &str) -> (String, Wish) {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let reply = match (word, rest) {
        ("die", "") => return (String::new(), Wish::Die),
        ("quit", "") => return ("ok".into(), Wish::Quit),
        ("set", setting) => set(shared, setting),
        ("get", key) => keys::get(&shared.lock(), key).map_err(|error| error.to_string()),
        ("stats", "") => Ok(report::report(&shared.lock()).to_string()),
        ("violations", "") => Ok(shared.lock().device.violations.json().to_string()),
        ("commands", count) => commands(shared, count),
        ("event", event) => post(shared, event),
        ("health", state) => health(shared, state),
        _ => Err(format!("{line:?} is no control command")),
    };
    let text = match reply {
        Ok(lines) if lines.is_empty() => "ok".into(),
        Ok(lines) => format!("{lines}\nok"),
        Err(error) => format!("error: {error}"),
    };
    (text, Wish::None)
}

fn set(shared: &Shared, setting: &str) -> Result<String, String> {
    let result = keys::set(&mut shared.lock(), setting);
    shared.ring();
    result
        .map(|()| String::new())
        .map_err(|error| error.to_string())
}

fn commands(shared: &Shared, count: &str) -> Result<String, String> {
    let count = if count.is_empty() {
        10
    } else {
        keys::number(count)?
    };
    let machine = shared.lock();
    Ok(machine
        .device
        .journal
        .last(crate::field::index(count))
        .join("\n"))
}

fn post(shared: &Shared, event: &str) -> Result<String, String> {
    let device = &mut shared.lock().device;
    match event.split(' ').collect::<Vec<_>>()[..] {
        ["page_request", count] => {
            let count: i32 = count
                .parse()
                .map_err(|_| format!("{count:?} is no number of pages"))?;
            device.request_pages(count.into());
        }
        ["port_change", port, state @ ("up" | "down")] => {
            let port = port.parse().ok().filter(|port| (1..16).contains(port));
            let port = port.ok_or("A port is a number from 1 to 15")?;
            device.change_port(port, state == "up");
        }
        ["storm", count] => device.storm = keys::number(count)?,
        _ => {
            return Err(
                "The events are `page_request N`, `port_change PORT STATE` and `storm N`".into(),
            )
        }
    }
    shared.ring();
    Ok(String::new())
}

fn health(shared: &Shared, state: &str) -> Result<String, String> {
    let mut machine = shared.lock();
    let now = machine.now();
    let device = &mut machine.device;
    match state {
        "ok" => device.heal(),
        "fatal" => device.crash(),
        "hang" => device.hang(now),
        synd => {
            let synd = keys::number(synd).ok().and_then(|n| u8::try_from(n).ok());
            device.iseg.health.synd =
                synd.ok_or("`health` takes ok, fatal, hang or a syndrome up to 255")?;
        }
    }
    Ok(String::new())
}

#[cfg(test)]
mod tests;
