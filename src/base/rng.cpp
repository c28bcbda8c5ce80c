#include "base/rng.hpp"

#include <cmath>
#include <numbers>

namespace rhm {

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> c, std::array<std::uint32_t, 2> k) {
    for (int round = 0; round < 10; ++round) {
        std::uint64_t p0 = std::uint64_t{0xD2511F53} * c[0], p1 = std::uint64_t{0xCD9E8D57} * c[2];
        c = {std::uint32_t(p1 >> 32) ^ c[1] ^ k[0], std::uint32_t(p1), std::uint32_t(p0 >> 32) ^ c[3] ^ k[1],
             std::uint32_t(p0)};
        k[0] += 0x9E3779B9;  // the golden ratio
        k[1] += 0xBB67AE85;  // the square root of three, less one
    }
    return c;
}

std::uint32_t Rng::next32() {
    if (used_ == 4) {
        words_ = philox({block_, purpose_, std::uint32_t(index_), std::uint32_t(index_ >> 32)},
                        {std::uint32_t(seed_), std::uint32_t(seed_ >> 32)});
        ++block_;
        used_ = 0;
    }
    return words_[used_++];
}

std::uint64_t Rng::below(std::uint64_t n) {
    if (n <= 0xFFFFFFFFu) {  // 32-bit multiply-and-shift, rejecting the few words that would favour small
                             // results
        std::uint32_t bound = std::uint32_t(n), threshold = (0u - bound) % bound;
        for (;;) {
            std::uint64_t product = std::uint64_t{next32()} * bound;
            if (std::uint32_t(product) >= threshold) return product >> 32;
        }
    }
    std::uint64_t threshold = (0 - n) % n;
    for (;;) {
        std::uint64_t x = next64();
        if (x >= threshold) return x % n;
    }
}

double Rng::normal() {
    if (has_spare_) {
        has_spare_ = false;
        return spare_;
    }
    double radius = std::sqrt(-2 * std::log(1 - uniform())), angle = 2 * std::numbers::pi * uniform();
    spare_ = radius * std::sin(angle);
    has_spare_ = true;
    return radius * std::cos(angle);
}

}  // namespace rhm
