// A run that takes no time, and a file that is gone at the end.
#pragma once
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "base/error.hpp"
#include "train/options.hpp"

using namespace rhm;

inline Config small(std::string_view rule) {
    Config c;
    c.task = {.vocab = 4, .classes = 4, .synonyms = 2, .tuple = 2, .levels = 3};
    c.train_size = 128;
    c.test_size = 100;
    c.width = 12;
    set(c, *find_option("batch"), "16");  // given, so no rule's own
    c.steps = 40;
    c.stop_loss = 0;
    c.rule = rule;
    return c;
}

/// On four strings of length four a class.
inline Config tiny(std::string_view rule) {
    Config c;
    c.rule = rule;
    c.task.levels = 2;
    c.task.synonyms = 2;
    c.train_size = 16;
    c.test_size = 16;
    c.width = 8;
    set(c, *find_option("batch"), "8");
    c.steps = 60;
    return c;
}

inline Request quietly() {
    Request request;
    request.quiet = true;
    return request;
}

struct ScratchFile {
    std::string path = concat("measure_test.", ::getpid(), ".npy");
    ~ScratchFile() { std::remove(path.c_str()); }
    void write(std::string_view bytes) const {
        std::ofstream(path, std::ios::binary) << bytes;
    }  // no fsync: hundreds of files
};
