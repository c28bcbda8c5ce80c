#include "data/theory.hpp"

#include <cmath>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "data/language.hpp"

namespace rhm {

double law(const GrammarShape& task) { return task.classes * std::pow(double(task.synonyms), task.levels); }

double solved_accuracy(int classes) { return 1 - 0.1 * (1 - 1.0 / classes); }

Theory theory(const GrammarShape& g, double train) {
    check(g);
    Theory t;
    t.shape = g;
    t.length = g.length();
    if (auto most = p_max(g)) t.p_max = decimal(*most);
    double v = g.vocab, n_c = g.classes, m = g.synonyms, most_synonyms = std::pow(v, g.tuple - 1);
    t.log10_p_max = std::log10(n_c) + g.choices() * std::log10(m);
    t.entropy_bits = std::log2(n_c) + g.choices() * std::log2(m);
    t.free_bits = t.length * std::log2(v);
    t.law = law(g);
    t.train = train > 0 ? train : t.law;
    t.signal = std::sqrt(v / std::pow(m, g.levels));
    t.noise = std::sqrt(v * n_c / t.train);
    t.label_free_signal = m < most_synonyms;
    t.tokens_independent = !t.label_free_signal && n_c * m == v * most_synonyms;
    t.latent_threshold = m * m * m;
    for (int level = 1; level <= g.levels; ++level)
        t.token_thresholds.push_back(
            t.label_free_signal ? v * std::pow(m, 2 * level - 1) / (1 - m / most_synonyms) : INFINITY);
    return t;
}

double low_tuple_signal(const Grammar& grammar) {
    const GrammarShape& g = grammar.shape();
    const std::size_t v = std::size_t(g.vocab), n_c = std::size_t(g.classes), s = std::size_t(g.tuple);
    // at most some seconds, and 100 MB
    if (double(g.nodes(1)) * double(n_c * v) * (g.synonyms + 40) > 1e9 / 2) return std::nan("");
    // P(symbol | class) at each position of a level, [position][class][symbol]
    std::vector<double> given(n_c * n_c);
    for (std::size_t c = 0; c < n_c; ++c) given[c * n_c + c] = 1;
    std::size_t symbols = n_c;
    for (int level = g.levels; level > 1; --level, symbols = v) {
        const std::size_t positions = std::size_t(g.nodes(level));
        std::vector<double> below(positions * s * n_c * v);
        for (std::size_t i = 0; i < positions * n_c * symbols; ++i) {
            const std::size_t symbol = i % symbols, c = i / symbols % n_c, position = i / symbols / n_c;
            for (int choice = 0; given[i] > 0 && choice < g.synonyms; ++choice)
                for (std::size_t j = 0; j < s; ++j) {
                    const std::size_t child = grammar.rule(level, int(symbol), choice)[j];
                    below[((position * s + j) * n_c + c) * v + child] += given[i] / g.synonyms;
                }
        }
        given = std::move(below);
    }
    double sum = 0;
    const std::size_t positions = std::size_t(g.nodes(1));
    for (std::size_t i = 0; i < positions * symbols; ++i) {
        const double* const first = &given[i / symbols * n_c * symbols + i % symbols];
        double mean = 0;
        for (std::size_t c = 0; c < n_c; ++c) mean += first[c * symbols] / double(n_c);
        for (std::size_t c = 0; c < n_c && mean > 0; ++c)
            sum += (first[c * symbols] - mean) * (first[c * symbols] - mean) / mean;
    }
    return std::sqrt(sum / double(positions * n_c) / g.synonyms);
}

/// 972, 118098 or 7.6e+15: all digits while they are few.
static std::string amount_text(double x) {
    if (std::isinf(x)) return "inf";
    if (x < 1e7) return fixed(std::round(x), 0);
    int exponent = int(std::floor(std::log10(x)));
    return fixed(x / std::pow(10.0, exponent), 1) + "e" + std::to_string(exponent);
}

std::string to_text(const Theory& t, std::size_t width) {
    const GrammarShape& g = t.shape;
    std::string out = concat("Random Hierarchy Model [1]   v = ", g.vocab, "  n_c = ", g.classes,
                             "  m = ", g.synonyms, "  s = ", g.tuple, "  L = ", g.levels, "\n\n");
    auto line = [&](std::string_view name, const std::string& value, std::string_view note) {
        constexpr std::size_t kName = 28, kNote = 43;  // columns
        out += pad(name, kName) + pad(value, -int(kNote - kName - 2));
        if (!note.empty()) out += "  " + hang(note, width, kNote);
        out += '\n';
    };
    line("leaves", std::to_string(t.length), "d = s^L");
    line("data in the language",
         t.p_max.empty() || t.log10_p_max >= 13 ? "10^" + fixed(t.log10_p_max, 1) : t.p_max,
         "P_max = n_c m^((s^L - 1)/(s - 1))");
    if (!t.p_max.empty() && t.log10_p_max >= 13) line("", "", "= " + t.p_max);
    line("entropy of a datum", fixed(t.entropy_bits, 1) + " bits",
         "of " + fixed(t.free_bits, 1) + " bits in d free leaves");
    out += "\nwith labels\n";
    line("  sample complexity, deep", amount_text(t.law), "P* ~ n_c m^L [1]");
    line("  signal of a low tuple", fixed(t.signal, 4), "sqrt(v / m^L): its correlation with the class [1]");
    line("  noise at P = " + amount_text(t.train), fixed(t.noise, 4),
         "sqrt(v n_c / P): seen where it is below the signal");
    out += "\nwithout labels\n";
    if (t.label_free_signal)
        for (std::size_t i = 0; i < t.token_thresholds.size(); ++i)
            line("  tokens, level " + std::to_string(i + 1), amount_text(t.token_thresholds[i]),
                 i == 0 ? "P_l = v m^(2l-1) / (1 - m / v^(s-1)) [2]" : "");
    else
        line("  tokens, every level", "inf",
             t.tokens_independent ? "m = v^(s-1), n_c = v: leaves are independent"
                                  : "m = v^(s-1): below the top, leaves show nothing");
    line("  latents, each level", amount_text(t.latent_threshold),
         "~ m^3, when the level below is predicted [3]");
    out += "  "
           + hang(t.label_free_signal
                      ? "m < v^(s-1) = " + amount_text(std::pow(double(g.vocab), g.tuple - 1))
                            + ": strings alone show the rules, so label-free learning has a signal."
                      : "m = v^(s-1): every tuple of every symbol occurs, so learning needs classes, or "
                        "pairs that share a latent.",
                  width, 2);
    out += "\n\n[1] "
           + hang("Cagnetta, Petrini, Tomasini, Favero, Wyart, PRX 14, 031001 (2024), arXiv 2307.02129",
                  width, 4);
    out += "\n[2] Cagnetta, Wyart, NeurIPS 2024, arXiv 2406.00048\n[3] arXiv 2605.27734\n";
    return out;
}

std::string to_json(const Theory& t) {
    JsonLine line;
    for (const auto& [name, part] : kShapeParts) line.add(name, t.shape.*part);
    line.add("leaves", t.length)
        .raw("p_max", t.p_max.empty() ? "null" : json_quote(t.p_max))
        .add("log10_p_max", t.log10_p_max);
    line.add("entropy_bits", t.entropy_bits)
        .add("free_bits", t.free_bits)
        .add("law", t.law)
        .add("train", t.train);
    line.add("signal", t.signal)
        .add("noise", t.noise)
        .array("token_thresholds", t.token_thresholds)
        .add("latent_threshold", t.latent_threshold);
    return line.add("label_free_signal", t.label_free_signal)
        .add("tokens_independent", t.tokens_independent)
        .text();
}

}  // namespace rhm
