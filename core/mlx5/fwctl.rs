// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The vendor's half of fwctl: one firmware user context per open file, the scope table, and
//! execution.

use auxcore::{
    class::fwctl::{
        Answer,
        Kind,
        Protocol,
        Reply,
        RpcScope,
        Rule,
        Service,
        Session,
        Unanswered, //
    },
    client::Attachment,
    deadline::Deadline,
    journal::Command, //
};
use core::fmt::Write;
use kernel::{
    new_mutex,
    prelude::*,
    sync::{Arc, Mutex},
    time::Delta, //
};

use super::{
    change,
    cmd::Port,
    hca::Hca,
    permitted::Scope,
    ring::{CmdRing, Message},
    rpc::{self, Request},
    scope,
    uctx::Uctx,
    wire::{Status, INLINE}, //
};

/// How long firmware may take for one request, or for opening a context.
const REQUEST: Delta = Delta::from_secs(60);

/// The fwctl service of one function.
#[pin_data]
pub(crate) struct FwctlService<'bound> {
    hca: Arc<Hca<'bound>>,
    #[pin]
    consumer: Attachment<CmdRing<'bound>>,
    /// Open contexts; a session is an index.
    #[pin]
    sessions: Mutex<KVec<Option<Arc<Uctx<'bound>>>>>,
}

/// What a request needs to be sent. The memory of the reply is part of it: a command that changed
/// the device must not fail for want of it.
struct Prepared<'bound> {
    user: Arc<Port<'bound>>,
    message: Message<'bound>,
    /// Of a reply that does not fit into the request's own.
    room: Option<KVVec<u8>>,
}

impl<'bound> FwctlService<'bound> {
    /// Returns the service of `hca`. Errors: `ENOMEM`.
    pub(crate) fn new(hca: Arc<Hca<'bound>>) -> Result<Arc<Self>> {
        Arc::pin_init(
            try_pin_init!(Self {
                hca,
                consumer <- Attachment::new(),
                sessions <- new_mutex!(KVec::new()),
            }? Error),
            GFP_KERNEL,
        )
    }

    /// Makes the command of an admitted request, and what sends it; nothing is sent yet.
    fn prepare(
        &self,
        session: Session,
        request: &mut [u8],
        max_reply: usize,
    ) -> Result<Prepared<'bound>> {
        let uctx = self.uctx(session)?;
        rpc::stamp_uid(request, uctx.uid()).ok_or(EMSGSIZE)?;
        let user = self.consumer.client()?;
        let room = match max_reply > request.len() {
            true => Some(KVVec::zeroed(max_reply, GFP_KERNEL)?),
            false => None,
        };
        let message = user.ring().message(request, max_reply, Some(uctx))?;
        Ok(Prepared {
            user,
            message,
            room,
        })
    }

    fn uctx(&self, session: Session) -> Result<Arc<Uctx<'bound>>> {
        let sessions = self.sessions.lock();
        sessions
            .get(index(session))
            .and_then(Clone::clone)
            .ok_or(ENODEV)
    }
}

impl Service for FwctlService<'_> {
    fn protocol(&self) -> Protocol {
        Protocol {
            kind: Kind::Mlx5,
            min_request: INLINE,
            min_reply: INLINE,
            too_short: EMSGSIZE,
            denied: EBADMSG,
        }
    }

    fn attach(&self) -> Result {
        self.consumer.attach(self.hca.channel().user()?)
    }

    fn detach(&self) {
        self.consumer.detach();
    }

    fn open(&self) -> Result<Session> {
        let caps = self.hca.caps().uctx().ok_or(EOPNOTSUPP)?;
        let core = self.hca.channel().client().clone();
        let user = self.consumer.client()?;
        let uctx = Uctx::create(&user, core, caps, Deadline::after(REQUEST))?;
        let mut sessions = self.sessions.lock();
        let free = sessions.iter().position(Option::is_none);
        let place = match free {
            Some(place) => place,
            None => {
                sessions.push(None, GFP_KERNEL)?;
                sessions.len() - 1
            }
        };
        sessions[place] = Some(uctx);
        Ok(Session::new(u32::try_from(place)?))
    }

    fn close(&self, session: Session) {
        // Dropped after the lock: the last reference sends a command.
        let uctx = self
            .sessions
            .lock()
            .get_mut(index(session))
            .and_then(Option::take);
        drop(uctx);
    }

    fn info(&self, session: Session) -> Result<KVec<u8>> {
        let uctx = self.uctx(session)?;
        let mut info = KVec::new();
        info.extend_from_slice(&rpc::info(uctx.uid(), uctx.caps()), GFP_KERNEL)?;
        Ok(info)
    }

    fn rule(&self, request: &[u8]) -> Option<Rule> {
        let header = Request::parse(request)?;
        let entry = scope::lookup(header.opcode, header.op_mod)?;
        let scope = match entry.scope {
            Scope::Configuration => RpcScope::Configuration,
            Scope::DebugReadOnly => RpcScope::DebugReadOnly,
            Scope::DebugWrite => RpcScope::DebugWrite,
        };
        Some(Rule {
            scope,
            why: entry.why,
            change: change::of(&entry, request).map(|change| {
                let mut command = Command::new();
                // Writing to a text cannot fail.
                let _ = write!(command, "{change}");
                command
            }),
        })
    }

    fn execute(
        &self,
        session: Session,
        request: &mut [u8],
        max_reply: usize,
    ) -> Result<Answer, Unanswered> {
        let Prepared {
            user,
            message,
            mut room,
        } = self
            .prepare(session, request, max_reply)
            .map_err(Unanswered::Unsent)?;
        let done = user.exec(message, Deadline::after(REQUEST))?;
        let place = match &mut room {
            Some(new) => &mut new[..],
            None => &mut request[..max_reply],
        };
        done.message().copy_reply(&done.reply, place)?;
        Ok(Answer {
            status: Status::of(place).code.into(),
            reply: room.map_or(Reply::InPlace(max_reply), Reply::New),
        })
    }
}

fn index(session: Session) -> usize {
    session.id() as usize // CAST: sessions are indexes of a vector.
}
