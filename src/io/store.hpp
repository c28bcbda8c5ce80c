// A file of finished runs that only ever grows by whole runs, so that nothing finished is lost and nothing is
// done twice.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "io/file.hpp"
#include "train/trainer.hpp"

namespace rhm {

struct StoredRun {
    std::string text;  ///< all lines of the run, each with its newline
    Result result;
};

/// A whole run as a file tells it.
struct ReadRun {
    Json run;                 ///< its first line
    std::vector<Json> lines;  ///< evaluations and measurements
    StoredRun stored;
};

/// What a file of runs holds besides runs that count.
struct Skipped {
    std::size_t repeated = 0;           ///< runs that were there already
    std::size_t torn = 0;               ///< lines of runs whose end is missing (a kill or a full disk)
    std::size_t foreign = 0;            ///< lines of other programs
    std::size_t interrupted = 0;        ///< runs that 'rhm train' recorded when it was interrupted
    std::size_t unread = 0;             ///< lines that are damaged, and those of the runs that they belong to
    std::size_t other = 0;              ///< runs with another results version (base/version.hpp)
    std::set<std::string> others = {};  ///< those versions

    bool any() const { return repeated + torn + foreign + interrupted + unread + other > 0; }
    void add(const Skipped& more);
};
/// "2 runs that were there already, 3 lines of runs that were cut off and 1 line of another kind"
std::string to_text(const Skipped& skipped);

/// JSON Lines in which each run is a block from its "run" line to its "result" line; other lines of known
/// kinds stand between. It is the JSON that is read: line ends, blanks, a byte-order mark and the order of
/// keys make no other record.
class RunReader {
public:
    /// `found` gets each whole run of this results version, in order, and says whether it is new. `kept` gets
    /// every line that is no part of such a run and must not be lost: all but those of runs whose end is
    /// missing.
    RunReader(std::function<bool(ReadRun)> found, std::function<void(std::string_view line)> kept = {})
        : found_(std::move(found)), kept_(std::move(kept)) {}

    void read(std::string_view text);

    Skipped skipped;
    bool unfinished = false;  ///< the text did not end with a newline

private:
    void take(std::string_view line, bool last);
    void take(Json json, std::string_view line);
    void stray(std::string_view line, bool ours);
    void finish(const Json& result);
    void abandon();
    void keep(std::string_view lines);

    std::function<bool(ReadRun)> found_;
    std::function<void(std::string_view)> kept_;
    ReadRun block_;          ///< the run that is being read
    std::size_t lines_ = 0;  ///< of the block
    bool damaged_ = false;   ///< one of them could not be read
};

/// The runs of a file. Equal identities (io/record.hpp), same run.
class RunStore {
public:
    /// Reads the file when it is there, and holds it: another process that opens the same store fails with
    /// Error(io). With a path of "" nothing is kept.
    explicit RunStore(std::string path);

    /// The finished run of this run line, or null.
    const StoredRun* find(const std::string& run_line) const;
    /// Puts a finished run on the disk. Safe to call from several threads.
    void add(const std::string& run_line, const std::string& text, const Result& result);
    /// Rewrites the file: the given runs first, in this order, then all others as they were found, then the
    /// lines that were kept. So the bytes do not depend on the order in which runs ended, and what was torn
    /// or repeated is gone.
    void sort(const std::vector<std::string>& run_lines);

    const Skipped& skipped() const { return skipped_; }

private:
    void mend();
    std::string path_;
    std::unique_ptr<AppendFile> file_;
    std::map<std::string, StoredRun> runs_;  ///< by identity
    std::vector<std::string> order_;
    std::string kept_;
    Skipped skipped_;
    bool torn_ = false;  ///< the file ends in the middle of a line
    std::mutex mutex_;
};

}  // namespace rhm
