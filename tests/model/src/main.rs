// SPDX-License-Identifier: GPL-2.0
//! The `connectx-model` program.
#![forbid(unsafe_code)]

use connectx_model::{backend, identity::Identity, machine::Shared};
use std::path::Path;

fn main() {
    let mut args = std::env::args().skip(1);
    let path = args.nth(1).unwrap_or_default();
    let shared = Shared::new(Identity::new(&path));
    shared.lock().device.journal.trace_to(Box::new(std::io::stderr()));
    let engine = shared.clone();
    std::thread::spawn(move || engine.run_engine());
    let server = vfio_user::Server::new(Path::new(&path), true, backend::irqs(), backend::regions()).unwrap();
    println!("ready");
    let _ = server.run(&mut backend::Backend::new(shared.clone()));
    shared.lock().device.end();
    for l in shared.lock().device.violations.lines() { println!("VIOLATION {l}"); }
}
