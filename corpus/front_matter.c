/*
 * front_matter.c - see front_matter.h
 *
 * Of YAML only what stands above articles is read: scalars (plain, quoted, folded over
 * indented lines), lists in brackets and lists of "- item" lines.  What is deeper is
 * passed over; a line that fits nothing makes the block no front matter.
 *
 * SPDX-License-Identifier: MIT
 */
#include "corpus/front_matter.h"

struct ndx_str
ndx_line_at(struct ndx_str in, size_t at, size_t *next_ret)
{
	const char *newline = at < in.size ? memchr(in.data + at, '\n', in.size - at) : NULL;
	const size_t end = newline == NULL ? in.size : (size_t)(newline - in.data);

	*next_ret = newline == NULL ? in.size : end + 1;
	return (struct ndx_str){ in.data + at, end - at };
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t';
}

static struct ndx_str
trim(struct ndx_str in)
{
	while (in.size > 0 && is_space(in.data[0])) {
		in.data++;
		in.size--;
	}
	while (in.size > 0 && is_space(in.data[in.size - 1]))
		in.size--;
	return in;
}

bool
ndx_is_blank(struct ndx_str line)
{
	return trim(line).size == 0;
}

/* Divide "Key: value"; false if the line is not of that form. */
static bool
divide(struct ndx_str line, struct ndx_str *key_ret, struct ndx_str *value_ret)
{
	const char *colon = line.size == 0 ? NULL : memchr(line.data, ':', line.size);
	size_t key_size;

	if (colon == NULL)
		return false;
	key_size = (size_t)(colon - line.data);
	if (key_size == 0 || (key_size + 1 < line.size && !is_space(colon[1])))
		return false;
	for (size_t i = 0; i < key_size; i++)
		if (is_space(line.data[i]) || line.data[i] == '"')
			return false;
	*key_ret = (struct ndx_str){ line.data, key_size };
	*value_ret = trim((struct ndx_str){ colon + 1, line.size - key_size - 1 });
	return true;
}

size_t
ndx_header_lines(struct ndx_str in, struct ndx_draft *draft)
{
	struct ndx_draft found = *draft;
	struct ndx_date ignored;
	struct ndx_str line, name, value;
	size_t at = 0, next, count = 0;
	int key = -1;

	while (at < in.size) {
		line = ndx_line_at(in, at, &next);
		if (ndx_is_blank(line))
			break;
		if (!divide(line, &name, &value))
			return 0;
		key = ndx_key_by_name(name, true);
		if (key < 0)
			return 0;
		found.value[key] = value;
		at = next;
		count++;
	}
	/* "Date: 25 December 1988. The day began ..." alone is how an article may begin. */
	if (count == 0 || (count == 1 && key >= NDX_KEY_DATE &&
	                   key <= NDX_KEY_DATE_PUBLISHED_SNAKE && !ndx_date_parse(value, &ignored)))
		return 0;
	*draft = found;
	return at;
}

/* A double-quoted scalar's inside, escapes undone. */
static struct ndx_str
unescape(struct ndx_str in, struct ndx_buf *work)
{
	const size_t from = work->size;

	for (size_t i = 0; i < in.size; i++) {
		char c = in.data[i];

		if (c == '\\' && i + 1 < in.size) {
			c = in.data[++i];
			if (c == 'n' || c == 't')
				c = ' ';
		}
		ndx_buf_add(work, &c, 1);
	}
	return (struct ndx_str){ (const char *)work->data + from, work->size - from };
}

/* A single-quoted scalar's inside: '' is one quote. */
static struct ndx_str
unquote(struct ndx_str in, struct ndx_buf *work)
{
	const size_t from = work->size;

	for (size_t i = 0; i < in.size; i++) {
		ndx_buf_add(work, in.data + i, 1);
		if (in.data[i] == '\'' && i + 1 < in.size && in.data[i + 1] == '\'')
			i++;
	}
	return (struct ndx_str){ (const char *)work->data + from, work->size - from };
}

/* Offset of the quote that closes the scalar that begins with one; in.size if none does. */
static size_t
closing_quote(struct ndx_str in)
{
	const char quote = in.data[0];

	for (size_t i = 1; i < in.size; i++) {
		if (quote == '"' && in.data[i] == '\\') {
			i++;
		} else if (in.data[i] == quote) {
			if (quote == '"' || i + 1 == in.size || in.data[i + 1] != '\'')
				return i;
			i++;
		}
	}
	return in.size;
}

static struct ndx_str
plain(struct ndx_str in)
{
	for (size_t i = 1; i < in.size; i++) {
		if (in.data[i] == '#' && is_space(in.data[i - 1])) {
			in.size = i;
			break;
		}
	}
	in = trim(in);
	if (ndx_str_equal(in, ndx_str("~")) || ndx_str_equal(in, ndx_str("null")))
		in.size = 0;
	return in;
}

static struct ndx_str
scalar(struct ndx_str in, struct ndx_buf *work)
{
	struct ndx_str inside;
	size_t close;

	if (in.size == 0 || (in.data[0] != '"' && in.data[0] != '\''))
		return plain(in);
	close = closing_quote(in);
	if (close == in.size)
		return plain(in);
	inside = (struct ndx_str){ in.data + 1, close - 1 };
	return in.data[0] == '"' ? unescape(inside, work) : unquote(inside, work);
}

/* Append an item to the list that is being made at the end of 'work' from offset 'from'. */
static void
add_item(struct ndx_str item, const char *between, size_t from, struct ndx_buf *work)
{
	if (item.size == 0)
		return;
	if (work->size > from)
		ndx_buf_add_str(work, between);
	/* Quotes are undone straight onto the end of 'work'. */
	if (item.data[0] == '"' || item.data[0] == '\'') {
		const struct ndx_str clean = scalar(item, work);

		if (clean.data >= (const char *)work->data &&
		    clean.data + clean.size == (const char *)work->data + work->size)
			return;
		item = clean;
	} else {
		item = plain(item);
	}
	ndx_buf_add(work, item.data, item.size);
}

/* "[a, 'b, c']" */
static struct ndx_str
bracket_list(struct ndx_str in, const char *between, struct ndx_buf *work)
{
	const size_t from = work->size;
	size_t at = 1, end;

	while (at < in.size && in.data[at] != ']') {
		struct ndx_str rest = trim((struct ndx_str){ in.data + at, in.size - at });

		at = (size_t)(rest.data - in.data);
		if (rest.size == 0 || rest.data[0] == ']')
			break;
		end = at;
		if (rest.data[0] == '"' || rest.data[0] == '\'')
			end += closing_quote(rest);
		while (end < in.size && in.data[end] != ',' && in.data[end] != ']')
			end++;
		add_item(trim((struct ndx_str){ in.data + at, end - at }), between, from, work);
		at = end + (end < in.size && in.data[end] == ',');
	}
	return (struct ndx_str){ (const char *)work->data + from, work->size - from };
}

/*
 * The lines below "key:" that are indented or begin with "- ": a list, or the rest of a
 * scalar; 'first' is what stands beside the key.  *at is moved behind them.
 */
static struct ndx_str
lines_below(struct ndx_str in, size_t *at, struct ndx_str first, const char *between,
            struct ndx_buf *work)
{
	const size_t from = work->size;
	const bool is_block = first.size > 0 && (first.data[0] == '|' || first.data[0] == '>');
	size_t next;

	if (first.size > 0 && !is_block)
		ndx_buf_add(work, first.data, first.size);
	while (*at < in.size) {
		struct ndx_str line = ndx_line_at(in, *at, &next), text = trim(line);
		const bool is_item =
			text.size >= 2 && text.data[0] == '-' && is_space(text.data[1]);

		if (text.size > 0 && !is_space(line.data[0]) && !is_item)
			break;
		*at = next;
		if (is_item && !is_block) {
			add_item(trim((struct ndx_str){ text.data + 1, text.size - 1 }), between,
			         from, work);
		} else if (text.size > 0 && (is_block || first.size > 0)) {
			if (work->size > from)
				ndx_buf_add_u8(work, ' ');
			ndx_buf_add(work, text.data, text.size);
		}
	}
	return (struct ndx_str){ (const char *)work->data + from, work->size - from };
}

/* Whether the line at 'at' goes on what the key above it began. */
static bool
goes_on(struct ndx_str in, size_t at)
{
	return at < in.size && (is_space(in.data[at]) || (in.data[at] == '-' && at + 1 < in.size &&
	                                                  is_space(in.data[at + 1])));
}

static struct ndx_str
yaml_value(struct ndx_str in, size_t *at, struct ndx_str value, const char *between,
           struct ndx_buf *work)
{
	if (value.size > 0 && value.data[0] == '[')
		return bracket_list(value, between, work);
	if (goes_on(in, *at)) {
		value = lines_below(in, at, value, between, work);
		if (value.size == 0 || (value.data[0] != '"' && value.data[0] != '\''))
			return value;
	}
	return scalar(value, work);
}

static bool
is_marker(struct ndx_str line)
{
	while (line.size > 3 && is_space(line.data[line.size - 1]))
		line.size--;
	return line.size == 3 &&
	       (memcmp(line.data, "---", 3) == 0 || memcmp(line.data, "...", 3) == 0);
}

/* The block between the markers; false if it is not what we take for YAML. */
static bool
read_yaml(struct ndx_str in, struct ndx_draft *draft, struct ndx_buf *work)
{
	size_t at = 0, count = 0;

	while (at < in.size) {
		struct ndx_str line = ndx_line_at(in, at, &at), name, value;
		int key;

		if (ndx_is_blank(line) || line.data[0] == '#')
			continue;
		if (!divide(line, &name, &value))
			return false;
		key = ndx_key_by_name(name, true);
		value = yaml_value(in, &at, value, ndx_key_divider(key), work);
		if (key >= 0)
			draft->value[key] = value;
		count++;
	}
	return count > 0;
}

size_t
ndx_front_matter(struct ndx_str in, struct ndx_draft *draft, struct ndx_buf *work)
{
	struct ndx_draft found = *draft;
	size_t begin, at, next;
	struct ndx_str line = ndx_line_at(in, 0, &begin);

	if (!is_marker(line) || line.data[0] != '-')
		return 0;
	for (at = begin; at < in.size; at = next) {
		if (!is_marker(ndx_line_at(in, at, &next)))
			continue;
		if (!read_yaml((struct ndx_str){ in.data + begin, at - begin }, &found, work))
			return 0;
		*draft = found;
		return next;
	}
	return 0;
}

size_t
ndx_dashed_lines(struct ndx_str in, struct ndx_draft *draft)
{
	struct ndx_draft found = *draft;
	size_t at = 0, next, count = 0;
	struct ndx_date ignored;

	while (at < in.size) {
		struct ndx_str line = ndx_line_at(in, at, &next);

		if (ndx_is_blank(line))
			break;
		if (line.size < 2 || memcmp(line.data, "--", 2) != 0 ||
		    (line.size > 2 && line.data[2] != ' '))
			return 0;
		line = trim((struct ndx_str){ line.data + 2, line.size - 2 });
		if (count++ == 0)
			found.value[NDX_KEY_TITLE] = line;
		else if (line.size > 3 && memcmp(line.data, "By ", 3) == 0)
			found.value[NDX_KEY_AUTHOR] =
				trim((struct ndx_str){ line.data + 3, line.size - 3 });
		else if (line.size > 4 && memcmp(line.data, "http", 4) == 0)
			found.value[NDX_KEY_URL] = line;
		else if (ndx_date_parse(line, &ignored))
			found.value[NDX_KEY_DATE] = line;
		else if (line.size > 0)
			return 0;
		at = next;
	}
	/* A headline and one thing more: a line of dashes alone may be anything. */
	if (found.value[NDX_KEY_URL].size == 0 && found.value[NDX_KEY_DATE].size == 0)
		return 0;
	*draft = found;
	return at;
}
