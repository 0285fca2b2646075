./core/libauxcore.rmeta: /cache/source-aa14f5335398/linux/.clippy.toml core/auxcore.rs core/channel.rs core/channel/account.rs core/channel/finish.rs core/channel/wait.rs core/class.rs core/class/datapath.rs core/class/fwctl.rs core/client.rs core/deadline.rs core/debugfs.rs core/device.rs core/device/bus.rs core/dma.rs core/events.rs core/events/pending.rs core/exposure.rs core/ffi.rs core/debugfs/ffi.rs core/nested/ffi.rs core/pci/ffi.rs core/peer/ffi.rs core/sysfs/ffi.rs core/textfile/ffi.rs core/trace/ffi.rs core/pci/vectors/ffi.rs core/function.rs core/generation.rs core/handle.rs core/health.rs core/journal.rs core/journal/line.rs core/journal/window.rs core/nested.rs core/nested/function.rs core/objects.rs core/owner.rs core/pci.rs core/pci/function.rs core/peer.rs core/place.rs core/policy.rs core/recovery.rs core/ring.rs core/slots.rs core/stats.rs core/text.rs core/textfile.rs core/ticket.rs core/vendor.rs core/who.rs Cargo.toml /cache/kernel-default-bc2b213cc251/build/rust/libcore.rmeta /cache/kernel-default-bc2b213cc251/build/rust/libcompiler_builtins.rmeta /cache/kernel-default-bc2b213cc251/build/rust/libkernel.rmeta /cache/kernel-default-bc2b213cc251/build/rust/libffi.rmeta /cache/kernel-default-bc2b213cc251/build/rust/libpin_init.rmeta /cache/kernel-default-bc2b213cc251/build/rust/libpin_init_internal.so /cache/kernel-default-bc2b213cc251/build/rust/libmacros.so /cache/kernel-default-bc2b213cc251/build/rust/libbuild_error.rmeta /cache/kernel-default-bc2b213cc251/build/rust/libzerocopy.rmeta /cache/kernel-default-bc2b213cc251/build/rust/libbindings.rmeta /cache/kernel-default-bc2b213cc251/build/rust/libzerocopy_derive.so /cache/kernel-default-bc2b213cc251/build/rust/libuapi.rmeta /src/aux/libauxbus.rmeta

core/auxcore.o: /cache/source-aa14f5335398/linux/.clippy.toml core/auxcore.rs core/channel.rs core/channel/account.rs core/channel/finish.rs core/channel/wait.rs core/class.rs core/class/datapath.rs core/class/fwctl.rs core/client.rs core/deadline.rs core/debugfs.rs core/device.rs core/device/bus.rs core/dma.rs core/events.rs core/events/pending.rs core/exposure.rs core/ffi.rs core/debugfs/ffi.rs core/nested/ffi.rs core/pci/ffi.rs core/peer/ffi.rs core/sysfs/ffi.rs core/textfile/ffi.rs core/trace/ffi.rs core/pci/vectors/ffi.rs core/function.rs core/generation.rs core/handle.rs core/health.rs core/journal.rs core/journal/line.rs core/journal/window.rs core/nested.rs core/nested/function.rs core/objects.rs core/owner.rs core/pci.rs core/pci/function.rs core/peer.rs core/place.rs core/policy.rs core/recovery.rs core/ring.rs core/slots.rs core/stats.rs core/text.rs core/textfile.rs core/ticket.rs core/vendor.rs core/who.rs Cargo.toml /cache/kernel-default-bc2b213cc251/build/rust/libcore.rmeta /cache/kernel-default-bc2b213cc251/build/rust/libcompiler_builtins.rmeta /cache/kernel-default-bc2b213cc251/build/rust/libkernel.rmeta /cache/kernel-default-bc2b213cc251/build/rust/libffi.rmeta /cache/kernel-default-bc2b213cc251/build/rust/libpin_init.rmeta /cache/kernel-default-bc2b213cc251/build/rust/libpin_init_internal.so /cache/kernel-default-bc2b213cc251/build/rust/libmacros.so /cache/kernel-default-bc2b213cc251/build/rust/libbuild_error.rmeta /cache/kernel-default-bc2b213cc251/build/rust/libzerocopy.rmeta /cache/kernel-default-bc2b213cc251/build/rust/libbindings.rmeta /cache/kernel-default-bc2b213cc251/build/rust/libzerocopy_derive.so /cache/kernel-default-bc2b213cc251/build/rust/libuapi.rmeta /src/aux/libauxbus.rmeta

core/.auxcore.o.d: /cache/source-aa14f5335398/linux/.clippy.toml core/auxcore.rs core/channel.rs core/channel/account.rs core/channel/finish.rs core/channel/wait.rs core/class.rs core/class/datapath.rs core/class/fwctl.rs core/client.rs core/deadline.rs core/debugfs.rs core/device.rs core/device/bus.rs core/dma.rs core/events.rs core/events/pending.rs core/exposure.rs core/ffi.rs core/debugfs/ffi.rs core/nested/ffi.rs core/pci/ffi.rs core/peer/ffi.rs core/sysfs/ffi.rs core/textfile/ffi.rs core/trace/ffi.rs core/pci/vectors/ffi.rs core/function.rs core/generation.rs core/handle.rs core/health.rs core/journal.rs core/journal/line.rs core/journal/window.rs core/nested.rs core/nested/function.rs core/objects.rs core/owner.rs core/pci.rs core/pci/function.rs core/peer.rs core/place.rs core/policy.rs core/recovery.rs core/ring.rs core/slots.rs core/stats.rs core/text.rs core/textfile.rs core/ticket.rs core/vendor.rs core/who.rs Cargo.toml /cache/kernel-default-bc2b213cc251/build/rust/libcore.rmeta /cache/kernel-default-bc2b213cc251/build/rust/libcompiler_builtins.rmeta /cache/kernel-default-bc2b213cc251/build/rust/libkernel.rmeta /cache/kernel-default-bc2b213cc251/build/rust/libffi.rmeta /cache/kernel-default-bc2b213cc251/build/rust/libpin_init.rmeta /cache/kernel-default-bc2b213cc251/build/rust/libpin_init_internal.so /cache/kernel-default-bc2b213cc251/build/rust/libmacros.so /cache/kernel-default-bc2b213cc251/build/rust/libbuild_error.rmeta /cache/kernel-default-bc2b213cc251/build/rust/libzerocopy.rmeta /cache/kernel-default-bc2b213cc251/build/rust/libbindings.rmeta /cache/kernel-default-bc2b213cc251/build/rust/libzerocopy_derive.so /cache/kernel-default-bc2b213cc251/build/rust/libuapi.rmeta /src/aux/libauxbus.rmeta

/cache/source-aa14f5335398/linux/.clippy.toml:
core/auxcore.rs:
core/channel.rs:
core/channel/account.rs:
core/channel/finish.rs:
core/channel/wait.rs:
core/class.rs:
core/class/datapath.rs:
core/class/fwctl.rs:
core/client.rs:
core/deadline.rs:
core/debugfs.rs:
core/device.rs:
core/device/bus.rs:
core/dma.rs:
core/events.rs:
core/events/pending.rs:
core/exposure.rs:
core/ffi.rs:
core/debugfs/ffi.rs:
core/nested/ffi.rs:
core/pci/ffi.rs:
core/peer/ffi.rs:
core/sysfs/ffi.rs:
core/textfile/ffi.rs:
core/trace/ffi.rs:
core/pci/vectors/ffi.rs:
core/function.rs:
core/generation.rs:
core/handle.rs:
core/health.rs:
core/journal.rs:
core/journal/line.rs:
core/journal/window.rs:
core/nested.rs:
core/nested/function.rs:
core/objects.rs:
core/owner.rs:
core/pci.rs:
core/pci/function.rs:
core/peer.rs:
core/place.rs:
core/policy.rs:
core/recovery.rs:
core/ring.rs:
core/slots.rs:
core/stats.rs:
core/text.rs:
core/textfile.rs:
core/ticket.rs:
core/vendor.rs:
core/who.rs:
Cargo.toml:
/cache/kernel-default-bc2b213cc251/build/rust/libcore.rmeta:
/cache/kernel-default-bc2b213cc251/build/rust/libcompiler_builtins.rmeta:
/cache/kernel-default-bc2b213cc251/build/rust/libkernel.rmeta:
/cache/kernel-default-bc2b213cc251/build/rust/libffi.rmeta:
/cache/kernel-default-bc2b213cc251/build/rust/libpin_init.rmeta:
/cache/kernel-default-bc2b213cc251/build/rust/libpin_init_internal.so:
/cache/kernel-default-bc2b213cc251/build/rust/libmacros.so:
/cache/kernel-default-bc2b213cc251/build/rust/libbuild_error.rmeta:
/cache/kernel-default-bc2b213cc251/build/rust/libzerocopy.rmeta:
/cache/kernel-default-bc2b213cc251/build/rust/libbindings.rmeta:
/cache/kernel-default-bc2b213cc251/build/rust/libzerocopy_derive.so:
/cache/kernel-default-bc2b213cc251/build/rust/libuapi.rmeta:
/src/aux/libauxbus.rmeta:

# env-dep:CLIPPY_ARGS
# env-dep:CLIPPY_CONF_DIR=/cache/source-aa14f5335398/linux
