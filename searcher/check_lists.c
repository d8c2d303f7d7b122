/*
 * check_lists.c - the dictionary and the postings of a segment under check
 *
 * Every list is walked once, and what the walk finds is compared with what the list's
 * head, its skip data, the dictionary and the tombstones say of it.
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>

#include "common/field.h"
#include "common/forms.h"
#include "common/forward.h"
#include "common/postings.h"
#include "common/postings_layout.h"
#include "common/termdict.h"
#include "common/tombstones.h"
#include "common/varint.h"
#include "searcher/check_parts.h"

/* One list on its way. */
struct walk {
	struct ndx_check_state *state;
	struct ndx_postings postings;
	struct ndx_buf positions, numbers;
	/* uint64_t by number of a form, as counted; then the same in deleted articles */
	struct ndx_buf form_cf;
	bool is_any, is_title; /* terms of the title and text together, and of the title */
	bool is_pair;          /* of words, in either: has no corrections */
	uint64_t cf;
	uint32_t dead_df; /* in deleted articles */
	uint64_t dead_cf;
	uint32_t reached[NDX_THRESHOLD_COUNT]; /* postings that are as good as each threshold */
	struct ndx_err *err;
};

static enum ndx_status
corrupt(const struct walk *walk, const char *what, ndx_docid docid)
{
	const struct ndx_term_info *info = &walk->postings.info;

	return ndx_segment_corrupt(walk->state->segment, info->postings_off, walk->err,
	                           "%s in term %" PRIu32 ", article %" PRIu32, what, info->ordinal,
	                           docid);
}

static bool
is_bounded(const struct ndx_impact impact[NDX_IMPACT_COUNT], uint32_t tf, uint8_t norm)
{
	for (size_t i = 0; i < NDX_IMPACT_COUNT; i++)
		if ((impact[i].tf == 255 || tf <= impact[i].tf) && norm >= impact[i].norm)
			return true;
	return false;
}

/* The bounds of its block, of its group and of the list hold for a posting. */
static bool
bounds_hold(const struct walk *walk, uint32_t block, uint32_t tf, uint8_t norm, uint32_t title_tf)
{
	const struct ndx_postings *postings = &walk->postings;
	struct ndx_impact impact[NDX_IMPACT_COUNT];
	uint8_t title_max;

	/* a list of one block has none */
	if (!ndx_postings_block_impacts(postings, block, impact, &title_max))
		return true;
	if (!is_bounded(impact, tf, norm) || (title_max < 255 && title_tf > title_max))
		return false;
	ndx_postings_group_impacts(postings, block / NDX_GROUP_LEN, impact, &title_max);
	if (!is_bounded(impact, tf, norm) || (title_max < 255 && title_tf > title_max))
		return false;
	ndx_postings_list_impacts(postings, impact, &title_max);
	return is_bounded(impact, tf, norm) && (title_max == 255 || title_tf <= title_max);
}

static void
count_thresholds(struct walk *walk, uint32_t tf, uint8_t norm)
{
	struct ndx_impact impact;

	for (unsigned i = 0; i < NDX_THRESHOLD_COUNT; i++)
		if (ndx_postings_threshold(&walk->postings, i, &impact) && tf >= impact.tf &&
		    norm <= impact.norm)
			walk->reached[i]++;
}

/* Note that a term stands at this position; false if the article, by its norm, has none such. */
static bool
cover(struct ndx_check_state *state, ndx_docid docid, uint32_t position)
{
	const uint64_t first = state->covered_off[docid], end = state->covered_off[docid + 1];

	/* too long to be followed */
	if (first == end)
		return true;
	if (position >= end - first)
		return false;
	state->covered[(first + position) / 8] |= (uint8_t)(1u << (first + position) % 8);
	return true;
}

/* The positions of a posting; *title_tf_ret of them are in the title. */
static enum ndx_status
check_positions(struct walk *walk, uint32_t i, ndx_docid docid, uint32_t *title_tf_ret)
{
	struct ndx_check_state *state = walk->state;
	const uint32_t tf = walk->postings.tf[i], title_count = state->title_count[docid];
	const uint32_t *position;
	enum ndx_status status;

	*title_tf_ret = 0;
	if (!walk->postings.info.has_positions)
		return walk->is_any ? corrupt(walk, "no positions", docid) : NDX_OK;
	status = ndx_postings_positions(&walk->postings, i, &walk->positions, walk->err);
	if (status != NDX_OK)
		return status;
	position = (const uint32_t *)(const void *)walk->positions.data;
	if (walk->is_title && position[tf - 1] >= title_count)
		return corrupt(walk, "a position beyond the title", docid);
	if (!walk->is_any)
		return NDX_OK;
	for (uint32_t j = 0; j < tf; j++) {
		if (title_count > 0 && position[j] == title_count)
			return corrupt(walk, "a position between title and text", docid);
		if (!cover(state, docid, position[j]))
			return corrupt(walk, "a position beyond the length", docid);
		*title_tf_ret += position[j] < title_count;
	}
	if (position[tf - 1] >= state->position_end[docid])
		state->position_end[docid] = position[tf - 1] + 1;
	return NDX_OK;
}

/* Count the forms that stand at the positions of the loaded block. */
static enum ndx_status
count_forms(struct walk *walk)
{
	uint64_t *cf = (uint64_t *)(void *)walk->form_cf.data;
	const uint32_t *number;
	enum ndx_status status;

	if (walk->postings.info.form_count < 2)
		return NDX_OK;
	status = ndx_postings_forms(&walk->postings, &walk->numbers, NULL, walk->err);
	number = (const uint32_t *)(const void *)walk->numbers.data;
	for (size_t i = 0; status == NDX_OK && i < walk->numbers.size / sizeof(*number); i++)
		cf[number[i]]++;
	return status;
}

/* Of posting i, which is of a deleted article. */
static void
count_dead(struct walk *walk, uint32_t i)
{
	const struct ndx_postings *postings = &walk->postings;
	const uint32_t form_count = postings->info.form_count;
	uint64_t *dead = (uint64_t *)(void *)walk->form_cf.data + form_count;
	const uint32_t *number = (const uint32_t *)(const void *)walk->numbers.data;

	walk->dead_df++;
	walk->dead_cf += postings->tf[i];
	if (form_count < 2)
		return;
	for (uint32_t p = i == 0 ? 0 : postings->tf_sum[i - 1] + 1; p <= postings->tf_sum[i]; p++)
		dead[number[p]]++;
}

static enum ndx_status
check_block(struct walk *walk, uint32_t block)
{
	struct ndx_postings *postings = &walk->postings;
	const struct ndx_segment *segment = walk->state->segment;
	const uint8_t *norms = ndx_segment_part(segment, NDX_PART_NORMS);
	enum ndx_status status = ndx_postings_load(postings, block, walk->err);

	if (status == NDX_OK)
		status = count_forms(walk);
	if (status != NDX_OK)
		return status;
	ndx_postings_load_tfs(postings);
	for (uint32_t i = 0; i < postings->count; i++) {
		const ndx_docid docid = postings->docid[i];
		const uint32_t tf = postings->tf[i];
		uint32_t title_tf;

		if (tf == 0)
			return corrupt(walk, "a tf of 0", docid);
		status = check_positions(walk, i, docid, &title_tf);
		if (status != NDX_OK)
			return status;
		/* Only terms that score have bounds that anyone relies on. */
		if ((walk->is_any || walk->is_title || walk->is_pair) &&
		    !bounds_hold(walk, block, tf, norms[docid], title_tf))
			return corrupt(walk, "a posting above its bound", docid);
		count_thresholds(walk, tf, norms[docid]);
		walk->cf += tf;
		if (ndx_tombstones_has(segment->tombstones, docid))
			count_dead(walk, i);
	}
	return NDX_OK;
}

/* What the list says of itself, and others say of it, is what was counted. */
static enum ndx_status
check_sums(struct walk *walk)
{
	static const uint32_t k[NDX_THRESHOLD_COUNT] = NDX_THRESHOLD_KS;
	const struct ndx_postings *postings = &walk->postings;
	const struct ndx_correction correction =
		ndx_tombstones_correction(walk->state->segment->tombstones, postings->info.ordinal);
	struct ndx_impact impact;

	if (walk->cf != postings->info.cf)
		return corrupt(walk, "another cf than the dictionary's", 0);
	if (walk->is_pair ? correction.df != 0
	                  : walk->dead_df != correction.df || walk->dead_cf != correction.cf)
		return corrupt(walk, "another correction than the tombstones'", 0);
	for (unsigned i = 0;
	     (walk->is_any || walk->is_title || walk->is_pair) && i < NDX_THRESHOLD_COUNT; i++)
		if (ndx_postings_threshold(postings, i, &impact) && walk->reached[i] < k[i])
			return corrupt(walk, "a threshold too high", 0);
	for (uint32_t group = 0; group < postings->group_count; group++) {
		uint32_t end = (group + 1) * NDX_GROUP_LEN;

		end = end < postings->block_count ? end : postings->block_count;
		if (ndx_postings_group_last(postings, group) !=
		    ndx_postings_block_last(postings, end - 1))
			return corrupt(walk, "another last docid than its block's", 0);
	}
	return NDX_OK;
}

/* A form leads back to its term; 'dead': how often it stands in deleted articles, of which an older
 * program kept nothing. */
static enum ndx_status
check_form(const struct walk *walk, const struct ndx_form *form, uint64_t dead, struct ndx_str term)
{
	const struct ndx_segment *segment = walk->state->segment;
	uint8_t key[NDX_KEY_SIZE_MAX] = { NDX_FIELD_FORM };
	struct ndx_form_term back;
	struct ndx_term_info info;
	uint64_t corrected;
	bool found;
	enum ndx_status status;

	memcpy(key + 1, form->text, form->size);
	status = ndx_termdict_find(segment, key, form->size + 1, &info, &found, walk->err);
	if (status != NDX_OK)
		return status;
	if (!found ||
	    !ndx_form_term_decode(segment->data + info.forms_off, (size_t)info.forms_size,
	                          (struct ndx_str){ (const char *)form->text, form->size },
	                          &back) ||
	    back.cf != form->cf || !ndx_str_equal((struct ndx_str){ back.text, back.size }, term))
		return corrupt(walk, "a form that does not lead to it", 0);
	corrected = ndx_tombstones_correction(segment->tombstones, info.ordinal).cf;
	if (corrected > dead)
		return corrupt(walk, "another correction of a form than the tombstones'", 0);
	return NDX_OK;
}

/* The table of forms says what was counted; where there is none, the only form is the term. */
static enum ndx_status
check_forms(struct walk *walk, struct ndx_str term)
{
	const struct ndx_term_info *info = &walk->postings.info;
	const uint64_t *cf = (const uint64_t *)(const void *)walk->form_cf.data;
	const uint8_t *in = walk->state->segment->data + info->forms_off,
		      *end = in + info->forms_size;
	struct ndx_form form = { .size = term.size, .cf = info->cf };
	enum ndx_status status = NDX_OK;

	if (!walk->is_any)
		return info->form_count == 0 ? NDX_OK : corrupt(walk, "forms", 0);
	if (term.data[0] >= 'A' && term.data[0] <= 'Z') /* an acronym */
		return info->form_count == 0 ? NDX_OK : corrupt(walk, "forms", 0);
	memcpy(form.text, term.data, term.size);
	for (uint32_t i = 0; status == NDX_OK && i < (info->form_count == 0 ? 1 : info->form_count);
	     i++) {
		if (info->form_count > 0 && !ndx_forms_next(&in, end, term, &form))
			return corrupt(walk, "bad forms", 0);
		if (form.cf != (info->form_count > 1 ? cf[i] : info->cf) ||
		    (form.size == 0) != (form.cf == 0))
			return corrupt(walk, "another cf of a form than counted", 0);
		if (form.size > 0)
			status = check_form(walk, &form,
			                    info->form_count > 1 ? cf[info->form_count + i]
			                                         : walk->dead_cf,
			                    term);
		walk->state->form_count += form.size > 0;
	}
	if (status == NDX_OK && info->form_count > 0 && in != end)
		return corrupt(walk, "bytes after its forms", 0);
	return status;
}

static enum ndx_status
check_list(struct ndx_check_state *state, const struct ndx_termdict_cursor *cursor,
           struct ndx_buf *positions, struct ndx_err *err)
{
	struct walk walk = { .state = state, .positions = *positions, .err = err };
	uint8_t *cf;
	enum ndx_status status;

	ndx_buf_init(&walk.numbers, state->mem);
	ndx_buf_init(&walk.form_cf, state->mem);
	walk.is_any = cursor->key[0] == NDX_FIELD_ANY;
	walk.is_title = cursor->key[0] == NDX_FIELD_TITLE;
	walk.is_pair = cursor->key[0] >= NDX_FIELD_PAIR;
	cf = ndx_buf_reserve(&walk.form_cf, 2 * cursor->info.form_count * sizeof(uint64_t));
	if (cf == NULL && cursor->info.form_count > 0)
		return ndx_fail_nomem(err);
	if (cf != NULL)
		memset(cf, 0, 2 * cursor->info.form_count * sizeof(uint64_t));
	status = ndx_postings_open(state->segment, &cursor->info, &walk.postings, err);
	for (uint32_t i = 0; status == NDX_OK && i < walk.postings.block_count; i++)
		status = check_block(&walk, i);
	if (status == NDX_OK)
		status = check_forms(&walk, (struct ndx_str){ (const char *)cursor->key + 1,
		                                              cursor->key_size - 1 });
	ndx_buf_free(&walk.numbers);
	ndx_buf_free(&walk.form_cf);
	*positions = walk.positions; /* it may have grown */
	return status != NDX_OK ? status : check_sums(&walk);
}

static bool
is_field(uint8_t byte)
{
	return byte == NDX_FIELD_ANY || byte == NDX_FIELD_SENTENCE || byte == NDX_FIELD_FORM ||
	       byte == NDX_FIELD_PAIR || byte == NDX_FIELD_TITLE_PAIR ||
	       (byte != NDX_FIELD_ID && byte != NDX_FIELD_DATE &&
	        ndx_field_name((enum ndx_field)byte)[0] != '\0');
}

/*
 * Is it the key that the top of the dictionary has for this block?  The layout is at the head of
 * termdict.c, which has seen to the number of blocks; offsets are checked here.
 */
static bool
is_top_key(const struct ndx_segment *segment, uint32_t block, struct ndx_str key)
{
	const struct ndx_span span = segment->part[NDX_PART_DICT_TOP];
	const uint8_t *top = ndx_segment_part(segment, NDX_PART_DICT_TOP);
	const uint64_t blocks = ndx_get_u32(top);
	const uint64_t prefixes = 4 + 8 * (blocks + 1), keys = prefixes + NDX_PREFIX_SIZE * blocks;
	const uint32_t begin = ndx_get_u32(top + 4 + 4 * (size_t)block);
	const uint32_t end = ndx_get_u32(top + 8 + 4 * (size_t)block);
	uint8_t prefix[NDX_PREFIX_SIZE] = { 0 };

	memcpy(prefix, key.data, key.size < sizeof(prefix) ? key.size : sizeof(prefix));
	return begin <= end && end <= span.size - keys &&
	       memcmp(top + prefixes + sizeof(prefix) * (size_t)block, prefix, sizeof(prefix)) ==
	               0 &&
	       ndx_str_equal((struct ndx_str){ (const char *)top + keys + begin, end - begin },
	                     key);
}

/* The key is one, follows the one before, and is where a search looks for it. */
static enum ndx_status
check_key(const struct ndx_termdict_cursor *cursor, struct ndx_str before, uint32_t ordinal,
          struct ndx_err *err)
{
	const struct ndx_str key = { (const char *)cursor->key, cursor->key_size };
	const uint64_t off = cursor->segment->part[NDX_PART_DICT].off;
	struct ndx_term_info info;
	bool found = true;
	enum ndx_status status;

	if (key.size < 2 || !is_field(cursor->key[0]))
		return ndx_segment_corrupt(cursor->segment, off, err, "a bad key of term %" PRIu32,
		                           ordinal);
	if ((ordinal > 0 && ndx_str_compare(before, key) >= 0) || cursor->info.ordinal != ordinal)
		return ndx_segment_corrupt(cursor->segment, off, err,
		                           "term %" PRIu32 " out of order", ordinal);
	if (ordinal % NDX_DICT_BLOCK_LEN != 0)
		return NDX_OK;
	if (!is_top_key(cursor->segment, ordinal / NDX_DICT_BLOCK_LEN, key))
		return ndx_segment_corrupt(cursor->segment,
		                           cursor->segment->part[NDX_PART_DICT_TOP].off, err,
		                           "another first key than that of term %" PRIu32, ordinal);
	status = ndx_termdict_find(cursor->segment, key.data, key.size, &info, &found, err);
	if (status == NDX_OK && (!found || info.ordinal != ordinal))
		return ndx_segment_corrupt(cursor->segment,
		                           cursor->segment->part[NDX_PART_DICT_TOP].off, err,
		                           "term %" PRIu32 " cannot be found", ordinal);
	return status;
}

/* Terms and lists follow each other without a gap. */
static enum ndx_status
check_dictionary(struct ndx_check_state *state, struct ndx_buf *positions, struct ndx_err *err)
{
	const struct ndx_segment *segment = state->segment;
	const struct ndx_span lists = segment->part[NDX_PART_POSTINGS];
	struct ndx_termdict_cursor cursor;
	uint8_t before[NDX_KEY_SIZE_MAX];
	struct ndx_str last = { (const char *)before, 0 };
	uint64_t next = lists.off, positions_bytes = 0;
	uint32_t ordinal = 0, forms = 0;
	enum ndx_status status = ndx_termdict_seek(segment, NULL, 0, &cursor, err);

	for (; status == NDX_OK && !ndx_termdict_done(&cursor); ordinal++) {
		const bool is_form = cursor.key[0] == NDX_FIELD_FORM;

		status = check_key(&cursor, last, ordinal, err);
		forms += is_form;
		if (status == NDX_OK && !cursor.info.is_inline && !is_form) {
			if (cursor.info.positions_off != next)
				return ndx_segment_corrupt(segment, cursor.info.positions_off, err,
				                           "a list not at %" PRIu64, next);
			next = cursor.info.postings_off + cursor.info.postings_size;
			positions_bytes += cursor.info.positions_size;
		}
		if (status == NDX_OK && !is_form)
			status = check_list(state, &cursor, positions, err);
		memcpy(before, cursor.key, cursor.key_size);
		last.size = cursor.key_size;
		if (status == NDX_OK)
			status = ndx_termdict_next(&cursor, err);
	}
	if (status != NDX_OK)
		return status;
	if (ordinal != segment->term_count || next != lists.off + lists.size ||
	    positions_bytes != segment->positions_bytes + segment->forms_bytes ||
	    forms != state->form_count)
		return ndx_segment_corrupt(segment, lists.off, err,
		                           "%" PRIu32 " terms with lists up to %" PRIu64, ordinal,
		                           next);
	return NDX_OK;
}

/*
 * The length of an article: every position in title and text has a term, and one is left
 * out between the two.
 */
static uint64_t
length_of(const struct ndx_check_state *state, ndx_docid docid)
{
	const uint32_t end = state->position_end[docid], title = state->title_count[docid];

	return title > 0 && end > title ? (uint64_t)end - 1 : end;
}

/* Is there a term at every position, the one between title and text aside? */
static bool
is_covered(const struct ndx_check_state *state, ndx_docid docid)
{
	const uint64_t first = state->covered_off[docid];
	uint64_t count = 0;

	if (first == state->covered_off[docid + 1])
		return true;
	for (uint64_t bit = first; bit < first + state->position_end[docid]; bit++)
		count += (state->covered[bit / 8] >> bit % 8) & 1;
	return count == length_of(state, docid);
}

static enum ndx_status
check_lengths(const struct ndx_check_state *state, struct ndx_err *err)
{
	const struct ndx_segment *segment = state->segment;
	const struct ndx_tombstones *tombstones = segment->tombstones;
	const uint8_t *norms = ndx_segment_part(segment, NDX_PART_NORMS);
	uint64_t sum = 0, dead = 0, length;

	for (ndx_docid docid = 0; docid < segment->article_count; docid++) {
		length = length_of(state, docid);
		if (state->position_end[docid] < state->title_count[docid])
			return ndx_segment_corrupt(segment, segment->part[NDX_PART_TITLES].off, err,
			                           "a title longer than article %" PRIu32, docid);
		if (norms[docid] != ndx_norm_encode(length))
			return ndx_segment_corrupt(segment,
			                           segment->part[NDX_PART_NORMS].off + docid, err,
			                           "norm %u of article %" PRIu32 ", expected %u",
			                           norms[docid], docid, ndx_norm_encode(length));
		if (!is_covered(state, docid))
			return ndx_segment_corrupt(
				segment, segment->part[NDX_PART_POSTINGS].off, err,
				"article %" PRIu32 " has positions without a term", docid);
		sum += length;
		dead += ndx_tombstones_has(tombstones, docid) ? length : 0;
	}
	if (sum != segment->token_count)
		return ndx_segment_corrupt(segment, segment->size - NDX_SEGMENT_TOC_SIZE, err,
		                           "%" PRIu64 " tokens, %" PRIu64 " found",
		                           segment->token_count, sum);
	if (tombstones != NULL && dead != tombstones->token_count)
		return ndx_segment_corrupt(segment, 0, err,
		                           "%" PRIu64
		                           " deleted tokens, but its tombstones say %" PRIu64,
		                           dead, tombstones->token_count);
	return NDX_OK;
}

/*
 * Make room for the positions of all articles: as many as their norms allow, and the one
 * between title and text.  The largest norm allows any number: these are not followed.
 */
static bool
covered_alloc(struct ndx_check_state *state)
{
	const uint32_t count = state->segment->article_count;
	const uint8_t *norms = ndx_segment_part(state->segment, NDX_PART_NORMS);
	uint64_t off = 0;

	state->covered_off =
		ndx_alloc_zero(state->mem, (size_t)count + 1, sizeof(*state->covered_off));
	if (state->covered_off == NULL)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		off += norms[i] == 255 ? 0 : ndx_norm_decode((uint8_t)(norms[i] + 1)) + (uint64_t)1;
		state->covered_off[i + 1] = off;
	}
	state->covered = ndx_alloc_zero(state->mem, (size_t)(off / 8 + 1), 1);
	return state->covered != NULL;
}

/* Does the forward index say what the lists do? */
static enum ndx_status
check_forward(const struct ndx_check_state *state, struct ndx_err *err)
{
	const struct ndx_span part = state->segment->part[NDX_PART_FORWARD];
	struct ndx_buf made;
	enum ndx_status status;

	if (part.size == 0) /* of an older format */
		return NDX_OK;
	ndx_buf_init(&made, state->mem);
	status = ndx_forward_make(state->segment, true, &made, err);
	if (status == NDX_OK &&
	    (made.size != part.size ||
	     memcmp(made.data, state->segment->data + part.off, made.size) != 0))
		status = ndx_segment_corrupt(state->segment, part.off, err,
		                             "another forward index than the lists say");
	ndx_buf_free(&made);
	return status;
}

enum ndx_status
ndx_check_lists(struct ndx_check_state *state, struct ndx_err *err)
{
	struct ndx_buf positions;
	enum ndx_status status;

	if (!covered_alloc(state))
		return ndx_fail_nomem(err);
	ndx_buf_init(&positions, state->mem);
	status = check_dictionary(state, &positions, err);
	ndx_buf_free(&positions);
	if (status == NDX_OK)
		status = check_lengths(state, err);
	return status == NDX_OK ? check_forward(state, err) : status;
}
