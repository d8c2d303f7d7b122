/*
 * cmd_zone.h - time zones by their names, for programs
 *
 * Not part of the library: it sets TZ, which is the whole process's.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_CMD_ZONE_H
#define NDX_SEARCHER_CMD_ZONE_H

#include "common/ndx.h"

/*
 * From now on *zone_ret is the zone 'name': "UTC", "local" (what TZ or the system says), an offset
 * such as +05:30, or a name of the tz database such as Europe/Paris.  False: there is none such
 * here.
 */
bool ndx_zone_by_name(const char *name, struct ndx_zone *zone_ret);
/* Would that work?  Changes nothing. */
bool ndx_zone_is_known(const char *name);

#endif
