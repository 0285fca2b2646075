// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! A part of the function, with a core device of its own.

use auxbus::{Kind, Name};
use auxcore::{
    class::Class,
    function::Function,
    handle::Handle,
    nested::NestedVendor,
    vendor::{ChildClass, Vendor}, //
};
use kernel::{
    auxiliary,
    io::Io,
    prelude::*,
    sync::Arc, //
};

use crate::whole::PART;

static PORT: Name = Name::new(c"auxcore_test_parts", c"port");
static FWCTL: Name = auxcore::class::fwctl::NAME;

kernel::auxiliary_device_table!(NAMES, (), [(PART.device_id(), ())]);

/// The vendor.
pub(crate) enum Small {}

impl NestedVendor for Small {
    const NAMES: auxiliary::IdTable<()> = &NAMES;
}

impl Vendor for Small {
    const CHILDREN: &'static [ChildClass<Self>] = &[
        ChildClass {
            class: Class::Other("port"),
            kind: Kind::one(&PORT),
            wanted: |_, _| true,
            create: |handle, _, place| place.datapath(handle.feed()?),
        },
        ChildClass {
            class: Class::Fwctl,
            kind: Kind::one(&FWCTL),
            wanted: |_, _| true,
            // Never called, or the log has an error.
            create: |_, _, _| Err(EINVAL),
        },
    ];

    type Core<'bound> = Handle<'bound>;

    fn bring_up<'bound>(
        function: Arc<dyn Function<'bound> + 'bound>,
        handle: Handle<'bound>,
    ) -> Result<Arc<Self::Core<'bound>>> {
        dev_info!(
            function.device(),
            "{} bytes of window, {} vectors, DMA by {}\n",
            function.window().size(),
            function.vectors(),
            function.dma().name()
        );
        Ok(Arc::new(handle, GFP_KERNEL)?)
    }

    fn tear_down(_core: &Self::Core<'_>) -> Result {
        Ok(())
    }
}
