/*
 * test_docstore.c - records in compressed blocks, the id table, and stored articles
 *
 * counts     stores of records at the edges of blocks round-trip
 * damage[]   numbers of the index that cannot be: refused
 * mutants    any byte set to anything: an error or a record, never a read too far
 * records[]  bytes that are no stored article
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "common/column.h"
#include "common/docstore.h"
#include "common/varint.h"
#include "indexer/columns_write.h"
#include "indexer/docstore_write.h"
#include "tests/oracle/random.h"
#include "tests/unit/copy.h"
#include "tests/unit/failing_mem.h"
#include "tests/unit/test.h"

#define BLOCK_SIZE 100 /* about ten records */

/* The parts of a segment that a store of ids has, and nothing else. */
struct store {
	struct ndx_buf bytes;
	struct ndx_segment segment; /* over a copy after which nothing follows */
};

static struct ndx_str
record_of(uint32_t i, char out[64])
{
	int size = snprintf(out, 64, "id-%u%s", i * 7919, i % 5 == 0 ? "-and some more of it" : "");

	return (struct ndx_str){ out, (size_t)size };
}

/* Slots are docids backwards. */
static enum ndx_status
put_tables(struct ndx_segment_writer *segment, uint32_t count, struct ndx_err *err)
{
	uint64_t *entry = calloc(count + 1, sizeof(*entry));
	int64_t *slot = calloc(count + 1, sizeof(*slot));
	struct ndx_buf column;
	char text[64];

	if (entry == NULL || slot == NULL)
		abort();
	for (uint32_t docid = 0; docid < count; docid++) {
		slot[docid] = count - 1 - docid;
		entry[docid] =
			(uint64_t)ndx_id_hash(record_of(count - 1 - docid, text)) << 32 | docid;
	}
	ndx_buf_init(&column, segment->sums.mem);
	ndx_id_table_put(&ndx_mem_default, entry, count, segment, err);
	segment->part_open = NDX_PART_SLOTS - 1;
	ndx_segment_writer_part(segment, NDX_PART_SLOTS);
	ndx_column_encode(slot, count, NULL, 0, &column);
	ndx_segment_writer_put_buf(segment, &column, err);
	ndx_buf_free(&column);
	free(entry);
	free(slot);
	return segment->status;
}

static enum ndx_status
store_write(const struct ndx_mem *mem, uint32_t count, struct store *store, struct ndx_err *err)
{
	struct ndx_docstore_writer writer;
	struct ndx_segment_writer segment;
	char text[64];
	enum ndx_status status;

	*store = (struct store){ .segment = { .env = &ndx_env_default, .in_memory = true } };
	ndx_buf_init(&store->bytes, mem);
	ndx_docstore_writer_init(&writer, mem, BLOCK_SIZE);
	status = ndx_segment_writer_begin(&segment, mem, ndx_buf_sink(&store->bytes), 1, err);
	segment.part_open = NDX_PART_IDS - 1;
	for (uint32_t i = 0; status == NDX_OK && i < count; i++)
		status = ndx_docstore_writer_add(&writer, record_of(i, text), err);
	if (status == NDX_OK)
		status = ndx_docstore_writer_end(&writer, err);
	ndx_segment_writer_part(&segment, NDX_PART_IDS);
	if (status == NDX_OK)
		status = ndx_segment_writer_put_buf(&segment, &writer.out, err);
	ndx_segment_writer_part(&segment, NDX_PART_IDS_INDEX);
	if (status == NDX_OK)
		status = ndx_docstore_writer_put_index(&writer, &segment, err);
	if (status == NDX_OK)
		status = put_tables(&segment, count, err);
	memcpy(store->segment.part, segment.part, sizeof(segment.part));
	store->segment.article_count = count;
	ndx_docstore_writer_free(&writer);
	ndx_segment_writer_free(&segment);
	return status;
}

static void
store_copy(struct store *store)
{
	free((void *)(uintptr_t)store->segment.data);
	store->segment.data = copy_exact(store->bytes.data, store->bytes.size);
	store->segment.size = store->segment.sums_off = store->bytes.size;
}

static void
store_new(uint32_t count, struct store *store)
{
	assert_int_equal(store_write(&ndx_mem_default, count, store, NULL), NDX_OK);
	store_copy(store);
}

static void
store_free(struct store *store)
{
	free((void *)(uintptr_t)store->segment.data);
	ndx_buf_free(&store->bytes);
}

static const uint32_t counts[] = { 1, 2, 9, 10, 11, 12, 20, 100, 1000 };

static void
test_get(void **state)
{
	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(counts); c++) {
		struct ndx_docstore docs;
		struct store store;
		struct ndx_str record;
		char text[64];

		store_new(counts[c], &store);
		ndx_docstore_init(&docs, &store.segment, NDX_PART_IDS);
		for (uint32_t i = 0; i < counts[c]; i++) {
			uint32_t slot = i % 2 == 0 ? i / 2 : counts[c] - 1 - i / 2;

			CHECK("get", ndx_docstore_get(&docs, slot, &record, NULL) == NDX_OK);
			CHECK("the record", ndx_str_equal(record, record_of(slot, text)));
		}
		CHECK("one too many",
		      ndx_docstore_get(&docs, counts[c], &record, NULL) == NDX_E_CORRUPT);
		ndx_docstore_free(&docs);
		store_free(&store);
	}
}

static void
test_find(void **state)
{
	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(counts); c++) {
		struct ndx_docstore ids;
		struct store store;
		ndx_docid docid;
		char text[64];

		store_new(counts[c], &store);
		ndx_docstore_init(&ids, &store.segment, NDX_PART_IDS);
		for (uint32_t i = 0; i < counts[c]; i++) {
			CHECK("find",
			      ndx_ids_find(&ids, record_of(i, text), &docid, NULL) == NDX_OK);
			CHECK("the docid", docid == counts[c] - 1 - i);
		}
		for (uint32_t i = counts[c]; i < counts[c] + 100; i++)
			CHECK("none", ndx_ids_find(&ids, record_of(i, text), &docid, NULL) ==
			                      NDX_E_NOT_FOUND);
		ndx_docstore_free(&ids);
		store_free(&store);
	}
}

/* Blocks copied as they are, after records of their own, are the same records. */
static void
test_copy(void **state)
{
	struct ndx_docstore_writer writer;
	struct ndx_docstore docs;
	struct store store;
	uint64_t blocks = 0;
	char text[64];

	(void)state;
	store_new(100, &store);
	ndx_docstore_init(&docs, &store.segment, NDX_PART_IDS);
	ndx_docstore_writer_init(&writer, &ndx_mem_default, BLOCK_SIZE);
	assert_int_equal(ndx_docstore_block_count(&docs, &blocks, NULL), NDX_OK);
	CHECK("several blocks", blocks > 3);
	CHECK("add", ndx_docstore_writer_add(&writer, record_of(7, text), NULL) == NDX_OK);
	for (uint64_t i = 0; i < blocks; i++)
		CHECK("copy", ndx_docstore_writer_copy(&writer, &docs, i, NULL) == NDX_OK);
	CHECK("end", ndx_docstore_writer_end(&writer, NULL) == NDX_OK);
	CHECK("records", writer.record_count == 101);
	CHECK("bytes", writer.off == writer.out.size);
	CHECK("copied as they are",
	      memcmp(writer.out.data + writer.out.size - store.segment.part[NDX_PART_IDS].size,
	             store.segment.data + store.segment.part[NDX_PART_IDS].off,
	             store.segment.part[NDX_PART_IDS].size) == 0);
	ndx_docstore_writer_free(&writer);
	ndx_docstore_free(&docs);
	store_free(&store);
}

static const struct {
	const char *name;
	enum ndx_part part;
	size_t at, size;
	uint64_t value;
} damage[] = {
	/* clang-format off */
	{ "no blocks",                   NDX_PART_IDS_INDEX, 0, 8, 0 },
	{ "a block too many",            NDX_PART_IDS_INDEX, 0, 8, 3 },
	{ "blocks beyond all bounds",    NDX_PART_IDS_INDEX, 0, 8, UINT64_MAX },
	{ "blocks that make 20 bytes, modulo 2^64", NDX_PART_IDS_INDEX, 0, 8, UINT64_C(1) << 60 },
	{ "a first slot that is not 0",  NDX_PART_IDS_INDEX, 8, 4, 1 },
	{ "slots that do not rise",      NDX_PART_IDS_INDEX, 12, 4, 0 },
	{ "slots past the articles",     NDX_PART_IDS_INDEX, 16, 4, 1000 },
	{ "an offset past the part",     NDX_PART_IDS_INDEX, 28, 8, UINT64_MAX },
	{ "offsets that fall",           NDX_PART_IDS_INDEX, 20, 8, 80 },
	{ "an end past the part",        NDX_PART_IDS_INDEX, 36, 8, 100000 },
	{ "a block of fewer bytes than records", NDX_PART_IDS_INDEX, 44, 4, 5 },
	{ "a block larger than said",    NDX_PART_IDS_INDEX, 44, 4, 60 },
	{ "a block smaller than said",   NDX_PART_IDS_INDEX, 44, 4, 4000 },
	{ "a block not worth allocating for", NDX_PART_IDS_INDEX, 44, 4, UINT32_MAX },
	{ "not a zlib stream",           NDX_PART_IDS, 0, 1, 0 },
	/* clang-format on */
};

static void
test_damage(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(damage); i++) {
		enum ndx_status status = NDX_OK;
		struct ndx_err err = { NDX_OK, 0, "" };
		struct ndx_docstore docs;
		struct ndx_str record;
		struct store store;

		store_new(12, &store);
		memcpy(store.bytes.data + store.segment.part[damage[i].part].off + damage[i].at,
		       &damage[i].value, damage[i].size);
		store_copy(&store);
		ndx_docstore_init(&docs, &store.segment, NDX_PART_IDS);
		for (uint32_t slot = 0; status == NDX_OK && slot < 12; slot++)
			status = ndx_docstore_get(&docs, slot, &record, &err);
		CHECK(damage[i].name, status == NDX_E_CORRUPT);
		CHECK(damage[i].name, strstr(err.msg, "is corrupt at byte ") != NULL);
		ndx_docstore_free(&docs);
		store_free(&store);
	}
}

/* The sizes of records, inside a block, are believed no more than anything else. */
static void
test_sizes(void **state)
{
	const uint32_t sizes[] = { 5, 0xffffffff, 0, 0 };
	const struct ndx_str record = { (const char *)sizes, sizeof(sizes) };
	struct ndx_docstore_writer writer;
	struct ndx_docstore docs;
	struct ndx_str found;
	struct store store;

	(void)state;
	store_new(1, &store);
	/* One record, and an index that says that it is four: its bytes are then taken for
	 * sizes. */
	ndx_docstore_writer_init(&writer, &ndx_mem_default, BLOCK_SIZE);
	assert_int_equal(ndx_docstore_writer_add(&writer, record, NULL), NDX_OK);
	assert_int_equal(ndx_docstore_writer_end(&writer, NULL), NDX_OK);
	ndx_buf_clear(&store.bytes);
	ndx_buf_add(&store.bytes, writer.out.data, writer.out.size);
	store.segment.part[NDX_PART_IDS] = (struct ndx_span){ 0, store.bytes.size };
	store.segment.part[NDX_PART_IDS_INDEX] = (struct ndx_span){ store.bytes.size, 36 };
	ndx_buf_add_u64(&store.bytes, 1);
	ndx_buf_add_u32(&store.bytes, 0);
	ndx_buf_add_u32(&store.bytes, 4);
	ndx_buf_add_u64(&store.bytes, 0);
	ndx_buf_add_u64(&store.bytes, writer.out.size);
	ndx_buf_add_u32(&store.bytes, 4 + sizeof(sizes));
	store.segment.article_count = 4;
	store_copy(&store);
	ndx_docstore_init(&docs, &store.segment, NDX_PART_IDS);
	for (uint32_t slot = 0; slot < 4; slot++)
		CHECK("a record beyond its block",
		      ndx_docstore_get(&docs, slot, &found, NULL) == NDX_E_CORRUPT);
	ndx_docstore_free(&docs);
	ndx_docstore_writer_free(&writer);
	store_free(&store);
}

static void
test_mutants(void **state)
{
	struct random random = random_of(1, 0, 0);
	struct store store;

	(void)state;
	store_new(30, &store);
	for (int round = 0; round < 5000; round++) {
		size_t at = 16 + random_below(&random, store.bytes.size - 16);
		uint8_t *byte = (uint8_t *)(uintptr_t)store.segment.data + at, was = *byte;
		uint32_t slot = (uint32_t)random_below(&random, 30);
		struct ndx_docstore docs;
		struct ndx_str record;
		enum ndx_status status;
		ndx_docid docid;
		char text[64];

		*byte = (uint8_t)random_next(&random);
		ndx_docstore_init(&docs, &store.segment, NDX_PART_IDS);
		status = ndx_docstore_get(&docs, slot, &record, NULL);
		CHECK("get", status == NDX_OK || status == NDX_E_CORRUPT);
		status = ndx_ids_find(&docs, record_of(slot, text), &docid, NULL);
		CHECK("find",
		      status == NDX_OK || status == NDX_E_CORRUPT || status == NDX_E_NOT_FOUND);
		ndx_docstore_free(&docs);
		*byte = was;
	}
	store_free(&store);
}

/* A record of 'size' bytes from a copy of exact size; *stored_ret points into 'in'. */
static bool
decode_record(const void *in, size_t size, struct ndx_stored *stored_ret)
{
	uint8_t *copy = copy_exact(in, size);
	bool ok = ndx_stored_decode((struct ndx_str){ (const char *)copy, size }, stored_ret);

	free(copy);
	return ok && ndx_stored_decode((struct ndx_str){ in, size }, stored_ret);
}

static void
test_stored(void **state)
{
	const struct ndx_stored stored = {
		true,          ndx_str("A title"),       ndx_str("Reuters"),
		ndx_str(""),   ndx_str("A. Smith"),      ndx_str("http://x/"),
		ndx_str("en"), ndx_str("Text.\n\nMore.")
	};
	struct ndx_stored back;
	struct ndx_buf out;

	(void)state;
	ndx_buf_init(&out, &ndx_mem_default);
	ndx_stored_encode(&stored, &out);
	CHECK("whole", decode_record(out.data, out.size, &back));
	CHECK("its flag", back.title_is_made);
	CHECK("its title", ndx_str_equal(back.title, stored.title));
	CHECK("its source", ndx_str_equal(back.source, stored.source));
	CHECK("its section", ndx_str_equal(back.section, stored.section));
	CHECK("its author", ndx_str_equal(back.author, stored.author));
	CHECK("its url", ndx_str_equal(back.url, stored.url));
	CHECK("its language", ndx_str_equal(back.language, stored.language));
	CHECK("its text", ndx_str_equal(back.text, stored.text));
	for (size_t size = 0; size < out.size; size++)
		CHECK("cut", !decode_record(out.data, size, &back));
	ndx_buf_free(&out);
}

static const struct {
	const char *name;
	size_t size;
	uint8_t bytes[20];
} records[] = {
	/* clang-format off */
	{ "nothing",                 0, { 0 } },
	{ "flags alone",             1, { 0 } },
	{ "a size too few",          7, { 0 } },
	{ "a size that breaks off",  8, { 0, 0, 0, 0, 0, 0, 0, 0x80 } },
	{ "a byte too few",          8, { 0, 1, 0, 0, 0, 0, 0, 0 } },
	{ "a byte too many",         9, { 0 } },
	{ "a size beyond 64 bits",   19, { 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1 } },
	/* clang-format on */
};

static void
test_records(void **state)
{
	struct ndx_stored stored;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(records); i++)
		CHECK(records[i].name, !decode_record(records[i].bytes, records[i].size, &stored));
}

static void
test_no_memory(void **state)
{
	enum ndx_status status = NDX_E_NOMEM;

	(void)state;
	for (size_t fail_at = 1; status != NDX_OK && fail_at < 1000; fail_at++) {
		struct failing_mem failing;
		struct store store;

		ndx_failing_mem_init(&failing, fail_at);
		status = store_write(&failing.mem, 50, &store, NULL);
		CHECK("out of memory", status == NDX_OK || status == NDX_E_NOMEM);
		store_free(&store);
		CHECK("nothing leaks", failing.live_count == 0);
	}
	CHECK("and at last it works", status == NDX_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_get),       cmocka_unit_test(test_find),
		cmocka_unit_test(test_copy),      cmocka_unit_test(test_damage),
		cmocka_unit_test(test_sizes),     cmocka_unit_test(test_mutants),
		cmocka_unit_test(test_stored),    cmocka_unit_test(test_records),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
