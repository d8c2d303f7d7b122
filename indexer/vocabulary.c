/*
 * vocabulary.c - surface forms to stems to term numbers
 *
 * Two open-addressing tables with linear probing, at most half full: one of forms,
 * which caches the terms that a form leads to, and one of terms.  A form is met
 * hundreds of times for each time it is new, so the stemmer is hardly ever run, and what
 * counts is the way through the table of forms: an entry is 32 bytes and holds forms of
 * up to 16 bytes itself, so that most tokens touch one cache line.
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/vocabulary.h"

#include <string.h>

#include "common/format.h"
#include "common/varint.h"

#define INLINE_SIZE 16

struct entry {
	uint32_t hash;
	uint16_t size;   /* of the text; 0: an empty place, as no form and no term is empty */
	uint8_t tag;     /* forms: whether they are stemmed; terms: their field */
	uint32_t term;   /* its number, or that of the form's term */
	uint32_t number; /* of a form among the term's forms */
	union {
		char text[INLINE_SIZE]; /* if it fits, padded with NUL */
		uint32_t off;           /* else of the text in 'bytes' */
	};
};

_Static_assert(sizeof(struct entry) == 32, "two entries a cache line");

struct table {
	struct entry *entry;
	uint32_t size; /* a power of two, or 0 */
	uint32_t count;
};

struct ndx_vocabulary {
	const struct ndx_mem *mem;
	struct ndx_stemmer *stemmer;
	struct table forms, terms;
	struct ndx_buf bytes;  /* of keys, with the field's byte first, and of forms */
	struct ndx_buf keys;   /* struct key_place by term */
	struct ndx_buf places; /* struct form_place, in the order in which they were met */
};

struct key_place {
	uint32_t off, size;
	uint32_t title;     /* of a term of field ANY, the same in the title; NDX_TERM_NONE */
	uint32_t form_last; /* the place of the last of its forms */
	uint32_t form_count;
};

struct form_place {
	uint32_t off, size;
	uint32_t before; /* the place of the form that was met before; UINT32_MAX: none */
};

struct ndx_vocabulary *
ndx_vocabulary_new(const struct ndx_mem *mem, struct ndx_stemmer *stemmer)
{
	struct ndx_vocabulary *vocabulary = ndx_alloc(mem, sizeof(*vocabulary));

	if (vocabulary == NULL)
		return NULL;
	*vocabulary = (struct ndx_vocabulary){ .mem = mem, .stemmer = stemmer };
	ndx_buf_init(&vocabulary->bytes, mem);
	ndx_buf_init(&vocabulary->keys, mem);
	ndx_buf_init(&vocabulary->places, mem);
	return vocabulary;
}

void
ndx_vocabulary_clear(struct ndx_vocabulary *vocabulary)
{
	ndx_free(vocabulary->mem, vocabulary->forms.entry);
	ndx_free(vocabulary->mem, vocabulary->terms.entry);
	vocabulary->forms = vocabulary->terms = (struct table){ 0 };
	ndx_buf_free(&vocabulary->bytes);
	ndx_buf_free(&vocabulary->keys);
	ndx_buf_free(&vocabulary->places);
}

void
ndx_vocabulary_free(struct ndx_vocabulary *vocabulary)
{
	if (vocabulary == NULL)
		return;
	ndx_vocabulary_clear(vocabulary);
	ndx_free(vocabulary->mem, vocabulary);
}

/* The first up to 8 bytes of in[size] as a number; no byte beyond is read. */
static inline uint64_t
load_up_to_8(const char *in, size_t size)
{
	if (size >= 8)
		return ndx_get_u64(in);
	if (size >= 4)
		return ndx_get_u32(in) | (uint64_t)ndx_get_u32(in + size - 4) << 32;
	if (size == 0)
		return 0;
	return (uint64_t)(uint8_t)in[0] | (uint64_t)(uint8_t)in[size / 2] << 8 |
	       (uint64_t)(uint8_t)in[size - 1] << 16;
}

static inline uint64_t
mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Multiply-and-fold of 16 bytes at a time (the idea of wyhash); only ever compared with itself. */
static uint32_t
hash_of(uint8_t tag, const char *text, size_t size)
{
	const uint64_t c1 = UINT64_C(0x9e3779b97f4a7c15), c2 = UINT64_C(0xd6e8feb86659fd93);
	uint64_t h = c1 ^ tag ^ (uint64_t)size << 8;

	for (; size > 16; text += 16, size -= 16)
		h = mix(h ^ ndx_get_u64(text), c2 ^ ndx_get_u64(text + 8));
	h = mix(h ^ load_up_to_8(text, size),
	        c2 ^ (size > 8 ? ndx_get_u64(text + size - 8) : size));
	return (uint32_t)(h ^ h >> 32);
}

static bool
is_stemmed(enum ndx_token_kind kind)
{
	return kind == NDX_TOKEN_WORD || kind == NDX_TOKEN_JOINED;
}

uint32_t
ndx_vocabulary_hash(const struct ndx_vocabulary *vocabulary, const char *form, size_t form_size,
                    enum ndx_token_kind kind)
{
	uint32_t hash = hash_of(is_stemmed(kind), form, form_size);

	if (vocabulary->forms.size > 0)
		__builtin_prefetch(&vocabulary->forms.entry[hash & (vocabulary->forms.size - 1)]);
	return hash;
}

static bool
table_grow(struct table *table, const struct ndx_mem *mem)
{
	uint32_t size = table->size == 0 ? 4096 : table->size * 2;
	struct entry *entry = size == 0 ? NULL : ndx_alloc_zero(mem, size, sizeof(*entry));

	if (entry == NULL)
		return false;
	for (uint32_t i = 0; i < table->size; i++) {
		uint32_t at = table->entry[i].hash & (size - 1);

		if (table->entry[i].size == 0)
			continue;
		while (entry[at].size != 0)
			at = (at + 1) & (size - 1);
		entry[at] = table->entry[i];
	}
	ndx_free(mem, table->entry);
	table->entry = entry;
	table->size = size;
	return true;
}

static inline bool
same(const struct ndx_vocabulary *vocabulary, const struct entry *entry, uint8_t tag,
     const char *text, size_t size)
{
	if (entry->size != size || entry->tag != tag)
		return false;
	if (size > INLINE_SIZE)
		return memcmp(vocabulary->bytes.data + entry->off, text, size) == 0;
	if (size >= 8)
		return ndx_get_u64(entry->text) == ndx_get_u64(text) &&
		       ndx_get_u64(entry->text + size - 8) == ndx_get_u64(text + size - 8);
	return load_up_to_8(entry->text, size) == load_up_to_8(text, size);
}

/* Append bytes that stay; returns their offset, UINT32_MAX: out of memory. */
static uint32_t
keep_bytes(struct ndx_vocabulary *vocabulary, const char *text, size_t size)
{
	size_t off = vocabulary->bytes.size;

	if (off >= UINT32_MAX - size)
		return UINT32_MAX;
	ndx_buf_add(&vocabulary->bytes, text, size);
	return ndx_buf_failed(&vocabulary->bytes) ? UINT32_MAX : (uint32_t)off;
}

/* The entry of tag and text[size], entered without terms if it is new; NULL: out of memory. */
static struct entry *
table_entry(struct ndx_vocabulary *vocabulary, struct table *table, uint32_t hash, uint8_t tag,
            const char *text, size_t size)
{
	struct entry *entry;

	if (table->count >= table->size / 2 && !table_grow(table, vocabulary->mem))
		return NULL;
	for (uint32_t at = hash & (table->size - 1);; at = (at + 1) & (table->size - 1)) {
		entry = &table->entry[at];
		if (entry->size == 0)
			break;
		if (entry->hash == hash && same(vocabulary, entry, tag, text, size))
			return entry;
	}
	memset(entry, 0, sizeof(*entry));
	if (size <= INLINE_SIZE) {
		memcpy(entry->text, text, size);
	} else {
		entry->off = keep_bytes(vocabulary, text, size);
		if (entry->off == UINT32_MAX)
			return NULL;
	}
	entry->hash = hash;
	entry->size = (uint16_t)size;
	entry->tag = tag;
	entry->term = NDX_TERM_NONE;
	table->count++;
	return entry;
}

/* Give a new term its key and number; NDX_TERM_NONE: out of memory. */
static uint32_t
number_term(struct ndx_vocabulary *vocabulary, enum ndx_field field, const char *term, size_t size)
{
	const char tag = (char)field;
	const struct key_place place = { keep_bytes(vocabulary, &tag, 1), (uint32_t)size + 1,
		                         NDX_TERM_NONE, UINT32_MAX, 0 };

	if (place.off == UINT32_MAX || keep_bytes(vocabulary, term, size) == UINT32_MAX)
		return NDX_TERM_NONE;
	ndx_buf_add(&vocabulary->keys, &place, sizeof(place));
	return ndx_buf_failed(&vocabulary->keys) ? NDX_TERM_NONE
	                                         : ndx_vocabulary_count(vocabulary) - 1;
}

uint32_t
ndx_vocabulary_term(struct ndx_vocabulary *vocabulary, enum ndx_field field, const char *term,
                    size_t term_size)
{
	struct entry *entry;

	if (term_size > NDX_KEY_SIZE_MAX - 1)
		term_size = NDX_KEY_SIZE_MAX - 1;
	entry = table_entry(vocabulary, &vocabulary->terms,
	                    hash_of((uint8_t)field, term, term_size), (uint8_t)field, term,
	                    term_size);
	if (entry == NULL)
		return NDX_TERM_NONE;
	if (entry->term == NDX_TERM_NONE)
		entry->term = number_term(vocabulary, field, term, term_size);
	return entry->term;
}

static struct key_place *
place_of(const struct ndx_vocabulary *vocabulary, uint32_t term)
{
	return (struct key_place *)(void *)vocabulary->keys.data + term;
}

/* Give a form its number among those of its term; false: out of memory. */
static bool
number_form(struct ndx_vocabulary *vocabulary, struct entry *entry, const char *form, size_t size)
{
	struct key_place *term = place_of(vocabulary, entry->term);
	const struct form_place place = { keep_bytes(vocabulary, form, size), (uint32_t)size,
		                          term->form_last };

	if (place.off == UINT32_MAX)
		return false;
	entry->number = term->form_count++;
	term->form_last = (uint32_t)(vocabulary->places.size / sizeof(place));
	ndx_buf_add(&vocabulary->places, &place, sizeof(place));
	return !ndx_buf_failed(&vocabulary->places);
}

/* The term of a form that is met for the first time; false: out of memory. */
static bool
enter_form(struct ndx_vocabulary *vocabulary, struct entry *entry, const char *form, size_t size,
           enum ndx_token_kind kind)
{
	struct ndx_str stem = { form, size };

	if (is_stemmed(kind))
		stem.data = ndx_stem(vocabulary->stemmer, form, size, &stem.size);
	if (stem.data != NULL)
		entry->term = ndx_vocabulary_term(vocabulary, NDX_FIELD_ANY, stem.data, stem.size);
	return entry->term != NDX_TERM_NONE &&
	       (kind == NDX_TOKEN_ACRONYM || number_form(vocabulary, entry, form, size));
}

/* The number of a term of field ANY in the title; NDX_TERM_NONE: out of memory. */
static uint32_t
title_term(struct ndx_vocabulary *vocabulary, uint32_t term)
{
	uint32_t title = place_of(vocabulary, term)->title;
	char copy[NDX_KEY_SIZE_MAX];
	struct ndx_str key;

	if (title != NDX_TERM_NONE)
		return title;
	key = ndx_vocabulary_key(vocabulary, term);
	memcpy(copy, key.data + 1, key.size - 1); /* entering a term may move the bytes */
	title = ndx_vocabulary_term(vocabulary, NDX_FIELD_TITLE, copy, key.size - 1);
	place_of(vocabulary, term)->title = title;
	return title;
}

struct ndx_token_terms
ndx_vocabulary_token(struct ndx_vocabulary *vocabulary, uint32_t hash, const char *form,
                     size_t form_size, enum ndx_token_kind kind, bool want_title)
{
	struct ndx_token_terms terms = { NDX_TERM_NONE, NDX_TERM_NONE, 0 };
	struct entry *entry = table_entry(vocabulary, &vocabulary->forms, hash, is_stemmed(kind),
	                                  form, form_size);

	if (entry == NULL)
		return terms;
	if (entry->term == NDX_TERM_NONE && !enter_form(vocabulary, entry, form, form_size, kind))
		return terms;
	if (want_title) {
		terms.title = title_term(vocabulary, entry->term);
		if (terms.title == NDX_TERM_NONE)
			return terms;
	}
	terms.any = entry->term;
	terms.form = entry->number;
	return terms;
}

void
ndx_vocabulary_forms(const struct ndx_vocabulary *vocabulary, uint32_t term, struct ndx_buf *out)
{
	const struct key_place *key = place_of(vocabulary, term);
	const struct form_place *places =
		(const struct form_place *)(const void *)vocabulary->places.data;
	const uint8_t *bytes = vocabulary->bytes.data;

	if (key->form_count == 1 && places[key->form_last].size == key->size - 1 &&
	    memcmp(bytes + places[key->form_last].off, bytes + key->off + 1, key->size - 1) == 0)
		return;
	for (uint32_t at = key->form_last; at != UINT32_MAX; at = places[at].before) {
		ndx_buf_add_u8(out, places[at].size);
		ndx_buf_add(out, bytes + places[at].off, places[at].size);
	}
}

uint32_t
ndx_vocabulary_count(const struct ndx_vocabulary *vocabulary)
{
	return (uint32_t)(vocabulary->keys.size / sizeof(struct key_place));
}

size_t
ndx_vocabulary_size(const struct ndx_vocabulary *vocabulary)
{
	return vocabulary->bytes.size_max + vocabulary->keys.size_max +
	       vocabulary->places.size_max +
	       sizeof(struct entry) * ((size_t)vocabulary->forms.size + vocabulary->terms.size);
}

struct ndx_str
ndx_vocabulary_key(const struct ndx_vocabulary *vocabulary, uint32_t term)
{
	const struct key_place *place =
		(const struct key_place *)(void *)vocabulary->keys.data + term;

	return (struct ndx_str){ (const char *)vocabulary->bytes.data + place->off, place->size };
}
