// A trained network as a file: an NPY array of one record, so that NumPy opens it without this program.
//
//   net = np.load("net.npy")[0];  net["W1"], ..., net["Wout"] (and "b1", ...);  json.loads(net["run"]),
//   json.loads(net["result"]), json.loads(net["grammar"])
//
// Weights are stored input first, as in network.hpp: h = relu(x W + b). With --norm batch "moments1", ... are
// the running means and variances of the hidden units, [2, units]. NPY rather than safetensors, because
// reading it takes NumPy alone and the data commands write the same format.
#pragma once
#include <string>

#include "net/network.hpp"
#include "io/file.hpp"
#include "io/npy.hpp"
#include "train/config.hpp"

namespace rhm {

/// Writes the network, of the record of its run the first and the last line (io/record.hpp), and the grammar
/// that it was trained on, so that it can be measured wherever the file is.
void write_network(OutputFile& file, const Network& net, const std::string& run_line,
                   const std::string& result_line, const Grammar& grammar);

class NetworkFile {
public:
    /// Throws Error(io), or Error(input) when the file is truncated or no network.
    explicit NetworkFile(const std::string& path);

    /// The configuration it was trained with, as far as this version has its options, and its grammar; not
    /// yet resolved.
    Config config() const;
    /// The steps it was trained for.
    std::int64_t steps() const;
    /// A digest of the names, shapes and weights of its layers.
    const std::string& digest() const { return digest_; }
    /// Puts the weights into a network; throws Error(input) when names or shapes differ.
    void read_into(Network& net) const;

private:
    std::string text(std::string_view field) const;
    std::string name_, bytes_, digest_;
    NpyArray array_;
};

/// The network of config.load, which is read once in a command. Throws as NetworkFile does.
const NetworkFile& loaded_network(const Config& config);
/// Puts its weights in, when it is given.
inline void load_weights(const Config& config, Network& net) {
    if (!config.load.empty()) loaded_network(config).read_into(net);
}

}  // namespace rhm
