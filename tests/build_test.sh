#!/bin/sh
# The Makefile, on a program of three files: what was made with another compiler or other flags is made again.  tests/build_test.sh RHM
set -u
. "$(dirname "$0")/check.sh"
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES CXXFLAGS CPPFLAGS LDFLAGS LDLIBS DESTDIR PREFIX SANITIZE
cxx=${CXX:-g++}
unset CXX
[ -f "$tests/../Makefile" ] && command -v make >/dev/null && command -v "${cxx%% *}" >/dev/null || { skip "make and $cxx"; finish; }
cp "$tests/../Makefile" . && mkdir -p src/base tests tools
echo 'extern "C" int puts(const char*); int two(); int main(int n, char** words) { return n == 3 ? puts(words[2]) < 0 : n > 1 ? two() : 0; }' >src/main.cpp
printf '#ifndef VALUE\n#define VALUE 2\n#endif\nint two() { return VALUE; }\n' >src/base/two.cpp
cp "$tests"/../src/base/version.?pp src/base
echo 'int two();' >src/base/two.hpp
echo '#define THREE 3' >src/rhm.hpp
for name in other ccache; do printf '#!/bin/sh\n%s "$@"\n' "$([ $name = ccache ] || echo "$cxx")" >tools/$name; chmod +x tools/$name; done
PATH=$PWD/tools:$PATH
build() { make CXXFLAGS=-O0 CXX="$cxx" "$@"; }
says() { text=$1; shift; "$@" 2>&1 | grep -F -- "$text"; }
ends() { code=$1; shift; "$@"; [ $? -eq "$code" ]; }

build >lines.txt 2>&1
that "a line a folder, and nothing else" sh -c '[ "$(cat lines.txt | LC_ALL=C sort)" = "$(printf "c++  src/base/\nc++  src/base/version.cpp\nc++  src/main.cpp\nlink rhm")" ]'
that "once is enough" says "up to date" build
that "... and make -n knows it" says "up to date" build -n
that "V=1 shows commands" says "-c src/main.cpp" sh -c 'touch src/main.cpp; make CXXFLAGS=-O0 V=1 CXX="$0"' "$cxx"
echo 'int three() { return 3; }' >src/base/three.cpp
that "a file that is added is compiled" says "c++  src/base/" build
that "... with its folder" sh -c 'nm rhm | grep -q three'
echo 'int two();' >src/base/two.hpp; echo '#include "base/two.hpp"' >src/base/three.cpp; build >/dev/null; echo >>src/base/two.hpp
that "... again when a header changes" says "c++  src/base/" build
rm src/base/three.cpp
that "a file that is taken away is missed" says "c++  src/base/" build
that "... and then no more" says "up to date" build
old=$(date -r src/base +%Y%m%d%H%M.%S); echo 'int four() { return 4; }' >src/base/four.cpp; touch -t "$old" src/base
that "a file is added to a folder that is as old as before" sh -c 'make CXX="$0" CXXFLAGS=-O0 >lines.txt 2>&1; nm rhm | grep -q four' "$cxx"
rm src/base/four.cpp; for list in build/*/src/base.cpp; do : >"$list"; done
that "a list that was cut short is written anew" ends 2 sh -c 'make CXX="$0" CXXFLAGS=-O0 >lines.txt 2>&1; ./rhm 2' "$cxx"
mkdir src/cli; echo 'int command() { return 5; }' >src/cli/command.cpp; build librhm.a >/dev/null 2>&1
that "the library has no commands" sh -c 'nm librhm.a | grep -q two && ! nm librhm.a | grep -q command'
rm -r src/cli
that "what the environment calls TESTING is its own" env TESTING=1 EXTRA=foo make CXX="$cxx" CXXFLAGS=-O0 -B
that "a file at a time" says "c++  src/base/two.cpp" build APART=1
that "... gives the same program" ends 2 ./rhm 2
for change in CXXFLAGS=-O1 CPPFLAGS=-DVALUE=3 SANITIZE=undefined LDFLAGS=-Lnowhere LDLIBS=-lm CXX=other; do
    that "make; make $change" says "c++  src/base/" build "$change" PROGRAM=rhm
    build >/dev/null 2>&1
    that "... and back: it is linked again" ends 2 ./rhm 2
done
build CPPFLAGS=-DVALUE=3 >/dev/null
that "CPPFLAGS are used" ends 3 ./rhm 2
that "... a quotation mark in them too" build 'CPPFLAGS=-DNAME='\''"a b"'\'
that "LDLIBS are used" says "nosuchlibrary" build LDLIBS=-lnosuchlibrary V=1
that "the same flags in another order of blanks are the same" sh -c 'make CXX="$0" "CXXFLAGS=-O0  -g" && make CXX="$0" "CXXFLAGS= -O0 -g " | grep "up to date"' "$cxx"
that "a backslash is no reason, either" sh -c 'make CXX="$0" "CXXFLAGS=-O0 -DX=\\\\n" && make CXX="$0" "CXXFLAGS=-O0 -DX=\\\\n" | grep "up to date"' "$cxx"
build >/dev/null
that "no commit is told of what is in none" grep -q '"[0-9]*", ""}$' build/*/made.inc
if command -v git >/dev/null; then
    git init -q . && git add Makefile src && git -c user.name=a -c user.email=a@b commit -qm first
    that "a commit is told, and nothing but that made again" sh -c 'make CXX="$0" CXXFLAGS=-O0 >lines.txt && [ "$(cat lines.txt)" = "$(printf "c++  src/base/version.cpp\nlink rhm")" ]' "$cxx"
    that "... once" says "up to date" build
    that "... as it is" grep -q "\"$(git rev-parse --short=12 HEAD)\"}$" build/*/made.inc
    echo >>src/base/two.cpp; build >/dev/null
    that "... and that it was changed" grep -q ' and changes"}$' build/*/made.inc
else skip "git"; fi
folder() { make -pn CXX="$1" 2>/dev/null | sed -n 's/^BUILD := //p'; }
folder "ccache g++" >a; folder "ccache clang++" >b; folder "clang++ -stdlib=libc++" >c; folder g++ >d
that "a folder for every compiler" sh -c '[ "$(cat a b c d | sort -u | wc -l)" -eq 4 ] && ! grep -q "[ =]" a b c d'

build >/dev/null
that "install, in places with blanks" build install DESTDIR="$work/a place" PREFIX="/of  my own"
that "... the manual and what shells complete, too" sh -c 'cd "$0/share" && grep -q man man/man1/rhm.1 && grep -q bash bash-completion/completions/rhm && grep -q zsh zsh/site-functions/_rhm && grep -q fish fish/vendor_completions.d/rhm.fish' "$work/a place/of  my own"
that "... is there" ends 2 "$work/a place/of  my own/bin/rhm" 2
printf '#include <rhm.hpp>\n#include "base/two.hpp"\nint main() { return two() + THREE; }\n' >user.cpp
if command -v pkg-config >/dev/null; then
    that "... and the library, for pkg-config" sh -c 'eval $0 -O0 user.cpp $(PKG_CONFIG_PATH="$1/lib/pkgconfig" pkg-config --cflags --libs rhm) -o user' "$cxx" "$work/a place/of  my own"
else that "... and the library" $cxx -std=c++20 -O0 -I"$work/a place/of  my own/include/rhm" user.cpp "$work/a place/of  my own/lib/librhm.a" -o user; fi
that "... which works" ends 5 ./user
that "~ in PREFIX" sh -c 'HOME="$1" make CXX="$0" CXXFLAGS=-O0 install PREFIX="~/local" && [ -x "$1/local/bin/rhm" ]' "$cxx" "$work/a place"
if cp "$(command -v sleep)" "$work/a place/of  my own/bin/rhm" 2>/dev/null; then
    "$work/a place/of  my own/bin/rhm" 100 & pid=$!
    that "install over a program that runs" build install DESTDIR="$work/a place" PREFIX="/of  my own"
    that "... is the new one" ends 2 "$work/a place/of  my own/bin/rhm" 2
    kill $pid; wait $pid 2>/dev/null
fi

printf 'all: a b\na b:\n\t@echo $@ >>order; while [ $$(wc -l <order) -lt 2 ]; do :; done\n' >parallel.mk
sed -n '/^ifeq (\$(MAKELEVEL),0)/,/^endif/p' Makefile >>parallel.mk
cores=$(nproc 2>/dev/null || echo 1)
[ "$cores" -lt 2 ] || [ -n "$(awk '$1 + 0' /sys/fs/cgroup/cpu.max 2>/dev/null)" ] || that "make alone uses the cores" timeout 600 make -f parallel.mk
if command -v taskset >/dev/null; then that "... that it may use" sh -c 'taskset -c 0 make -f parallel.mk -pn | grep -q "^MAKEFLAGS = .*-j1"'; fi
command -v taskset >/dev/null && that "a program bound to one core uses one thread" sh -c "taskset -c 0 \"$rhm\" sweep -v 4 -m 2 -L 2 --test-size 12 -P 16 --steps 60 --seed 0:3 --dry-run | grep -F \"1 thread \""
# the runner: what failed is named in the last lines, and shown while it runs
mkdir runner && cp "$tests/run.sh" "$tests/check.sh" runner
printf '#!/bin/sh\necho "failed: a case (a.cpp)"; echo "1 passed, 1 failed"; exit 1\n' >runner/unit
printf '. "$(dirname "$0")/check.sh"\nthat "this holds" true; that "this does not" false; that "nor this" false; finish\n' >runner/odd_test.sh
printf 'kill -SEGV $$\n' >runner/broken_test.sh
printf '#!/bin/sh\necho "1 passed, 0 failed"\n' >runner/proofs
chmod +x runner/unit runner/proofs
that "a failure is the runner's exit code" ends 1 sh runner/run.sh runner/unit runner/proofs "$rhm"
sh runner/run.sh runner/unit runner/proofs "$rhm" >lines.txt 2>&1
printf '%s\n' "What failed:" "  unit tests: a case (a.cpp)" "  broken_test.sh: ended with code 139" "  odd_test.sh: this does not" "  odd_test.sh: nor this" "3 passed, 4 failed" >wanted
that "the last lines name what failed" sh -c 'tail -n 6 lines.txt | diff wanted -'
finish
