// SPDX-License-Identifier: GPL-2.0
/* Module parameters of auxcore_null. */

#include <linux/moduleparam.h>

/* Not static: ffi.rs reads them. Written at any time through sysfs. */
unsigned int auxcore_null_ports = 2;
unsigned int auxcore_null_parts;
unsigned int auxcore_null_failing;
unsigned int auxcore_null_starved;
unsigned int auxcore_null_fwctls;
unsigned int auxcore_null_netdevs;

module_param_named(ports, auxcore_null_ports, uint, 0644);
MODULE_PARM_DESC(ports, "children of the kind port of each function, at most 64; default 2");
module_param_named(parts, auxcore_null_parts, uint, 0644);
MODULE_PARM_DESC(parts, "parts of each function, at most 16; default 0");
module_param_named(fwctls, auxcore_null_fwctls, uint, 0644);
MODULE_PARM_DESC(fwctls, "fwctl children of each function, at most 2100, under a device type that is another vendor's; default 0");
module_param_named(netdevs, auxcore_null_netdevs, uint, 0644);
MODULE_PARM_DESC(netdevs, "children of the class netdev of each function, at most 1; default 0");
module_param_named(failing, auxcore_null_failing, uint, 0644);
MODULE_PARM_DESC(failing, "bring-ups that fail from now on; default 0");
module_param_named(starved, auxcore_null_starved, uint, 0644);
MODULE_PARM_DESC(starved, "ports whose creation fails from now on, as if memory were short; default 0");
