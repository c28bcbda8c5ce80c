#include "out/store.hpp"

#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "out/record.hpp"

namespace rhm {

RunStore::RunStore(std::string path) : path_(std::move(path)) {
    if (!path_.empty() && file_exists(path_)) read(read_file(path_));
}

void RunStore::read(const std::string& text) {
    std::string block, run;
    std::size_t lines = 0;  // of the block
    for (std::string_view rest = text; !rest.empty();) {
        std::size_t end = rest.find('\n');
        torn_ = end == std::string_view::npos;
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(torn_ ? rest.size() : end + 1);
        if (line.starts_with("{\"kind\":\"run\",")) {
            skipped_ += lines;
            run = line;
            block.clear();
            lines = 0;
        } else if (run.empty() || !line.starts_with("{\"kind\":\"")) {
            ++skipped_;
            continue;
        }
        block += concat(line, "\n");
        ++lines;
        if (!line.starts_with("{\"kind\":\"result\",")) continue;
        try {
            Result result = parse_result(line);
            bool fresh = !torn_ && runs_.emplace(run, StoredRun{block, result}).second;
            if (fresh) order_.push_back(run);
            else skipped_ += lines;
        } catch (const Error&) {
            skipped_ += lines;
        }
        run.clear();
        lines = 0;
    }
    skipped_ += lines;
}

const StoredRun* RunStore::find(const std::string& run_line) const {
    auto found = runs_.find(run_line);
    return found == runs_.end() ? nullptr : &found->second;
}

void RunStore::add(const std::string& run_line, const std::string& text, const Result& result) {
    std::lock_guard lock(mutex_);
    if (!path_.empty()) {
        if (!file_) file_ = std::make_unique<AppendFile>(path_);
        file_->append(torn_ ? "\n" + text : text);
        torn_ = false;
    }
    if (runs_.emplace(run_line, StoredRun{text, result}).second) order_.push_back(run_line);
}

void RunStore::sort(const std::vector<std::string>& run_lines) {
    if (path_.empty()) return;
    file_.reset();
    OutputFile file(path_);
    std::set<std::string> done;
    for (const auto* list : {&run_lines, const_cast<const std::vector<std::string>*>(&order_)})
        for (const std::string& line : *list)
            if (const StoredRun* run = find(line); run && done.insert(line).second) file.write(run->text);
    file.commit();
}

}  // namespace rhm
