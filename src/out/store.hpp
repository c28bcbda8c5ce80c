// A file of finished runs that only ever grows by whole runs, so that nothing finished is lost and nothing is done twice.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "out/file.hpp"
#include "run/trainer.hpp"

namespace rhm {

struct StoredRun {
    std::string text;   ///< all lines of the run, each with its newline
    Result result;
};

/// JSON Lines in which each run is a block from its "run" line to its "result" line. The run line is the run's identity: same line,
/// same run. Torn blocks (a kill in the middle of a write), foreign lines and repetitions are counted and skipped.
class RunStore {
public:
    /// Reads the file when it is there. With a path of "" nothing is kept.
    explicit RunStore(std::string path);

    /// The finished run of this run line, or null.
    const StoredRun* find(const std::string& run_line) const;
    /// Puts a finished run on the disk. Safe to call from several threads.
    void add(const std::string& run_line, const std::string& text, const Result& result);
    /// Rewrites the file: the given runs first, in this order, then all others as they were found. So the bytes do not depend on the order in
    /// which runs ended.
    void sort(const std::vector<std::string>& run_lines);

    const std::vector<std::string>& order() const { return order_; }
    std::size_t skipped_lines() const { return skipped_; }

private:
    void read(const std::string& text);
    std::string path_;
    std::map<std::string, StoredRun> runs_;
    std::vector<std::string> order_;
    std::unique_ptr<AppendFile> file_;
    std::size_t skipped_ = 0;
    bool torn_ = false;
    std::mutex mutex_;
};

}  // namespace rhm
