/*
 * tokenize.c - see tokenize.h: plain words, and what lies between words
 *
 * News is mostly runs of ASCII letters between single spaces.  Those are read eight
 * bytes at a time: a few additions tell in parallel which bytes are letters and
 * digits, how many lead, and what they are in lower case; the form is stored whole,
 * with rubbish behind it that the next one overwrites.  A word followed by something
 * that may belong to it (an apostrophe, hyphen, period, comma, '/', '&' with a letter or digit
 * after it, or a byte beyond ASCII) and capitals that may be an acronym go to tokenize_word.c.
 *
 * The rules for news text, all of them:
 *
 *   words        letters, digits, marks; lower case, no accents; a position each
 *   possessive   's goes: president's, U.S.'s; other apostrophes only: don't is dont
 *   acronym      US or U.S. is us, and at the same position the ACRONYM US, if us is
 *                an everyday word; not US in a line that is all capitals
 *   hyphen       its parts, and of two also the JOINED form: co, cooperation, operation
 *   numbers      1,234.56 is 1234.56; 9/11; 3.5; $600 is 600; 1,2,3 are three
 *   names        AT&T is at&t; reuters.com is two words; F16 and 747s are VERBATIM
 *   Han, kana    a token for each character
 *   sentences    end at . ! ? (and closing quotes), before a space and a capital, digit
 *                or quote, but not after an initial or an abbreviation; and where a
 *                paragraph ends: at an empty line, and at the end of the text
 *
 * What must hold: tokens lie in order of position; all tokens of a position agree
 * about the sentence's end; reads stop at the end of the text, writes at the room
 * that ndx_scan_make_room() made.
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/tokenize.h"

#include <string.h>

#include "common/acronym.h"
#include "common/fold.h"
#include "common/tokenize_scan.h"

/* What one part of a word, and the joined form, may need beyond the limits. */
#define TOKEN_SLACK 8
#define FORM_SLACK  (4 * NDX_FORM_SIZE_MAX)

/* What is made room for at once, at least. */
#define TOKEN_ROOM (64 + TOKEN_SLACK)
#define FORM_ROOM  (64 * 8 + FORM_SLACK)

enum byte_class {
	BYTE_PLAIN = 0, /* stands between words and says nothing */
	BYTE_WORD,
	BYTE_TIE,  /* may belong to the word before it, if a word goes on after it */
	BYTE_STOP, /* may end a sentence */
	BYTE_LINE,
	BYTE_WIDE, /* beyond ASCII */
};

/* The period is a tie after a word and a stop elsewhere. */
static const uint8_t byte_class[256] = {
	['0' ... '9'] = BYTE_WORD,
	['A' ... 'Z'] = BYTE_WORD,
	['a' ... 'z'] = BYTE_WORD,
	['\''] = BYTE_TIE,
	['-'] = BYTE_TIE,
	[','] = BYTE_TIE,
	['/'] = BYTE_TIE,
	['&'] = BYTE_TIE,
	['.'] = BYTE_STOP,
	['!'] = BYTE_STOP,
	['?'] = BYTE_STOP,
	['\n'] = BYTE_LINE,
	[0x80 ... 0xFF] = BYTE_WIDE,
};

#define EACH_BYTE(b) ((uint64_t)(b)*0x0101010101010101u)

/* Up to eight bytes of text, the first one lowest; in the masks the top bit of a byte tells. */
struct octet {
	uint64_t lower; /* the bytes, capitals made small */
	uint64_t capital, digit;
	unsigned size; /* how many letters and digits lead */
};

static inline uint64_t
little_endian(uint64_t bytes)
{
	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap64(bytes) : bytes;
}

/* Top bits where the byte, below 128, is 'least' or more. */
static inline uint64_t
at_least(uint64_t bytes, unsigned least)
{
	return bytes + EACH_BYTE(0x80 - least);
}

static inline struct octet
read_octet(const uint8_t *p, const uint8_t *end)
{
	uint64_t bytes = 0, low7, small, letter, digit, word;

	if (end - p >= 8)
		memcpy(&bytes, p, 8);
	else if (p < end)
		memcpy(&bytes, p, (size_t)(end - p));
	bytes = little_endian(bytes);
	low7 = bytes & EACH_BYTE(0x7F);
	small = low7 | EACH_BYTE(0x20);
	letter = at_least(small, 'a') & ~at_least(small, 'z' + 1);
	digit = at_least(low7, '0') & ~at_least(low7, '9' + 1);
	word = (letter | digit) & ~bytes & EACH_BYTE(0x80);
	letter &= word;
	return (struct octet){
		.lower = bytes | (letter >> 2),
		.capital = letter & ~(bytes << 2),
		.digit = digit & word,
		.size = word == EACH_BYTE(0x80)
		                ? 8
		                : (unsigned)__builtin_ctzll(~word & EACH_BYTE(0x80)) / 8,
	};
}

/* The bytes of an octet that lead. */
static inline uint64_t
leading(unsigned size)
{
	return size == 8 ? UINT64_MAX : ((uint64_t)1 << size * 8) - 1;
}

/* A run of letters and digits, its form being written. */
struct run {
	const uint8_t *end;
	size_t size;
	bool capitals; /* and nothing else; only of runs that can be an acronym */
	bool has_digit;
};

static inline struct run
read_run(const uint8_t *p, const uint8_t *end, uint8_t *form)
{
	struct octet octet = read_octet(p, end);
	const uint64_t mask = leading(octet.size);
	struct run run = { .size = octet.size };
	uint64_t digits = octet.digit & mask, lower = little_endian(octet.lower);

	memcpy(form, &lower, 8);
	run.capitals = octet.size >= 2 && octet.size <= NDX_ACRONYM_SIZE_MAX &&
	               (octet.capital & mask) == (EACH_BYTE(0x80) & mask);
	while (octet.size == 8 && run.size <= NDX_FORM_SIZE_MAX) {
		octet = read_octet(p + run.size, end);
		lower = little_endian(octet.lower);
		memcpy(form + run.size, &lower, 8);
		digits |= octet.digit & leading(octet.size);
		run.size += octet.size;
	}
	run.end = p + run.size;
	run.has_digit = digits != 0;
	return run;
}

bool
ndx_scan_make_room(struct ndx_scan *scan)
{
	struct ndx_tokens *tokens = scan->tokens;
	const size_t count = (size_t)(scan->out - tokens->token);
	size_t form_size_max;

	if (count > NDX_TOKENS_MAX)
		return false;
	tokens->forms.size = (size_t)(scan->form - tokens->forms.data);
	if (tokens->forms.size > UINT32_MAX - FORM_ROOM)
		return false;
	if (!ndx_grow(tokens->forms.mem, &tokens->token, &tokens->count_max, count + TOKEN_ROOM,
	              sizeof(*tokens->token)))
		return false;
	scan->out = tokens->token + count;
	scan->out_limit = tokens->token + tokens->count_max - TOKEN_SLACK;
	if (ndx_buf_reserve(&tokens->forms, FORM_ROOM) == NULL)
		return false;
	form_size_max = tokens->forms.size_max;
	if (form_size_max > UINT32_MAX)
		form_size_max = UINT32_MAX;
	scan->form = tokens->forms.data + tokens->forms.size;
	scan->form_limit = tokens->forms.data + form_size_max - FORM_SLACK;
	return true;
}

/* The tokens of the last position before 'out' end a sentence. */
static void
end_sentence(const struct ndx_scan *scan, struct ndx_token *out)
{
	const struct ndx_token *first = scan->tokens->token, *last = out - 1;

	if (out == first)
		return;
	while (out > first && out[-1].position == last->position)
		(--out)->sentence_end = 1;
}

/* Is the period at p that of an initial, or of an abbreviation, which is the last token? */
static bool
belongs_to_word(const struct ndx_scan *scan, const struct ndx_token *out, const uint8_t *p)
{
	const uint8_t *word;
	unsigned size;

	if (out == scan->tokens->token)
		return false;
	word = scan->text + out[-1].off;
	if (word + out[-1].size != p)
		return false;
	if (ndx_char_is_upper(ndx_utf8_decode(word, p, &size)) && size == out[-1].size)
		return true;
	return ndx_abbreviation((const char *)word, out[-1].size);
}

static const uint8_t *
skip_closing(const uint8_t *p, const uint8_t *end)
{
	unsigned size;

	while (p < end) {
		uint32_t c = ndx_utf8_decode(p, end, &size);

		if (c != '"' && c != '\'' && c != ')' && c != ']' && c != 0x2019 && c != 0x201D &&
		    c != 0xBB)
			break;
		p += size;
	}
	return p;
}

static bool
is_space(uint32_t c)
{
	return c == ' ' || c - '\t' < 5 || c == 0xA0;
}

static bool
begins_sentence(uint32_t c)
{
	return ndx_char_is_upper(c) || ndx_char_class(c) == NDX_CHAR_DIGIT || c == '"' ||
	       c == '\'' || c == 0x2018 || c == 0x201C || c == 0x201E || c == 0xAB;
}

/* At . ! or ?: see whether a sentence ends here.  Returns where to go on. */
static const uint8_t *
read_stop(const struct ndx_scan *scan, const uint8_t *p, struct ndx_token *out)
{
	const uint8_t *stop = p, *after;
	unsigned size = 1;
	uint32_t c = ' ';

	while (p < scan->end && byte_class[*p] == BYTE_STOP)
		p++;
	if (p == stop + 1 && *stop == '.' && belongs_to_word(scan, out, stop))
		return p;
	p = after = skip_closing(p, scan->end);
	while (p < scan->end) {
		c = ndx_utf8_decode(p, scan->end, &size);
		if (!is_space(c))
			break;
		p += size;
	}
	if (p > after && p < scan->end && begins_sentence(c))
		end_sentence(scan, out);
	return after;
}

/* At a line break: a paragraph ends if the next line is empty.  Returns where that one's text
 * begins. */
static const uint8_t *
read_line_break(struct ndx_scan *scan, const uint8_t *p, struct ndx_token *out)
{
	p++;
	if (scan->mode == NDX_TOKENIZE_ARTICLE) {
		scan->line = p;
		scan->line_case = NDX_LINE_UNKNOWN;
	}
	while (p < scan->end && (*p == ' ' || *p == '\t' || *p == '\r'))
		p++;
	if (p < scan->end && *p == '\n')
		end_sentence(scan, out);
	return p;
}

/* Does the byte at p, after a run, make more of it than a plain word? */
static inline bool
goes_on(const uint8_t *p, const uint8_t *end)
{
	if (p == end || byte_class[*p] == BYTE_PLAIN)
		return false;
	if (byte_class[*p] == BYTE_WIDE)
		return true;
	return (byte_class[*p] == BYTE_TIE || *p == '.') && p + 1 < end &&
	       (byte_class[p[1]] == BYTE_WORD || byte_class[p[1]] == BYTE_WIDE);
}

/* Over the bytes between words.  Returns where a word begins, a byte beyond ASCII, or the end. */
static inline const uint8_t *
read_gap(struct ndx_scan *scan, const uint8_t *p, struct ndx_token *out)
{
	while (p < scan->end) {
		switch (byte_class[*p]) {
		case BYTE_WORD:
		case BYTE_WIDE:
			return p;
		case BYTE_STOP:
			p = read_stop(scan, p, out);
			break;
		case BYTE_LINE:
			p = read_line_break(scan, p, out);
			break;
		default:
			p++;
		}
	}
	return p;
}

/* Plain words and gaps.  Stops before what is neither, at the end, or for want of room. */
static const uint8_t *
read_plain(struct ndx_scan *scan, const uint8_t *p)
{
	const uint8_t *const text = scan->text, *const end = scan->end;
	const uint8_t *const forms = scan->tokens->forms.data;
	const struct ndx_token *const out_limit = scan->out_limit;
	const uint8_t *const form_limit = scan->form_limit;
	struct ndx_token *out = scan->out;
	uint8_t *form = scan->form;
	uint32_t position = scan->position;

	while (out < out_limit && form < form_limit) {
		struct run run = read_run(p, end, form);

		if (run.size == 0) {
			p = read_gap(scan, p, out);
			if (p == end || byte_class[*p] == BYTE_WIDE)
				break;
			continue;
		}
		if (run.size > NDX_FORM_SIZE_MAX || goes_on(run.end, end) ||
		    (run.capitals && ndx_acronym_is_word((const char *)form, run.size)))
			break;
		*out++ = (struct ndx_token){
			.off = (uint32_t)(p - text),
			.size = (uint32_t)run.size,
			.position = position,
			.form_off = (uint32_t)(form - forms),
			.form_size = (uint16_t)run.size,
			.kind = run.has_digit ? NDX_TOKEN_VERBATIM : NDX_TOKEN_WORD,
		};
		position++;
		form += run.size;
		p = run.end;
		if (p < end && *p == ' ')
			p++;
		else
			p = read_gap(scan, p, out);
	}
	scan->out = out;
	scan->form = form;
	scan->position = position;
	return p;
}

/* At a byte beyond ASCII: a word, or a character that stands between words. */
static const uint8_t *
read_wide(struct ndx_scan *scan, const uint8_t *p)
{
	unsigned size;
	uint32_t c = ndx_utf8_decode(p, scan->end, &size);
	enum ndx_char_class class = ndx_char_class(c);

	if (class == NDX_CHAR_LETTER || class == NDX_CHAR_DIGIT || class == NDX_CHAR_IDEOGRAPH)
		return ndx_scan_word(scan, p);
	if (c == 0x3002 || c == 0xFF01 ||
	    c == 0xFF1F) /* . ! ? of Chinese and Japanese: no space after */
		end_sentence(scan, scan->out);
	return p + size;
}

static bool
scan_text(struct ndx_scan *scan)
{
	const uint8_t *p = scan->text;

	if (!ndx_scan_make_room(scan))
		return false;
	while (p < scan->end) {
		p = read_plain(scan, p);
		if (p == scan->end)
			break;
		if (!ndx_scan_has_room(scan)) {
			if (!ndx_scan_make_room(scan))
				return false;
			continue;
		}
		p = *p < 0x80 ? ndx_scan_word(scan, p) : read_wide(scan, p);
		if (p == NULL)
			return false;
	}
	end_sentence(scan, scan->out);
	return true;
}

void
ndx_tokens_init(struct ndx_tokens *tokens, const struct ndx_mem *mem)
{
	*tokens = (struct ndx_tokens){ 0 };
	ndx_buf_init(&tokens->forms, mem);
}

void
ndx_tokens_free(struct ndx_tokens *tokens)
{
	if (tokens->forms.mem == NULL)
		return;
	ndx_free(tokens->forms.mem, tokens->token);
	ndx_buf_free(&tokens->forms);
	ndx_tokens_init(tokens, tokens->forms.mem);
}

enum ndx_status
ndx_tokenize(const char *text, size_t size, enum ndx_tokenize_mode mode, struct ndx_tokens *tokens,
             struct ndx_err *err)
{
	struct ndx_scan scan = { .mode = mode, .tokens = tokens };
	bool done;

	if (size > UINT32_MAX)
		return ndx_fail(err, NDX_E_LIMIT,
		                "a text of %zu bytes is too long, at most %lu are possible", size,
		                (unsigned long)UINT32_MAX);
	ndx_buf_clear(&tokens->forms);
	tokens->count = 0;
	tokens->position_count = 0;
	if (size == 0)
		return NDX_OK;
	scan.text = scan.line = scan.split_until = (const uint8_t *)text;
	scan.end = scan.text + size;
	scan.out = tokens->token;
	scan.form = tokens->forms.data;
	done = scan_text(&scan);
	if ((size_t)(scan.out - tokens->token) > NDX_TOKENS_MAX)
		return ndx_fail(err, NDX_E_LIMIT, "over %d words", NDX_TOKENS_MAX);
	if (!done) {
		if (tokens->forms.size > UINT32_MAX - FORM_ROOM)
			return ndx_fail(err, NDX_E_LIMIT,
			                "the words of a text take more than 4 GiB");
		return ndx_fail_nomem(err);
	}
	tokens->count = (size_t)(scan.out - tokens->token);
	tokens->position_count = scan.position;
	tokens->forms.size = (size_t)(scan.form - tokens->forms.data);
	return NDX_OK;
}
