// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! The queue: order, kicks, and its end.

use kernel::time::{delay::fsleep, Delta, Instant, Monotonic};

/// Returns whether `condition` holds within so many seconds. Context: process; sleeps.
pub(crate) fn within_seconds(seconds: i64, condition: impl Fn() -> bool) -> bool {
    let begin = Instant::<Monotonic>::now();
    while !condition() {
        if begin.elapsed() > Delta::from_secs(seconds) {
            return false;
        }
        fsleep(Delta::from_millis(2));
    }
    true
}

#[kernel::macros::kunit_tests(auxbus_queue)]
mod tests {
    use super::within_seconds;
    use auxbus::{Kicked, Queue};
    use kernel::{
        prelude::*,
        sync::{
            atomic::{Atomic, AtomicFlag, Relaxed},
            Arc, //
        },
        time::{delay::fsleep, Delta, Instant, Monotonic}, //
    };

    /// What is seen from outside.
    struct Seen {
        begun: Atomic<usize>,
        ended: Atomic<usize>,
        dropped: AtomicFlag,
    }

    impl Seen {
        fn ended(&self) -> usize {
            self.ended.load(Relaxed)
        }
    }

    /// What a queue works on.
    struct Worker {
        seen: Arc<Seen>,
        /// How long a kick takes.
        takes: Delta,
        /// How often it comes again on its own, and when.
        again: usize,
        after: Delta,
        /// What functions leave here.
        order: KVec<usize>,
    }

    impl Worker {
        fn new() -> Result<(Self, Arc<Seen>)> {
            let seen = Seen {
                begun: Atomic::new(0),
                ended: Atomic::new(0),
                dropped: AtomicFlag::new(false),
            };
            let seen = Arc::new(seen, GFP_KERNEL)?;
            let worker = Self {
                seen: seen.clone(),
                takes: Delta::ZERO,
                again: 0,
                after: Delta::ZERO,
                order: KVec::new(),
            };
            Ok((worker, seen))
        }
    }

    impl Kicked for Worker {
        fn kicked(&mut self) -> Option<Delta> {
            self.seen.begun.fetch_add(1usize, Relaxed);
            fsleep(self.takes);
            self.seen.ended.fetch_add(1usize, Relaxed);
            self.again = self.again.checked_sub(1)?;
            Some(self.after)
        }
    }

    impl Drop for Worker {
        fn drop(&mut self) {
            self.seen.dropped.store(true, Relaxed);
        }
    }

    fn queue(worker: Worker) -> Result<Queue<Worker>> {
        Queue::new(c"auxcore_test", worker)
    }

    #[test]
    fn functions_run_in_their_order_and_return_what_they_return() -> Result {
        let queue = queue(Worker::new()?.0)?;
        for i in 0..10 {
            queue.run(|worker| worker.order.push(i, GFP_KERNEL))??;
        }
        assert_eq!(queue.run(|worker| worker.order.len())?, 10);
        assert!(queue.run(|worker| worker.order.iter().copied().eq(0..10))?);
        Ok(())
    }

    #[test]
    fn a_function_of_the_queue_may_not_wait_for_it() -> Result {
        let queue = queue(Worker::new()?.0)?;
        assert!(!queue.runs_here());
        assert!(queue.run(|_| queue.runs_here())?);
        assert_eq!(queue.run(|_| queue.run(|_| ()))?, Err(EDEADLK));
        assert!(!queue.runs_here());
        Ok(())
    }

    #[test]
    fn a_function_of_one_queue_may_wait_for_another() -> Result {
        let (one, other) = (queue(Worker::new()?.0)?, queue(Worker::new()?.0)?);
        assert_eq!(one.run(|_| other.run(|_| 7))?, Ok(7));
        Ok(())
    }

    #[test]
    fn kicks_that_have_not_started_are_one() -> Result {
        let (worker, seen) = Worker::new()?;
        let queue = queue(worker)?;
        queue.run(|_| {
            for _ in 0..5 {
                queue.kick();
            }
        })?;
        queue.run(|_| ())?;
        assert_eq!(seen.ended(), 1);
        Ok(())
    }

    #[test]
    fn a_kick_that_is_put_off_stays_put_off_until_one_comes_that_is_not() -> Result {
        let (worker, seen) = Worker::new()?;
        let queue = queue(worker)?;
        queue.kick_after(Delta::from_secs(600));
        queue.kick_after(Delta::ZERO);
        queue.run(|_| ())?;
        assert_eq!(seen.ended(), 0);
        queue.kick();
        assert!(within_seconds(20, || seen.ended() == 1));
        // That was it.
        fsleep(Delta::from_millis(50));
        assert_eq!(seen.ended(), 1);
        Ok(())
    }

    #[test]
    fn a_kick_is_put_off_for_as_long_as_it_says() -> Result {
        let (worker, seen) = Worker::new()?;
        let queue = queue(worker)?;
        let begin = Instant::<Monotonic>::now();
        queue.kick_after(Delta::from_millis(100));
        assert!(within_seconds(20, || seen.ended() == 1));
        assert!(begin.elapsed() >= Delta::from_millis(100));
        Ok(())
    }

    #[test]
    fn a_kick_comes_again_as_often_as_it_asks_for() -> Result {
        let (mut worker, seen) = Worker::new()?;
        (worker.again, worker.after) = (3, Delta::from_millis(5));
        let queue = queue(worker)?;
        queue.kick();
        assert!(within_seconds(20, || seen.ended() == 4));
        fsleep(Delta::from_millis(50));
        assert_eq!(seen.ended(), 4);
        Ok(())
    }

    #[test]
    fn the_end_of_a_queue_waits_for_a_kick_that_runs() -> Result {
        let (mut worker, seen) = Worker::new()?;
        worker.takes = Delta::from_millis(100);
        let queue = queue(worker)?;
        queue.kick();
        assert!(within_seconds(20, || seen.begun.load(Relaxed) == 1));
        drop(queue);
        assert_eq!(seen.ended(), 1);
        assert!(seen.dropped.load(Relaxed));
        Ok(())
    }

    #[test]
    fn the_end_of_a_queue_cancels_kicks_that_have_not_started() -> Result {
        let (mut worker, seen) = Worker::new()?;
        // It asks for another run, which does not come either.
        (worker.again, worker.takes) = (1, Delta::from_millis(20));
        let queue = queue(worker)?;
        queue.kick_after(Delta::from_secs(600));
        let begin = Instant::<Monotonic>::now();
        drop(queue);
        assert!(begin.elapsed() < Delta::from_secs(60));
        assert_eq!(seen.ended(), 0);
        assert!(seen.dropped.load(Relaxed));
        Ok(())
    }
}
