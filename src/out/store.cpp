#include "out/store.hpp"

#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "out/record.hpp"

namespace rhm {
namespace {

constexpr std::string_view kRun = "{\"kind\":\"run\",", kResult = "{\"kind\":\"result\",",
                           kAny = "{\"kind\":\"";

bool whole(std::string_view line) { return line.starts_with(kAny) && line.ends_with('}'); }
/// A line of a run, or the beginning of one.
bool ours(std::string_view line) { return line.starts_with(kAny) || kAny.starts_with(line); }

std::string count_text(std::size_t n, std::string_view one, std::string_view many) {
    return concat(n, " ", n == 1 ? one : many);
}

}  // namespace

std::string to_text(const Skipped& s) {
    std::vector<std::string> parts;
    if (s.repeated)
        parts.push_back(count_text(s.repeated, "run that was there already", "runs that were there already"));
    if (s.torn)
        parts.push_back(
            count_text(s.torn, "line of a run that was cut off", "lines of runs that were cut off"));
    if (s.interrupted)
        parts.push_back(count_text(s.interrupted, "run that was interrupted", "runs that were interrupted"));
    if (s.foreign) parts.push_back(count_text(s.foreign, "line of another kind", "lines of another kind"));
    return join(std::vector<std::string_view>(parts.begin(), parts.end()), ", ", " and ");
}

void RunReader::read(std::string_view text) {
    std::string block, run;
    std::size_t lines = 0;  // of the block
    auto drop = [&] { skipped.torn += lines, lines = 0, block.clear(), run.clear(); };
    while (!text.empty()) {
        std::size_t end = text.find('\n');
        unfinished = end == std::string_view::npos;
        std::string_view line = text.substr(0, end);
        text.remove_prefix(unfinished ? text.size() : end + 1);
        if (line.empty()) continue;
        // A run may follow a torn line without a newline between: that of a file that was merged by cat.
        if (std::size_t at = line.rfind(kRun); at != std::string_view::npos && at > 0 && ours(line)) {
            drop();
            ++skipped.torn;
            line.remove_prefix(at);
        }
        if (!ours(line)) {
            ++skipped.foreign;
            if (foreign) foreign(line);
            continue;
        }
        bool good = whole(line) && !unfinished;
        if (!good || line.starts_with(kRun)) drop();
        if (good && line.starts_with(kRun)) run = line;
        if (run.empty()) {  // in the middle of a torn run
            ++skipped.torn;
            continue;
        }
        block += concat(line, "\n");
        ++lines;
        if (!line.starts_with(kResult)) continue;
        try {
            Result result = parse_result(line);
            skipped.repeated += !found(run, StoredRun{block, result});
            lines = 0;
            run.clear();
            block.clear();
        } catch (const Error&) {
            drop();
        }
    }
    drop();
}

RunStore::RunStore(std::string path) : path_(std::move(path)) {
    if (path_.empty()) return;
    open();
    remove_leftovers(path_);
    RunReader reader{[this](std::string run, StoredRun stored) {
                         bool fresh = runs_.emplace(run, std::move(stored)).second;
                         if (fresh) order_.push_back(std::move(run));
                         return fresh;
                     },
                     [this](std::string_view line) { foreign_ += concat(line, "\n"); },
                     {}};
    reader.read(read_file(path_));
    if (runs_.empty() && !foreign_.empty())
        fail(Exit::input, "'", path_, "' holds something else than runs; give -o another name");
    skipped_ = reader.skipped;
    torn_ = reader.unfinished;
}

void RunStore::open() {
    file_ = std::make_unique<AppendFile>(path_);
    file_->hold();
}

const StoredRun* RunStore::find(const std::string& run_line) const {
    auto found = runs_.find(run_line);
    return found == runs_.end() ? nullptr : &found->second;
}

void RunStore::add(const std::string& run_line, const std::string& text, const Result& result) {
    std::lock_guard lock(mutex_);
    if (!path_.empty()) {
        if (!file_) open();
        std::string record = torn_ ? "\n" + text : text;
        torn_ = true;  // unless it succeeds
        file_->append(record);
        torn_ = false;
    }
    if (runs_.emplace(run_line, StoredRun{text, result}).second) order_.push_back(run_line);
}

void RunStore::sort(const std::vector<std::string>& run_lines) {
    if (path_.empty()) return;
    OutputFile file(path_);
    std::set<std::string> done;
    for (const auto* list : {&run_lines, static_cast<const std::vector<std::string>*>(&order_)})
        for (const std::string& line : *list)
            if (const StoredRun* run = find(line); run && done.insert(line).second) file.write(run->text);
    file.write(foreign_);
    file.commit();
    file_.reset();  // what was held is no longer the file of that name
    torn_ = false;
}

}  // namespace rhm
