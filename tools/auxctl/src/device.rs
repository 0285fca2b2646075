// SPDX-License-Identifier: GPL-2.0

//! Which device a name on the command line means.

#![forbid(unsafe_code)]

use crate::error::Error;
use crate::places::{directories, file_name, link_name, Places};
use auxcore_uapi::Device;
use std::path::{Path, PathBuf};

/// A device of a bus that has a core driver, as it was named.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Core {
    /// Its name on its bus.
    pub(crate) name: String,
    /// Its directory of sysfs.
    pub(crate) dir: PathBuf,
    /// The fwctl device, if one was named.
    fwctl: Option<String>,
}

impl Core {
    /// Finds a device by any of its names.
    ///
    /// # Errors
    ///
    /// [`Error::NoDevice`]: nothing has that name.
    pub(crate) fn find(places: &Places, text: &str) -> Result<Self, Error> {
        let unknown = || Error::NoDevice(text.to_owned());
        let name = match text.strip_prefix("/dev/fwctl/") {
            Some(name) => name,
            None => text,
        };
        if name.is_empty() || name.contains(['/', '\0']) || name.starts_with('.') {
            return Err(unknown());
        }
        if let Some(dir) = places.sysfs(&format!("class/fwctl/{name}/device")) {
            return Self::above(places, &dir, Some(name)).ok_or_else(unknown);
        }
        [
            format!("bus/pci/devices/{name}"),
            format!("bus/pci/devices/0000:{name}"),
            format!("class/net/{name}/device"),
            format!("class/infiniband/{name}/device"),
            format!("bus/auxiliary/devices/{name}"),
        ]
        .iter()
        .find_map(|path| places.sysfs(path))
        .and_then(|dir| Self::above(places, &dir, None))
        .ok_or_else(unknown)
    }

    /// Takes a directory of a PCI device.
    pub(crate) fn at(dir: &Path) -> Option<Self> {
        Some(Self {
            name: file_name(dir)?,
            dir: dir.to_owned(),
            fwctl: None,
        })
    }

    /// Goes up to the nearest PCI device; a device that is below none stands for itself.
    fn above(places: &Places, dir: &Path, fwctl: Option<&str>) -> Option<Self> {
        let pci = dir
            .ancestors()
            .take_while(|dir| !places.is_top(dir))
            .find(|dir| link_name(dir, "subsystem").as_deref() == Some("pci"));
        let mut core = Self::at(pci.unwrap_or(dir))?;
        core.fwctl = fwctl.map(str::to_owned);
        Some(core)
    }

    /// Returns every PCI device, in order.
    pub(crate) fn all(places: &Places) -> Vec<Self> {
        let dir = places.sysfs("bus/pci/devices");
        let entries = dir.iter().flat_map(std::fs::read_dir).flatten().flatten();
        let mut found: Vec<_> = entries
            .filter_map(|entry| places.follow(&entry.path()))
            .filter_map(|dir| Self::at(&dir))
            .collect();
        found.sort_by(|a, b| a.name.cmp(&b.name));
        found
    }

    /// Returns the name of its fwctl device.
    ///
    /// # Errors
    ///
    /// It has none, or several and none was named.
    pub(crate) fn fwctl(&self) -> Result<String, Error> {
        if let Some(name) = &self.fwctl {
            return Ok(name.clone());
        }
        // The in-tree driver for memory devices has it below its own device.
        let memory = directories(&self.dir).into_iter();
        let memory = memory.filter(|dir| link_name(dir, "subsystem").as_deref() == Some("cxl"));
        let dirs = [self.dir.clone()].into_iter().chain(memory);
        let dirs = dirs.flat_map(|dir| directories(&dir.join("fwctl")));
        let names: Vec<_> = dirs.filter_map(|dir| file_name(&dir)).collect();
        match names.as_slice() {
            [] => Err(Error::NoFwctl(self.name.clone())),
            [name] => Ok(name.clone()),
            names => Err(Error::ManyFwctl(self.name.clone(), names.join(", "))),
        }
    }

    /// Opens its fwctl device.
    ///
    /// # Errors
    ///
    /// It has none, or the system or firmware refuses to open it.
    pub(crate) fn open(&self, places: &Places) -> Result<Device, Error> {
        Ok(Device::open(&places.node(&self.fwctl()?))?)
    }
}

/// Reads one of auxcore's files of the device that was named, or of every device that has it; returns
/// each with its device's name.
///
/// # Errors
///
/// The device that was named has no such file; the directory of all is not there or closed to this user.
pub(crate) fn files(
    places: &Places,
    named: Option<&str>,
    file: &'static str,
) -> Result<Vec<(String, String)>, Error> {
    if let Some(named) = named {
        let name = Core::find(places, named)?.name;
        let text = places.file(&name, file)?;
        return Ok(vec![(name, text)]);
    }
    let mut files = Vec::new();
    for name in places.files_of()? {
        match places.file(&name, file) {
            Ok(text) => files.push((name, text)),
            // It left its driver since the names were read.
            Err(Error::NotOffered { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Fake;

    #[test]
    fn a_device_that_went_is_missed_only_if_it_was_named() {
        let fake = Fake::two_functions();
        fake.file("debug/auxcore/0000:02:00.0/journal", b"seq=1\n");
        let all = files(&fake.places(), None, "journal").unwrap();
        assert_eq!(all, [("0000:02:00.0".to_owned(), "seq=1\n".to_owned())]);
        let named = |name| files(&fake.places(), Some(name), "journal");
        assert_eq!(named("eth0").unwrap(), all);
        let missing = named("fwctl0");
        assert!(matches!(missing, Err(Error::NotOffered { .. })));
    }

    fn found(fake: &Fake, text: &str) -> Option<String> {
        Core::find(&fake.places(), text).ok().map(|core| core.name)
    }

    #[test]
    fn every_name_of_a_device_finds_it() {
        let fake = Fake::two_functions();
        for name in [
            "fwctl0",
            "/dev/fwctl/fwctl0",
            "0000:01:00.0",
            "01:00.0",
            "auxcore.fwctl.0",
        ] {
            assert_eq!(
                found(&fake, name).as_deref(),
                Some("0000:01:00.0"),
                "{name}"
            );
        }
        for name in ["eth0", "mlx5_0", "mlx5_core.eth.0", "mlx5_core.eth.1"] {
            assert_eq!(
                found(&fake, name).as_deref(),
                Some("0000:02:00.0"),
                "{name}"
            );
        }
    }

    #[test]
    fn nonsense_finds_nothing() {
        let fake = Fake::two_functions();
        for name in [
            "",
            ".",
            "..",
            "../..",
            "/",
            "fwctl1",
            "0000:09:00.0",
            "a\0b",
        ] {
            let missing = Core::find(&fake.places(), name);
            assert!(matches!(missing, Err(Error::NoDevice(_))), "{name}");
        }
    }

    #[test]
    fn the_fwctl_device_is_the_one_there_is() {
        let fake = Fake::two_functions();
        let find = |name| Core::find(&fake.places(), name).unwrap();
        assert_eq!(find("0000:01:00.0").fwctl().unwrap(), "fwctl0");
        assert!(matches!(find("eth0").fwctl(), Err(Error::NoFwctl(_))));
        fake.class("sys/devices/pci0/0000:01:00.0", "fwctl", "fwctl7");
        let many = find("0000:01:00.0").fwctl();
        assert!(matches!(many, Err(Error::ManyFwctl(..))));
        assert_eq!(find("fwctl7").fwctl().unwrap(), "fwctl7");
    }

    #[test]
    fn the_fwctl_device_of_a_memory_device_is_its_functions() {
        let fake = Fake::two_functions();
        let memory = fake.device("sys/devices/pci0/0000:03:00.0", "cxl", "mem0", "cxl_mem");
        fake.class(&memory, "fwctl", "fwctl3");
        for name in ["0000:03:00.0", "fwctl3"] {
            let core = Core::find(&fake.places(), name).unwrap();
            assert_eq!(
                (core.name.as_str(), core.fwctl().unwrap()),
                ("0000:03:00.0", "fwctl3".into())
            );
        }
    }

    #[test]
    fn a_system_without_devices_has_none() {
        assert_eq!(Core::all(&Fake::new().places()), []);
        let names: Vec<_> = Core::all(&Fake::two_functions().places())
            .into_iter()
            .map(|core| core.name)
            .collect();
        assert_eq!(names, ["0000:01:00.0", "0000:02:00.0", "0000:03:00.0"]);
    }
}
