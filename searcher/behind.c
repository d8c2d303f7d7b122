/*
 * behind.c - see behind.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/behind.h"

#include "common/field.h"
#include "common/forms.h"
#include "common/termdict.h"
#include "common/varint.h"
#include "searcher/plan.h"

/* Bytes of a word that may be two. */
#define JOINED_MIN 4

/* The number of the first term of headlines that begins with the byte, or a greater one. */
static enum ndx_status
find_number(const struct ndx_forward *forward, uint8_t byte, uint32_t *number_ret,
            struct ndx_err *err)
{
	const uint8_t key[] = { NDX_FIELD_TITLE, byte };
	struct ndx_termdict_cursor cursor;
	enum ndx_status status =
		ndx_termdict_seek_key(forward->segment, key, sizeof(key), &cursor, err);

	*number_ret = forward->term_count;
	if (status == NDX_OK && !ndx_termdict_done(&cursor) && cursor.key[0] == NDX_FIELD_TITLE)
		*number_ret = ndx_termdict_ordinal(&cursor) - forward->ordinal_first;
	return status;
}

/* The terms that begin with the first byte of 'begin', if there is one. */
static enum ndx_status
find_range(struct ndx_behind *b, struct ndx_str begin)
{
	uint8_t byte;
	enum ndx_status status;

	b->term_begin = 0;
	b->term_end = b->forward.term_count;
	if (begin.size == 0)
		return NDX_OK;
	byte = (uint8_t)begin.data[0]; /* none of UTF-8 is 0xff */
	status = find_number(&b->forward, byte, &b->term_begin, b->err);
	if (status == NDX_OK)
		status = find_number(&b->forward, (uint8_t)(byte + 1), &b->term_end, b->err);
	if (b->term_end < b->term_begin || b->term_end > b->forward.term_count)
		b->term_begin = b->term_end = 0; /* damaged */
	return status;
}

/* The numbers of these terms' forms. */
static enum ndx_status
find_numbers(struct ndx_behind *b)
{
	struct ndx_forward_range first, end;
	enum ndx_status status = ndx_forward_term(&b->forward, b->term_begin, &first, b->err);

	if (status == NDX_OK)
		status = ndx_forward_term(&b->forward, b->term_end, &end, b->err);
	if (status != NDX_OK)
		return status;
	b->number_begin = first.first;
	b->number_end = end.first < first.first ? first.first : end.first; /* damaged */
	b->count = ndx_arena_take(b->arena, (b->number_end - b->number_begin + (size_t)1) *
	                                            sizeof(*b->count));
	if (b->count == NULL)
		return ndx_fail_nomem(b->err);
	memset(b->count, 0, (b->number_end - b->number_begin + (size_t)1) * sizeof(*b->count));
	return NDX_OK;
}

enum ndx_status
ndx_behind_term(struct ndx_behind *b, struct ndx_str term, struct ndx_forward_range *range_ret)
{
	struct ndx_term_info info;
	bool found;
	enum ndx_status status =
		ndx_plan_find(b->forward.segment, NDX_FIELD_TITLE, term, &info, &found, b->err);

	*range_ret = (struct ndx_forward_range){ 0, 0 };
	return status == NDX_OK && found
	               ? ndx_forward_term(&b->forward, info.ordinal - b->forward.ordinal_first,
	                                  range_ret, b->err)
	               : status;
}

enum ndx_status
ndx_behind_open(struct ndx_behind *b, const struct ndx_segment *segment,
                const struct ndx_slot *slot, size_t slot_count, struct ndx_str begin,
                struct ndx_arena *arena, struct ndx_err *err)
{
	enum ndx_status status;

	*b = (struct ndx_behind){
		.arena = arena, .slot = slot, .slot_count = slot_count, .err = err
	};
	status = ndx_forward_open(segment, &b->forward, err);
	if (status == NDX_OK)
		status = find_range(b, begin);
	if (status == NDX_OK)
		status = find_numbers(b);
	b->numbers = ndx_arena_alloc(arena, slot_count * sizeof(*b->numbers));
	if (status == NDX_OK && b->numbers == NULL)
		status = ndx_fail_nomem(err);
	for (size_t n = 0; status == NDX_OK && n < slot_count; n++)
		status = ndx_behind_term(b, slot[n].term.term, &b->numbers[n]);
	return status;
}

void
ndx_behind_close(struct ndx_behind *b)
{
	ndx_forward_close(&b->forward);
}

enum ndx_status
ndx_behind_text(struct ndx_behind *b, uint32_t term, struct ndx_str *text_ret)
{
	struct ndx_termdict_cursor cursor;
	enum ndx_status status = ndx_termdict_seek_ordinal(
		b->forward.segment, b->forward.ordinal_first + term, &cursor, b->err);

	if (status != NDX_OK)
		return status;
	*text_ret = (struct ndx_str){ NULL, 0 };
	if (!ndx_termdict_done(&cursor) && cursor.key_size > 0) {
		text_ret->data =
			ndx_arena_copy(b->arena, (const char *)cursor.key + 1, cursor.key_size - 1);
		text_ret->size = cursor.key_size - 1;
	}
	return text_ret->data == NULL ? ndx_fail_nomem(b->err) : NDX_OK;
}

static enum ndx_status
no_owner(const struct ndx_behind *b)
{
	return ndx_segment_corrupt(b->forward.segment,
	                           b->forward.segment->part[NDX_PART_FORWARD].off, b->err,
	                           "a number without a term");
}

/* The term that has the number, and all of its numbers. */
static enum ndx_status
find_owner(struct ndx_behind *b, uint32_t number, uint32_t *term_ret,
           struct ndx_forward_range *range_ret)
{
	uint32_t low = 0, high = b->forward.term_count;
	enum ndx_status status = NDX_OK;

	while (status == NDX_OK && low < high) {
		*term_ret = low + (high - low) / 2;
		status = ndx_forward_term(&b->forward, *term_ret, range_ret, b->err);
		if (number - range_ret->first < range_ret->count)
			return status;
		if (number < range_ret->first)
			high = *term_ret;
		else
			low = *term_ret + 1;
	}
	return status == NDX_OK ? no_owner(b) : status;
}

enum ndx_status
ndx_behind_next(struct ndx_behind *b, uint32_t *next, uint32_t *term,
                struct ndx_forward_range *range_ret)
{
	const uint8_t *firsts;
	uint32_t n = *next < b->number_begin ? b->number_begin : *next, first, end, at = *term;
	enum ndx_status status = ndx_forward_firsts(&b->forward, &firsts, b->err);

	*range_ret = (struct ndx_forward_range){ 0, 0 };
	while (n < b->number_end && b->count[n - b->number_begin] == 0)
		n++;
	if (status != NDX_OK || n >= b->number_end)
		return status;
	while (at < b->forward.term_count && ndx_get_u32(firsts + 4 * ((size_t)at + 1)) <= n)
		at++;
	if (at == b->forward.term_count)
		return no_owner(b);
	first = ndx_get_u32(firsts + 4 * (size_t)at);
	end = ndx_get_u32(firsts + 4 * ((size_t)at + 1));
	if (first > n || end > b->forward.number_count)
		return no_owner(b);
	*range_ret = (struct ndx_forward_range){ first, end - first };
	*term = at;
	*next = end;
	return NDX_OK;
}

/* The surface form with a number; from the arena. */
static enum ndx_status
find_form_text(struct ndx_behind *b, uint32_t number, struct ndx_str *form_ret)
{
	const struct ndx_segment *segment = b->forward.segment;
	struct ndx_forward_range range;
	struct ndx_term_info info;
	struct ndx_str term = { NULL, 0 };
	struct ndx_form form;
	const uint8_t *in;
	uint32_t owner = 0;
	bool found = false;
	enum ndx_status status = find_owner(b, number, &owner, &range);

	if (status == NDX_OK)
		status = ndx_behind_text(b, owner, &term);
	if (status == NDX_OK)
		status = ndx_plan_find(segment, NDX_FIELD_ANY, term, &info, &found, b->err);
	*form_ret = term;
	if (status != NDX_OK || !found || info.form_count == 0)
		return status;
	in = segment->data + info.forms_off;
	for (uint32_t n = 0; n <= number - range.first && n < info.form_count; n++)
		if (!ndx_forms_next(&in, segment->data + info.forms_off + info.forms_size, term,
		                    &form))
			return ndx_segment_corrupt(segment, info.forms_off, b->err, "bad forms");
	form_ret->data = ndx_arena_copy(b->arena, (const char *)form.text, form.size);
	form_ret->size = form.size;
	return form_ret->data == NULL ? ndx_fail_nomem(b->err) : NDX_OK;
}

/* Is it what the last word before begins with? */
static enum ndx_status
is_first_part(struct ndx_behind *b, uint32_t number, bool *part_ret)
{
	const struct ndx_str word = b->slot[b->slot_count - 1].term.form;
	struct ndx_first_part *known = &b->part[number % NDX_BEHIND_PARTS];
	struct ndx_str form = { NULL, 0 };
	enum ndx_status status = NDX_OK;

	if (!known->is_known || known->number != number) {
		status = find_form_text(b, number, &form);
		*known = (struct ndx_first_part){ .number = number, .is_known = true };
		known->is = status == NDX_OK && form.data != NULL && form.size < word.size &&
		            memcmp(word.data, form.data, form.size) == 0;
	}
	*part_ret = known->is;
	return status;
}

/*
 * Of these places of the last word before, leave out those where it is two words that were joined,
 * as "yearend" of "year-end": a phrase goes on behind their second part, which is not typed.
 */
static enum ndx_status
leave_out_joined(struct ndx_behind *b, const struct ndx_forward_headline *headline,
                 uint64_t *places)
{
	const struct ndx_forward_range own = b->numbers[b->slot_count - 1];
	uint32_t number[NDX_FORWARD_WORDS_MAX];
	uint64_t joined = 0;
	enum ndx_status status = NDX_OK;

	for (uint64_t left = *places & ndx_forward_shared(headline); status == NDX_OK && left != 0;
	     left &= left - 1) {
		const uint64_t one = left & -left;
		const uint32_t count = ndx_forward_numbers(headline, one, number);
		bool is = false;

		for (uint32_t i = 0; status == NDX_OK && count > 1 && !is && i < count; i++)
			if (number[i] < b->forward.number_count &&
			    number[i] - own.first >= own.count)
				status = is_first_part(b, number[i], &is);
		joined |= is ? one : 0;
	}
	*places &= ~joined;
	return status;
}

/* *places_ret: bits, the positions in a headline that are right behind the words before. */
static enum ndx_status
places_behind(struct ndx_behind *b, const struct ndx_forward_headline *headline,
              uint64_t *places_ret)
{
	uint64_t places = UINT64_MAX;
	enum ndx_status status = NDX_OK;

	for (size_t n = 0; n < b->slot_count; n++) {
		const uint32_t gap = n == 0 ? 0 : b->slot[n].position - b->slot[n - 1].position;

		places = gap >= NDX_FORWARD_POSITIONS
		                 ? 0
		                 : places << gap & ndx_forward_places(headline, b->numbers[n]);
	}
	if (!headline->is_few && places != 0 &&
	    b->slot[b->slot_count - 1].term.form.size >= JOINED_MIN)
		status = leave_out_joined(b, headline, &places);
	*places_ret = places << 1;
	return status;
}

/* Is the number that of a form of the same term as one of number[count]? */
static enum ndx_status
has_same(struct ndx_behind *b, uint32_t one, const uint32_t *number, uint32_t count, bool *same_ret)
{
	struct ndx_forward_range range;
	uint32_t term;
	enum ndx_status status = NDX_OK;

	*same_ret = false;
	if (count > 0)
		status = find_owner(b, one, &term, &range);
	for (uint32_t i = 0; status == NDX_OK && i < count; i++)
		*same_ret |= number[i] - range.first < range.count;
	return status;
}

enum ndx_status
ndx_behind_take(struct ndx_behind *b, ndx_docid docid)
{
	struct ndx_forward_headline headline;
	uint32_t number[NDX_FORWARD_WORDS_MAX], count, kept = 0;
	uint64_t places = 0;
	enum ndx_status status = ndx_forward_get(&b->forward, docid, &headline, b->err);

	if (status == NDX_OK)
		status = places_behind(b, &headline, &places);
	if (status != NDX_OK)
		return status;
	count = ndx_forward_numbers(&headline, places, number);
	for (uint32_t i = 0; status == NDX_OK && i < count; i++) {
		const uint32_t one = number[i];
		bool same = false;

		if (one < b->number_begin || one >= b->number_end)
			continue;
		status = has_same(b, one, number, kept, &same);
		if (status != NDX_OK || same)
			continue;
		number[kept++] = one;
		b->count[one - b->number_begin]++;
	}
	return status;
}

uint64_t
ndx_behind_count(const struct ndx_behind *b, struct ndx_forward_range range)
{
	uint64_t sum = 0;

	for (uint32_t n = range.first; n < range.first + range.count && n < b->number_end; n++)
		sum += n < b->number_begin ? 0 : b->count[n - b->number_begin];
	return sum;
}
