// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The command ring: slots on a board.

use core::convert::Infallible;

use auxcore::ring::Ring;
use kernel::{
    prelude::*,
    sync::{
        atomic::{Atomic, Relaxed},
        Arc,
    }, //
};

use crate::{
    board::{Board, SLOTS},
    order::{Manner, Order},
};

/// One command.
pub(crate) struct Message {
    order: Order,
    token: u8,
}

/// Firmware's reply.
pub(crate) struct Reply {
    pub(crate) value: u32,
    pub(crate) status: u32,
}

/// The ring of one function.
pub(crate) struct NullRing {
    pub(crate) board: Arc<Board>,
    next_token: Atomic<u32>,
}

impl NullRing {
    pub(crate) fn new(board: Arc<Board>) -> Self {
        Self {
            board,
            next_token: Atomic::new(0),
        }
    }

    pub(crate) fn message(&self, order: Order) -> Message {
        // CAST: the low byte.
        let token = self.next_token.fetch_add(1, Relaxed) as u8;
        Message { order, token }
    }
}

impl Ring for NullRing {
    type Message = Message;
    type Reply = Reply;
    type Completion = Infallible;

    fn slots(&self) -> usize {
        SLOTS
    }

    fn token(message: &Message) -> u8 {
        message.token
    }

    fn opcode(message: &Message) -> u32 {
        message.order.manner as u32 // CAST: the place in the list.
    }

    fn status(reply: &Reply) -> u32 {
        reply.status
    }

    fn post(&self, slot: usize, message: &Message) {
        self.board.post(slot, message.order, message.token);
    }

    fn doorbell(&self, _mask: u32) {
        self.board.wake();
    }

    fn returned(&self, slot: usize) -> Option<u8> {
        self.board.returned(slot)
    }

    fn collect(&self, _slot: usize, message: &Message) -> Result<Reply> {
        let Order { manner, value, .. } = message.order;
        match manner {
            Manner::Undelivered => Err(EBADMSG),
            Manner::Refuse => Ok(Reply {
                value: 0,
                status: value.max(1),
            }),
            _ => Ok(Reply { value, status: 0 }),
        }
    }

    fn alive(&self) -> bool {
        !self.board.is_dead()
    }
}
