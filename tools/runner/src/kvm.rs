// SPDX-License-Identifier: GPL-2.0
//! Whether KVM boots a guest here. Opening /dev/kvm proves nothing: nested or paravirtual hosts offer it and then hang a
//! stock kernel in its first instructions. So a guest is booted once, and the verdict is remembered.
#![forbid(unsafe_code)]

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::PathBuf;
use std::time::Duration;

use rustix::fs::{access, Access};

use crate::args::{Accel, Args, Driver, Net};
use crate::error::RunError;
use crate::note;
use crate::places::Places;
use crate::qemu::Executor;
use crate::run::boots;

/// A guest that has not come to its agent by then counts as not booting. TCG takes about three seconds.
const PATIENCE: Duration = Duration::from_secs(15);

/// Decides what executes the guest; boots one under KVM if that has not been tried on this machine with this kernel.
///
/// # Errors
///
/// `--accel kvm` where there is no /dev/kvm is a usage error.
pub fn decide(args: &Args, places: &Places) -> Result<Executor, RunError> {
    let offered = access("/dev/kvm", Access::READ_OK | Access::WRITE_OK).is_ok();
    match args.accel {
        // Only the translator counts instructions.
        _ if args.icount => return Ok(Executor::Tcg),
        Accel::Tcg => return Ok(Executor::Tcg),
        Accel::Kvm if offered => return Ok(Executor::Kvm),
        Accel::Kvm => {
            return Err(RunError::Usage(
                "This machine has no usable /dev/kvm: leave --accel kvm out.".into(),
            ))
        }
        Accel::Auto if !offered => return Ok(Executor::Tcg),
        Accel::Auto => {}
    }
    let memory = places.kvm_notes.join(machine_hash(places));
    match fs::read_to_string(&memory).as_deref().map(str::trim) {
        Ok("boots") => return Ok(Executor::Kvm),
        Ok(_) => return Ok(Executor::Tcg),
        Err(_) => {}
    }
    note(&format!(
        "trying whether KVM boots a guest here (once, at most {} s)",
        PATIENCE.as_secs()
    ));
    let verdict = boots(&probe(args), places, Executor::Kvm, PATIENCE);
    note(if verdict {
        "KVM boots a guest; using it"
    } else {
        "KVM does not boot a guest here; using TCG"
    });
    let remembered = fs::create_dir_all(&places.kvm_notes).and_then(|()| {
        fs::write(
            &memory,
            if verdict {
                "boots\n"
            } else {
                "does not boot\n"
            },
        )
    });
    if let Err(error) = remembered {
        note(&format!(
            "the verdict cannot be remembered in {}: {error}",
            memory.display()
        ));
    }
    Ok(if verdict {
        Executor::Kvm
    } else {
        Executor::Tcg
    })
}

/// The same machine without devices.
fn probe(args: &Args) -> Args {
    Args {
        devices: Vec::new(),
        driver: Driver::None,
        net: Net::None,
        append: Vec::new(),
        ..args.clone()
    }
}

/// What the verdict depends on: host kernel, processor and guest kernel.
fn machine_hash(places: &Places) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    for file in ["/proc/version", "/proc/cpuinfo"] {
        let text = fs::read_to_string(file).unwrap_or_default();
        // The clock rate differs from one read to the next.
        for line in text.lines().filter(|line| !line.contains("MHz")) {
            line.hash(&mut hasher);
        }
    }
    places.kernel.hash(&mut hasher);
    PathBuf::from(format!("{:016x}", hasher.finish()))
}
