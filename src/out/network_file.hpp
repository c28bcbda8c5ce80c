// A trained network as a file: an NPY array of one record, so that NumPy opens it without this program.
//
//   net = np.load("net.npy")[0];  net["W1"], ..., net["Wout"] (and "b1", ...);  json.loads(net["run"]),
//   json.loads(net["result"])
//
// Weights are stored input first, as in network.hpp: h = relu(x W + b). NPY rather than safetensors, because
// reading it takes NumPy alone and the data commands write the same format.
#pragma once
#include <string>

#include "net/network.hpp"
#include "out/file.hpp"
#include "out/npy.hpp"
#include "run/config.hpp"

namespace rhm {

/// Writes the network and, of the record of its run, the first and the last line (out/record.hpp).
void write_network(OutputFile& file, const Network<float>& net, const std::string& run_line,
                   const std::string& result_line);

class NetworkFile {
public:
    /// Throws Error(io), or Error(input) when the file is truncated or no network.
    explicit NetworkFile(const std::string& path);

    /// The configuration it was trained with, as far as this version has its options; not yet resolved.
    Config config() const;
    /// The steps it was trained for.
    std::int64_t steps() const;
    /// Puts the weights into a network; throws Error(input) when names or shapes differ.
    void read_into(Network<float>& net) const;

private:
    std::string text(std::string_view field) const;
    std::string name_, bytes_;
    NpyArray array_;
};

/// Puts the weights of config.load in, when it is given. Throws as NetworkFile does.
inline void load_weights(const Config& config, Network<float>& net) {
    if (!config.load.empty()) NetworkFile(config.load).read_into(net);
}

}  // namespace rhm
