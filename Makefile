# make            builds ./rhm (release)                 make reproduce   builds it and runs the main experiment
# make deps test  installs Catch2 if it is missing, builds and runs every test
# make SANITIZE=address,undefined test                   the same under sanitizers; SANITIZE=thread too
# make fuzz       gives what reads files changed ones (clang)
# make librhm.a   the library, see src/rhm.hpp           make yardstick   our speed beside OpenBLAS's and PyTorch's
# make install PREFIX=/usr/local
# make APART=1    compiles each file by itself: slower, but what changes in a file is made anew sooner
# CXX, CXXFLAGS, CPPFLAGS, LDFLAGS, LDLIBS and DESTDIR are what they always are; V=1 shows the commands.
CXXFLAGS ?=
PREFIX   ?= /usr/local
SANITIZE ?=
APART    ?=
EXTRA     =
TESTING   =
WARNINGS  = -Wall -Wextra -Wpedantic -Wshadow -Wconversion
CHECKED   = $(if $(SANITIZE),-g -fsanitize=$(SANITIZE) -fno-omit-frame-pointer)
ALL_FLAGS = -std=c++20 -Isrc -I. -MMD -MP -pthread $(WARNINGS) -ffp-contract=off $(LEVEL) $(CPPFLAGS) $(CXXFLAGS) $(CHECKED)
LINK      = $(CXX) -pthread $(CXXFLAGS) $(CHECKED) $(LDFLAGS)
Q         = $(if $(V),,@)
quote     = '$(subst ','\'',$1)'

# A folder for every compiler: build/g++, and build/ccache-clang++-stdlib-libc++ for `ccache clang++ -stdlib=libc++`.
BUILD    := build/$(shell echo $(call quote,$(notdir $(CXX))$(if $(SANITIZE),-$(SANITIZE))) | tr -cs 'A-Za-z0-9+.\n' -)
PROGRAM   = $(if $(SANITIZE),$(BUILD)/rhm,rhm)
SOURCES   = $(wildcard src/*/*.cpp)
OBJECTS   = $(call objects,$(BUILD),$(SOURCES))
HEADERS   = $(filter-out src/cli/%,$(wildcard src/*.hpp src/*/*.hpp))
LIBRARY   = $(if $(SANITIZE),$(BUILD)/librhm.a,librhm.a)
TESTS     = tests/main.cpp $(wildcard $(patsubst src/%/,tests/%/*.cpp,$(wildcard src/*/)))

# The files of a folder are compiled as one, which includes them, as reading headers is most of the work: build/g++/src/cli.cpp
# is all of src/cli. So no two files of a folder may give one name to two things.
ALONE   = src/base/version.cpp src/matrix/kernels_base.cpp src/matrix/kernels_avx%.cpp tests/main.cpp
shared  = $(if $(APART),,$(sort $(filter-out $(ALONE),$1)))
folders = $(sort $(patsubst %/,%,$(dir $(call shared,$1))))
objects = $(patsubst %,$1/%.o,$(call folders,$2) $(basename $(filter-out $(call shared,$2),$2)))

# What computes is made at -O3, all else at -O1; what CXXFLAGS says counts more. Results depend on neither.
HOT   = matrix net rules data train
LEVEL = -O1
$(foreach hot,$(HOT),$(BUILD)/src/$(hot).o $(BUILD)/src/$(hot)/%.o): LEVEL = -O3

# Without -j: as many jobs as this process may have cores.
ifeq ($(MAKELEVEL),0)
QUOTA     = awk '$$1 + 0 { print int(($$1 + $$2 - 1) / $$2) }' /sys/fs/cgroup/cpu.max
MAKEFLAGS += -j$(shell { nproc || getconf _NPROCESSORS_ONLN || echo 1; $(QUOTA); } 2>/dev/null | sort -n | head -n 1)
endif

# Static where the system can, so that the program may be copied to another machine as it is.
$(PROGRAM): $(OBJECTS) $(BUILD)/src/main.o build/last
	@echo "link $@"
	$(Q)$(if $(SANITIZE),,$(LINK) $(filter %.o,$^) -static $(LDLIBS) -o $@ 2>/dev/null ||) $(LINK) $(filter %.o,$^) $(LDLIBS) -o $@

# The library is one object, as a linker takes from a library only the objects that somebody refers to: nobody does
# to a rule, which puts itself into the list.
$(LIBRARY): $(call objects,$(BUILD),$(filter-out src/cli/%,$(SOURCES))) build/last
	@echo "link $@"
	$(Q)$(CXX) $(CXXFLAGS) -r -nostdlib $(filter %.o,$^) -o $(BUILD)/librhm.o && rm -f $@ && $(AR) rcs $@ $(BUILD)/librhm.o

# A shell leaves the ~ of PREFIX=~/.local to us.
HOMED = $(if $(filter ~/%,$(firstword $(PREFIX))),$(subst ~/,$(HOME)/,$(PREFIX)),$(PREFIX))
TO    = $(call quote,$(DESTDIR)$(HOMED))
install: $(PROGRAM) $(LIBRARY)
	$(Q)install -d $(TO)/bin $(TO)/lib/pkgconfig && install -m 755 $(PROGRAM) $(TO)/bin/rhm && echo installed $(TO)/bin/rhm
	$(Q)cd $(TO) && write() { mkdir -p "share/$${2%/*}" && bin/rhm help $$1 >"share/$$2"; } && \
	    write man man/man1/rhm.1 && write bash bash-completion/completions/rhm && \
	    write zsh zsh/site-functions/_rhm && write fish fish/vendor_completions.d/rhm.fish
	$(Q)for room in $(sort $(dir $(HEADERS))); do \
	    place=$(TO)/include/rhm/$${room#src/}; install -d "$$place" && install -m 644 $$room*.hpp "$$place" || exit 1; done
	$(Q)install -m 644 $(LIBRARY) $(TO)/lib && printf '%s\n' 'prefix=$${pcfiledir}/../..' 'Name: rhm' \
	    'Description: Random Hierarchy Model: grammar, networks, learning rules' \
	    "Version: $$($(TO)/bin/rhm --version | cut -d' ' -f2)" 'Cflags: -std=c++20 -ffp-contract=off -I$${prefix}/include/rhm' \
	    'Libs: -L$${prefix}/lib -lrhm -pthread' >$(TO)/lib/pkgconfig/rhm.pc

# What --version --verbose says of the making, as a line of src/base/version.cpp: the flags of what computes without those
# that name places, and the commit when git knows these sources.
TREE    = $(sort Makefile $(wildcard src/*.?pp src/*/*.?pp src/*/*.inc))
COMMIT  = { git ls-files --error-unmatch Makefile >&2 && git rev-parse --short=12 HEAD && \
          { [ -z "$$(git --no-optional-locks status --porcelain Makefile src)" ] || echo and changes; }; } 2>/dev/null
MADE   := {R"rhm($(filter-out -M% -W% -I% -L% -ffile-prefix-map=% -fdebug-prefix-map=%,$(foreach LEVEL,-O3,$(ALL_FLAGS))))rhm", \
          "$(firstword $(shell cat $(TREE) | cksum))", "$(shell $(COMMIT))"}
$(BUILD)/src/base/version.o: $(BUILD)/made.inc
$(BUILD)/src/base/version.o: EXTRA += -I$(BUILD)

# What the objects of a folder were made with, and by which folder ./rhm was linked last: a stamp is written anew only when
# this changes, and what was made otherwise is made again.
MADE_WITH := $(CXX) $(shell $(CXX) --version 2>&1 | head -n 1) $(ALL_FLAGS) link $(LDFLAGS) $(LDLIBS)
$(BUILD)/made-with: STAMP = $(MADE_WITH)
build/last: STAMP = $(BUILD) $(MADE_WITH)
$(BUILD)/made.inc: STAMP = $(MADE)
holds      = $(and $(findstring $(strip $2),$1),$(findstring $1,$(strip $2)))
changed    = $(if $(call holds,$(shell cat $1 2>/dev/null),$2),,$1)
.PHONY: $(call changed,$(BUILD)/made-with,$(MADE_WITH)) $(call changed,build/last,$(BUILD) $(MADE_WITH)) $(call changed,$(BUILD)/made.inc,$(MADE))
$(BUILD)/made-with build/last $(BUILD)/made.inc:
	@mkdir -p $(@D) && printf '%s\n' $(call quote,$(strip $(STAMP))) >$@

# Catch2 3.x is a library, 2.x is headers only; tests/main.cpp is the main() for both.
CATCH = $(CXX) $(CPPFLAGS) $(CXXFLAGS) -std=c++20 -E -x c++ -o /dev/null /dev/null -include catch2
LCATCH = $(if $(shell $(CATCH)/catch_all.hpp 2>/dev/null && echo 3),-lCatch2)

$(BUILD)/tests/all: $(call objects,$(BUILD),$(TESTS)) $(OBJECTS)
	@echo "link $@"
	$(Q)$(LINK) $^ $(LCATCH) $(LDLIBS) -o $@

# It holds all of Catch2 2.x.
$(BUILD)/tests/main.o: EXTRA = -O0

# The proofs compute in double (base/real.hpp): the sources that they need are compiled once more. The kernels are tested in both.
PROOFS = $(wildcard tests/proofs/*.cpp) tests/matrix/kernels_test.cpp tests/matrix/loops_test.cpp
PROVED = $(filter-out %/version.cpp %/arithmetic.cpp,$(wildcard $(addsuffix /*.cpp,src/base src/matrix src/data src/net src/rules) src/train/measure_*.cpp))
IN_DOUBLE = $(call objects,$(BUILD)/double,$(PROOFS) $(PROVED)) $(BUILD)/tests/main.o

$(BUILD)/tests/proofs: $(IN_DOUBLE)
	@echo "link $@"
	$(Q)$(LINK) $^ $(LCATCH) $(LDLIBS) -o $@

test: $(BUILD)/tests/all $(BUILD)/tests/proofs $(PROGRAM) $(LIBRARY)
	@CXX=$(call quote,$(CXX)) LINK=$(call quote,$(LINK)) sh tests/run.sh $(BUILD)/tests/all $(BUILD)/tests/proofs $(PROGRAM)

# The learning rules alone, in seconds: finite differences, transcriptions and what each rule promises.
test-rules: $(BUILD)/tests/proofs
	@$< "[rules]"

# What reads files, words and JSON is given changed ones for FUZZ seconds each, by clang's libFuzzer: tests/fuzz/.
FUZZ ?= 5
fuzz:
	$(Q)$(MAKE) CXX=$(call quote,$(if $(findstring clang,$(CXX)),$(CXX),clang++)) CXXFLAGS=-O0 SANITIZE=fuzzer-no-link,address fuzzed
fuzzed: $(BUILD)/tests/fuzz/fuzz
	@for target in json grammar options results network; do \
	    echo "fuzz $$target"; mkdir -p $(BUILD)/corpus/$$target; \
	    RHM_FUZZ=$$target $< -max_total_time=$(FUZZ) -close_fd_mask=1 -verbosity=0 -rss_limit_mb=4096 $(BUILD)/corpus/$$target || exit 1; done

$(BUILD)/tests/fuzz/fuzz: $(BUILD)/tests/fuzz/fuzz.o $(OBJECTS)
	@echo "link $@"
	$(Q)$(LINK) -fsanitize=fuzzer $^ $(LDLIBS) -o $@

# Beside OpenBLAS and PyTorch, where they are installed: tests/yardstick/.
yardstick: $(BUILD)/tests/yardstick/ours
	@sh tests/yardstick/yardstick.sh $<

$(BUILD)/tests/yardstick/ours: $(BUILD)/tests/yardstick/ours.o $(OBJECTS)
	$(Q)$(LINK) $^ -ldl $(LDLIBS) -o $@

# rhm on a system that fails on request: tests/faults/.
faulty: $(BUILD)/tests/faults/rhm
	@echo $<

$(BUILD)/tests/faults/rhm: $(BUILD)/src/main.o $(OBJECTS) $(BUILD)/tests/faults/faults.o
	$(Q)$(LINK) $^ -ldl $(LDLIBS) -o $@

deps:
	@if $(CATCH)/catch_all.hpp 2>/dev/null || $(CATCH)/catch.hpp 2>/dev/null; then exit 0; fi; \
	has() { command -v $$1 >/dev/null 2>&1; }; root=; [ "$$(id -u)" = 0 ] || root=sudo; \
	if   has apt-get; then $$root apt-get update && $$root apt-get install -y catch2; \
	elif has dnf;     then $$root dnf install -y catch-devel; \
	elif has pacman;  then $$root pacman -S --noconfirm catch2; \
	elif has brew;    then brew install catch2; \
	else false; fi || { echo "Catch2, which the tests need, could not be installed: install it by hand (2.13 or 3.x)" \
	"and, if it is in an unusual place, say where: make test CPPFLAGS=-I/place/include LDFLAGS=-L/place/lib"; exit 1; }

# `make deps test` installs before it compiles.
ifneq ($(filter deps,$(MAKECMDGOALS)),)
$(call objects,$(BUILD),$(TESTS)) $(IN_DOUBLE): | deps
endif

# Of build/g++/src/cli.cpp it says `c++  src/cli/`.
define compile
	@mkdir -p $(@D); echo "c++  $(patsubst $(BUILD)/%.cpp,%/,$(<:$(BUILD)/double/%=$(BUILD)/%))$(if $(findstring -DRHM_DOUBLE,$(EXTRA)), in double)"
	$(Q)$(CXX) $(ALL_FLAGS) $(TESTING) $(EXTRA) -c $< -o $@
endef
$(BUILD)/tests/%.o $(BUILD)/double/tests/%.o: TESTING = -Itests
$(BUILD)/double/%.o: EXTRA += -DRHM_DOUBLE
# A file by itself, in double too, and a folder.
$(BUILD)/%.o: %.cpp Makefile $(BUILD)/made-with
	$(compile)
$(BUILD)/double/%.o: %.cpp Makefile $(BUILD)/made-with
	$(compile)
$(BUILD)/%.o: $(BUILD)/%.cpp Makefile $(BUILD)/made-with
	$(compile)

# A folder's list of files is written anew only when a file is added or removed.
HASH   := \#
define folder
.PHONY: $(call changed,$1/$3.cpp,$(patsubst %,$(HASH)include "%",$(filter $3/%,$(call shared,$2))))
$1/$3.cpp:
	@mkdir -p $$(@D) && printf '#include "%s"\n' $(filter $3/%,$(call shared,$2)) >$$@
endef
$(foreach f,$(call folders,$(SOURCES) $(TESTS)),$(eval $(call folder,$(BUILD),$(SOURCES) $(TESTS),$f)))
$(foreach f,$(call folders,$(PROOFS) $(PROVED)),$(eval $(call folder,$(BUILD)/double,$(PROOFS) $(PROVED),$f)))

# The fast kernels are compiled once for each instruction set; which one runs is chosen at run time. A fused multiply-add
# may be used there, and errno after a square root is nobody's business; nothing else about arithmetic changes.
# (Always at -O3: g++ fuses from -O2 on, and the bytes of a run shall not depend on CXXFLAGS.)
FUSED = -O3 -ffp-contract=fast -fno-math-errno
X86  := $(filter x86_64% amd64%,$(shell $(CXX) -dumpmachine))
%/kernels_base.o: EXTRA += $(FUSED)
%/kernels_avx2.o: EXTRA += $(FUSED) $(if $(X86),-mavx2 -mfma)
%/kernels_avx512.o: EXTRA += $(FUSED) $(if $(X86),-mfma -mavx512f -mavx512dq -mavx512vl -mavx512bw -mprefer-vector-width=512)

.PHONY: test test-rules fuzz fuzzed faulty yardstick deps reproduce install clean
clean:
	rm -rf build rhm librhm.a

# That a claim does not hold, or is undecided, is a result and no failure of make.
reproduce: $(PROGRAM)
	./$(PROGRAM) reproduce || [ $$? = 1 ]

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
