// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Tear-down of one function, from wherever its bring-up got.

use auxcore::{deadline::Deadline, objects::Entry, owner::Booting};
use kernel::{prelude::*, sync::Arc};

use super::{
    cmd,
    eq::ControlEq,
    pages::Pages,
    ring::CmdRing,
    wire::{self, Opcode}, //
};

/// How far bring-up got: what tear-down has to undo.
#[derive(Default)]
pub(crate) struct Progress<'bound> {
    pub(crate) enabled: bool,
    pub(crate) initialized: bool,
    pub(crate) uar: Option<(u32, Entry)>,
    pub(crate) eq: Option<Arc<ControlEq<'bound>>>,
}

/// Undoes what bring-up did, in reverse, before `deadline`.
///
/// Firmware that refuses or misses one step is not asked for the next, which builds on it: the
/// channel is killed, and what is left ends when the function loses its right to DMA. Context:
/// process.
///
/// # Errors
///
/// `EIO` when firmware did not take part in all of it.
pub(crate) fn down<'bound>(
    owner: &Booting<'bound, CmdRing<'bound>>,
    pages: &Pages,
    done: &Progress<'bound>,
    deadline: Deadline,
) -> Result {
    let port = owner.client();
    let step = |what: &str, result: Result| {
        if let (Err(e), false) = (result, owner.is_dead()) {
            dev_warn!(
                port.ring().function().device(),
                "{} failed: {:?}\n",
                what,
                e
            );
            owner.kill();
        }
    };
    let short = |opcode, word8| {
        cmd::exec_short(port, &wire::short(opcode, 0, word8, 0), deadline).map(|_| ())
    };
    owner.settle(deadline);
    if let Some(eq) = &done.eq {
        step("destroying the event queue", eq.destroy(owner, deadline));
    }
    if let Some((uar, _)) = &done.uar {
        step("freeing the doorbell page", short(Opcode::DeallocUar, *uar));
    }
    if done.initialized {
        step("stopping firmware", short(Opcode::TeardownHca, 0));
    }
    if done.enabled {
        step("taking pages back", pages.take_all(port, deadline));
        port.ring().unwatch();
        step("disabling the function", short(Opcode::DisableHca, 0));
    }
    if owner.is_dead() {
        return Err(EIO);
    }
    Ok(())
}
