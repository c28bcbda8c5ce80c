#include "io/generate.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/text.hpp"
#include "data/language.hpp"
#include "io/npy.hpp"

namespace rhm {
namespace {

/// The two values of an input channel, as text and as bytes.
struct Channel {
    std::string text[2];
    std::string bytes[2];
};

Channel channel(const GrammarShape& g, Inputs inputs) {
    if (inputs != Inputs::whitened) return {{"0", "1"}, {std::string(1, '\0'), std::string(1, '\1')}};
    Channel c;
    for (std::size_t on : {0u, 1u}) {
        double v = g.vocab;
        float x = float((double(on) - 1 / v) / std::sqrt(1 - 1 / v));
        std::uint32_t bits = std::bit_cast<std::uint32_t>(x);
        for (int shift = 0; shift < 32; shift += 8)
            c.bytes[on] += char(bits >> shift & 255);  // little-endian
        c.text[on] = fixed(double(x), 7);
    }
    return c;
}

class Writer {
public:
    Writer(const Grammar& grammar, const GenerateOptions& options)
        : g_(grammar.shape()), options_(options), channel_(channel(g_, options.inputs)) {
        for (int symbol = 0; symbol < 256; ++symbol) numbers_[std::size_t(symbol)] = std::to_string(symbol);
    }

    void head(std::string& out) const;
    void datum(std::string& out, const Tree& tree) const;

private:
    std::size_t index(int i) const { return std::size_t(i); }
    void npy(std::string& out, const Tree& tree) const;
    void line(std::string& out, const Tree& tree, char between_lists, char between) const;
    void jsonl(std::string& out, const Tree& tree) const;

    void symbols(std::string& out, std::span<const std::uint8_t> row, char between) const {
        for (std::uint8_t symbol : row) (out += numbers_[symbol]) += between;
        out.pop_back();
    }
    int latent_levels() const { return options_.latents ? g_.levels - 1 : 0; }

    GrammarShape g_;
    GenerateOptions options_;
    Channel channel_;
    std::array<std::string, 256> numbers_;
};

void Writer::head(std::string& out) const {
    if (options_.format == DataFormat::csv) {
        out = "label";
        for (int i = 0; i < g_.length(); ++i) out += concat(",x", i);
        for (int level = 1; level <= latent_levels(); ++level)
            for (int i = 0; i < g_.nodes(level); ++i) out += concat(",l", level, "_", i);
        for (int i = 0; options_.inputs != Inputs::none && i < g_.length(); ++i)
            for (int symbol = 0; symbol < g_.vocab; ++symbol) out += concat(",x", i, "_", symbol);
        out += '\n';
    } else if (options_.format == DataFormat::npy) {
        std::vector<NpyField> fields{{"label", "u1", {}}, {"leaves", "u1", {index(g_.length())}}};
        for (int level = 1; level <= latent_levels(); ++level)
            fields.push_back({concat("latents", level), "u1", {index(g_.nodes(level))}});
        if (options_.inputs != Inputs::none)
            fields.push_back({"inputs",
                              options_.inputs == Inputs::one_hot ? "u1" : "<f4",
                              {index(g_.length()), index(g_.vocab)}});
        out = npy_header(fields, options_.sizes.of(options_.split));
    }
}

void Writer::datum(std::string& out, const Tree& tree) const {
    switch (options_.format) {
        case DataFormat::npy:
            return npy(out, tree);
        case DataFormat::csv:
            return line(out, tree, ',', ',');
        case DataFormat::jsonl:
            return jsonl(out, tree);
        case DataFormat::text:
            return line(out, tree, '\t', ' ');
    }
}

void Writer::npy(std::string& out, const Tree& tree) const {
    auto bytes = [&](const std::vector<std::uint8_t>& row) { out.append(row.begin(), row.end()); };
    bytes(tree.symbols.back());
    bytes(tree.symbols[0]);
    for (int level = 1; level <= latent_levels(); ++level) bytes(tree.symbols[index(level)]);
    if (options_.inputs == Inputs::none) return;
    for (std::uint8_t leaf : tree.leaves())
        for (int symbol = 0; symbol < g_.vocab; ++symbol) out += channel_.bytes[symbol == leaf];
}

void Writer::line(std::string& out, const Tree& tree, char between_lists, char between) const {
    out += numbers_[tree.symbols.back()[0]];
    symbols(out += between_lists, tree.leaves(), between);
    for (int level = 1; level <= latent_levels(); ++level)
        symbols(out += between_lists, tree.symbols[index(level)], between);
    for (std::size_t i = 0; options_.inputs != Inputs::none && i < tree.leaves().size(); ++i)
        for (int symbol = 0; symbol < g_.vocab; ++symbol)
            (out += ',') += channel_.text[symbol == tree.leaves()[i]];
    out += '\n';
}

void Writer::jsonl(std::string& out, const Tree& tree) const {
    (out += "{\"label\":") += numbers_[tree.symbols.back()[0]];
    symbols(out += ",\"leaves\":[", tree.leaves(), ',');
    out += ']';
    if (options_.latents) {
        out += ",\"latents\":[";
        for (int level = 1; level <= latent_levels(); ++level) {
            symbols(out += level == 1 ? "[" : ",[", tree.symbols[index(level)], ',');
            out += ']';
        }
        out += ']';
    }
    if (options_.inputs != Inputs::none) {
        out += ",\"inputs\":[";
        for (std::uint8_t leaf : tree.leaves()) {
            out += '[';
            for (int symbol = 0; symbol < g_.vocab; ++symbol) (out += channel_.text[symbol == leaf]) += ',';
            out.back() = ']';
            out += ',';
        }
        out.back() = ']';
    }
    out += "}\n";
}

}  // namespace

void generate(const Grammar& grammar, const GenerateOptions& options, const Sink& sink) {
    if (options.format == DataFormat::text && options.inputs != Inputs::none)
        fail(Exit::usage,
             "the text format shows symbols only; take --format csv, jsonl or npy for one-hot or whitened "
             "inputs");
    Sampler sampler(grammar.shape(), options.sizes, options.seed);
    Writer writer(grammar, options);
    Digits digits(digit_count(grammar.shape()));
    Tree tree;
    std::string block;
    writer.head(block);
    for (std::size_t i = 0; i < sampler.size(options.split); ++i) {
        sampler.at(options.split, i, digits);
        derive(grammar, digits, tree);
        writer.datum(block, tree);
        if (block.size() < 1 << 16) continue;
        stop_if_interrupted();
        sink(block);
        block.clear();
    }
    if (!block.empty()) sink(block);
}

}  // namespace rhm
