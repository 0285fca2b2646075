// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Where lines come in and answers go out.

use auxcore::textfile::Text;
use auxcore_acme::calc::Calculator;
use kernel::{
    fmt,
    new_mutex,
    prelude::*,
    sync::{Arc, Mutex}, //
};

use crate::line::Line;

/// The answer to a line.
enum Answer {
    Nothing,
    Number(u32),
    Data(KVec<u8>),
}

/// The service of one child with the last answer.
#[pin_data]
pub(crate) struct Desk<'bound> {
    service: Arc<dyn Calculator + 'bound>,
    #[pin]
    answer: Mutex<Answer>,
}

impl<'bound> Desk<'bound> {
    /// Returns a desk without an answer. Errors: `ENOMEM`.
    pub(crate) fn new(service: Arc<dyn Calculator + 'bound>) -> Result<Arc<Self>> {
        Arc::pin_init(
            try_pin_init!(Self {
                service,
                answer <- new_mutex!(Answer::Nothing),
            }? Error),
            GFP_KERNEL,
        )
    }
}

impl Text for Desk<'_> {
    fn write(&self, text: &[u8]) -> Result {
        let answer = match Line::parse(text).ok_or(EINVAL)? {
            Line::Liveness(word) => Answer::Number(self.service.liveness(word)?),
            Line::Factorial(n) => Answer::Number(self.service.factorial(n)?),
            Line::Echo(bytes) => {
                let mut data = KVec::new();
                data.extend_from_slice(bytes, GFP_KERNEL)?;
                self.service.echo(&mut data)?;
                Answer::Data(data)
            }
        };
        // The old answer is dropped after the lock.
        let _old = core::mem::replace(&mut *self.answer.lock(), answer);
        Ok(())
    }

    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.answer.lock() {
            Answer::Nothing => Ok(()),
            Answer::Number(number) => writeln!(f, "{number}"),
            Answer::Data(data) => {
                writeln!(f, "{}", core::str::from_utf8(data).unwrap_or("(not text)"))
            }
        }
    }
}
