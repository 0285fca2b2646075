// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]

//! Where the instructions of a request are spent.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::figures::Figures;

/// The groups, and how the names of their functions begin; the first that fits counts. What fits
/// none is the rest of the kernel.
const GROUPS: [(&str, &[&str]); 7] = [
    ("fwctl/main.c", &["fwctl_", "ucmd_", "__fwctl"]),
    (
        "user copies",
        &[
            "_copy_",
            "copy_",
            "rep_movs",
            "__check_object",
            "_inline_copy",
        ],
    ),
    (
        "copying, zeroing",
        &[
            "memcpy",
            "memset",
            "__memcpy",
            "__memset",
            "clear_page",
            "memmove",
        ],
    ),
    (
        "memory",
        &[
            "dma_",
            "__dma",
            "kmalloc",
            "__kmalloc",
            "kfree",
            "kvfree",
            "__kvmalloc",
            "kvmalloc",
            "slab_",
            "__slab",
            "___slab",
            "kmem_",
            "__kmem",
            "alloc_",
            "__alloc",
            "get_page",
            "free_",
            "__free",
            "rmqueue",
            "vmalloc",
            "__vmalloc",
            "vfree",
            "vmap",
            "__vmap",
            "pcp",
            "mod_node",
            "__mod_",
            "prep_",
            "post_alloc",
            "krealloc",
        ],
    ),
    (
        "waiting",
        &[
            "schedule",
            "__schedule",
            "do_idle",
            "default_idle",
            "cpuidle",
            "cpu_idle",
            "tick_",
            "wait_",
            "__wait",
            "complete",
            "swake",
            "wake_",
            "try_to_wake",
            "ttwu",
            "enqueue_",
            "dequeue_",
            "pick_",
            "__pick",
            "update_",
            "__update",
            "finish_task",
            "__switch",
            "hrtimer",
            "__hrtimer",
            "timer",
            "__timer",
            "mod_timer",
            "__mod_timer",
            "clockevents",
            "ktime_",
            "sched_",
            "place_entity",
            "set_next",
            "put_prev",
            "rcu_",
            "nohz",
            "menu_",
            "sock_",
            "get_next_timer",
            "__get_next_timer",
            "queue_work",
            "__queue_work",
        ],
    ),
    (
        "interrupts",
        &[
            "irq",
            "__irq",
            "handle_",
            "__handle",
            "common_interrupt",
            "asm_",
            "sysvec_",
            "apic_",
            "do_softirq",
            "__do_softirq",
            "__common_interrupt",
            "generic_handle",
            "note_interrupt",
            "__napi",
            "tasklet",
            "__tasklet",
        ],
    ),
    ("user program", &["user"]),
];

const DRIVER: &str = "driver modules";
const REST: &str = "rest of the kernel";

/// The series that are shown.
const SHOWN: [&str; 5] = ["rpc-16", "rpc-4096", "rpc-65536", "rpc-2097152", "open"];

fn group(symbol: &str) -> &'static str {
    if symbol.ends_with(']') {
        return DRIVER;
    }
    GROUPS
        .iter()
        .find(|(_, heads)| heads.iter().any(|head| symbol.starts_with(head)))
        .map_or(REST, |(name, _)| name)
}

/// Returns instructions by group, for one interval of a series.
pub(crate) fn of(figures: &Figures, series: &str) -> BTreeMap<&'static str, f64> {
    let mut groups = BTreeMap::new();
    if let Some(series) = figures.counted.get(series) {
        // CAST: counts are far below where a double has gaps.
        let intervals = series.total.len().max(1) as f64;
        for (symbol, instructions) in &series.symbols {
            *groups.entry(group(symbol)).or_default() += *instructions as f64 / intervals;
        }
    }
    groups
}

/// Returns where upstream and ours spend a request: the group, then C's figure and ours for each
/// series that was counted. The first line names the series.
pub(crate) fn cells(upstream: &Figures, ours: &Figures) -> Vec<Vec<String>> {
    let counted = |name: &&str| [upstream, ours].map(|f| f.counted.contains_key(*name));
    let shown: Vec<&str> = SHOWN
        .into_iter()
        .filter(|name| counted(name) == [true, true])
        .collect();
    if shown.is_empty() {
        return Vec::new();
    }
    let head = shown
        .iter()
        .flat_map(|name| [format!("{name}, C"), "ours".to_owned()]);
    let mut lines = vec![std::iter::once(String::new()).chain(head).collect()];
    let columns: Vec<_> = shown
        .iter()
        .flat_map(|name| [of(upstream, name), of(ours, name)])
        .collect();
    for name in GROUPS.iter().map(|(name, _)| *name).chain([DRIVER, REST]) {
        let figures = columns
            .iter()
            .map(|groups| format!("{:.0}", groups.get(name).copied().unwrap_or(0.0)));
        lines.push(std::iter::once(name.to_owned()).chain(figures).collect());
    }
    lines
}

/// Returns the same as text.
pub(crate) fn text(upstream: &Figures, ours: &Figures) -> String {
    let lines = cells(upstream, ours);
    if lines.is_empty() {
        return String::new();
    }
    let mut text = String::from("Where the instructions are spent (mean of all intervals)\n\n");
    for line in lines {
        for (column, cell) in line.iter().enumerate() {
            let _ = match column {
                0 => write!(text, "{cell:20}"),
                _ => write!(text, " {cell:>14}"),
            };
        }
        text.push('\n');
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_of_modules_are_the_drivers_whatever_their_names() {
        assert_eq!(group("memcpy_toio\t[mlx5_core]"), DRIVER);
        assert_eq!(group("memcpy"), "copying, zeroing");
        assert_eq!(group("fwctl_fops_ioctl"), "fwctl/main.c");
        assert_eq!(group("vsnprintf"), REST);
    }
}
