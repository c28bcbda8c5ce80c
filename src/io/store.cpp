#include "io/store.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "io/record.hpp"

namespace rhm {
namespace {

/// Whether the line begins as those of a run do, or is a part of such a beginning.
bool begins_ours(std::string_view line) {
    constexpr std::string_view kOurs = "{\"kind\":\"";
    std::string begin;
    for (char c : line.substr(0, 2 * kOurs.size()))
        if (c != ' ' && c != '\t') begin += c;
    return begin.starts_with(kOurs) || kOurs.starts_with(begin);
}

/// Where in a line a run begins that was put behind another line without a newline between, or 0: files whose
/// last line is cut off, or has no newline, merged by cat.
std::size_t second_run(std::string_view line) {
    for (std::string_view begin : {"{\"kind\":\"run\"", "{\"kind\": \"run\""})
        if (std::size_t at = line.rfind(begin); at != std::string_view::npos && at > 0)
            return parse_line(line.substr(at)) ? at : 0;
    return 0;
}

std::string results_text(const Json& run) {
    const Json& version = run["results"];
    return version.is(Json::Kind::number) ? version.string : "not numbered";
}

}  // namespace

/// What is told of them, in this order, after the runs with other results.
struct Count {
    std::size_t Skipped::*number;
    std::string_view one, many;
};
static constexpr Count kCounts[] = {
    {&Skipped::repeated, "run that was there already", "runs that were there already"},
    {&Skipped::torn, "line of a run that was cut off", "lines of runs that were cut off"},
    {&Skipped::interrupted, "run that was interrupted", "runs that were interrupted"},
    {&Skipped::unread, "line of a run that is damaged or has no beginning",
     "lines of runs that are damaged or have no beginning"},
    {&Skipped::foreign, "line of another kind", "lines of another kind"},
};

void Skipped::add(const Skipped& more) {
    for (const Count& count : kCounts) this->*count.number += more.*count.number;
    other += more.other;
    others.insert(more.others.begin(), more.others.end());
}

std::string to_text(const Skipped& s) {
    std::vector<std::string> parts;
    if (s.other)
        parts.push_back(concat(count_text(s.other, "run"), " of a build with other results (version ",
                               join(s.others, ", ", " and "), "; this one's is ", kResults, ")"));
    for (const auto& [number, one, many] : kCounts)
        if (s.*number) parts.push_back(count_text(s.*number, one, many));
    return join(parts, ", ", " and ");
}

void RunReader::read(std::string_view text) {
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        unfinished = end == std::string_view::npos;
        take(text.substr(0, end), unfinished);
        text.remove_prefix(unfinished ? text.size() : end + 1);
    }
    abandon();
}

void RunReader::take(std::string_view raw, bool last) {
    const std::string_view line = trimmed_line(raw);
    if (line.empty()) return;
    if (auto json = parse_line(line)) return take(std::move(*json), line);
    if (const std::size_t at = second_run(line)) {
        take(line.substr(0, at), true);
        return take(line.substr(at), false);
    }
    if (last && begins_ours(line)) {  // cut off in the middle of a write
        ++skipped.torn;
        return abandon();
    }
    stray(raw, begins_ours(line));
}

/// A line that is none of a run's. Between runs it is kept; inside of one there is no telling whether what
/// follows still belongs to it, for it may have been the first line of another.
void RunReader::stray(std::string_view line, bool ours) {
    if (lines_ == 0) {
        ++(ours ? skipped.unread : skipped.foreign);
        return keep(line);
    }
    damaged_ = true;
    ++lines_;
    block_.stored.text += concat(line, "\n");
}

void RunReader::take(Json json, std::string_view line) {
    const std::string kind = json["kind"].string;
    const bool ours = kind == "run" || kind == "eval" || kind == "measure" || kind == "result";
    if (kind == "run") abandon();
    if (!ours || (kind != "run" && lines_ == 0)) return stray(line, ours);
    ++lines_;
    block_.stored.text += concat(line, "\n");
    if (kind == "result") return finish(json);
    if (kind == "run")
        block_.run = std::move(json);
    else
        block_.lines.push_back(std::move(json));
}

/// The block has its last line.
void RunReader::finish(const Json& result) {
    try {
        block_.stored.result = parse_result(result);
    } catch (const Error&) {
        damaged_ = true;
    }
    if (damaged_) return abandon();
    if (!is_of_this_version(block_.run)) {
        ++skipped.other;
        skipped.others.insert(results_text(block_.run));
        keep(block_.stored.text);
    } else if (block_.stored.result.status == Status::interrupted) {
        ++skipped.interrupted;
        keep(block_.stored.text);
    } else if (!found_(std::move(block_))) {
        ++skipped.repeated;
    }
    block_ = {};
    lines_ = 0;
}

/// The block will get no last line.
void RunReader::abandon() {
    if (damaged_) {
        skipped.unread += lines_;
        keep(block_.stored.text);
    } else {
        skipped.torn += lines_;
    }
    block_ = {};
    lines_ = 0;
    damaged_ = false;
}

void RunReader::keep(std::string_view lines) {
    if (kept_) kept_(lines);
}

RunStore::RunStore(std::string path) : path_(std::move(path)) {
    if (path_.empty()) return;
    file_ = std::make_unique<AppendFile>(path_);
    remove_leftovers(path_);
    auto found = [this](ReadRun read) {
        std::string identity = run_identity(read.run);
        const bool fresh = runs_.emplace(identity, std::move(read.stored)).second;
        if (fresh) order_.push_back(std::move(identity));
        return fresh;
    };
    auto kept = [this](std::string_view line) {
        kept_ += line;
        if (!kept_.ends_with('\n')) kept_ += '\n';
    };
    RunReader reader(found, kept);
    reader.read(read_file(path_));
    skipped_ = reader.skipped;
    // A network file has the line of its run among bytes of another kind: to be read is what makes a run.
    const bool read = !runs_.empty() || skipped_.other || skipped_.interrupted;
    if (!read && skipped_.foreign)
        fail(Exit::input, "'", path_, "' holds something else than runs; give -o another name");
    torn_ = reader.unfinished;
    if (torn_) mend();
}

/// Takes the line that was cut off away, so that no run is ever written behind it.
void RunStore::mend() {
    sort({});
    file_ = std::make_unique<AppendFile>(path_);
}

const StoredRun* RunStore::find(const std::string& run_line) const {
    auto found = runs_.find(run_identity(Json::parse(run_line)));
    return found == runs_.end() ? nullptr : &found->second;
}

void RunStore::add(const std::string& run_line, const std::string& text, const Result& result) {
    std::lock_guard lock(mutex_);
    if (!path_.empty()) {
        if (!file_) file_ = std::make_unique<AppendFile>(path_);
        if (torn_) mend();
        torn_ = true;  // unless it succeeds
        file_->append(text);
        torn_ = false;
    }
    std::string identity = run_identity(Json::parse(run_line));
    if (runs_.emplace(identity, StoredRun{text, result}).second) order_.push_back(std::move(identity));
}

void RunStore::sort(const std::vector<std::string>& run_lines) {
    if (path_.empty()) return;
    std::vector<std::string> order;
    for (const std::string& line : run_lines) order.push_back(run_identity(Json::parse(line)));
    order.insert(order.end(), order_.begin(), order_.end());
    OutputFile file(path_);
    std::set<std::string> done;
    for (const std::string& identity : order) {
        auto run = runs_.find(identity);
        if (run != runs_.end() && done.insert(identity).second) file.write(run->second.text);
    }
    file.write(kept_);
    file.commit();
    file_.reset();  // what was held is no longer the file of that name
    torn_ = false;
}

}  // namespace rhm
