# Builds the fuzz targets below fuzz-build/, for tests/tool/fuzz, in the build
# folder; needs GNU make.  Apart from the rest, since all of the library has to
# be compiled once more: by clang, with the sanitizers and libFuzzer's counters.
# What drives and checks it has no counters, for speed.
#
#	CLANG	the compiler
#	MODULES	what to build

include Makefile

flags = -g -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all -MMD -MP \
	$(DEFAULT_INCLUDES) $(AM_CPPFLAGS) -U_FORTIFY_SOURCE $(CPPFLAGS)
sources = $(libviaduct_a_SOURCES) $(nodist_libviaduct_a_SOURCES)
library = $(patsubst %.c,fuzz-build/%.o,$(filter %.c,$(sources)))
harness = $(patsubst %.c,fuzz-build/%.o,$(filter %.c,$(fuzz_harness)))

fuzz-programs: $(MODULES:%=fuzz-build/fuzz_%)
.PHONY: fuzz-programs
.SECONDARY:

fuzz-build/fuzz_%: fuzz-build/tests/fuzz/fuzz_%.o $(harness) \
    fuzz-build/library.a
	@echo "  FUZZ     $@"
	@$(CLANG) -fsanitize=fuzzer,address,undefined -pthread $(LDFLAGS) \
		-o $@ $^ $(foreign_libraries) $(LIBS)

# An archive, since the arena of the harness stands in for the library's.
fuzz-build/library.a: $(library)
	@rm -f $@ && $(AR) cr $@ $^

fuzz-build/src/%.o: $(srcdir)/src/%.c
	@$(MKDIR_P) $(@D)
	@$(CLANG) -fsanitize=fuzzer-no-link,address,undefined $(flags) -c \
		-o $@ $<

# What was made at build time.
fuzz-build/src/%.o: src/%.c
	@$(MKDIR_P) $(@D)
	@$(CLANG) -fsanitize=fuzzer-no-link,address,undefined $(flags) -c \
		-o $@ $<

fuzz-build/tests/%.o: $(srcdir)/tests/%.c
	@$(MKDIR_P) $(@D)
	@$(CLANG) -fsanitize=address,undefined $(flags) -c -o $@ $<

-include $(library:.o=.d) $(harness:.o=.d)
-include $(MODULES:%=fuzz-build/tests/fuzz/fuzz_%.d)
