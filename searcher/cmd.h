/*
 * cmd.h - the reading commands, one a file: cmd_search.c and so on
 *
 * Each is the main() of its command: argv[0] is the command's name ("search"), the
 * rest is what was typed after it.  Returns the exit status; messages begin with
 * "ndx: ".  The caller flushes standard output and reports what cannot be written.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_CMD_H
#define NDX_SEARCHER_CMD_H

int ndx_cmd_check(int argc, char **argv);
int ndx_cmd_eval(int argc, char **argv);
int ndx_cmd_search(int argc, char **argv);
int ndx_cmd_show(int argc, char **argv);
int ndx_cmd_stats(int argc, char **argv);
int ndx_cmd_suggest(int argc, char **argv);

#endif
