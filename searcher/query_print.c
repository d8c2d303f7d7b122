/*
 * query_print.c - a query's tree as an s-expression
 *
 *   (list (must coca) (should cultiv (phrase arm product)) (not peru) (filter source:afp))
 *   (and coca peru)  (or coca opium)  title:(phrase~3 cup =final)^2  id:"a b"
 *   (near/5 coca peru)  (sentence coca (or peru chile))
 *   (exact production)  (wildcard cultiv*)  (fuzzy~2 cultivation)
 *   (dates 2025-09-01 *): from the first second on, up to but not including the second
 *
 * Clauses of one sign that follow each other share a pair of parentheses.  A LIST of one
 * SHOULD prints as that one.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/query.h"

#include <stdio.h>

#include "common/date.h"

static void
print_term(struct ndx_str term, struct ndx_buf *out)
{
	bool plain = term.size > 0;

	for (size_t i = 0; i < term.size; i++)
		plain = plain && (unsigned char)term.data[i] > ' ' && term.data[i] != 0x7f &&
		        strchr("()\"", term.data[i]) == NULL;
	if (plain) {
		ndx_buf_add(out, term.data, term.size);
		return;
	}
	ndx_buf_add_str(out, "\"");
	for (size_t i = 0; i < term.size; i++) {
		const unsigned char byte = (unsigned char)term.data[i];

		if (byte < ' ' || byte == 0x7f || byte == '"')
			ndx_buf_printf(out, "\\x%02x", byte);
		else
			ndx_buf_add_u8(out, byte);
	}
	ndx_buf_add_str(out, "\"");
}

static void
print_field(const struct ndx_node *node, struct ndx_buf *out)
{
	if (node->field == NDX_FIELD_ANY)
		return;
	ndx_buf_add_str(out, ndx_field_name(node->field));
	ndx_buf_add_str(out, ":");
}

static void
print_phrase(const struct ndx_node *node, struct ndx_buf *out)
{
	uint32_t position = 0;

	ndx_buf_add_str(out, "(phrase");
	if (node->slop > 0)
		ndx_buf_printf(out, "~%u", (unsigned)node->slop);
	for (size_t i = 0; i < node->slot_count; i++) {
		const struct ndx_slot *slot = &node->slot[i];

		if (slot->position != position) /* words between that are not looked for */
			ndx_buf_printf(out, " @%u", (unsigned)slot->position);
		ndx_buf_add_str(out, slot->term.exact ? " =" : " ");
		print_term(slot->term.exact ? slot->term.form : slot->term.term, out);
		position = slot->position + 1;
	}
	ndx_buf_add_str(out, ")");
}

/* The second that begins the dates, and that after them; "*" where they are open. */
static void
print_dates(const struct ndx_node *node, struct ndx_buf *out)
{
	const int64_t ends[] = { node->dates.from, node->dates.to };
	char text[NDX_DATE_SIZE];

	ndx_buf_add_str(out, "(dates");
	for (size_t i = 0; i < 2; i++) {
		ndx_buf_add_str(out, " ");
		if (ends[i] == INT64_MIN || ends[i] == INT64_MAX) {
			ndx_buf_add_str(out, "*");
			continue;
		}
		ndx_date_format((struct ndx_date){ .utc = ends[i] }, text);
		ndx_buf_add(out, text,
		            ends[i] % 86400 == 0 ? 10 : 19); /* the day alone at midnight */
	}
	ndx_buf_add_str(out, ")");
}

static void
print_forms(const struct ndx_node *node, struct ndx_buf *out)
{
	print_field(node, out);
	if (node->forms_kind == NDX_FORMS_FUZZY)
		ndx_buf_printf(out, "(fuzzy~%u ", node->distance);
	else
		ndx_buf_add_str(out,
		                node->forms_kind == NDX_FORMS_EXACT ? "(exact " : "(wildcard ");
	print_term(node->term.form, out);
	ndx_buf_add_str(out, ")");
}

static void print_node(const struct ndx_node *node, struct ndx_buf *out);

static const char *
sign_name(enum ndx_sign sign)
{
	switch (sign) {
	case NDX_SHOULD:
		return "should";
	case NDX_MUST:
		return "must";
	case NDX_MUST_NOT:
		return "not";
	case NDX_FILTER:
		return "filter";
	}
	return "?";
}

static void
print_list(const struct ndx_node *node, struct ndx_buf *out)
{
	ndx_buf_add_str(out, "(list");
	for (size_t i = 0; i < node->child_count; i++) {
		const struct ndx_node *child = node->child[i];

		if (i == 0 || child->sign != node->child[i - 1]->sign)
			ndx_buf_printf(out, "%s (%s", i == 0 ? "" : ")", sign_name(child->sign));
		ndx_buf_add_str(out, " ");
		print_node(child, out);
	}
	ndx_buf_add_str(out, node->child_count > 0 ? "))" : ")");
}

static void
print_children(const char *name, const struct ndx_node *node, struct ndx_buf *out)
{
	ndx_buf_printf(out, "(%s", name);
	for (size_t i = 0; i < node->child_count; i++) {
		ndx_buf_add_str(out, " ");
		print_node(node->child[i], out);
	}
	ndx_buf_add_str(out, ")");
}

static void
print_near(const struct ndx_node *node, struct ndx_buf *out)
{
	char name[24] = "sentence";

	if (node->near_kind != NDX_NEAR_SENTENCE)
		snprintf(name, sizeof(name), "%s/%u",
		         node->near_kind == NDX_NEAR_ORDERED ? "onear" : "near", node->distance);
	print_children(name, node, out);
}

/* Is it the list of a list without clauses? */
static bool
is_every(const struct ndx_node *node)
{
	return node->child_count == 1 && node->child[0]->kind == NDX_NODE_LIST &&
	       node->child[0]->child_count == 0;
}

static void
print_node(const struct ndx_node *node, struct ndx_buf *out)
{
	switch (node->kind) {
	case NDX_NODE_TERM:
		print_field(node, out);
		print_term(node->term.term, out);
		break;
	case NDX_NODE_PHRASE:
		print_field(node, out);
		print_phrase(node, out);
		break;
	case NDX_NODE_FORMS:
		print_forms(node, out);
		break;
	case NDX_NODE_NEAR:
		print_near(node, out);
		break;
	case NDX_NODE_AND:
		print_children("and", node, out);
		break;
	case NDX_NODE_OR:
		print_children("or", node, out);
		break;
	case NDX_NODE_LIST:
		if (is_every(node))
			ndx_buf_add_str(out, "(all)");
		else if (node->child_count == 1 && node->child[0]->sign == NDX_SHOULD)
			print_node(node->child[0], out);
		else
			print_list(node, out);
		break;
	case NDX_NODE_DATES:
		print_dates(node, out);
		break;
	case NDX_NODE_NONE:
		ndx_buf_add_str(out, "(none)");
		break;
	}
	if (node->boost != 1)
		ndx_buf_printf(out, "^%g", (double)node->boost);
}

void
ndx_query_print(const struct ndx_query *query, struct ndx_buf *out)
{
	print_node(query->root, out);
}
