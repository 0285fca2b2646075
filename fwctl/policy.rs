// SPDX-License-Identifier: GPL-2.0

//! Whether a request may execute, decided in one place and in one order: lengths, then the rule.
//!
//! Pure: imports nothing from the kernel crate, and is tested on the host and in the guest.

#![forbid(unsafe_code)]

/// Lengths of one request, each with the least it must be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lengths {
    /// Bytes of the request, and of its header.
    pub(crate) request: (usize, usize),
    /// Bytes of room for the reply, and of its header.
    pub(crate) reply: (usize, usize),
}

/// Why a request does not execute.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Refusal {
    /// The request or the room for its reply does not hold a header.
    Length,
    /// No scope may execute it.
    Unknown,
    /// A scope that was not granted may execute it.
    Scope {
        /// The lowest such scope.
        needed: u32,
        /// Why no lower one.
        why: &'static str,
    },
}

/// Checks one request.
///
/// `rule` names the lowest scope that may execute it and the reason, or `None` if there is none. It
/// is asked only about requests that hold a header.
///
/// # Errors
///
/// The first check that failed.
pub(crate) fn check(
    lengths: Lengths,
    granted: u32,
    rule: impl FnOnce() -> Option<(u32, &'static str)>,
) -> Result<(), Refusal> {
    let fits = |(len, least): (usize, usize)| len >= least;
    if !fits(lengths.request) || !fits(lengths.reply) {
        return Err(Refusal::Length);
    }

    let (needed, why) = rule().ok_or(Refusal::Unknown)?;
    if granted < needed {
        return Err(Refusal::Scope { needed, why });
    }

    Ok(())
}

#[cfg_attr(auxcore_kunit, kernel::macros::kunit_tests(auxcore_fwctl_policy))]
#[cfg(any(test, auxcore_kunit))]
mod tests {
    use super::*;

    fn lengths(request: usize, reply: usize) -> Lengths {
        Lengths {
            request: (request, 16),
            reply: (reply, 16),
        }
    }

    #[test]
    fn a_request_or_reply_below_the_header_is_refused() {
        let allow = || Some((0, ""));
        for (request, reply, good) in [
            (0, 0, false),
            (15, 16, false),
            (16, 15, false),
            (16, 0, false),
            (16, 16, true),
            (usize::MAX, 16, true),
            (16, usize::MAX, true),
        ] {
            let expected = if good { Ok(()) } else { Err(Refusal::Length) };
            assert_eq!(check(lengths(request, reply), 0, allow), expected);
        }
    }

    #[test]
    fn the_rule_is_not_asked_about_a_request_without_a_header() {
        let mut asked = false;
        let result = check(lengths(15, 16), 3, || {
            asked = true;
            Some((0, ""))
        });
        assert_eq!(result, Err(Refusal::Length));
        assert!(!asked);
    }

    #[test]
    fn what_has_no_rule_is_denied_in_every_scope() {
        for granted in [0, 1, 2, 3, u32::MAX] {
            assert_eq!(
                check(lengths(16, 16), granted, || None),
                Err(Refusal::Unknown)
            );
        }
    }

    #[test]
    fn the_needed_scope_and_every_higher_one_execute() {
        for needed in 0..4 {
            for granted in 0..4 {
                let why = "reason";
                let expected = if granted >= needed {
                    Ok(())
                } else {
                    Err(Refusal::Scope { needed, why })
                };
                let rule = || Some((needed, why));
                assert_eq!(check(lengths(16, 16), granted, rule), expected);
            }
        }
    }
}
