/*
 * snippet.c - the passage of an article that is shown with a hit
 *
 *   text     ... Farmers left.  The coca  crop fell.  Peru says coca cultivation is ...
 *                                   ====                        ================
 *                 |<- begin                                        limit ->|
 *
 * First the run of marks that is worth most among those that fit; then as much of the
 * text around it as there is room for, a third before it, from a sentence's begin
 * where one is near; then its end is moved back to the end of a sentence, or of a word.
 *
 * What must hold: bytes of the output never exceed the room, which is counted as they
 * will be written (a run of white space is 1, a mark adds 2, an ellipsis 3); nothing is
 * cut within a UTF-8 sequence.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/snippet.h"

#include <assert.h>

#define ELLIPSIS      "\xe2\x80\xa6"
#define ELLIPSIS_SIZE 3

struct passage {
	struct ndx_str text;
	const struct ndx_mark *mark;
	size_t mark_count;
	size_t room; /* bytes that may be written, ellipses left out */
};

/* A run of marks first .. last, and what it is worth. */
struct run {
	size_t first, last;
	double weight;
	size_t extent; /* bytes from its begin to its end */
};

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static size_t
mark_end(const struct ndx_mark *mark)
{
	return (size_t)mark->off + mark->size;
}

static bool
better(const struct run *a, const struct run *b)
{
	size_t a_count = a->last - a->first, b_count = b->last - b->first;

	if (a->weight > b->weight * 1.000001 || b->weight > a->weight * 1.000001)
		return a->weight > b->weight;
	if (a_count != b_count)
		return a_count > b_count;
	return a->extent < b->extent;
}

/* Bytes that the run takes at most. */
static size_t
run_size(const struct passage *p, size_t first, size_t last)
{
	return mark_end(&p->mark[last]) - p->mark[first].off + 2 * (last - first + 1);
}

/* The best run; 'seen' counts the marks of each leaf in the run at hand. */
static struct run
best_run(const struct passage *p, const float *weight, uint32_t *seen)
{
	struct run best = { 0, 0, -1, 0 }, run = { 0 };
	size_t end = 0;

	for (size_t first = 0; first < p->mark_count; first++) {
		if (end == first)
			run.weight = 0;
		/* A mark alone is a run even where it does not fit. */
		for (; end < p->mark_count && (end == first || run_size(p, first, end) <= p->room);
		     end++)
			if (seen[p->mark[end].leaf]++ == 0)
				run.weight += (double)weight[p->mark[end].leaf];
		run.first = first;
		run.last = end - 1;
		run.extent = mark_end(&p->mark[run.last]) - p->mark[first].off;
		if (better(&run, &best))
			best = run;
		if (--seen[p->mark[first].leaf] == 0)
			run.weight -= (double)weight[p->mark[first].leaf];
	}
	return best;
}

/* Does a sentence or paragraph begin at 'off', the text before it read as spaces divide it? */
static bool
begins_sentence(struct ndx_str text, size_t off)
{
	size_t at = off;

	while (at > 0 && is_space(text.data[at - 1])) {
		at--;
		if (text.data[at] == '\n')
			return true;
	}
	if (at == 0)
		return true;
	if (at == off || (text.data[off] >= 'a' && text.data[off] <= 'z'))
		return false;
	while (at > 0 && strchr("\"')", text.data[at - 1]) != NULL && text.data[at - 1] != '\0')
		at--;
	if (at >= 3 && memcmp(text.data + at - 3, "\xe2\x80\x9d", 3) == 0) /* a closing quote */
		at -= 3;
	return at > 0 &&
	       (text.data[at - 1] == '.' || text.data[at - 1] == '!' || text.data[at - 1] == '?');
}

static size_t
skip_space(struct ndx_str text, size_t at)
{
	while (at < text.size && is_space(text.data[at]))
		at++;
	return at;
}

static bool
is_continuation(struct ndx_str text, size_t at)
{
	return at < text.size && ((unsigned char)text.data[at] & 0xc0) == 0x80;
}

/*
 * Where to begin so that the run, which begins at 'at', has at most 'before' bytes before it:
 * the first sentence that does, or one that begins within 'before_max', or a word.
 */
static size_t
find_begin(struct ndx_str text, size_t at, size_t before, size_t before_max)
{
	size_t word = at, sentence = SIZE_MAX, off = at;

	for (; off > 0 && at - off <= before_max; off--) {
		if (!is_space(text.data[off - 1]) || is_space(text.data[off]))
			continue;
		if (at - off <= before)
			word = off;
		if (begins_sentence(text, off) && (sentence == SIZE_MAX || at - off <= before))
			sentence = off;
	}
	if (off == 0 && (sentence == SIZE_MAX || at <= before))
		return skip_space(text, 0);
	return sentence != SIZE_MAX ? sentence : word;
}

/* Bytes that text[begin .. ) takes when written are counted until the room is used up. */
static size_t
find_limit(const struct passage *p, size_t begin)
{
	const struct ndx_mark *mark = p->mark, *end = p->mark + p->mark_count;
	size_t used = 0, at = begin;

	while (mark < end && mark_end(mark) <= begin)
		mark++;
	for (; at < p->text.size; at++) {
		used += !is_space(p->text.data[at]) || at == begin ||
		        !is_space(p->text.data[at - 1]);
		if (mark < end && at >= mark->off) {
			used += 2;
			mark++;
		}
		if (used > p->room)
			break;
	}
	while (at > begin && is_continuation(p->text, at))
		at--;
	return at;
}

/* Move the end back to that of a sentence, if that keeps most of it, or of a word; not before
 * 'least'. */
static size_t
find_end(struct ndx_str text, size_t begin, size_t least, size_t limit)
{
	size_t word = limit;

	if (limit == text.size)
		return limit;
	if (!is_space(text.data[limit])) {
		while (word > begin && !is_space(text.data[word - 1]))
			word--;
		word = word <= begin || word < least ? limit : word;
	}
	for (size_t at = word; at > least && at > begin + (limit - begin) / 2; at--)
		if (is_space(text.data[at - 1]) && at < text.size && !is_space(text.data[at]) &&
		    begins_sentence(text, at))
			return at;
	return word;
}

/* Is what follows 'end' no more than white space, or another sentence? */
static bool
ends_sentence(struct ndx_str text, size_t end)
{
	size_t next = skip_space(text, end);

	return next == text.size ||
	       ((next > end || is_space(text.data[end - 1])) && begins_sentence(text, next));
}

static char *
put_text(const struct passage *p, size_t begin, size_t end, char *out)
{
	const struct ndx_mark *mark = p->mark, *mark_last = p->mark + p->mark_count;
	bool open = false, space = false;

	while (mark < mark_last && mark_end(mark) <= begin)
		mark++;
	for (size_t at = begin; at < end; at++) {
		if (open && at >= mark_end(mark)) {
			*out++ = NDX_MARK_END;
			open = false;
			mark++;
		}
		if (is_space(p->text.data[at])) {
			space = true;
			continue;
		}
		if (space)
			*out++ = ' ';
		space = false;
		if (!open && mark < mark_last && at >= mark->off) {
			*out++ = NDX_MARK_BEGIN;
			open = true;
		}
		*out++ = p->text.data[at];
	}
	if (open)
		*out++ = NDX_MARK_END;
	return out;
}

/* Where the passage around a run begins. */
static size_t
run_begin(const struct passage *p, const struct run *run)
{
	size_t at = p->mark[run->first].off, size = run_size(p, run->first, run->last);
	size_t left = p->room > size ? p->room - size : 0;
	size_t tail = p->text.size - at + 2 * (p->mark_count - run->first);
	size_t spare = p->room > tail ? p->room - tail : 0; /* all that follows fits, and this */
	size_t before = spare > left / 3 ? spare : left / 3;

	return find_begin(p->text, at, before, before > left / 2 ? before : left / 2);
}

static char *
put_ellipsis(char *out)
{
	memcpy(out, ELLIPSIS, ELLIPSIS_SIZE);
	return out + ELLIPSIS_SIZE;
}

/* The passage around a run; without one, how the text begins. */
static struct ndx_extent
find_passage(const struct passage *p, const struct run *run)
{
	const size_t begin = run == NULL ? skip_space(p->text, 0) : run_begin(p, run);
	const size_t least = run == NULL ? begin : mark_end(&p->mark[run->last]);
	const size_t limit = find_limit(p, begin);

	return (struct ndx_extent){ begin, find_end(p->text, begin, least < limit ? least : limit,
		                                    limit) };
}

static char *
put_passage(const struct passage *p, struct ndx_extent extent, char *out)
{
	if (extent.begin > 0 && !begins_sentence(p->text, extent.begin))
		out = put_ellipsis(out);
	out = put_text(p, extent.begin, extent.end, out);
	if (extent.end > extent.begin && !ends_sentence(p->text, extent.end))
		out = put_ellipsis(out);
	return out;
}

enum ndx_status
ndx_snippet_write(const struct ndx_mem *mem, struct ndx_str text, const struct ndx_mark *mark,
                  size_t mark_count, const float *weight, size_t leaf_count, char *out,
                  size_t out_size, struct ndx_err *err)
{
	struct ndx_extent extent;
	size_t count;
	enum ndx_status status = ndx_snippets_find(mem, text, mark, mark_count, weight, leaf_count,
	                                           out_size, 1, &extent, &count, err);

	if (status == NDX_OK)
		ndx_snippets_write(text, mark, mark_count, &extent, count, out);
	return status;
}

/* Marks of text[gap.begin .. gap.end) as if that were the text. */
static size_t
marks_within(const struct ndx_mark *mark, size_t mark_count, struct ndx_extent gap,
             struct ndx_mark *out)
{
	size_t count = 0;

	for (size_t i = 0; i < mark_count; i++) {
		if (mark[i].off < gap.begin || mark_end(&mark[i]) > gap.end)
			continue;
		out[count] = mark[i];
		out[count++].off -= (uint32_t)gap.begin;
	}
	return count;
}

/* What is tried in each part of the text that no passage has taken. */
struct search {
	struct ndx_str text;
	const struct ndx_mark *mark;
	size_t mark_count;
	const float *weight;
	size_t room;
	uint32_t *seen;         /* of each leaf */
	struct ndx_mark *marks; /* room for mark_count */
};

/* The best passage of the gaps, and which gap it is in; false if none has a mark. */
static bool
best_passage(const struct search *search, const struct ndx_extent *gap, size_t gap_count,
             struct ndx_extent *best_ret, size_t *gap_ret)
{
	struct run best = { 0, 0, -1, 0 };

	for (size_t g = 0; g < gap_count; g++) {
		const struct passage p = {
			{ search->text.data + gap[g].begin, gap[g].end - gap[g].begin },
			search->marks,
			marks_within(search->mark, search->mark_count, gap[g], search->marks),
			search->room
		};
		struct run run;

		if (p.mark_count == 0)
			continue;
		run = best_run(&p, search->weight, search->seen);
		if (!better(&run, &best))
			continue;
		best = run;
		*best_ret = find_passage(&p, &run);
		best_ret->begin += gap[g].begin;
		best_ret->end += gap[g].begin;
		*gap_ret = g;
	}
	return best.weight >= 0;
}

static void
insert(struct ndx_extent *extent, size_t count, size_t at, struct ndx_extent fresh)
{
	memmove(extent + at + 1, extent + at, (count - at) * sizeof(*extent));
	extent[at] = fresh;
}

/* Passages found[0 .. *count_ret), in the order of the text: there is a gap before each, and one
 * behind the last. */
static void
find_passages(const struct search *search, size_t passage_max, struct ndx_extent *found,
              struct ndx_extent *gap, size_t *count_ret)
{
	struct ndx_extent best = { 0, 0 };
	size_t count = 0, at = 0;

	gap[0] = (struct ndx_extent){ 0, search->text.size };
	while (count < passage_max && best_passage(search, gap, count + 1, &best, &at)) {
		insert(found, count, at, best);
		insert(gap, count + 1, at, (struct ndx_extent){ gap[at].begin, best.begin });
		gap[at + 1].begin = best.end;
		count++;
	}
	*count_ret = count;
}

enum ndx_status
ndx_snippets_find(const struct ndx_mem *mem, struct ndx_str text, const struct ndx_mark *mark,
                  size_t mark_count, const float *weight, size_t leaf_count, size_t size,
                  size_t passage_max, struct ndx_extent *found, size_t *count_ret,
                  struct ndx_err *err)
{
	struct search search = { text, mark, mark_count, weight, size - 1 - 2 * ELLIPSIS_SIZE,
		                 NULL, NULL };
	struct ndx_extent *gap;
	enum ndx_status status = NDX_OK;

	assert(size >= NDX_SNIPPET_SIZE_MIN && passage_max > 0 && passage_max <= NDX_PASSAGES_MAX);
	if (mark_count == 0) {
		static const struct ndx_mark none;
		const struct passage p = { text, &none, 0, search.room };

		found[0] = find_passage(&p, NULL);
		*count_ret = 1;
		return NDX_OK;
	}
	search.seen = ndx_alloc_zero(mem, leaf_count, sizeof(*search.seen));
	search.marks = ndx_alloc(mem, mark_count * sizeof(*search.marks));
	gap = ndx_alloc(mem, (passage_max + 1) * sizeof(*gap));
	if (search.seen == NULL || search.marks == NULL || gap == NULL)
		status = ndx_fail_nomem(err);
	else
		find_passages(&search, passage_max, found, gap, count_ret);
	ndx_free(mem, search.seen);
	ndx_free(mem, search.marks);
	ndx_free(mem, gap);
	return status;
}

void
ndx_snippets_write(struct ndx_str text, const struct ndx_mark *mark, size_t mark_count,
                   const struct ndx_extent *passage, size_t count, char *out)
{
	static const struct ndx_mark none;
	const struct passage p = { text, mark_count > 0 ? mark : &none, mark_count, 0 };

	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			*out++ = ' ';
		out = put_passage(&p, passage[i], out);
	}
	*out = '\0';
}

void
ndx_marks_write(struct ndx_str text, const struct ndx_mark *mark, size_t mark_count,
                struct ndx_buf *out)
{
	size_t at = 0;

	for (size_t i = 0; i < mark_count; i++) {
		ndx_buf_add(out, text.data + at, mark[i].off - at);
		ndx_buf_add_u8(out, NDX_MARK_BEGIN);
		ndx_buf_add(out, text.data + mark[i].off, mark[i].size);
		ndx_buf_add_u8(out, NDX_MARK_END);
		at = mark_end(&mark[i]);
	}
	ndx_buf_add(out, text.data + at, text.size - at);
}
