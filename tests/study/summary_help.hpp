// Runs made by hand, and rows found by what they say.
#pragma once
#include "catch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "study/summary.hpp"

using namespace rhm;

inline bool near(double a, double b) { return std::abs(a - b) <= 1e-9 * std::max(1.0, std::abs(b)); }

inline Measured run(const char* rule, int levels, double p, std::uint64_t seed, double accuracy,
                    int synonyms = 3) {
    Measured m;
    m.task = {.vocab = 4,
              .classes = 2,
              .synonyms = synonyms,
              .tuple = 2,
              .levels = levels};  // chance error 0.5, so solved from 0.95
    m.rule = rule;
    m.train_size = p;
    m.seed = seed;
    m.test_accuracy = accuracy;
    m.options = {{"train-size", "1"},
                 {"levels", std::to_string(levels)},
                 {"depth", std::to_string(levels)},
                 {"lr", rule == std::string("bp") ? "0.001" : "0.003"}};
    return m;
}

inline const SummaryRow& find(const std::vector<SummaryRow>& rows, SummaryRow::Kind kind,
                              const std::string& label, double p = 0, int levels = -1) {
    for (const SummaryRow& r : rows)
        if (r.kind == kind && r.label == label && (p == 0 || r.p == p)
            && (levels < 0 || r.task.levels == levels))
            return r;
    FAIL("no such row");
    return rows[0];
}

using K = SummaryRow::Kind;
inline const double r10 = std::sqrt(10.0), kInf = std::numeric_limits<double>::infinity();
