#!/bin/sh
# t15-jobs.sh - the same input gives the same bytes, whatever the number of threads
#
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"

# Enough for several units of 4 MiB and several segments: words from a simple generator.
awk 'BEGIN {
	seed = 42
	for (i = 0; i < 16000; i++) {
		text = ""
		for (j = 0; j < 90; j++) {
			seed = (seed * 16807) % 2147483647
			text = text " w" int(exp(log(50000) * (seed / 2147483647)))
		}
		printf "{\"id\": \"a%d\", \"title\": \"Title %d\", \"text\": \"%s\", \"date\": \"%d-01-0%d\"}\n",
			i % 15900, i, text, 1988 + i % 39, 1 + i % 9
	}
}' >big.jsonl
echo 'not json' >>big.jsonl
mkdir files
split -l 1700 --additional-suffix=.jsonl big.jsonl files/
i=0
while [ $i -lt 60 ]; do
	echo "Small file $i. It has two sentences." >files/small$i.txt
	i=$((i + 1))
done
touch -d 2001-01-01 files/* big.jsonl

same()
{
	for seg in "$1"/*.seg "$1"/*.del "$1"/*.src; do
		[ ! -f "$seg" ] || cmp "$seg" "$2/${seg##*/}"
	done
	ls "$1" >list1 && ls "$2" >list2 && cmp list1 list2
}

for jobs in 1 2 3; do
	ndx index -q --jobs $jobs --memory 512M file$jobs big.jsonl 2>errors$jobs
	ndx index -q --jobs $jobs --memory 512M dir$jobs files 2>>errors$jobs
	ndx index -q --jobs $jobs --memory 512M --dry-run dry files >dry$jobs 2>&1
done
for jobs in 2 3; do
	expect "one file, $jobs jobs" 0 "same file1 file$jobs" </dev/null
	expect "many files, $jobs jobs" 0 "same dir1 dir$jobs" </dev/null
	expect "the same rejects, $jobs jobs" 0 "cmp errors1 errors$jobs" </dev/null
	expect "the same dry run, $jobs jobs" 0 "cmp dry1 dry$jobs" </dev/null
done
expect 'there is one reject' 0 'sed "s/line [0-9]*: .*/line N/; s/files.*jsonl/F/" errors1' <<'END'
ndx: rejected 'big.jsonl': line N
ndx: rejected 'F': line N
END
expect 'little memory: more segments, the same answers' 0 \
	'ndx index -q --memory 16M little big.jsonl 2>/dev/null
	 for q in w1 "w7 w9" "\"w1 w2\"" w40000; do
		ndx search --format trec little "$q" >found; ndx search --format trec file1 "$q" | cmp - found
	 done' </dev/null
finish
