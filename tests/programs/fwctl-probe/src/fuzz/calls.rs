// SPDX-License-Identifier: GPL-2.0

//! Calls that look random, most of them nearly right.

#![forbid(unsafe_code)]

use super::random::Random;
use super::vendor::Vendor;
use auxcore_uapi::fwctl::{InfoArgument, Number, RpcArgument, MAX_RPC_LEN};
use auxcore_uapi::raw::{self, Input, Output, Tail};
use auxcore_uapi::Device;
use std::fs::File;
use std::io;

/// One call.
#[derive(Clone, Debug)]
pub(super) enum Call {
    /// A remote procedure call.
    Rpc(Rpc),
    /// The question what the device is.
    Info(Info),
    /// A number with an argument of zeroes that says it is this long.
    Zeroes(Number, u32),
    /// A number with an argument where nothing is mapped.
    Unmapped(Number),
    /// Another file is opened and closed.
    Open,
}

/// A remote procedure call.
#[derive(Clone, Debug)]
pub(super) struct Rpc {
    argument: RpcArgument,
    request: Option<Vec<u8>>,
    room: Option<usize>,
    tail: Tail,
}

/// The question what the device is.
#[derive(Clone, Debug)]
pub(super) struct Info {
    argument: InfoArgument,
    room: Option<usize>,
    tail: Tail,
}

impl Call {
    /// Makes a call; scopes that taint the kernel only if `taint` says so.
    pub(super) fn random(random: &mut Random, vendor: &dyn Vendor, taint: bool) -> Self {
        match random.below(64) {
            0 => Self::Info(Info::random(random)),
            1 => Self::Zeroes(number(random), u32::from(random.below(80))),
            2 => Self::Unmapped(number(random)),
            3 => Self::Open,
            _ => Self::Rpc(Rpc::random(random, vendor, taint)),
        }
    }

    /// Returns the request, if it is a remote procedure call; one that is nowhere in memory is empty.
    pub(super) fn request(&self) -> Option<&[u8]> {
        match self {
            Self::Rpc(rpc) => Some(rpc.request.as_deref().unwrap_or_default()),
            _ => None,
        }
    }

    /// Makes the call. Returns the reply, if one was delivered.
    pub(super) fn make(&self, device: &Device) -> io::Result<Vec<u8>> {
        match self {
            Self::Rpc(rpc) => rpc.make(device),
            Self::Info(info) => info.make(device).map(|()| Vec::new()),
            Self::Zeroes(number, size) => raw::zeroes(device, *number, *size).map(|()| Vec::new()),
            Self::Unmapped(number) => raw::unmapped(device, *number).map(|()| Vec::new()),
            // What kind of file it is was looked at before.
            Self::Open => File::open(device.path()).map(|_| Vec::new()),
        }
    }
}

impl Rpc {
    fn random(random: &mut Random, vendor: &dyn Vendor, taint: bool) -> Self {
        let mut request = vendor.request(random);
        let room = length(random);
        let mut argument = RpcArgument {
            size: 32,
            scope: scope(random, taint),
            in_len: u32::try_from(request.len()).unwrap_or(0),
            out_len: u32::try_from(room).unwrap_or(0),
            ..RpcArgument::default()
        };
        let mut rpc = Self {
            argument,
            request: None,
            room: Some(room),
            tail: tail(random, &mut argument.size),
        };
        match random.below(64) {
            0 => request.clear(),
            1 => {
                argument.in_len = MAX_RPC_LEN + 1 + u32::from(random.below(9));
                rpc.argument = argument;
                return rpc;
            }
            2 => {
                argument.out_len = u32::MAX - u32::from(random.below(9));
                rpc.room = None;
            }
            3 => rpc.room = None,
            4 => {
                rpc.argument = argument;
                return rpc;
            }
            5 => argument.size = u32::from(random.below(40)),
            _ => {}
        }
        argument.in_len = u32::try_from(request.len()).unwrap_or(0);
        rpc.argument = argument;
        rpc.request = Some(request);
        rpc
    }

    fn make(&self, device: &Device) -> io::Result<Vec<u8>> {
        let mut argument = self.argument;
        let mut reply = vec![0; self.room.unwrap_or(0)];
        let input = self
            .request
            .as_deref()
            .map_or(Input::Unmapped, Input::Bytes);
        let output = match self.room {
            Some(_) => Output::Bytes(&mut reply),
            None => Output::Unmapped,
        };
        raw::rpc(device, &mut argument, input, output, self.tail)?;
        Ok(reply)
    }
}

impl Info {
    fn random(random: &mut Random) -> Self {
        let room = usize::from(random.below(100));
        let mut argument = InfoArgument {
            size: 24,
            device_data_len: u32::try_from(room).unwrap_or(0),
            ..InfoArgument::default()
        };
        let tail = tail(random, &mut argument.size);
        let mut info = Self {
            argument,
            room: Some(room),
            tail,
        };
        match random.below(4) {
            0 => info.argument.flags = 1 << random.below(32),
            1 => info.argument.size = u32::from(random.below(30)),
            2 => info.room = None,
            _ => {}
        }
        info
    }

    fn make(&self, device: &Device) -> io::Result<()> {
        let mut argument = self.argument;
        let mut data = vec![0; self.room.unwrap_or(0)];
        let output = match self.room {
            Some(_) => Output::Bytes(&mut data),
            None => Output::Unmapped,
        };
        raw::info(device, &mut argument, output, self.tail)
    }
}

/// Makes an ioctl number: one of the two, one of a later kernel, or one with a size encoded.
fn number(random: &mut Random) -> Number {
    let [_, nr] = random.below(6).to_be_bytes();
    match random.below(3) {
        0 => Number::with_size(nr, random.byte(), random.word()),
        _ => Number::new(nr),
    }
}

/// Makes a scope: often one that permits much, sometimes none.
fn scope(random: &mut Random, taint: bool) -> u32 {
    match random.below(16) {
        0 => 4 + u32::from(random.word()),
        1..=3 => 0,
        4 if taint => 2,
        5 if taint => 3,
        _ => 1,
    }
}

/// Makes what stands behind a structure, and its size with it: mostly nothing.
fn tail(random: &mut Random, size: &mut u32) -> Tail {
    match random.below(64) {
        0 => {
            *size += 8;
            Tail::zeroes(8)
        }
        1 => {
            *size += 8;
            Tail::ones(8)
        }
        _ => Tail::NONE,
    }
}

/// Makes a length: mostly a header and some data, sometimes less, sometimes many pages.
pub(super) fn length(random: &mut Random) -> usize {
    let len = match random.below(64) {
        0 => random.below(16),
        1..=12 => 16,
        13..=62 => 16 + random.below(600),
        _ => random.below(20_000),
    };
    usize::from(len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fuzz::mlx5::Mlx5;

    fn rpcs(count: u32) -> Vec<Rpc> {
        let mut random = Random::new(1);
        let calls = (0..count).map(|_| Call::random(&mut random, &Mlx5, false));
        calls
            .filter_map(|call| match call {
                Call::Rpc(rpc) => Some(rpc),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn the_same_seed_makes_the_same_calls() {
        let make = |seed| {
            let mut random = Random::new(seed);
            let one = |_| format!("{:?}", Call::random(&mut random, &Mlx5, true));
            (0..50).map(one).collect::<Vec<_>>()
        };
        assert_eq!(make(7), make(7));
        assert_ne!(make(7), make(8));
    }

    #[test]
    fn calls_are_of_every_kind() {
        let rpcs = rpcs(4000);
        let any = |test: fn(&Rpc) -> bool| rpcs.iter().any(test);
        let len = |rpc: &Rpc| rpc.request.as_ref().map_or(0, Vec::len);
        assert!(any(
            |r| r.request.is_none() && r.argument.in_len <= MAX_RPC_LEN
        ));
        assert!(any(|r| r.argument.in_len > MAX_RPC_LEN));
        assert!(any(|r| r.room.is_none()));
        assert!(any(|r| r.argument.size < 32));
        assert!(any(|r| r.argument.scope > 3));
        assert!(rpcs.iter().any(|r| len(r) < 16));
        assert!(rpcs.iter().any(|r| len(r) == 16));
        assert!(rpcs.iter().any(|r| len(r) > 4096));
    }

    #[test]
    fn scopes_that_taint_come_only_when_asked_for() {
        assert!(rpcs(4000)
            .iter()
            .all(|r| !(2..4).contains(&r.argument.scope)));
        let mut random = Random::new(1);
        let scopes: Vec<u32> = (0..200).map(|_| scope(&mut random, true)).collect();
        assert!(scopes.contains(&2) && scopes.contains(&3));
    }
}
