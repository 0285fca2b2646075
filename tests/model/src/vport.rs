// SPDX-License-Identifier: GPL-2.0
//! The NIC virtual port: its context, and the RoCE addresses.
#![forbid(unsafe_code)]

use crate::field::{find, put32, Field};
use crate::identity::Identity;

/// Bytes of a context without its address list.
pub const CONTEXT: usize = 256;
/// Bytes of a RoCE address.
pub const ROCE_ADDRESS: usize = 32;

/// Fields of nic_vport_context.
pub const NIC_VPORT: &[Field] = &[
    Field::new("min_wqe_inline_mode", 0x00, 26, 24),
    Field::new("disable_mc_local_lb", 0x00, 2, 2),
    Field::new("disable_uc_local_lb", 0x00, 1, 1),
    Field::new("roce_en", 0x00, 0, 0),
    Field::new("arm_change_event", 0x04, 31, 31),
    Field::new("change_events", 0x04, 4, 0),
    Field::new("sd_group", 0x20, 30, 28),
    Field::new("mtu", 0x24, 15, 0),
    Field::quad("system_image_guid", 0x28),
    Field::quad("port_guid", 0x30),
    Field::quad("node_guid", 0x38),
    Field::new("promisc", 0xf0, 31, 29),
    Field::new("allowed_list_type", 0xf0, 26, 24),
    Field::new("allowed_list_size", 0xf0, 15, 0),
    Field::new("permanent_address_47_32", 0xf4, 15, 0),
    Field::word("permanent_address_31_0", 0xf8),
];

/// Bits of modify_nic_vport_field_select and the fields each selects.
const SELECTS: &[(u32, &[&str])] = &[
    (1, &["roce_en"]),
    (3, &["permanent_address_47_32", "permanent_address_31_0"]),
    (4, &["promisc"]),
    (5, &["arm_change_event", "change_events"]),
    (6, &["mtu"]),
    (7, &["min_wqe_inline_mode"]),
    (8, &["port_guid"]),
    (9, &["node_guid"]),
    (10, &["disable_mc_local_lb"]),
    (11, &["disable_uc_local_lb"]),
];
const ADDRESS_LIST: u32 = 2;
/// The largest address or VLAN list.
pub const MAX_LIST: usize = 4096;

/// The state of the port.
pub struct Vport {
    context: Vec<u8>,
    lists: [Vec<u64>; 3],
    roce: Vec<[u8; ROCE_ADDRESS]>,
}

impl Vport {
    /// Returns the port of a fresh function.
    pub fn new(who: &Identity) -> Self {
        let mut context = vec![0; CONTEXT];
        for (name, value) in [
            ("mtu", 1522),
            ("system_image_guid", who.guid),
            ("port_guid", who.guid),
            ("node_guid", who.guid),
            ("permanent_address_47_32", who.mac() >> 32),
            ("permanent_address_31_0", who.mac() & 0xffff_ffff),
        ] {
            if let Some(field) = find(NIC_VPORT, name) {
                field.set(&mut context, value);
            }
        }
        let roce = vec![[0; ROCE_ADDRESS]; 256];
        Self {
            context,
            lists: Default::default(),
            roce,
        }
    }

    /// Returns the context followed by the list of one type (0 unicast, 1 multicast, 2 VLAN).
    pub fn context(&self, list_type: u64) -> Option<Vec<u8>> {
        let list = self.lists.get(usize::try_from(list_type).ok()?)?;
        let mut context = self.context.clone();
        for (name, value) in [
            ("allowed_list_type", list_type),
            ("allowed_list_size", list.len() as u64),
        ] {
            find(NIC_VPORT, name)?.set(&mut context, value);
        }
        for entry in list {
            context.extend(entry.to_be_bytes());
        }
        Some(context)
    }

    /// Takes the selected fields of a new context; `false` if a bit selects nothing or a list is
    /// malformed.
    pub fn modify(&mut self, select: u32, wanted: &[u8]) -> bool {
        let known = SELECTS
            .iter()
            .fold(1 << ADDRESS_LIST, |mask, (bit, _)| mask | (1 << bit));
        if select & !known != 0 || ((select >> ADDRESS_LIST) & 1 == 1 && !self.take_list(wanted)) {
            return false;
        }
        for (_, names) in SELECTS.iter().filter(|(bit, _)| (select >> bit) & 1 == 1) {
            for field in names.iter().filter_map(|name| find(NIC_VPORT, name)) {
                field.set(&mut self.context, field.get(wanted));
            }
        }
        true
    }

    fn take_list(&mut self, wanted: &[u8]) -> bool {
        let value = |name| find(NIC_VPORT, name).map_or(0, |f| f.get(wanted));
        let (kind, size) = (value("allowed_list_type"), value("allowed_list_size"));
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let list = usize::try_from(kind)
            .ok()
            .and_then(|kind| self.lists.get_mut(kind));
        let entries = wanted.get(CONTEXT..).map(|rest| rest.chunks_exact(8));
        let (Some(list), Some(entries)) = (list, entries) else {
            return false;
        };
        if size > MAX_LIST || entries.len() < size {
            return false;
        }
        list.clear();
        list.extend(entries.take(size).map(|e| {
            e.iter()
                .fold(0, |word, byte| (word << 8) | u64::from(*byte))
        }));
        true
    }

    /// Returns a RoCE address.
    pub fn roce_address(&self, index: u16) -> Option<&[u8; ROCE_ADDRESS]> {
        self.roce.get(usize::from(index))
    }

    /// Sets a RoCE address and returns whether there is such an entry.
    pub fn set_roce_address(&mut self, index: u16, address: &[u8; ROCE_ADDRESS]) -> bool {
        let entry = self.roce.get_mut(usize::from(index));
        entry.map(|entry| *entry = *address).is_some()
    }
}

/// Returns the output of QUERY_VPORT_STATE: administrative and operational state, and the speed in
/// units of 100 Mb/s.
pub fn state_output(admin: u64, oper: u64, speed: u64) -> Vec<u8> {
    let mut output = vec![0; 16];
    let up = u64::from(oper == 1);
    let word = ((speed & 0xffff) << 16) | ((u64::from(admin == 1)) << 4) | up;
    put32(&mut output, 0xc, u32::try_from(word).unwrap_or(0));
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port() -> Vport {
        Vport::new(&Identity::new("test"))
    }

    #[test]
    fn only_selected_fields_change() {
        let mut port = port();
        let mut wanted = vec![0; CONTEXT];
        find(NIC_VPORT, "mtu").unwrap().set(&mut wanted, 9000);
        assert!(port.modify(1 << 6, &wanted));
        let now = port.context(0).unwrap();
        assert_eq!(find(NIC_VPORT, "mtu").unwrap().get(&now), 9000);
        assert_ne!(find(NIC_VPORT, "node_guid").unwrap().get(&now), 0);
        assert!(!port.modify(1 << 20, &wanted));
    }

    #[test]
    fn an_address_list_is_kept_and_bounded_by_what_was_sent() {
        let mut port = port();
        let mut wanted = vec![0; CONTEXT + 16];
        wanted[CONTEXT + 15] = 7;
        find(NIC_VPORT, "allowed_list_type")
            .unwrap()
            .set(&mut wanted, 1);
        find(NIC_VPORT, "allowed_list_size")
            .unwrap()
            .set(&mut wanted, 2);
        assert!(port.modify(1 << ADDRESS_LIST, &wanted));
        assert_eq!(
            port.context(1).unwrap()[CONTEXT..].to_vec(),
            wanted[CONTEXT..].to_vec()
        );
        assert_eq!(port.context(0).unwrap().len(), CONTEXT);
        find(NIC_VPORT, "allowed_list_size")
            .unwrap()
            .set(&mut wanted, 3);
        assert!(!port.modify(1 << ADDRESS_LIST, &wanted));
        find(NIC_VPORT, "allowed_list_type")
            .unwrap()
            .set(&mut wanted, 3);
        assert!(!port.modify(1 << ADDRESS_LIST, &wanted));
    }
}
