// The targets of `make fuzz` on files that this program writes, changed at random places.
#include "fuzz/targets.hpp"

#include "base/rng.hpp"
#include "catch.hpp"

using namespace rhm;
namespace fs = std::filesystem;

namespace {

std::string bytes_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// A grammar, a record and a network, as the program writes them.
struct Written {
    fs::path folder = fs::temp_directory_path() / ("rhm-written-" + std::to_string(::getpid()));
    Written() {
        fs::create_directories(folder);
        run({"grammar", "-v", "4", "-m", "2", "-L", "2", "--format", "json", "-o", path("grammar")});
        run({"train",     "-v",
             "4",         "-m",
             "2",         "-L",
             "2",         "--test-size",
             "12",        "-P",
             "16",        "--steps",
             "4",         "--width",
             "4",         "-q",
             "--threads", "1",
             "--format",  "json",
             "-o",        path("results"),
             "--save",    path("network")});
    }
    ~Written() { fs::remove_all(folder); }
    std::string path(const std::string& name) const { return (folder / name).string(); }
    std::string seed(std::string_view target) const {
        if (target == "json") return bytes_of(path("grammar"));
        if (target == "options") return "train\n-v\n4\n--lr=0.01\n-rdfa\n--views\nsiblings\n--steps\n1k";
        return bytes_of(path(std::string(target)));
    }
    static void run(const std::vector<std::string>& words) {
        REQUIRE(run_program(std::vector<std::string_view>(words.begin(), words.end())) == Exit::ok);
    }
};

/// A few bytes are replaced, a stretch is removed or repeated, or all from somewhere on is missing.
std::string changed(std::string text, Rng& rng) {
    const auto at = [&] { return static_cast<std::size_t>(rng.below(text.size() + 1)); };
    for (std::uint64_t n = rng.below(4); n > 0; --n)
        if (std::size_t i = at(); i < text.size()) text[i] = static_cast<char>(rng.below(256));
    const std::size_t from = at(), length = static_cast<std::size_t>(rng.below(20));
    switch (rng.below(4)) {
        case 0:
            return text.erase(from, length);
        case 1:
            return text.insert(from, text.substr(from, length));
        case 2:
            return text.substr(0, from);
        default:
            return text;
    }
}

}  // namespace

TEST_CASE("whatever is read, the answer is a value or a sentence", "[fuzz]") {
    const Written written;
    for (const Target& target : kTargets) {
        INFO(target.name);
        const std::string seed = written.seed(target.name);
        REQUIRE_NOTHROW(target.read(seed));
        Rng rng(1, Purpose::test);
        for (int i = 0; i < 300; ++i) {
            const std::string text = changed(seed, rng);
            CHECK_NOTHROW(feed(target, text));
        }
    }
    fs::remove(file_of(""));
}
