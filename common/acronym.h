/*
 * acronym.h - the fixed lists of English news: acronyms that are words, abbreviations
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_ACRONYM_H
#define NDX_COMMON_ACRONYM_H

#include <stdbool.h>
#include <stddef.h>

/* Longest entry of the list of acronyms, in bytes. */
#define NDX_ACRONYM_SIZE_MAX 5

/* Is the folded word[size] an everyday word and, in capitals, an acronym (us, it, who)? */
bool ndx_acronym_is_word(const char *word, size_t size);

/* Is word[size], as written and without its period, an abbreviation (Mr, Corp, Sept)? */
bool ndx_abbreviation(const char *word, size_t size);

#endif
