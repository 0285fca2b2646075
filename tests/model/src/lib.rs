// SPDX-License-Identifier: GPL-2.0
//! A ConnectX function as a vfio-user device: the firmware side of the tests.
//!
//! QEMU connects to the socket of a `connectx-model` process with `vfio-user-pci`, and the guest finds
//! a ConnectX-7 (15b3:1021) that a driver can probe, bring up, query, reset and tear down. The stock C
//! driver does so without a violation; that is what makes the model a fair judge of another driver.
//!
//! # Running
//!
//! ```text
//! connectx-model --socket mlx0.sock --control ctl0.sock --report report0.json fw=28.43.1002
//! ```
//!
//! The line `ready` says that the sockets listen. One client is served; when it leaves, or on SIGTERM,
//! the report is written, violations are printed, and the process exits with 0, or 3 if there were
//! violations. Guest memory must come with descriptors (`memory-backend-memfd,share=on`).
//! `--list-keys` and `--list-mutations` name all settings. Two models in one guest must have different
//! socket file names (or `guid=`): GUID and MAC address are derived from them.
//!
//! # Control socket
//!
//! One line in, some lines out, the last one `ok` or `error: TEXT`:
//!
//! | line | effect |
//! |---|---|
//! | `set KEY=VALUE`, `get KEY` | as on the command line |
//! | `stats`, `violations` | the report, or its list of violations, as one line of JSON |
//! | `commands [N]` | the last N commands in words |
//! | `event page_request N` | ask the driver for N pages, or offer -N back |
//! | `event port_change PORT up` (or `down`) | say that a port changed its state |
//! | `event storm N` | say N times that port 1 changed, as fast as the driver listens, until a reset |
//! | `health SYND` / `health fatal` / `health ok` | a syndrome, dead firmware, or good health |
//! | `health hang` | firmware stops in the middle of things, its counter with it; a reset mends it |
//! | `die` | exit with 1 at once, as a surprise removal |
//! | `quit` | orderly end, as SIGTERM |
//!
//! # Layers
//!
//! ```text
//! main, server         process: arguments, sockets, signals, the end
//! control, keys        settings by name; report, journal: what was executed
//! backend, machine     vfio-user dispatch; one lock, the engine thread
//! dma, msix, pci       guest memory, vectors, configuration space
//! device, engine       BAR0 and doorbells; slots from doorbell to completion
//! queue, eq            slots and mailboxes; event queues
//! iseg, start          init segment; how far firmware has come
//! firmware, command    checks before every command; handlers by topic
//! caps, regs, pages, vport, number     the state behind them, with readable tables
//! fault, mutation, violation           being slow, lying, and judging
//! ```
//!
//! Everything below `machine` is pure: time, memory and interrupts come in as arguments.
//! Names of fields and commands are those of mlx5_ifc.h; the layouts are the model's own, so a driver
//! is not tested against its own mistakes.
//!
//! # What counts as a violation
//!
//! What the kernel driver must not do, listed in [`violation::Kind`]: malformed slots and mailboxes,
//! wrong lengths, commands before their time, unknown uids, leaked pages and objects, pages written
//! while the device owns them, stray doorbells, a function left enabled. Commands that carry the uid of
//! a living user context are only refused by status, whatever they contain. A register access that is
//! refused is no violation either, because drivers probe for registers. A client that disconnects
//! while the function is up is no violation (a machine may lose power); the report says so in `hca` and
//! `pages_held`. While a lie is planted (`mutate=`), a violation may be its consequence: judge drivers by
//! honest runs.
//!
//! # Choices where hardware is not documented
//!
//! * Outputs are filled with zeros up to the output length.
//! * An unsupported capability type, register, list or function is BAD_PARAM; a dead object is
//!   BAD_RESOURCE; a full table is EXCEED_LIM; a command out of turn is BAD_SYS_STATE.
//! * A user context without the tools capability may only query capabilities and the adapter, and NOP.
//! * `cmdif_checksum` 3 checks and writes signatures; 0 and 1 do neither.
//! * DISABLE_HCA brings the capability defaults back, as a function reset does.
//! * MCAM does not offer MFRL and MTUTC: a driver would then drive resets and clocks through them.
//!
//! # Limitations
//!
//! No work or completion queues, no flow tables, no memory keys: a function whose Ethernet capabilities
//! are switched on by key answers their queries, but the commands to build a netdev are BAD_OP. No
//! virtual functions, no VPD, no vendor-specific capability.
#![forbid(unsafe_code)]

pub mod backend;
pub mod caps;
pub mod command;
pub mod control;
pub mod device;
pub mod dma;
pub mod engine;
pub mod eq;
pub mod fault;
pub mod field;
pub mod firmware;
pub mod identity;
pub mod iseg;
pub mod journal;
pub mod keys;
pub mod machine;
pub mod memory;
pub mod msix;
pub mod mutation;
pub mod number;
pub mod pages;
pub mod pci;
pub mod queue;
pub mod regs;
pub mod report;
pub mod server;
pub mod start;
pub mod status;
pub mod violation;
pub mod vport;
