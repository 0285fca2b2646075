# SPDX-License-Identifier: GPL-2.0
#
# The two commands of this tree are `make run` and `make test`; `make help` lists the rest.
#
# kbuild never reads this file: the modules are described in Kbuild, so `make -C KDIR M=$PWD` works without it.

KDIR ?=
O ?=
MAKEFLAGS += --no-print-directory

.DEFAULT_GOAL := $(if $(KDIR),modules,help)

# Of make new-vendor; not from the environment, where these words may mean anything.
NAME :=
DIR :=

.PHONY: help new-vendor setup run test host-test guest-test test-debug bench mutants mutants-debug check docs scopes lint modules modules_install metadata_install clean

help:
	@echo 'On a Debian 12 or 13 machine, as root; each makes what it needs first (see README):'
	@echo '  make run              boot a guest with a device model and show the whole chain at work'
	@echo '  make test             run the tests; the last line is "N passed, N failed"; AUXCORE_STRESS=full adds the long ones'
	@echo 'For work on the tree:'
	@echo '  make setup            only the set-up: toolchain root, kernel, guest image, programs, modules'
	@echo '  make host-test        cargo tests of the workspace, inside the toolchain root'
	@echo '  make guest-test       all other tests, most of which boot guests'
	@echo '  make test-debug       the same on a kernel with every checker on, which is built first (an hour)'
	@echo '                        tests/run --kernel debug-remove --only SUITE: on one that also probes twice'
	@echo '  make mutants          plant faults in the model and the drivers, one at a time; a test must find each'
	@echo '  make mutants-debug    the same for faults that only the debug kernel sees'
	@echo '  make bench            measure ours against the in-tree driver, on a kernel built for it (see Documentation/performance.rst)'
	@echo '  make check            the rules of the tree: layers, unsafe code, unused items, maintainers, formatting, lints, documents'
	@echo '  make lint             of these only formatting and lints'
	@echo '  make docs             the documentation as HTML in build/docs'
	@echo '  make scopes           write the documents of the commands that user programs may execute anew'
	@echo '  make new-vendor NAME=acme [DIR=DIR]  write a vendor that works, to start from: in the tree, or in DIR outside'
	@echo '  make modules          the kernel modules for the kernel of the set-up'
	@echo '  make KDIR=DIR [O=DIR] the kernel modules for your own kernel tree, with your own toolchain, no set-up'
	@echo '  make KDIR=DIR [O=DIR] metadata_install INSTALL_METADATA_PATH=DIR  what vendors elsewhere are built against: AUXCORE=DIR'
	@echo '  make clean            remove build products from the tree (with KDIR=: those of that build)'
	@echo 'One command in a guest: tools/guest --help. A command in the toolchain root: tools/enter COMMAND.'
	@echo 'The cache is AUXCORE_CACHE, else XDG_CACHE_HOME/auxcore, else ~/.cache/auxcore; it may be removed at any time.'

setup:
	@tools/setup/setup

run:
	@begun=$$(date +%s) && tools/setup/setup && ready=$$(date +%s) && tests/demo && \
	echo && echo "make run: set-up $$((ready - begun)) s, demonstration $$(($$(date +%s) - ready)) s"

test:
	@tools/setup/setup && tests/run

host-test:
	@tests/run --only cargo

guest-test:
	@tools/setup/setup && tests/run --only '*/*'

test-debug:
	@AUXCORE_KERNEL=debug tools/setup/setup && tests/run --kernel debug

new-vendor: export new_name := $(NAME)
new-vendor: export new_dir := $(DIR)
new-vendor:
	@tools/new-vendor/new-vendor "$$new_name" "$$new_dir"

mutants:
	@tests/mutations/run

mutants-debug:
	@AUXCORE_KERNEL=debug tools/setup/setup && tests/mutations/run --debug

bench:
	@tools/bench/bench

check:
	@tools/check/run

docs:
	@tools/docs

scopes:
	@tools/scopes

lint:
	@tools/check/run --only rustfmt --only 'clippy-*' --only checkpatch --only shellcheck

ifeq ($(KDIR),)

modules:
	@tools/setup/setup modules

modules_install:
	@echo 'modules_install needs KDIR=/path/to/kernel: the modules of the set-up live only in guests.' >&2; exit 2

metadata_install:
	@echo 'metadata_install needs KDIR=/path/to/kernel: tools/guest --modules finds that of the set-up by itself.' >&2; exit 2

clean:
	@rm -rf build target

else

# A kernel that clang built is extended with clang, unless LLVM= is given by the caller.
kernel-config := $(wildcard $(or $(O),$(KDIR))/include/config/auto.conf)
llvm := $(if $(filter undefined,$(origin LLVM)),$(if $(kernel-config),$(if $(shell grep -x 'CONFIG_CC_IS_CLANG=y' $(kernel-config)),LLVM=1)))
kernel-make = $(MAKE) -C $(KDIR) $(if $(O),O=$(abspath $(O))) M=$(CURDIR) $(llvm)

modules modules_install: | configured
	+@$(kernel-make) $@

# In the layout of the tree, so that crates.mk finds it there.
metadata_install: modules
	@[ -n '$(INSTALL_METADATA_PATH)' ] || { echo 'metadata_install needs INSTALL_METADATA_PATH=DIR' >&2; exit 2; }
	@mkdir -p '$(INSTALL_METADATA_PATH)'
	@cp --parents crates.mk Module.symvers $$(find aux core -name '*.rmeta') '$(INSTALL_METADATA_PATH)'

clean:
	+@$(kernel-make) clean

.PHONY: configured
configured:
	@$(if $(kernel-config),:,echo 'There is no configured kernel in $(or $(O),$(KDIR)): name the tree with KDIR=, and its build directory with O= if it has one.' >&2; exit 2)

endif
