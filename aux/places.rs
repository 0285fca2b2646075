// SPDX-License-Identifier: GPL-2.0

//! The places of a table of children: what the children's queue owns.

#![forbid(unsafe_code)]

use crate::{
    children::{
        Kind,
        Table, //
    },
    ffi::Child,
    id::Id,
    name::Name,
    queue::Kicked,
    reconcile::{
        Plan,
        State,
        Step, //
    },
    slot::Slot, //
};

use kernel::{
    device::{
        Bound,
        Device, //
    },
    prelude::*,
    sync::Arc,
    time::Delta, //
};

/// The place of one child.
struct Place<'a> {
    name: &'static Name,
    row: usize,
    instance: usize,
    /// Whether the child has an id of its own.
    own_id: bool,
    /// That it cannot be created was logged, and it has not been created since.
    failing: bool,
    child: Option<Child<'a>>,
}

/// Pause before children that could not be created for want of memory are tried again.
const RETRY: Delta = Delta::from_secs(1);

/// All places of a table.
pub(crate) struct Places<'a> {
    parent: &'a Device<Bound>,
    table: Arc<dyn Table<'a> + 'a>,
    /// Nothing is wanted any more.
    closed: bool,
    /// The last reconcile could not create a child for want of memory.
    starved: bool,
    places: KVec<Place<'a>>,
    /// One for each place.
    states: KVec<State>,
    // After `places`: the children's names end in the id.
    id: Id,
}

impl<'a> Places<'a> {
    /// Creates a table without places.
    pub(crate) fn new(parent: &'a Device<Bound>, id: Id, table: Arc<dyn Table<'a> + 'a>) -> Self {
        Self {
            parent,
            table,
            closed: false,
            starved: false,
            places: KVec::new(),
            states: KVec::new(),
            id,
        }
    }

    /// Returns the number of places.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// Adds the place of one instance of a kind.
    pub(crate) fn push(&mut self, kind: Kind, row: usize, instance: usize) -> Result {
        let place = Place {
            name: kind.name,
            row,
            instance,
            own_id: kind.own_ids,
            failing: false,
            child: None,
        };
        self.places.push(place, GFP_KERNEL)?;
        self.states.push(State::default(), GFP_KERNEL)?;
        Ok(())
    }

    /// Makes the children that exist those that the table wants, unless closed: then none.
    pub(crate) fn reconcile(&mut self) -> Result {
        for (place, state) in self.places.iter().zip(self.states.iter_mut()) {
            state.wanted = !self.closed && self.table.wanted(place.row, place.instance);
        }

        let mut outcome = Ok(());
        self.starved = false;
        let mut plan = Plan::new(self.states.len());
        while let Some(step) = plan.next(&self.states) {
            match step {
                Step::Remove(i) => {
                    if let Some(place) = self.places.get_mut(i) {
                        place.child = None;
                    }
                }
                Step::Add(i) => {
                    let added = self.add(i);
                    self.starved |= added == Err(ENOMEM);
                    outcome = outcome.and(added);
                }
            }
            let (Step::Remove(i) | Step::Add(i)) = step;
            if let (Some(place), Some(state)) = (self.places.get(i), self.states.get_mut(i)) {
                state.exists = place.child.is_some();
            }
        }
        outcome
    }

    /// Returns when to reconcile again on its own: soon when memory was short, else never.
    pub(crate) fn retry(&self) -> Option<Delta> {
        self.starved.then_some(RETRY)
    }

    /// Removes all children for good.
    pub(crate) fn close(&mut self) {
        self.closed = true;
        // Nothing is wanted, so nothing is created that could fail.
        let _ = self.reconcile();
    }

    /// Adds one child and says so when it cannot, once until it can.
    fn add(&mut self, i: usize) -> Result {
        let place = self.places.get_mut(i).ok_or(EINVAL)?;
        let (name, row, instance) = (place.name, place.row, place.instance);

        let shared = (!place.own_id).then(|| self.id.get());
        let slot = Slot::new(&mut place.child, self.parent, name, shared);
        let ret = self.table.create(row, instance, slot);
        let ret = ret.and(if place.child.is_some() {
            Ok(())
        } else {
            Err(EINVAL)
        });

        if let Err(error) = ret {
            // A child that was added before its creation failed must not stay behind.
            place.child = None;
            if !place.failing {
                dev_err!(
                    self.parent,
                    "cannot create child {} {}: {:?}\n",
                    name.class(),
                    instance,
                    error
                );
            }
        }
        place.failing = ret.is_err();
        ret
    }
}

impl Kicked for Places<'_> {
    fn kicked(&mut self) -> Option<Delta> {
        // Errors were logged, and there is nobody to tell.
        let _ = self.reconcile();
        self.retry()
    }
}
