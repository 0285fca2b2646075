# SPDX-License-Identifier: GPL-2.0
#
# How kernel crates are found and built; included by Kbuild, here and in directories of vendors outside of this tree.
#
# One file, because a crate that uses another one needs plain Make prerequisites on its objects, which do not cross
# directories in kbuild. A module is built when its root file exists. Where a crate stands says what it may use:
#
#   core/<vendor>/auxcore_<vendor>.rs                          auxcore auxbus
#   consumers/<class>/<vendor>/auxcore_<class>_<vendor>.rs     auxcore_<vendor> auxcore auxbus
# and, with AUXCORE_KUNIT=1 only, what is for tests:
#
#   tests/modules/auxcore_*.rs, tests/null/auxcore_*.rs        auxcore auxbus
#   tests/null/consumers/auxcore_*.rs                          auxcore_null auxcore auxbus
#
# A directory outside has crates of these two kinds and uses the framework of the built tree that AUXCORE names.

# Crates: the root file (without .rs), the crates it uses, and C files linked in when they are there.

auxcore-crates += auxbus auxcore auxcore_fwctl

root-auxbus := aux/auxbus
uses-auxbus :=
c-auxbus := aux/helpers

root-auxcore := core/auxcore
uses-auxcore := auxbus
c-auxcore := core/helpers core/trace

root-auxcore_fwctl := fwctl/auxcore_fwctl
uses-auxcore_fwctl := auxcore auxbus
c-auxcore_fwctl :=

# $(call auxcore-crate,root,crates it uses)
define auxcore-crate
auxcore-crates += $(notdir $(1))
root-$(notdir $(1)) := $(1)
uses-$(notdir $(1)) := $(2) auxcore auxbus
c-$(notdir $(1)) := $(dir $(1))params $(dir $(1))helpers
endef

auxcore-found = $(patsubst $(src)/%.rs,%,$(wildcard $(src)/$(1)/auxcore_*.rs))
$(foreach r,$(call auxcore-found,core/*),$(eval $(call auxcore-crate,$(r))))
$(foreach r,$(call auxcore-found,consumers/*/*),$(eval $(call auxcore-crate,$(r),auxcore_$(word 3,$(subst /, ,$(r))))))

ifneq ($(AUXCORE_KUNIT),)
$(foreach r,$(call auxcore-found,tests/modules) $(call auxcore-found,tests/null),$(eval $(call auxcore-crate,$(r))))
$(foreach r,$(call auxcore-found,tests/null/consumers),$(eval $(call auxcore-crate,$(r),auxcore_null)))
endif

# Crates in auxcore-without are not built.
auxcore-built := $(foreach c,$(filter-out $(auxcore-without),$(auxcore-crates)),$(if $(wildcard $(src)/$(root-$(c)).rs),$(c)))
auxcore-providers := $(sort $(foreach c,$(auxcore-built),$(uses-$(c))))
auxcore-outside := $(filter-out $(auxcore-built),$(auxcore-providers))

# Where a crate is built: here, or in the tree that has the framework.
auxcore-at = $(if $(filter $(1),$(auxcore-built)),$(obj),$(AUXCORE))/$(dir $(root-$(1)))

# The kernel's part: one clear sentence instead of a page of compiler errors. Cleaning needs no kernel configuration.

ifneq ($(filter %/scripts/Makefile.build,$(MAKEFILE_LIST)),)
auxcore-need-y := RUST AUXILIARY_BUS FWCTL RUST_FWCTL_ABSTRACTIONS $(if $(AUXCORE_KUNIT),KUNIT)
auxcore-missing := $(firstword $(foreach o,$(auxcore-need-y),$(if $(filter y,$(CONFIG_$(o))),,CONFIG_$(o))))
ifneq ($(auxcore-missing),)
$(error auxcore needs a kernel with $(auxcore-missing)=y, and this one has $(or $($(auxcore-missing)),it unset): $(objtree))
endif
ifeq ($(wildcard $(objtree)/rust/libkernel.rmeta),)
$(error auxcore needs the build directory of a kernel with its Rust metadata, and rust/libkernel.rmeta is not in $(objtree))
endif
ifneq ($(auxcore-outside),)
ifeq ($(filter /%,$(AUXCORE)),)
$(error AUXCORE=/path/to/auxcore is needed, an absolute path to a tree with $(auxcore-outside), built for this kernel)
endif
auxcore-missing := $(firstword $(foreach c,$(auxcore-outside),$(if $(wildcard $(call auxcore-at,$(c))lib$(c).rmeta),,$(c))))
ifneq ($(auxcore-missing),)
$(error $(AUXCORE) has no built $(auxcore-missing): run make KDIR=/path/to/kernel there first)
endif
endif
endif

ifneq ($(auxcore-outside),)
KBUILD_EXTRA_SYMBOLS += $(AUXCORE)/Module.symvers
endif

# What a crate gives to the crates that use it.
#
# Every public function and static that is not generic is exported: vendors outside this tree use them. Such symbols are
# global with default visibility in the object; instances of generic functions are hidden, and what module! generates is the
# module's own.
#
# Two builds of a crate can give a type the same name and another layout, and neither the linker nor TypeId would tell. So a
# providing module also exports a symbol named after the hash of its metadata, and every module using it refers to that
# symbol: a module built against other metadata does not load.

# The kernel's modpost writes a line about each export, and gives up at a line of 500 bytes without saying whose it is.
auxcore-symbol-max := 470

auxcore-rmeta = $(call auxcore-at,$(1))lib$(1).rmeta
auxcore-hash = $$(sha256sum $(call auxcore-rmeta,$(1)) | cut -c1-16)

auxcore-provide = \
	echo '\#define EXPORT_SYMBOL_RUST_GPL(sym) extern int sym; EXPORT_SYMBOL_GPL(sym)' && \
	$(READELF) -sW $< | LC_ALL=C sort -k8 | awk -v max=$(auxcore-symbol-max) ' \
		$$5 != "GLOBAL" || $$6 != "DEFAULT" || $$7 == "UND" || $$8 !~ /^_R/ || $$8 ~ /13___module_init/ { next } \
		length($$8) > max { print "error: symbol too long to export: " $$8 > "/dev/stderr"; exit 1 } \
		{ printf "EXPORT_SYMBOL_RUST_GPL(%s);\n", $$8 }' && \
	printf 'extern const char %s;\nconst char %s = 1;\nEXPORT_SYMBOL_GPL(%s);\n' \
		$(foreach i,1 2 3,auxcore_meta_$(auxcore-crate)_$(call auxcore-hash,$(auxcore-crate))) &&
auxcore-use = \
	printf 'extern const char %s;\nstatic const char *const uses_$(1) __used = &%s;\n' \
		$(foreach i,1 2,auxcore_meta_$(1)_$(call auxcore-hash,$(1))) &&

quiet_cmd_auxcore_exports = EXPORTS $@
      cmd_auxcore_exports = { \
	echo '/* SPDX-License-Identifier: GPL-2.0 */' && \
	echo '/* Generated by Kbuild from $<. */' && \
	echo '\#include <linux/compiler.h>' && \
	echo '\#include <linux/export.h>' && \
	$(if $(auxcore-is-provider),$(auxcore-provide)) \
	$(foreach u,$(uses-$(auxcore-crate)),$(call auxcore-use,$(u))) \
	:; } > $@ || { rm -f $@; false; }

# $(call auxcore-crate-rules,crate)
define auxcore-crate-rules
obj-m += $(1).o
$(1)-y := $(root-$(1)).o $(root-$(1))_exports.o
$(1)-y += $(foreach f,$(c-$(1)),$(if $(wildcard $(src)/$(f).c),$(f).o))

RUSTFLAGS_$(root-$(1)).o := -Zshare-generics=n
RUSTFLAGS_$(root-$(1)).o += $(foreach u,$(uses-$(1)),-L $(call auxcore-at,$(u)) --extern $(u))
ifneq ($(filter $(1),$(auxcore-providers)),)
RUSTFLAGS_$(root-$(1)).o += --emit=metadata=$(call auxcore-rmeta,$(1))
endif
$(obj)/$(root-$(1)).o: $(foreach u,$(uses-$(1)),$(if $(filter $(u),$(auxcore-built)),$(obj)/$(root-$(u)).o,$(call auxcore-rmeta,$(u))))

targets += $(root-$(1))_exports.c
$(obj)/$(root-$(1))_exports.c: private auxcore-crate := $(1)
$(obj)/$(root-$(1))_exports.c: private auxcore-is-provider := $(filter $(1),$(auxcore-providers))
$(obj)/$(root-$(1))_exports.c: $(obj)/$(root-$(1)).o FORCE
	$$(call if_changed,auxcore_exports)

ifdef CONFIG_MODVERSIONS
# The file of exports declares Rust symbols as int: take their versions from the Rust object's debug information.
$(obj)/$(root-$(1))_exports.o: private cmd_gensymtypes_c = $$(call getexportsymbols,\1) | \
	$(objtree)/scripts/gendwarfksyms/gendwarfksyms $$(if $$(KBUILD_GENDWARFKSYMS_STABLE), --stable) \
	$$(if $$(KBUILD_SYMTYPES), --symtypes $$(@:.o=.symtypes)) $(obj)/$(root-$(1)).o
endif

clean-files += $(root-$(1))_exports.c $(dir $(root-$(1)))lib$(1).rmeta
endef

$(foreach c,$(auxcore-built),$(eval $(call auxcore-crate-rules,$(c))))

# On a kernel with KCOV but without KCOV_INSTRUMENT_ALL, as the debug kernel is, coverage is that of our modules.
KCOV_INSTRUMENT := y

# The pure files of all crates with their unit tests, as one module. Set AUXCORE_KUNIT=1 to build it.
ifneq ($(AUXCORE_KUNIT),)
# What the bench compares with, in C.
obj-m += $(if $(wildcard $(src)/tests/modules/bench_children.c),tests/modules/bench_children.o)
auxcore-kunit := $(patsubst $(src)/%.rs,%.o,$(wildcard $(src)/tests/kunit/*.rs))
obj-m += $(auxcore-kunit)
$(foreach o,$(auxcore-kunit),$(eval RUSTFLAGS_$(o) := --cfg auxcore_kunit))
endif
