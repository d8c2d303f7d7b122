/*
 * scan_near.h - where in an article words stand, and which are near each other: the oracle's own
 * way
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_TESTS_ORACLE_SCAN_NEAR_H
#define NDX_TESTS_ORACLE_SCAN_NEAR_H

#include "tests/oracle/scan.h"

/* Is the token what the slot of a phrase wants? */
bool ndx_scan_is_wanted(const struct scan_token *token, const struct ndx_query_term *wanted);
/* Is the form one of those that a FORMS node stands for? */
bool ndx_scan_form_matches(const struct ndx_node *node, struct ndx_str form);
/* How many stretches of a NEAR there are in the title, or in the text (NDX_FIELD_ANY). */
size_t ndx_scan_count_near(const struct scan_article *a, enum ndx_field place,
                           const struct ndx_node *near);

#endif
