// SPDX-License-Identifier: GPL-2.0

//! How the driver treats input that is wrong, case by case.
//!
//! Each case is a good call with one thing changed, and the one result that the interface and the
//! upstream driver give for it.

#![forbid(unsafe_code)]

mod cases;

use crate::cli::{self, Cli};
use crate::errno;
use crate::error::Error;
use crate::ktap::Ktap;
use crate::mlx5::wire;
use crate::session::Session;
use auxcore_uapi::fwctl::{InfoArgument, RpcArgument};
use auxcore_uapi::raw::{self, Input, Output, Tail};
use auxcore_uapi::Device;
use std::process::ExitCode;
use std::{io, thread};

/// A call of INFO: good, until a case changes it.
struct InfoCall {
    argument: InfoArgument,
    data: Vec<u8>,
    unmapped: bool,
    tail: Tail,
}

impl InfoCall {
    fn good() -> Self {
        Self {
            argument: InfoArgument {
                size: 24,
                device_data_len: 8,
                ..InfoArgument::default()
            },
            data: vec![0; 8],
            unmapped: false,
            tail: Tail::NONE,
        }
    }

    fn run(&mut self, device: &Device) -> io::Result<()> {
        let data = if self.unmapped {
            Output::Unmapped
        } else {
            Output::Bytes(&mut self.data)
        };
        raw::info(device, &mut self.argument, data, self.tail)
    }
}

/// A call of RPC: QUERY_ADAPTER in scope 0, until a case changes it.
struct RpcCall {
    argument: RpcArgument,
    request: Vec<u8>,
    reply: Vec<u8>,
    request_unmapped: bool,
    reply_unmapped: bool,
    tail: Tail,
    without_rawio: bool,
}

impl RpcCall {
    fn good() -> Self {
        let mut call = Self {
            argument: RpcArgument {
                size: 32,
                ..RpcArgument::default()
            },
            request: Vec::new(),
            reply: Vec::new(),
            request_unmapped: false,
            reply_unmapped: false,
            tail: Tail::NONE,
            without_rawio: false,
        };
        call.command(wire::QUERY_ADAPTER, 0);
        call.room(272);
        call
    }

    /// Makes the request `opcode` in variant `op_mod`, a header and nothing else.
    fn command(&mut self, opcode: u16, op_mod: u16) {
        self.request = wire::header(opcode, op_mod).to_vec();
        self.argument.in_len = 16;
    }

    /// Makes the request `len` bytes long, cut or filled with zeroes.
    fn request_len(&mut self, len: u32) {
        self.argument.in_len = len;
        self.request.resize(usize::try_from(len).unwrap_or(0), 0);
    }

    /// Makes the room for the reply `len` bytes long.
    fn room(&mut self, len: u32) {
        self.argument.out_len = len;
        self.reply.resize(usize::try_from(len).unwrap_or(0), 0);
    }

    fn run(&mut self, device: &Device) -> io::Result<()> {
        if !self.without_rawio {
            return self.call(device);
        }
        // Capabilities belong to threads, so only this one call goes without.
        thread::scope(|scope| {
            let call = scope.spawn(|| {
                crate::ffi::drop_sys_rawio()?;
                self.call(device)
            });
            call.join()
                .map_err(|_| io::Error::other("the thread ended early"))?
        })
    }

    fn call(&mut self, device: &Device) -> io::Result<()> {
        let input = if self.request_unmapped {
            Input::Unmapped
        } else {
            Input::Bytes(&self.request)
        };
        let output = if self.reply_unmapped {
            Output::Unmapped
        } else {
            Output::Bytes(&mut self.reply)
        };
        raw::rpc(device, &mut self.argument, input, output, self.tail)
    }
}

/// One case of a call `C`.
struct Case<C> {
    name: &'static str,
    expected: &'static str,
    change: fn(&mut C),
    taints: bool,
}

const fn case<C>(name: &'static str, expected: &'static str, change: fn(&mut C)) -> Case<C> {
    Case {
        name,
        expected,
        change,
        taints: false,
    }
}

const fn tainting<C>(name: &'static str, expected: &'static str, change: fn(&mut C)) -> Case<C> {
    Case {
        name,
        expected,
        change,
        taints: true,
    }
}

/// A case that is not one changed call: its name, what it should find, and how it looks.
type Check = (&'static str, &'static str, fn(&Session) -> String);

/// Runs every case.
pub(crate) fn bad_input(cli: &Cli, args: &cli::BadInput) -> Result<ExitCode, Error> {
    let session = Session::open(&cli.device)?;
    let device = session.device();
    let mut ktap = Ktap::start(cases::INFO.len() + cases::RPC.len() + cases::CHECKS.len());

    for case in cases::INFO {
        let mut call = InfoCall::good();
        (case.change)(&mut call);
        ktap.result(case.name, &result_name(&call.run(device)), case.expected);
    }
    for case in cases::RPC {
        if args.no_taint && case.taints {
            ktap.skip(case.name, "taints the kernel");
            continue;
        }
        let mut call = RpcCall::good();
        (case.change)(&mut call);
        ktap.result(case.name, &result_name(&call.run(device)), case.expected);
    }
    for (name, expected, check) in cases::CHECKS {
        ktap.result(name, &check(&session), expected);
    }

    ktap.totals();
    Ok(if ktap.passed() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn result_name(result: &io::Result<()>) -> String {
    match result {
        Ok(()) => "OK".to_owned(),
        Err(error) => match error.raw_os_error() {
            Some(number) => errno::name(Some(number)),
            None => error.to_string(),
        },
    }
}
