// SPDX-License-Identifier: GPL-2.0
//! Commands whose state a test planted: the device does not execute them otherwise.
#![forbid(unsafe_code)]

use super::{output, Command, Length, Phase};
use crate::field::put;
use crate::firmware::{Answer, Context, Firmware, Refusal, Request};
use crate::status::Status;

/// Every such command: for user contexts that may use tools.
pub const COMMAND: Command = Command {
    opcode: 0,
    name: "planted",
    input: Length::AtLeast(16),
    output: 16,
    phase: Phase::Ready,
    user: true,
    tools: true,
    shared: false,
    run: answer,
};

/// Where the planted state begins.
const STATE: usize = 16;

/// Answers with a digest of the request in bytes 8 to 15, and the state behind.
fn answer(firmware: &mut Firmware, request: &Request<'_>, _: &mut Context<'_>) -> Answer {
    let state = firmware.planted.get(&request.opcode());
    let state = state.map(Vec::as_slice).unwrap_or_default();
    if request.outlen < STATE + state.len() {
        return Err(Refusal::new(Status::BadOutputLen, 0x1000_0008));
    }
    let mut output = output(STATE + state.len());
    put(&mut output, 8, &digest(request.input).to_be_bytes());
    put(&mut output, STATE, state);
    Ok(output)
}

/// FNV-1a over all of a request but the uid, which differs from one open file to the next.
fn digest(request: &[u8]) -> u64 {
    let counted = request
        .iter()
        .enumerate()
        .filter(|(at, _)| !(2..4).contains(at));
    counted.fold(0xcbf2_9ce4_8422_2325, |digest, (_, byte)| {
        (digest ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use crate::firmware::tests::{input, Bench};
    use crate::firmware::TOOLS;

    #[test]
    fn planted_state_is_behind_a_digest_of_all_but_the_uid() {
        let mut bench = Bench::ready();
        let (one, other) = (bench.uctx(TOOLS), bench.uctx(TOOLS));
        bench.firmware.planted.insert(0x402, vec![0xaa, 0xbb]);
        let reply = bench.run(&input(0x402, one, 0, 16));
        assert_eq!((reply[0], &reply[16..]), (0, &[0xaa, 0xbb][..]));
        assert_eq!(bench.run(&input(0x402, other, 0, 16)), reply);
        assert_ne!(bench.run(&input(0x402, one, 0, 17))[8..16], reply[8..16]);
        assert_ne!(bench.run(&input(0x402, one, 1, 16))[8..16], reply[8..16]);
    }

    #[test]
    fn what_is_not_planted_and_who_may_not_ask_is_refused() {
        let mut bench = Bench::ready();
        bench.firmware.planted.insert(0x402, vec![0xaa, 0xbb]);
        let (tools, plain) = (bench.uctx(TOOLS), bench.uctx(0));
        assert_ne!(bench.status(&input(0x403, tools, 0, 16)), 0);
        assert_ne!(bench.status(&input(0x402, plain, 0, 16)), 0);
        assert_ne!(bench.status(&input(0x402, 0x1234, 0, 16)), 0);
        assert_ne!(bench.run_into(&input(0x402, tools, 0, 16), 17)[0], 0);
        assert_ne!(bench.status(&input(0x402, tools, 0, 12)), 0);
    }

    #[test]
    fn the_kernel_s_own_commands_find_nothing_planted() {
        let mut bench = Bench::ready();
        bench.firmware.planted.insert(0x402, vec![0xaa]);
        assert_ne!(bench.status(&input(0x402, 0, 0, 16)), 0);
    }
}
