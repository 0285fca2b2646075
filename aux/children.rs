// SPDX-License-Identifier: GPL-2.0

//! The children of one function.

#![forbid(unsafe_code)]

use crate::{
    consumer::Contract,
    ffi::Child,
    id::Id,
    name::Name,
    queue::{
        Kicked,
        Queue, //
    },
    reconcile::{
        bit,
        mask,
        plan,
        Step, //
    },
};

use kernel::{
    device::{
        Bound,
        Device, //
    },
    prelude::*,
    sync::atomic::{
        Acquire,
        Atomic,
        Release, //
    },
    time::Delta,
    types::ForLt, //
};

/// The children of one core function, and the only owner of every one of them.
///
/// The table of names says which children there may be; a set of children is a bitmap, bit `i`
/// standing for name `i`. Dropping the value removes all children, in reverse table order, and then
/// gives the function's id back.
///
/// The registration data of a child may borrow for `'a`. All of it is dropped when this value is.
#[pin_data(PinnedDrop)]
pub struct Children<'a> {
    parent: &'a Device<Bound>,
    names: &'static [&'static Name],
    /// The children there are. Written on the queue only, for readers anywhere.
    existing: Atomic<u64>,
    // Before `id`: the queue owns the children, whose names end in the id.
    queue: Queue<Places<'a>>,
    id: Id,
}

impl<'a> Children<'a> {
    /// Creates an owner without children. The public constructor, which is unsafe, is in `ffi.rs`.
    pub(crate) fn empty(
        parent: &'a Device<Bound>,
        id: Id,
        names: &'static [&'static Name],
    ) -> impl PinInit<Self, Error> + 'a {
        pin_init::pin_init_scope(move || {
            if names.len() > 64 {
                return Err(EINVAL);
            }

            let mut places = KVec::with_capacity(names.len(), GFP_KERNEL)?;
            for _ in names {
                places.push(None, GFP_KERNEL)?;
            }

            Ok(try_pin_init!(Self {
                parent,
                names,
                existing: Atomic::new(0),
                queue: Queue::with(c"auxbus", Places(places))?,
                id,
            }))
        })
    }

    /// Returns the children there are.
    ///
    /// While a reconcile runs this is a set on its way.
    fn existing(&self) -> u64 {
        // ORDERING: Pairs with the store in `set_existing()`: a child is seen after it was added.
        self.existing.load(Acquire)
    }

    /// Makes the children that exist equal to the `wanted` ones.
    ///
    /// Removes in reverse table order what is not wanted, then adds in table order what is missing:
    /// `create(i, slot)` fills the place of name `i`. Consumers are unbound and bound on the way. A
    /// child that is wanted and exists is not touched.
    ///
    /// All of it happens on the children's own ordered work context; the caller sleeps until it is
    /// done, and must not hold a lock that a consumer or `create` takes. `create` must not touch
    /// the children.
    ///
    /// # Errors
    ///
    /// When a child cannot be created, the others are still dealt with, and the first error is
    /// returned:
    ///
    /// - `EINVAL`: `wanted` has a bit without a name (nothing was done), or `create` left its place
    ///   empty without an error.
    /// - `EDEADLK`: called from `create` or from a consumer's callback during a reconcile (nothing
    ///   was done).
    /// - any error of `create` or of the bus.
    pub fn reconcile(
        &self,
        wanted: u64,
        create: &(dyn Fn(usize, Slot<'_, 'a>) -> Result + Sync),
    ) -> Result {
        if wanted & !mask(self.names.len()) != 0 {
            return Err(EINVAL);
        }

        self.queue
            .run(|places| self.apply(&mut places.0, wanted, create))?
    }

    /// Takes the steps to the wanted set, on the queue.
    fn apply(
        &self,
        places: &mut [Option<Child<'a>>],
        wanted: u64,
        create: &(dyn Fn(usize, Slot<'_, 'a>) -> Result + Sync),
    ) -> Result {
        let mut outcome = Ok(());

        for step in plan(self.existing(), wanted) {
            match step {
                Step::Remove(i) => {
                    if let Some(place) = places.get_mut(i) {
                        *place = None;
                    }
                    self.set_existing(self.existing() & !bit(i));
                }
                Step::Add(i) => {
                    let ret = match (places.get_mut(i), self.names.get(i)) {
                        (Some(place), Some(name)) => self.add(i, place, name, create),
                        _ => Err(EINVAL),
                    };
                    match ret {
                        Ok(()) => self.set_existing(self.existing() | bit(i)),
                        Err(_) => outcome = outcome.and(ret),
                    }
                }
            }
        }

        outcome
    }

    /// Adds one child and says so when it cannot.
    fn add(
        &self,
        i: usize,
        place: &mut Option<Child<'a>>,
        name: &'static Name,
        create: &(dyn Fn(usize, Slot<'_, 'a>) -> Result + Sync),
    ) -> Result {
        let slot = Slot {
            place: &mut *place,
            parent: self.parent,
            name,
            id: self.id.get(),
        };

        let ret = create(i, slot).and(if place.is_some() { Ok(()) } else { Err(EINVAL) });
        if let Err(error) = ret {
            // A child that was added before its creation failed must not stay behind.
            *place = None;
            dev_err!(
                self.parent,
                "cannot create child {}: {:?}\n",
                name.class(),
                error
            );
        }
        ret
    }

    /// Removes all children; what dropping the owner does.
    pub(crate) fn remove_all(&self) {
        // Nothing is wanted, so nothing is created. No function of the queue calls this: it would
        // be borrowing the owner.
        let ret = self.reconcile(0, &|_, _| Err(EINVAL));
        if let Err(error) = ret {
            dev_err!(self.parent, "cannot remove children: {:?}\n", error);
        }
    }

    /// Publishes the set of children.
    fn set_existing(&self, existing: u64) {
        // ORDERING: Pairs with the load in `existing()`.
        self.existing.store(existing, Release);
    }
}

/// The places of the children, on the queue.
struct Places<'a>(KVec<Option<Child<'a>>>);

impl Kicked for Places<'_> {
    fn kicked(&mut self) -> Option<Delta> {
        // Nobody kicks: the owner has no table yet that a reconcile could go by.
        None
    }
}

/// The empty place of one child, and the only way to register one.
pub struct Slot<'s, 'a> {
    place: &'s mut Option<Child<'a>>,
    parent: &'a Device<Bound>,
    name: &'static Name,
    id: u32,
}

impl<'a> Slot<'_, 'a> {
    /// Registers the child with its registration data.
    ///
    /// The bus may bind a consumer before this returns. May sleep.
    ///
    /// # Errors
    ///
    /// - `ENOMEM`: out of memory.
    /// - `EEXIST`: there is a device of this name already.
    /// - any error of `data` or of the bus.
    pub fn fill<C: Contract>(self, data: impl PinInit<<C::Data as ForLt>::Of<'a>, Error>) -> Result
    where
        for<'b> <C::Data as ForLt>::Of<'b>: Send + Sync,
    {
        *self.place = Some(Child::new::<C::Data>(
            self.parent,
            self.name,
            self.id,
            data,
        )?);
        Ok(())
    }
}
