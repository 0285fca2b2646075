// SPDX-License-Identifier: GPL-2.0

/* Wrappers of what is a macro or an inline function in some kernel configurations. */

#include <linux/rcupdate.h>

void auxbus_helper_synchronize_rcu_tasks(void)
{
	synchronize_rcu_tasks();
}
