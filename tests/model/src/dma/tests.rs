// SPDX-License-Identifier: GPL-2.0
//! Properties of the DMA address space.
#![forbid(unsafe_code)]

use super::*;

fn file(size: u64) -> File {
    static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("dma-{}-{number}", std::process::id()));
    let file = File::options()
        .read(true)
        .write(true)
        .create_new(true)
        .open(&path)
        .unwrap();
    std::fs::remove_file(path).unwrap();
    file.set_len(size).unwrap();
    file
}

#[test]
fn mapped_memory_is_shared_with_the_file() {
    let mut dma = Dma::default();
    let shared = file(0x4000);
    let other = shared.try_clone().unwrap();
    dma.map(0x1_0000, 0x2000, 0x1000, Some(shared), true)
        .unwrap();
    assert!(dma.write(0x1_0800, b"hello"));
    let mut back = [0; 5];
    std::os::unix::fs::FileExt::read_exact_at(&other, &mut back, 0x1800).unwrap();
    assert_eq!(&back, b"hello");
    let mut read = [0; 5];
    assert!(dma.read(0x1_0800, &mut read) && read == back);
}

#[test]
fn nothing_outside_a_range_is_reached() {
    let mut dma = Dma::default();
    dma.map(0x1000, 0x1000, 0, Some(file(0x1000)), true)
        .unwrap();
    let mut data = [0; 16];
    for address in [0, 0xfff, 0x1ff1, 0x2000, u64::MAX, u64::MAX - 15] {
        assert!(!dma.read(address, &mut data), "{address:#x}");
        assert!(!dma.write(address, &data), "{address:#x}");
    }
    assert!(
        dma.covers(0x1000, 0x1000) && !dma.covers(0x1000, 0x1001) && !dma.covers(0x1800, u64::MAX)
    );
}

#[test]
fn read_only_ranges_are_read_and_not_written() {
    let mut dma = Dma::default();
    dma.map(0, 0x1000, 0, Some(file(0x1000)), false).unwrap();
    let mut data = [1; 4];
    assert!(dma.read(0, &mut data) && data == [0; 4]);
    assert!(!dma.write(0, &data) && !dma.covers(0, 1) && !dma.has_memory());
}

#[test]
fn a_range_without_a_file_is_accepted_and_holds_no_memory() {
    let mut dma = Dma::default();
    dma.map(0, 0x1000, 0, None, true).unwrap();
    assert!(!dma.read(0, &mut [0; 1]) && !dma.write(0, &[0]) && !dma.has_memory());
}

#[test]
fn one_unmap_covers_every_range_within() {
    let mut dma = Dma::default();
    for n in 0..4 {
        dma.map(n * 0x1000, 0x1000, 0, Some(file(0x1000)), true)
            .unwrap();
    }
    dma.unmap(0x1000, 0x2000);
    assert_eq!(
        [0, 0x1000, 0x2000, 0x3000].map(|at| dma.covers(at, 1)),
        [true, false, false, true]
    );
    dma.unmap(0, u64::MAX);
    assert!(!dma.covers(0, 1) && !dma.covers(0x3000, 1));
}

#[test]
fn ranges_that_overlap_wrap_or_outgrow_their_file_are_refused() {
    let mut dma = Dma::default();
    dma.map(0x1000, 0x1000, 0, Some(file(0x1000)), true)
        .unwrap();
    for (address, size, offset) in [
        (0x1000, 0x1000, 0),
        (0, 0x1001, 0),
        (0x1fff, 1, 0),
        (u64::MAX, 2, 0),
        (0x8000, 0, 0),
        (0x8000, 0x2000, 0),
        (0x8000, 0x1000, 1 << 40),
        (0x8000, 0x1000, u64::MAX),
    ] {
        let refused = dma.map(address, size, offset, Some(file(0x1000)), true);
        assert!(refused.is_err(), "{address:#x} {size:#x} {offset:#x}");
    }
}
