// A file of finished runs that only ever grows by whole runs, so that nothing finished is lost and nothing is
// done twice.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "out/file.hpp"
#include "run/trainer.hpp"

namespace rhm {

struct StoredRun {
    std::string text;  ///< all lines of the run, each with its newline
    Result result;
};

/// What a file of runs holds besides runs that count.
struct Skipped {
    std::size_t repeated = 0;  ///< runs whose run line was there already
    std::size_t torn =
        0;  ///< lines of runs that were cut off (a kill or a full disk in the middle of a write)
    std::size_t foreign = 0;      ///< lines that are no part of a run
    std::size_t interrupted = 0;  ///< runs that 'rhm train' recorded when it was interrupted
    bool any() const { return repeated || torn || interrupted || foreign; }
};
/// "2 runs that were there already, 3 lines of runs that were cut off and 1 line of another kind"
std::string to_text(const Skipped& skipped);

/// JSON Lines in which each run is a block from its "run" line to its "result" line; other lines of known
/// kinds stand between. Calls `found(run line, stored run)` for each whole block, in order; `found` says
/// whether the run is new. Lines of other kinds are given to `foreign`.
struct RunReader {
    std::function<bool(std::string run_line, StoredRun run)> found;
    std::function<void(std::string_view line)> foreign = {};
    Skipped skipped;
    bool unfinished = false;  ///< the text did not end with a newline

    void read(std::string_view text);
};

/// The runs of a file. The run line is a run's identity: same line, same run.
class RunStore {
public:
    /// Reads the file when it is there, and holds it: another process that opens the same store fails with
    /// Error(io). With a path of "" nothing is kept.
    explicit RunStore(std::string path);

    /// The finished run of this run line, or null.
    const StoredRun* find(const std::string& run_line) const;
    /// Puts a finished run on the disk. Safe to call from several threads.
    void add(const std::string& run_line, const std::string& text, const Result& result);
    /// Rewrites the file: the given runs first, in this order, then all others as they were found, then
    /// foreign lines. So the bytes do not depend on the order in which runs ended, and what was torn or
    /// repeated is gone.
    void sort(const std::vector<std::string>& run_lines);

    const std::vector<std::string>& order() const { return order_; }
    const Skipped& skipped() const { return skipped_; }

private:
    void open();
    std::string path_;
    std::unique_ptr<AppendFile> file_;
    std::map<std::string, StoredRun> runs_;
    std::vector<std::string> order_;
    std::string foreign_;
    Skipped skipped_;
    bool torn_ = false;  ///< the file ends in the middle of a line
    std::mutex mutex_;
};

}  // namespace rhm
