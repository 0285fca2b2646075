// SPDX-License-Identifier: GPL-2.0
//! Planted lies: each is a way firmware could be wrong that a driver or a test has to notice.
#![forbid(unsafe_code)]

macro_rules! mutations {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// A planted lie.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Mutation { $($(#[doc = $doc])+ $variant,)+ }

        /// Every mutation with its name and what it does.
        pub const MUTATIONS: &[(Mutation, &str, &str)] =
            &[$((Mutation::$variant, $name, concat!($($doc),+).trim_ascii()),)+];
    };
}

mutations! {
    /// Output mailboxes carry a wrong token.
    WrongToken = "wrong-token",
    /// Event queue entries carry the owner bit of the wrong lap.
    WrongOwner = "wrong-owner",
    /// Successful commands other than bring-up answer status INTERNAL_ERR with good data.
    StatusFlip = "status-flip",
    /// Refused commands answer status OK with no data.
    StatusLost = "status-lost",
    /// The last mailbox of a reply is not written.
    ShortReply = "short-reply",
    /// The last mailbox of a reply is filled beyond the output length.
    IgnoreOutlen = "ignore-outlen",
    /// The completion event comes 5 ms before the reply is written.
    EarlyEqe = "early-eqe",
    /// The slot is given back 5 ms before the reply is written.
    EarlyRelease = "early-release",
    /// The slot is given back with token and reply of the command before it, 5 ms before its own.
    StaleReply = "stale-reply",
    /// The completion event names the next slot.
    WrongSlot = "wrong-slot",
    /// The completion event is posted twice.
    DoubleEqe = "double-eqe",
    /// The completion event is written but the interrupt is not fired.
    LostInterrupt = "lost-interrupt",
    /// Interrupts fire on the next vector.
    WrongVector = "wrong-vector",
    /// Maximum and current capabilities are exchanged.
    CapSwap = "cap-swap",
    /// SET_HCA_CAP succeeds and is forgotten.
    CapForgotten = "cap-forgotten",
    /// Register data is shifted by four bytes.
    RegShift = "reg-shift",
    /// Register writes succeed and are forgotten.
    RegForgotten = "reg-forgotten",
    /// CREATE_UCTX answers uid 0.
    UidZero = "uid-zero",
    /// CREATE_UCTX answers the same uid every time.
    UidShared = "uid-shared",
    /// Commands are executed whatever uid they carry.
    UidUnchecked = "uid-unchecked",
    /// DESTROY_UCTX succeeds and the context lives on.
    UidImmortal = "uid-immortal",
    /// A page given back is given back again in place of another one.
    PageTwice = "page-twice",
    /// One page is never given back.
    PageWithheld = "page-withheld",
    /// A page that was never given is given back.
    PageForeign = "page-foreign",
    /// More pages are given back than were asked for.
    PageFlood = "page-flood",
    /// The health counter stands still.
    HealthFrozen = "health-frozen",
    /// The second of two commands in flight is swallowed.
    DropSecond = "drop-second",
    /// Every reply is all zero.
    AllZero = "all-zero",
    /// Unknown opcodes answer status OK.
    OpcodeUnchecked = "opcode-unchecked",
    /// The init segment tells another firmware version than the registers.
    VersionSplit = "version-split",
    /// Only ISSI 7 is offered.
    IssiUnknown = "issi-unknown",
    /// ALLOC_UAR answers page 0, the init segment.
    UarZero = "uar-zero",
    /// The init segment tells command interface revision 4.
    CmdifRevision = "cmdif-revision",
    /// Good commands are answered with delivery status "bad input length".
    DeliveryLie = "delivery-lie",
}

/// The mutations that are planted now.
#[derive(Clone, Debug, Default)]
pub struct Mutations {
    planted: Vec<Mutation>,
}

impl Mutations {
    /// Plants the mutations of a comma-separated list in place of all others; `none` or nothing
    /// plants none.
    ///
    /// # Errors
    /// The first name that is no mutation.
    pub fn plant(&mut self, names: &str) -> Result<(), String> {
        let mut planted = Vec::new();
        for name in names
            .split(',')
            .filter(|name| !name.is_empty() && *name != "none")
        {
            let found = MUTATIONS.iter().find(|(_, known, _)| *known == name);
            planted.push(found.ok_or_else(|| name.to_owned())?.0);
        }
        self.planted = planted;
        Ok(())
    }

    /// Returns whether a mutation is planted.
    pub fn has(&self, mutation: Mutation) -> bool {
        self.planted.contains(&mutation)
    }

    /// Returns the planted names, comma-separated.
    pub fn names(&self) -> String {
        let names = MUTATIONS
            .iter()
            .filter(|(m, _, _)| self.has(*m))
            .map(|(_, name, _)| *name);
        names.collect::<Vec<_>>().join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_plant_what_they_name() {
        for (mutation, name, _) in MUTATIONS {
            assert_eq!(
                MUTATIONS.iter().filter(|(_, n, _)| n == name).count(),
                1,
                "{name}"
            );
            let mut mutations = Mutations::default();
            assert_eq!(mutations.plant(name), Ok(()));
            assert!(mutations.has(*mutation));
            assert_eq!(mutations.names(), *name);
        }
    }

    #[test]
    fn an_unknown_name_changes_nothing() {
        let mut mutations = Mutations::default();
        mutations.plant("cap-swap,uid-zero").unwrap();
        assert_eq!(mutations.plant("cap-swap,no-such"), Err("no-such".into()));
        assert_eq!(mutations.names(), "cap-swap,uid-zero");
        mutations.plant("none").unwrap();
        assert_eq!(mutations.names(), "");
    }
}
