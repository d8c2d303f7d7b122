/*
 * form_union.c - see form_union.h
 *
 * A term has few forms (in English, seldom more than six), so they are looked through one by one.
 *
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE /* qsort_r() */

#include "indexer/form_union.h"

#include <stdlib.h>
#include <string.h>

void
ndx_form_union_init(struct ndx_form_union *forms, const struct ndx_mem *mem)
{
	*forms = (struct ndx_form_union){ .mem = mem };
	ndx_buf_init(&forms->bytes, mem);
	ndx_buf_init(&forms->map, mem);
	ndx_buf_init(&forms->order, mem);
	ndx_buf_init(&forms->to, mem);
	ndx_buf_init(&forms->texts, mem);
}

void
ndx_form_union_free(struct ndx_form_union *forms)
{
	ndx_free(forms->mem, forms->form);
	ndx_buf_free(&forms->bytes);
	ndx_buf_free(&forms->map);
	ndx_buf_free(&forms->order);
	ndx_buf_free(&forms->to);
	ndx_buf_free(&forms->texts);
}

void
ndx_form_union_begin(struct ndx_form_union *forms, struct ndx_str term)
{
	forms->term = term;
	forms->count = 0;
	ndx_buf_clear(&forms->bytes);
}

uint32_t *
ndx_form_union_map(struct ndx_form_union *forms, size_t count)
{
	uint32_t *map;

	ndx_buf_clear(&forms->map);
	map = (uint32_t *)(void *)ndx_buf_reserve(&forms->map, count * sizeof(*map));
	if (map != NULL)
		memset(map, 0, count * sizeof(*map));
	return map;
}

bool
ndx_form_union_add(struct ndx_form_union *forms, struct ndx_str form, uint32_t *index_ret)
{
	for (size_t i = 0; i < forms->count; i++) {
		if (forms->form[i].size == form.size &&
		    memcmp(forms->bytes.data + forms->form[i].off, form.data, form.size) == 0) {
			*index_ret = (uint32_t)i;
			return true;
		}
	}
	if (!ndx_grow(forms->mem, &forms->form, &forms->count_max, forms->count + 1,
	              sizeof(*forms->form)))
		return false;
	forms->form[forms->count] = (struct ndx_union_form){ forms->bytes.size, form.size, 0 };
	ndx_buf_add(&forms->bytes, form.data, form.size);
	*index_ret = (uint32_t)forms->count++;
	return !ndx_buf_failed(&forms->bytes);
}

static struct ndx_str
text_of(const struct ndx_form_union *forms, uint32_t index)
{
	return (struct ndx_str){ (const char *)forms->bytes.data + forms->form[index].off,
		                 forms->form[index].size };
}

static int
compare(const void *a, const void *b, void *arg)
{
	const struct ndx_form_union *forms = arg;
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	if (forms->form[x].cf != forms->form[y].cf)
		return forms->form[x].cf > forms->form[y].cf ? -1 : 1;
	return ndx_str_compare(text_of(forms, x), text_of(forms, y));
}

const uint32_t *
ndx_form_union_sort(struct ndx_form_union *forms, size_t *count_ret)
{
	uint32_t *order, *to;
	size_t count = 0;

	ndx_buf_clear(&forms->order);
	ndx_buf_clear(&forms->to);
	ndx_buf_clear(&forms->texts);
	order = (uint32_t *)(void *)ndx_buf_reserve(&forms->order,
	                                            (forms->count + 1) * sizeof(*order));
	to = (uint32_t *)(void *)ndx_buf_reserve(&forms->to, (forms->count + 1) * sizeof(*to));
	if (order == NULL || to == NULL)
		return NULL;
	for (uint32_t i = 0; i < forms->count; i++) {
		to[i] = 0;
		if (forms->form[i].cf > 0)
			order[count++] = i;
	}
	if (count > 1)
		qsort_r(order, count, sizeof(*order), compare, forms);
	for (uint32_t n = 0; n < count; n++) {
		const struct ndx_str text = text_of(forms, order[n]);

		to[order[n]] = n;
		ndx_buf_add(&forms->texts, &text, sizeof(text));
	}
	*count_ret = count;
	return ndx_buf_failed(&forms->texts) ? NULL : to;
}

const struct ndx_str *
ndx_form_union_texts(const struct ndx_form_union *forms)
{
	return (const struct ndx_str *)(const void *)forms->texts.data;
}
