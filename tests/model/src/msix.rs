// SPDX-License-Identifier: GPL-2.0
//! MSI-X vectors: event file descriptors by table index, and the pending bits of those that have
//! none.
#![forbid(unsafe_code)]

use std::fs::File;
use std::io::Write;

use crate::memory::Interrupts;

/// Vectors of the table.
pub const VECTORS: u16 = 64;

const DATA_NONE: u32 = 1 << 0;
const DATA_EVENTFD: u32 = 1 << 2;
const ACTION_TRIGGER: u32 = 1 << 5;

/// The vectors as the client has set them up.
pub struct Msix {
    triggers: Vec<Option<File>>,
    pending: u64,
}

impl Default for Msix {
    fn default() -> Self {
        Self {
            triggers: (0..VECTORS).map(|_| None).collect(),
            pending: 0,
        }
    }
}

impl Msix {
    /// Applies one SET_IRQS; returns whether it made sense.
    ///
    /// A count of zero takes all triggers away. A vector without a descriptor is enabled but fires
    /// nothing.
    pub fn configure(&mut self, flags: u32, start: u32, count: u32, fds: Vec<File>) -> bool {
        if flags & ACTION_TRIGGER == 0 {
            // Masking is done by the client on its copy of the table.
            return true;
        }
        let (Ok(start), Ok(count)) = (usize::try_from(start), usize::try_from(count)) else {
            return false;
        };
        let Some(range) = start.checked_add(count).map(|end| start..end) else {
            return false;
        };
        if flags & DATA_NONE != 0 && count == 0 {
            self.clear();
            return true;
        }
        if range.end > self.triggers.len() || flags & DATA_EVENTFD == 0 {
            return false;
        }
        let mut fds = fds.into_iter();
        for (vector, trigger) in self.triggers.iter_mut().enumerate().skip(start).take(count) {
            *trigger = fds.next();
            if trigger.is_some() && (self.pending >> vector) & 1 == 1 {
                self.pending &= !(1 << vector);
                signal(trigger.as_mut());
            }
        }
        true
    }

    /// Takes all triggers away and forgets what is pending.
    pub fn clear(&mut self) {
        self.triggers.iter_mut().for_each(|trigger| *trigger = None);
        self.pending = 0;
    }

    /// Returns the pending bit array.
    pub fn pending(&self) -> u64 {
        self.pending
    }
}

/// An event counter that is full has fired already, so a failed write loses nothing.
fn signal(trigger: Option<&mut File>) -> bool {
    trigger.is_some_and(|file| file.write_all(&1_u64.to_ne_bytes()).is_ok())
}

impl Interrupts for Msix {
    fn fire(&mut self, vector: u16) {
        let trigger = self
            .triggers
            .get_mut(usize::from(vector))
            .and_then(Option::as_mut);
        if !signal(trigger) {
            self.pending |= 1_u64.checked_shl(vector.into()).unwrap_or(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Seek};

    fn file() -> File {
        let path = std::env::temp_dir().join(format!(
            "msix-{}-{:?}",
            std::process::id(),
            std::thread::current().id()
        ));
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(&path)
            .unwrap();
        std::fs::remove_file(path).unwrap();
        file
    }

    fn fired(file: &mut File) -> usize {
        let mut bytes = Vec::new();
        file.rewind().unwrap();
        file.read_to_end(&mut bytes).unwrap() / 8
    }

    #[test]
    fn a_vector_without_a_trigger_is_pending_until_it_gets_one() {
        let mut msix = Msix::default();
        msix.fire(5);
        assert_eq!(msix.pending(), 1 << 5);
        let trigger = file();
        let mut seen = trigger.try_clone().unwrap();
        assert!(msix.configure(DATA_EVENTFD | ACTION_TRIGGER, 5, 1, vec![trigger]));
        assert_eq!((msix.pending(), fired(&mut seen)), (0, 1));
        msix.fire(5);
        assert_eq!(fired(&mut seen), 2);
    }

    #[test]
    fn enabling_without_a_descriptor_is_accepted() {
        let mut msix = Msix::default();
        assert!(msix.configure(DATA_EVENTFD | ACTION_TRIGGER, 0, 1, vec![]));
        msix.fire(0);
        assert_eq!(msix.pending(), 1);
        assert!(msix.configure(DATA_NONE | ACTION_TRIGGER, 0, 0, vec![]));
        assert_eq!(msix.pending(), 0);
    }

    #[test]
    fn vectors_beyond_the_table_are_refused() {
        let mut msix = Msix::default();
        for (start, count) in [(64, 1), (63, 2), (u32::MAX, 1), (0, u32::MAX)] {
            assert!(
                !msix.configure(DATA_EVENTFD | ACTION_TRIGGER, start, count, vec![]),
                "{start} {count}"
            );
        }
        msix.fire(u16::MAX);
        assert_eq!(msix.pending(), 0);
    }
}
