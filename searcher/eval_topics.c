/*
 * eval_topics.c - read topics and judgements
 *
 *   TSV         1<TAB>ferries in winter
 *   JSON Lines  {"id": 1, "query": "ferries in winter"}
 *   TREC        <top> <num> Number: 1 <title> ferries in winter <desc> ... </top>
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/buf.h"
#include "searcher/eval.h"
#include "searcher/eval_json.h"

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct ndx_str
trim(struct ndx_str text)
{
	while (text.size > 0 && is_space(text.data[0])) {
		text.data++;
		text.size--;
	}
	while (text.size > 0 && is_space(text.data[text.size - 1]))
		text.size--;
	return text;
}

/* The next line of *in, which moves past it; false at the end. */
static bool
next_line(struct ndx_str *in, struct ndx_str *line_ret)
{
	const char *end;

	if (in->size == 0)
		return false;
	end = memchr(in->data, '\n', in->size);
	line_ret->data = in->data;
	line_ret->size = end == NULL ? in->size : (size_t)(end - in->data);
	in->data += line_ret->size + (end != NULL);
	in->size -= line_ret->size + (end != NULL);
	return true;
}

static enum ndx_status
add_topic(const struct ndx_mem *mem, struct ndx_arena *arena, struct ndx_topics *topics,
          struct ndx_str id, struct ndx_str text, size_t line, struct ndx_err *err)
{
	struct ndx_topic topic = { ndx_arena_copy(arena, id.data, id.size),
		                   ndx_arena_copy(arena, text.data, text.size), line };

	if (topic.id == NULL || topic.text == NULL ||
	    !ndx_grow(mem, &topics->topic, &topics->count_max, topics->count + 1, sizeof(topic)))
		return ndx_fail_nomem(err);
	topics->topic[topics->count++] = topic;
	return NDX_OK;
}

static enum ndx_status
read_tsv(const struct ndx_mem *mem, struct ndx_arena *arena, struct ndx_str in,
         struct ndx_topics *topics, struct ndx_err *err)
{
	struct ndx_str line;
	enum ndx_status status = NDX_OK;

	for (size_t n = 1; status == NDX_OK && next_line(&in, &line); n++) {
		const char *tab = memchr(line.data, '\t', line.size);
		struct ndx_str id, text;

		if (trim(line).size == 0)
			continue;
		if (tab == NULL)
			return ndx_fail(err, NDX_E_INPUT, "line %zu: no tab behind a topic's id",
			                n);
		id = trim((struct ndx_str){ line.data, (size_t)(tab - line.data) });
		text = (struct ndx_str){ tab + 1, line.size - (size_t)(tab + 1 - line.data) };
		if (id.size == 0)
			return ndx_fail(err, NDX_E_INPUT, "line %zu: a topic without an id", n);
		status = add_topic(mem, arena, topics, id, trim(text), n, err);
	}
	return status;
}

static enum ndx_status
read_json(const struct ndx_mem *mem, struct ndx_arena *arena, struct ndx_str in,
          struct ndx_topics *topics, struct ndx_err *err)
{
	static const char *const id_names[] = { "id", "qid", "num", "topic", NULL };
	static const char *const text_names[] = { "query", "title", "text", NULL };
	struct ndx_str line, id, text;
	struct ndx_buf id_buf, text_buf;
	enum ndx_status status = NDX_OK;

	ndx_buf_init(&id_buf, mem);
	ndx_buf_init(&text_buf, mem);
	for (size_t n = 1; status == NDX_OK && next_line(&in, &line); n++) {
		line = trim(line);
		if (line.size == 0)
			continue;
		if (!ndx_eval_json(line, id_names, &id_buf) ||
		    !ndx_eval_json(line, text_names, &text_buf)) {
			status =
				ndx_fail(err, NDX_E_INPUT,
			                 "line %zu: no JSON object with a topic's id and query", n);
			break;
		}
		id = trim((struct ndx_str){ (const char *)id_buf.data, id_buf.size });
		text = trim((struct ndx_str){ (const char *)text_buf.data, text_buf.size });
		status = add_topic(mem, arena, topics, id, text, n, err);
	}
	ndx_buf_free(&id_buf);
	ndx_buf_free(&text_buf);
	return status;
}

/* Where 'tag' is in the text, in any case; size if it is not. */
static size_t
find_tag(struct ndx_str text, const char *tag)
{
	const size_t size = strlen(tag);

	for (size_t at = 0; at + size <= text.size; at++)
		if (text.data[at] == '<' && strncasecmp(text.data + at, tag, size) == 0)
			return at;
	return text.size;
}

/* What stands behind a tag, up to the next one, less a label such as "Number:". */
static struct ndx_str
tag_text(struct ndx_str top, const char *tag, const char *label)
{
	size_t at = find_tag(top, tag), end;
	struct ndx_str text;

	at += at < top.size ? strlen(tag) : 0;
	for (end = at; end < top.size && top.data[end] != '<'; end++)
		continue;
	text = trim((struct ndx_str){ top.data + at, end - at });
	if (text.size >= strlen(label) && strncasecmp(text.data, label, strlen(label)) == 0) {
		text.data += strlen(label);
		text.size -= strlen(label);
	}
	return trim(text);
}

static size_t
count_lines(const char *text, size_t size)
{
	size_t count = 0;

	for (size_t i = 0; i < size; i++)
		count += text[i] == '\n';
	return count;
}

static enum ndx_status
read_trec(const struct ndx_mem *mem, struct ndx_arena *arena, struct ndx_str in,
          struct ndx_topics *topics, struct ndx_err *err)
{
	enum ndx_status status = NDX_OK;
	size_t line, line_next = 1;

	while (status == NDX_OK) {
		size_t begin = find_tag(in, "<top>"), end;
		struct ndx_str top, id;

		if (begin == in.size)
			break;
		line = line_next + count_lines(in.data, begin);
		top = (struct ndx_str){ in.data + begin + 5, in.size - begin - 5 };
		end = find_tag(top, "</top>");
		in = (struct ndx_str){ top.data + end, top.size - end };
		top.size = end;
		line_next = line + count_lines(top.data, top.size);
		id = tag_text(top, "<num>", "Number:");
		if (id.size == 0)
			return ndx_fail(err, NDX_E_INPUT, "topic %zu has no number",
			                topics->count + 1);
		status = add_topic(mem, arena, topics, id, tag_text(top, "<title>", "Topic:"), line,
		                   err);
	}
	return status;
}

static int
compare_topics(const void *a, const void *b)
{
	const struct ndx_topic *x = a, *y = b;
	const int order = strcmp(x->id, y->id);

	return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

/* As in trec_eval's files, an id names one topic: of two, whose judgements are they? */
static enum ndx_status
check_ids(const struct ndx_mem *mem, const struct ndx_topics *topics, struct ndx_err *err)
{
	struct ndx_topic *sorted = ndx_alloc(mem, topics->count * sizeof(*sorted));
	const struct ndx_topic *first = NULL, *second = NULL;
	enum ndx_status status = NDX_OK;

	if (sorted == NULL)
		return ndx_fail_nomem(err);
	memcpy(sorted, topics->topic, topics->count * sizeof(*sorted));
	qsort(sorted, topics->count, sizeof(*sorted), compare_topics);
	for (size_t i = 1; i < topics->count; i++) {
		if (strcmp(sorted[i].id, sorted[i - 1].id) != 0 ||
		    (second != NULL && second->line <= sorted[i].line))
			continue;
		first = &sorted[i - 1];
		second = &sorted[i];
	}
	if (second != NULL)
		status = ndx_fail(err, NDX_E_INPUT, "line %zu: topic '%s' is in line %zu, too",
		                  second->line, second->id, first->line);
	ndx_free(mem, sorted);
	return status;
}

enum ndx_status
ndx_topics_read(const struct ndx_mem *mem, struct ndx_arena *arena, struct ndx_str in,
                struct ndx_topics *topics_ret, struct ndx_err *err)
{
	struct ndx_topics topics = { 0 };
	enum ndx_status status;
	char first;

	if (in.size >= 3 && memcmp(in.data, "\xef\xbb\xbf", 3) == 0)
		in = (struct ndx_str){ in.data + 3, in.size - 3 };
	first = trim(in).size > 0 ? trim(in).data[0] : '\0';
	if (first == '{')
		status = read_json(mem, arena, in, &topics, err);
	else if (first == '<')
		status = read_trec(mem, arena, in, &topics, err);
	else
		status = read_tsv(mem, arena, in, &topics, err);
	if (status == NDX_OK && topics.count == 0)
		status = ndx_fail(err, NDX_E_INPUT, "there are no topics");
	if (status == NDX_OK)
		status = check_ids(mem, &topics, err);
	if (status == NDX_OK)
		*topics_ret = topics;
	else
		ndx_topics_free(mem, &topics);
	return status;
}

void
ndx_topics_free(const struct ndx_mem *mem, struct ndx_topics *topics)
{
	ndx_free(mem, topics->topic);
	*topics = (struct ndx_topics){ 0 };
}

/* The next word of *line, which moves past it; empty at the end. */
static struct ndx_str
next_word(struct ndx_str *line)
{
	struct ndx_str word;

	*line = trim(*line);
	word = (struct ndx_str){ line->data, 0 };
	while (word.size < line->size && !is_space(line->data[word.size]))
		word.size++;
	line->data += word.size;
	line->size -= word.size;
	return word;
}

/* An integer of a few digits. */
static bool
read_grade(struct ndx_str word, int *grade_ret)
{
	const bool negative = word.size > 0 && word.data[0] == '-';
	int grade = 0;

	for (size_t i = negative; i < word.size; i++) {
		if (word.data[i] < '0' || word.data[i] > '9' || i >= 7)
			return false;
		grade = 10 * grade + (word.data[i] - '0');
	}
	*grade_ret = negative ? -grade : grade;
	return word.size > negative;
}

static int
compare_judgements(const void *a, const void *b)
{
	const struct ndx_judgement *x = a, *y = b;
	const int order = ndx_str_compare(x->topic, y->topic);

	return order != 0 ? order : ndx_str_compare(x->id, y->id);
}

/* Sorted as they are, no two may be of one article. */
static enum ndx_status
check_once(const struct ndx_judgements *all, struct ndx_err *err)
{
	for (size_t i = 1; i < all->count; i++) {
		const struct ndx_judgement *item = &all->item[i];

		if (compare_judgements(item - 1, item) == 0)
			return ndx_fail(err, NDX_E_INPUT,
			                "topic '%.*s': article '%.*s' is judged twice",
			                (int)item->topic.size, item->topic.data, (int)item->id.size,
			                item->id.data);
	}
	return NDX_OK;
}

enum ndx_status
ndx_judgements_read(const struct ndx_mem *mem, struct ndx_str in,
                    struct ndx_judgements *judgements_ret, struct ndx_err *err)
{
	struct ndx_judgements all = { 0 };
	struct ndx_str line;
	enum ndx_status status = NDX_OK;

	for (size_t n = 1; status == NDX_OK && next_line(&in, &line); n++) {
		struct ndx_judgement item;

		if (trim(line).size == 0)
			continue;
		item.topic = next_word(&line);
		next_word(&line);
		item.id = next_word(&line);
		if (!read_grade(next_word(&line), &item.grade) || trim(line).size > 0)
			status = ndx_fail(err, NDX_E_INPUT,
			                  "line %zu: 'TOPIC 0 ID GRADE' is expected", n);
		else if (!ndx_grow(mem, &all.item, &all.count_max, all.count + 1, sizeof(item)))
			status = ndx_fail_nomem(err);
		else
			all.item[all.count++] = item;
	}
	if (status == NDX_OK && all.item == NULL)
		return ndx_fail(err, NDX_E_INPUT, "there are no judgements");
	if (status != NDX_OK) {
		ndx_judgements_free(mem, &all);
		return status;
	}
	qsort(all.item, all.count, sizeof(*all.item), compare_judgements);
	status = check_once(&all, err);
	if (status == NDX_OK)
		*judgements_ret = all;
	else
		ndx_judgements_free(mem, &all);
	return status;
}

void
ndx_judgements_free(const struct ndx_mem *mem, struct ndx_judgements *judgements)
{
	ndx_free(mem, judgements->item);
	*judgements = (struct ndx_judgements){ 0 };
}

const struct ndx_judgement *
ndx_judgements_of(const struct ndx_judgements *judgements, const char *topic, size_t *count_ret)
{
	const struct ndx_str wanted = ndx_str(topic);
	size_t low = 0, high = judgements->count, end;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (ndx_str_compare(judgements->item[middle].topic, wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < judgements->count; end++)
		if (!ndx_str_equal(judgements->item[end].topic, wanted))
			break;
	*count_ret = end - low;
	return judgements->item + low;
}

static bool
is_operator(struct ndx_str word)
{
	static const char *const operator[] = { "AND", "OR", "NOT", "SENTENCE", "NEAR", "ONEAR" };
	const char *slash = memchr(word.data, '/', word.size);
	const size_t size = slash == NULL ? word.size : (size_t)(slash - word.data);

	for (size_t i = 0; i < sizeof(operator) / sizeof(operator[0]); i++)
		if (size == strlen(operator[i]) && memcmp(word.data, operator[i], size) == 0)
			return true;
	return false;
}

void
ndx_topic_plain(const char *text, struct ndx_buf *out)
{
	struct ndx_str rest = ndx_str(text), word;

	while ((word = next_word(&rest)).size > 0) {
		const bool lower = is_operator(word);

		for (size_t i = 0; i < word.size; i++) {
			const char c = word.data[i];
			const bool plain = c < 0 || strchr("\"()[]{}<>+-*?~^=:|!\\", c) == NULL;

			ndx_buf_add_u8(out, !plain ? ' '
			                    : lower && c >= 'A' && c <= 'Z'
			                            ? (unsigned)(c - 'A' + 'a')
			                            : (unsigned char)c);
		}
		ndx_buf_add_u8(out, ' ');
	}
}
