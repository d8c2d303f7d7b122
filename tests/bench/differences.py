#!/usr/bin/env python3
"""Which queries find other articles in Newsdex than in another engine, and by which rule of ours.

    differences.py CORPUS.jsonl QUERIES.tsv 'NDX COMMAND' 'OTHER COMMAND'

A COMMAND starts a driver that answers COUNT and IDS_k lines (see tests/bench/driver.c), as
"build/release/tests/bench/driver query DIR".  For each query with another count, or another top 10, the articles that
only one of the two finds are looked at: each word of the query is asked for alone, and where its list differs, the
text says why: the form in which the word stands there is named with the rule that treats it.  If all words are found
in the same articles, the cause is where they stand (phrases); if only the top 10 differs, how they are weighed.

Prints a line a query, then how many queries each rule explains, and how many none does (exit status 1 if any).

SPDX-License-Identifier: MIT
"""
import json
import re
import shlex
import subprocess
import sys
import unicodedata
from collections import Counter

EVERYTHING = 10_000_000


class Engine:
    def __init__(self, command):
        self.process = subprocess.Popen(shlex.split(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        self.lists = {}

    def ask(self, command, query):
        self.process.stdin.write(f"{command}\t{query}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().rstrip("\n")

    def count(self, query):
        return int(self.ask("COUNT", query).split("\t")[0])

    def ids(self, query, count=EVERYTHING):
        return self.ask(f"IDS_{count}", query).split()

    def list_of(self, word):
        if word not in self.lists:
            self.lists[word] = set(self.ids(word))
        return self.lists[word]


# What a word looks like in the text, and the rule of common/tokenize.c that then decides.
RULES = [
    ("acronym: U.S. is one word, us", re.compile(r"^(\w\.)+\w?\.?$")),
    ("possessive: president's is president", re.compile(r".['’]s$")),
    ("apostrophe: don't is dont, one word", re.compile(r"\w['’]\w")),
    ("hyphen: of two parts, also their joined form", re.compile(r"\w[-‐‑]\w")),
    ("number: 1,234.56 and 9/11 are one word", re.compile(r"\d[.,/:]\d")),
    ("name: AT&T is one word", re.compile(r"\w&\w")),
    ("address: reuters.com is two words", re.compile(r"\w\.\w")),
    ("sign within a word parts it", re.compile(r"\w[^\w\s]\w|_")),
    ("letters and digits are not stemmed", re.compile(r"\d[^\W\d]|[^\W\d]\d")),
    ("beyond ASCII: folded", re.compile(r"[^\x00-\x7f]")),
]
STEM = "stem: Snowball's English (Porter 2), and only of whole words"
PLACE = "place: 's takes no position, don't takes one; no phrase runs from the title into the text"
WEIGHT = "weight: equal counts, another top 10: lengths and document frequencies differ by the rules above"


def folded(text):
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


def forms_of(word, text):
    """Where the word may stand in the text, as it is written there."""
    root = word[:max(2, len(word) - 3)] if len(word) > 3 else word
    for raw in folded(text).split():
        raw = re.sub(r"^[^\w]+|[^\w.'’]+$", "", raw)
        parts = re.split(r"[\W_]+", raw)
        if any(part.startswith(root) for part in parts) or "".join(parts).startswith(root):
            yield raw


def rule_of(word, text):
    """The rule that the word's forms in this text meet: an unusual form first; and the form."""
    forms = list(forms_of(word, text))
    for name, pattern in RULES:
        for form in forms:
            if pattern.search(form.rstrip(".,") if name != RULES[0][0] else form):
                return name, form
    return (STEM, forms[0]) if forms else (None, None)


def explain(query, ours, theirs, articles):
    words = list(dict.fromkeys(re.findall(r"[^\s\"+]+", query)))
    for word in words:
        mine, other = ours.list_of(word), theirs.list_of(word)
        for article in sorted(mine ^ other)[:50]:
            rule, form = rule_of(word, articles[article])
            if rule:
                return rule, f"{word}: '{form}' in {article}"
    return (PLACE if '"' in query else None), ", ".join(sorted(set(ours.ids(query)) ^ set(theirs.ids(query)))[:3])


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    corpus, queries, *commands = sys.argv[1:]
    articles = {}
    with open(corpus, encoding="utf-8") as lines:
        for line in lines:
            article = json.loads(line)
            articles[article["id"]] = (article.get("title") or "") + "\n" + (article.get("text") or "")
    ours, theirs = (Engine(command) for command in commands)
    rules, asked = Counter(), 0
    for line in open(queries, encoding="utf-8"):
        tag, query = line.rstrip("\n").split("\t", 1)
        asked += 1
        counts = ours.count(query), theirs.count(query)
        if counts[0] == counts[1] and set(ours.ids(query, 10)) == set(theirs.ids(query, 10)):
            continue
        rule, where = (WEIGHT, "") if counts[0] == counts[1] else explain(query, ours, theirs, articles)
        rules[rule] += 1
        print(f"{tag}\t{query}\t{counts[0]}\t{counts[1]}\t{rule or 'UNEXPLAINED'}\t{where}")
    print(f"\n{sum(rules.values())} of {asked} queries differ")
    for rule, count in rules.most_common():
        print(f"{count:6}  {rule or 'UNEXPLAINED'}")
    sys.exit(1 if rules[None] else 0)


if __name__ == "__main__":
    main()
