// SPDX-License-Identifier: GPL-2.0

//! The C side of the queue: a workqueue.

use crate::queue::{
    Kicked,
    Queue, //
};

use core::{
    cell::UnsafeCell,
    ptr::NonNull, //
};

use kernel::{
    bindings,
    container_of,
    current,
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        LockClassKey, //
    },
    time::{
        msecs_to_jiffies,
        Delta, //
    },
    types::Opaque, //
};

impl<T: Kicked> Queue<T> {
    /// Creates a queue that owns a value which borrows; otherwise as [`Queue::new`].
    ///
    /// # Errors
    ///
    /// - `ENOMEM`: out of memory.
    ///
    /// # Safety
    ///
    /// The queue must be dropped before anything ends that `value` borrows; in particular it must
    /// not be forgotten, nor dropped by a function that runs on it.
    pub unsafe fn new_scoped(name: &CStr, value: T) -> Result<Self> {
        Self::with(name, value)
    }
}

/// What a queue shares with its thread.
///
/// # Invariants
///
/// `wq` is an ordered workqueue on which only `kick` and the work of [`Call`]s run. Only they use
/// `value`.
#[pin_data]
struct Shared<T> {
    #[pin]
    kick: Opaque<bindings::delayed_work>,
    wq: NonNull<bindings::workqueue_struct>,
    /// Own classes for each queue: a function of one queue may wait for a function of another.
    #[pin]
    work_class: LockClassKey,
    /// Name of `work_class`: one pointer, for one class has one name.
    work_name: &'static CStr,
    #[pin]
    timer_class: LockClassKey,
    /// Address of the task that runs a function now, zero if there is none.
    runner: Atomic<usize>,
    value: UnsafeCell<T>,
}

/// Returns the address of the current task, which is not reused while the task runs.
fn this_task() -> usize {
    current!().as_ptr().addr()
}

/// Returns a delay in jiffies, rounded up.
fn jiffies(delay: Delta) -> c_ulong {
    msecs_to_jiffies(u32::try_from(delay.as_millis_ceil().max(0)).unwrap_or(u32::MAX))
}

impl<T> Shared<T> {
    /// Runs a function with the value.
    ///
    /// # Safety
    ///
    /// The caller runs on the queue.
    unsafe fn serve<R>(&self, function: impl FnOnce(&mut T) -> R) -> R {
        self.runner.store(this_task(), Relaxed);
        // SAFETY: The value is used by functions of the queue only, of which one runs at a time.
        let ret = function(unsafe { &mut *self.value.get() });
        self.runner.store(0, Relaxed);
        ret
    }
}

impl<T: Kicked> Shared<T> {
    /// Runs a kick on the queue's thread.
    ///
    /// # Safety
    ///
    /// `work` must be in the `kick` of a value that is valid until this function has returned.
    unsafe extern "C" fn kicked(work: *mut bindings::work_struct) {
        // SAFETY: By the safety requirements `work` is in a delayed work, in a `Shared`.
        let shared = unsafe {
            let kick = container_of!(work, bindings::delayed_work, work);
            &*container_of!(Opaque::cast_from(kick), Self, kick)
        };

        // SAFETY: This is work of the queue.
        let again = unsafe { shared.serve(T::kicked) };
        if let Some(delay) = again {
            shared.queue_kick(delay, false);
        }
    }

    /// Queues the kick; one that is queued already moves if `replace` says so.
    fn queue_kick(&self, delay: Delta, replace: bool) {
        // CAST: A small constant.
        let cpu = bindings::wq_misc_consts_WORK_CPU_UNBOUND as c_int;
        let (wq, kick) = (self.wq.as_ptr(), self.kick.get());

        // SAFETY: Both are initialised and stay until the work is disabled for good. The functions
        // may be called from any context.
        unsafe {
            if replace {
                bindings::mod_delayed_work_on(cpu, wq, kick, jiffies(delay));
            } else {
                bindings::queue_delayed_work_on(cpu, wq, kick, jiffies(delay));
            }
        }
    }
}

/// An ordered workqueue that owns a value.
pub(crate) struct Ordered<T>(NonNull<Shared<T>>);

// SAFETY: A workqueue may be destroyed from any thread, and the value is `Send`.
unsafe impl<T: Send> Send for Ordered<T> {}

// SAFETY: Many threads may queue work, and the value is used on the queue's thread only.
unsafe impl<T: Send> Sync for Ordered<T> {}

/// One call, on the caller's stack.
#[repr(C)]
struct Call<'q, T, R, F> {
    work: bindings::work_struct,
    shared: &'q Shared<T>,
    function: Option<F>,
    ret: Option<R>,
}

impl<T, R, F: FnOnce(&mut T) -> R> Call<'_, T, R, F> {
    /// Runs the call on the queue's thread.
    ///
    /// # Safety
    ///
    /// `work` must be the work of a call that nobody else uses until this function has returned.
    unsafe extern "C" fn run(work: *mut bindings::work_struct) {
        // CAST: `work` is the first field.
        let call = work.cast::<Self>();

        // SAFETY: By the safety requirements the call is valid and not used by anyone else.
        let call = unsafe { &mut *call };

        if let Some(function) = call.function.take() {
            // SAFETY: This is work of the queue.
            call.ret = Some(unsafe { call.shared.serve(function) });
        }
    }
}

impl<T: Kicked> Ordered<T> {
    /// Creates a queue that owns `value`.
    pub(crate) fn new(name: &CStr, value: T) -> Result<Self> {
        // SAFETY: The format takes one string, and `name` is one.
        let wq = NonNull::new(unsafe {
            bindings::alloc_workqueue_noprof(
                c"%s".as_char_ptr(),
                bindings::wq_flags_WQ_UNBOUND | bindings::wq_flags___WQ_ORDERED,
                1,
                name.as_char_ptr(),
            )
        })
        .ok_or(ENOMEM)?;

        // INVARIANT: The workqueue is new, ordered, and known to this value only.
        let shared = KBox::pin_init(
            try_pin_init!(Shared {
                kick <- Opaque::ffi_init(|_| ()),
                wq,
                work_class <- LockClassKey::new_dynamic(),
                work_name: c"auxbus::Queue",
                timer_class <- LockClassKey::new_dynamic(),
                runner: Atomic::new(0),
                value: UnsafeCell::new(value),
            }? Error),
            GFP_KERNEL,
        )
        .inspect_err(|_| {
            // SAFETY: The workqueue is ours, and nothing was queued on it.
            unsafe { bindings::destroy_workqueue(wq.as_ptr()) }
        })?;

        // SAFETY: The work and its timer are in memory that stays where it is until the work is
        // disabled, and so are the classes. `kicked` is for the work of a `Shared`.
        unsafe {
            let kick = shared.kick.get();
            bindings::init_work_with_key(
                &raw mut (*kick).work,
                Some(Shared::<T>::kicked),
                false,
                shared.work_name.as_char_ptr(),
                shared.work_class.as_ptr(),
            );
            bindings::timer_init_key(
                &raw mut (*kick).timer,
                Some(bindings::delayed_work_timer_fn),
                bindings::TIMER_IRQSAFE,
                c"auxbus::Queue::kick_after".as_char_ptr(),
                shared.timer_class.as_ptr(),
            );
        }

        // SAFETY: The value is not moved out of its box.
        let shared = KBox::into_raw(unsafe { Pin::into_inner_unchecked(shared) });
        // SAFETY: A box's pointer is not null.
        Ok(Self(unsafe { NonNull::new_unchecked(shared) }))
    }

    /// Runs a function on the queue and waits for it.
    pub(crate) fn call<R: Send, F: FnOnce(&mut T) -> R + Send>(&self, function: F) -> Result<R> {
        let mut call = Call {
            work: bindings::work_struct::default(),
            shared: self.shared(),
            function: Some(function),
            ret: None,
        };
        let call: *mut Call<'_, T, R, F> = &mut call;

        // SAFETY: The call is on this stack frame, which stays until the work has run. It is used
        // through `call` only: here before it is queued, by the queue's thread, and here again
        // after the wait. Function and return value may change threads, and both outlive the call.
        unsafe {
            let work = &raw mut (*call).work;
            bindings::init_work_with_key(
                work,
                Some(Call::<T, R, F>::run),
                true,
                (*call).shared.work_name.as_char_ptr(),
                (*call).shared.work_class.as_ptr(),
            );
            bindings::queue_work_on(
                // CAST: A small constant.
                bindings::wq_misc_consts_WORK_CPU_UNBOUND as c_int,
                (*call).shared.wq.as_ptr(),
                work,
            );
            bindings::flush_work(work);
            #[cfg(CONFIG_DEBUG_OBJECTS_WORK)]
            bindings::destroy_work_on_stack(work);

            // The workqueue is not being destroyed, so the work has run.
            (*call).ret.take().ok_or(ESHUTDOWN)
        }
    }

    /// Queues a kick; one that is queued already moves if `replace` says so.
    pub(crate) fn kick(&self, delay: Delta, replace: bool) {
        self.shared().queue_kick(delay, replace);
    }
}

impl<T> Ordered<T> {
    /// Returns what the queue shares with its thread.
    fn shared(&self) -> &Shared<T> {
        // SAFETY: The value is valid until `self` is dropped.
        unsafe { self.0.as_ref() }
    }

    /// Returns whether the caller is a function that runs on the queue.
    pub(crate) fn runs_here(&self) -> bool {
        // ORDERING: Only the task itself ever stores its own address, so it cannot read it by
        // mistake.
        self.shared().runner.load(Relaxed) == this_task()
    }
}

impl<T> Drop for Ordered<T> {
    fn drop(&mut self) {
        let (wq, kick) = (self.shared().wq.as_ptr(), self.shared().kick.get());

        if self.runs_here() {
            pr_err!("a queue was dropped by its own work; its value leaks\n");
            // SAFETY: The work is initialised, and stays so: nothing is freed.
            unsafe { bindings::disable_delayed_work(kick) };
            return;
        }

        // SAFETY: The work is initialised and the workqueue is ours. No call is on it: its caller
        // would be borrowing `self`. Once no kick is on it either, nobody uses what is shared, which
        // comes from the box in `new()`.
        unsafe {
            bindings::disable_delayed_work_sync(kick);
            bindings::destroy_workqueue(wq);
            drop(KBox::from_raw(self.0.as_ptr()));
        }
    }
}
