// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! What callbacks may ask of the children they are about.

#[kernel::macros::kunit_tests(auxbus_callbacks)]
mod tests {
    use crate::{
        consumer::Callback::{self, *},
        queue::within_seconds,
        table::{Deed, Play, MOST}, //
    };
    use kernel::{
        device::{Bound, Device},
        faux,
        prelude::*, //
    };

    /// Every callback, and how often it comes when two children are made and removed again.
    const ALL: [(Callback, usize); 8] = [
        // Each place is looked at by each reconcile.
        (Wanted, 2 * MOST),
        (Create, 2),
        (Attach, 2),
        (Attached, 2),
        (Probe, 2),
        (Detached, 2),
        (Detach, 2),
        (Unbind, 2),
    ];

    fn parent() -> Result<faux::Registration> {
        faux::Registration::new(c"auxcore_test_bus", None)
    }

    fn device(parent: &faux::Registration) -> &Device<Bound> {
        let device: &faux::Device<Bound> = parent.as_ref();
        device.as_ref()
    }

    #[test]
    fn every_callback_comes_once_for_each_child() -> Result {
        for (callback, times) in ALL {
            let parent = parent()?;
            let play = Play::new(device(&parent), callback, Deed::Nothing)?;
            play.reconcile(2)?;
            assert_eq!(play.created(), 2);
            play.reconcile(0)?;
            assert_eq!(play.deeds(), times);
        }
        Ok(())
    }

    #[test]
    fn a_reconcile_from_a_callback_is_refused_and_the_outer_one_goes_on() -> Result {
        for (callback, times) in ALL {
            let parent = parent()?;
            let play = Play::new(device(&parent), callback, Deed::Reconcile)?;
            play.reconcile(2)?;
            assert_eq!(play.created(), 2);
            play.reconcile(0)?;
            assert_eq!(play.deeds(), times);
            assert!(play.all_ended(Some(EDEADLK)));
        }
        Ok(())
    }

    #[test]
    fn a_close_from_a_callback_is_refused_and_closes_nothing() -> Result {
        for (callback, _) in ALL {
            let parent = parent()?;
            let play = Play::new(device(&parent), callback, Deed::Close)?;
            play.reconcile(1)?;
            play.reconcile(0)?;
            assert!(play.deeds() > 0 && play.all_ended(Some(EDEADLK)));
            play.reconcile(1)?;
            assert_eq!(play.created(), 2);
        }
        Ok(())
    }

    #[test]
    fn a_request_from_a_callback_is_served_after_the_reconcile_it_came_from() -> Result {
        for callback in [Create, Attach, Probe] {
            let parent = parent()?;
            let play = Play::new(device(&parent), callback, Deed::Request)?;
            play.reconcile(1)?;
            // The first child wants a second, and so on.
            assert!(within_seconds(20, || play.created() == MOST));
            assert!(play.all_ended(None));
        }
        Ok(())
    }

    #[test]
    fn after_a_close_nothing_is_made_by_a_reconcile_or_a_request() -> Result {
        let parent = parent()?;
        let play = Play::new(device(&parent), Unbind, Deed::Request)?;
        play.reconcile(1)?;
        // The end of the child asks for one more.
        play.close()?;
        assert_eq!(play.deeds(), 1);
        play.reconcile(MOST)?;
        assert_eq!(play.created(), 1);
        Ok(())
    }

    #[test]
    fn a_slot_that_is_left_empty_is_an_error_and_can_be_filled_later() -> Result {
        let parent = parent()?;
        let play = Play::new(device(&parent), Create, Deed::Forget)?;
        assert_eq!(play.reconcile(2), Err(EINVAL));
        assert_eq!(play.deeds(), 2);
        assert_eq!(play.created(), 0);
        play.reconcile(0)?;
        Ok(())
    }

    #[test]
    fn children_go_with_their_owner() -> Result {
        let parent = parent()?;
        let play = Play::new(device(&parent), Unbind, Deed::Nothing)?;
        play.reconcile(MOST)?;
        drop(play);
        // The names are free: another owner's children take the same ids again.
        let play = Play::new(device(&parent), Unbind, Deed::Nothing)?;
        play.reconcile(MOST)?;
        assert_eq!(play.created(), MOST);
        Ok(())
    }
}
