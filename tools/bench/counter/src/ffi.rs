// SPDX-License-Identifier: GPL-2.0

//! QEMU's plugin interface (`include/plugins/qemu-plugin.h`), and the crate's only unsafe code.

use std::ffi::{c_char, c_int, c_uint, c_void, CStr};
use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use crate::count::{Block, Counter};
use crate::mark::{self, Mark};

/// The version of the interface that this plugin is written for.
#[no_mangle]
pub static qemu_plugin_version: c_int = 7;

static COUNTER: Counter = Counter::new();
static OUT: OnceLock<PathBuf> = OnceLock::new();

/// Flag of a callback that does not look at the processor's registers.
const NO_REGISTERS: c_int = 0;

type Execute = extern "C" fn(c_uint, *mut c_void);

extern "C" {
    fn qemu_plugin_register_vcpu_tb_trans_cb(
        id: u64,
        cb: extern "C" fn(*mut c_void, *mut c_void),
        data: *mut c_void,
    );
    fn qemu_plugin_register_atexit_cb(id: u64, cb: extern "C" fn(*mut c_void), data: *mut c_void);
    fn qemu_plugin_register_vcpu_tb_exec_cb(
        tb: *mut c_void,
        cb: Execute,
        flags: c_int,
        data: *mut c_void,
    );
    fn qemu_plugin_register_vcpu_insn_exec_cb(
        insn: *mut c_void,
        cb: Execute,
        flags: c_int,
        data: *mut c_void,
    );
    fn qemu_plugin_tb_n_insns(tb: *const c_void) -> usize;
    fn qemu_plugin_tb_vaddr(tb: *const c_void) -> u64;
    fn qemu_plugin_tb_get_insn(tb: *const c_void, index: usize) -> *mut c_void;
    fn qemu_plugin_insn_data(insn: *const c_void, data: *mut c_void, len: usize) -> usize;
}

/// Called by QEMU when it loads the plugin.
///
/// # Safety
///
/// `argv` must be `argc` valid strings.
#[no_mangle]
pub unsafe extern "C" fn qemu_plugin_install(
    id: u64,
    _info: *const c_void,
    argc: c_int,
    argv: *const *const c_char,
) -> c_int {
    for index in 0..usize::try_from(argc).unwrap_or(0) {
        // SAFETY: the caller gave so many strings.
        let argument = unsafe { CStr::from_ptr(*argv.add(index)) };
        if let Some(path) = argument
            .to_str()
            .ok()
            .and_then(|text| text.strip_prefix("out="))
        {
            // Given once; a second one is as wrong as none.
            let _ = OUT.set(path.into());
        }
    }
    if OUT.get().is_none() {
        eprintln!("auxcore-counter: the argument out=FILE is missing");
        return 1;
    }
    // SAFETY: `id` is that of this plugin, and both functions have the types that the interface asks
    // for.
    unsafe {
        qemu_plugin_register_vcpu_tb_trans_cb(id, translated, std::ptr::null_mut());
        qemu_plugin_register_atexit_cb(id, ended, std::ptr::null_mut());
    }
    0
}

/// Called by QEMU for each block that it translates.
extern "C" fn translated(tb: *mut c_void, _data: *mut c_void) {
    // SAFETY: QEMU gave a valid block, which it keeps during this call; what is registered are
    // functions of the right type, and data that lives as long as the process.
    unsafe {
        let count = qemu_plugin_tb_n_insns(tb);
        let block = COUNTER.block(qemu_plugin_tb_vaddr(tb), count as u64);
        let data = std::ptr::from_ref(block).cast_mut().cast();
        qemu_plugin_register_vcpu_tb_exec_cb(tb, executed, NO_REGISTERS, data);
        for index in 0..count {
            let insn = qemu_plugin_tb_get_insn(tb, index);
            let mut bytes = [0u8; mark::LEN];
            let len = qemu_plugin_insn_data(insn, bytes.as_mut_ptr().cast(), bytes.len());
            let Some(mark) = Mark::parse(bytes).filter(|_| len == bytes.len()) else {
                continue;
            };
            let data = std::ptr::from_ref(Box::leak(Box::new(mark)))
                .cast_mut()
                .cast();
            qemu_plugin_register_vcpu_insn_exec_cb(insn, marked, NO_REGISTERS, data);
        }
    }
}

extern "C" fn executed(_cpu: c_uint, block: *mut c_void) {
    // SAFETY: `translated` registered this function with a block that lives as long as the process.
    COUNTER.run(unsafe { &*block.cast::<Block>() });
}

extern "C" fn marked(_cpu: c_uint, mark: *mut c_void) {
    // SAFETY: `translated` registered this function with a mark that lives as long as the process.
    COUNTER.mark(unsafe { *mark.cast::<Mark>() });
}

extern "C" fn ended(_data: *mut c_void) {
    let Some(path) = OUT.get() else {
        return;
    };
    if let Err(error) = fs::write(path, COUNTER.text()) {
        eprintln!("auxcore-counter: {}: {error}", path.display());
    }
}
