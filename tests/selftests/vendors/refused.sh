#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# host:
#
# What a vendor's source cannot say, since it does not compile: fwctl for a device whose only datapath is netdev, a type
# of device without a number, and a child whose name the bus could not hold.

set -uo pipefail
cd "$(dirname "$0")/../../.." || exit
. tests/selftests/ktap.sh
. tests/selftests/vendors/vendor.bash

dir=$work/omega
table=$dir/core/omega/vendor.rs

# row CLASS NAME: a row of the vendor's table, of a child that is never there.
row() {
	echo "ChildClass { class: Class::$1, kind: Kind::one(&$2), wanted: |_, _| false, create: |_, _, _| Err(EINVAL) },"
}

# The bus has room for 40 bytes: auxcore_omega, two dots, ten digits, the end, and 14.
longest=fourteen_bytes
# One of fwctl's device types.
kind=Pds

# has ROW...: the vendor's table has these rows beside the template's, and the template's is of the class netdev.
has() {
	local rows=${*//&/\\&}
	sed -e 's/Class::Other("calc")/Class::Netdev/' -e "s#CHILDREN: &'static \[ChildClass<Self>\] = &\[#&$rows #" "$work/table" >"$table"
	cat >>"$table" <<-TEXT

		static FWCTL: auxbus::Name = auxcore::class::fwctl::NAME;
		static RDMA: auxbus::Name = auxbus::Name::new(c"auxcore_omega", c"$longest");
		const _: (&auxbus::Name, &auxbus::Name) = (&FWCTL, &RDMA);
		const _: auxcore::class::fwctl::Kind = auxcore::class::fwctl::Kind::$kind;
	TEXT
}

boots() { tools/guest --modules "$dir" --mem 256M -- true; }
# does_not_build TEXT: the compiler says it. The set-up shows the end of its words, and names the file with all of them.
does_not_build() {
	local said log
	said=$(boots 2>&1) && return 1
	log=$(sed -n 's/.*the end of \(.*\.log\):$/\1/p' <<<"$said")
	grep -q "$1" "$log" || { echo "$said"; return 1; }
}

plan 5
check "a vendor is written" vendor_is_written omega "$dir"
cp "$table" "$work/table"
has "$(row Fwctl FWCTL)"
check "with netdev and fwctl it does not compile, and the compiler says why" \
	does_not_build 'a vendor whose only datapath is netdev cannot have a child of the class fwctl'
has "$(row Fwctl FWCTL)" "$(row Rdma RDMA)"
check "with rdma as well, and with the longest name there is, it does" boots
kind=Omega
has "$(row Fwctl FWCTL)" "$(row Rdma RDMA)"
check "with a device type that fwctl does not have it does not compile, and the compiler says why" \
	does_not_build 'named .Omega. found for enum'
kind=Pds
longest+=s
has "$(row Fwctl FWCTL)" "$(row Rdma RDMA)"
check "with a name that is longer by a byte it does not compile, and the compiler says why" \
	does_not_build 'the name of a child is too long for the auxiliary bus'
finish
