/*
 * vocabulary.h - surface forms to stems to term numbers, each stemmed once
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_VOCABULARY_H
#define NDX_INDEXER_VOCABULARY_H

#include "common/buf.h"
#include "common/field.h"
#include "common/stem.h"
#include "common/text.h"
#include "common/tokenize.h"

#define NDX_TERM_NONE UINT32_MAX

struct ndx_vocabulary;

struct ndx_vocabulary *ndx_vocabulary_new(const struct ndx_mem *mem, struct ndx_stemmer *stemmer);
void ndx_vocabulary_free(struct ndx_vocabulary *vocabulary); /* takes NULL; not the stemmer */

/*
 * The numbers of the terms of a token: in any field, and (if wanted) in the title; and that of its
 * form among the forms of the term.
 */
struct ndx_token_terms {
	uint32_t any, title, form;
};

/*
 * The hash of a form for ndx_vocabulary_token().  The place it leads to is fetched into the cache
 * meanwhile: hash all tokens of a text first, and look them up then.
 */
uint32_t ndx_vocabulary_hash(const struct ndx_vocabulary *vocabulary, const char *form,
                             size_t form_size, enum ndx_token_kind kind);

/*
 * Look a token up, entering what is new.  'form' is its folded form, 'hash' what
 * ndx_vocabulary_hash() gave for it.  Numbers are dense from 0 and last until the
 * vocabulary is cleared.  NDX_TERM_NONE in 'any': out of memory.
 */
struct ndx_token_terms ndx_vocabulary_token(struct ndx_vocabulary *vocabulary, uint32_t hash,
                                            const char *form, size_t form_size,
                                            enum ndx_token_kind kind, bool want_title);
/* The number of an unstemmed term of a field; NDX_TERM_NONE: out of memory. */
uint32_t ndx_vocabulary_term(struct ndx_vocabulary *vocabulary, enum ndx_field field,
                             const char *term, size_t term_size);

uint32_t ndx_vocabulary_count(const struct ndx_vocabulary *vocabulary);
size_t ndx_vocabulary_size(const struct ndx_vocabulary *vocabulary); /* bytes of memory, about */
/* The key of a term (field byte and bytes), until the vocabulary changes. */
struct ndx_str ndx_vocabulary_key(const struct ndx_vocabulary *vocabulary, uint32_t term);
/*
 * Append the forms of a term, the one with the highest number first: u8 size, bytes.  Nothing, if
 * it has none, or the only one is the term itself.
 */
void ndx_vocabulary_forms(const struct ndx_vocabulary *vocabulary, uint32_t term,
                          struct ndx_buf *out);
void ndx_vocabulary_clear(struct ndx_vocabulary *vocabulary);

#endif
