/*
 * byline_words.c - see byline_words.h
 *
 * Left out are words that are surnames as well: Dean, Judge, Bishop, Head.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/byline_words.h"

#include <strings.h>

/* clang-format off */

/* The last words of what a person is, or the last before "of" and the like. */
static const char *const roles[] = {
	"editor", "editors", "editor-in-chief", "correspondent", "correspondents", "reporter",
	"reporters", "writer", "writers", "columnist", "columnists", "journalist",
	"journalists", "staff", "staffer", "commentator", "contributor", "contributors",
	"critic", "chief", "publisher", "fellow", "analyst", "economist", "strategist",
	"professor", "lecturer", "director", "president", "chairman", "chairwoman",
	"chairperson", "minister", "secretary", "secretary-general", "ambassador", "producer",
	"photographer", "presenter", "historian", "researcher", "scholar", "scientist",
	"founder", "cofounder", "co-founder", "executive", "manager", "officer", "partner",
	"freelancer", "blogger", "spokesman", "spokeswoman", "CEO", "intern", "head of",
	"author of", "member of", "dean of", "chair of", "host of", NULL,
};

/* Behind a role: "Professor of Law", "Editor at Large". */
static const char *const behind_roles[] = {
	"of", "at", "for", "in", "to", "with", "on", "emeritus", NULL,
};

static const char *const nobodies[] = {
	"Reuters", "Thomson Reuters", "AP", "AFP", "Agence France-Presse",
	"Agence France Presse", "UPI", "United Press International", "DPA", "EFE", "ANSA",
	"Xinhua", "TASS", "ITAR-TASS", "Interfax", "Kyodo", "PTI", "Press Trust of India",
	"ANI", "IANS", "AAP", "Bloomberg", "Press Association", "PA", "PA Media",
	"Canadian Press", "Dow Jones", "MarketWatch", "CNN", "BBC", "CBS", "NBC", "ABC", "NPR",
	"PBS", "CBC", "ITV", "Al Jazeera", "others", "et al", "et al.", "wires",
	"combined dispatches", "dispatches", "anonymous", "unknown", "n/a", "none", "null", "admin", "administrator",
	"guest author", "special", "by", "and", "with", "&",
	"New York", "Los Angeles", "San Francisco", "San Diego", "Hong Kong", "New Delhi",
	"Tel Aviv", "Mexico City", "Buenos Aires", "Rio de Janeiro", "Sao Paulo",
	"S\xc3\xa3o Paulo", "Cape Town", "Kuala Lumpur", "United Nations", "White House",
	"Capitol Hill", "Washington DC", "Washington D.C.", "D.C.", "DC", "U.S.", "US", "UK",
	"U.K.", "U.N.", "UN", NULL,
};

/* The first words of what is nobody. */
static const char *const no_beginnings[] = {
	"the", "our", "special to", "special for", "for", "of", "from", "via", "edited",
	"editing", "photo", "photos", "photograph", "photographs", "photography",
	"illustration", "illustrations", "updated", "published", "posted on", "produced",
	"translated", "exclusive", NULL,
};

/* The last ones. */
static const char *const no_ends[] = {
	"agencies", "agency", "news service", "news services", "wire services", "wire service",
	"bureau", "desk", "newsroom", "editorial", "editorial board", "editorial team",
	"news team", "redacci\xc3\xb3n", "redaccion",
	"wire reports", "staff reports", "staff report", "network", "university", "institute",
	"foundation", "bloomberg news", "bbc news", "abc news", "nbc news", "cbs news",
	"fox news", "sky news", "associated press", "foreign service", "correspondents", "inc",
	"inc.", "ltd", "ltd.", "llc", ".com", NULL,
};

static const char *const papers[] = {
	"news", "post", "press", "times", "herald", "journal", "guardian", "globe", "sun",
	"mail", "mirror", "express", "star", "tribune", "courier", "gazette", "wire",
	"inquirer", "chronicle", "observer", "independent", "standard", "record", "review",
	"today", "media", "radio", "tv", "television", "telegraph", "magazine", "register",
	"sentinel", "bee", "dispatch", "examiner", "daily", "weekly", "online", "service",
	"services", "group", "center", "centre", "college", "school", "association", "council",
	"newspaper", "newspapers", "institution", "city", "street", "london", "paris",
	"berlin", "brussels", "washington", "moscow",
	"beijing", "shanghai", "tokyo", "madrid", "rome", "vienna", "geneva", "lisbon",
	"athens", "cairo", "delhi", "mumbai", "sydney", "boston", "chicago", "dallas",
	"houston", "toronto", "frankfurt", "zurich", "dubai", "nairobi", "jerusalem", "baghdad",
	"kabul", "kiev", "kyiv", "warsaw", "budapest", "manila", "jakarta", "singapore", "asia",
	"europe", "africa", "america", NULL,
};

static const char *const paper_beginnings[] = {
	"reuters", "bloomberg", "cnn", "bbc", "abc", "cbs", "nbc", "afp", NULL,
};

static const char *const juniors[] = {
	"jr", "sr", "ii", "iii", "iv", "junior", "senior", NULL,
};
static const char *const honours[] = {
	"obe", "mbe", "cbe", "kbe", "dbe", "phd", "dphil", "esq", "frs", "dds", "dvm", "mph",
	"mba", "llm", "llb", "edd", "msc", "bsc", "dsc", "psyd", "pharmd", "ret", "retd",
	"facp", "msp", NULL,
};
/* The same, or initials. */
static const char *const initials[] = {
	"md", "jd", "ma", "ba", "ms", "bs", "mp", "rn", "sj", "qc", "kc", "om", "ch", "do",
	"rd", "pe", NULL,
};

/* clang-format on */

static bool
is_of_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (unsigned char)c >= 0x80;
}

bool
ndx_byline_begins(struct ndx_str text, const char *words)
{
	const size_t size = strlen(words);

	return text.size >= size && strncasecmp(text.data, words, size) == 0 &&
	       (text.size == size || text.data[size] == ' ' || text.data[size] == ':');
}

bool
ndx_byline_ends(struct ndx_str text, const char *words)
{
	const size_t size = strlen(words);

	return text.size >= size && strncasecmp(text.data + text.size - size, words, size) == 0 &&
	       (text.size == size || words[0] == '.' || text.data[text.size - size - 1] == ' ');
}

static bool
is_any(struct ndx_str text, const char *const *words)
{
	for (; *words != NULL; words++)
		if (text.size == strlen(*words) && strncasecmp(text.data, *words, text.size) == 0)
			return true;
	return false;
}

static bool
ends_with_any(struct ndx_str text, const char *const *words)
{
	for (; *words != NULL; words++)
		if (ndx_byline_ends(text, *words))
			return true;
	return false;
}

static bool
begins_with_any(struct ndx_str text, const char *const *words)
{
	for (; *words != NULL; words++)
		if (ndx_byline_begins(text, *words))
			return true;
	return false;
}

bool
ndx_byline_ends_with_role(struct ndx_str text)
{
	return ends_with_any(text, roles);
}

bool
ndx_byline_is_role(struct ndx_str text)
{
	for (size_t at = 1; at < text.size; at++) {
		const struct ndx_str rest = { text.data + at + 1, text.size - at - 1 };
		const struct ndx_str before = { text.data, at };

		if (text.data[at] == ' ' && ends_with_any(before, roles) &&
		    (begins_with_any(rest, behind_roles) || ndx_byline_ends(before, "of")))
			return true;
	}
	return ends_with_any(text, roles);
}

bool
ndx_byline_is_nobody(struct ndx_str text)
{
	bool has_letter = false;

	if (ndx_byline_begins(text, "the rev.") || ndx_byline_begins(text, "the reverend"))
		text = (struct ndx_str){ text.data + 4, text.size - 4 };
	if (is_any(text, nobodies) || ends_with_any(text, no_ends) ||
	    begins_with_any(text, no_beginnings))
		return true;
	for (size_t i = 0; i < text.size; i++) {
		const char c = text.data[i];

		if ((c >= '0' && c <= '9') || c == '@' ||
		    (text.size - i > 3 && memcmp(text.data + i, "://", 3) == 0))
			return true;
		/* 0xe2: a dash or a quote */
		has_letter |= is_of_word(c) && c != '\xe2';
	}
	return !has_letter;
}

bool
ndx_byline_is_paper(struct ndx_str text)
{
	return ends_with_any(text, papers) || begins_with_any(text, paper_beginnings);
}

/* The next word of *text, small and without periods, into out[8]; false: it is longer, or none. */
static bool
next_word(struct ndx_str *text, char out[8])
{
	size_t size = 0;

	while (text->size > 0 && text->data[0] == ' ')
		*text = (struct ndx_str){ text->data + 1, text->size - 1 };
	for (; text->size > 0 && text->data[0] != ' '; text->data++, text->size--) {
		if (text->data[0] == '.')
			continue;
		if (size == 7 || !is_of_word(text->data[0]))
			return false;
		out[size++] = (char)(text->data[0] | 0x20);
	}
	out[size] = '\0';
	return size > 0;
}

bool
ndx_byline_is_junior(struct ndx_str text)
{
	char word[8];

	return next_word(&text, word) && text.size == 0 && is_any(ndx_str(word), juniors);
}

bool
ndx_byline_is_honour(struct ndx_str text, bool sure)
{
	char word[8];

	do {
		if (!next_word(&text, word) ||
		    (!is_any(ndx_str(word), honours) && (sure || !is_any(ndx_str(word), initials))))
			return false;
	} while (text.size > 0);
	return true;
}
