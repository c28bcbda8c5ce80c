#include "show/verdicts.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace rhm {

Listing claims_listing(const std::vector<Verdict>& verdicts) {
    Listing claims(
        {{.json = "id"}, {.json = "claim"}, {.json = "evidence"}, {.json = "holds"}, {.json = "numbers"}},
        "claim");
    for (const Verdict& v : verdicts) {
        JsonLine line;
        for (const auto& [name, value] : v.numbers) line.add(name, value);
        Listing::Cell numbers;
        numbers.json = line.text();
        claims.add({v.id, v.claim, v.evidence, v.holds ? Listing::Cell(*v.holds) : Listing::Cell(), numbers});
    }
    return claims;
}

std::string verdicts_text(const std::vector<Verdict>& verdicts, std::size_t width, std::size_t first) {
    std::string out;
    for (std::size_t i = 0; i < verdicts.size(); ++i)
        out +=
            concat(first + i, ". ", hang(verdicts[i].claim, width, 3), "\n   ",
                   hang(verdicts[i].evidence, width, 3), "\n   => ", verdict_text(verdicts[i].holds), "\n");
    return out;
}

}  // namespace rhm
