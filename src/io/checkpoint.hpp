// A run on its way, as a file: what 'rhm train --resume' goes on from, with the same bytes as if it had never
// stopped. A line with the digest of all that follows, a line with the numbers that are counted or summed,
// the record so far (io/record.hpp), then weights, moments and traces as they are in memory.
#pragma once
#include <string>

#include "train/trainer.hpp"

namespace rhm {

/// Puts it on the disk, whole or not at all. `record`: from the line of the run on.
void write_checkpoint(const std::string& path, Trainer& trainer, const Sums& sums, const std::string& record);

class Checkpoint {
public:
    /// Throws Error(io), or Error(input) when the file is none or damaged.
    explicit Checkpoint(std::string path);
    /// Throws Error(usage) that names an option which is another in the run of this line.
    void refuse_other(const std::string& run_line) const;
    /// Puts a trainer of the same run where the checkpoint was written.
    void restore(Trainer& trainer, Sums& sums) const;

    std::string record;

private:
    std::string path_, numbers_, state_;
};

}  // namespace rhm
