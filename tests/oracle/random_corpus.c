/*
 * random_corpus.c - see random_corpus.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "tests/oracle/random_corpus.h"

#include <stdio.h>

#define ARRAY_LEN(array) (sizeof(array) / sizeof((array)[0]))

/* Frequent ones first.  Some share a stem, a joined form or an acronym's letters. */
static const char *const words[] = {
	"the",
	"coca",
	"of",
	"production",
	"peru",
	"arms",
	"to",
	"producing",
	"storm",
	"us",
	"US",
	"minister",
	"U.S.",
	"co-op",
	"coop",
	"bank",
	"cultivation",
	"president's",
	"Bogot\xc3\xa1",
	"harbour",
	"NATO",
	"who",
	"drug-trade",
	"drug",
	"trade",
	"3.5",
	"opium",
	"AT&T",
	"bogota",
	"It",
	"9/11",
	"cultivated",
	"president",
	"strike",
	"1,234.56",
	"don't",
	"C-SPAN",
	"price",
	"oil",
	"tonnes",
	"co-operation",
	"cooperation",
	"S&P",
	"500",
	"IT",
	"election",
	"vote-rigging",
	"king-in-waiting",
	"zo\xc3\xab",
	"\xc3\x89lan",
	"quake",
	"ferry",
	"wheat",
	"gold",
};

/* In every article of some corpora; in one article of each; in none. */
static const char word_everywhere[] = "omnipresent", word_once[] = "hapax", word_never[] = "absent";

/* Some of words that are frequent in texts, too. */
static const char *const sources[] = {
	"Reuters", "AFP", "New York Times", "The Times", "El Pa\xc3\xads", "The Coca of Peru", "",
};
static const char *const sections[] = { "sport", "World News", "coca production", "business", "" };
static const char *const authors[] = {
	"John Smith", "Anna O'Neil, John Doe", "Smith Jones", "Peru Arms", "",
};
static const char *const languages[] = { "en", "es", "de", "" };

/* Blocks hold 128 postings, windows 4096 articles; with 8200 many blocks lie in two windows. */
static const size_t edges[] = { 0, 1, 127, 128, 129, 4095, 4096, 4097, 8200 };

void
ndx_random_corpus(struct random *r, uint64_t number, struct random_corpus *corpus_ret)
{
	const bool edge = number % 12 == 5;
	size_t count = random_below(r, 12) == 0 ? random_below(r, 500) : 1 + random_below(r, 40);
	bool large;

	if (edge)
		count = edges[number / 12 % ARRAY_LEN(edges)];
	large = count > 500;
	*corpus_ret = (struct random_corpus){
		.language = random_percent(r, 85) ? "english" : "none",
		.article_count = count,
		.word_count = 2 + random_below(r, ARRAY_LEN(words) - 1),
		.text_words_max = large ? 2 + random_below(r, 9) : 2 + random_below(r, 50),
		.day_count = 1 + random_zipf(r, count + 1),
		.undated_percent = random_percent(r, 20) ? 100 : (unsigned)random_below(r, 50),
		.long_percent = (unsigned)random_below(r, large ? 2 : 8),
		.has_everywhere = random_percent(r, 50),
		.once = random_below(r, count + 1),
	};
}

struct ndx_str
ndx_random_id(size_t number, char out[64])
{
	/* Mixed, so that the order of ids is not that of numbers. */
	const unsigned mixed = (unsigned)(number * 2654435761u) & 0xffff;
	static const char *const shapes[] = { "%04x-%zu", "news/%x/%zu.txt", "\xc3\xa9%x.%zu",
		                              "%x and %zu", "A%x(%zu)" };
	const char *shape = shapes[mixed % ARRAY_LEN(shapes)];

	snprintf(out, 64, shape, mixed, number);
	return ndx_str(out);
}

static const char *
common_word(const struct random_corpus *corpus, struct random *r)
{
	return words[random_zipf(r, corpus->word_count)];
}

const char *
ndx_random_word(const struct random_corpus *corpus, struct random *r)
{
	switch (random_below(r, 30)) {
	case 0:
		return word_once;
	case 1:
		return word_never;
	case 2:
	case 3:
		return word_everywhere;
	case 4:
		return words[random_below(r, ARRAY_LEN(words))];
	default:
		return common_word(corpus, r);
	}
}

const char *
ndx_random_value(struct random *r, enum ndx_field field)
{
	switch (field) {
	case NDX_FIELD_SOURCE:
		return sources[random_below(r, ARRAY_LEN(sources))];
	case NDX_FIELD_SECTION:
		return sections[random_below(r, ARRAY_LEN(sections))];
	case NDX_FIELD_AUTHOR:
		return authors[random_below(r, ARRAY_LEN(authors))];
	default:
		return languages[random_below(r, ARRAY_LEN(languages))];
	}
}

/* Append a word to the NUL-terminated out[out_size], if there is room. */
static void
append(char *out, size_t out_size, const char *word, const char *after)
{
	const size_t size = strlen(out);

	if (size + strlen(word) + strlen(after) < out_size)
		snprintf(out + size, out_size - size, "%s%s", word, after);
}

static void
append_words(const struct random_corpus *corpus, struct random *r, size_t count, char *out,
             size_t out_size)
{
	static const char *const after[] = {
		" ", " ", " ", " ", " ", " ", ", ", ". ", " - ", "? "
	};

	for (size_t i = 0; i < count; i++)
		append(out, out_size, common_word(corpus, r),
		       after[random_below(r, ARRAY_LEN(after))]);
}

static void
make_text(const struct random_corpus *corpus, struct random *r, size_t number,
          struct random_article *out)
{
	const size_t size = sizeof(out->text);

	append_words(corpus, r, random_zipf(r, corpus->text_words_max + 1), out->text, size);
	if (number == corpus->once)
		append(out->text, size, word_once, ". ");
	if (corpus->has_everywhere)
		append(out->text, size, word_everywhere, "\n");
	append_words(corpus, r, random_zipf(r, corpus->text_words_max + 1), out->text, size);
	if (random_percent(r, corpus->long_percent)) {
		const char *word = common_word(corpus, r);

		for (size_t left = random_below(r, 600); left > 0; left--)
			append(out->text, size, word, " ");
	}
}

/* Some have no title, some one that does not count, a few one without a word in it. */
static void
make_title(const struct random_corpus *corpus, struct random *r, struct random_article *out)
{
	const size_t kind = random_below(r, 20);

	out->article.title_is_made = kind < 4;
	if (kind == 4)
		return;
	if (kind == 5)
		append(out->title, sizeof(out->title), "...", "");
	else
		append_words(corpus, r, 1 + random_below(r, 6), out->title, sizeof(out->title));
}

void
ndx_random_article(const struct random_corpus *corpus, struct random *r, size_t number,
                   struct random_article *out)
{
	*out = (struct random_article){ 0 };
	make_title(corpus, r, out);
	make_text(corpus, r, number, out);
	out->article.id = ndx_random_id(number, out->id);
	out->article.title = ndx_str(out->title);
	out->article.text = ndx_str(out->text);
	out->article.source = ndx_str(ndx_random_value(r, NDX_FIELD_SOURCE));
	out->article.section = ndx_str(ndx_random_value(r, NDX_FIELD_SECTION));
	out->article.author = ndx_str(ndx_random_value(r, NDX_FIELD_AUTHOR));
	out->article.language = ndx_str(ndx_random_value(r, NDX_FIELD_LANGUAGE));
	out->article.url = ndx_str("");
	out->article.has_date = !random_percent(r, corpus->undated_percent);
	/* Some before 1970; in one corpus days, in another seconds apart. */
	if (out->article.has_date)
		out->article.date.utc = ((int64_t)random_below(r, corpus->day_count) - 3) *
		                        (corpus->day_count % 2 == 0 ? 86400 : 1);
}
