/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints of the firmware channel: /sys/kernel/tracing/events/auxcore.
 *
 * A command is posted once and done once; a reply that comes after its command
 * was done without one is late. A channel dies once.
 */

#undef TRACE_SYSTEM
#define TRACE_SYSTEM auxcore

#if !defined(_AUXCORE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _AUXCORE_TRACE_H

#include <linux/tracepoint.h>

DECLARE_EVENT_CLASS(auxcore_command,
	TP_PROTO(const char *device, u32 slot, u32 token, u32 opcode),
	TP_ARGS(device, slot, token, opcode),
	TP_STRUCT__entry(
		__string(device, device)
		__field(u32, slot)
		__field(u32, token)
		__field(u32, opcode)
	),
	TP_fast_assign(
		__assign_str(device);
		__entry->slot = slot;
		__entry->token = token;
		__entry->opcode = opcode;
	),
	TP_printk("device=%s slot=%d token=%u opcode=%#x", __get_str(device),
		  (int)__entry->slot, __entry->token, __entry->opcode)
);

/* A command was given to firmware. */
DEFINE_EVENT(auxcore_command, auxcore_command_post,
	TP_PROTO(const char *device, u32 slot, u32 token, u32 opcode),
	TP_ARGS(device, slot, token, opcode)
);

/*
 * Firmware returned a command that was given up. auxcore_command_done may tell
 * of it a little later.
 */
DEFINE_EVENT(auxcore_command, auxcore_command_late,
	TP_PROTO(const char *device, u32 slot, u32 token, u32 opcode),
	TP_ARGS(device, slot, token, opcode)
);

/*
 * A command is done: with firmware's status, or with a negative errno. The
 * slot is -1 for one that has none at its end; the time, from the post to the
 * return of the slot, is 0 for one that firmware did not return.
 */
TRACE_EVENT(auxcore_command_done,
	TP_PROTO(const char *device, u32 slot, u32 token, u32 opcode,
		 u32 status, int error, u32 latency_us),
	TP_ARGS(device, slot, token, opcode, status, error, latency_us),
	TP_STRUCT__entry(
		__string(device, device)
		__field(u32, slot)
		__field(u32, token)
		__field(u32, opcode)
		__field(u32, status)
		__field(int, error)
		__field(u32, latency_us)
	),
	TP_fast_assign(
		__assign_str(device);
		__entry->slot = slot;
		__entry->token = token;
		__entry->opcode = opcode;
		__entry->status = status;
		__entry->error = error;
		__entry->latency_us = latency_us;
	),
	TP_printk("device=%s slot=%d token=%u opcode=%#x status=%#x error=%d latency_us=%u",
		  __get_str(device), (int)__entry->slot, __entry->token,
		  __entry->opcode, __entry->status, __entry->error,
		  __entry->latency_us)
);

/*
 * A channel takes no command any more, and who waits in it is told now: its
 * device died, or its generation ends.
 */
TRACE_EVENT(auxcore_channel_dead,
	TP_PROTO(const char *device),
	TP_ARGS(device),
	TP_STRUCT__entry(
		__string(device, device)
	),
	TP_fast_assign(
		__assign_str(device);
	),
	TP_printk("device=%s", __get_str(device))
);

#endif /* _AUXCORE_TRACE_H */

/* Out of tree, so Kbuild puts this directory on the include path. */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace

/* This part must be outside protection */
#include <trace/define_trace.h>
