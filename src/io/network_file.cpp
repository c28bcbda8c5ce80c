#include "io/network_file.hpp"

#include <cstring>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "io/record.hpp"
#include "train/options.hpp"

namespace rhm {
namespace {

std::string_view bytes_of(std::span<const float> numbers) {
    return {reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes()};
}

std::string shape_text(std::span<const std::size_t> shape) {
    std::string text;
    for (std::size_t n : shape) text += concat(text.empty() ? "" : " x ", n);
    return text;
}

}  // namespace

void write_network(OutputFile& file, const Network& net, const std::string& run_line,
                   const std::string& result_line, const Grammar& grammar) {
    const std::pair<const char*, std::string> texts[] = {
        {"run", run_line}, {"result", result_line}, {"grammar", to_json(grammar)}};
    std::vector<NpyField> fields;
    for (const auto& [name, text] : texts) fields.push_back({name, concat("S", text.size()), {}});
    for (const Parameters* list : {&net.parameters, &net.statistics})
        for (std::size_t i = 0; i < list->blocks(); ++i) {
            const Block& block = list->block(i);
            fields.push_back({block.name, "<f4", {block.rows, block.cols}});
        }
    file.write(npy_header(fields, 1));
    for (const auto& [name, text] : texts) file.write(text);
    file.write(bytes_of(net.parameters.values()));
    file.write(bytes_of(net.statistics.values()));
}

NetworkFile::NetworkFile(const std::string& path)
    : name_(concat("'", path, "'")), bytes_(read_file(path)), array_(NpyArray::parse(bytes_, name_)) {
    if (array_.count != 1 || !array_.find("run") || !array_.find("result") || !array_.find("Wout"))
        fail(Exit::input, name_,
             " is an NPY file, but no network: it lacks one record with 'run', 'result' and 'Wout'; 'rhm "
             "train --save' writes them");
    Digest digest;
    for (const NpyArray::Field& field : array_.fields) {
        if (field.type != "<f4") continue;
        digest.add(concat(field.name, " ", shape_text(field.shape), "\n"));
        digest.add(std::string_view(bytes_).substr(array_.data + field.offset, field.bytes));
    }
    digest_ = digest.text();
}

const NetworkFile& loaded_network(const Config& config) {
    std::lock_guard lock(config.files->mutex);
    auto& read = config.files->networks[config.load];
    if (!read) read = std::make_shared<const NetworkFile>(config.load);
    return *read;
}

std::string NetworkFile::text(std::string_view name) const {
    const NpyArray::Field& field = *array_.find(name);
    std::string text = bytes_.substr(array_.data + field.offset, field.bytes);
    return text.substr(0, text.find('\0'));  // NumPy pads with zeros
}

std::int64_t NetworkFile::steps() const {
    try {
        return parse_result(Json::parse(text("result"))).steps;
    } catch (const Error& error) {
        fail(Exit::input, name_, " does not say how long its network was trained (", error.what(),
             "); save it anew");
    }
}

Config NetworkFile::config() const {
    Config config;
    try {
        set_recorded(config, Json::parse(text("run")));
    } catch (const Error& error) {
        fail(Exit::input, name_, " does not say how its network was trained (", error.what(),
             "); save it anew");
    }
    config.load.clear();  // its weights at the start are no matter any more
    if (array_.find("grammar")) {
        try {
            config.carried = std::make_shared<const Grammar>(Grammar::parse(text("grammar")));
        } catch (const Error& error) {
            fail(Exit::input, "the grammar in ", name_, " is damaged (", error.what(), "); save it anew");
        }
    } else if (!config.grammar.empty()) {
        fail(Exit::input, name_,
             " is of an older version, which did not keep the grammar that it read from '", config.grammar,
             "'; save it anew");
    }
    return config;
}

void NetworkFile::read_into(Network& net) const {
    constexpr std::string_view kCure =
        "; give the task and --arch, --width, --depth, --bias and --norm of the run that saved it";
    for (Parameters* list : {&net.parameters, &net.statistics})
        for (std::size_t i = 0; i < list->blocks(); ++i) {
            const Block& block = list->block(i);
            const NpyArray::Field* field = array_.find(block.name);
            const std::vector<std::size_t> shape{block.rows, block.cols};
            if (!field || field->type != "<f4" || field->shape != shape)
                fail(Exit::input, "the network in ", name_, " has ",
                     field ? concat(block.name, " of ", shape_text(field->shape)) : concat("no ", block.name),
                     ", this run wants ", block.name, " of ", shape_text(shape), kCure);
            std::span<float> weights = list->span(i);
            std::memcpy(weights.data(), bytes_.data() + array_.data + field->offset, weights.size_bytes());
            if (!all_finite(weights))
                fail(Exit::input, "the network in ", name_, " has weights in ", block.name,
                     " that are not finite; nothing can be learnt or measured with it");
        }
    std::size_t weights = 0;
    for (const NpyArray::Field& field : array_.fields) weights += field.type == "<f4";
    const std::size_t wanted = net.parameters.blocks() + net.statistics.blocks();
    if (weights != wanted)
        fail(Exit::input, "the network in ", name_, " has ", weights, " weight matrices, this run wants ",
             wanted, kCure);
}

}  // namespace rhm
