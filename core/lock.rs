// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Locks whose code may be in several modules: in generic types, and in initialisers, which are
//! compiled where they are used.
//!
//! Such a lock has one class over all modules, since the key of a class is a static of this crate.
//! But the name that the kernel crate's macros give it is a constant, of which each module has a
//! copy, and lockdep reports a class that comes with two names. These macros take the place of
//! those; the name that they give is a static, too.

/// Returns the place where it stands as the name of a lock's class.
macro_rules! class_name {
    () => {{
        static NAME: &::kernel::str::CStr =
            ::kernel::c_str!(::core::concat!(::core::file!(), ":", ::core::line!()));
        NAME
    }};
}
pub(crate) use class_name;

/// As [`kernel::new_mutex!`].
macro_rules! new_mutex {
    ($inner:expr) => {
        ::kernel::sync::Mutex::new(
            $inner,
            $crate::lock::class_name!(),
            ::kernel::static_lock_class!(),
        )
    };
}
pub(crate) use new_mutex;

/// As [`kernel::new_spinlock_irq!`].
macro_rules! new_spinlock_irq {
    ($inner:expr) => {
        ::kernel::sync::SpinLockIrq::new(
            $inner,
            $crate::lock::class_name!(),
            ::kernel::static_lock_class!(),
        )
    };
}
pub(crate) use new_spinlock_irq;

/// As [`kernel::new_condvar!`].
macro_rules! new_condvar {
    () => {
        ::kernel::sync::CondVar::new($crate::lock::class_name!(), ::kernel::static_lock_class!())
    };
}
pub(crate) use new_condvar;
