/*
 * tokenize_word.c - words that are more than a run of ASCII letters and digits
 *
 *   word      part { hyphen part }          co-operation  C-SPAN  yet-to-be-built
 *   part      acronym | number | run, each with a possessive or not
 *   acronym   letter { "." letter } [ "." ] at least two letters   U.S.  N.A.T.O
 *   number    digits { "/" digits }                                9/11
 *           | digits { ("," | ".") digits } [ letters ]            1,234.56  3.5bn
 *   run       letters, digits, marks        with "&" or an apostrophe between letters
 *   possessive  apostrophe "s", and no letter after it
 *
 * Tokens of one word, for "the U.S.-led force" (form, kind, position, bytes covered):
 *
 *   the    WORD     0  the
 *   us     WORD     1  U.S.         not in a query
 *   US     ACRONYM  1  U.S.
 *   usled  JOINED   1  U.S.-led     only of two parts, of which one has a letter
 *   led    WORD     2  led
 *   force  WORD     3  force
 *
 * 2-1 and 1990-91 are not joined: nobody who looks for 21 wants a result of football.
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/tokenize_scan.h"

#include <assert.h>
#include <string.h>

#include "common/acronym.h"
#include "common/fold.h"

struct part {
	const uint8_t *begin, *end; /* with the possessive */
	uint8_t *form;              /* being written at scan->form */
	size_t form_size;
	bool full;     /* the form has reached its longest */
	bool periods;  /* U.S. */
	bool capitals; /* ASCII capitals alone */
	bool has_letter, is_verbatim;
};

/* A character, its class and where the next one begins; at the end of the text, OTHER. */
struct character {
	uint32_t c;
	enum ndx_char_class class;
	const uint8_t *next;
};

static struct character
look(const struct ndx_scan *scan, const uint8_t *p)
{
	struct character at = { ' ', NDX_CHAR_OTHER, p };
	unsigned size;

	if (p < scan->end) {
		at.c = ndx_utf8_decode(p, scan->end, &size);
		at.class = ndx_char_class(at.c);
		at.next = p + size;
	}
	return at;
}

static bool
is_digit(const struct ndx_scan *scan, const uint8_t *p)
{
	return p < scan->end && (unsigned)*p - '0' < 10;
}

static bool is_in_word(enum ndx_char_class class)
{
	return class == NDX_CHAR_LETTER || class == NDX_CHAR_DIGIT || class == NDX_CHAR_MARK;
}

static void
add_char(struct part *part, struct character at)
{
	if (at.class == NDX_CHAR_LETTER)
		part->has_letter = true;
	if (at.class != NDX_CHAR_LETTER || at.c - 'A' >= 26)
		part->capitals = false;
	if (at.class == NDX_CHAR_DIGIT || at.c == '&' || at.c == '/')
		part->is_verbatim = true;
	if (!part->full && !ndx_fold_char(at.c, part->form, &part->form_size, NDX_FORM_SIZE_MAX))
		part->full = true;
}

static void
add_bytes(struct ndx_scan *scan, struct part *part, const uint8_t *p, const uint8_t *end)
{
	for (; p < end; p++)
		add_char(part, look(scan, p));
}

/* Past the 's at p, or p if there is none. */
static const uint8_t *
skip_possessive(const struct ndx_scan *scan, const uint8_t *p)
{
	struct character mark = look(scan, p), s;

	if (mark.class != NDX_CHAR_APOSTROPHE)
		return p;
	s = look(scan, mark.next);
	if ((s.c | 0x20) != 's' || is_in_word(look(scan, s.next).class))
		return p;
	return s.next;
}

/*
 * Past the acronym with periods at p, or p if there is none.  What follows its last
 * letter must be a period, or nothing that a word could go on with.
 */
static const uint8_t *
acronym_end(const struct ndx_scan *scan, const uint8_t *p)
{
	const uint8_t *end = p, *next = p;
	size_t count = 0;

	for (;;) {
		struct character letter = look(scan, next), after;

		if (letter.class != NDX_CHAR_LETTER)
			break;
		after = look(scan, letter.next);
		if (after.c != '.' && (count == 0 || is_in_word(after.class)))
			break;
		count++;
		end = letter.next;
		if (after.c != '.')
			break;
		end = next = after.next;
	}
	return count < 2 ? p : end;
}

static void
read_acronym(struct ndx_scan *scan, struct part *part, const uint8_t *end)
{
	for (const uint8_t *p = part->begin; p < end;) {
		struct character at = look(scan, p);

		if (at.class == NDX_CHAR_LETTER)
			add_char(part, at);
		p = at.next;
	}
	part->periods = true;
	part->end = skip_possessive(scan, end);
}

static const uint8_t *
digits_end(const struct ndx_scan *scan, const uint8_t *p)
{
	while (is_digit(scan, p))
		p++;
	return p;
}

/* Are the commas of the number p..end where thousands have them, and none in its fraction? */
static bool
has_thousands(const uint8_t *p, const uint8_t *end)
{
	size_t run = 0, comma_count = 0;

	for (; p < end && *p != '.'; p++) {
		if (*p != ',') {
			run++;
			continue;
		}
		if (comma_count == 0 ? run > 3 : run != 3)
			return false;
		comma_count++;
		run = 0;
	}
	if (comma_count > 0 && run != 3)
		return false;
	return p >= end || memchr(p, ',', (size_t)(end - p)) == NULL;
}

/* The digits at part->begin with what ties digits together.  Returns where they end. */
static const uint8_t *
read_number(struct ndx_scan *scan, struct part *part)
{
	const uint8_t *p = digits_end(scan, part->begin), *end = p;
	bool commas;

	while (end < scan->end && *end == '/' && is_digit(scan, end + 1))
		end = digits_end(scan, end + 1);
	if (end > p) {
		add_bytes(scan, part, part->begin, end);
		return end;
	}
	commas = part->begin >= scan->split_until;
	while (end < scan->end && (*end == '.' || (*end == ',' && commas)) &&
	       is_digit(scan, end + 1))
		end = digits_end(scan, end + 1);
	if (commas && !has_thousands(part->begin, end)) {
		scan->split_until = end;
		for (end = p; *end == '.';)
			end = digits_end(scan, end + 1);
	}
	for (p = part->begin; p < end; p++)
		if (*p != ',')
			add_char(part, look(scan, p));
	return end;
}

/* Does the character 'at', which is no part of words, tie two letters into one word? */
static bool
ties(struct character before, struct character at, struct character after)
{
	if (before.class != NDX_CHAR_LETTER || after.class != NDX_CHAR_LETTER)
		return false;
	if (at.c == 0xB7) /* Catalan: col.lectiu with a raised dot */
		return (before.c | 0x20) == 'l' && (after.c | 0x20) == 'l';
	return at.class == NDX_CHAR_APOSTROPHE || at.c == '&';
}

/* Letters, digits and marks from p on, and what ties them together. */
static void
read_run(struct ndx_scan *scan, struct part *part, const uint8_t *p)
{
	struct character before = { ' ', NDX_CHAR_OTHER, p }, at, after;

	if (p > part->begin)
		before.class = NDX_CHAR_DIGIT;
	part->end = p;
	for (;; p = at.next) {
		at = look(scan, p);
		if (is_in_word(at.class)) {
			add_char(part, at);
			part->end = at.next;
			if (at.class != NDX_CHAR_MARK)
				before = at;
			continue;
		}
		if (at.class == NDX_CHAR_IGNORED)
			continue;
		part->end = p == part->end ? skip_possessive(scan, p) : part->end;
		if (part->end > p)
			break;
		after = look(scan, at.next);
		if (!ties(before, at, after))
			break;
		if (at.c == '&')
			add_char(part, at);
	}
}

static void
read_part(struct ndx_scan *scan, const uint8_t *p, struct part *part)
{
	struct character at = look(scan, p);
	const uint8_t *end;

	*part = (struct part){ .begin = p, .form = scan->form, .capitals = true };
	if (at.class == NDX_CHAR_IDEOGRAPH) {
		do {
			add_char(part, at);
			part->end = at.next;
			at = look(scan, at.next);
		} while (at.class == NDX_CHAR_MARK);
		part->has_letter = true;
		return;
	}
	end = acronym_end(scan, p);
	if (end > p)
		read_acronym(scan, part, end);
	else
		read_run(scan, part, is_digit(scan, p) ? read_number(scan, part) : p);
}

/* Two or more words with letters, none of lower case, up to 'end' or to the end of the line. */
static bool
is_all_capitals(const uint8_t *p, const uint8_t *end, bool one_line)
{
	size_t word_count = 0;
	bool in_word = false; /* from the first letter to the next space */

	while (p < end && !(one_line && *p == '\n')) {
		unsigned size;
		uint32_t c = ndx_utf8_decode(p, end, &size);

		if (ndx_char_is_lower(c))
			return false;
		if (c == ' ' || c - '\t' < 5 || c == 0xA0) {
			in_word = false;
		} else if (!in_word && ndx_char_class(c) == NDX_CHAR_LETTER) {
			in_word = true;
			word_count++;
		}
		p += size;
	}
	return word_count >= 2;
}

static bool
in_capitals_line(struct ndx_scan *scan)
{
	if (scan->line_case == NDX_LINE_UNKNOWN)
		scan->line_case =
			is_all_capitals(scan->line, scan->end, scan->mode == NDX_TOKENIZE_ARTICLE)
				? NDX_LINE_CAPITALS
				: NDX_LINE_MIXED;
	return scan->line_case == NDX_LINE_CAPITALS;
}

static bool
is_acronym(struct ndx_scan *scan, const struct part *part)
{
	if (scan->mode == NDX_TOKENIZE_FILTER || (!part->periods && !part->capitals))
		return false;
	if (!ndx_acronym_is_word((const char *)part->form, part->form_size))
		return false;
	return part->periods || !in_capitals_line(scan);
}

/* Add a token for the 'form_size' bytes at scan->form. */
static void
add_token(struct ndx_scan *scan, enum ndx_token_kind kind, const uint8_t *begin, const uint8_t *end,
          uint32_t position, size_t form_size)
{
	*scan->out++ = (struct ndx_token){
		.off = (uint32_t)(begin - scan->text),
		.size = (uint32_t)(end - begin),
		.position = position,
		.form_off = (uint32_t)(scan->form - scan->tokens->forms.data),
		.form_size = (uint16_t)form_size,
		.kind = (uint8_t)kind,
	};
	scan->form += form_size;
}

/* The tokens of one part that has a form. */
static void
add_part(struct ndx_scan *scan, const struct part *part)
{
	const bool acronym = is_acronym(scan, part);

	assert(part->form == scan->form && part->form_size > 0);
	if (!acronym || scan->mode == NDX_TOKENIZE_ARTICLE)
		add_token(scan, part->is_verbatim ? NDX_TOKEN_VERBATIM : NDX_TOKEN_WORD,
		          part->begin, part->end, scan->position, part->form_size);
	else
		scan->form += part->form_size; /* kept: a joined form may need it */
	if (acronym) {
		for (size_t i = 0; i < part->form_size; i++)
			scan->form[i] = (uint8_t)(part->form[i] - 0x20);
		add_token(scan, NDX_TOKEN_ACRONYM, part->begin, part->end, scan->position,
		          part->form_size);
	}
	scan->position++;
}

/* What the tokens of a word have been up to its second part; forms by offset, for they may move. */
struct joint {
	size_t count; /* parts that had a form */
	const uint8_t *begin, *end;
	size_t token_index; /* where the JOINED one goes: after those of the first part */
	size_t form_off[2], form_size[2];
	bool has_letter;
};

static void
note_part(struct ndx_scan *scan, struct joint *joint, const struct part *part)
{
	if (joint->count == 0) {
		joint->begin = part->begin;
		joint->token_index = (size_t)(scan->out - scan->tokens->token);
	}
	if (joint->count < 2) {
		joint->form_off[joint->count] = (size_t)(part->form - scan->tokens->forms.data);
		joint->form_size[joint->count] = part->form_size;
		joint->has_letter |= part->has_letter;
	}
	joint->end = part->end;
	joint->count++;
}

/*
 * Put the JOINED token before those of the second part.  The second form is folded once
 * more, because its first character may compose with the last one of the first form.
 */
static void
insert_joined(struct ndx_scan *scan, const struct joint *joint)
{
	struct ndx_token *at = scan->tokens->token + joint->token_index, joined;
	const uint8_t *forms = scan->tokens->forms.data;
	const uint8_t *p = forms + joint->form_off[1], *end = p + joint->form_size[1];
	size_t size = joint->form_size[0];
	unsigned char_size;

	memcpy(scan->form, forms + joint->form_off[0], size);
	while (p < end && ndx_fold_char(ndx_utf8_decode(p, end, &char_size), scan->form, &size,
	                                NDX_FORM_SIZE_MAX))
		p += char_size;
	add_token(scan, NDX_TOKEN_JOINED, joint->begin, joint->end, at[-1].position, size);
	joined = scan->out[-1];
	memmove(at + 1, at, (size_t)(scan->out - 1 - at) * sizeof(*at));
	*at = joined;
}

/* Where the part begins that a hyphen at p ties to the one before, or NULL. */
static const uint8_t *
after_hyphen(const struct ndx_scan *scan, const uint8_t *p)
{
	struct character hyphen = look(scan, p);
	enum ndx_char_class next;

	if (hyphen.class != NDX_CHAR_HYPHEN)
		return NULL;
	next = look(scan, hyphen.next).class;
	return next == NDX_CHAR_LETTER || next == NDX_CHAR_DIGIT ? hyphen.next : NULL;
}

const uint8_t *
ndx_scan_word(struct ndx_scan *scan, const uint8_t *p)
{
	struct joint joint = { 0 };
	struct part part;

	do {
		if (!ndx_scan_has_room(scan) && !ndx_scan_make_room(scan))
			return NULL;
		read_part(scan, p, &part);
		if (part.form_size > 0) {
			add_part(scan, &part);
			note_part(scan, &joint, &part);
		}
		p = after_hyphen(scan, part.end);
	} while (p != NULL && look(scan, part.begin).class != NDX_CHAR_IDEOGRAPH);
	if (joint.count == 2 && joint.has_letter && scan->mode != NDX_TOKENIZE_FILTER)
		insert_joined(scan, &joint);
	return part.end;
}
