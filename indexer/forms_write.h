/*
 * forms_write.h - the keys of field FORM, which lead from surface forms to terms
 *
 * They come last in the dictionary, so what they say is gathered while the lists are put.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_FORMS_WRITE_H
#define NDX_INDEXER_FORMS_WRITE_H

#include "indexer/termdict_write.h"

/*
 * Append to *noted the forms of the term of a key: those of its table, or, without one, the term
 * itself. An acronym (which begins with a capital) and a key of another field than ANY have none.
 * False: out of memory.
 */
bool ndx_forms_note(struct ndx_buf *noted, const uint8_t *key, size_t key_size,
                    const struct ndx_term_lists *lists);
/* Add a key for each form noted. */
enum ndx_status ndx_forms_write(const struct ndx_mem *mem, const struct ndx_buf *noted,
                                struct ndx_termdict_writer *dict, struct ndx_err *err);

#endif
