# Makefile - build, test and install Newsdex, full-text search for news archives
#
#   make             programs and library, into build/release/
#   make demo        install what is missing, build, index corpus/sample, search it
#   make check       install what is missing, then every test, under AddressSanitizer and UBSan
#   make check-long  the same with a million oracle queries
#   make serve       the sample articles' search page at http://127.0.0.1:8080, with lighttpd
#   make check-web   the search page behind real servers, and in a real browser
#   make deb         Debian packages, into build/deb/; check-deb installs them in a clean Debian, too
#   make bench       time indexing, queries, single searches and the kernels (release build)
#   make coverage    the same tests, and how many branches of storage, codecs and queries they take
#   make fuzz        run every fuzzer for FUZZ_SECONDS each (needs clang); fuzz-afl the same with AFL++
#   make driver      build/release/tests/bench/driver, for racing other engines
#   make install     into $(DESTDIR)$(PREFIX); "make uninstall" undoes it
#   make clean       remove build/
#
# VARIANT=release|asan|tsan|fuzz|afl|cov picks the flags; each has its own folder in build/.
# CC, CFLAGS, CPPFLAGS and LDFLAGS are yours; V=1 shows the commands; STATIC= links all programs
# with shared libraries.

VARIANT := release
B       := build/$(VARIANT)
ifeq ($(VARIANT),fuzz)
CC      := clang
else ifeq ($(VARIANT),afl)
CC      := afl-clang-fast
endif

PREFIX     := /usr/local
BINDIR     := $(PREFIX)/bin
LIBDIR     := $(PREFIX)/lib
LIBEXECDIR := $(PREFIX)/libexec/newsdex
CGIDIR     := $(PREFIX)/lib/cgi-bin
INCLUDEDIR := $(PREFIX)/include
MANDIR     := $(PREFIX)/share/man
BASHDIR    := $(PREFIX)/share/bash-completion/completions
ZSHDIR     := $(PREFIX)/share/zsh/site-functions
FISHDIR    := $(PREFIX)/share/fish/vendor_completions.d

FUZZ_SECONDS := 60

WARN   := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla
HARDEN := -fstack-protector-strong -fstack-clash-protection -fcf-protection

FLAGS_release := -O3 -g -DNDEBUG -D_FORTIFY_SOURCE=2 $(HARDEN)
FLAGS_asan    := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
                 -fno-sanitize-recover=all
FLAGS_tsan    := -O1 -g -fno-omit-frame-pointer -fsanitize=thread
FLAGS_fuzz    := $(FLAGS_asan) -fsanitize=fuzzer-no-link
FLAGS_afl     := $(FLAGS_fuzz)
FLAGS_cov     := -O0 -g --coverage -fprofile-update=atomic -DNDX_COVERAGE
ifeq ($(FLAGS_$(VARIANT)),)
$(error VARIANT is release, asan, tsan, fuzz, afl or cov)
endif

# -ffp-contract=off: a score has the same bits on every machine.
flags  = -std=gnu11 -I. -pthread -fPIC -fvisibility=hidden -DNDX_BUILD -ffp-contract=off \
         $(WARN) $(FLAGS_$(VARIANT)) $(CPPFLAGS) $(CFLAGS)
ldflags = -pthread $(FLAGS_$(VARIANT)) -Wl,--as-needed,-z,relro,-z,now,-z,noexecstack $(LDFLAGS)

# Asked when first needed, not at the start: pkg-config may have to be installed first.
xml_cflags    = $(eval xml_cflags := $$(shell pkg-config --cflags libxml-2.0))$(xml_cflags)

# What is made of what.  A reader needs READ_LIBS alone: the formats of articles, and so
# WRITE_LIBS, are the indexer's.
READ_LIBS  := -lstemmer -lunistring -lz -ldeflate -lxxhash -lm
WRITE_LIBS := -lxml2 -ljansson -luchardet -lisal $(READ_LIBS)

# A process is started for every search: half of its time is spared if no libraries are loaded.
# Where they are not all there to be linked in, they are loaded.
STATIC         := -static-pie
STATIC_release := $(STATIC)

# A shared library lacks nothing but what the sanitizers bring only into programs.
COMPLETE_release := -Wl,-z,defs

sources      = $(sort $(wildcard $(1)))
objects      = $(patsubst %.c,$(B)/%.o,$(1))
LIB_SRCS    := $(filter-out common/cmd_% searcher/cmd_% searcher/cgi%,$(call sources,common/*.c searcher/*.c))
NDX_SRCS    := ndx.c $(call sources,common/cmd_*.c searcher/cmd_*.c)
CGI_SRCS    := $(call sources,searcher/cgi*.c searcher/cmd_zone.c)
WRITE_SRCS  := $(filter-out indexer/main.c,$(call sources,corpus/*.c indexer/*.c))
COMMON_SRCS := $(call sources,common/*.c)

CASE_DIRS   := unit corrupt fault golden
TEST_SRCS   := $(call sources,$(CASE_DIRS:%=tests/%/test_*.c))
AID_SRCS    := $(filter-out $(TEST_SRCS),$(call sources,$(CASE_DIRS:%=tests/%/*.c)))
ORACLE_SRCS := $(call sources,tests/oracle/*.c)
BENCH_SRCS  := $(call sources,tests/bench/*.c)
FUZZ_SRCS   := $(call sources,tests/fuzz/fuzz_*.c)
ALL_SRCS    := $(sort $(LIB_SRCS) $(NDX_SRCS) $(CGI_SRCS) $(WRITE_SRCS) indexer/main.c $(TEST_SRCS) \
               $(AID_SRCS) $(ORACLE_SRCS) $(BENCH_SRCS) $(FUZZ_SRCS) \
               tests/fuzz/replay.c)

PROGRAMS  := $(B)/ndx $(B)/ndx-indexer $(if $(wildcard searcher/cgi.c),$(B)/ndx.cgi)
LIBRARIES := $(B)/libndx.a $(B)/libndx.so.0 $(B)/libndx.so $(B)/ndx.pc
MANUALS   := $(call sources,*.[1-8] */*.[1-8])
CASES     := $(TEST_SRCS:%.c=$(B)/%)
ORACLE    := $(if $(ORACLE_SRCS),$(B)/tests/oracle/oracle)
BENCHES   := $(BENCH_SRCS:%.c=$(B)/%)
FUZZERS   := $(FUZZ_SRCS:%.c=$(B)/%)

all: $(PROGRAMS) $(LIBRARIES)
objects: $(call objects,$(ALL_SRCS))
tests: all $(CASES) $(ORACLE) $(BENCHES) $(FUZZERS)
driver: $(B)/tests/bench/driver

Q    := $(if $(V),,@)
say   = $(if $(V),,@echo '  $(1)  $@')
link  = $(CC) $(ldflags) -o $@ $(filter %.o %.a,$^)
link_reader = $(if $(STATIC_$(VARIANT)),$(link) $(STATIC_$(VARIANT)) $(1) 2>/dev/null || )$(link) $(1)

$(B)/ndx: $(call objects,$(NDX_SRCS)) $(B)/libndx.a $(B)/static
	$(call say,LD)
	$(Q)$(call link_reader,$(READ_LIBS))

$(B)/ndx-indexer: $(call objects,indexer/main.c $(WRITE_SRCS) $(COMMON_SRCS))
	$(call say,LD)
	$(Q)$(link) $(WRITE_LIBS)

$(B)/ndx.cgi: $(call objects,$(CGI_SRCS)) $(B)/libndx.a $(B)/static
	$(call say,LD)
	$(Q)$(call link_reader,$(READ_LIBS) -lseccomp -lfcgi)

$(B)/libndx.so.0: $(call objects,$(LIB_SRCS))
	$(call say,LD)
	$(Q)$(link) -shared -Wl,-soname,libndx.so.0 $(COMPLETE_$(VARIANT)) $(READ_LIBS)

$(B)/libndx.so: $(B)/libndx.so.0
	$(Q)ln -sf libndx.so.0 $@

$(B)/libndx.a: $(call objects,$(LIB_SRCS))
# Everything but the main()s, so that a test program links what it tests, whichever part that is.
$(B)/tests/all.a: $(call objects,$(LIB_SRCS) $(WRITE_SRCS) $(AID_SRCS) \
                           $(filter-out ndx.c searcher/cgi.c,$(NDX_SRCS) $(CGI_SRCS)))
%.a:
	$(call say,AR)
	$(Q)mkdir -p $(@D) && rm -f $@ && ar qcs $@ $(filter %.o,$^)

$(B)/ndx.pc: common/ndx.pc.in common/ndx.h $(B)/prefix
	$(Q)version=$$(sed -n 's/^#define NDX_VERSION "\(.*\)"/\1/p' common/ndx.h) && \
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e "s|@VERSION@|$$version|" \
	    -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' -e 's|@LIBS@|$(READ_LIBS)|' $< > $@

$(CASES): $(B)/%: $(B)/%.o $(B)/tests/all.a
	$(call say,LD)
	$(Q)$(link) -lcmocka $(WRITE_LIBS)

$(BENCHES): $(B)/%: $(B)/%.o $(B)/tests/all.a
	$(call say,LD)
	$(Q)$(link) $(WRITE_LIBS)

$(B)/tests/oracle/oracle: $(call objects,$(ORACLE_SRCS)) $(B)/tests/all.a
	$(call say,LD)
	$(Q)$(link) $(WRITE_LIBS)

# Under libFuzzer and AFL++ a target gets its main() from there, elsewhere from replay.c.
REPLAY := $(if $(filter fuzz afl,$(VARIANT)),,$(B)/tests/fuzz/replay.o)
$(FUZZERS): $(B)/%: $(B)/%.o $(REPLAY) $(B)/tests/all.a
	$(call say,LD)
	$(Q)$(link) $(if $(REPLAY),,-fsanitize=fuzzer) $(WRITE_LIBS)

$(B)/ndx.o: more = -DNDX_LIBEXECDIR='"$(LIBEXECDIR)"'
$(B)/ndx.o: $(B)/prefix
$(B)/corpus/%.o: more = $(xml_cflags)
$(B)/%.o: %.c $(B)/flags
	$(call say,CC)
	$(Q)mkdir -p $(@D) && $(CC) $(flags) $(more) -MMD -MP -c -o $@ $<

# Other flags or another prefix than last time: what was made with them is made again.
stamp = mkdir -p $(@D); echo '$(1)' | cmp -s - $@ || echo '$(1)' > $@
$(B)/flags: FORCE
	@$(call stamp,$(CC) $(flags))
$(B)/static: FORCE
	@$(call stamp,$(STATIC_$(VARIANT)))
$(B)/prefix: FORCE
	@$(call stamp,$(PREFIX) $(LIBDIR) $(LIBEXECDIR) $(INCLUDEDIR))
FORCE:

-include $(patsubst %.c,$(B)/%.d,$(ALL_SRCS))

# The targets that do their own set-up, and so begin again in a second make.
jobs          = $(if $(filter -j%,$(MAKEFLAGS)),,-j$$(nproc))
CHECK_VARIANT = $(if $(findstring command,$(origin VARIANT)),$(VARIANT),asan)
run_tests     = MAKEFLAGS= B=$(B) CC='$(CC)' TEST_CFLAGS='$(FLAGS_$(VARIANT)) $(CFLAGS)' \
                TEST_LIBS='$(READ_LIBS)' sh tests/run-tests.sh

demo:
	@sh tests/need.sh build
	@$(MAKE) $(jobs) --no-print-directory VARIANT=release all
	@sh tests/demo.sh build/release

check check-long:
	@sh tests/need.sh check
	@$(MAKE) $(jobs) --no-print-directory VARIANT=$(CHECK_VARIANT) tests
	@$(MAKE) --no-print-directory VARIANT=$(CHECK_VARIANT) run-$@
run-check:
	@$(run_tests)
run-check-long:
	@NDX_LONG=1 $(run_tests)

serve:
	@sh tests/need.sh serve
	@$(MAKE) $(jobs) --no-print-directory VARIANT=release all
	@sh tests/serve.sh build/release

check-web:
	@sh tests/need.sh web
	@$(MAKE) $(jobs) --no-print-directory VARIANT=release all
	@sh tests/cgi/check-web.sh build/release

deb:
	@sh tests/need.sh deb
	@sh tests/deb.sh

check-deb: deb
	@sh tests/deb-install.sh

coverage:
	@sh tests/need.sh check
	@$(MAKE) $(jobs) --no-print-directory VARIANT=cov tests
	@find build/cov -name '*.gcda' -delete
	@$(MAKE) --no-print-directory VARIANT=cov run-check
	@sh tests/coverage.sh build/cov

bench:
	@sh tests/need.sh bench
	@$(MAKE) $(jobs) --no-print-directory VARIANT=release run-bench
run-bench: all $(BENCHES)
	@B=$(B) ARTICLES='$(ARTICLES)' QUERIES='$(QUERIES)' python3 tests/bench/bench.py

fuzz:
	@sh tests/need.sh fuzz
	@$(MAKE) $(jobs) --no-print-directory VARIANT=fuzz run-fuzz
run-fuzz: $(FUZZERS)
	@set -e; for f in $(patsubst tests/fuzz/fuzz_%.c,%,$(FUZZ_SRCS)); do \
		echo "== $$f"; seeds=tests/fuzz/seeds/$$f; mkdir -p $(B)/found/$$f; \
		test -d $$seeds || seeds=; \
		$(B)/tests/fuzz/fuzz_$$f -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 \
		    -artifact_prefix=$(B)/found/$$f- $(B)/found/$$f $$seeds; \
	done

fuzz-afl:
	@sh tests/need.sh afl
	@$(MAKE) $(jobs) --no-print-directory VARIANT=afl run-fuzz-afl
run-fuzz-afl: $(FUZZERS)
	@for f in $(patsubst tests/fuzz/fuzz_%.c,%,$(FUZZ_SRCS)); do \
		sh tests/fuzz/afl.sh $(B)/tests/fuzz/fuzz_$$f $(FUZZ_SECONDS) $(B)/found/$$f tests/fuzz/seeds/$$f || exit 1; \
	done

# clang-tidy over one file each; a file is read again when it or any header has changed.  Only
# checks that are right nearly always: those that follow a pointer through a status are not.
# ANALYZE=1 (as CI has it) adds the analyzer, which takes minutes.
TIDY      := -*,bugprone-suspicious-*,bugprone-infinite-loop,bugprone-integer-division,$\
             bugprone-misplaced-*,bugprone-macro-parentheses,bugprone-sizeof-container
ifdef ANALYZE
TIDY      := $(TIDY),clang-analyzer-core.DivideZero,clang-analyzer-core.StackAddressEscape,$\
             clang-analyzer-deadcode.*,clang-analyzer-unix.*
endif
TIDY_SRCS := $(sort $(LIB_SRCS) $(NDX_SRCS) $(CGI_SRCS) $(WRITE_SRCS) indexer/main.c)
tidy: $(TIDY_SRCS:%.c=build/tidy$(ANALYZE)/%.ok)
build/tidy$(ANALYZE)/%.ok: %.c $(wildcard */*.h) Makefile
	@mkdir -p $(@D)
	@clang-tidy --quiet --warnings-as-errors='*' --checks='$(TIDY)' $< -- -std=gnu11 -I. \
	    $(xml_cflags) > $@.said 2>&1 || { grep -E ' (error|warning): ' $@.said; exit 1; }
	@mv $@.said $@

I := $(DESTDIR)
install: all
	install -d $(I)$(BINDIR) $(I)$(LIBEXECDIR) $(I)$(LIBDIR)/pkgconfig $(I)$(INCLUDEDIR)
	install $(B)/ndx $(I)$(BINDIR)/ndx
	install $(B)/ndx-indexer $(I)$(LIBEXECDIR)/ndx-indexer
	install -m 644 $(B)/libndx.a $(B)/libndx.so.0 $(I)$(LIBDIR)
	ln -sf libndx.so.0 $(I)$(LIBDIR)/libndx.so
	install -m 644 $(B)/ndx.pc $(I)$(LIBDIR)/pkgconfig/ndx.pc
	install -m 644 common/ndx.h $(I)$(INCLUDEDIR)/ndx.h
	for m in $(MANUALS); do s=$(I)$(MANDIR)/man$${m##*.}; \
	    install -d $$s && install -m 644 $$m $$s || exit 1; done
	install -d $(I)$(BASHDIR) $(I)$(ZSHDIR) $(I)$(FISHDIR)
	install -m 644 common/completion/ndx.bash $(I)$(BASHDIR)/ndx
	install -m 644 common/completion/ndx.zsh $(I)$(ZSHDIR)/_ndx
	install -m 644 common/completion/ndx.fish $(I)$(FISHDIR)/ndx.fish
ifneq ($(wildcard searcher/cgi.c),)
	install -d $(I)$(CGIDIR)
	install $(B)/ndx.cgi $(I)$(CGIDIR)/ndx.cgi
endif

uninstall:
	rm -f $(I)$(BINDIR)/ndx $(I)$(LIBEXECDIR)/ndx-indexer $(I)$(LIBDIR)/libndx.a \
	    $(I)$(LIBDIR)/libndx.so.0 $(I)$(LIBDIR)/libndx.so $(I)$(LIBDIR)/pkgconfig/ndx.pc \
	    $(I)$(INCLUDEDIR)/ndx.h $(I)$(CGIDIR)/ndx.cgi $(I)$(BASHDIR)/ndx $(I)$(ZSHDIR)/_ndx \
	    $(I)$(FISHDIR)/ndx.fish
	for m in $(MANUALS); do rm -f $(I)$(MANDIR)/man$${m##*.}/$${m##*/}; done
	test ! -d $(I)$(LIBEXECDIR) || rmdir --ignore-fail-on-non-empty $(I)$(LIBEXECDIR)
ifneq ($(DESTDIR),)
	cd $(DESTDIR) && for d in $(BINDIR) $(patsubst %/,%,$(dir $(LIBEXECDIR))) $(LIBDIR)/pkgconfig $(INCLUDEDIR) $(CGIDIR) $(BASHDIR) $(ZSHDIR) \
	    $(FISHDIR) $(sort $(foreach m,$(MANUALS),$(MANDIR)/man$(subst .,,$(suffix $(m))))); do \
	    test ! -d .$$d || rmdir -p --ignore-fail-on-non-empty .$$d 2>/dev/null || true; done
endif

clean:
	rm -rf build

.PHONY: all objects tests driver demo check check-long run-check run-check-long serve check-web deb check-deb coverage bench run-bench fuzz fuzz-afl \
        run-fuzz run-fuzz-afl tidy install uninstall clean FORCE
.DELETE_ON_ERROR:
.SECONDARY:
