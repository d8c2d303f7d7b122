/*
 * magic.c - see magic.h
 *
 * A magic number of printable bytes must be one that no article begins with: "BM" and
 * "MZ" are words, so that for them more of the head is looked at.
 *
 * SPDX-License-Identifier: MIT
 */
#include "corpus/magic.h"

#include <string.h>

#define MAGIC(bytes) (bytes), sizeof(bytes) - 1

static const struct {
	const char *name;
	const char *bytes;
	size_t size;
	size_t off;
} not_articles[] = {
	/* clang-format off */
	{ "a PNG image",             MAGIC("\x89PNG\r\n\x1a\n"), 0 },
	{ "a JPEG image",            MAGIC("\xff\xd8\xff"), 0 },
	{ "a GIF image",             MAGIC("GIF87a"), 0 },
	{ "a GIF image",             MAGIC("GIF89a"), 0 },
	{ "a TIFF image",            MAGIC("II*\0"), 0 },
	{ "a TIFF image",            MAGIC("MM\0*"), 0 },
	{ "a WebP image",            MAGIC("WEBP"), 8 },
	{ "an icon",                 MAGIC("\0\0\1\0"), 0 },
	{ "a Photoshop image",       MAGIC("8BPS\0"), 0 },
	{ "a JPEG 2000 image",       MAGIC("\0\0\0\x0cjP  "), 0 },
	{ "a JPEG XL image",         MAGIC("\0\0\0\x0cJXL "), 0 },
	{ "an MP4 video or image",   MAGIC("ftyp"), 4 },
	{ "a QuickTime video",       MAGIC("moov"), 4 },
	{ "an AVI video",            MAGIC("AVI "), 8 },
	{ "a Matroska video",        MAGIC("\x1a\x45\xdf\xa3"), 0 },
	{ "an MPEG video",           MAGIC("\0\0\1\xba"), 0 },
	{ "an MPEG video",           MAGIC("\0\0\1\xb3"), 0 },
	{ "a Flash video",           MAGIC("FLV\1"), 0 },
	{ "a Windows Media file",    MAGIC("\x30\x26\xb2\x75\x8e\x66\xcf\x11"), 0 },
	{ "a WAVE sound",            MAGIC("WAVE"), 8 },
	{ "an AIFF sound",           MAGIC("AIFF"), 8 },
	{ "an Ogg sound or video",   MAGIC("OggS\0"), 0 },
	{ "a FLAC sound",            MAGIC("fLaC\0"), 0 },
	{ "a MIDI sound",            MAGIC("MThd\0\0\0"), 0 },
	{ "an AMR sound",            MAGIC("#!AMR\n"), 0 },
	{ "an MP3 sound",            MAGIC("ID3\2"), 0 },
	{ "an MP3 sound",            MAGIC("ID3\3"), 0 },
	{ "an MP3 sound",            MAGIC("ID3\4"), 0 },
	{ "an MP3 sound",            MAGIC("\xff\xfb"), 0 },
	{ "an MP3 sound",            MAGIC("\xff\xf3"), 0 },
	{ "an AAC sound",            MAGIC("\xff\xf1"), 0 },
	{ "an ELF program",          MAGIC("\x7f" "ELF"), 0 },
	{ "a Mach-O program",        MAGIC("\xfe\xed\xfa\xce"), 0 },
	{ "a Mach-O program",        MAGIC("\xfe\xed\xfa\xcf"), 0 },
	{ "a Mach-O program",        MAGIC("\xce\xfa\xed\xfe"), 0 },
	{ "a Mach-O program",        MAGIC("\xcf\xfa\xed\xfe"), 0 },
	{ "a Java class",            MAGIC("\xca\xfe\xba\xbe"), 0 },
	{ "a WebAssembly program",   MAGIC("\0asm"), 0 },
	{ "a program library",       MAGIC("!<arch>\n"), 0 },
	{ "a PDF document",          MAGIC("%PDF-"), 0 },
	{ "a PostScript document",   MAGIC("%!PS"), 0 },
	{ "an RTF document",         MAGIC("{\\rtf"), 0 },
	{ "an office document",      MAGIC("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), 0 },
	{ "a DjVu document",         MAGIC("AT&TFORM"), 0 },
	{ "a font",                  MAGIC("wOFF"), 0 },
	{ "a font",                  MAGIC("wOF2"), 0 },
	{ "a font",                  MAGIC("OTTO\0"), 0 },
	{ "a font",                  MAGIC("\0\1\0\0\0"), 0 },
	/* clang-format on */
};

static const struct {
	const char *name;
	const char *bytes;
	size_t size;
	size_t off;
} containers[] = {
	/* clang-format off */
	{ "gzip inside gzip",        MAGIC("\x1f\x8b\x08"), 0 },
	{ "a bzip2 file",            MAGIC("1AY&SY"), 4 },
	{ "an xz file",              MAGIC("\xfd" "7zXZ\0"), 0 },
	{ "a Zstandard file",        MAGIC("\x28\xb5\x2f\xfd"), 0 },
	{ "a 7-Zip archive",         MAGIC("7z\xbc\xaf\x27\x1c"), 0 },
	{ "a RAR archive",           MAGIC("Rar!\x1a\x07"), 0 },
	{ "a tar archive",           MAGIC("ustar"), 257 },
	{ "a WARC archive",          MAGIC("WARC/"), 0 },
	{ "an ARC archive",          MAGIC("filedesc://"), 0 },
	{ "an SQLite database",      MAGIC("SQLite format 3\0"), 0 },
	/* clang-format on */
};

static bool
is_at(const uint8_t *head, size_t size, size_t off, const char *bytes, size_t bytes_size)
{
	return off <= size && size - off >= bytes_size &&
	       memcmp(head + off, bytes, bytes_size) == 0;
}

static bool
holds(const uint8_t *head, size_t size, const char *bytes)
{
	for (size_t off = 0; off < size; off++)
		if (is_at(head, size, off, bytes, strlen(bytes)))
			return true;
	return false;
}

/* A zip file is an archive, unless what it begins with is the mark of a document or a program. */
static const char *
zip_kind(const uint8_t *head, size_t size, bool *not_article_ret)
{
	const size_t look = size < 1024 ? size : 1024;

	*not_article_ret = true;
	if (holds(head, look, "[Content_Types].xml") || holds(head, look, "_rels/.rels") ||
	    holds(head, look, "mimetypeapplication/"))
		return "an office document";
	if (holds(head, look, "META-INF/"))
		return "a Java program";
	if (holds(head, look, "AndroidManifest.xml") || holds(head, look, "classes.dex"))
		return "an Android program";
	*not_article_ret = false;
	return "a zip archive";
}

const char *
ndx_magic(const uint8_t *head, size_t size, bool *not_article_ret)
{
	*not_article_ret = false;
	if (is_at(head, size, 0, MAGIC("PK\3\4")))
		return zip_kind(head, size, not_article_ret);
	for (size_t i = 0; i < sizeof(containers) / sizeof(containers[0]); i++)
		if (is_at(head, size, containers[i].off, containers[i].bytes, containers[i].size))
			return containers[i].name;
	*not_article_ret = true;
	for (size_t i = 0; i < sizeof(not_articles) / sizeof(not_articles[0]); i++) {
		/* Only RIFF and IFF files have a second mark at 8, and boxes a length at 0. */
		if (not_articles[i].off == 8 && !is_at(head, size, 0, MAGIC("RIFF")) &&
		    !is_at(head, size, 0, MAGIC("FORM")))
			continue;
		if (not_articles[i].off == 4 && head[0] != 0)
			continue;
		if (is_at(head, size, not_articles[i].off, not_articles[i].bytes,
		          not_articles[i].size))
			return not_articles[i].name;
	}
	if (size >= 64 && is_at(head, size, 0, MAGIC("MZ")) && memchr(head, 0, 64) != NULL)
		return "a DOS or Windows program";
	if (is_at(head, size, 0, MAGIC("BM")) && is_at(head, size, 6, MAGIC("\0\0\0\0")))
		return "a BMP image";
	*not_article_ret = false;
	return NULL;
}
