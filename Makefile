# make            builds ./rhm (release)                 make reproduce   builds it and runs the main experiment
# make deps test  installs Catch2 if it is missing, builds and runs every test
# make SANITIZE=address,undefined test                   the same under sanitizers; SANITIZE=thread too
# make install PREFIX=/usr/local
CXX      ?= g++
CXXFLAGS ?= -O3
PREFIX   ?= /usr/local
WARNINGS  = -Wall -Wextra -Wpedantic -Wshadow -Wconversion
SANITIZE ?=
ALL_FLAGS = -std=c++20 -Isrc -MMD -MP -pthread $(WARNINGS) -ffp-contract=off $(CXXFLAGS) $(if $(SANITIZE),-g -fsanitize=$(SANITIZE) -fno-omit-frame-pointer)
LINK      = $(CXX) -pthread $(if $(SANITIZE),-fsanitize=$(SANITIZE)) $(LDFLAGS)
BUILD     = build/$(notdir $(firstword $(CXX)))$(if $(SANITIZE),-$(subst $(comma),-,$(SANITIZE)))
comma    := ,
PROGRAM   = $(if $(SANITIZE),$(BUILD)/rhm,rhm)

SOURCES   = $(filter-out src/main.cpp,$(wildcard src/*/*.cpp))
OBJECTS   = $(SOURCES:%.cpp=$(BUILD)/%.o)
TESTS     = $(wildcard tests/*.cpp)

$(PROGRAM): $(BUILD)/src/main.o $(OBJECTS)
	$(LINK) $^ -o $@

$(BUILD)/tests/all: $(TESTS:%.cpp=$(BUILD)/%.o) $(OBJECTS)
	$(LINK) $^ -o $@

$(BUILD)/%.o: %.cpp Makefile
	@mkdir -p $(@D)
	$(CXX) $(ALL_FLAGS) $(ISA) -c $< -o $@

# The fast kernels are compiled once for each instruction set; which one runs is chosen at run time. A fused multiply-add
# may be used there, and errno after a square root is nobody's business; nothing else about arithmetic changes.
FUSED = -ffp-contract=fast -fno-math-errno
X86  := $(filter x86_64% amd64%,$(shell $(CXX) -dumpmachine))
$(BUILD)/src/base/kernels_base.o:   ISA = $(FUSED)
$(BUILD)/src/base/kernels_avx2.o:   ISA = $(FUSED) $(if $(X86),-mavx2 -mfma)
$(BUILD)/src/base/kernels_avx512.o: ISA = $(FUSED) $(if $(X86),-mfma -mavx512f -mavx512dq -mavx512vl -mavx512bw -mprefer-vector-width=512)

reproduce: $(PROGRAM)
	./$(PROGRAM) reproduce

-include $(shell find build -name '*.d' 2>/dev/null)
