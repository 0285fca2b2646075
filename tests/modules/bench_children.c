// SPDX-License-Identifier: GPL-2.0
/*
 * Adds and removes auxiliary devices with the bus's own calls alone, to measure what a child costs
 * without this tree. Each write to the parameter "run" does so once, for as many as it says.
 */

#include <linux/auxiliary_bus.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/slab.h>

static struct device *parent;

static int run_set(const char *text, const struct kernel_param *param)
{
	struct auxiliary_device **children;
	unsigned int count, have;
	int err;

	err = kstrtouint(text, 0, &count);
	if (err)
		return err;
	children = kvcalloc(count, sizeof(*children), GFP_KERNEL);
	if (!children)
		return -ENOMEM;
	for (have = 0; have < count; have++) {
		children[have] = auxiliary_device_create(parent, KBUILD_MODNAME, "child", NULL,
							 have);
		if (!children[have]) {
			err = -ENOMEM;
			break;
		}
	}
	while (have--)
		auxiliary_device_destroy(children[have]);
	kvfree(children);
	return err;
}

static const struct kernel_param_ops run_ops = {
	.set = run_set,
};

module_param_cb(run, &run_ops, NULL, 0200);
MODULE_PARM_DESC(run, "add and remove so many auxiliary devices");

static int __init bench_children_init(void)
{
	parent = root_device_register("bench_children");
	return PTR_ERR_OR_ZERO(parent);
}

static void __exit bench_children_exit(void)
{
	root_device_unregister(parent);
}

module_init(bench_children_init);
module_exit(bench_children_exit);

MODULE_AUTHOR("auxcore developers");
MODULE_DESCRIPTION("Adds and removes auxiliary devices, to measure it");
MODULE_LICENSE("GPL");
