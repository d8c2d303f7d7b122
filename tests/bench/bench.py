#!/usr/bin/env python3
# bench.py - time indexing, every kind of query, single searches and the kernels; print one table
#
#   make bench                                  with the articles of corpus/sample, 50 times over
#   make bench ARTICLES=a.jsonl QUERIES=q.tsv   with others; QUERIES has lines TAG<tab>QUERY
#
# Queries go to tests/bench/driver, one thread, three passes, each counted with its fastest; the
# figure is the mean over a tag, and "slowest" its slowest query.  A single search is a process of
# its own, with its files in the cache and without: the median of 100, and of 20.  Where installed, sqlite3 (FTS5) and
# quest (Xapian; its index is made by scriptindex) are measured beside.
#
#   GROWTH=10                                   also with 10 times as many articles: minutes
#
# SPDX-License-Identifier: MIT
import json
import os
import random
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

BUILD = os.environ.get("B", "build/release")
HERE = os.path.dirname(os.path.abspath(__file__))
COMMANDS = ("TOP_10", "COUNT", "TOP_10_COUNT")
COPIES = 50  # of the sample: enough articles that a list has several blocks


def ndx(*words, **options):
    """Run ndx; returns what it printed, and ends the benchmark if it fails."""
    done = subprocess.run([f"{BUILD}/ndx", *words], stdout=subprocess.PIPE, **options)
    if done.returncode > 1:
        sys.exit(f"bench.py: 'ndx {words[0]}' failed with {done.returncode}")
    return done.stdout.decode()


def write_sample(path, work):
    """The sample articles as JSON Lines, each copy with ids of its own."""
    index = os.path.join(work, "sample")
    ndx("index", "--progress=never", index, "corpus/sample", stderr=subprocess.DEVNULL)
    ids = ndx("search", "--format=ids", "--limit=1000", index, "--", "-zzzz").split("\n")
    articles = [json.loads(ndx("show", "--format=json", index, i)) for i in ids if i]
    with open(path, "w", encoding="utf-8") as out:
        for copy in range(COPIES):
            for article in articles:
                out.write(json.dumps({**article, "id": f"{copy}.{article['id']}"}) + "\n")


def text_bytes(path):
    """Bytes of titles and texts, which MB/s and per cent refer to."""
    total = 0
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            article = json.loads(line)
            total += sum(len((article.get(k) or "").encode()) for k in ("title", "text"))
    return total


def row(what, *figures):
    print(f"{what:<34}" + "".join(f"{f:>15}" for f in figures), flush=True)


def time_indexing(articles, work):
    """One thread, then two; returns the index of the second run, merged."""
    size = text_bytes(articles) / 1e6
    row("indexing", "wall s", "processor s", "MB/s", "peak MB")
    for jobs in ("1", "2"):
        index = os.path.join(work, "index" + jobs)
        begin = time.monotonic()
        child = subprocess.Popen([f"{BUILD}/ndx", "index", "--progress=never", "--jobs", jobs, index,
                                  articles], stderr=subprocess.DEVNULL)
        usage = os.wait4(child.pid, 0)[2]
        ndx("merge", index, stderr=subprocess.DEVNULL)
        wall = time.monotonic() - begin
        row(f"--jobs {jobs}, and merge", f"{wall:.2f}", f"{usage.ru_utime + usage.ru_stime:.2f}",
            f"{size / wall:.1f}", f"{usage.ru_maxrss / 1024:.0f}")
    stats = json.loads(ndx("stats", "--json", index))["bytes"]
    row("index, % of the text", f"{stats['total'] / size / 1e4:.1f}")
    row("without stored text, %", f"{(stats['total'] - stats['stored']) / size / 1e4:.1f}")
    return index


def time_in_little_memory(articles, work):
    """With --memory 64M: the most of its own memory that the indexer had, mapped files aside."""
    child = subprocess.Popen([f"{BUILD}/ndx", "index", "--progress=never", "--memory", "64M",
                              os.path.join(work, "little"), articles], stderr=subprocess.DEVNULL)
    peak, begin = 0, time.monotonic()
    while child.poll() is None:
        try:
            with open(f"/proc/{child.pid}/status", encoding="ascii") as lines:
                peak = max([peak] + [int(l.split()[1]) for l in lines if l.startswith("RssAnon")])
        except OSError:
            pass  # it has just ended
        time.sleep(0.005)
    row("--memory 64M", f"{time.monotonic() - begin:.2f}", "", "", f"{peak / 1024:.0f} own")


def read_queries():
    path = os.environ.get("QUERIES") or os.path.join(HERE, "queries.tsv")
    with open(path, encoding="utf-8") as lines:
        return [line.rstrip("\n").split("\t") for line in lines if "\t" in line]


def query_times(index, queries):
    """Microseconds by (tag, command, query): the best of three passes."""
    driver = subprocess.Popen([f"{BUILD}/tests/bench/driver", "query", index], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    best = {}
    for _ in range(3):
        for command in COMMANDS:
            for tag, query in queries:
                driver.stdin.write(f"{command}\t{query}\n")
                driver.stdin.flush()
                took = int(driver.stdout.readline().split("\t")[1]) / 1000
                key = (tag, command, query)
                best[key] = min(took, best.get(key, took))
    driver.stdin.close()
    driver.wait()
    return best


def time_queries(index, queries):
    best = query_times(index, queries)
    row("queries, mean us (slowest)", *COMMANDS)
    for tag in sorted({tag for tag, _ in queries}):
        row(tag, *(figure([t for k, t in best.items() if k[:2] == (tag, c)]) for c in COMMANDS))
    row("99th percentile", *(f"{percentile([t for k, t in best.items() if k[1] == c]):.0f}"
                             for c in COMMANDS))
    return best


def figure(times):
    return f"{statistics.mean(times):.1f} ({max(times):.0f})"


def percentile(times):
    return sorted(times)[int(len(times) * 0.99)]


def forget(paths):
    """Let the system drop what it holds of the files, or of all below a directory."""
    for path in paths:
        files = [path] if os.path.isfile(path) else (os.path.join(path, f) for f in os.listdir(path))
        for name in files:
            fd = os.open(name, os.O_RDONLY)
            os.fsync(fd)
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(fd)


def median_ms(command, times=100, forgotten=()):
    def once():
        forget(forgotten)
        begin = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        return 1000 * (time.perf_counter() - begin)
    return f"{statistics.median(once() for _ in range(times)):.2f}"


def process_row(what, command, index):
    row(what, median_ms(command), median_ms(command, 20, [index]))


def build_fts5(path, articles):
    base = sqlite3.connect(path)
    base.execute("create virtual table a using fts5(title, text, tokenize = 'porter unicode61')")
    with open(articles, encoding="utf-8") as lines:
        rows = ((a.get("title"), a.get("text")) for a in map(json.loads, lines))
        base.executemany("insert into a values (?, ?)", rows)
    base.commit()
    base.close()


def build_xapian(path, articles, work):
    """With scriptindex, which reads lines NAME=VALUE; further lines of a value begin with '='."""
    script, dump = os.path.join(work, "script"), os.path.join(work, "dump")
    with open(script, "w", encoding="utf-8") as out:
        out.write("title : index field\ntext : index field\n")
    with open(articles, encoding="utf-8") as lines, open(dump, "w", encoding="utf-8") as out:
        for article in map(json.loads, lines):
            for name in ("title", "text"):
                out.write(f"{name}=" + (article.get(name) or "").replace("\n", "\n=") + "\n")
            out.write("\n")
    subprocess.run(["scriptindex", "--overwrite", path, script, dump], check=True,
                   stdout=subprocess.DEVNULL)


def time_processes(index, queries, articles, work):
    """A process for each search: ours, the smallest program there is, and other engines'."""
    two = next((q for tag, q in queries if q.count(" ") == 1 and '"' not in q and "+" not in q),
               "coca cultivation")
    row("a process for one search, ms", "cached", "not cached")
    process_row(f"ndx search: {two}", [f"{BUILD}/ndx", "search", index, two], index)
    row("true, which does nothing", median_ms(["/bin/true"]))
    if shutil.which("sqlite3"):
        base = os.path.join(work, "fts5.db")
        build_fts5(base, articles)
        select = ("select title, snippet(a, 1, '', '', '', 30) from a where a match '"
                  + " OR ".join(two.split()) + "' order by rank limit 10")
        process_row("sqlite3, the same", ["sqlite3", base, select], base)
    if shutil.which("quest") and shutil.which("scriptindex"):
        base = os.path.join(work, "xapian")
        build_xapian(base, articles, work)
        process_row("quest, the same, no snippets", ["quest", "-d", base, two], base)


def write_growth(articles, times, path):
    """
    As many times the articles: in further copies every second sentence after the first is that of an
    article near by, so that words and their neighbours stay as frequent as they were.
    """
    rng = random.Random(1)
    with open(articles, encoding="utf-8") as lines:
        read = [json.loads(line) for line in lines]
    sentences = [re.split(r"(?<=[.!?])\s+", a.get("text") or "") for a in read]
    with open(path, "w", encoding="utf-8") as out:
        for copy in range(times):
            for i, article in enumerate(read):
                mine = list(sentences[i])
                for j in range(1, len(mine) if copy > 0 else 0, 2):
                    other = sentences[min(len(read) - 1, max(0, i + rng.randint(-200, 200)))]
                    mine[j] = rng.choice(other)
                out.write(json.dumps({**article, "id": f"{copy}.{article['id']}",
                                      "text": " ".join(mine)}) + "\n")


def time_growth(articles, times, queries, before, work):
    more = os.path.join(work, "growth")  # its own: the indexes in 'work' hold the articles already
    os.mkdir(more)
    path = os.path.join(more, "articles.jsonl")
    write_growth(articles, times, path)
    index = time_indexing(path, more)
    row("articles", json.loads(ndx("stats", "--json", index))["articles"])
    after = query_times(index, queries)
    row(f"{times} times the articles, times", *COMMANDS)
    for tag in sorted({tag for tag, _ in queries}):
        sums = [[sum(t for k, t in best.items() if k[:2] == (tag, c)) for best in (before, after)]
                for c in COMMANDS]
        row(tag, *(f"{new / old:.1f}" for old, new in sums))


def main():
    with tempfile.TemporaryDirectory() as work:
        articles = os.environ.get("ARTICLES")
        if not articles:
            articles = os.path.join(work, "articles.jsonl")
            write_sample(articles, work)
        queries = read_queries()
        index = time_indexing(articles, work)
        time_in_little_memory(articles, work)
        best = time_queries(index, queries)
        time_processes(index, queries, articles, work)
        subprocess.run([f"{BUILD}/tests/bench/kernels"], check=True)
        times = int(os.environ.get("GROWTH") or 0)
        if times > 1:
            time_growth(articles, times, queries, best, work)
    return 0


if __name__ == "__main__":
    sys.exit(main())
