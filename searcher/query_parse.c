/*
 * query_parse.c - lexemes to a tree, by recursive descent
 *
 *   list    = { either }                  the clauses of a query or a group
 *   either  = both { "OR" both }
 *   both    = near { "AND" near }
 *   near    = operand { ( "NEAR/5" | "ONEAR/5" | "SENTENCE" ) operand }
 *   operand = { "+" | "-" | "NOT" } ( word | phrase | id | "(" list ")" )
 *
 * The lexemes have been mended: there is nothing to refuse here, only an empty operand (a
 * word of punctuation) to leave out.  A sign is read at any operand and means something
 * where the operand is a clause by itself or begins one: "+a OR b" requires the clause.  "-"
 * and NOT bind to their operand: "-a AND b" is b without a.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/query_lex.h"

#include <assert.h>

struct parser {
	struct ndx_reading *r;
	const struct ndx_lexeme *next;
};

struct operand {
	struct ndx_node *node; /* NULL: no words */
	bool plus, minus;
	bool split; /* a LIST that a single word was read as: its children are clauses */
};

struct nodes {
	struct ndx_node **node;
	size_t count, count_max;
};

static struct operand parse_either(struct parser *p);

static void
push(struct ndx_reading *r, struct nodes *nodes, struct ndx_node *node, enum ndx_sign sign)
{
	struct ndx_node **bigger;

	if (nodes->count == nodes->count_max) {
		nodes->count_max = nodes->count_max == 0 ? 4 : 2 * nodes->count_max;
		bigger = ndx_query_alloc(r, nodes->count_max * sizeof(*bigger));
		if (bigger == NULL)
			return;
		if (nodes->count > 0)
			memcpy(bigger, nodes->node, nodes->count * sizeof(*bigger));
		nodes->node = bigger;
	}
	node->sign = sign;
	nodes->node[nodes->count++] = node;
}

/* A node over them all; the bytes it came from are theirs. */
static struct ndx_node *
parent_node(struct ndx_reading *r, enum ndx_node_kind kind, const struct nodes *nodes)
{
	const struct ndx_node *first, *last;
	struct ndx_node *parent;

	if (r->status != NDX_OK)
		return NULL;
	first = nodes->node[0];
	last = nodes->node[nodes->count - 1];
	parent = ndx_query_node(r, kind, first->at, last->at + last->size - first->at);
	if (parent != NULL) {
		parent->child = nodes->node;
		parent->child_count = nodes->count;
	}
	return parent;
}

/* A clause that is filters only, by the field that was typed before it. */
static bool
is_filter(const struct ndx_node *node)
{
	return ndx_is_filter((int)node->field);
}

static enum ndx_sign
clause_sign(const struct parser *p, const struct operand *clause, bool top)
{
	if (clause->minus)
		return NDX_MUST_NOT;
	if (top && is_filter(clause->node))
		return NDX_FILTER;
	return clause->plus || (top && p->r->all) ? NDX_MUST : NDX_SHOULD;
}

static struct nodes
parse_list(struct parser *p, bool top)
{
	struct nodes nodes = { NULL, 0, 0 };

	while (p->r->status == NDX_OK && p->next->kind != NDX_LEX_END &&
	       (top || p->next->kind != NDX_LEX_CLOSE)) {
		const struct ndx_lexeme *before = p->next;
		const struct operand clause = parse_either(p);
		enum ndx_sign sign;

		assert(p->next > before || p->r->status != NDX_OK);
		(void)before;
		if (clause.node == NULL)
			continue;
		sign = clause_sign(p, &clause, top);
		if (clause.split && !clause.plus && !clause.minus)
			for (size_t i = 0; i < clause.node->child_count; i++)
				push(p->r, &nodes, clause.node->child[i], sign);
		else
			push(p->r, &nodes, clause.node, sign);
	}
	return nodes;
}

/* "( ... )": a LIST, or what is in it if that is one clause that is not excluded. */
static struct ndx_node *
parse_group(struct parser *p)
{
	const struct ndx_lexeme *open = p->next++;
	struct nodes nodes = parse_list(p, false);
	const struct ndx_lexeme *close = p->next;
	struct ndx_node *node;

	if (close->kind == NDX_LEX_CLOSE)
		p->next++;
	if (p->r->status != NDX_OK || nodes.count == 0)
		return NULL;
	node = nodes.node[0];
	if (nodes.count > 1 || node->sign == NDX_MUST_NOT ||
	    (close->boost != 1 && node->boost != 1)) {
		node = parent_node(p->r, NDX_NODE_LIST, &nodes);
		if (node == NULL)
			return NULL;
		node->at = open->at;
		node->size = close->at + close->size - open->at;
	}
	if (close->kind == NDX_LEX_CLOSE && close->boost != 1)
		node->boost = close->boost;
	if (node->field == NDX_FIELD_ANY && node->child_count > 0)
		node->field = (enum ndx_field)open->field;
	return node;
}

static struct operand
parse_operand(struct parser *p)
{
	struct operand operand = { 0 };

	for (;; p->next++) {
		if (p->next->kind == NDX_LEX_PLUS)
			operand.plus = true;
		else if (p->next->kind == NDX_LEX_MINUS || p->next->kind == NDX_LEX_NOT)
			operand.minus = !operand.minus;
		else
			break;
	}
	switch (p->next->kind) {
	case NDX_LEX_OPEN:
		operand.node = parse_group(p);
		break;
	case NDX_LEX_WORD:
	case NDX_LEX_PHRASE:
	case NDX_LEX_ID:
	case NDX_LEX_DATE:
	case NDX_LEX_AFTER:
	case NDX_LEX_BEFORE:
	case NDX_LEX_EXACT:
	case NDX_LEX_WILDCARD:
	case NDX_LEX_FUZZY:
		operand.node = ndx_query_term_node(p->r, p->next++);
		operand.split = operand.node != NULL && operand.node->kind == NDX_NODE_LIST &&
		                operand.node->boost == 1;
		break;
	default: /* an operator's second operand was a quote that is never closed */
		break;
	}
	return operand;
}

/* One operand by itself keeps its signs; of several, those without words have been left out. */
static struct operand
join(struct parser *p, enum ndx_node_kind kind, const struct nodes *nodes, bool plus)
{
	struct operand joined = { .plus = plus };

	if (p->r->status != NDX_OK || nodes->count == 0)
		return joined;
	if (nodes->count > 1) {
		joined.node = parent_node(p->r, kind, nodes);
		return joined;
	}
	joined.node = nodes->node[0];
	joined.minus = joined.node->sign == NDX_MUST_NOT;
	return joined;
}

static struct operand
parse_near(struct parser *p)
{
	struct operand operand = parse_operand(p);

	while (p->r->status == NDX_OK && ndx_is_near(p->next->kind)) {
		const struct ndx_lexeme *operator= p->next++;
		const struct operand right = parse_operand(p);

		if (operand.node != NULL && right.node != NULL)
			operand.node = ndx_query_near_node(p->r, operator, operand.node, right.node,
			                                   right.minus);
		else if (right.node != NULL)
			operand = right;
		operand.split = false;
	}
	return operand;
}

static struct operand
parse_both(struct parser *p)
{
	struct operand operand = parse_near(p);
	const bool plus = operand.plus;
	struct nodes nodes = { NULL, 0, 0 };
	bool has_minus = false;

	if (p->next->kind != NDX_LEX_AND)
		return operand;
	for (;;) {
		if (operand.node != NULL)
			push(p->r, &nodes, operand.node, operand.minus ? NDX_MUST_NOT : NDX_MUST);
		has_minus = has_minus || (operand.node != NULL && operand.minus);
		if (p->next->kind != NDX_LEX_AND || p->r->status != NDX_OK)
			break;
		p->next++;
		operand = parse_near(p);
	}
	return join(p, has_minus ? NDX_NODE_LIST : NDX_NODE_AND, &nodes, plus);
}

/* "NOT a" as an operand of OR. */
static struct ndx_node *
exclusion_node(struct parser *p, struct ndx_node *node)
{
	struct nodes nodes = { NULL, 0, 0 };

	push(p->r, &nodes, node, NDX_MUST_NOT);
	return parent_node(p->r, NDX_NODE_LIST, &nodes);
}

static void
wrap_exclusions(struct parser *p, struct nodes *nodes)
{
	for (size_t i = 0; i < nodes->count && p->r->status == NDX_OK; i++)
		if (nodes->node[i]->sign == NDX_MUST_NOT)
			nodes->node[i] = exclusion_node(p, nodes->node[i]);
}

static struct operand
parse_either(struct parser *p)
{
	struct operand operand = parse_both(p);
	const bool plus = operand.plus;
	struct nodes nodes = { NULL, 0, 0 };

	if (p->next->kind != NDX_LEX_OR)
		return operand;
	for (;;) {
		if (operand.node != NULL)
			push(p->r, &nodes, operand.node, operand.minus ? NDX_MUST_NOT : NDX_SHOULD);
		if (p->next->kind != NDX_LEX_OR || p->r->status != NDX_OK)
			break;
		p->next++;
		operand = parse_both(p);
	}
	if (nodes.count > 1)
		wrap_exclusions(p, &nodes);
	return join(p, NDX_NODE_OR, &nodes, plus);
}

/*
 * What depends on the nodes above: whether it scores, and that the boosts on the way
 * down multiply to no more than one alone may be.
 */
static void
settle(struct ndx_node *node, bool scores, double boost)
{
	double product = boost * (double)node->boost;

	if (product > NDX_QUERY_BOOST_MAX || product < NDX_QUERY_BOOST_MIN) {
		product = product > NDX_QUERY_BOOST_MAX ? NDX_QUERY_BOOST_MAX : NDX_QUERY_BOOST_MIN;
		node->boost = (float)(product / boost);
	}
	node->scores = scores && !is_filter(node);
	for (size_t i = 0; i < node->child_count; i++) {
		struct ndx_node *child = node->child[i];
		const bool passive = node->kind == NDX_NODE_LIST &&
		                     (child->sign == NDX_MUST_NOT || child->sign == NDX_FILTER);

		settle(child, node->scores && !passive, product);
	}
}

/* "*": a list without clauses matches every article. */
static void
take_every(struct ndx_reading *r, struct ndx_node *root)
{
	root->child = ndx_arena_alloc(r->query->arena, sizeof(*root->child));
	if (root->child == NULL) {
		ndx_query_fail(r, NDX_E_NOMEM, "out of memory");
		return;
	}
	root->child[0] = ndx_query_node(r, NDX_NODE_LIST, 0, r->size);
	root->child_count = root->child[0] == NULL ? 0 : 1;
}

void
ndx_query_tree(struct ndx_reading *r)
{
	struct parser p = { r, r->lexeme };
	struct ndx_node *root = ndx_query_node(r, NDX_NODE_LIST, 0, r->size);
	struct nodes nodes;

	if (r->status != NDX_OK)
		return;
	nodes = parse_list(&p, true);
	if (r->status != NDX_OK)
		return;
	root->child = nodes.node;
	root->child_count = nodes.count;
	if (ndx_query_is_every(r))
		take_every(r, root);
	/* Typed was something, if not a word. */
	if (root->child_count == 0 && r->lexeme[0].kind != NDX_LEX_END &&
	    r->query->notice_count == 0 &&
	    !ndx_query_add_notice(r->query, "the query has no words"))
		ndx_query_fail(r, NDX_E_NOMEM, "out of memory");
	settle(root, true, 1);
	r->query->root = root;
}
