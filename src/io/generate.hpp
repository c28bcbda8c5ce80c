// `rhm generate`: data as a file for other programs, written datum by datum (nothing is held in memory but
// one of them).
#pragma once
#include <cstdint>
#include <functional>
#include <string_view>

#include "data/grammar.hpp"
#include "train/options.hpp"

namespace rhm {

/// Receives the bytes of a file in order.
using Sink = std::function<void(std::string_view)>;

/// npy: one array of records with the fields label, leaves [d], and as asked latents1 [s^(L-1)] ..
/// latents<L-1> [s], inputs [d, v].
///      NumPy: data = np.load("data.npy"); data["leaves"], data["label"]
/// csv: one line a datum under a header: label,x0..x<d-1>, then l1_0.. for latents, and x0_0..x<d-1>_<v-1>
/// for inputs. jsonl: one object a line: {"label":0,"leaves":[..],"latents":[[level 1],..,[level
/// L-1]],"inputs":[[..],..]}. text: label, tab, leaves; latents follow after further tabs, level by level. No
/// inputs.
struct GenerateOptions {
    SplitSizes sizes{};  ///< of all parts: validation data depend on the number of test data
    Split split = Split::train;
    std::uint64_t seed = 0;  ///< of the data, not of the grammar
    DataFormat format = DataFormat::npy;
    bool latents = false;
    Inputs inputs = Inputs::none;
};

/// Writes the part; the same bytes for the same arguments. Throws Error(usage) for text with inputs,
/// Error(input) when the language is too small.
void generate(const Grammar& grammar, const GenerateOptions& options, const Sink& sink);

}  // namespace rhm
