/*
 * acronym.c - see acronym.h
 *
 * A word is in acronyms[] if news writes it in capitals for a body, a treaty, an
 * illness, a technique or a place, and in small letters for something else: US, IT,
 * WHO, AIDS, START, SALT, VAT.  What is only one of the two needs no second term.
 *
 * abbreviations[] holds what is followed by a period and, as often as not, by a
 * capital that begins no sentence: titles, companies, months, weekdays, and the
 * states as wire services shorten them.  Case counts: "No. 5", but "he said no."
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/acronym.h"

#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* Both lists are in byte order. */
static const char acronyms[][NDX_ACRONYM_SIZE_MAX + 1] = {
	/* clang-format off */
	"ace", "act", "ad", "add", "ads", "age", "aid", "aids", "aim", "air", "am", "arc", "arm",
	"arms", "art", "ash", "bar", "base", "bat", "best", "bit", "cab", "can", "cap", "car",
	"care", "cat", "cats", "chip", "cod", "con", "cop", "cope", "core", "cut", "dam", "dare",
	"dash", "dot", "ear", "era", "fan", "far", "fast", "fat", "fed", "fit", "gap", "gas",
	"gem", "hip", "hope", "ice", "id", "in", "is", "it", "la", "law", "led", "lit", "lot",
	"ma", "mad", "man", "map", "mars", "mast", "mat", "may", "me", "met", "net", "nice",
	"now", "oar", "or", "pa", "pace", "pact", "pad", "pan", "par", "pat", "pen", "pet",
	"pin", "pm", "pop", "pot", "ram", "rap", "rat", "raw", "rid", "rim", "rip", "sad",
	"safe", "salt", "sap", "sat", "scope", "sea", "seal", "sec", "set", "sin", "smart",
	"spa", "star", "start", "stem", "step", "swat", "swift", "tab", "tan", "tap", "tarp",
	"tip", "top", "trap", "up", "us", "van", "vat", "wasp", "who",
	/* clang-format on */
};

#define ABBREVIATION_SIZE_MAX 6
static const char abbreviations[][ABBREVIATION_SIZE_MAX + 1] = {
	/* clang-format off */
	"Adm", "Ala", "Apr", "Ariz", "Ark", "Assn", "Aug", "Ave", "Blvd", "Brig", "Bros",
	"Calif", "Capt", "Cmdr", "Co", "Col", "Colo", "Conn", "Corp", "Cos", "Cpl", "Dec", "Del",
	"Dept", "Dr", "Feb", "Fig", "Fla", "Fri", "Ft", "Ga", "Gen", "Gov", "Govs", "Hon", "Ill",
	"Inc", "Ind", "Jan", "Jr", "Jul", "Jun", "Kan", "Ky", "La", "Lt", "Ltd", "Maj", "Mar",
	"Mass", "Md", "Messrs", "Mich", "Minn", "Miss", "Mlle", "Mme", "Mo", "Mon", "Mont", "Mr",
	"Mrs", "Ms", "Mt", "Neb", "Nev", "No", "Nos", "Nov", "Oct", "Okla", "Ore", "Pa", "Penn",
	"Plc", "Pres", "Prof", "Pvt", "Rd", "Rep", "Reps", "Rev", "Sen", "Sens", "Sep", "Sept",
	"Sgt", "Sr", "St", "Supt", "Tenn", "Tex", "Thu", "Thurs", "Tue", "Tues", "Univ", "Va",
	"Vol", "Vt", "Wash", "Wed", "Wis", "Wyo", "approx", "ca", "cf", "est", "etc", "pp", "v",
	"vs",
	/* clang-format on */
};

/* Is word[size] one of the 'count' NUL-terminated entries of 'entry_size' bytes each? */
static bool
contains(const char *list, size_t count, size_t entry_size, const char *word, size_t size)
{
	size_t low = 0, high = count;

	if (size == 0 || size >= entry_size || memchr(word, 0, size) != NULL)
		return false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *entry = list + middle * entry_size;
		int order = strncmp(word, entry, size);

		if (order == 0 && entry[size] == '\0')
			return true;
		if (order > 0)
			low = middle + 1;
		else /* also where word[] is a proper beginning of the entry */
			high = middle;
	}
	return false;
}

bool
ndx_acronym_is_word(const char *word, size_t size)
{
	return contains(acronyms[0], ARRAY_LEN(acronyms), sizeof(acronyms[0]), word, size);
}

bool
ndx_abbreviation(const char *word, size_t size)
{
	return contains(abbreviations[0], ARRAY_LEN(abbreviations), sizeof(abbreviations[0]), word,
	                size);
}
