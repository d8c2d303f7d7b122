/*
 * error.h - fill struct ndx_err and return its status in one expression
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_ERROR_H
#define NDX_COMMON_ERROR_H

#include "common/ndx.h"

/* Both return what they set; 'err' may be NULL.  _os appends strerror(errno). */
enum ndx_status ndx_fail(struct ndx_err *err, enum ndx_status status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
enum ndx_status ndx_fail_os(struct ndx_err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
enum ndx_status ndx_fail_nomem(struct ndx_err *err);

#endif
