/*
 * error.c - see error.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void
set(struct ndx_err *err, enum ndx_status status, const char *fmt, va_list args)
{
	if (err == NULL)
		return;
	err->status = status;
	err->at = 0;
	vsnprintf(err->msg, sizeof(err->msg), fmt, args);
}

enum ndx_status
ndx_fail(struct ndx_err *err, enum ndx_status status, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	set(err, status, fmt, args);
	va_end(args);
	return status;
}

enum ndx_status
ndx_fail_os(struct ndx_err *err, const char *fmt, ...)
{
	const int os_error = errno; /* before anything here can change it */
	va_list args;
	char reason[80];
	size_t len;

	va_start(args, fmt);
	set(err, NDX_E_IO, fmt, args);
	va_end(args);
	if (err != NULL) {
		len = strlen(err->msg);
		if (strerror_r(os_error, reason, sizeof(reason)) != 0)
			snprintf(reason, sizeof(reason), "error %d", os_error);
		snprintf(err->msg + len, sizeof(err->msg) - len, ": %s", reason);
	}
	return NDX_E_IO;
}

enum ndx_status
ndx_fail_nomem(struct ndx_err *err)
{
	return ndx_fail(err, NDX_E_NOMEM, "out of memory");
}

const char *
ndx_strstatus(enum ndx_status status)
{
	switch (status) {
	case NDX_OK:
		return "success";
	case NDX_E_IO:
		return "input or output failed";
	case NDX_E_NOMEM:
		return "out of memory";
	case NDX_E_CORRUPT:
		return "the index is damaged";
	case NDX_E_VERSION:
		return "the index has another format version";
	case NDX_E_QUERY:
		return "the query does not parse";
	case NDX_E_LIMIT:
		return "beyond a limit";
	case NDX_E_NOT_FOUND:
		return "no such article";
	case NDX_E_INPUT:
		return "the input cannot be taken";
	case NDX_E_LOCKED:
		return "the index is locked";
	}
	return "unknown status";
}
