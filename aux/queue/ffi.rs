// SPDX-License-Identifier: GPL-2.0

//! The C side of the queue: a workqueue.

use core::{
    cell::UnsafeCell,
    ptr::NonNull, //
};

use kernel::{
    bindings,
    prelude::*,
    sync::LockClassKey, //
};

/// An ordered workqueue that owns a value.
///
/// # Invariants
///
/// `wq` is an ordered workqueue on which only functions of [`Ordered::call`] run. Only they use
/// `value`.
#[pin_data(PinnedDrop)]
pub(crate) struct Ordered<T> {
    wq: NonNull<bindings::workqueue_struct>,
    /// Own class for each queue: a function of one queue may wait for a function of another.
    #[pin]
    class: LockClassKey,
    value: UnsafeCell<T>,
}

// SAFETY: A workqueue may be destroyed from any thread, and the value is `Send`.
unsafe impl<T: Send> Send for Ordered<T> {}

// SAFETY: Many threads may queue work, and the value is used on the queue's thread only.
unsafe impl<T: Send> Sync for Ordered<T> {}

/// One call, on the caller's stack.
#[repr(C)]
struct Call<T, R, F> {
    work: bindings::work_struct,
    value: *mut T,
    function: Option<F>,
    ret: Option<R>,
}

impl<T, R, F: FnOnce(&mut T) -> R> Call<T, R, F> {
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
            // SAFETY: The value is used by functions of the queue only, of which one runs at a
            // time.
            call.ret = Some(function(unsafe { &mut *call.value }));
        }
    }
}

impl<T: Send> Ordered<T> {
    /// Creates a queue that owns `value`.
    pub(crate) fn new<'a>(name: &'a CStr, value: T) -> impl PinInit<Self, Error> + 'a
    where
        T: 'a,
    {
        try_pin_init!(Self {
            // INVARIANT: The queue is new, ordered, and known to this value only.
            // SAFETY: The format takes one string, and `name` is one.
            wq: NonNull::new(unsafe {
                bindings::alloc_workqueue_noprof(
                    c"%s".as_char_ptr(),
                    bindings::wq_flags_WQ_UNBOUND | bindings::wq_flags___WQ_ORDERED,
                    1,
                    name.as_char_ptr(),
                )
            }).ok_or(ENOMEM)?,
            class <- LockClassKey::new_dynamic(),
            value: UnsafeCell::new(value),
        })
    }

    /// Runs a function on the queue and waits for it.
    pub(crate) fn call<R: Send, F: FnOnce(&mut T) -> R + Send>(&self, function: F) -> Result<R> {
        let mut call = Call {
            work: bindings::work_struct::default(),
            value: self.value.get(),
            function: Some(function),
            ret: None,
        };
        let call: *mut Call<T, R, F> = &mut call;

        // SAFETY: The call is on this stack frame, which stays until the work has run. It is used
        // through `call` only: here before it is queued, by the queue's thread, and here again
        // after the wait. Function and return value may change threads, and both outlive the call.
        unsafe {
            let work = &raw mut (*call).work;
            bindings::init_work_with_key(
                work,
                Some(Call::<T, R, F>::run),
                true,
                c"auxbus::Queue".as_char_ptr(),
                self.class.as_ptr(),
            );
            bindings::queue_work_on(
                // CAST: A small constant.
                bindings::wq_misc_consts_WORK_CPU_UNBOUND as c_int,
                self.wq.as_ptr(),
                work,
            );
            bindings::flush_work(work);
            #[cfg(CONFIG_DEBUG_OBJECTS_WORK)]
            bindings::destroy_work_on_stack(work);

            // A queue that is being destroyed takes no work.
            (*call).ret.take().ok_or(ESHUTDOWN)
        }
    }
}

#[pinned_drop]
impl<T> PinnedDrop for Ordered<T> {
    fn drop(self: Pin<&mut Self>) {
        // SAFETY: The queue is ours, and no function is on it: its caller would be borrowing
        // `self`.
        unsafe { bindings::destroy_workqueue(self.wq.as_ptr()) };
    }
}
