// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Parts: subfunctions with firmware of their own.

use auxbus::{Kind, Name};
use auxcore::{
    deadline::Deadline,
    function::Function,
    handle::Handle,
    health::{Limit, Verdict},
    nested::{Grant, NestedVendor},
    vendor::{ChildClass, Vendor}, //
};
use kernel::{auxiliary, prelude::*, sync::Arc, time::Delta};

use crate::{
    device::NullDevice,
    vendor::{self, Null}, //
};

/// The name of every part.
pub(crate) static PART: Name = Name::new(c"auxcore_null", c"part");

kernel::auxiliary_device_table!(NAMES, (), [(PART.device_id(), ())]);

/// The vendor of parts.
pub(crate) enum NullPart {}

impl NestedVendor for NullPart {
    const NAMES: auxiliary::IdTable<()> = &NAMES;
}

impl Vendor for NullPart {
    const CHILDREN: &'static [ChildClass<Self>] = &[ChildClass {
        class: vendor::ORDERS_CLASS,
        kind: Kind::one(&vendor::ORDERS_NAME),
        wanted: |_, _| true,
        create: |device, _, place| vendor::create_orders(device, place),
    }];
    const POLL: Delta = Null::POLL;
    const RECOVERIES: Limit = Null::RECOVERIES;

    type Core<'bound> = NullDevice<'bound>;

    fn bring_up<'bound>(
        function: Arc<dyn Function<'bound> + 'bound>,
        handle: Handle<'bound>,
    ) -> Result<Arc<NullDevice<'bound>>> {
        NullDevice::bring_up(function, handle)
    }

    fn tear_down(device: &NullDevice<'_>) -> Result {
        device.tear_down()
    }

    fn health(device: &NullDevice<'_>) -> Verdict {
        device.health()
    }

    fn reset(_function: &dyn Function<'_>, _abandoned: &dyn Fn() -> bool) -> Result {
        Ok(())
    }
}

/// What the function does for a part: nothing, since nothing has to be done.
pub(crate) struct NullGrant;

impl Grant for NullGrant {
    fn exec(&self, _command: &[u8], _reply: &mut [u8], _deadline: Deadline) -> Result {
        Err(EOPNOTSUPP)
    }

    fn activate(&self) {}

    fn quiesce(&self) {}

    fn reset(&self) -> Result {
        Ok(())
    }
}
