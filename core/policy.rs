// SPDX-License-Identifier: GPL-2.0

//! Whether a function has its fwctl child: a table of policy and bound consumers.
//!
//! Pure: imports nothing from the kernel crate, and is tested on the host and in the guest.

#![forbid(unsafe_code)]

/// When firmware commands of user programs are offered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Policy {
    /// Whatever is bound.
    Always,
    /// While an rdma consumer is bound.
    Rdma,
    /// Except while the datapath is netdev's alone: a netdev consumer is bound and no datapath
    /// consumer of another class is. A function without any such consumer has it, since firmware is
    /// all there is to recover then.
    NotNetdevOnly,
}

/// All policies, in the order they are documented.
pub(crate) const ALL: [Policy; 3] = [Policy::Always, Policy::Rdma, Policy::NotNetdevOnly];

impl Policy {
    /// Returns its name in the user interface.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Rdma => "rdma",
            Self::NotNetdevOnly => "not-netdev-only",
        }
    }

    /// Returns the policy that `text` names; one line end behind the name is allowed.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        ALL.into_iter()
            .find(|policy| policy.name().as_bytes() == text)
    }

    /// Returns whether the child shall exist while the consumers in `bound` are.
    pub(crate) const fn exposes(self, bound: Bound) -> bool {
        match self {
            Self::Always => true,
            Self::Rdma => bound.rdma,
            Self::NotNetdevOnly => !bound.netdev || bound.rdma || bound.other,
        }
    }
}

/// Which classes of datapath consumers are bound to a function's children.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Bound {
    /// At least one consumer of the class netdev.
    pub(crate) netdev: bool,
    /// At least one consumer of the class rdma.
    pub(crate) rdma: bool,
    /// At least one consumer of another datapath class.
    pub(crate) other: bool,
}

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(auxcore_policy))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::*;

    /// netdev, rdma, other; then what always, rdma and not-netdev-only say.
    const TABLE: [[bool; 6]; 8] = {
        const O: bool = false;
        const X: bool = true;
        [
            [O, O, O, X, O, X],
            [X, O, O, X, O, O],
            [O, X, O, X, X, X],
            [X, X, O, X, X, X],
            [O, O, X, X, O, X],
            [X, O, X, X, O, X],
            [O, X, X, X, X, X],
            [X, X, X, X, X, X],
        ]
    };

    #[test]
    fn every_cell_of_the_table_is_as_documented() {
        for [netdev, rdma, other, always, with_rdma, not_only] in TABLE {
            let bound = Bound {
                netdev,
                rdma,
                other,
            };
            assert_eq!(Policy::Always.exposes(bound), always);
            assert_eq!(Policy::Rdma.exposes(bound), with_rdma);
            assert_eq!(Policy::NotNetdevOnly.exposes(bound), not_only);
        }
    }

    #[test]
    fn the_table_has_every_set_of_consumers_once() {
        for (i, row) in TABLE.iter().enumerate() {
            assert!(TABLE.iter().skip(i + 1).all(|other| other[..3] != row[..3]));
        }
    }

    #[test]
    fn a_function_without_consumers_can_be_recovered_under_every_policy_but_rdma() {
        for policy in ALL {
            assert_eq!(policy.exposes(Bound::default()), policy != Policy::Rdma);
        }
    }

    #[test]
    fn names_are_read_as_they_are_printed() {
        for policy in ALL {
            assert_eq!(Policy::parse(policy.name().as_bytes()), Some(policy));
        }
        assert_eq!(Policy::parse(b"rdma\n"), Some(Policy::Rdma));
    }

    #[test]
    fn anything_else_is_no_policy() {
        for text in [
            &b""[..],
            b"\n",
            b"rdma\n\n",
            b" rdma",
            b"rdma ",
            b"RDMA",
            b"rdm",
            b"rdmax",
            b"always\0",
            b"netdev",
            b"\xff\xff",
        ] {
            assert_eq!(Policy::parse(text), None);
        }
    }
}
