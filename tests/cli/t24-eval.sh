#!/bin/sh
# t24-eval.sh - the measures of ndx eval, by hand and over all forms of topics
#
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"

for i in 1 2 3 4; do
	echo "{\"id\":\"d$i\",\"text\":\"ferry $(yes harbour | head -n $i | tr '\n' ' ')\"}"
done >articles
echo '{"id":"d5","text":"mountain railway"}' >>articles
ndx index index - <articles 2>/dev/null || exit 1

# "ferry" finds d1 d2 d3 d4, the shortest first.
printf '1\tFERRY\n2\t"mountain" AND (railway)\n3\tnothing of it\n4\tferry\n' >topics.tsv
printf '1 0 d2 1\n1 0 d4 2\n1 0 d5 1\n1 0 d1 0\n2 0 d5 1\n3 0 d1 1\n4 0 d1 0\n' >qrels

# Topic 1: relevant at ranks 2 and 4, of 3.  AP = (1/2 + 2/4) / 3; nDCG = (1/log2 3 + 2/log2 5) /
# (2 + 1/log2 3 + 1/log2 4).  Topic 4 has no relevant article and is not counted.
expect 'measures' 0 'ndx eval -q index topics.tsv qrels' <<'END'
topic             MAP    nDCG@10       P@10       P@30 recall@100         RR
1              0.3333     0.4766     0.2000     0.0667     0.6667     0.5000
2              1.0000     1.0000     0.1000     0.0333     1.0000     1.0000
3              0.0000     0.0000     0.0000     0.0000     0.0000     0.0000
mean           0.4444     0.4922     0.1000     0.0333     0.5556     0.5000
3 topics
END
cat >topics.jsonl <<'END'
{"id": 1, "more": {"a": ["}", 2]}, "query": "f\u0065rry"}
{"num": "2", "title": "mountain \"railway\""}
{"qid": "3", "text": "nothing"}
END
cat >topics.trec <<'END'
<top>
<num> Number: 1
<title> ferry
<desc> Description: mountain
</top>
<top><num> 2 </num><title> Topic: mountain railway </title></top>
<TOP><NUM>3<TITLE>nothing</TOP>
END
expect 'JSON Lines and SGML are the same' 0 '
	ndx eval -q index topics.tsv qrels >of-tsv
	for form in jsonl trec; do
		ndx eval -q index topics.$form qrels | diff of-tsv - && echo "$form is"
	done' <<'END'
jsonl is
trec is
END
expect 'fewer hits' 0 'ndx eval -n 3 index topics.tsv qrels | tail -n 2' <<'END'
mean           0.3889     0.4005     0.0667     0.0222     0.4444     0.5000
3 topics
END
expect 'JSON' 0 'ndx eval --format json index topics.tsv qrels' <<'END'
{"measured":3,"MAP":0.44444445,"nDCG@10":0.4922087,"P@10":0.1,"P@30":0.033333335,"recall@100":0.5555556,"RR":0.5}
END
expect 'a run' 0 'ndx eval --format trec --tag me index topics.tsv qrels | cut -d " " -f 1-4,6 | head -n 5' <<'END'
1 Q0 d1 1 me
1 Q0 d2 2 me
1 Q0 d3 3 me
1 Q0 d4 4 me
2 Q0 d5 1 me
END
expect 'the query language' 1 '
	printf "1\tferry -harbour\n2\tferry railway -d\n" >syntax
	ndx eval --syntax --format trec index syntax qrels | cut -d " " -f 1-3 | grep -c "^1"' <<'END'
0
END
echo '1 0 d1' >short
echo 'no tab' >bad.tsv
printf '1\tferry\n' >one.tsv
printf '{"id":1,"query":"ferry"}\n{"id":2}\n' >bad.jsonl
printf '9 0 d1 1\n' >other
: >empty
expect 'what is no judgement' 2 'ndx eval index topics.tsv short' <<'END'
ndx: 'short': line 1: 'TOPIC 0 ID GRADE' is expected
END
expect 'what is no topic' 2 'ndx eval index bad.tsv qrels' <<'END'
ndx: 'bad.tsv': line 1: no tab behind a topic's id
END
expect 'what is no topic in JSON' 2 'ndx eval index bad.jsonl qrels' <<'END'
ndx: 'bad.jsonl': line 2: no JSON object with a topic's id and query
END
printf '\n1\tferry\n2\tboat\n\n1\trailway\n2\tferry\n' >twice.tsv
{ echo; cat topics.trec; printf '<top>\n<num> 2\n<title> ferry\n</top>\n'; } >twice.trec
{ cat topics.jsonl; echo '{"id":"3","query":"ferry"}'; } >twice.jsonl
expect 'an id that two topics have' 2 'for form in tsv trec jsonl; do ndx eval index twice.$form qrels; done' <<'END'
ndx: 'twice.tsv': line 5: topic '1' is in line 2, too
ndx: 'twice.trec': line 9: topic '2' is in line 7, too
ndx: 'twice.jsonl': line 4: topic '3' is in line 3, too
END
{ cat qrels; echo '1 0 d4 1'; } >twice
expect 'two judgements of an article' 2 'ndx eval index topics.tsv twice' <<'END'
ndx: 'twice': topic '1': article 'd4' is judged twice
END
expect 'no topics' 2 'ndx eval index empty qrels' <<'END'
ndx: 'empty': there are no topics
END
expect 'a missing file' 2 'ndx eval index topics.tsv missing' <<'END'
ndx: cannot open 'missing': No such file or directory
END
expect 'topics that nobody judged' 1 'ndx eval index one.tsv other >out; s=$?; tail -n 1 out; (exit $s)' <<'END'
ndx: no topic has a relevant article in the judgements
0 topics
END
finish
